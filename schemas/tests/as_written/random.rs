//! Random pairs of schemas: what is called compatible shows an application only values that it expects, and what is not comes with
//! an event that shows something else. The judge looks at decoded events and knows nothing of the comparison.

use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::protobuf::language::schema::{
    Cardinality, EnumId, Field, FileSet, Kind as Holds, MapValue, MessageId, Scalar,
};
use treaty_schemas::protobuf::{self, DataLimits, FieldValue, Key, MessageValue, Value as Sent};
use treaty_schemas::sample::Sampler;
use treaty_schemas::{Budget, Comparison, Evidence, Format, Options, Schema, Severity, Source, as_written, avro};

use crate::generate;
use crate::random::Random;

/// A value as the writer's schema describes it.
struct Seen<'a>(&'a avro::Schema, TypeId, &'a avro::Value);

/// Whether it is a value of this type of the pinned schema. Names tell records of a union apart.
fn is_value(schema: &avro::Schema, ty: TypeId, Seen(writer, from, value): Seen<'_>, is_named: bool) -> bool {
    let has_several = |schema: &avro::Schema, kind: &Kind| {
        let branches = kind.branches().iter();
        branches.filter(|id| schema.get(**id).kind != Kind::Null).count() > 1
    };
    let (pinned, written) = (schema.get(ty), writer.get(from));
    let is_named = is_named || has_several(schema, &pinned.kind) || has_several(writer, &written.kind);
    if let (Kind::Union(branches), avro::Value::Union(number, inner)) = (&written.kind, value) {
        return is_value(schema, ty, Seen(writer, branches[*number as usize], inner), is_named);
    }
    if let Kind::Union(branches) = &pinned.kind {
        return branches
            .iter()
            .any(|branch| is_value(schema, *branch, Seen(writer, from, value), is_named));
    }
    let part = |ty: TypeId, from: TypeId, value| is_value(schema, ty, Seen(writer, from, value), false);
    let is_same_name = || !is_named || schema.name_of(ty) == writer.name_of(from);
    let scale = |logical: Option<avro::language::schema::Logical>| match logical {
        Some(avro::language::schema::Logical::Decimal { scale, .. }) => format!("decimal {scale}"),
        logical => format!("{logical:?}"),
    };
    if scale(pinned.logical) != scale(written.logical) {
        return false;
    }
    match (&pinned.kind, &written.kind, value) {
        (Kind::Null, _, avro::Value::Null)
        | (Kind::Boolean, _, avro::Value::Boolean(_))
        | (Kind::Int, _, avro::Value::Int(_))
        | (Kind::Long | Kind::Double | Kind::Float, _, avro::Value::Int(_) | avro::Value::Long(_))
        | (Kind::Float | Kind::Double, _, avro::Value::Float(_))
        | (Kind::Double, _, avro::Value::Double(_))
        | (Kind::Bytes, _, avro::Value::Bytes(_))
        | (Kind::String, _, avro::Value::String(_)) => true,
        (Kind::Int, _, avro::Value::Long(number)) => i32::try_from(*number).is_ok(),
        (Kind::Fixed(fixed), _, avro::Value::Fixed(bytes)) => bytes.len() == fixed.size as usize && is_same_name(),
        (Kind::Enum(known), Kind::Enum(sent), avro::Value::Enum(number)) => {
            known.symbols().contains(&sent.symbols()[*number as usize]) && is_same_name()
        }
        (Kind::Array(ty), Kind::Array(from), avro::Value::Array(items)) => {
            items.iter().all(|item| part(*ty, *from, item))
        }
        (Kind::Map(ty), Kind::Map(from), avro::Value::Map(entries)) => {
            entries.iter().all(|(_, value)| part(*ty, *from, value))
        }
        (Kind::Record(known), Kind::Record(sent), avro::Value::Record(values)) => {
            is_same_name()
                && known.fields().iter().all(|field| {
                    sent.field(&field.name)
                        .is_some_and(|index| part(field.ty, sent.fields()[index].ty, &values[index]))
                })
        }
        _ => false,
    }
}

/// Changes some words of a text.
fn edited(text: &str, words: &[(&str, &str)], random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..1 + random.below(3) {
        let (from, to) = words[random.below(words.len())];
        let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
        if !places.is_empty() {
            let at = places[random.below(places.len())];
            text.replace_range(at..at + from.len(), to);
        }
    }
    text
}

/// Counts verdicts, and holds each against the judge.
#[derive(Debug, Default)]
struct Tally {
    compatible: usize,
    incompatible: usize,
    events: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn judge(&mut self, comparison: &Comparison, schemas: &str, events: &[Vec<u8>], is_value: impl Fn(&[u8]) -> bool) {
        assert_eq!(comparison.undecided, None);
        let errors = comparison
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        let mut any = false;
        for finding in errors {
            any = true;
            match &finding.evidence {
                Evidence::Witness(witness) if is_value(&witness.bytes) => {
                    self.wrong
                        .push(format!("{schemas}\nshown by a value that is expected: {finding}"));
                }
                Evidence::Witness(_) | Evidence::Omitted(_) => {}
                other => self.wrong.push(format!("{schemas}\n{other:?}: {finding}")),
            }
        }
        self.incompatible += usize::from(any);
        if !any {
            self.compatible += 1;
            self.events += events.len();
            for event in events.iter().filter(|event| !is_value(event)) {
                self.wrong
                    .push(format!("{schemas}\ncompatible, but {}", hex::encode(event)));
            }
        }
    }

    fn finish(&self) {
        assert!(
            self.wrong.is_empty(),
            "{} wrong, for instance\n{}",
            self.wrong.len(),
            self.wrong[..self.wrong.len().min(4)].join("\n\n")
        );
        assert!(
            self.compatible > 150 && self.incompatible > 150 && self.events > 500,
            "{} compatible, {} incompatible, {} events",
            self.compatible,
            self.incompatible,
            self.events
        );
    }
}

fn events(schema: &Schema, message: Option<&str>) -> Vec<Vec<u8>> {
    let Ok(mut sampler) = Sampler::new(schema, message, 7) else {
        return Vec::new();
    };
    let ordinary: Vec<_> = (0..6).map(|_| sampler.ordinary()).collect();
    let samples = ordinary.into_iter().chain(sampler.boundary());
    samples.filter_map(|sample| sample.binary).take(60).collect()
}

#[test]
fn avro_events_are_values_of_the_pinned_schema_where_that_is_said() {
    const WORDS: [(&str, &str); 14] = [
        ("\"int\"", "\"long\""),
        ("\"long\"", "\"int\""),
        ("\"int\"", "\"double\""),
        ("\"float\"", "\"int\""),
        ("\"string\"", "\"bytes\""),
        ("\"string\"", "[\"null\",\"string\"]"),
        ("\"boolean\"", "[\"boolean\",\"int\"]"),
        ("\"double\"", "\"float\""),
        ("\"type\":\"array\",\"items\"", "\"type\":\"map\",\"values\""),
        ("\"name\":\"f", "\"name\":\"g"),
        ("\"name\":\"N", "\"name\":\"X"),
        ("\"size\":", "\"size\":1"),
        ("\"symbols\":[", "\"symbols\":[\"NEW\","),
        ("\"null\"", "\"int\""),
    ];
    let mut random = Random::new(41);
    let mut tally = Tally::default();
    for _ in 0..3_000 {
        let first = generate::avro::schema_text(&mut random);
        let second = edited(&first, &WORDS, &mut random);
        let parse = |text: &str| {
            let source = Source::new("test", text);
            Schema::parse(Format::Avro, &source, &[], &Options::default()).ok()
        };
        let (Some(pinned), Some(writer)) = (parse(&first), parse(&second)) else {
            continue;
        };
        let comparison = as_written(&pinned, &writer, "", None, &Budget::unlimited());
        let (Schema::Avro(known), Schema::Avro(sent)) = (&pinned, &writer) else {
            panic!("both are of Avro");
        };
        tally.judge(
            &comparison,
            &format!("{first}\n{second}"),
            &events(&writer, None),
            |bytes| {
                let value = avro::decode(sent, bytes, &avro::Limits::default()).expect("it is the writer's");
                is_value(known, known.root(), Seen(sent, sent.root(), &value), false)
            },
        );
    }
    tally.finish();
}

/// The files of the pinned schema and of the writer's.
#[derive(Clone, Copy)]
struct Sets<'a> {
    pinned: &'a FileSet,
    writer: &'a FileSet,
}

impl Sets<'_> {
    fn is_message(self, pinned: MessageId, writer: MessageId, value: &MessageValue) -> bool {
        let (known, sent) = (self.pinned.message(pinned), self.writer.message(writer));
        let is_known = |name: &str| name.starts_with("google.protobuf.");
        if (is_known(&known.name) || is_known(&sent.name)) && known.name != sent.name {
            return false;
        }
        let mut set = std::collections::HashSet::new();
        known.fields.iter().all(|field| {
            let Some(from) = sent.fields.iter().find(|other| other.name == field.name) else {
                return false;
            };
            match value.fields.get(&from.number) {
                // A value that is not there is the zero of its type.
                None => true,
                Some(value) => field.oneof.is_none_or(|oneof| set.insert(oneof)) && self.is_field(field, from, value),
            }
        })
    }

    fn is_field(self, known: &Field, sent: &Field, value: &FieldValue) -> bool {
        match (value, known.cardinality) {
            (FieldValue::Single(value), Cardinality::Implicit | Cardinality::Explicit | Cardinality::Required) => {
                self.is_one(known.kind, sent.kind, value)
            }
            (FieldValue::Repeated(items), Cardinality::Repeated) => {
                items.iter().all(|item| self.is_one(known.kind, sent.kind, item))
            }
            (FieldValue::Map(entries), Cardinality::Map) => {
                let (Holds::Map { key, value: to }, Holds::Map { value: from, .. }) = (known.kind, sent.kind) else {
                    return false;
                };
                entries.iter().all(|(at, value)| {
                    let is_key = match at {
                        Key::Bytes(_) => key == Scalar::String,
                        at => is_scalar(key, &at.value()),
                    };
                    is_key && self.is_one(element(to), element(from), value)
                })
            }
            _ => false,
        }
    }

    fn is_one(self, known: Holds, sent: Holds, value: &Sent) -> bool {
        match (known, sent, value) {
            (Holds::Scalar(Scalar::String), Holds::Scalar(Scalar::String), Sent::Bytes(_)) => true,
            (Holds::Scalar(Scalar::Bytes), Holds::Scalar(Scalar::String), _) => false,
            (Holds::Scalar(known), Holds::Scalar(_), value) => is_scalar(known, value),
            (Holds::Enum(known), Holds::Enum(sent), Sent::Enum(number)) => self.is_symbol(known, sent, *number),
            (
                Holds::Message(known) | Holds::Group(known),
                Holds::Message(sent) | Holds::Group(sent),
                Sent::Message(value),
            ) => self.is_message(known, sent, value),
            _ => false,
        }
    }

    /// Numbers without a name are as unknown to one side as to the other.
    fn is_symbol(self, known: EnumId, sent: EnumId, number: i32) -> bool {
        let name = self
            .writer
            .enumeration(sent)
            .values
            .iter()
            .find(|value| value.number == number);
        let known = &self.pinned.enumeration(known).values;
        name.is_none_or(|name| known.iter().any(|value| value.name == name.name))
    }
}

fn element(value: MapValue) -> Holds {
    match value {
        MapValue::Scalar(scalar) => Holds::Scalar(scalar),
        MapValue::Message(id) => Holds::Message(id),
        MapValue::Enum(id) => Holds::Enum(id),
    }
}

fn is_scalar(known: Scalar, value: &Sent) -> bool {
    let whole = match value {
        Sent::Int32(number) => Some(i128::from(*number)),
        Sent::Int64(number) => Some(i128::from(*number)),
        Sent::Uint32(number) => Some(i128::from(*number)),
        Sent::Uint64(number) => Some(i128::from(*number)),
        _ => None,
    };
    match (known, whole, value) {
        (Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32, Some(number), _) => i32::try_from(number).is_ok(),
        (Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64, Some(number), _) => i64::try_from(number).is_ok(),
        (Scalar::Uint32 | Scalar::Fixed32, Some(number), _) => u32::try_from(number).is_ok(),
        (Scalar::Uint64 | Scalar::Fixed64, Some(number), _) => u64::try_from(number).is_ok(),
        (Scalar::Double | Scalar::Float, Some(_), _)
        | (Scalar::Double, _, Sent::Double(_) | Sent::Float(_))
        | (Scalar::Float, _, Sent::Float(_))
        | (Scalar::Bool, _, Sent::Bool(_))
        | (Scalar::String, _, Sent::String(_))
        | (Scalar::Bytes, _, Sent::Bytes(_)) => true,
        _ => false,
    }
}

#[test]
fn protobuf_events_are_values_of_the_pinned_schema_where_that_is_said() {
    const WORDS: [(&str, &str); 20] = [
        ("int32 f", "int64 f"),
        ("int64 f", "int32 f"),
        ("uint32 f", "fixed64 f"),
        ("sint64 f", "double f"),
        ("  double f", "  float f"),
        ("  float f", "  double f"),
        ("string f", "bytes f"),
        ("bytes f", "string f"),
        ("  repeated ", "  "),
        ("f1 =", "h1 ="),
        ("f2 =", "h2 ="),
        ("f0 = 1", "f0 = 900"),
        ("map<int32", "map<int64"),
        ("map<string", "map<bool"),
        ("map<uint64", "map<fixed32"),
        ("M1 f", "M2 f"),
        ("M2 f", "M1 f"),
        ("bool f", "uint32 f"),
        ("uint64 f", "uint32 f"),
        (" g_", " k_"),
    ];
    let mut random = Random::new(42);
    let mut tally = Tally::default();
    for _ in 0..2_000 {
        let first = generate::protobuf::schema_text(&mut random);
        let second = edited(&first, &WORDS, &mut random);
        let parse = |text: &str| {
            let source = Source::new("test", text);
            Schema::parse(Format::Protobuf, &source, &[], &Options::default()).ok()
        };
        let (Some(pinned), Some(writer)) = (parse(&first), parse(&second)) else {
            continue;
        };
        let comparison = as_written(&pinned, &writer, "M0", None, &Budget::unlimited());
        let (Schema::Protobuf(known), Schema::Protobuf(sent)) = (&pinned, &writer) else {
            panic!("both are of Protobuf");
        };
        let ids = (known.message_named("M0"), sent.message_named("M0"));
        let (Some(to), Some(from)) = ids else { continue };
        let sets = Sets {
            pinned: &known.set,
            writer: &sent.set,
        };
        let events = events(&writer, Some("test.M0"));
        tally.judge(&comparison, &format!("{first}\n{second}"), &events, |bytes| {
            let value = protobuf::decode(&sent.set, from, bytes, &DataLimits::default()).expect("it is the writer's");
            sets.is_message(to, from, &value)
        });
    }
    tally.finish();
}
