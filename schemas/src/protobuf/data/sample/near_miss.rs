//! What is just not valid. Of bytes that is little: most of what does not fit a schema is an unknown field. JSON can break
//! more.

use std::fmt::Write;

use super::*;
use crate::protobuf::data::json_encoding::json_member;
use crate::text::json::write_string;
use crate::to_line;

impl<'s> Cases<'s> {
    /// What is just not valid of a message, each with the constraint that it breaks.
    pub(super) fn misses(&mut self, id: MessageId, open: &mut Vec<MessageId>) -> Vec<Sample> {
        if open.len() >= DEPTH || open.contains(&id) || !self.minimal.exists(id) {
            return Vec::new();
        }
        if let Some(known) = WellKnown::of(self.index.set, id) {
            return well_known_misses(known);
        }
        let is_root = open.is_empty();
        open.push(id);
        let Some(base) = Base::new(self, id) else {
            open.pop();
            return Vec::new();
        };
        let mut misses = Vec::new();
        if is_root {
            misses.extend(malformed(&base.binary(0, &[])));
        }
        misses.push(of_json(
            "a field that the message does not have",
            &base.json("", r#""no_such_field":0"#),
        ));
        let limit = room(base.parts.len());
        let mut oneofs: BTreeMap<u32, String> = BTreeMap::new();
        for known in self.known(id) {
            if misses.len() >= limit || self.is_enough() {
                break;
            }
            let field = known.field;
            let name = known.step();
            if field.cardinality == Cardinality::Required {
                misses.push(Sample {
                    what: to_line!("{name}: required, and missing"),
                    binary: Some(base.binary(field.number, &[])),
                    json: Some(base.json(&name, "")),
                });
            }
            for miss in self.field_misses(known, open) {
                if self.is_enough() {
                    break;
                }
                misses.push(self.counted(Sample {
                    what: inner(&name, &miss.what),
                    binary: miss.binary.map(|bytes| base.binary(field.number, &bytes)),
                    json: miss.json.map(|json| base.json(&name, &member(&field.json_name, &json))),
                }));
            }
            if let (Some(oneof), Some(json)) = (field.oneof, self.smallest_json(known)) {
                let own = member(&field.json_name, &json);
                match oneofs.get(&oneof) {
                    Some(other) => {
                        misses.push(of_json(
                            &format!("{name}: a second member of the oneof"),
                            &base.json("", &format!("{other},{own}")),
                        ));
                    }
                    None => {
                        oneofs.insert(oneof, own);
                    }
                }
            }
            if field.json_name != field.name
                && let Some(json) = self.smallest_json(known)
            {
                let twice = format!("{},{}", member(&field.json_name, &json), member(&field.name, &json));
                misses.push(of_json(
                    &format!("{name}: twice, by both of its names"),
                    &base.json(&name, &twice),
                ));
            }
        }
        open.pop();
        misses
    }

    /// The smallest that the field can have as JSON.
    fn smallest_json(&mut self, known: FieldEntry<'s>) -> Option<String> {
        let field = known.field;
        let value = match field.kind {
            Kind::Map { .. } => return Some("{}".to_owned()),
            _ if field.cardinality == Cardinality::Repeated => return Some("[]".to_owned()),
            _ => FieldValue::Single(self.minimal.field(field)?),
        };
        json_member(self.index.set, field, &value).ok()
    }

    /// With its tag, and as the JSON of the field.
    fn field_misses(&mut self, known: FieldEntry<'s>, open: &mut Vec<MessageId>) -> Vec<Sample> {
        let field = known.field;
        let mut misses = Vec::new();
        let (kind, step) = match (field.cardinality, field.kind) {
            (Cardinality::Repeated, kind) => {
                misses.push(of_json("not an array", "0"));
                (kind, "[0]")
            }
            (_, Kind::Map { key, value }) => {
                misses.push(of_json("not an object", "[]"));
                return self.map_misses(field.number, key, kind_of(value), field.validates_utf8, misses, open);
            }
            (_, kind) => (kind, ""),
        };
        for miss in self.value_misses(kind, field.validates_utf8, open) {
            let what = if step.is_empty() {
                miss.what
            } else {
                inner(step, &miss.what)
            };
            misses.push(Sample {
                what,
                binary: miss.binary.map(|payload| {
                    let mut bytes = Vec::new();
                    put_tag(&mut bytes, field.number, WireType::of(kind));
                    bytes.extend_from_slice(&payload);
                    if matches!(kind, Kind::Group(_)) {
                        put_tag(&mut bytes, field.number, WireType::EndGroup);
                    }
                    bytes
                }),
                json: miss
                    .json
                    .map(|json| if step.is_empty() { json } else { format!("[{json}]") }),
            });
        }
        misses
    }

    fn map_misses(
        &mut self,
        number: i32,
        key: Scalar,
        kind: Kind,
        validates_utf8: bool,
        mut misses: Vec<Sample>,
        open: &mut Vec<MessageId>,
    ) -> Vec<Sample> {
        let text = Key::zero(key).text();
        let step = format!("{{{text}}}");
        for miss in self.value_misses(kind, validates_utf8, open) {
            misses.push(Sample {
                what: inner(&step, &miss.what),
                binary: miss.binary.map(|payload| {
                    let mut entry = Vec::new();
                    put_tag(&mut entry, 2, WireType::of(kind));
                    entry.extend_from_slice(&payload);
                    let mut bytes = Vec::new();
                    put_tag(&mut bytes, number, WireType::Length);
                    put_bytes(&mut bytes, &entry);
                    bytes
                }),
                json: miss.json.map(|json| format!("{{{}}}", member(&text, &json))),
            });
        }
        if !matches!(key, Scalar::String) {
            let value = match kind {
                Kind::Message(_) | Kind::Group(_) => "{}",
                _ => "0",
            };
            misses.push(of_json(
                "a key of another type",
                &format!("{{{}}}", member("no-key", value)),
            ));
        }
        misses
    }

    /// Without a tag, and as JSON.
    fn value_misses(&mut self, kind: Kind, validates_utf8: bool, open: &mut Vec<MessageId>) -> Vec<Sample> {
        match kind {
            Kind::Scalar(kind) => scalar_misses(kind, validates_utf8),
            Kind::Enum(id) => {
                let mut misses = vec![of_json("a name that the enum does not have", r#""NO_SUCH_VALUE""#)];
                let of = self.index.set.enumeration(id);
                if !of.is_open
                    && let Some(number) = stranger(of.values.iter().map(|value| value.number))
                {
                    misses.push(of_json(
                        "a number that the closed enum does not have",
                        &number.to_string(),
                    ));
                }
                misses
            }
            Kind::Message(id) | Kind::Group(id) => {
                let mut misses = self.misses(id, open);
                if matches!(kind, Kind::Message(_)) {
                    for miss in &mut misses {
                        if let Some(payload) = miss.binary.take() {
                            let mut bytes = Vec::new();
                            put_bytes(&mut bytes, &payload);
                            miss.binary = Some(bytes);
                        }
                    }
                }
                misses
            }
            Kind::Map { .. } => Vec::new(),
        }
    }
}

/// The smallest value of a message, part by part.
struct Base {
    /// The number of each field, its bytes with the tag, its name in paths and its JSON member.
    parts: Vec<(i32, Vec<u8>, String, String)>,
}

impl Base {
    /// None where the JSON of a value is too large to be written out for each case.
    fn new(cases: &mut Cases<'_>, id: MessageId) -> Option<Base> {
        let set = cases.index.set;
        let fields = cases.index.fields(id);
        let smallest = cases.smallest(id);
        let mut parts = Vec::new();
        let mut left = LARGEST;
        for (number, value) in &smallest.fields {
            let Some(known) = fields.by_number.get(number) else {
                continue;
            };
            let mut bytes = Vec::new();
            if let FieldValue::Single(value) = value {
                put_tag(&mut bytes, *number, WireType::of(known.field.kind));
                // The smallest value has only required fields, each of which can be written by itself.
                match value {
                    Value::Message(value) => {
                        let (Kind::Message(part) | Kind::Group(part)) = known.field.kind else {
                            continue;
                        };
                        let inner = encode(set, part, value).unwrap_or_default();
                        match known.field.kind {
                            Kind::Group(_) => {
                                bytes.extend_from_slice(&inner);
                                put_tag(&mut bytes, *number, WireType::EndGroup);
                            }
                            _ => put_bytes(&mut bytes, &inner),
                        }
                    }
                    Value::Enum(number) => put_varint(&mut bytes, i64::from(*number) as u64),
                    // Zeros of every framing.
                    _ => match WireType::of(known.field.kind) {
                        WireType::Fixed64 => bytes.extend_from_slice(&[0; 8]),
                        WireType::Fixed32 => bytes.extend_from_slice(&[0; 4]),
                        _ => bytes.push(0),
                    },
                }
            }
            let json = json_member(set, known.field, value).unwrap_or_else(|_| "null".into());
            let json = member(&known.field.json_name, &json);
            left = left.checked_sub(json.len())?;
            parts.push((*number, bytes, known.step(), json));
        }
        Some(Base { parts })
    }

    /// Without the field `but`, and with something more.
    fn binary(&self, but: i32, more: &[u8]) -> Vec<u8> {
        let mut bytes: Vec<u8> = self
            .parts
            .iter()
            .filter(|(number, ..)| *number != but)
            .flat_map(|(_, bytes, ..)| bytes.iter().copied())
            .collect();
        bytes.extend_from_slice(more);
        bytes
    }

    fn json(&self, but: &str, more: &str) -> String {
        let mut members: Vec<&str> = self
            .parts
            .iter()
            .filter(|(_, _, name, _)| name != but)
            .map(|(.., member)| member.as_str())
            .collect();
        if !more.is_empty() {
            members.push(more);
        }
        format!("{{{}}}", members.join(","))
    }
}

fn member(name: &str, json: &str) -> String {
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = write_string(&mut out, name);
    let _ = write!(out, ":{json}");
    out
}

fn of_json(what: &str, json: &str) -> Sample {
    Sample {
        what: what.into(),
        binary: None,
        json: Some(json.to_owned()),
    }
}

fn of_bytes(what: &str, bytes: Vec<u8>) -> Sample {
    Sample {
        what: what.into(),
        binary: Some(bytes),
        json: None,
    }
}

/// What is wrong with bytes, whatever the schema: 536,870,911 is the highest number that a field can have.
fn malformed(valid: &[u8]) -> Vec<Sample> {
    let with = |more: &[u8]| [valid, more].concat();
    vec![
        of_bytes("the field number 0", with(&[0x00, 0x00])),
        of_bytes("the wire type 7", with(&[0x0f])),
        of_bytes("a tag that is cut off", with(&[0xff])),
        of_bytes("a length beyond the end", with(&[0xfa, 0xff, 0xff, 0xff, 0x0f, 0x01])),
        of_bytes("a group that is not closed", with(&[0xfb, 0xff, 0xff, 0xff, 0x0f])),
        of_bytes(
            "a group that ends without a beginning",
            with(&[0xfc, 0xff, 0xff, 0xff, 0x0f]),
        ),
    ]
}

fn scalar_misses(kind: Scalar, validates_utf8: bool) -> Vec<Sample> {
    match kind {
        Scalar::Double => vec![of_json("too large for 64 bits", "1e309")],
        Scalar::Float => vec![of_json("too large for 32 bits", "1e39")],
        Scalar::Bool => vec![of_json("neither true nor false", "0")],
        Scalar::String => {
            let mut misses = vec![of_json("not a string", "0")];
            if validates_utf8 {
                misses.push(of_bytes("not UTF-8", vec![2, 0xc3, 0x28]));
            }
            misses
        }
        Scalar::Bytes => vec![of_json("not base64", r#""*""#)],
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => whole_misses("2147483648"),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => whole_misses(r#""9223372036854775808""#),
        Scalar::Uint32 | Scalar::Fixed32 => whole_misses("4294967296"),
        Scalar::Uint64 | Scalar::Fixed64 => whole_misses(r#""18446744073709551616""#),
    }
}

fn whole_misses(beyond: &str) -> Vec<Sample> {
    vec![
        of_json("one more than the largest", beyond),
        of_json("not a whole number", "0.5"),
    ]
}

fn well_known_misses(known: WellKnown) -> Vec<Sample> {
    match known {
        WellKnown::Timestamp => vec![
            of_json("a day that the calendar does not have", r#""2023-02-29T00:00:00Z""#),
            of_json("no offset", r#""2024-01-01T00:00:00""#),
        ],
        WellKnown::Duration => vec![of_json("no unit", r#""1.5""#)],
        WellKnown::FieldMask => vec![of_json("a path in snake_case", r#""field_a""#)],
        WellKnown::Wrapper(kind) => scalar_misses(kind, true)
            .into_iter()
            .filter(|miss| miss.json.is_some())
            .collect(),
        WellKnown::Any => vec![of_json("no type", r#"{"value":0}"#)],
        WellKnown::Struct => vec![of_json("not an object", "[]")],
        WellKnown::ListValue => vec![of_json("not an array", "{}")],
        // Every JSON is one.
        WellKnown::Value => Vec::new(),
    }
}
