//! Protobuf data beside others: the walk against the decoder, and the decoder and ProtoJSON against prost-reflect.
//!
//! Schemas and values are random; payloads are mutated. Every difference from prost-reflect has a name here.

use std::collections::BTreeMap;

use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use treaty_schemas::protobuf::{
    DataLimits, DecodeErrorKind, MessageValue, Schema, Unknown, Walker, compile, decode, encode, from_json, to_json,
};
use treaty_schemas::sample::Sampler;
use treaty_schemas::validate::Limits;
use treaty_schemas::{Options, Source};

use crate::generate::protobuf;
use crate::random::{Random, setting};

/// `TREATY_SOAK_INPUTS` payloads, or as many as a run can afford.
fn inputs(default: usize) -> usize {
    setting("TREATY_SOAK_INPUTS", default as u64) as usize
}

fn seed() -> u64 {
    setting("TREATY_SOAK_SEED", 1)
}

fn schema(text: &str) -> Schema {
    match compile(&Source::new("test.proto", text), "test.proto", &[], &Options::default()) {
        Ok(schema) => schema,
        Err(error) => panic!("{text}\n{error}"),
    }
}

/// One that prost-reflect made of the same text.
fn descriptor(text: &str, message: &str) -> MessageDescriptor {
    struct One(String);
    impl FileResolver for One {
        fn open_file(&self, name: &str) -> Result<File, protox::Error> {
            match name {
                "test.proto" => File::from_source(name, &self.0),
                _ => Err(protox::Error::file_not_found(name)),
            }
        }
    }
    let mut resolver = ChainFileResolver::new();
    resolver.add(One(text.to_owned()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).open_file("test.proto").unwrap();
    let pool = DescriptorPool::from_file_descriptor_set(compiler.file_descriptor_set()).unwrap();
    pool.get_message_by_name(message).unwrap()
}

/// Changes a few bytes of a payload, or joins it with another.
fn mutate(random: &mut Random, payload: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..1 + random.below(3) {
        let at = random.below(payload.len() + 1);
        match random.below(8) {
            0 => payload.truncate(at),
            1 => payload.insert(at, random.next() as u8),
            2 if at < payload.len() => payload[at] = random.next() as u8,
            3 if at < payload.len() => payload[at] ^= 1 << random.below(8),
            4 if at < payload.len() => {
                payload.remove(at);
            }
            5 => payload.extend_from_slice(other),
            6 => {
                let tail = payload.split_off(at);
                payload.extend_from_slice(&other[..random.below(other.len() + 1)]);
                payload.extend(tail);
            }
            _ => payload.extend([0xa3, 0x06, 0x08, 0x01, 0xa4, 0x06]),
        }
    }
}

/// Calls with each schema, its text and random payloads of its first message, most of them mutated.
fn each(count: usize, mut visit: impl FnMut(&Schema, &str, &[Vec<u8>])) {
    let mut random = Random::new(seed());
    let mut done = 0;
    while done < count {
        let text = protobuf::schema_text(&mut random);
        let schema = schema(&text);
        let Ok(mut sampler) = Sampler::new(
            &treaty_schemas::Schema::Protobuf(schema.clone().into()),
            None,
            random.next(),
        ) else {
            continue;
        };
        let mut valid: Vec<Vec<u8>> = (0..20).filter_map(|_| sampler.ordinary().binary).collect();
        valid.extend(
            sampler
                .boundary()
                .into_iter()
                .take(60)
                .filter_map(|sample| sample.binary),
        );
        valid.extend(
            sampler
                .near_misses()
                .into_iter()
                .take(20)
                .filter_map(|sample| sample.binary),
        );
        let mut payloads = valid.clone();
        for _ in 0..200 {
            let mut payload = valid[random.below(valid.len())].clone();
            let other = valid[random.below(valid.len())].clone();
            mutate(&mut random, &mut payload, &other);
            payloads.push(payload);
        }
        done += payloads.len();
        visit(&schema, &text, &payloads);
    }
}

/// Unknown fields that the decoder keeps; within entries of maps it keeps none.
fn unknown_in(value: &MessageValue) -> usize {
    use treaty_schemas::protobuf::{FieldValue, Value};
    let within = |value: &Value| match value {
        Value::Message(value) => unknown_in(value),
        _ => 0,
    };
    let parts: usize = value
        .fields
        .values()
        .map(|field| match field {
            FieldValue::Single(value) => within(value),
            FieldValue::Repeated(values) => values.iter().map(within).sum(),
            FieldValue::Map(entries) => entries.values().map(within).sum(),
        })
        .sum();
    value.unknown.len() + parts
}

/// The value without what the schema does not know.
fn known_in(value: &MessageValue) -> MessageValue {
    use treaty_schemas::protobuf::{FieldValue, Value};
    let within = |value: &Value| match value {
        Value::Message(value) => Value::Message(Box::new(known_in(value))),
        other => other.clone(),
    };
    let known = |field: &FieldValue| match field {
        FieldValue::Single(value) => FieldValue::Single(within(value)),
        FieldValue::Repeated(values) => FieldValue::Repeated(values.iter().map(within).collect()),
        FieldValue::Map(entries) => FieldValue::Map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), within(value)))
                .collect(),
        ),
    };
    MessageValue {
        fields: value
            .fields
            .iter()
            .map(|(number, field)| (*number, known(field)))
            .collect(),
        unknown: Vec::new(),
    }
}

#[test]
fn the_walk_says_what_the_decoder_says() {
    let limits = DataLimits::default();
    let (mut good, mut bad) = (0, 0);
    each(inputs(20_000), |schema, text, payloads| {
        let message = schema.main().messages[0];
        let walker = Walker::new(&schema.clone().into());
        for payload in payloads {
            let decoded = decode(&schema.set, message, payload, &limits);
            let walked = walker.walk(message, payload, &limits, Unknown::Counted);
            let refusing = walker.walk(message, payload, &limits, Unknown::Refused);
            assert_eq!(decoded.as_ref().err(), walked.as_ref().err(), "{text}\n{payload:02x?}");
            match decoded {
                Ok(value) => {
                    good += 1;
                    let unknown = walked.unwrap();
                    assert!(
                        unknown_in(&value) as u64 <= unknown || text.contains("oneof"),
                        "{text}\n{payload:02x?}"
                    );
                    assert_eq!(refusing.is_ok(), unknown == 0, "{text}\n{payload:02x?}");
                    let again = encode(&schema.set, message, &value).unwrap();
                    assert_eq!(
                        decode(&schema.set, message, &again, &limits).as_ref(),
                        Ok(&value),
                        "{text}\n{payload:02x?}"
                    );
                }
                Err(_) => {
                    bad += 1;
                    assert!(refusing.is_err());
                }
            }
        }
    });
    println!("{good} payloads that both take, {bad} that both refuse for the same reason, no disagreement");
    assert!(good > 1_000 && bad > 1_000);
}

#[test]
fn prost_reflect_reads_the_same() {
    let limits = DataLimits::default();
    let mut differences: BTreeMap<&str, usize> = BTreeMap::new();
    let mut same = 0;
    each(inputs(10_000), |schema, text, payloads| {
        let message = schema.main().messages[0];
        let theirs_of = descriptor(text, &schema.set.message(message).name);
        for payload in payloads {
            let ours = decode(&schema.set, message, payload, &limits);
            let theirs = DynamicMessage::decode(theirs_of.clone(), payload.as_slice());
            let context = || format!("{text}\n{payload:02x?}");
            let cause = match (&ours, &theirs) {
                (Ok(_), Err(error)) => {
                    let error = error.to_string();
                    match () {
                        () if error.contains("invalid wire type") => "prost refuses a wire type that does not fit",
                        () if error.contains("not UTF-8") => "prost refuses strings of proto2 that are not UTF-8",
                        () if error.contains("delimited length exceeded") => {
                            "prost refuses a wire type that does not fit"
                        }
                        () if text.contains("map<") => "prost reads an entry of a map whatever its wire type",
                        () => panic!("{}\n{error}", context()),
                    }
                }
                (Err(error), Ok(_)) => match error.kind {
                    DecodeErrorKind::Required => "prost does not ask for required fields",
                    DecodeErrorKind::Malformed if error.message.contains("5 bytes") => "prost takes longer tags",
                    _ if text.contains("map<") => "prost reads an entry of a map whatever its wire type",
                    _ => panic!("{}\n{error}", context()),
                },
                (Err(_), Err(_)) => {
                    same += 1;
                    continue;
                }
                (Ok(ours), Ok(theirs)) => {
                    let our_json = to_json(&schema.set, message, ours);
                    let their_json = serde_json::to_string(theirs);
                    let (our_json, their_json) = match (our_json, their_json) {
                        (Ok(our_json), Ok(their_json)) => (our_json, their_json),
                        (Err(_), Err(_)) => {
                            same += 1;
                            continue;
                        }
                        (Err(error), Ok(_)) if error.message.contains("field mask") => {
                            *differences
                                .entry("prost writes field masks that it does not read")
                                .or_default() += 1;
                            continue;
                        }
                        (Err(error), Ok(_)) if error.message.contains("google.protobuf.Value") => {
                            *differences
                                .entry("prost writes a `Value` that is nothing, or not finite")
                                .or_default() += 1;
                            continue;
                        }
                        (Err(error), Ok(_)) if error.message.contains("nanoseconds") => {
                            *differences
                                .entry("prost carries nanoseconds over that are out of range")
                                .or_default() += 1;
                            continue;
                        }
                        (Ok(_), Err(error)) if error.to_string().contains("type url") => {
                            *differences.entry("prost has no JSON for an empty Any").or_default() += 1;
                            continue;
                        }
                        (ours, theirs) => panic!("{}\n{ours:?}\n{theirs:?}", context()),
                    };
                    let json = Source::new("json", their_json.as_str());
                    match from_json(&schema.set, message, &json, &Limits::default().json) {
                        // A `NullValue` of another number than 0 is null as well.
                        Ok(read)
                            if read == known_in(ours)
                                || to_json(&schema.set, message, &read).as_ref() == Ok(&our_json) =>
                        {
                            same += 1;
                            continue;
                        }
                        _ if text.contains("proto2") && our_json != their_json && unknown_in(ours) > 0 => {
                            "prost keeps numbers that a closed enum does not have"
                        }
                        _ if our_json.contains("-0.0") => "prost takes a negative zero for absence",
                        _ if text.contains("map<") && unknown_in(ours) > 0 => {
                            "prost reads an entry of a map whatever its wire type"
                        }
                        other => panic!("{}\n{our_json}\n{their_json}\n{other:?}", context()),
                    }
                }
            };
            *differences.entry(cause).or_default() += 1;
        }
    });
    println!("{same} payloads read alike; otherwise: {differences:#?}");
    assert!(same > 4_000);
}

#[test]
fn prost_reflect_reads_and_writes_the_same_json() {
    let limits = DataLimits::default();
    let (mut same, mut inexact) = (0, 0);
    each(inputs(10_000), |schema, text, payloads| {
        let message = schema.main().messages[0];
        let theirs_of = descriptor(text, &schema.set.message(message).name);
        for payload in payloads {
            let Ok(value) = decode(&schema.set, message, payload, &limits) else {
                continue;
            };
            if unknown_in(&value) > 0 {
                continue;
            }
            let Ok(json) = to_json(&schema.set, message, &value) else {
                continue;
            };
            let read = |json: &str| {
                from_json(
                    &schema.set,
                    message,
                    &Source::new("json", json),
                    &Limits::default().json,
                )
            };
            // A string that is not UTF-8 cannot be told in JSON, and prost takes a negative zero for absence.
            if json.contains('\u{fffd}') || json.contains("-0.0") {
                continue;
            }
            let value = match read(&json) {
                // A `NullValue` of another number than 0 is null as well.
                Ok(read) if text.contains("struct") => read,
                read => {
                    assert_eq!(read.as_ref(), Ok(&value), "{text}\n{json}");
                    value
                }
            };
            assert_eq!(to_json(&schema.set, message, &value).as_ref(), Ok(&json), "{text}");
            // serde_json reads some doubles with many digits as their neighbour.
            let reread: serde_json::Value = serde_json::from_str(&json).unwrap();
            if read(&reread.to_string()).as_ref() != Ok(&value) {
                inexact += 1;
                continue;
            }
            let mut deserializer = serde_json::Deserializer::from_str(&json);
            let theirs = DynamicMessage::deserialize(theirs_of.clone(), &mut deserializer);
            let theirs = match theirs {
                Ok(theirs) => theirs,
                // The shortest spelling of the largest float is a little above it as a double.
                Err(error)
                    if error.to_string().contains("float value out of range") && json.contains("3.4028235e38") =>
                {
                    continue;
                }
                Err(error) if text.contains("Any") && error.to_string().contains("@type") => continue,
                Err(error) => panic!("{text}\n{json}\n{error}"),
            };
            let bytes = theirs.encode_to_vec();
            assert_eq!(
                decode(&schema.set, message, &bytes, &limits).as_ref(),
                Ok(&value),
                "{text}\n{json}"
            );
            let their_json = serde_json::to_string(&theirs).unwrap();
            assert_eq!(read(&their_json).as_ref(), Ok(&value), "{text}\n{their_json}");
            same += 1;
        }
    });
    println!("{same} values written and read alike, both ways; {inexact} that serde_json reads inexactly");
    assert!(same > 2_000);
}
