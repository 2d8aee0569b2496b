//! Which numbers survive between two kinds of field that look alike on the wire.
//!
//! Every way to write and to read a number is a straight line between a few bounds, so a pair of kinds keeps all numbers
//! exactly if it keeps those at the bounds. The check therefore tries them, rather than to trust a table of 100 pairs.

use crate::protobuf::language::schema::{Enum, Scalar};

/// How a field of numbers is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Seven bits to a byte, at most ten bytes.
    Varint,
    /// Four bytes.
    Four,
    /// Eight bytes.
    Eight,
}

/// A kind of field whose values are numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number<'s> {
    /// A scalar that is neither string nor bytes.
    Scalar(Scalar),
    /// An enum, for its numbers.
    Enum(&'s Enum),
}

/// What is written, as everybody understands it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meant {
    /// A whole number; of a bool 0 or 1, of an enum its number.
    Whole(i128),
    /// A number with a fraction.
    Real(f64),
}

/// What becomes of the numbers of one kind in a field of another that looks alike on the wire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Carried {
    /// All arrive as they were meant.
    Exactly,
    /// Some arrive as other numbers, because the reader's kind is too narrow or has no sign; this one, for instance.
    Narrowed(i128),
    /// Nearly all arrive as other numbers, because the same bytes are understood in another way; this one, for instance.
    Reread(Meant),
}

/// Numbers at which something may begin to go wrong, the most telling first.
const TELLING: [i128; 18] = [
    2,
    1 << 31,
    -1,
    1 << 40,
    1 << 32,
    1 << 63,
    1,
    -2,
    -(1 << 31),
    (1 << 31) - 1,
    (1 << 32) - 1,
    -(1 << 63),
    (1 << 63) - 1,
    (1 << 64) - 1,
    -(1 << 31) - 1,
    -(1 << 40),
    3,
    0,
];

/// How numbers of this scalar lie on the wire; `None` for string and bytes.
pub(super) fn layout(scalar: Scalar) -> Option<Layout> {
    match scalar {
        Scalar::String | Scalar::Bytes => None,
        Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32 => Some(Layout::Four),
        Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64 => Some(Layout::Eight),
        Scalar::Int32
        | Scalar::Int64
        | Scalar::Uint32
        | Scalar::Uint64
        | Scalar::Sint32
        | Scalar::Sint64
        | Scalar::Bool => Some(Layout::Varint),
    }
}

impl Number<'_> {
    fn bounds(self) -> (i128, i128) {
        match self {
            Number::Enum(_) => (i128::from(i32::MIN), i128::from(i32::MAX)),
            Number::Scalar(scalar) => match scalar {
                Scalar::Bool => (0, 1),
                Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
                Scalar::Uint32 | Scalar::Fixed32 => (0, i128::from(u32::MAX)),
                Scalar::Uint64 | Scalar::Fixed64 => (0, i128::from(u64::MAX)),
                Scalar::Double
                | Scalar::Float
                | Scalar::Int64
                | Scalar::Sint64
                | Scalar::Sfixed64
                | Scalar::String
                | Scalar::Bytes => (i128::from(i64::MIN), i128::from(i64::MAX)),
            },
        }
    }

    fn is_zigzag(self) -> bool {
        matches!(self, Number::Scalar(Scalar::Sint32 | Scalar::Sint64))
    }

    fn is_real(self) -> bool {
        matches!(self, Number::Scalar(Scalar::Float | Scalar::Double))
    }

    /// The telling numbers that a writer of this kind may write.
    fn may_write(self) -> Vec<i128> {
        match self {
            // An enum's numbers are few, and no others are written.
            Number::Enum(of) => of.values.iter().map(|value| i128::from(value.number)).collect(),
            Number::Scalar(_) => {
                let (low, high) = self.bounds();
                TELLING
                    .into_iter()
                    .filter(|number| (low..=high).contains(number))
                    .collect()
            }
        }
    }

    /// The bits on the wire.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the wire is made of such casts"
    )]
    fn bits(self, number: i128) -> u64 {
        match self {
            Number::Scalar(Scalar::Sint32) => {
                let number = number as i32;
                u64::from(((number << 1) ^ (number >> 31)) as u32)
            }
            Number::Scalar(Scalar::Sint64) => {
                let number = number as i64;
                ((number << 1) ^ (number >> 63)) as u64
            }
            Number::Scalar(Scalar::Sfixed32) => u64::from(number as i32 as u32),
            Number::Scalar(_) | Number::Enum(_) => number as u64,
        }
    }

    /// What these bits are read as.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "the wire is made of such casts"
    )]
    fn read(self, bits: u64) -> Meant {
        let whole = match self {
            Number::Enum(_) => i128::from(bits as i32),
            Number::Scalar(scalar) => match scalar {
                Scalar::Float => return Meant::Real(f64::from(f32::from_bits(bits as u32))),
                Scalar::Double => return Meant::Real(f64::from_bits(bits)),
                Scalar::Bool => i128::from(bits != 0),
                Scalar::Int32 | Scalar::Sfixed32 => i128::from(bits as i32),
                Scalar::Uint32 | Scalar::Fixed32 => i128::from(bits as u32),
                Scalar::Sint32 => {
                    let bits = bits as u32;
                    i128::from((bits >> 1) as i32 ^ -((bits & 1) as i32))
                }
                Scalar::Sint64 => i128::from((bits >> 1) as i64 ^ -((bits & 1) as i64)),
                Scalar::Uint64 | Scalar::Fixed64 => i128::from(bits),
                Scalar::Int64 | Scalar::Sfixed64 | Scalar::String | Scalar::Bytes => i128::from(bits as i64),
            },
        };
        Meant::Whole(whole)
    }
}

/// What becomes of the writer's numbers in the reader, both laid out alike. Whether a reader's enum knows a number is not
/// asked here.
pub(super) fn carried(writer: Number<'_>, reader: Number<'_>) -> Carried {
    match (writer, reader) {
        // Most fields stay what they are, and an enum may have thousands of numbers.
        (Number::Enum(_), Number::Enum(_)) => return Carried::Exactly,
        (Number::Scalar(from), Number::Scalar(to)) if from == to => return Carried::Exactly,
        _ => {}
    }
    match (writer.is_real(), reader.is_real()) {
        (true, true) => return Carried::Exactly,
        (true, false) => return Carried::Reread(Meant::Real(1.5)),
        (false, true) => return Carried::Reread(Meant::Whole(1)),
        (false, false) => {}
    }
    let changed = writer
        .may_write()
        .into_iter()
        .find(|&number| reader.read(writer.bits(number)) != Meant::Whole(number));
    match changed {
        None => Carried::Exactly,
        Some(number) if writer.is_zigzag() != reader.is_zigzag() => Carried::Reread(Meant::Whole(number)),
        Some(number) => Carried::Narrowed(number),
    }
}
