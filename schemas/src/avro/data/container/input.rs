//! Reading a container's framing from a stream, counting bytes.

use std::io::{BufRead, BufReader, ErrorKind, Read};

use super::defect::Defect;

/// A stream and how much of it was read.
pub(super) struct Input<R> {
    stream: BufReader<R>,
    pub offset: u64,
}

impl<R: Read> Input<R> {
    pub fn new(stream: R) -> Self {
        Input {
            stream: BufReader::with_capacity(64 * 1024, stream),
            offset: 0,
        }
    }

    /// Whether nothing is left.
    pub fn is_at_end(&mut self) -> Result<bool, Defect> {
        loop {
            match self.stream.fill_buf() {
                Ok(rest) => return Ok(rest.is_empty()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Defect::Io(error)),
            }
        }
    }

    /// Exactly `N` bytes; `what` says of what.
    pub fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Defect> {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes).map_err(|error| ended(error, what))?;
        self.offset += N as u64;
        Ok(bytes)
    }

    /// Exactly `length` bytes into `out`. Memory grows with what is there, not with what was announced.
    pub fn bytes(&mut self, length: usize, out: &mut Vec<u8>, what: &str) -> Result<(), Defect> {
        out.clear();
        let read = (&mut self.stream)
            .take(length as u64)
            .read_to_end(out)
            .map_err(Defect::Io)?;
        self.offset += read as u64;
        if read < length {
            return Err(Defect::Block(format!(
                "the file ends within {what}: {read} of {length} bytes are there"
            )));
        }
        Ok(())
    }

    /// A long, zig-zag and variable in length.
    pub fn long(&mut self, what: &str) -> Result<i64, Defect> {
        let mut value = 0u64;
        for index in 0..10u32 {
            let [byte] = self.array(what)?;
            let part = u64::from(byte & 0x7f);
            if index == 9 && part > 1 {
                break;
            }
            value |= part << (7 * index);
            if byte < 0x80 {
                return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        Err(Defect::Block(format!("{what} is a number of more than 64 bits")))
    }
}

fn ended(error: std::io::Error, what: &str) -> Defect {
    if error.kind() == ErrorKind::UnexpectedEof {
        Defect::Block(format!("the file ends where {what} was expected"))
    } else {
        Defect::Io(error)
    }
}
