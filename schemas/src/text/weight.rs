//! What a text takes in memory, told from the text alone, before it is read.
//!
//! A text is a few bytes for each part that a schema has of it, and a part is some hundreds: how many times its text a schema
//! takes depends on what stands in it. So the characters are counted that begin, end or part something. The figures are on
//! the safe side of what was measured of texts that have as many parts as they can.

use crate::format::Format;

/// Bytes that a text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weight {
    /// While it is read, printed and compared.
    pub reading: usize,
    /// Afterwards, for as long as the schema is held.
    pub held: usize,
}

impl Weight {
    /// What this text takes as a schema in this language.
    pub fn of(format: Format, text: &str) -> Weight {
        match format {
            Format::Avro => Weight::of_avro(text),
            Format::Protobuf => Weight::of_protobuf(text),
        }
    }

    fn of_avro(text: &str) -> Weight {
        let bytes = text.bytes().map(|byte| match byte {
            // An array or object, and its first value.
            b'[' | b'{' => 205,
            b',' => 165,
            b':' => 45,
            _ => 5,
        });
        let reading = bytes.sum();
        Weight { reading, held: reading }
    }

    pub(crate) fn of_protobuf(text: &str) -> Weight {
        let (mut reading, mut held) = (0, 0);
        let mut depth = 0;
        for byte in text.bytes() {
            // Each part is printed on a line of its own, which is indented.
            let line = |bytes: usize| bytes + 2 * depth * PRINTED;
            let (at_work, after) = match byte {
                b'{' => (line(3000), 1400),
                b'}' => (line(4), 2),
                b';' => (line(1300), 850),
                b',' => (line(600), 400),
                b'[' => (600, 400),
                b':' => (250, 150),
                b'\n' => (220, 2),
                _ => (4, 2),
            };
            reading += at_work;
            held += after;
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        Weight { reading, held }
    }
}

/// How many copies of a printed text there are at one time, at most.
const PRINTED: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_weigh_more_than_words() {
        let words = Weight::of(Format::Avro, &"word ".repeat(1000));
        let parts = Weight::of(Format::Avro, &"[],".repeat(1000));
        assert!(parts.reading > 10 * words.reading);
    }

    #[test]
    fn what_is_nested_is_printed_indented() {
        let flat = format!("message A {{{}}}", "int32 a = 1;".repeat(1000));
        let nested = format!("{}{flat}{}", "message M {".repeat(100), "}".repeat(100));
        let (flat, nested) = (
            Weight::of(Format::Protobuf, &flat),
            Weight::of(Format::Protobuf, &nested),
        );
        assert!(nested.reading > flat.reading + 1000 * 200 * PRINTED);
        assert!(nested.held < flat.held + 100 * 2000);
    }
}
