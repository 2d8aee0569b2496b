//! ProtoJSON at its edges: what each type takes, and for all else a place, a reason and a way out.
//!
//! The two lists are what `https://protobuf.dev/programming-guides/json/` says. Python's `json_format` takes more: durations
//! and numbers with a plus sign or spaces, texts for numbers of enums, base64 with letters that are none, `inf`, a list for
//! a message where it is empty. And less: not the largest float, and no `value` beside the type of an `Empty` in an `Any`.

use expect_test::expect;
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
fn told(texts: &str) -> String {
    let validator = validator();
    let mut told = String::new();
    for text in texts.lines() {
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
    let texts = r#"{"at":"2024-02-29T12:30:00Z"}
{"at":"2024-02-29T12:30:00.123456789Z"}
{"at":"2024-02-29T12:30:00.1Z"}
{"at":"2024-02-29T12:30:00+01:00"}
{"at":"2024-02-29T12:30:00-23:59"}
{"at":"0001-01-01T00:00:00Z"}
{"at":"9999-12-31T23:59:59.999999999Z"}
{"at":null}
{"took":"1.5s"}
{"took":"-1.5s"}
{"took":"1s"}
{"took":"-0.5s"}
{"took":"0.000000001s"}
{"took":"315576000000s"}
{"took":"-315576000000.999999999s"}
{"mask":"a,bC.dE"}
{"mask":""}
{"mask":"A"}
{"mask":"a1"}
{"i32w":1}
{"i32w":"1"}
{"i32w":null}
{"i64w":"9223372036854775807"}
{"sw":"a"}
{"bw":true}
{"yw":"AQ=="}
{"dw":"NaN"}
{"any":{}}
{"any":{"@type":"type.googleapis.com/all.All","s":"a"}}
{"any":{"@type":"/all.All"}}
{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}
{"any":{"@type":"type.googleapis.com/google.protobuf.Empty"}}
{"any":{"@type":"type.googleapis.com/google.protobuf.Empty","value":{}}}
{"any":{"s":"a","@type":"type.googleapis.com/all.All"}}
{"any":{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/all.All"}}}
{"st":{"a":1,"b":[true,null,{"c":"d"}]}}
{"st":null}
{"val":null}
{"val":[1,[2]]}
{"lv":[1,"a"]}
{"nv":null}
{"nv":"NULL_VALUE"}
{"nv":0}
{"em":{}}
{"em":null}
{"i32":1.0}
{"i32":1e3}
{"i32":"1e3"}
{"i32":"1.0"}
{"i32":"2147483647"}
{"i32":-0}
{"i64":"1"}
{"i64":1}
{"i64":9223372036854775807}
{"i64":9.223372036854775807e18}
{"u64":18446744073709551615}
{"f":3.4028235e38}
{"f":"Infinity"}
{"f":"-Infinity"}
{"f":"NaN"}
{"f":"1.5"}
{"f":1e-400}
{"b":true}
{"b":null}
{"s":"\ud83d\ude00"}
{"y":"AQID"}
{"y":"-_8="}
{"y":"+/8="}
{"y":"AQ"}
{"y":"AQ="}
{"y":"AQ=="}
{"y":"AR=="}
{"y":""}
{"colour":"RED"}
{"colour":1}
{"colour":7}
{"colour":-2}
{"colour":1.0}
{"colours":["RED",1,"NONE"]}
{"ri":[1,"2"]}
{"ri":null}
{"mi":{"1":"a"}}
{"mb":{"true":"a"}}
{"mm":{"a":{}}}
{"left":null,"right":1}
{"left":"a","right":null}
{"nothing":null}
{"self":null}"#;
    assert_eq!(told(texts), format!("{texts}\n"));
}

#[test]
fn what_is_refused() {
    let texts = r#"{"at":"2024-02-29T12:30:00.1234567890Z"}
{"at":"2024-02-29T12:30:00"}
{"at":"2024-02-29 12:30:00Z"}
{"at":"2024-02-29t12:30:00z"}
{"at":"2023-02-29T12:30:00Z"}
{"at":"2024-13-01T00:00:00Z"}
{"at":"2024-01-01T24:00:00Z"}
{"at":"2024-01-01T00:00:60Z"}
{"at":"0000-12-31T23:59:59Z"}
{"at":"10000-01-01T00:00:00Z"}
{"at":"0001-01-01T00:00:00+01:00"}
{"at":"9999-12-31T23:59:59-01:00"}
{"at":"2024-02-29"}
{"at":1709210000}
{"at":""}
{"at":{"seconds":1}}
{"took":"0.0000000001s"}
{"took":"1"}
{"took":"1.5"}
{"took":"1.s"}
{"took":".5s"}
{"took":"+1s"}
{"took":"1e3s"}
{"took":"315576000001s"}
{"took":"99999999999999999999s"}
{"took":1.5}
{"took":"1m"}
{"took":" 1s"}
{"mask":"a_b"}
{"mask":"a,,b"}
{"mask":"a, b"}
{"mask":["a"]}
{"i32w":{"value":1}}
{"i32w":"a"}
{"i32w":1.5}
{"i64w":9223372036854775808}
{"u64w":-1}
{"sw":5}
{"bw":"true"}
{"bw":1}
{"yw":5}
{"dw":"nan"}
{"any":{"s":"a"}}
{"any":{"@type":"type.googleapis.com/no.Such"}}
{"any":{"@type":"all.All"}}
{"any":{"@type":5}}
{"any":{"@type":""}}
{"any":{"@type":"type.googleapis.com/google.protobuf.Duration"}}
{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s","s":1}}
{"any":{"@type":"type.googleapis.com/all.All","no":1}}
{"any":{"@type":"type.googleapis.com/all.All","i32":"x"}}
{"any":5}
{"st":[]}
{"st":5}
{"val":1e400}
{"lv":{}}
{"nv":"null"}
{"em":{"a":1}}
{"i32":1.5}
{"i32":2147483648}
{"i32":-2147483649}
{"i32":" 1"}
{"i32":"+1"}
{"i32":"01"}
{"i32":""}
{"i32":true}
{"i32":"0x1"}
{"u32":-1}
{"i64":1.5}
{"i64":9223372036854775808}
{"i64":1e19}
{"u64":"18446744073709551616"}
{"f":3.5e38}
{"f":"+Infinity"}
{"f":"inf"}
{"f":"-NaN"}
{"f":"1.5 "}
{"d":1e400}
{"d":"1e400"}
{"d":NaN}
{"d":Infinity}
{"d":""}
{"d":"0x1p3"}
{"b":"true"}
{"b":1}
{"b":0}
{"s":5}
{"s":true}
{"s":"\ud800"}
{"y":"+_8="}
{"y":"A"}
{"y":"AQ==="}
{"y":"A Q="}
{"y":"AQ\n=="}
{"y":"?"}
{"y":[1]}
{"colour":"red"}
{"colour":"Red"}
{"colour":"1"}
{"colour":1.5}
{"colour":2147483648}
{"colour":"GREEN"}
{"colour":true}
{"colours":[null]}
{"ri":1}
{"ri":[null]}
{"ri":[[1]]}
{"mi":{"x":"a"}}
{"mi":{"1":"a","1":"b"}}
{"mi":{"1":"a","01":"b"}}
{"mi":{"1":"a","1.0":"b"}}
{"mi":[]}
{"mi":{"1":null}}
{"mb":{"True":"a"}}
{"mb":{"1":"a"}}
{"mm":{"a":null}}
{"left":"a","right":1}
{"left":"a","nothing":null}
{"i32":1,"i32":2}
{"i_32":1}
{"noSuch":1}
{"i32":1,}
{i32:1}
{'i32':1}
{"i32":01}
{"i32":1 /* a */}
[]
null
""
{"self":{"self":{"i32":"x"}}}
{"self":5}
{"[all.ext]":1}"#;
    let told = told(texts);
    let defects: Vec<&str> = told.split("\n  ").filter(|line| !line.starts_with("help: ")).collect();
    let helped = told.matches("\n  help: ").count();
    // What is no JSON says what was expected.
    assert_eq!(defects.len() - 1 - helped, 10);
    expect![[r#"
        {"at":"2024-02-29T12:30:00.1234567890Z"}
          1:7: at: `2024-02-29T12:30:00.1234567890Z` is no timestamp
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"at":"2024-02-29T12:30:00"}
          1:7: at: `2024-02-29T12:30:00` is no timestamp
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"at":"2024-02-29 12:30:00Z"}
          1:7: at: `2024-02-29 12:30:00Z` is no timestamp
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"at":"2024-02-29t12:30:00z"}
          1:7: at: `2024-02-29t12:30:00z` is no timestamp
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"at":"2023-02-29T12:30:00Z"}
          1:7: at: `2023-02-29T12:30:00Z` is no moment that the calendar has
          help: check day and hour; leap seconds cannot be told
        {"at":"2024-13-01T00:00:00Z"}
          1:7: at: `2024-13-01T00:00:00Z` is no moment that the calendar has
          help: check day and hour; leap seconds cannot be told
        {"at":"2024-01-01T24:00:00Z"}
          1:7: at: `2024-01-01T24:00:00Z` is no moment that the calendar has
          help: check day and hour; leap seconds cannot be told
        {"at":"2024-01-01T00:00:60Z"}
          1:7: at: `2024-01-01T00:00:60Z` is no moment that the calendar has
          help: check day and hour; leap seconds cannot be told
        {"at":"0000-12-31T23:59:59Z"}
          1:7: at: `0000-12-31T23:59:59Z` lies outside of the years from 1 to 9999
          help: leave the field out where there is no moment to tell
        {"at":"10000-01-01T00:00:00Z"}
          1:7: at: `10000-01-01T00:00:00Z` is no timestamp
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"at":"0001-01-01T00:00:00+01:00"}
          1:7: at: `0001-01-01T00:00:00+01:00` lies outside of the years from 1 to 9999
          help: leave the field out where there is no moment to tell
        {"at":"9999-12-31T23:59:59-01:00"}
          1:7: at: `9999-12-31T23:59:59-01:00` lies outside of the years from 1 to 9999
          help: leave the field out where there is no moment to tell
        {"at":"2024-02-29"}
          1:7: at: `2024-02-29` is no timestamp
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"at":1709210000}
          1:7: at: a string was expected, not a number
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"at":""}
          1:7: at: `` is no timestamp
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"at":{"seconds":1}}
          1:7: at: a string was expected, not an object
          help: write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`
        {"took":"0.0000000001s"}
          1:9: took: `0.0000000001s` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":"1"}
          1:9: took: `1` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":"1.5"}
          1:9: took: `1.5` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":"1.s"}
          1:9: took: `1.s` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":".5s"}
          1:9: took: `.5s` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":"+1s"}
          1:9: took: `+1s` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":"1e3s"}
          1:9: took: `1e3s` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":"315576000001s"}
          1:9: took: `315576000001s` is longer than a duration may be
          help: a duration has at most 315576000000 seconds, ten thousand years
        {"took":"99999999999999999999s"}
          1:9: took: `99999999999999999999s` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":1.5}
          1:9: took: a string was expected, not a number
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":"1m"}
          1:9: took: `1m` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"took":" 1s"}
          1:9: took: ` 1s` is no duration
          help: write seconds with at most nine digits after the point, and an `s`, as in `1.5s`
        {"mask":"a_b"}
          1:9: mask: '_' does not belong into a field mask
          help: write the names of fields in lowerCamel, as in `orderId,lines.sku`
        {"mask":"a,,b"}
          1:9: mask: a field mask has an empty path between its commas
          help: write the names of fields in lowerCamel, as in `orderId,lines.sku`
        {"mask":"a, b"}
          1:9: mask: ' ' does not belong into a field mask
          help: write the names of fields in lowerCamel, as in `orderId,lines.sku`
        {"mask":["a"]}
          1:9: mask: a string was expected, not an array
          help: write the names of fields in lowerCamel, as in `orderId,lines.sku`
        {"i32w":{"value":1}}
          1:9: i32w: a whole number was expected, not an object
          help: write digits; of many digits also between quotes
        {"i32w":"a"}
          1:9: i32w: `a` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"i32w":1.5}
          1:9: i32w: `1.5` is not a whole number
          help: round it; a point or an exponent is fine where the number is whole, as in 1.0 or 2e3
        {"i64w":9223372036854775808}
          1:9: i64w: `9223372036854775808` does not fit int64, which goes from -9223372036854775808 to 9223372036854775807
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"u64w":-1}
          1:9: u64w: `-1` does not fit uint64, which goes from 0 to 18446744073709551615
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"sw":5}
          1:7: sw: a string was expected, not a number
          help: write text between quotes, or leave the field out
        {"bw":"true"}
          1:7: bw: true or false was expected, not a string
          help: write true or false, without quotes
        {"bw":1}
          1:7: bw: true or false was expected, not a number
          help: write true or false, without quotes
        {"yw":5}
          1:7: yw: a string was expected, not a number
          help: use one of base64's two alphabets, `+/` or `-_`, without spaces; padding may be left out
        {"dw":"nan"}
          1:7: dw: `nan` is no number
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"any":{"s":"a"}}
          1:8: any: an `Any` names its type in the member `@type`
          help: name it as in "@type": "type.googleapis.com/acme.Order"
        {"any":{"@type":"type.googleapis.com/no.Such"}}
          1:17: any: the type `type.googleapis.com/no.Such` of an `Any` is not known here
          help: import the file that declares it into the schema
        {"any":{"@type":"all.All"}}
          1:17: any: the type of an `Any` is written as a URL
          help: name it as in "@type": "type.googleapis.com/acme.Order"
        {"any":{"@type":5}}
          1:17: any: the type of an `Any` is written as a URL
          help: name it as in "@type": "type.googleapis.com/acme.Order"
        {"any":{"@type":""}}
          1:17: any: the type of an `Any` is written as a URL
          help: name it as in "@type": "type.googleapis.com/acme.Order"
        {"any":{"@type":"type.googleapis.com/google.protobuf.Duration"}}
          1:8: any: an `Any` that holds a `google.protobuf.Duration` has the member `value`
          help: its JSON is no object that could hold `@type` as well
        {"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s","s":1}}
          1:77: any: an `Any` that holds a `google.protobuf.Duration` has the members `@type` and `value`, not `s`
          help: put what it holds into `value`
        {"any":{"@type":"type.googleapis.com/all.All","no":1}}
          1:47: any: `all.All` has no field `no`
          help: leave it out, or teach the schema the field
        {"any":{"@type":"type.googleapis.com/all.All","i32":"x"}}
          1:53: any.i32: `x` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"any":5}
          1:8: any: an object was expected, not a number
          help: name it as in "@type": "type.googleapis.com/acme.Order"
        {"st":[]}
          1:7: st: an object was expected, not an array
          help: a `Struct` is an object, whatever is in it
        {"st":5}
          1:7: st: an object was expected, not a number
          help: a `Struct` is an object, whatever is in it
        {"val":1e400}
          1:8: val: `1e400` is too large for 64 bits
          help: numbers of a `Value` have 64 bits and are finite; send it as text
        {"lv":{}}
          1:7: lv: an array was expected, not an object
          help: a `ListValue` is an array, whatever is in it
        {"nv":"null"}
          1:7: nv: the enum `google.protobuf.NullValue` has no value `null`
          help: its values are `NULL_VALUE`; a number is taken too
        {"em":{"a":1}}
          1:8: em: `google.protobuf.Empty` has no field `a`
          help: leave it out, or teach the schema the field
        {"i32":1.5}
          1:8: i32: `1.5` is not a whole number
          help: round it; a point or an exponent is fine where the number is whole, as in 1.0 or 2e3
        {"i32":2147483648}
          1:8: i32: `2147483648` does not fit int32, which goes from -2147483648 to 2147483647
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"i32":-2147483649}
          1:8: i32: `-2147483649` does not fit int32, which goes from -2147483648 to 2147483647
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"i32":" 1"}
          1:8: i32: ` 1` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"i32":"+1"}
          1:8: i32: `+1` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"i32":"01"}
          1:8: i32: `01` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"i32":""}
          1:8: i32: `` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"i32":true}
          1:8: i32: a whole number was expected, not a boolean
          help: write digits; of many digits also between quotes
        {"i32":"0x1"}
          1:8: i32: `0x1` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"u32":-1}
          1:8: u32: `-1` does not fit uint32, which goes from 0 to 4294967295
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"i64":1.5}
          1:8: i64: `1.5` is not a whole number
          help: round it; a point or an exponent is fine where the number is whole, as in 1.0 or 2e3
        {"i64":9223372036854775808}
          1:8: i64: `9223372036854775808` does not fit int64, which goes from -9223372036854775808 to 9223372036854775807
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"i64":1e19}
          1:8: i64: `1e19` does not fit int64, which goes from -9223372036854775808 to 9223372036854775807
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"u64":"18446744073709551616"}
          1:8: u64: `18446744073709551616` does not fit uint64, which goes from 0 to 18446744073709551615
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"f":3.5e38}
          1:6: f: `3.5e38` is too large for 32 bits
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"f":"+Infinity"}
          1:6: f: `+Infinity` is no number
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"f":"inf"}
          1:6: f: `inf` is no number
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"f":"-NaN"}
          1:6: f: `-NaN` is no number
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"f":"1.5 "}
          1:6: f: `1.5 ` is no number
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"d":1e400}
          1:6: d: `1e400` is too large for 64 bits
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"d":"1e400"}
          1:6: d: `1e400` is too large for 64 bits
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"d":NaN}
          1:6: a JSON value was expected, not 'N'
        {"d":Infinity}
          1:6: a JSON value was expected, not 'I'
        {"d":""}
          1:6: d: `` is no number
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"d":"0x1p3"}
          1:6: d: `0x1p3` is no number
          help: besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so
        {"b":"true"}
          1:6: b: true or false was expected, not a string
          help: write true or false, without quotes
        {"b":1}
          1:6: b: true or false was expected, not a number
          help: write true or false, without quotes
        {"b":0}
          1:6: b: true or false was expected, not a number
          help: write true or false, without quotes
        {"s":5}
          1:6: s: a string was expected, not a number
          help: write text between quotes, or leave the field out
        {"s":true}
          1:6: s: a string was expected, not a boolean
          help: write text between quotes, or leave the field out
        {"s":"\ud800"}
          1:7: half a surrogate pair is no character
        {"y":"+_8="}
          1:6: y: bytes are written in base64, and this is none
          help: use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out
        {"y":"A"}
          1:6: y: bytes are written in base64, and this is none
          help: use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out
        {"y":"AQ==="}
          1:6: y: bytes are written in base64, and this is none
          help: use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out
        {"y":"A Q="}
          1:6: y: bytes are written in base64, and this is none
          help: use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out
        {"y":"AQ\n=="}
          1:6: y: bytes are written in base64, and this is none
          help: use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out
        {"y":"?"}
          1:6: y: bytes are written in base64, and this is none
          help: use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out
        {"y":[1]}
          1:6: y: a string was expected, not an array
          help: use one of base64's two alphabets, `+/` or `-_`, without spaces; padding may be left out
        {"colour":"red"}
          1:11: colour: the enum `all.Colour` has no value `red`
          help: did you mean `RED`?
        {"colour":"Red"}
          1:11: colour: the enum `all.Colour` has no value `Red`
          help: did you mean `RED`?
        {"colour":"1"}
          1:11: colour: the enum `all.Colour` has no value `1`
          help: its values are `NONE`, `RED`, `DARK_BLUE`; a number is taken too
        {"colour":1.5}
          1:11: colour: `1.5` is not a whole number
          help: round it; a point or an exponent is fine where the number is whole, as in 1.0 or 2e3
        {"colour":2147483648}
          1:11: colour: `2147483648` does not fit an enum, which goes from -2147483648 to 2147483647
          help: send what fits; where larger numbers are right, add a field of a wider type
        {"colour":"GREEN"}
          1:11: colour: the enum `all.Colour` has no value `GREEN`
          help: its values are `NONE`, `RED`, `DARK_BLUE`; a number is taken too
        {"colour":true}
          1:11: colour: a value of the enum `all.Colour` was expected, not a boolean
          help: its values are `NONE`, `RED`, `DARK_BLUE`; a number is taken too
        {"colours":[null]}
          1:13: colours[0]: a value of the enum `all.Colour` was expected, not null
          help: its values are `NONE`, `RED`, `DARK_BLUE`; a number is taken too
        {"ri":1}
          1:7: ri: an array was expected, not a number
          help: the field is repeated: write brackets around its values
        {"ri":[null]}
          1:8: ri[0]: a whole number was expected, not null
          help: write digits; of many digits also between quotes
        {"ri":[[1]]}
          1:8: ri[0]: a whole number was expected, not an array
          help: write digits; of many digits also between quotes
        {"mi":{"x":"a"}}
          1:8: mi: `x` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"mi":{"1":"a","1":"b"}}
          1:16: the key `1` stands twice in this object
        {"mi":{"1":"a","01":"b"}}
          1:16: mi: `01` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"mi":{"1":"a","1.0":"b"}}
          1:16: mi{1.0}: the map has this key already, spelt otherwise
          help: keep one of the entries
        {"mi":[]}
          1:7: mi: an object was expected, not an array
          help: the field is a map: write keys and values between braces
        {"mi":{"1":null}}
          1:12: mi{1}: a string was expected, not null
          help: write text between quotes, or leave the field out
        {"mb":{"True":"a"}}
          1:8: mb: `True` is no key of this map
          help: its keys are "true" and "false"
        {"mb":{"1":"a"}}
          1:8: mb: `1` is no key of this map
          help: its keys are "true" and "false"
        {"mm":{"a":null}}
          1:12: mm{a}: an object for `all.All` was expected, not null
          help: write its fields between braces, or leave it out
        {"left":"a","right":1}
          1:13: `right` and `left` are members of one oneof; only one can be set
          help: leave all but one out, or write null for them
        {"left":"a","nothing":null}
          1:13: `nothing` and `left` are members of one oneof; only one can be set
          help: leave all but one out, or write null for them
        {"i32":1,"i32":2}
          1:10: the key `i32` stands twice in this object
        {"i_32":1}
          1:2: `all.All` has no field `i_32`
          help: did you mean `i32`?
        {"noSuch":1}
          1:2: `all.All` has no field `noSuch`
          help: leave it out, or teach the schema the field
        {"i32":1,}
          1:10: a key in double quotes was expected, not '}'
        {i32:1}
          1:2: a key in double quotes was expected, not 'i'
        {'i32':1}
          1:2: a key in double quotes was expected, not '\''
        {"i32":01}
          1:9: a number must not begin with 0
        {"i32":1 /* a */}
          1:10: `,` or `}` was expected, not '/'
        []
          1:1: an object for `all.All` was expected, not an array
          help: write its fields between braces, or leave it out
        null
          1:1: an object for `all.All` was expected, not null
          help: write its fields between braces, or leave it out
        ""
          1:1: an object for `all.All` was expected, not a string
          help: write its fields between braces, or leave it out
        {"self":{"self":{"i32":"x"}}}
          1:24: self.self.i32: `x` is no number
          help: write digits, without spaces, a plus sign or leading zeros
        {"self":5}
          1:9: self: an object for `all.All` was expected, not a number
          help: write its fields between braces, or leave it out
        {"[all.ext]":1}
          1:2: `all.All` has no field `[all.ext]`
          help: leave it out, or teach the schema the field
    "#]].assert_eq(&told);
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
