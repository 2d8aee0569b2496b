//! What fastavro reads of what a writer sends, beside what we read.
//!
//! What is read is shown as JSON: records and maps are objects, numbers are decimal texts, text, symbols and bytes are `x` and
//! hex, a real number is `f` and the bits of a double. Branches of unions are not told apart, and logical types are left out.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::avro::{self, Schema, Value};
use treaty_schemas::{Comparison, RuleSet, Verdict};

use crate::judges::Judge;
use crate::kept;

/// Pairs whose payloads are put before it at a time.
const BATCH: usize = 2_000;

/// What the check says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Compatible,
    Incompatible,
}

impl Standing {
    pub fn of(comparison: &Comparison) -> Self {
        match comparison.verdict(RuleSet::Semantic) {
            Verdict::Compatible => Standing::Compatible,
            _ => Standing::Incompatible,
        }
    }
}

/// What was read, and what comes of it.
#[derive(Default)]
pub struct Bench {
    lines: Vec<String>,
    reads: Vec<(Standing, Vec<Read>)>,
    /// Payloads that are seen alike, and others by cause.
    seen: BTreeMap<&'static str, usize>,
    /// Differences for which there is no cause.
    pub wrong: Vec<String>,
    is_absent: bool,
}

struct Read {
    hex: String,
    ours: Result<Json, String>,
}

impl Bench {
    /// Takes payloads of a writer to fastavro, as this reader reads them.
    pub fn take<'b>(
        &mut self,
        reader: &Schema,
        writer: &Schema,
        standing: Standing,
        payloads: impl Iterator<Item = &'b [u8]>,
    ) {
        let read = |bytes: &[u8]| Read {
            hex: kept::hex(bytes),
            ours: avro::resolve(reader, writer, bytes, &avro::Limits::default())
                .map(|value| view(reader, reader.root(), &value))
                .map_err(|error| error.to_string()),
        };
        let reads: Vec<Read> = payloads.map(read).collect();
        // It makes other values of logical types, so both sides are read without.
        let bare = |schema: &Schema| schema.source().text().replace("logicalType", "formerly");
        let cases: Vec<&str> = reads.iter().map(|read| &*read.hex).collect();
        let line = json!({ "writer": bare(writer), "reader": bare(reader), "cases": cases });
        self.lines.push(line.to_string());
        self.reads.push((standing, reads));
        if self.lines.len() >= BATCH {
            self.judge();
        }
    }

    /// Asks about what was taken.
    pub fn judge(&mut self) {
        let (lines, reads) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.reads));
        if self.is_absent || lines.is_empty() {
            return;
        }
        let Some(answers) = Judge::Fastavro.answers(&lines) else {
            self.is_absent = true;
            return;
        };
        for ((line, (standing, reads)), answer) in lines.iter().zip(&reads).zip(answers) {
            let answers: Vec<Json> = serde_json::from_str(&answer).expect("a list of what is seen");
            for (read, theirs) in reads.iter().zip(&answers) {
                match cause(*standing, line, read, theirs) {
                    Some(cause) => *self.seen.entry(cause).or_default() += 1,
                    None => {
                        let ours = read.ours.as_ref().map(Json::to_string);
                        self.wrong
                            .push(format!("{line}\n{}: ours {ours:?}, fastavro {theirs}", read.hex));
                    }
                }
            }
        }
    }
}

impl std::fmt::Display for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_absent {
            return write!(f, "fastavro: skipped, as it is not installed; ci/judges does that");
        }
        let told: Vec<String> = self
            .seen
            .iter()
            .map(|(cause, count)| format!("{count} {cause}"))
            .collect();
        write!(f, "fastavro: {}", told.join("; "))
    }
}

/// Whether it is seen alike, and otherwise why it is not, where that is known of fastavro.
fn cause(standing: Standing, line: &str, read: &Read, theirs: &Json) -> Option<&'static str> {
    if theirs.get("?").is_some() {
        return Some("of schemas that it does not take");
    }
    let error = theirs.get("!").and_then(Json::as_str).unwrap_or_default();
    match (&read.ours, theirs.get("read")) {
        (Ok(ours), Some(theirs)) if ours == theirs => Some("seen alike"),
        (Ok(ours), Some(theirs)) if is_worth_as_much(ours, theirs) => {
            Some("with a float that it does not round, or the first branch of a union that may hold the number")
        }
        (Err(_), None) => Some("refused by both"),
        // It asks whether the schemas match where this value has nothing.
        (Ok(_), None) if standing == Standing::Incompatible && error.to_lowercase().contains("schema mismatch") => {
            Some("refused for another place of an incompatible pair")
        }
        (Ok(_), None) if error.starts_with("UnicodeDecodeError") => {
            Some("refused for bytes, as text is the first branch of a union that may hold them")
        }
        (Err(ours), Some(_)) if ours.contains("the reader's union [] has no branch") => {
            Some("with a reader that is an empty union, which it takes for none")
        }
        (Err(ours), Some(_)) if names_bare_alias(ours, line) => {
            Some("by an alias without a namespace, which it takes as it is written")
        }
        _ => None,
    }
}

/// Whether a name was refused whose last part is an alias in the schemas as it is written: to us an alias is in the namespace of its
/// type, and stands for the whole name.
fn names_bare_alias(refused: &str, line: &str) -> bool {
    let written = |before: &str, after: &str| {
        let (_, rest) = refused.split_once(before)?;
        rest.split_once(after).map(|(name, _)| name)
    };
    let name = written("the writer wrote `", "`, and no alias")
        .or_else(|| written("has no branch for `", "`").and_then(|named| named.rsplit(' ').next()));
    let Some(name) = name else { return false };
    let simple = name.rsplit('.').next().unwrap_or(name);
    let mut lists = line.split("\\\"aliases\\\":[").skip(1);
    lists.any(|rest| {
        rest.split(']')
            .next()
            .is_some_and(|aliases| aliases.contains(&format!("\\\"{simple}\\\"")))
    })
}

/// Whether two values differ in the type and the precision of numbers alone.
fn is_worth_as_much(ours: &Json, theirs: &Json) -> bool {
    let float = |of: &Json| {
        let text = of.as_str()?;
        match text.strip_prefix('f') {
            Some(bits) => Some(f64::from_bits(u64::from_str_radix(bits, 16).ok()?) as f32),
            None => Some(text.parse::<i64>().ok()? as f32),
        }
    };
    match (ours, theirs) {
        (Json::Array(ours), Json::Array(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            ours.len() == theirs.len() && pairs.all(|(ours, theirs)| is_worth_as_much(ours, theirs))
        }
        (Json::Object(ours), Json::Object(theirs)) => {
            let alike =
                |(key, ours): (&String, &Json)| theirs.get(key).is_some_and(|theirs| is_worth_as_much(ours, theirs));
            ours.len() == theirs.len() && ours.iter().all(alike)
        }
        _ => ours == theirs || (float(ours).is_some() && float(ours) == float(theirs)),
    }
}

fn view(schema: &Schema, ty: TypeId, value: &Value) -> Json {
    match (&schema.get(ty).kind, value) {
        (Kind::Union(branches), Value::Union(number, inner)) => view(schema, branches[*number as usize], inner),
        (Kind::Array(items), Value::Array(values)) => values.iter().map(|value| view(schema, *items, value)).collect(),
        (Kind::Map(values), Value::Map(entries)) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.to_string(), view(schema, *values, value)));
            Json::Object(entries.collect())
        }
        (Kind::Record(record), Value::Record(values)) => {
            let fields = record.fields().iter().zip(values);
            let fields = fields.map(|(field, value)| (field.name.to_string(), view(schema, field.ty, value)));
            Json::Object(fields.collect())
        }
        (Kind::Enum(symbols), Value::Enum(number)) => hex(symbols.symbols()[*number as usize].as_bytes()),
        (_, Value::Boolean(value)) => (*value).into(),
        (_, Value::Int(value)) => value.to_string().into(),
        (_, Value::Long(value)) => value.to_string().into(),
        (_, Value::Float(value)) => real(f64::from(*value)),
        (_, Value::Double(value)) => real(*value),
        (_, Value::String(text)) => hex(text.as_bytes()),
        (_, Value::Bytes(bytes) | Value::Fixed(bytes)) => hex(bytes),
        _ => Json::Null,
    }
}

fn real(value: f64) -> Json {
    match value.is_nan() {
        true => "nan".into(),
        false => format!("f{:016x}", value.to_bits()).into(),
    }
}

fn hex(bytes: &[u8]) -> Json {
    format!("x{}", kept::hex(bytes)).into()
}
