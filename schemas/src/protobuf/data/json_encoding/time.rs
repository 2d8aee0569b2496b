//! Timestamps (RFC 3339) and durations as JSON writes them: both seconds and nanoseconds, nothing rounded.

use super::misread::Misread;
use crate::text::shorten::shortened;

/// How a timestamp is written.
pub(super) const TIMESTAMP_HELP: &str =
    "write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`";
/// How a duration is written.
pub(super) const DURATION_HELP: &str =
    "write seconds with at most nine digits after the point, and an `s`, as in `1.5s`";
/// The last second of the year 9999 and the first of the year 1, from 1970.
const TIMESTAMPS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
/// Ten thousand years.
const DURATION: i64 = 315_576_000_000;

/// A timestamp as text.
///
/// # Errors
/// A message about what is out of range.
pub(super) fn timestamp(seconds: i64, nanos: i32) -> Result<String, String> {
    if !TIMESTAMPS.contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
        return Err(format!(
            "a timestamp lies in the years from 1 to 9999 and has from 0 to 999999999 nanoseconds, not {seconds} seconds and {nanos} nanoseconds"
        ));
    }
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    Ok(format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
        fraction(nanos.unsigned_abs())
    ))
}

/// Seconds and nanoseconds of a text.
///
/// # Errors
/// A message about what is wrong with it.
pub(super) fn parse_timestamp(text: &str) -> Result<(i64, i32), Misread> {
    let wrong = || Misread::new(format!("`{}` is no timestamp", shortened(text)), TIMESTAMP_HELP);
    let bytes = text.as_bytes();
    let number = |start: usize, end: usize| -> Option<i64> { whole(bytes.get(start..end)?) };
    let mark = |at: usize, mark: u8| bytes.get(at) == Some(&mark);
    let parts = (|| {
        let marks = mark(4, b'-') && mark(7, b'-') && mark(10, b'T') && mark(13, b':') && mark(16, b':');
        marks.then_some(())?;
        let date = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let time = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let (nanos, rest) = nanos(bytes.get(19..)?)?;
        let offset = match rest {
            b"Z" => 0,
            [sign @ (b'+' | b'-'), hour @ .., b':', _, _] if hour.len() == 2 => {
                let (hours, minutes) = (whole(hour)?, whole(rest.get(4..6)?)?);
                (hours < 24 && minutes < 60).then_some(())?;
                let seconds = hours * 3600 + minutes * 60;
                if *sign == b'-' { -seconds } else { seconds }
            }
            _ => return None,
        };
        Some((date, time, nanos, offset))
    })();
    let ((year, month, day), (hour, minute, second), nanos, offset) = parts.ok_or_else(wrong)?;
    let is_date = (1..=12).contains(&month) && day >= 1 && day <= days_of(year, month);
    if !is_date || hour > 23 || minute > 59 || second > 59 {
        return Err(Misread::new(
            format!("`{text}` is no moment that the calendar has"),
            "check day and hour; leap seconds cannot be told",
        ));
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    if !TIMESTAMPS.contains(&seconds) {
        return Err(Misread::new(
            format!("`{text}` lies outside of the years from 1 to 9999"),
            "leave the field out where there is no moment to tell",
        ));
    }
    Ok((seconds, nanos))
}

/// A duration as text.
///
/// # Errors
/// A message about what is out of range.
pub(super) fn duration(seconds: i64, nanos: i32) -> Result<String, String> {
    let signs_differ = (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0);
    if !(-DURATION..=DURATION).contains(&seconds) || nanos.unsigned_abs() >= 1_000_000_000 || signs_differ {
        return Err(format!(
            "a duration has at most {DURATION} seconds and 999999999 nanoseconds of the same sign, not {seconds} seconds and {nanos} nanoseconds"
        ));
    }
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    Ok(format!(
        "{sign}{}{}s",
        seconds.unsigned_abs(),
        fraction(nanos.unsigned_abs())
    ))
}

/// Seconds and nanoseconds of a text.
///
/// # Errors
/// A message about what is wrong with it.
pub(super) fn parse_duration(text: &str) -> Result<(i64, i32), Misread> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let parts = (|| {
        let digits = digits.strip_suffix('s')?;
        let end = digits.find('.').unwrap_or(digits.len());
        let (nanos, rest) = nanos(&digits.as_bytes()[end..])?;
        rest.is_empty().then_some(())?;
        Some((whole(&digits.as_bytes()[..end])?, nanos))
    })();
    match parts {
        Some((seconds, nanos)) if seconds <= DURATION => Ok((sign * seconds, sign as i32 * nanos)),
        Some(_) => Err(Misread::new(
            format!("`{}` is longer than a duration may be", shortened(text)),
            format!("a duration has at most {DURATION} seconds, ten thousand years"),
        )),
        None => Err(Misread::new(
            format!("`{}` is no duration", shortened(text)),
            DURATION_HELP,
        )),
    }
}

/// The point and 3, 6 or 9 digits; nothing for zero.
fn fraction(nanos: u32) -> String {
    match nanos {
        0 => String::new(),
        _ if nanos.is_multiple_of(1_000_000) => format!(".{:03}", nanos / 1_000_000),
        _ if nanos.is_multiple_of(1_000) => format!(".{:06}", nanos / 1_000),
        _ => format!(".{nanos:09}"),
    }
}

/// Nanoseconds of a point with at most nine digits, if there is one, and what follows.
fn nanos(text: &[u8]) -> Option<(i32, &[u8])> {
    let Some(rest) = text.strip_prefix(b".") else {
        return Some((0, text));
    };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let digits = whole(&rest[..count])? as i32;
    Some((digits * 10i32.pow(9 - count as u32), &rest[count..]))
}

/// A whole number of at most 18 digits.
fn whole(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |value, digit| value * 10 + i64::from(digit - b'0')),
    )
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day counted from 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
