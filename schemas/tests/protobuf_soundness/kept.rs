//! Pairs that once were judged wrongly, each a file under `kept/`: the files of both sides, and payloads of the writer.

use std::fmt;

use treaty_schemas::protobuf::{DataLimits, decode};

use super::faults::{Counts, faults, witnesses};
use super::judges::Bench;
use super::pair::{self, Texts};
use crate::kept::{self, Part, hex, unhex};
use crate::protobuf_truth::payload::Payload;
use crate::random::Random;

/// Values of each message of a writer, beside those that are kept.
const VALUES: usize = 40;

/// One of them.
#[derive(Clone)]
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
            writeln!(f, "--- payload {message} {}", hex(bytes))?;
        }
        Ok(())
    }
}

/// Reads what was written.
fn case(parts: Vec<Part>) -> Case {
    let mut case = Case {
        why: String::new(),
        writer: Vec::new(),
        reader: Vec::new(),
        payloads: Vec::new(),
    };
    for Part { head, text } in parts {
        match head.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["writer", path] => case.writer.push((path.into(), text)),
            ["reader", path] => case.reader.push((path.into(), text)),
            ["payload", message, bytes] => case.payloads.push((message.into(), unhex(bytes))),
            ["payload", message] => case.payloads.push((message.into(), Vec::new())),
            _ => panic!(
                "`--- {}` is none of: writer PATH, reader PATH, payload MESSAGE HEX",
                head.join(" ")
            ),
        }
    }
    case
}

#[test]
fn kept_pairs() {
    let cases = kept::cases("protobuf_soundness/kept");
    let count = cases.len();
    let (mut wrong, mut bench) = (Vec::new(), Bench::whole());
    for (path, parts) in cases {
        let case = case(parts);
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
        payloads.extend(witnesses(&reader, &writer));
        bench.take((&reader, &case.reader), (&writer, &case.writer), &payloads, None);
        for fault in faults(&reader, &writer, &payloads, &mut Counts::new()) {
            wrong.push(format!("{}: {} {}", path.display(), fault.sort, fault.told));
        }
    }
    bench.judge();
    println!("{count} kept pairs\n{bench}");
    wrong.extend(bench.wrong.values().map(|difference| difference.case.to_string()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
