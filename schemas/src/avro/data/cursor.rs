//! Reading Avro's binary primitives, strictly: every length is checked before it is used.

use super::limits::Limits;
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::text::shown::Line;

/// A place in a payload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The head of a block of an array or a map.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Block {
    /// Items in this block; 0 ends the array or map.
    pub items: u64,
    /// Where the block ends, if the writer said so.
    pub end: Option<usize>,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Cursor { bytes, at }
    }

    /// The offset of the next byte.
    #[inline]
    pub fn at(self) -> usize {
        self.at
    }

    #[inline]
    pub fn left(self) -> usize {
        self.bytes.len() - self.at
    }

    /// Nothing may follow.
    pub fn finish(self) -> Decoded<()> {
        match self.left() {
            0 => Ok(()),
            left => Err(self.fault(
                DecodeErrorKind::Trailing,
                format!("{} left over after the value", counted(left)),
            )),
        }
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
            format!("the payload ends where {what} was expected"),
        )
    }

    #[inline]
    pub fn boolean(&mut self) -> Decoded<bool> {
        let value = match self.bytes.get(self.at) {
            Some(0) => false,
            Some(1) => true,
            Some(other) => return Err(self.malformed(format!("a boolean is 0 or 1, not {other}"))),
            None => return Err(self.truncated("a boolean")),
        };
        self.at += 1;
        Ok(value)
    }

    #[inline]
    pub fn int(&mut self) -> Decoded<i32> {
        self.int_for("an int")
    }

    #[inline]
    fn int_for(&mut self, what: &str) -> Decoded<i32> {
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(i32::from(byte >> 1) ^ -i32::from(byte & 1))
            }
            _ => {
                let (value, at) = self.varint(5, 32, what)?;
                self.at = at;
                Ok(unzigzag(value) as i32)
            }
        }
    }

    #[inline]
    pub fn long(&mut self) -> Decoded<i64> {
        self.long_for("a long")
    }

    #[inline]
    fn long_for(&mut self, what: &str) -> Decoded<i64> {
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(i64::from(byte >> 1) ^ -i64::from(byte & 1))
            }
            _ => {
                let (value, at) = self.varint(10, 64, what)?;
                self.at = at;
                Ok(unzigzag(value))
            }
        }
    }

    /// At most `most` bytes that make a number of at most `bits` bits, and where it ends.
    fn varint(self, most: usize, bits: u32, what: &str) -> Decoded<(u64, usize)> {
        let mut value = 0u64;
        for (index, &byte) in self.bytes[self.at..].iter().take(most).enumerate() {
            let shift = 7 * index as u32;
            let part = u64::from(byte & 0x7f);
            if shift + 7 > bits && part >> (bits - shift) != 0 {
                return Err(self.malformed(format!("{what} has more than {bits} bits")));
            }
            value |= part << shift;
            if byte < 0x80 {
                return Ok((value, self.at + index + 1));
            }
        }
        if self.left() >= most {
            Err(self.malformed(format!("{what} takes more than {most} bytes")))
        } else {
            Err(self.truncated(what))
        }
    }

    pub fn float(&mut self) -> Decoded<f32> {
        self.array("a float").map(f32::from_le_bytes)
    }

    pub fn double(&mut self) -> Decoded<f64> {
        self.array("a double").map(f64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Decoded<[u8; N]> {
        match self.bytes[self.at..].first_chunk::<N>() {
            Some(chunk) => {
                self.at += N;
                Ok(*chunk)
            }
            None => Err(self.truncated(what)),
        }
    }

    /// `size` bytes of a fixed.
    #[inline]
    pub fn fixed(&mut self, size: usize) -> Decoded<&'a [u8]> {
        match self.bytes[self.at..].get(..size) {
            Some(slice) => {
                self.at += size;
                Ok(slice)
            }
            None => {
                let left = self.left();
                Err(self.fault(
                    DecodeErrorKind::Truncated,
                    format!("{} expected, but {} left", counted(size), counted(left)),
                ))
            }
        }
    }

    /// Bytes after their length.
    #[inline]
    pub fn bytes(&mut self) -> Decoded<&'a [u8]> {
        let start = self.at;
        let length = self.long_for("a length")?;
        // A negative length becomes a huge one.
        match usize::try_from(length as u64).ok().and_then(|length| {
            let end = self.at.checked_add(length)?;
            self.bytes.get(self.at..end)
        }) {
            Some(slice) => {
                self.at += slice.len();
                Ok(slice)
            }
            None => Err(self.bad_length(start, length)),
        }
    }

    #[cold]
    fn bad_length(mut self, start: usize, length: i64) -> Box<DecodeError> {
        let left = self.left();
        self.at = start;
        if length < 0 {
            self.malformed(format!("the length {length} is negative"))
        } else {
            self.fault(
                DecodeErrorKind::Truncated,
                format!("the length is {length}, but {} left", counted(left)),
            )
        }
    }

    /// UTF-8 after its length.
    #[inline]
    pub fn string(&mut self) -> Decoded<&'a str> {
        let start = self.at;
        let bytes = self.bytes()?;
        match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(_) => Err(not_utf8(start, bytes)),
        }
    }

    /// A number below `count`; `what` says of what.
    #[inline]
    pub fn number(&mut self, count: usize, what: &str) -> Decoded<u32> {
        let start = self.at;
        let number = self.int_for("the number of a branch or symbol")?;
        match u32::try_from(number) {
            Ok(number) if (number as usize) < count => Ok(number),
            _ => Err(no_number(start, number, count, what)),
        }
    }

    /// The head of the next block of an array or a map.
    #[inline]
    pub fn block(&mut self) -> Decoded<Block> {
        let start = self.at;
        let count = self.long_for("a block's number of items")?;
        if count >= 0 {
            return Ok(Block {
                items: count.unsigned_abs(),
                end: None,
            });
        }
        let size = self.long_for("a block's size")?;
        let end = usize::try_from(size)
            .ok()
            .and_then(|size| self.at.checked_add(size))
            .filter(|&end| end <= self.bytes.len());
        match end {
            Some(_) => Ok(Block {
                items: count.unsigned_abs(),
                end,
            }),
            None => Err(self.bad_length(start, size)),
        }
    }

    /// At the end of a block: the writer must have told its size right.
    #[inline]
    pub fn close(self, end: Option<usize>) -> Decoded<()> {
        match end {
            Some(end) if end != self.at => Err(self.malformed(format!(
                "the block was said to end at byte {end}, but its items end at byte {}",
                self.at
            ))),
            _ => Ok(()),
        }
    }
}

#[cold]
fn no_number(start: usize, number: i32, count: usize, what: &str) -> Box<DecodeError> {
    let message = match count.checked_sub(1) {
        Some(last) => format!("there is no {what} {number}; the last one is {last}"),
        None => format!("there is no {what} {number}; there are none at all"),
    };
    DecodeError::new(DecodeErrorKind::Malformed, start, message)
}

/// `start` is where the length of the text stands.
#[cold]
fn not_utf8(start: usize, bytes: &[u8]) -> Box<DecodeError> {
    let good = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| bytes.len());
    DecodeError::new(
        DecodeErrorKind::Malformed,
        start,
        format!("the string is not UTF-8: its byte {good} begins no character"),
    )
}

fn counted(bytes: usize) -> String {
    match bytes {
        1 => "1 byte is".into(),
        _ => format!("{bytes} bytes are"),
    }
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// What may still be built that no byte of the payload pays for.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
    whole: u64,
}

impl Budget {
    pub fn new(limits: &Limits, payload: usize) -> Self {
        let whole = limits.items.saturating_add(payload as u64);
        Budget { left: whole, whole }
    }

    /// Values that may still be built.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Takes `count` values off; `at` is the offset in the payload for the error.
    #[inline]
    pub fn spend(&mut self, count: u64, at: usize) -> Decoded<()> {
        match self.left.checked_sub(count) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(DecodeError::new(
                DecodeErrorKind::Limit,
                at,
                format!("more than {} values that take no bytes", self.whole),
            )),
        }
    }
}
