//! Samples: what is said to be valid is, what is said to be a near miss is refused, and a seed always gives the same.

use expect_test::expect;
use treaty_schemas::sample::{Sample, Sampler};
use treaty_schemas::validate::{Limits, PayloadKind, Validator};
use treaty_schemas::{Format, Options, Schema, Source};

use crate::generate;
use crate::judges::Judge;
use crate::random::Random;

mod avro;

fn parse(format: Format, text: &str) -> Schema {
    let name = match format {
        Format::Avro => "test.avsc",
        Format::Protobuf => "test.proto",
    };
    match Schema::parse(format, &Source::new(name, text), &[], &Options::default()) {
        Ok(schema) => schema,
        Err(error) => panic!("{text}\n{error}"),
    }
}

fn shown(sample: &Sample) -> String {
    let json = sample.json.as_deref().unwrap_or("-");
    let binary = match &sample.binary {
        Some(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        None => "-".to_owned(),
    };
    let what = if sample.what.is_empty() {
        "ordinary"
    } else {
        &sample.what
    };
    let binary = if binary.is_empty() { "no bytes" } else { &binary };
    format!("{what}\n  {json}\n  {binary}\n")
}

/// Validates what is there of a sample.
fn outcomes(validator: &Validator, sample: &Sample) -> Vec<Result<(), String>> {
    let json = sample.json.as_ref().map(|json| (PayloadKind::Json, json.as_bytes()));
    let binary = sample
        .binary
        .as_ref()
        .map(|bytes| (PayloadKind::Binary, bytes.as_slice()));
    json.into_iter()
        .chain(binary)
        .map(|(kind, bytes)| validator.payload(kind, bytes).map_err(|defects| defects[0].to_string()))
        .collect()
}

/// All of a schema's samples keep their word.
fn keep_their_word(schema: &Schema, text: &str, seed: u64) -> [usize; 3] {
    let Ok(mut sampler) = Sampler::new(schema, None, seed) else {
        return [0; 3];
    };
    let validator = Validator::new(schema, Limits::default());
    let ordinary: Vec<Sample> = (0..20).map(|_| sampler.ordinary()).collect();
    let boundary = sampler.boundary();
    let misses = sampler.near_misses();
    for sample in ordinary.iter().chain(&boundary) {
        assert!(
            sample.binary.is_some() && sample.json.is_some(),
            "{text}\n{}",
            shown(sample)
        );
        for outcome in outcomes(&validator, sample) {
            assert_eq!(outcome, Ok(()), "{text}\n{}", shown(sample));
        }
    }
    for miss in &misses {
        let outcomes = outcomes(&validator, miss);
        assert!(!outcomes.is_empty(), "{text}\n{}", shown(miss));
        for outcome in outcomes {
            assert!(outcome.is_err(), "{text}\n{}", shown(miss));
        }
    }
    [ordinary.len(), boundary.len(), misses.len()]
}

const ORDER_PROTO: &str = r#"
    syntax = "proto2";
    import "google/protobuf/timestamp.proto";
    message Order {
      required int32 id = 1;
      optional State state = 2;
      repeated Line lines = 3;
      map<string, bool> flags = 4;
      oneof payment { string card_number = 5; int64 invoice = 6; }
      optional google.protobuf.Timestamp placed_at = 7;
      optional group Note = 8 { required string text = 1; }
    }
    message Line { required string sku = 1; optional bytes hash = 2; optional Order of = 3; }
    enum State { NEW = 0; PAID = 1; }
"#;

const ORDER_AVRO: &str = r#"{"type":"record","name":"Order","fields":[
    {"name":"id","type":"long"},
    {"name":"state","type":{"type":"enum","name":"State","symbols":["NEW","PAID"]}},
    {"name":"note","type":["null","string"]},
    {"name":"hash","type":{"type":"fixed","name":"Hash","size":2}},
    {"name":"lines","type":{"type":"array","items":"int"}},
    {"name":"tags","type":{"type":"map","values":"boolean"}}]}"#;

#[test]
fn of_protobuf() {
    let schema = parse(Format::Protobuf, ORDER_PROTO);
    keep_their_word(&schema, ORDER_PROTO, 1);
    let mut sampler = Sampler::new(&schema, None, 7).unwrap();
    let ordinary: String = (0..3).map(|_| shown(&sampler.ordinary())).collect();
    let boundary: String = sampler.boundary().iter().map(shown).collect();
    let misses: String = sampler.near_misses().iter().map(shown).collect();
    expect![[r#"
        ordinary
          {"id":804,"state":"PAID","lines":[{"sku":"sku-9182","of":{"id":5516,"invoice":"97","placedAt":"2024-08-29T18:46:53.549Z","note":{"text":"text-5"}}}],"invoice":"618","placedAt":"2024-11-02T13:41:09.068Z","note":{"text":"text-33"}}
          08a40610011a290a08736b752d393138321a1d088c2b30613a0c089d84c3b60610c0a6e48502430a06746578742d354430ea043a0b08f5d798b9061080b2b620430a07746578742d333344
        ordinary
          {"id":8,"lines":[{"sku":"sku-230","hash":"UuYr"},{"sku":"sku-67","hash":"iriZ"}],"invoice":"596","placedAt":"2024-10-28T09:56:18.697Z","note":{"text":"text-3291"}}
          08081a0e0a07736b752d323330120352e62b1a0d0a06736b752d363712038ab89930d4043a0c08c2bffdb80610c0c0adcc02430a09746578742d3332393144
        ordinary
          {"id":34,"state":"NEW","lines":[{"sku":"sku-637","hash":"SZI="},{"sku":"sku-21548","hash":"33SV0g=="},{"sku":"sku-149","hash":"CIn1"}],"flags":{"flags-27":false},"invoice":"6350","placedAt":"2024-05-23T10:46:25.167Z","note":{"text":"text-6310"}}
          082210001a0d0a07736b752d363337120249921a110a09736b752d32313534381204df7495d21a0e0a07736b752d31343912030889f5220c0a08666c6167732d3237100030ce313a0b0881bdbcb20610c0efd04f430a09746578742d3633313044
    "#]].assert_eq(&ordinary);
    expect![[r#"
        the smallest
          {"id":0}
          0800
        id: minus one
          {"id":-1}
          08ffffffffffffffffff01
        id: the smallest
          {"id":-2147483648}
          0880808080f8ffffffff01
        id: the largest
          {"id":2147483647}
          08ffffffff07
        state: the value NEW
          {"id":0,"state":"NEW"}
          08001000
        state: the value PAID
          {"id":0,"state":"PAID"}
          08001001
        lines: two items
          {"id":0,"lines":[{"sku":""},{"sku":""}]}
          08001a020a001a020a00
        lines[0]: the smallest
          {"id":0,"lines":[{"sku":""}]}
          08001a020a00
        lines[0].sku: characters of every length
          {"id":0,"lines":[{"sku":"aé雪🜚\u0000\"\\"}]}
          08001a0f0a0d61c3a9e99baaf09f9c9a00225c
        lines[0].hash: empty
          {"id":0,"lines":[{"sku":"","hash":""}]}
          08001a040a001200
        lines[0].hash: every byte
          {"id":0,"lines":[{"sku":"","hash":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7/P3+/w=="}]}
          08001a85020a00128002000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
        lines[0].of: the smallest
          {"id":0,"lines":[{"sku":"","of":{"id":0}}]}
          08001a060a001a020800
        flags{}: false
          {"id":0,"flags":{"":false}}
          080022040a001000
        flags{}: true
          {"id":0,"flags":{"":true}}
          080022040a001001
        flags: the key is characters of every length
          {"id":0,"flags":{"aé雪🜚\u0000\"\\":false}}
          080022110a0d61c3a9e99baaf09f9c9a00225c1000
        card_number: empty
          {"id":0,"cardNumber":""}
          08002a00
        card_number: characters of every length
          {"id":0,"cardNumber":"aé雪🜚\u0000\"\\"}
          08002a0d61c3a9e99baaf09f9c9a00225c
        invoice: zero
          {"id":0,"invoice":"0"}
          08003000
        invoice: minus one
          {"id":0,"invoice":"-1"}
          080030ffffffffffffffffff01
        invoice: the smallest
          {"id":0,"invoice":"-9223372036854775808"}
          08003080808080808080808001
        invoice: the largest
          {"id":0,"invoice":"9223372036854775807"}
          080030ffffffffffffffff7f
        placed_at: 1970
          {"id":0,"placedAt":"1970-01-01T00:00:00Z"}
          08003a00
        placed_at: the first moment of the year 1
          {"id":0,"placedAt":"0001-01-01T00:00:00Z"}
          08003a0b088092b8c398feffffff01
        placed_at: the last moment of the year 9999
          {"id":0,"placedAt":"9999-12-31T23:59:59.999999999Z"}
          08003a0d08ff82d1ffaf0710ff93ebdc03
        placed_at: the leap day
          {"id":0,"placedAt":"2024-02-29T12:00:00Z"}
          08003a0608c0e381af06
        note: the smallest
          {"id":0,"note":{"text":""}}
          0800430a0044
        note.text: characters of every length
          {"id":0,"note":{"text":"aé雪🜚\u0000\"\\"}}
          0800430a0d61c3a9e99baaf09f9c9a00225c44
    "#]].assert_eq(&boundary);
    expect![[r#"
        the field number 0
          -
          08000000
        the wire type 7
          -
          08000f
        a tag that is cut off
          -
          0800ff
        a length beyond the end
          -
          0800faffffff0f01
        a group that is not closed
          -
          0800fbffffff0f
        a group that ends without a beginning
          -
          0800fcffffff0f
        a field that the message does not have
          {"id":0,"no_such_field":0}
          -
        id: required, and missing
          {}
          no bytes
        id: one more than the largest
          {"id":2147483648}
          -
        id: not a whole number
          {"id":0.5}
          -
        state: a name that the enum does not have
          {"id":0,"state":"NO_SUCH_VALUE"}
          -
        state: a number that the closed enum does not have
          {"id":0,"state":2}
          -
        lines: not an array
          {"id":0,"lines":0}
          -
        lines[0]: a field that the message does not have
          {"id":0,"lines":[{"sku":"","no_such_field":0}]}
          -
        lines[0].sku: required, and missing
          {"id":0,"lines":[{}]}
          08001a00
        lines[0].sku: not a string
          {"id":0,"lines":[{"sku":0}]}
          -
        lines[0].hash: not base64
          {"id":0,"lines":[{"sku":"","hash":"*"}]}
          -
        flags: not an object
          {"id":0,"flags":[]}
          -
        flags{}: neither true nor false
          {"id":0,"flags":{"":0}}
          -
        card_number: not a string
          {"id":0,"cardNumber":0}
          -
        card_number: twice, by both of its names
          {"id":0,"cardNumber":"","card_number":""}
          -
        invoice: one more than the largest
          {"id":0,"invoice":"9223372036854775808"}
          -
        invoice: not a whole number
          {"id":0,"invoice":0.5}
          -
        invoice: a second member of the oneof
          {"id":0,"cardNumber":"","invoice":"0"}
          -
        placed_at: a day that the calendar does not have
          {"id":0,"placedAt":"2023-02-29T00:00:00Z"}
          -
        placed_at: no offset
          {"id":0,"placedAt":"2024-01-01T00:00:00"}
          -
        placed_at: twice, by both of its names
          {"id":0,"placedAt":"1970-01-01T00:00:00Z","placed_at":"1970-01-01T00:00:00Z"}
          -
        note: a field that the message does not have
          {"id":0,"note":{"text":"","no_such_field":0}}
          -
        note.text: required, and missing
          {"id":0,"note":{}}
          08004344
        note.text: not a string
          {"id":0,"note":{"text":0}}
          -
    "#]]
    .assert_eq(&misses);
}

#[test]
fn each_near_miss_is_refused_for_what_it_is_named_after() {
    let mut report = String::new();
    for (format, text) in [(Format::Protobuf, ORDER_PROTO), (Format::Avro, ORDER_AVRO)] {
        let schema = parse(format, text);
        let validator = Validator::new(&schema, Limits::default());
        for miss in Sampler::new(&schema, None, 0).unwrap().near_misses() {
            for outcome in outcomes(&validator, &miss) {
                report.push_str(&format!("{} | {}\n", miss.what, outcome.unwrap_err()));
            }
        }
    }
    expect![[r#"
        the field number 0 | record 1, byte 2: a tag has the field number 0, which no field has
        the wire type 7 | record 1, byte 2: there is no wire type 7
        a tag that is cut off | record 1, byte 2: the data ends where a tag should be
        a length beyond the end | record 1, byte 7: #536870911: the length is 1, but 0 bytes are left
        a group that is not closed | record 1, byte 7: #536870911: the data ends within the group of field 536870911
        a group that ends without a beginning | record 1, byte 2: the group of field 536870911 ends that has not begun
        a field that the message does not have | 1:9: `Order` has no field `no_such_field` (leave it out, or teach the schema the field)
        id: required, and missing | 1:1: the required field `id` of `Order` is missing (add the member `id`)
        id: required, and missing | record 1, byte 0: the required field `id` of `Order` is missing
        id: one more than the largest | 1:7: id: `2147483648` does not fit int32, which goes from -2147483648 to 2147483647 (send what fits; where larger numbers are right, add a field of a wider type)
        id: not a whole number | 1:7: id: `0.5` is not a whole number (round it; a point or an exponent is fine where the number is whole, as in 1.0 or 2e3)
        state: a name that the enum does not have | 1:17: state: the enum `State` has no value `NO_SUCH_VALUE` (its values are `NEW`, `PAID`)
        state: a number that the closed enum does not have | 1:17: state: the enum `State` is closed and has no number 2 (its values are `NEW`, `PAID`)
        lines: not an array | 1:17: lines: an array was expected, not a number (the field is repeated: write brackets around its values)
        lines[0]: a field that the message does not have | 1:28: lines[0]: `Line` has no field `no_such_field` (leave it out, or teach the schema the field)
        lines[0].sku: required, and missing | 1:18: lines[0]: the required field `sku` of `Line` is missing (add the member `sku`)
        lines[0].sku: required, and missing | record 1, byte 4: lines[0]: the required field `sku` of `Line` is missing
        lines[0].sku: not a string | 1:25: lines[0].sku: a string was expected, not a number (write text between quotes, or leave the field out)
        lines[0].hash: not base64 | 1:35: lines[0].hash: bytes are written in base64, and this is none (use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out)
        flags: not an object | 1:17: flags: an object was expected, not an array (the field is a map: write keys and values between braces)
        flags{}: neither true nor false | 1:21: flags{}: true or false was expected, not a number (write true or false, without quotes)
        card_number: not a string | 1:22: card_number: a string was expected, not a number (write text between quotes, or leave the field out)
        card_number: twice, by both of its names | 1:25: `card_number` and `cardNumber` are the same field (keep one of them; `cardNumber` is what is usually written)
        invoice: one more than the largest | 1:19: invoice: `9223372036854775808` does not fit int64, which goes from -9223372036854775808 to 9223372036854775807 (send what fits; where larger numbers are right, add a field of a wider type)
        invoice: not a whole number | 1:19: invoice: `0.5` is not a whole number (round it; a point or an exponent is fine where the number is whole, as in 1.0 or 2e3)
        invoice: a second member of the oneof | 1:25: `invoice` and `cardNumber` are members of one oneof; only one can be set (leave all but one out, or write null for them)
        placed_at: a day that the calendar does not have | 1:20: placed_at: `2023-02-29T00:00:00Z` is no moment that the calendar has (check day and hour; leap seconds cannot be told)
        placed_at: no offset | 1:20: placed_at: `2024-01-01T00:00:00` is no timestamp (write it as RFC 3339 says, as in `2024-02-29T12:30:00.5Z`, or with an offset such as `+01:00`)
        placed_at: twice, by both of its names | 1:43: `placed_at` and `placedAt` are the same field (keep one of them; `placedAt` is what is usually written)
        note: a field that the message does not have | 1:27: note: `Order.Note` has no field `no_such_field` (leave it out, or teach the schema the field)
        note.text: required, and missing | 1:16: note: the required field `text` of `Order.Note` is missing (add the member `text`)
        note.text: required, and missing | record 1, byte 4: note: the required field `text` of `Order.Note` is missing
        note.text: not a string | 1:24: note.text: a string was expected, not a number (write text between quotes, or leave the field out)
        a field that the record does not have | 1:78: `Order` has no field `no_such_field`
        id: missing | 1:1: the field `id` of `Order` is missing
        id: one bit more than 64 | record 1, byte 0: id: a long has more than 64 bits
        id: one more than 64 bits hold | 1:7: id: `9223372036854775808` does not fit long, which has 64 bits
        id: not a whole number | 1:7: id: `0.5` is not written as an integer
        state: missing | 1:1: the field `state` of `Order` is missing
        state: a symbol that the enum does not have | 1:17: state: `State` has no symbol `NO_SUCH_SYMBOL`
        state: a symbol that the enum does not have | record 1, byte 1: state: there is no symbol 2; the last one is 1
        note: missing | 1:1: the field `note` of `Order` is missing
        note: a branch that the union does not have | 1:30: note: `no.such.Branch` is no branch of the union [null, string]
        note: a branch that the union does not have | record 1, byte 2: note: there is no branch 2; the last one is 1
        note(string): not UTF-8 | record 1, byte 3: note(string): the string is not UTF-8: its byte 0 begins no character
        note(string): not a string | 1:40: note(string): a string was expected, not a number
        hash: missing | 1:1: the field `hash` of `Order` is missing
        hash: one byte too many | 1:42: hash: `Hash` has 2 bytes, and this string stands for 3
        lines: missing | 1:1: the field `lines` of `Order` is missing
        lines: not an array | 1:65: lines: an array was expected, not an object
        lines[0]: one more than 32 bits hold | 1:66: lines[0]: `2147483648` does not fit int, which has 32 bits
        lines[0]: one more than 32 bits hold | record 1, byte 6: lines[0]: an int has more than 32 bits
        lines[0]: not a whole number | 1:66: lines[0]: `0.5` is not written as an integer
        tags: missing | 1:1: the field `tags` of `Order` is missing
        tags: not an object | 1:75: tags: an object was expected, not an array
        tags{key}: neither 0 nor 1 | record 1, byte 11: tags{key}: a boolean is 0 or 1, not 2
        tags{key}: neither true nor false | 1:82: tags{key}: true or false was expected, not a number
        a byte is left over after the value | record 1, byte 7: 1 byte is left over after the value
        the last byte is missing | record 1, byte 6: tags: the payload ends where a block's number of items was expected
    "#]].assert_eq(&report);
}

/// Logical types of every kind that libraries turn into values of their own.
const LOGICAL: &str = r#"{"type":"record","name":"R","fields":[
    {"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
    {"name":"b","type":{"type":"bytes","logicalType":"decimal","precision":30,"scale":30}},
    {"name":"c","type":{"type":"fixed","name":"F1","size":1,"logicalType":"decimal","precision":2}},
    {"name":"d","type":{"type":"fixed","name":"F20","size":20,"logicalType":"decimal","precision":40,"scale":3}},
    {"name":"e","type":{"type":"string","logicalType":"uuid"}},
    {"name":"f","type":{"type":"fixed","name":"F16","size":16,"logicalType":"uuid"}},
    {"name":"g","type":{"type":"int","logicalType":"date"}},
    {"name":"h","type":{"type":"int","logicalType":"time-millis"}},
    {"name":"i","type":{"type":"long","logicalType":"time-micros"}},
    {"name":"j","type":{"type":"long","logicalType":"timestamp-millis"}},
    {"name":"k","type":{"type":"long","logicalType":"timestamp-micros"}},
    {"name":"l","type":{"type":"long","logicalType":"timestamp-nanos"}},
    {"name":"m","type":{"type":"long","logicalType":"local-timestamp-millis"}},
    {"name":"n","type":{"type":"long","logicalType":"local-timestamp-micros"}},
    {"name":"o","type":{"type":"fixed","name":"F12","size":12,"logicalType":"duration"}},
    {"name":"p","type":{"type":"bytes","logicalType":"big-decimal"}},
    {"name":"q","type":{"type":"array","items":["null",{"type":"bytes","logicalType":"decimal","precision":3,"scale":1}]}}]}"#;

#[test]
#[allow(clippy::print_stderr)] // A test that is skipped says so.
fn of_logical_types_are_read_by_everybody() {
    let schema = parse(Format::Avro, LOGICAL);
    keep_their_word(&schema, LOGICAL, 7);
    let mut sampler = Sampler::new(&schema, None, 7).unwrap();
    let ordinary: Vec<Sample> = (0..200).map(|_| sampler.ordinary()).collect();
    let boundary = sampler.boundary();
    let files: Vec<String> = [&ordinary, &boundary]
        .map(|samples| hex::encode(sampler.stream(samples).unwrap()))
        .into();
    let Some(answers) = Judge::Containers.answers(&files) else {
        eprintln!("skipped: fastavro and avro are not installed; ci/judges does it");
        return;
    };
    for (answer, samples) in answers.iter().zip([ordinary, boundary]) {
        let count = samples.len();
        assert!(count > 20);
        assert_eq!(answer, &format!(r#"{{"fastavro": {count}, "avro": {count}}}"#));
    }
}

#[test]
fn no_boundary_sample_comes_twice() {
    for (format, text) in [
        (Format::Avro, LOGICAL),
        (
            Format::Avro,
            r#"["null",{"type":"array","items":["null","string","bytes"]},{"type":"map","values":"int"}]"#,
        ),
        (
            Format::Protobuf,
            "syntax = \"proto3\"; message M { optional string a = 1; repeated int32 b = 2; oneof c { M d = 3; bool e = 4; } }",
        ),
    ] {
        let samples = Sampler::new(&parse(format, text), None, 0).unwrap().boundary();
        let payloads: std::collections::HashSet<_> =
            samples.iter().map(|sample| (&sample.binary, &sample.json)).collect();
        assert_eq!(payloads.len(), samples.len());
    }
}

#[test]
fn a_seed_gives_the_same_samples() {
    for (format, text) in [(Format::Protobuf, ORDER_PROTO), (Format::Avro, ORDER_AVRO)] {
        let schema = parse(format, text);
        let run = |seed| {
            let mut sampler = Sampler::new(&schema, None, seed).unwrap();
            (0..50).map(|_| sampler.ordinary()).collect::<Vec<_>>()
        };
        assert_eq!(run(3), run(3));
        assert_ne!(run(3), run(4));
    }
}

#[test]
fn of_random_schemas() {
    let mut totals = [0; 3];
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let avro = generate::avro::schema_text(&mut random);
        let proto = generate::protobuf::schema_text(&mut random);
        for (format, text) in [(Format::Avro, avro), (Format::Protobuf, proto)] {
            let counts = keep_their_word(&parse(format, &text), &text, seed);
            totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        }
    }
    assert!(totals.iter().all(|total| *total > 5_000), "{totals:?}");
}

#[test]
fn of_what_has_no_value_or_no_such_message() {
    let report = [
        (r#"syntax = "proto2"; message A { required A a = 1; }"#, None),
        (
            r#"syntax = "proto3"; package acme; message A { message B {} }"#,
            Some("acme.A.C"),
        ),
        (
            r#"syntax = "proto3"; package acme; message A { message B {} }"#,
            Some("A.B"),
        ),
        (r#"syntax = "proto3"; enum E { X = 0; }"#, None),
    ]
    .map(
        |(text, message)| match Sampler::new(&parse(Format::Protobuf, text), message, 0) {
            Ok(mut sampler) => shown(&sampler.ordinary()),
            Err(error) => format!("{error} {:?}\n", error.known),
        },
    )
    .concat();
    expect![[r#"
        no value of this type can exist, or only one that is too large to be shown: it must contain itself []
        there is no message `acme.A.C` in `test.proto` ["acme.A", "acme.A.B"]
        ordinary
          {}
          no bytes
        the schema declares no message []
    "#]]
    .assert_eq(&report);
}

#[test]
fn of_a_very_wide_message() {
    use std::fmt::Write;
    let mut text = "syntax = \"proto2\"; message Wide {".to_owned();
    for number in 1..=18_000 {
        let _ = write!(text, "required int32 f{number} = {number};");
    }
    text.push('}');
    let sampler = Sampler::new(&parse(Format::Protobuf, &text), None, 0).unwrap();
    assert!(sampler.boundary().len() < 1_000);
    assert!(sampler.near_misses().len() < 1_000);
}
