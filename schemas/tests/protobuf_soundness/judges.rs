//! What others see of what a writer sends, beside what we see: prost-reflect here, the rest as programs of their own.
//!
//! Each difference has a cause with a name, or it is a fault.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use prost_reflect::{DescriptorPool, DynamicMessage};
use treaty_schemas::protobuf::language::builtin;
use treaty_schemas::protobuf::language::descriptor::encode;
use treaty_schemas::protobuf::{self, DataLimits, DecodeError, Schema};

use serde_json::Value as Json;

use super::causes::{self, Seen};
use super::faults::name;
use super::kept::Case;
use super::pair::{self, Texts};
use super::pairs::Pair;
use super::view;
use crate::judges::Judge;
use crate::kept::hex;
use crate::protobuf_truth::payload::{Payload, counterpart};

/// Everybody, with how many readers there are for one that they are asked about: making a schema takes the last two long.
const JUDGES: [(Judge, usize); 3] = [(Judge::Upb, 1), (Judge::Protobufjs, 3), (Judge::Python, 8)];
/// Pairs whose payloads are put before the judges at a time.
const BATCH: usize = 500;
/// One in so many schemas is compiled by protoc from its text rather than taken from our descriptor.
const BY_PROTOC: usize = 25;

/// The name of the judge that is no program.
const PROST: &str = "prost-reflect";

/// A difference between two decoders for which there is no cause.
pub struct Difference {
    /// How often the judge sees something else.
    pub count: usize,
    /// The shortest case.
    pub case: Case,
    /// What it was made of.
    pub pair: Option<Pair>,
}

/// What was read, and what comes of it.
pub struct Bench {
    /// Each with how many readers there are for one that it is asked about.
    judges: Vec<(Judge, usize)>,
    asks_prost: bool,
    asked: Vec<Asked>,
    /// By judge: payloads that are seen alike, and others by cause.
    seen: BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    /// By judge.
    pub wrong: BTreeMap<&'static str, Difference>,
    absent: Vec<Judge>,
    count: usize,
}

/// A reader with the payloads that it is given.
struct Asked {
    writer: Texts,
    reader: Texts,
    set: Vec<u8>,
    number: usize,
    reads: Vec<Read>,
    pair: Option<Pair>,
}

/// One payload, as ours reads it.
struct Read {
    message: String,
    bytes: Vec<u8>,
    ours: Result<Json, DecodeError>,
}

impl Bench {
    /// Everybody, each about as much as there is time for.
    pub fn sampled() -> Self {
        Bench::of(JUDGES.into(), true)
    }

    /// Everybody about everything.
    pub fn whole() -> Self {
        Bench::of(JUDGES.map(|(judge, _)| (judge, 1)).into(), true)
    }

    /// The judge of this name alone.
    pub fn only(name: &str) -> Self {
        let judges = JUDGES.into_iter().filter(|(judge, _)| judge.name() == name);
        Bench::of(judges.map(|(judge, _)| (judge, 1)).collect(), name == PROST)
    }

    fn of(judges: Vec<(Judge, usize)>, asks_prost: bool) -> Self {
        Bench {
            judges,
            asks_prost,
            asked: Vec::new(),
            seen: BTreeMap::new(),
            wrong: BTreeMap::new(),
            absent: Vec::new(),
            count: 0,
        }
    }

    /// Takes the payloads of a writer to the judges, as this reader reads them.
    pub fn take(
        &mut self,
        (reader, reader_texts): (&Schema, &Texts),
        (writer, texts): (&Schema, &Texts),
        payloads: &[Payload],
        pair: Option<&Pair>,
    ) {
        let read = |payload: &Payload| {
            let to = counterpart(reader, writer, payload.message)?;
            let ours = protobuf::decode(&reader.set, to, &payload.bytes, &DataLimits::default());
            Some(Read {
                message: name(reader, to),
                bytes: payload.bytes.clone(),
                ours: ours.map(|value| view::view(&value)),
            })
        };
        let reads: Vec<Read> = payloads.iter().filter_map(read).collect();
        if reads.is_empty() {
            return;
        }
        self.count += 1;
        self.asked.push(Asked {
            writer: texts.clone(),
            reader: reader_texts.clone(),
            set: descriptors(reader_texts),
            number: self.count,
            reads,
            pair: pair.cloned(),
        });
        if self.asked.len() >= BATCH {
            self.judge();
        }
    }

    /// Asks everybody about what was taken.
    pub fn judge(&mut self) {
        let asked = std::mem::take(&mut self.asked);
        for asked in asked.iter().filter(|_| self.asks_prost).collect::<Vec<_>>() {
            self.ask_prost(asked);
        }
        for (judge, one_in) in self.judges.clone() {
            let asked: Vec<&Asked> = asked
                .iter()
                .filter(|asked| asked.number.is_multiple_of(one_in))
                .collect();
            let lines: Vec<String> = asked.iter().map(|asked| asked.line(judge)).collect();
            if self.absent.contains(&judge) || lines.is_empty() {
                continue;
            }
            let Some(answers) = judge.answers(&lines) else {
                self.absent.push(judge);
                continue;
            };
            for (asked, answer) in asked.iter().zip(answers) {
                let answers: Vec<Json> = serde_json::from_str(&answer).expect("a list of what is seen");
                assert_eq!(answers.len(), asked.reads.len(), "{}", judge.name());
                for (read, theirs) in asked.reads.iter().zip(&answers) {
                    let theirs = theirs
                        .get("!")
                        .map_or(Ok(theirs), |why| Err(why.as_str().unwrap_or_default()));
                    let cause = || causes::cause(judge, &read.ours, theirs);
                    self.compare(judge.name(), asked, read, theirs, &cause);
                }
            }
        }
    }

    fn ask_prost(&mut self, asked: &Asked) {
        if asked.reader.iter().any(|(_, text)| text.starts_with("edition")) {
            let seen = self.seen.entry(PROST).or_default();
            *seen.entry("of editions, which it does not know").or_default() += asked.reads.len();
            return;
        }
        let pool = DescriptorPool::decode(&asked.set[..]).expect("a set that prost-reflect takes");
        let has_maps = asked
            .reader
            .iter()
            .any(|(_, text)| text.contains("map<") || text.contains("struct.proto"));
        for read in &asked.reads {
            let of = pool
                .get_message_by_name(&read.message)
                .expect("the message is in the set");
            let theirs = DynamicMessage::decode(of, &read.bytes[..]).map(|value| view::theirs(&value));
            let theirs = theirs.map_err(|error| error.to_string());
            let theirs = theirs.as_ref().map_err(String::as_str);
            let cause = || causes::of_prost(&read.ours, theirs, has_maps);
            self.compare(PROST, asked, read, theirs, &cause);
        }
    }

    fn compare(
        &mut self,
        judge: &'static str,
        asked: &Asked,
        read: &Read,
        theirs: Seen<'_>,
        cause: &dyn Fn() -> Option<&'static str>,
    ) {
        let seen = self.seen.entry(judge).or_default();
        let named = match (&read.ours, theirs) {
            (Ok(ours), Ok(theirs)) if ours == theirs => Some("seen alike"),
            (Err(_), Err(_)) => Some("refused by both"),
            _ => cause(),
        };
        if let Some(named) = named {
            *seen.entry(named).or_default() += 1;
            return;
        }
        let case = Case {
            why: format!("ours: {}\n{judge}: {}", told(read.ours.as_ref()), told(theirs)),
            writer: asked.writer.clone(),
            reader: asked.reader.clone(),
            payloads: vec![(read.message.clone(), read.bytes.clone())],
        };
        let length = |case: &Case| case.to_string().len();
        let found = self.wrong.entry(judge).or_insert_with(|| Difference {
            count: 0,
            case: case.clone(),
            pair: asked.pair.clone(),
        });
        found.count += 1;
        if length(&case) < length(&found.case) {
            (found.case, found.pair) = (case, asked.pair.clone());
        }
    }
}

fn told<E: std::fmt::Display>(seen: Result<&Json, E>) -> String {
    seen.map_or_else(|error| format!("refused: {error}"), Json::to_string)
}

impl std::fmt::Display for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (judge, seen) in &self.seen {
            let told: Vec<String> = seen.iter().map(|(cause, count)| format!("{count} {cause}")).collect();
            writeln!(f, "{judge}: {}", told.join("; "))?;
        }
        for judge in &self.absent {
            writeln!(
                f,
                "{}: skipped, as it is not installed; ci/judges does that",
                judge.name()
            )?;
        }
        Ok(())
    }
}

impl Asked {
    fn line(&self, judge: Judge) -> String {
        let cases: Vec<[String; 2]> = self
            .reads
            .iter()
            .map(|read| [read.message.clone(), hex(&read.bytes)])
            .collect();
        match self.number.is_multiple_of(BY_PROTOC) && judge == Judge::Upb {
            true => {
                let files: BTreeMap<&String, &String> = self.reader.iter().map(|(path, text)| (path, text)).collect();
                serde_json::json!({ "files": files, "cases": cases })
            }
            false => serde_json::json!({ "set": BASE64_STANDARD.encode(&self.set), "cases": cases }),
        }
        .to_string()
    }
}

/// A FileDescriptorSet of these files and of Google's that they import, each after those that it imports.
fn descriptors(texts: &Texts) -> Vec<u8> {
    let mut set = Vec::new();
    let mut add = |file: &[u8]| {
        prost_reflect::prost::encoding::bytes::encode(1, &file.to_vec(), &mut set);
    };
    for (path, file) in GOOGLES.iter() {
        if texts.iter().any(|(_, text)| text.contains(path)) {
            add(file);
        }
    }
    for at in (1..texts.len()).chain([0]) {
        let mut files = vec![texts[at].clone()];
        files.extend(texts.iter().skip(1).filter(|_| at == 0).cloned());
        add(&encode(&pair::schema(&files).expect("it was a schema")));
    }
    set
}

/// The descriptors of Google's files that schemas are drawn with.
static GOOGLES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let descriptor = |name: &str| {
        let path = format!("google/protobuf/{name}.proto");
        let text = builtin::file(&path).expect("it is built in").source.text().to_owned();
        let schema = pair::schema(&vec![(path.clone(), text)]).expect("Google's files are schemas");
        (path, encode(&schema))
    };
    ["timestamp", "duration", "wrappers", "struct"].map(descriptor).into()
});
