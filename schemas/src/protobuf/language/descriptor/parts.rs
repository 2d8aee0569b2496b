//! A message as it lies in bytes: numbers and what stands behind them.

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    /// A string, bytes or a message.
    Bytes(&'a [u8]),
    /// What stands between the tags of a group.
    Group(&'a [u8]),
}

/// The bytes are no message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Damaged;

impl<'a> Part<'a> {
    pub fn bytes(self) -> Result<&'a [u8], Damaged> {
        match self {
            Part::Bytes(bytes) | Part::Group(bytes) => Ok(bytes),
            _ => Err(Damaged),
        }
    }

    pub fn text(self) -> Result<&'a str, Damaged> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Damaged)
    }

    pub fn number(self) -> Result<u64, Damaged> {
        match self {
            Part::Varint(value) | Part::Fixed64(value) => Ok(value),
            Part::Fixed32(value) => Ok(value.into()),
            Part::Bytes(_) | Part::Group(_) => Err(Damaged),
        }
    }

    /// A number of 32 bits with a sign, as a varint has it.
    pub fn int32(self) -> Result<i32, Damaged> {
        Ok(self.number()? as i32)
    }

    pub fn bool(self) -> Result<bool, Damaged> {
        Ok(self.number()? != 0)
    }
}

/// The fields of a message in the order in which they lie.
pub(super) fn parts(bytes: &[u8]) -> Result<Vec<(u32, Part<'_>)>, Damaged> {
    let mut rest = bytes;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        parts.push(part(&mut rest)?);
    }
    Ok(parts)
}

/// The numbers of a packed field.
pub(super) fn packed(bytes: &[u8], width: Option<usize>) -> Result<Vec<Part<'_>>, Damaged> {
    let mut rest = bytes;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        parts.push(match width {
            Some(8) => Part::Fixed64(fixed64(&mut rest)?),
            Some(_) => Part::Fixed32(fixed32(&mut rest)?),
            None => Part::Varint(varint(&mut rest)?),
        });
    }
    Ok(parts)
}

fn part<'a>(rest: &mut &'a [u8]) -> Result<(u32, Part<'a>), Damaged> {
    let tag = u32::try_from(varint(rest)?).map_err(|_| Damaged)?;
    let number = tag >> 3;
    let part = match tag & 7 {
        0 => Part::Varint(varint(rest)?),
        1 => Part::Fixed64(fixed64(rest)?),
        2 => Part::Bytes(delimited(rest)?),
        3 => Part::Group(group(rest, number)?),
        5 => Part::Fixed32(fixed32(rest)?),
        _ => return Err(Damaged),
    };
    if number == 0 { Err(Damaged) } else { Ok((number, part)) }
}

/// What stands before the end of the group; groups within it are counted, not entered.
fn group<'a>(rest: &mut &'a [u8], number: u32) -> Result<&'a [u8], Damaged> {
    let whole = *rest;
    let mut open = vec![number];
    loop {
        let before = rest.len();
        let tag = u32::try_from(varint(rest)?).map_err(|_| Damaged)?;
        match tag & 7 {
            0 => drop(varint(rest)?),
            1 => drop(fixed64(rest)?),
            2 => drop(delimited(rest)?),
            3 => open.push(tag >> 3),
            4 => {
                if open.pop() != Some(tag >> 3) {
                    return Err(Damaged);
                }
                if open.is_empty() {
                    return Ok(&whole[..whole.len() - before]);
                }
            }
            5 => drop(fixed32(rest)?),
            _ => return Err(Damaged),
        }
    }
}

fn varint(rest: &mut &[u8]) -> Result<u64, Damaged> {
    let mut value = 0;
    for shift in (0..70).step_by(7) {
        let (byte, after) = rest.split_first().ok_or(Damaged)?;
        *rest = after;
        let bits = u64::from(byte & 0x7F);
        if shift == 63 && bits > 1 {
            return Err(Damaged);
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Damaged)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Damaged> {
    let (taken, after) = rest.split_at_checked(length).ok_or(Damaged)?;
    *rest = after;
    Ok(taken)
}

fn delimited<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Damaged> {
    let length = usize::try_from(varint(rest)?).map_err(|_| Damaged)?;
    take(rest, length)
}

fn fixed64(rest: &mut &[u8]) -> Result<u64, Damaged> {
    let bytes = take(rest, 8)?;
    Ok(u64::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?))
}

fn fixed32(rest: &mut &[u8]) -> Result<u32, Damaged> {
    let bytes = take(rest, 4)?;
    Ok(u32::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?))
}
