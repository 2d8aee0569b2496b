//! Streams: object containers, lines, delimited messages; and payloads of which nobody says what they are.

use std::io::{self, Read};
use std::ops::ControlFlow;

use treaty_schemas::avro::data::container::{Codec, write};
use treaty_schemas::avro::{self, Limits as AvroLimits, Value};
use treaty_schemas::text::json;
use treaty_schemas::validate::{
    Defect, Limits, LogicalTypes, Observer, PayloadKind, Summary, Validator, validate_container,
};
use treaty_schemas::{Options, Schema, Source};

use super::data;
use super::run::Target;

/// Small enough that a run can afford blocks that are full.
const LIMITS: Limits = Limits {
    avro: AvroLimits {
        depth: 500,
        items: 100_000,
        block_bytes: 1 << 20,
    },
    protobuf: treaty_schemas::protobuf::DataLimits {
        depth: 100,
        message_bytes: 1 << 20,
    },
    json: json::Limits {
        bytes: 1 << 20,
        depth: 256,
    },
};

const ORDER: &str = r#"{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},
    {"name":"sku","type":["null","string"]},{"name":"n","type":{"type":"array","items":"null"}}]}"#;

/// Gives a byte or a few at a time, as a pipe may.
struct Slow<'b>(&'b [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.0.len()).min(1 + self.0.len() % 3);
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

/// What was told of a stream; of more than a thousand defects nobody wants to hear.
#[derive(Default)]
struct Heard(Vec<Defect>);

impl Observer for Heard {
    fn defect(&mut self, defect: Defect) -> ControlFlow<()> {
        self.0.push(defect);
        if self.0.len() < 1_000 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

/// What is said of a stream must not depend on how it comes in.
fn alike(input: &[u8], validate: impl Fn(&mut dyn Read, &mut dyn Observer) -> io::Result<Summary>) -> bool {
    let (mut heard, mut slowly) = (Heard::default(), Heard::default());
    // Reading memory does not fail; only what a codec is that nobody knows cannot be said.
    let is_unknown = |error: io::Error| assert_eq!(error.kind(), io::ErrorKind::Unsupported, "{error}");
    let read = |outcome: io::Result<Summary>| outcome.map_err(is_unknown).ok();
    let summary = read(validate(&mut &input[..], &mut heard));
    let slow = read(validate(&mut Slow(input), &mut slowly));
    let (Some(summary), Some(slow)) = (summary, slow) else {
        assert_eq!(summary.is_some(), slow.is_some(), "a slow reader hears something else");
        return false;
    };
    assert_eq!(
        (summary, &heard.0),
        (slow, &slowly.0),
        "a slow reader hears something else"
    );
    assert_eq!(summary.defects, heard.0.len() as u64);
    assert!(summary.bytes <= input.len() as u64);
    for defect in &heard.0 {
        assert!(defect.offset <= input.len() as u64, "{defect}");
        assert!(!defect.message.is_empty() && defect.message.len() < 20_000, "{defect}");
        assert!(
            defect.record.is_none_or(|record| record <= summary.records),
            "{defect}: {summary:?}"
        );
    }
    heard.0.is_empty()
}

fn avro_schema() -> avro::Schema {
    avro::parse(&Source::new("order.avsc", ORDER), &[], &Options::default()).expect("the text is a schema")
}

fn containers() -> Vec<Vec<u8>> {
    let schema = avro_schema();
    let values: Vec<Value> = (0..12)
        .map(|id| {
            let sku = match id % 3 {
                0 => Value::Union(0, Box::new(Value::Null)),
                _ => Value::Union(1, Box::new(Value::String(format!("sku-{id}")))),
            };
            Value::Record(vec![Value::Long(id), sku, Value::Array(vec![Value::Null; 3])])
        })
        .collect();
    let codecs = Codec::ALL.into_iter();
    codecs
        .map(|codec| write(&schema, codec, &values, 5).expect("the values fit"))
        .collect()
}

pub const CONTAINER: Target = Target {
    name: "avro_container",
    seeds: containers,
    words: &[
        "avro.schema",
        "avro.codec",
        "deflate",
        "snappy",
        "zstandard",
        "null",
        "bzip2",
        "\"int\"",
        "\"null\"",
        "[]",
        "Obj\u{1}",
    ],
    take: |input| {
        alike(input, |stream, observer| {
            validate_container(stream, &LIMITS, LogicalTypes::Checked, observer)
        })
    },
    inputs: 3_000,
};

fn payloads() -> Vec<Vec<u8>> {
    let mut seeds = containers();
    seeds.push(br#"{"id":1,"sku":null,"n":[null]}"#.to_vec());
    seeds.push(b"{\"id\":1,\"sku\":{\"string\":\"a\"},\"n\":[]}\n\r\n{\"id\":2}\n".to_vec());
    seeds.push(b"\x02\x02\x02a\x02\x00".to_vec());
    seeds.push(treaty_schemas::wire::join(5, b"\x02\x00\x00"));
    let schemas = data::schemas();
    let payloads = super::seeds::payloads(&schemas, |sample| sample.binary);
    let mut delimited = Vec::new();
    for payload in payloads
        .iter()
        .map(|payload| &payload[1..])
        .filter(|payload| payload.len() < 128)
    {
        seeds.push(treaty_schemas::protobuf::data::wire::join(3, &[0], payload));
        delimited.push(payload.len() as u8);
        delimited.extend_from_slice(payload);
        if delimited.len() > 600 {
            seeds.push(std::mem::take(&mut delimited));
        }
    }
    let lines = super::seeds::payloads(&schemas, |sample| sample.json.map(String::into_bytes));
    for few in lines.chunks(4) {
        let lines: Vec<&[u8]> = few.iter().map(|line| &line[1..]).collect();
        seeds.push(lines.join(&b"\n"[..]));
    }
    seeds
}

pub const PAYLOADS: Target = Target {
    name: "payload_streams",
    seeds: payloads,
    words: &[
        "\n",
        "\r\n",
        "{}",
        "\u{feff}",
        "\0\0\0\0\u{1}",
        "Obj\u{1}",
        "{\"id\":1}",
        "\"sku\":null",
        "null",
    ],
    take: |input| {
        let detected = PayloadKind::detect(input);
        let mut schemas = data::schemas();
        schemas.push(Schema::Avro(avro_schema().into()));
        let mut accepted = false;
        for schema in &schemas {
            let validator = Validator::new(schema, LIMITS);
            for kind in PayloadKind::ALL {
                let is_fine = alike(input, |stream, observer| validator.stream(kind, stream, observer));
                assert_eq!(validator.payload(kind, input).is_ok(), is_fine, "{kind:?}");
                accepted |= is_fine && kind == detected;
            }
        }
        accepted
    },
    inputs: 500,
};
