//! Pairs that once were judged wrongly, each a file under `kept/`; they are judged first.
//!
//! A case is why it is kept, the files of both sides, and payloads of the writer:
//!
//! ```text
//! # a sentence
//! --- writer main.proto
//! --- reader main.proto
//! --- payload package.Message 0a03
//! ```

use std::fmt;
use std::path::Path;

use treaty_schemas::protobuf::{DataLimits, decode};

use super::faults::{Counts, faults};
use super::pair::{self, Texts};
use super::random::Random;
use crate::protobuf_truth::payload::Payload;

/// Values of each message of a writer, beside those that are kept.
const VALUES: usize = 40;

/// One of them.
pub struct Case {
    pub why: String,
    pub writer: Texts,
    pub reader: Texts,
    /// The full names of messages, with bytes.
    pub payloads: Vec<(String, Vec<u8>)>,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.why.lines() {
            writeln!(f, "# {line}")?;
        }
        for (side, texts) in [("writer", &self.writer), ("reader", &self.reader)] {
            for (path, text) in texts {
                write!(f, "--- {side} {path}\n{text}")?;
            }
        }
        for (message, bytes) in &self.payloads {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(f, "--- payload {message} {hex}")?;
        }
        Ok(())
    }
}

/// Reads what was written.
fn parse(text: &str) -> Case {
    let (why, rest) = text.split_once("\n--- ").expect("a case has texts");
    let mut case = Case {
        why: why.into(),
        writer: Vec::new(),
        reader: Vec::new(),
        payloads: Vec::new(),
    };
    for section in rest.split("\n--- ") {
        let (head, text) = section.split_once('\n').unwrap_or((section, ""));
        match head.split(' ').collect::<Vec<_>>()[..] {
            ["writer", path] => case.writer.push((path.into(), format!("{text}\n"))),
            ["reader", path] => case.reader.push((path.into(), format!("{text}\n"))),
            ["payload", message, hex] => case.payloads.push((message.into(), unhex(hex))),
            ["payload", message] => case.payloads.push((message.into(), Vec::new())),
            _ => panic!("`--- {head}` is none of: writer PATH, reader PATH, payload MESSAGE HEX"),
        }
    }
    case
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .trim()
        .bytes()
        .map(|digit| (digit as char).to_digit(16).expect("hex") as u8)
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[test]
fn kept_pairs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protobuf_soundness/kept");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of kept cases")
        .map(|entry| entry.expect("an entry of the folder").path())
        .collect();
    paths.sort();
    let mut wrong = Vec::new();
    for path in &paths {
        let case = parse(&std::fs::read_to_string(path).expect("a kept case"));
        let of = |texts: &Texts| pair::schema(texts).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (writer, reader) = (of(&case.writer), of(&case.reader));
        let mut payloads = pair::payloads(&writer, &mut Random::new(1), VALUES);
        payloads.extend(case.payloads.iter().map(|(name, bytes)| {
            let message = writer.set.message_named(name).expect("the message of the payload");
            let value = decode(&writer.set, message, bytes, &DataLimits::default()).expect("a payload of the writer");
            Payload {
                message,
                value,
                bytes: bytes.clone(),
            }
        }));
        for fault in faults(&reader, &writer, &payloads, &mut Counts::new()) {
            wrong.push(format!("{}: {} {}", path.display(), fault.sort, fault.told));
        }
    }
    println!("{} kept pairs", paths.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
