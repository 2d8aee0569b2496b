//! Pairs that once were judged wrongly, each a file under `kept/`: the writer, the reader, and payloads of the writer.

use std::fmt;

use treaty_schemas::Budget;
use treaty_schemas::avro;

use super::exhaustive::try_parse;
use super::faults::faults;
use super::triples::values;
use crate::kept::{self, hex, unhex};
use crate::random::Random;

/// One of them.
pub struct Case {
    pub why: String,
    pub writer: String,
    pub reader: String,
    pub payloads: Vec<Vec<u8>>,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.why.lines() {
            writeln!(f, "# {line}")?;
        }
        writeln!(f, "--- writer\n{}\n--- reader\n{}", self.writer, self.reader)?;
        for payload in &self.payloads {
            writeln!(f, "--- payload {}", hex(payload))?;
        }
        Ok(())
    }
}

#[test]
fn kept_pairs() {
    let cases = kept::cases("avro_soundness/kept");
    let count = cases.len();
    let mut wrong = Vec::new();
    for (path, parts) in cases {
        let text = |side: &str| {
            let part = parts.iter().find(|part| part.head[0] == side);
            part.unwrap_or_else(|| panic!("{} has no {side}", path.display()))
                .text
                .as_str()
        };
        let schema =
            |side: &str| try_parse(text(side)).unwrap_or_else(|| panic!("{}: the {side} is none", path.display()));
        let (writer, reader) = (schema("writer"), schema("reader"));
        let mut values = values(&writer, &mut Random::new(1), 100);
        for part in parts.iter().filter(|part| part.head[0] == "payload") {
            let bytes = part.head.get(1).map_or_else(Vec::new, |text| unhex(text));
            let value = avro::decode(&writer, &bytes, &avro::Limits::default()).expect("a payload of the writer");
            values.push((value, bytes));
        }
        for fault in faults(
            &reader,
            &writer,
            &values,
            &avro::check(&reader, &writer, &Budget::unlimited()),
        ) {
            wrong.push(format!("{}: {} {}", path.display(), fault.sort, fault.told));
        }
    }
    println!("{count} kept pairs");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
