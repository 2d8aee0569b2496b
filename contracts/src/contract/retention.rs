//! How long what was sent can still be read.

use std::fmt;
use std::str::FromStr;

/// The retention of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retention {
    /// So many seconds.
    Seconds(u64),
    /// For ever.
    Forever,
    /// The last event of each key, for ever.
    Compacted,
    /// Not at all: who does not listen has missed it.
    None,
}

/// The units that a duration may have, largest first, in seconds.
const UNITS: [(&str, u64); 5] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// The text is no retention.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no retention; write `7d` (units: w, d, h, m, s), `forever`, `compacted` or `none`")]
pub struct UnknownRetention(pub String);

impl FromStr for Retention {
    type Err = UnknownRetention;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "forever" => return Ok(Retention::Forever),
            "compacted" => return Ok(Retention::Compacted),
            "none" => return Ok(Retention::None),
            _ => {}
        }
        UNITS
            .iter()
            .find_map(|(unit, seconds)| {
                let number = text.strip_suffix(unit)?;
                if !number.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                number.parse::<u64>().ok()?.checked_mul(*seconds)
            })
            .map(Retention::Seconds)
            .ok_or_else(|| UnknownRetention(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Retention {
    /// In the largest unit that needs no fraction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Retention::Seconds(seconds) => {
                let whole = UNITS.iter().find(|(_, unit)| seconds % unit == 0 && *seconds > 0);
                let (name, unit) = whole.unwrap_or(&("s", 1));
                write!(f, "{}{name}", seconds / unit)
            }
            Retention::Forever => f.write_str("forever"),
            Retention::Compacted => f.write_str("compacted"),
            Retention::None => f.write_str("none"),
        }
    }
}
