//! A stream of messages, each after its length as a varint: what `writeDelimitedTo` and its like write.
//!
//! Memory does not grow with the stream, and not with what a length claims either: only with what is there.

use std::io::{self, Read};

/// Bytes that are asked for at once.
const STEP: usize = 256 * 1024;
/// A length takes no more bytes.
const MAX_PREFIX: usize = 10;

/// Reads messages into the same memory.
pub(super) struct Delimited<R> {
    input: R,
    /// Messages that are larger end the stream.
    limit: usize,
    buffer: Vec<u8>,
    /// What of the buffer is not used up yet.
    start: usize,
    end: usize,
    /// The offset of `start` in the stream.
    offset: u64,
}

/// A message of the stream.
pub(super) struct Framed<'a> {
    /// The offset of its first byte, behind its length.
    pub start: u64,
    pub bytes: &'a [u8],
}

/// What comes next.
pub(super) enum Next<'a> {
    Message(Framed<'a>),
    /// The stream is damaged at this offset, and where it goes on cannot be told.
    Damage(u64, String),
    End,
}

impl<R: Read> Delimited<R> {
    pub fn new(input: R, limit: usize) -> Self {
        Delimited {
            input,
            limit,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            offset: 0,
        }
    }

    /// Bytes used up so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn next(&mut self) -> io::Result<Next<'_>> {
        if self.left() < MAX_PREFIX {
            self.fill(MAX_PREFIX)?;
        }
        if self.left() == 0 {
            return Ok(Next::End);
        }
        let at = self.offset;
        let (length, prefix) = match length(&self.buffer[self.start..self.end]) {
            Ok(found) => found,
            Err(message) => return Ok(Next::Damage(at, message.into())),
        };
        let size = match usize::try_from(length).ok().filter(|size| *size <= self.limit) {
            Some(size) => size,
            None => {
                let message = format!(
                    "a message of {length} bytes is announced, more than the {} that are allowed",
                    self.limit
                );
                return Ok(Next::Damage(at, message));
            }
        };
        if self.left() < prefix + size {
            self.fill(prefix + size)?;
        }
        if self.left() < prefix + size {
            let there = self.left() - prefix;
            let message = format!("a message of {size} bytes is announced, but the stream ends after {there} of them");
            return Ok(Next::Damage(at, message));
        }
        let begin = self.start + prefix;
        self.start = begin + size;
        self.offset += (prefix + size) as u64;
        Ok(Next::Message(Framed {
            start: at + prefix as u64,
            bytes: &self.buffer[begin..self.start],
        }))
    }

    fn left(&self) -> usize {
        self.end - self.start
    }

    /// Reads until so many bytes are at hand, or the stream ends. The buffer grows with what arrives.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < wanted {
            if self.buffer.len() < self.end + STEP {
                self.buffer.resize(self.end + STEP.max(self.end), 0);
            }
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A length and the bytes that it takes.
fn length(bytes: &[u8]) -> Result<(u64, usize), &'static str> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(MAX_PREFIX).enumerate() {
        if index == MAX_PREFIX - 1 && *byte > 1 {
            return Err("the length of a message has more than 64 bits");
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            return Ok((value, index + 1));
        }
    }
    Err("the stream ends within the length of a message")
}
