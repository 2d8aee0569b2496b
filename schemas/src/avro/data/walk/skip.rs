//! Where a primitive ends, for whoever does not need its value.
//!
//! The usual cases are recognised here, in few instructions; all others, errors among them, are left to the cursor. Every
//! function takes the place where a primitive begins and gives the one where it ends, so that both stay in registers.

use crate::avro::data::cursor::Cursor;
use crate::decode_error::Decoded;

#[inline]
pub(super) fn boolean(bytes: &[u8], at: usize) -> Decoded<usize> {
    match bytes.get(at) {
        Some(0 | 1) => Ok(at + 1),
        _ => slow(bytes, at, |cursor| cursor.boolean().map(|_| ())),
    }
}

#[inline]
pub(super) fn int(bytes: &[u8], at: usize) -> Decoded<usize> {
    match varint(bytes, at) {
        // Only a fifth byte can make it too large.
        Some(length) if length < 5 => Ok(at + length),
        _ => slow(bytes, at, |cursor| cursor.int().map(|_| ())),
    }
}

#[inline]
pub(super) fn long(bytes: &[u8], at: usize) -> Decoded<usize> {
    match varint(bytes, at) {
        Some(length) => Ok(at + length),
        None => slow(bytes, at, |cursor| cursor.long().map(|_| ())),
    }
}

/// The length of a number of at most eight bytes, if so many are there that this is easily told.
#[inline]
fn varint(bytes: &[u8], at: usize) -> Option<usize> {
    const LAST: u64 = 0x8080_8080_8080_8080;
    let chunk = bytes.get(at..)?.first_chunk::<8>()?;
    match !u64::from_le_bytes(*chunk) & LAST {
        0 => None,
        ends => Some(ends.trailing_zeros() as usize / 8 + 1),
    }
}

#[inline]
pub(super) fn fixed(bytes: &[u8], at: usize, size: usize) -> Decoded<usize> {
    if size <= bytes.len().saturating_sub(at) {
        Ok(at + size)
    } else {
        slow(bytes, at, |cursor| cursor.fixed(size).map(|_| ()))
    }
}

/// What a length announces, if it is short and all there.
#[inline]
fn short(bytes: &[u8], at: usize) -> Option<&[u8]> {
    match bytes.get(at) {
        Some(&length) if length & 0x81 == 0 => bytes.get(at + 1..at + 1 + usize::from(length >> 1)),
        _ => None,
    }
}

#[inline]
pub(super) fn bytes(bytes: &[u8], at: usize) -> Decoded<usize> {
    match short(bytes, at) {
        Some(content) => Ok(at + 1 + content.len()),
        None => slow(bytes, at, |cursor| cursor.bytes().map(|_| ())),
    }
}

#[inline]
pub(super) fn string(bytes: &[u8], at: usize) -> Decoded<usize> {
    match short(bytes, at) {
        Some(text) if is_ascii(text) => Ok(at + 1 + text.len()),
        _ => slow(bytes, at, |cursor| cursor.string().map(|_| ())),
    }
}

/// A number below `count`, and where it ends.
#[inline]
pub(super) fn number(bytes: &[u8], at: usize, count: u32, what: &str) -> Decoded<(u32, usize)> {
    match bytes.get(at) {
        Some(&byte) if byte & 0x81 == 0 && u32::from(byte >> 1) < count => Ok((u32::from(byte >> 1), at + 1)),
        _ => {
            let mut cursor = Cursor::new(bytes, at);
            let number = cursor.number(count as usize, what)?;
            Ok((number, cursor.at()))
        }
    }
}

#[inline(never)]
fn slow(bytes: &[u8], at: usize, read: impl FnOnce(&mut Cursor<'_>) -> Decoded<()>) -> Decoded<usize> {
    let mut cursor = Cursor::new(bytes, at);
    read(&mut cursor)?;
    Ok(cursor.at())
}

/// Looks at a short text in words of eight bytes, the last ones perhaps twice.
#[inline]
fn is_ascii(text: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut seen = 0;
    if let Some(last) = text.last_chunk::<8>() {
        let mut rest = text;
        while let Some((word, more)) = rest.split_first_chunk::<8>() {
            seen |= u64::from_le_bytes(*word);
            rest = more;
        }
        seen |= u64::from_le_bytes(*last);
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        seen = u64::from(u32::from_le_bytes(*first) | u32::from_le_bytes(*last));
    } else {
        for byte in text {
            seen |= u64::from(*byte);
        }
    }
    seen & HIGH == 0
}
