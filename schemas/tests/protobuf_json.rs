//! ProtoJSON at its edges: what each type takes, and for all else a place, a reason and a way out.
//!
//! The two lists are what `https://protobuf.dev/programming-guides/json/` says. Python's `json_format` takes more: durations
//! and numbers with a plus sign or spaces, texts for numbers of enums, base64 with letters that are none, `inf`, a list for
//! a message where it is empty. And less: not the largest float, and no `value` beside the type of an `Empty` in an `Any`.

use expect_test::{expect, expect_file};
use treaty_schemas::validate::{Limits, PayloadKind, Validator};
use treaty_schemas::{Format, Options, Schema, Source};

const SCHEMA: &str = r#"syntax = "proto3";
package all;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message All {
  google.protobuf.Timestamp at = 1;
  google.protobuf.Duration took = 2;
  google.protobuf.FieldMask mask = 3;
  google.protobuf.Int32Value i32w = 4;
  google.protobuf.Int64Value i64w = 5;
  google.protobuf.StringValue sw = 6;
  google.protobuf.BoolValue bw = 7;
  google.protobuf.BytesValue yw = 8;
  google.protobuf.DoubleValue dw = 9;
  google.protobuf.Any any = 10;
  google.protobuf.Struct st = 11;
  google.protobuf.Value val = 12;
  google.protobuf.ListValue lv = 13;
  google.protobuf.NullValue nv = 14;
  google.protobuf.Empty em = 15;
  int32 i32 = 20;
  int64 i64 = 21;
  uint64 u64 = 22;
  float f = 23;
  double d = 24;
  bool b = 25;
  string s = 26;
  bytes y = 27;
  Colour colour = 28;
  repeated int32 ri = 29;
  map<int32, string> mi = 30;
  map<bool, string> mb = 31;
  map<string, All> mm = 32;
  oneof one { string left = 33; int32 right = 34; google.protobuf.NullValue nothing = 35; }
  All self = 36;
  repeated Colour colours = 37;
  uint32 u32 = 38;
  google.protobuf.UInt64Value u64w = 39;
}
enum Colour { NONE = 0; RED = 1; DARK_BLUE = -2; }
"#;

fn validator() -> Validator {
    let schema = Schema::parse(
        Format::Protobuf,
        &Source::new("all.proto", SCHEMA),
        &[],
        &Options::default(),
    );
    Validator::new(&schema.unwrap_or_else(|error| panic!("{error}")), Limits::default())
}

/// What is said of each line.
fn told<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let validator = validator();
    let mut told = String::new();
    for text in texts {
        let defects = validator
            .payload(PayloadKind::Json, text.as_bytes())
            .err()
            .unwrap_or_default();
        told += &format!("{text}\n");
        for defect in defects {
            let point = defect.point.map_or_else(|| "nowhere".into(), |point| point.to_string());
            told += &format!("  {point}: {}\n", defect.message);
            told += &defect.help.map_or_else(String::new, |help| format!("  help: {help}\n"));
        }
    }
    told
}

#[test]
fn what_is_taken() {
    let texts = include_str!("protobuf_json/taken.txt");
    assert_eq!(told(texts.lines()), texts);
}

/// The file has each text with what is said of it, which stands further in.
#[test]
fn what_is_refused() {
    let expected = expect_file!["protobuf_json/refused.txt"];
    let texts = expected.data();
    let told = told(texts.lines().filter(|line| !line.starts_with("  ")));
    expected.assert_eq(&told);
    let helped = told.matches("\n  help: ").count();
    let defects = told.matches("\n  ").count() - helped;
    // What is no JSON says what was expected.
    assert_eq!((defects, helped), (132, 122));
}

#[test]
fn a_document_has_lines() {
    let text = "{\n  \"at\": \"2024-02-29T12:30:00Z\",\n  \"self\": {\n    \"mi\": { \"1\": \"a\",\n            \"x\": \"b\" },\n    \"y\": \"é?\", \"took\": \"1h\"\n  }\n}\n";
    let defects = validator().payload(PayloadKind::Json, text.as_bytes()).unwrap_err();
    let told: Vec<String> = defects.iter().map(|defect| format!("{defect}\n")).collect();
    expect![[r#"
        5:13: self.mi: `x` is no number (write digits, without spaces, a plus sign or leading zeros)
        6:10: self.y: bytes are written in base64, and this is none (use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out)
        6:24: self.took: `1h` is no duration (write seconds with at most nine digits after the point, and an `s`, as in `1.5s`)
    "#]].assert_eq(&told.concat());
}

/// A `Struct` takes three levels of messages for each of its own: itself, an entry and a value.
#[test]
fn depth_is_bounded() {
    let nested = |levels: usize| {
        format!(
            "{{\"st\":{}{}}}",
            "{\"a\":".repeat(levels),
            "0".to_owned() + &"}".repeat(levels)
        )
    };
    let lists = |levels: usize| format!("{{\"val\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    let selves = |levels: usize| {
        format!(
            "{}{}",
            "{\"self\":".repeat(levels),
            "{}".to_owned() + &"}".repeat(levels)
        )
    };
    let validator = validator();
    let deepest = |text: &dyn Fn(usize) -> String| {
        (1..200)
            .take_while(|levels| validator.payload(PayloadKind::Json, text(*levels).as_bytes()).is_ok())
            .count()
    };
    expect!["33 50 100"].assert_eq(&format!(
        "{} {} {}",
        deepest(&nested),
        deepest(&lists),
        deepest(&selves)
    ));
    for text in [nested(50_000), lists(50_000), selves(50_000)] {
        assert!(validator.payload(PayloadKind::Json, text.as_bytes()).is_err());
    }
    let told: Vec<String> = validator
        .payload(PayloadKind::Json, nested(60).as_bytes())
        .unwrap_err()
        .iter()
        .map(|defect| defect.to_string())
        .collect();
    assert!(told[0].ends_with("nested deeper than the 100 levels that messages may have (decoders stop there too: send several events, or a flat list)"), "{told:?}");
}
