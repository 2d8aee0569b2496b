//! Numbers of a writer as an application takes them that expects other numbers. The language widens them by itself, as
//! `int` to `long` and `float` to `double`; the decoder does nothing.

use super::shape::Kind;

/// How the numbers of one type are taken as numbers of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Each is one of the other type.
    Whole,
    /// Some are rounded; this is one of them.
    Rounded(i128),
    /// Some are out of range; this is one of them.
    OutOfRange(i128),
    /// They are another kind of number.
    Other,
}

/// How numbers of the writer are taken; none where one side has no numbers.
pub(super) fn fit(pinned: &Kind<'_>, writer: &Kind<'_>) -> Option<Fit> {
    let range = |is_signed: bool, bits: u32| match is_signed {
        true => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        false => (0, (1i128 << bits) - 1),
    };
    Some(match (pinned, writer) {
        (
            &Kind::Integer { is_signed, bits },
            &Kind::Integer {
                is_signed: is_written_signed,
                bits: written,
            },
        ) => {
            let ((low, high), (least, most)) = (range(is_signed, bits), range(is_written_signed, written));
            match (most > high, least < low) {
                (true, _) => Fit::OutOfRange(high + 1),
                (false, true) => Fit::OutOfRange(low - 1),
                (false, false) => Fit::Whole,
            }
        }
        // So many digits of two a float keeps, and a double.
        (Kind::Float, Kind::Integer { bits, .. }) => rounded(*bits, 24),
        (Kind::Double, Kind::Integer { bits, .. }) => rounded(*bits, 53),
        (Kind::Float, Kind::Float) | (Kind::Double, Kind::Float | Kind::Double) => Fit::Whole,
        (Kind::Float, Kind::Double) | (Kind::Integer { .. }, Kind::Float | Kind::Double) => Fit::Other,
        _ => return None,
    })
}

fn rounded(bits: u32, kept: u32) -> Fit {
    match bits > kept {
        true => Fit::Rounded((1 << kept) + 1),
        false => Fit::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTEGERS: [(bool, u32); 4] = [(true, 32), (true, 64), (false, 32), (false, 64)];

    #[test]
    fn the_number_that_is_shown_is_the_writers_and_not_the_applications() {
        let is_in = |(is_signed, bits): (bool, u32), number: i128| match is_signed {
            true => (-(1i128 << (bits - 1))..1i128 << (bits - 1)).contains(&number),
            false => (0..1i128 << bits).contains(&number),
        };
        let kind = |(is_signed, bits)| Kind::Integer { is_signed, bits };
        for pinned in INTEGERS {
            for writer in INTEGERS {
                let ends = [
                    if writer.0 { -(1i128 << (writer.1 - 1)) } else { 0 },
                    (1i128 << (writer.1 - u32::from(writer.0))) - 1,
                ];
                match fit(&kind(pinned), &kind(writer)) {
                    Some(Fit::Whole) => assert!(ends.iter().all(|end| is_in(pinned, *end))),
                    Some(Fit::OutOfRange(number)) => assert!(is_in(writer, number) && !is_in(pinned, number)),
                    other => panic!("{other:?}"),
                }
            }
            for (float, exactly) in [(Kind::Float, 24), (Kind::Double, 53)] {
                match fit(&float, &kind(pinned)) {
                    Some(Fit::Whole) => assert!(pinned.1 <= exactly),
                    Some(Fit::Rounded(number)) => {
                        assert!(is_in(pinned, number), "{number}");
                        let read = if exactly == 24 {
                            number as f32 as i128
                        } else {
                            number as f64 as i128
                        };
                        assert_ne!(read, number);
                    }
                    other => panic!("{other:?}"),
                }
                assert_eq!(fit(&kind(pinned), &float), Some(Fit::Other));
            }
        }
        assert_eq!(fit(&Kind::Text, &Kind::Float), None);
    }
}
