//! Reading the wire's primitives, strictly: every length is checked before it is used.
//!
//! A cursor within an embedded message ends where the message does, and still counts from the beginning of the payload.

use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::protobuf::language::schema::{Kind, Scalar};
use crate::text::shown::Line;

/// How a field's value is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireType {
    /// 0: a number of variable length.
    Varint,
    /// 1: eight bytes.
    Fixed64,
    /// 2: a length and as many bytes.
    Length,
    /// 3: the beginning of a group.
    StartGroup,
    /// 4: the end of a group.
    EndGroup,
    /// 5: four bytes.
    Fixed32,
}

impl WireType {
    /// How one value of this kind is framed.
    pub fn of(kind: Kind) -> WireType {
        match kind {
            Kind::Scalar(scalar) => WireType::of_scalar(scalar),
            Kind::Enum(_) => WireType::Varint,
            Kind::Message(_) | Kind::Map { .. } => WireType::Length,
            Kind::Group(_) => WireType::StartGroup,
        }
    }

    /// How one value of this scalar type is framed.
    pub fn of_scalar(scalar: Scalar) -> WireType {
        match scalar {
            Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64 => WireType::Fixed64,
            Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32 => WireType::Fixed32,
            Scalar::String | Scalar::Bytes => WireType::Length,
            _ => WireType::Varint,
        }
    }

    /// The number in a tag.
    pub fn number(self) -> u8 {
        match self {
            WireType::Varint => 0,
            WireType::Fixed64 => 1,
            WireType::Length => 2,
            WireType::StartGroup => 3,
            WireType::EndGroup => 4,
            WireType::Fixed32 => 5,
        }
    }
}

/// A field's number and how its value is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    pub number: i32,
    pub wire: WireType,
}

/// A place in a payload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    /// The payload up to the end of the message at hand.
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Cursor { bytes, at: 0 }
    }

    /// At a place in a payload that ends at `end`.
    pub fn between(bytes: &'a [u8], at: usize, end: usize) -> Self {
        Cursor {
            bytes: bytes.get(..end).unwrap_or(bytes),
            at,
        }
    }

    /// The offset of the next byte.
    #[inline]
    pub fn at(self) -> usize {
        self.at
    }

    #[inline]
    pub fn is_at_end(self) -> bool {
        self.at >= self.bytes.len()
    }

    #[inline]
    fn left(self) -> usize {
        self.bytes.len() - self.at
    }

    /// The bytes from an offset up to here.
    pub fn since(self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    #[cold]
    pub fn fault(self, kind: DecodeErrorKind, message: impl Into<Line>) -> Box<DecodeError> {
        DecodeError::new(kind, self.at, message)
    }

    #[cold]
    pub fn malformed(self, message: impl Into<Line>) -> Box<DecodeError> {
        self.fault(DecodeErrorKind::Malformed, message)
    }

    #[cold]
    fn truncated(self, what: &str) -> Box<DecodeError> {
        self.fault(
            DecodeErrorKind::Truncated,
            format!("the data ends where {what} should be"),
        )
    }

    /// A number of at most 64 bits in at most 10 bytes.
    #[inline]
    pub fn varint(&mut self) -> Decoded<u64> {
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(u64::from(byte))
            }
            _ => self.long_varint("a varint"),
        }
    }

    /// Goes behind a number of at most 64 bits in at most 10 bytes.
    #[inline]
    pub fn skip_varint(&mut self) -> Decoded<()> {
        if let Some(chunk) = self.bytes[self.at..].first_chunk::<8>() {
            // The first byte whose highest bit is not set is the last one.
            let last = !u64::from_le_bytes(*chunk) & 0x8080_8080_8080_8080;
            if last != 0 {
                self.at += last.trailing_zeros() as usize / 8 + 1;
                return Ok(());
            }
        }
        self.varint().map(|_| ())
    }

    fn long_varint(&mut self, what: &str) -> Decoded<u64> {
        let mut value = 0u64;
        for (index, &byte) in self.bytes[self.at..].iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                if index == 9 && byte > 1 {
                    return Err(self.malformed(format!("{what} has more than 64 bits")));
                }
                self.at += index + 1;
                return Ok(value);
            }
        }
        if self.left() >= 10 {
            Err(self.malformed(format!("{what} takes more than 10 bytes")))
        } else {
            Err(self.truncated(what))
        }
    }

    /// A tag of one or two bytes as it stands, nothing checked. All others are 0, which is no tag; the cursor is then
    /// anywhere.
    #[inline]
    pub fn short_tag(&mut self) -> u32 {
        match self.bytes.get(self.at..).unwrap_or_default() {
            [one, ..] if *one < 0x80 => {
                self.at += 1;
                u32::from(*one)
            }
            [one, two, ..] if *two < 0x80 => {
                self.at += 2;
                u32::from(one & 0x7f) | u32::from(*two) << 7
            }
            _ => 0,
        }
    }

    /// A field's tag: a number from 1 to 536,870,911 and a wire type, in at most 5 bytes.
    #[inline]
    pub fn tag(&mut self) -> Decoded<Tag> {
        let start = *self;
        let raw = match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                u32::from(byte)
            }
            _ => self.long_tag()?,
        };
        let wire = match raw & 7 {
            0 => WireType::Varint,
            1 => WireType::Fixed64,
            2 => WireType::Length,
            3 => WireType::StartGroup,
            4 => WireType::EndGroup,
            5 => WireType::Fixed32,
            other => return Err(start.malformed(format!("there is no wire type {other}"))),
        };
        match (raw >> 3) as i32 {
            0 => Err(start.malformed("a tag has the field number 0, which no field has")),
            number => Ok(Tag { number, wire }),
        }
    }

    fn long_tag(&mut self) -> Decoded<u32> {
        let start = *self;
        let raw = self.long_varint("a tag")?;
        if self.at - start.at > 5 {
            return Err(start.malformed("a tag takes more than 5 bytes"));
        }
        u32::try_from(raw).map_err(|_| start.malformed("a tag has more than 32 bits"))
    }

    #[inline]
    pub fn fixed32(&mut self) -> Decoded<[u8; 4]> {
        self.array("four bytes")
    }

    #[inline]
    pub fn fixed64(&mut self) -> Decoded<[u8; 8]> {
        self.array("eight bytes")
    }

    #[inline]
    fn array<const N: usize>(&mut self, what: &str) -> Decoded<[u8; N]> {
        match self.bytes[self.at..].first_chunk::<N>() {
            Some(chunk) => {
                self.at += N;
                Ok(*chunk)
            }
            None => Err(self.truncated(what)),
        }
    }

    /// A length, and the cursor of what lies within it; this one goes on behind.
    #[inline]
    pub fn part(&mut self) -> Decoded<Cursor<'a>> {
        let start = *self;
        let length = self.varint()?;
        match usize::try_from(length).ok().filter(|length| *length <= self.left()) {
            Some(length) => {
                let at = self.at;
                self.at += length;
                Ok(Cursor {
                    bytes: &self.bytes[..self.at],
                    at,
                })
            }
            None => {
                let left = match self.left() {
                    1 => "1 byte is".to_owned(),
                    left => format!("{left} bytes are"),
                };
                Err(start.fault(
                    DecodeErrorKind::Truncated,
                    format!("the length is {length}, but {left} left"),
                ))
            }
        }
    }

    /// Bytes after their length.
    #[inline]
    pub fn bytes(&mut self) -> Decoded<&'a [u8]> {
        let part = self.part()?;
        Ok(&part.bytes[part.at..])
    }

    /// UTF-8 after its length.
    #[inline]
    pub fn string(&mut self) -> Decoded<&'a str> {
        let start = self.at;
        let bytes = self.bytes()?;
        simdutf8::basic::from_utf8(bytes).map_err(|_| not_utf8(start, bytes))
    }

    /// Goes behind UTF-8 after its length.
    #[inline]
    pub fn skip_string(&mut self) -> Decoded<()> {
        let start = self.at;
        let bytes = self.bytes()?;
        // Most texts are short and ASCII.
        if bytes.is_ascii() || simdutf8::basic::from_utf8(bytes).is_ok() {
            Ok(())
        } else {
            Err(not_utf8(start, bytes))
        }
    }

    /// Goes behind the value of a field that nobody asks for. `depth` is how many groups it may have inside one another.
    pub fn skip(&mut self, tag: Tag, depth: usize) -> Decoded<()> {
        match tag.wire {
            WireType::Varint => {
                self.varint()?;
            }
            WireType::Fixed64 => {
                self.fixed64()?;
            }
            WireType::Length => {
                self.part()?;
            }
            WireType::Fixed32 => {
                self.fixed32()?;
            }
            WireType::StartGroup => self.skip_group(tag.number, depth)?,
            WireType::EndGroup => return Err(self.stray_end(tag.number)),
        }
        Ok(())
    }

    /// Goes behind the end of a group. The groups that are open are kept on a stack of numbers.
    fn skip_group(&mut self, number: i32, depth: usize) -> Decoded<()> {
        let mut open = vec![number];
        while let Some(&number) = open.last() {
            if open.len() > depth {
                return Err(self.too_deep());
            }
            if self.is_at_end() {
                return Err(self.open_group(number));
            }
            let start = *self;
            let tag = self.tag()?;
            match tag.wire {
                WireType::StartGroup => open.push(tag.number),
                WireType::EndGroup if tag.number == number => {
                    open.pop();
                }
                WireType::EndGroup => return Err(start.wrong_end(number, tag.number)),
                _ => self.skip(tag, 0)?,
            }
        }
        Ok(())
    }

    /// The data ends within a group.
    #[cold]
    pub fn open_group(self, number: i32) -> Box<DecodeError> {
        self.fault(
            DecodeErrorKind::Truncated,
            format!("the data ends within the group of field {number}"),
        )
    }

    /// A group ends that is not the one that began last.
    #[cold]
    pub fn wrong_end(self, open: i32, ended: i32) -> Box<DecodeError> {
        self.malformed(format!(
            "the group of field {open} is open, but that of field {ended} ends"
        ))
    }

    /// A group ends that has not begun; the cursor is behind its tag.
    #[cold]
    pub fn stray_end(self, number: i32) -> Box<DecodeError> {
        self.malformed(format!("the group of field {number} ends that has not begun"))
    }

    /// One more level than is allowed.
    #[cold]
    pub fn too_deep(self) -> Box<DecodeError> {
        self.fault(DecodeErrorKind::Limit, "nested deeper than is allowed")
    }
}

/// `start` is where the length of the text stands.
#[cold]
fn not_utf8(start: usize, bytes: &[u8]) -> Box<DecodeError> {
    let good = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| bytes.len());
    DecodeError::new(
        DecodeErrorKind::Utf8,
        start,
        format!("the string is not UTF-8: its byte {good} begins no character"),
    )
}

/// Undoes the zig-zag of 32 bits.
#[inline]
pub(crate) fn unzigzag32(value: u32) -> i32 {
    (value >> 1) as i32 ^ -((value & 1) as i32)
}

/// Undoes the zig-zag of 64 bits.
#[inline]
pub(crate) fn unzigzag64(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
