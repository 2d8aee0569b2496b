//! Lines of a stream, one at a time, none longer than a limit.

use std::io::{self, BufRead, Read};

/// Reads lines into the same memory.
pub(super) struct Lines<R> {
    input: R,
    limit: usize,
    line: Vec<u8>,
    number: usize,
    offset: u64,
}

/// A line without its end.
pub(super) struct TextLine<'a> {
    /// From 1.
    pub number: usize,
    /// The offset of its first byte.
    pub start: u64,
    /// None if it is too long; it was skipped.
    pub bytes: Option<&'a [u8]>,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R, limit: usize) -> Self {
        Lines {
            input,
            limit,
            line: Vec::new(),
            number: 0,
            offset: 0,
        }
    }

    /// Bytes read so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The next line; none at the end.
    pub fn next(&mut self) -> io::Result<Option<TextLine<'_>>> {
        let start = self.offset;
        if self.read_part()? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let is_too_long = self.line.len() > self.limit && self.line.last() != Some(&b'\n');
        if is_too_long {
            while self.line.last() != Some(&b'\n') && self.read_part()? > 0 {}
        }
        let text = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        Ok(Some(TextLine {
            number: self.number,
            start,
            bytes: (!is_too_long).then_some(text.strip_suffix(b"\r").unwrap_or(text)),
        }))
    }

    /// Reads up to the end of the line, or to one byte beyond the limit.
    fn read_part(&mut self) -> io::Result<usize> {
        self.line.clear();
        let most = (self.limit as u64).saturating_add(1);
        let read = (&mut self.input).take(most).read_until(b'\n', &mut self.line)?;
        self.offset += read as u64;
        Ok(read)
    }
}
