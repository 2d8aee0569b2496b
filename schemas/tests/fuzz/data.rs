//! Protobuf data: binary, ProtoJSON, and what stands before a message in a topic.

use std::sync::{Arc, LazyLock};

use treaty_schemas::protobuf::data::wire;
use treaty_schemas::protobuf::{DataLimits, Schema, Unknown, Walker, compile, decode, encode, from_json, to_json};
use treaty_schemas::validate::Limits;
use treaty_schemas::{Options, Source};

use super::run::Target;
use super::seeds::{of, payloads, refused, source};

/// Schemas whose data is decoded, their first message.
const SCHEMAS: &[&str] = &[
    r#"syntax = "proto3";
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
message Order {
  string id = 1;
  repeated Line lines = 2;
  map<string, sint64> counts = 3;
  oneof payment { Card card = 4; string voucher = 5; google.protobuf.Value other = 12; }
  google.protobuf.Timestamp at = 6;
  google.protobuf.Struct extra = 7;
  Status status = 8;
  repeated uint32 packed = 9;
  google.protobuf.Any any = 10;
  google.protobuf.Duration took = 11;
  google.protobuf.FieldMask mask = 13;
  google.protobuf.Int64Value wrapped = 14;
  map<bool, Order> below = 15;
  double rate = 16;
  float weight = 17;
  bytes raw = 18;
  Order next = 200000000;
}
message Line { string sku = 1; int32 count = 2; }
message Card { fixed64 number = 1; }
enum Status { STATUS_UNKNOWN = 0; STATUS_PAID = 1; STATUS_LOST = -1; }
"#,
    r#"syntax = "proto2";
message Tree {
  required int32 id = 1;
  optional group Node = 2 { optional Tree tree = 1; repeated group Leaf = 2 { required bool on = 1; } }
  repeated E es = 3 [packed = true];
  optional E e = 4 [default = B];
  oneof o { string s = 5; E other = 6; Tree t = 7; }
  map<int32, E> by = 8;
  map<string, Tree> trees = 9;
  optional bytes raw = 10;
  extensions 100 to max;
  enum E { A = 0; B = 2; }
}
extend Tree { optional Tree more = 100; repeated sfixed32 fixed = 101; }
"#,
];

struct Ready {
    schema: Arc<Schema>,
    walker: Walker,
}

static PARSED: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    let ready = |text: &&str| {
        let source = Source::new("schema.proto", *text);
        let schema =
            Arc::new(compile(&source, "schema.proto", &[], &Options::default()).expect("the text is a schema"));
        Ready {
            walker: Walker::new(&schema),
            schema,
        }
    };
    SCHEMAS.iter().map(ready).collect()
});

pub fn schemas() -> Vec<treaty_schemas::Schema> {
    let schema = |ready: &Ready| treaty_schemas::Schema::Protobuf(Arc::clone(&ready.schema));
    PARSED.iter().map(schema).collect()
}

fn binary() -> Vec<Vec<u8>> {
    payloads(&schemas(), |sample| sample.binary)
}

pub const BINARY: Target = Target {
    name: "protobuf_binary",
    seeds: binary,
    words: &["\u{b}", "\u{c}", "\u{13}", "\u{14}", "\0", "\n\u{2}\u{8}\u{1}", "é"],
    take: |input| {
        let Some((Ready { schema, walker }, bytes)) = of(&PARSED, input) else {
            return false;
        };
        let limits = DataLimits::default();
        let message = schema.main().messages[0];
        let decoded = decode(&schema.set, message, bytes, &limits);
        let walked = walker.walk(message, bytes, &limits, Unknown::Counted);
        let refusing = walker.walk(message, bytes, &limits, Unknown::Refused);
        assert_eq!(
            decoded.as_ref().err(),
            walked.as_ref().err(),
            "the decoder and the walk"
        );
        match (&decoded, walked) {
            (Ok(value), Ok(unknown)) => {
                assert_eq!(refusing.is_ok(), unknown == 0, "{unknown} are unknown: {refusing:?}");
                let again = encode(&schema.set, message, value).expect("what was decoded can be encoded");
                assert_eq!(decode(&schema.set, message, &again, &limits).as_ref(), Ok(value));
                if let Ok(text) = to_json(&schema.set, message, value) {
                    let source = Source::new("json", text.as_str());
                    let read = from_json(&schema.set, message, &source, &Limits::default().json);
                    let read = read.unwrap_or_else(|error| panic!("{error}: {text}"));
                    assert_eq!(to_json(&schema.set, message, &read).as_ref(), Ok(&text));
                }
                true
            }
            (decoded, _) => {
                let error = decoded.as_ref().expect_err("both refuse");
                assert!(error.offset <= bytes.len(), "{error}");
                assert!(error.path.len() < 2_000, "a path of {} bytes", error.path.len());
                assert!(refusing.is_err());
                false
            }
        }
    },
    inputs: 4_000,
};

pub const JSON: Target = Target {
    name: "protobuf_json",
    seeds: || payloads(&schemas(), |sample| sample.json.map(String::into_bytes)),
    words: &[
        "null",
        "true",
        "\"NaN\"",
        "\"-Infinity\"",
        "\"1970-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.999999999Z\"",
        "\"0001-01-01T00:00:00-23:59\"",
        "\"-315576000000s\"",
        "\"1.5s\"",
        "\"a.b,c\"",
        "\"@type\":",
        "\"type.googleapis.com/Line\"",
        "\"next\":{",
        "{\"next\":",
        "[[",
        "\"STATUS_PAID\"",
        "\"-1\"",
        "\"lines\":",
        "\"card\":{}",
        "\"voucher\":\"\"",
        "\"other\":null",
        "1e5",
        "1.0",
        "\"YQ==\"",
        "\"_-\"",
        "\"below\":{\"true\":{}}",
        "\"[more]\":",
        "\u{feff}",
    ],
    take: |input| {
        let Some((Ready { schema, .. }, text)) = of(&PARSED, input) else {
            return false;
        };
        let message = schema.main().messages[0];
        let limits = Limits::default();
        let value = match from_json(&schema.set, message, &source(text), &limits.json) {
            Ok(value) => value,
            Err(error) => return refused(&error),
        };
        let bytes = encode(&schema.set, message, &value).expect("what was read can be encoded");
        assert_eq!(
            decode(&schema.set, message, &bytes, &limits.protobuf).as_ref(),
            Ok(&value)
        );
        let printed = to_json(&schema.set, message, &value).expect("what was read can be printed");
        let again = from_json(
            &schema.set,
            message,
            &Source::new("json", printed.as_str()),
            &limits.json,
        );
        assert_eq!(again.as_ref(), Ok(&value), "{printed}");
        true
    },
    inputs: 4_000,
};

pub const WIRE: Target = Target {
    name: "protobuf_wire",
    seeds: || {
        let mut seeds = vec![
            wire::join(1, &[0], b"\x08\x01"),
            wire::join(u32::MAX, &[1], b""),
            wire::join(7, &[1, 0], b"\x0a\x00"),
            wire::join(7, &[0, 0, 0, 0, 9], b""),
            treaty_schemas::wire::join(9, b""),
        ];
        seeds.push(wire::join(7, &[u32::MAX; 100], b""));
        seeds
    },
    words: &["\u{1}", "\u{c8}\u{1}", "\u{7f}"],
    take: |input| {
        if let Ok((id, payload)) = treaty_schemas::wire::split(input) {
            assert_eq!(treaty_schemas::wire::join(id, payload), input);
        }
        let parts = match wire::split(input) {
            Ok(parts) => parts,
            Err(error) => {
                assert!(!error.message.is_empty() && error.message.len() < 500);
                return false;
            }
        };
        assert!(!parts.indexes.is_empty() && parts.indexes.len() <= 100);
        assert_eq!(&input[parts.prefix..], parts.payload);
        let again = wire::join(parts.id, &parts.indexes, parts.payload);
        let other = wire::split(&again).expect("what was joined can be split");
        assert_eq!(
            (other.id, &other.indexes, other.payload),
            (parts.id, &parts.indexes, parts.payload)
        );
        for Ready { schema, .. } in PARSED.iter() {
            let meant = wire::meant(schema, &parts.indexes).ok();
            if let Some(message) = meant.and_then(|meant| meant.of_descriptor) {
                assert_eq!(wire::indexes(schema, message).as_ref(), Some(&parts.indexes));
            }
        }
        true
    },
    inputs: 10_000,
};
