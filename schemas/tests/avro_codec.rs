//! Encoding, decoding and the JSON encoding of Avro data: what goes in comes out, and nothing else gets in.

// The counts are part of what a test run tells.
#![allow(clippy::print_stdout)]

use expect_test::expect;
use treaty_schemas::avro::{
    DecodeErrorKind, Limits, Schema, Value, Walker, decode, encode, from_json, parse, resolve, to_json, walk,
};
use treaty_schemas::text::json;
use treaty_schemas::{Options, Source, Strictness};

use crate::apache::{same, to_apache};
use crate::generate::avro::{schema, schema_text, value};
use crate::random::Random;

const JSON_LIMITS: json::Limits = json::Limits {
    bytes: 64 * 1024 * 1024,
    depth: json::Limits::MAX_DEPTH,
};

#[test]
fn random_values_of_random_schemas_come_back() {
    let mut random = Random::new(1);
    let mut values = 0;
    for _ in 0..600 {
        let text = schema_text(&mut random);
        let schema = schema(&text);
        let walker = Walker::new(&schema);
        for _ in 0..20 {
            let value = value(&mut random, &schema);
            let bytes = encode(&schema, &value).unwrap_or_else(|error| panic!("{text}: {error}"));
            let limits = Limits::default();
            // NaN is not equal to itself, so bytes are compared, which must be equal bit by bit.
            let decoded = decode(&schema, &bytes, &limits).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(encode(&schema, &decoded), Ok(bytes.clone()), "{text}");
            let resolved = resolve(&schema, &schema, &bytes, &limits).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(encode(&schema, &resolved), Ok(bytes.clone()), "{text}");
            assert_eq!(walker.walk(&bytes, &limits), Ok(()), "{text}: {bytes:?}");
            let json = to_json(&schema, &value);
            let read = from_json(&schema, &Source::new("value", json.as_str()), &JSON_LIMITS)
                .unwrap_or_else(|error| panic!("{text}: {json}: {error}"));
            assert_eq!(to_json(&schema, &read), json, "{text}");
            if !json.contains("NaN") {
                assert_eq!(read, value, "{text}: {json}");
            }
            values += 1;
        }
    }
    assert_eq!(values, 12_000);
}

#[test]
fn apache_avro_reads_and_writes_the_same_bytes() {
    let mut random = Random::new(2);
    let (mut compared, mut refused) = (0, 0);
    for _ in 0..500 {
        let text = schema_text(&mut random);
        let ours = schema(&text);
        let Ok(theirs) = apache_avro::Schema::parse_str(&text) else {
            refused += 1;
            continue;
        };
        for _ in 0..10 {
            let value = value(&mut random, &ours);
            let bytes = encode(&ours, &value).unwrap();
            let mut rest = &bytes[..];
            let read = apache_avro::reader::datum::GenericDatumReader::builder(&theirs)
                .build()
                .and_then(|reader| reader.read_value(&mut rest))
                .unwrap_or_else(|error| panic!("{text}: {bytes:?}: {error}"));
            assert!(rest.is_empty());
            let expected = to_apache(&ours, ours.root(), &value);
            assert!(same(&read, &expected), "{text}: {read:?}, {expected:?}");
            let written = apache_avro::writer::datum::GenericDatumWriter::builder(&theirs)
                .build()
                .and_then(|writer| writer.write_value_to_vec(expected))
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            // The order of a map's entries is apache-avro's own.
            assert_eq!(written.len(), bytes.len(), "{text}");
            let back = decode(&ours, &written, &Limits::default()).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(same(&to_apache(&ours, ours.root(), &back), &read), "{text}");
            compared += 1;
        }
    }
    println!("{compared} values compared; apache-avro does not parse {refused} schemas");
    assert!(compared >= 4_000, "{compared}");
}

/// What decoding says about bytes; the walk must agree.
fn outcome(schema: &Schema, bytes: &[u8]) -> String {
    let limits = Limits::default();
    let decoded = decode(schema, bytes, &limits);
    let walked = walk(schema, bytes, &limits);
    assert_eq!(decoded.is_ok(), walked.is_ok(), "{bytes:?}: {decoded:?}, {walked:?}");
    match decoded {
        Ok(value) => to_json(schema, &value),
        Err(error) => format!("{:?}: {error}", error.kind),
    }
}

#[test]
fn hostile_bytes_are_refused_with_a_reason_and_a_place() {
    let record = r#"{"type":"record","name":"Order","fields":[
        {"name":"id","type":"long"},
        {"name":"tags","type":{"type":"map","values":"string"}},
        {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
            {"name":"sku","type":["null","string"]},{"name":"count","type":"int"}]}}}]}"#;
    let cases: &[(&str, &[u8])] = &[
        (r#""boolean""#, &[2]),
        (r#""boolean""#, &[]),
        (r#""boolean""#, &[1, 1]),
        (r#""int""#, &[0x80]),
        (r#""int""#, &[0xff, 0xff, 0xff, 0xff, 0x0f]),
        (r#""int""#, &[0xff, 0xff, 0xff, 0xff, 0x1f]),
        (r#""int""#, &[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
        (
            r#""long""#,
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ),
        (
            r#""long""#,
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
        ),
        (r#""long""#, &[0xff; 11]),
        (r#""float""#, &[0, 0, 0]),
        (r#""double""#, &[0; 7]),
        (r#""bytes""#, &[1]),
        (
            r#""bytes""#,
            &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ),
        (r#""string""#, &[8, b'a', b'b']),
        (r#""string""#, &[4, b'a', 0xff]),
        (r#""string""#, &[6, 0xed, 0xa0, 0x80]),
        (r#"{"type":"enum","name":"E","symbols":["A","B"]}"#, &[4]),
        (r#"{"type":"enum","name":"E","symbols":["A","B"]}"#, &[1]),
        (r#"["null","int"]"#, &[4, 0]),
        (r#"["null","int"]"#, &[1]),
        (r#"{"type":"fixed","name":"F","size":4}"#, &[1, 2, 3]),
        // Array: a negative count, its size in bytes, two items, the end.
        (r#"{"type":"array","items":"int"}"#, &[3, 4, 2, 4, 0]),
        (r#"{"type":"array","items":"int"}"#, &[3, 6, 2, 4, 0]),
        (r#"{"type":"array","items":"int"}"#, &[3, 2, 2, 4, 0]),
        (r#"{"type":"array","items":"int"}"#, &[3, 1, 2, 4, 0]),
        (r#"{"type":"array","items":"int"}"#, &[3, 100, 2, 4, 0]),
        (
            r#"{"type":"array","items":"int"}"#,
            &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0],
        ),
        (
            r#"{"type":"array","items":"int"}"#,
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0, 0],
        ),
        (r#"{"type":"array","items":"int"}"#, &[2, 0]),
        (
            r#"{"type":"array","items":"null"}"#,
            &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0],
        ),
        (r#"{"type":"array","items":"null"}"#, &[6, 0]),
        (r#"{"type":"array","items":"double"}"#, &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (r#"{"type":"map","values":"int"}"#, &[2, 2, 0xff, 0, 0]),
        (r#"{"type":"map","values":"int"}"#, &[2, 2, b'a', 0x80]),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}"#,
            &[],
        ),
        (record, &[2, 2, 6, b'r', b'e', b'd', 3, 0, 0]),
        (record, &[2, 0, 4, 0, 2, 2, 4, b'a', 0xc3, 0, 0]),
        (record, &[2, 0, 4, 0, 2, 4]),
        (record, &[2, 0, 4, 0, 2, 0, 6, 0]),
        (record, &[2, 0, 2, 0, 2, 0, 9]),
    ];
    let mut report = String::new();
    for (text, bytes) in cases {
        let schema = schema(text);
        let name = schema.name_of(schema.root());
        report += &format!("{name} {bytes:x?}\n    {}\n", outcome(&schema, bytes));
    }
    expect![[r#"
        boolean [2]
            Malformed: a boolean is 0 or 1, not 2 (at byte 0)
        boolean []
            Truncated: the payload ends where a boolean was expected (at byte 0)
        boolean [1, 1]
            Trailing: 1 byte is left over after the value (at byte 1)
        int [80]
            Truncated: the payload ends where an int was expected (at byte 0)
        int [ff, ff, ff, ff, f]
            -2147483648
        int [ff, ff, ff, ff, 1f]
            Malformed: an int has more than 32 bits (at byte 0)
        int [80, 80, 80, 80, 80, 0]
            Malformed: an int takes more than 5 bytes (at byte 0)
        long [ff, ff, ff, ff, ff, ff, ff, ff, ff, 1]
            -9223372036854775808
        long [ff, ff, ff, ff, ff, ff, ff, ff, ff, 2]
            Malformed: a long has more than 64 bits (at byte 0)
        long [ff, ff, ff, ff, ff, ff, ff, ff, ff, ff, ff]
            Malformed: a long has more than 64 bits (at byte 0)
        float [0, 0, 0]
            Truncated: the payload ends where a float was expected (at byte 0)
        double [0, 0, 0, 0, 0, 0, 0]
            Truncated: the payload ends where a double was expected (at byte 0)
        bytes [1]
            Malformed: the length -1 is negative (at byte 0)
        bytes [fe, ff, ff, ff, ff, ff, ff, ff, ff, 1]
            Truncated: the length is 9223372036854775807, but 0 bytes are left (at byte 0)
        string [8, 61, 62]
            Truncated: the length is 4, but 2 bytes are left (at byte 0)
        string [4, 61, ff]
            Malformed: the string is not UTF-8: its byte 1 begins no character (at byte 0)
        string [6, ed, a0, 80]
            Malformed: the string is not UTF-8: its byte 0 begins no character (at byte 0)
        E [4]
            Malformed: there is no symbol 2; the last one is 1 (at byte 0)
        E [1]
            Malformed: there is no symbol -1; the last one is 1 (at byte 0)
        union [4, 0]
            Malformed: there is no branch 2; the last one is 1 (at byte 0)
        union [1]
            Malformed: there is no branch -1; the last one is 1 (at byte 0)
        F [1, 2, 3]
            Truncated: 4 bytes are expected, but 3 bytes are left (at byte 0)
        array [3, 4, 2, 4, 0]
            [1,2]
        array [3, 6, 2, 4, 0]
            Malformed: the block was said to end at byte 5, but its items end at byte 4 (at byte 4)
        array [3, 2, 2, 4, 0]
            Malformed: the block was said to end at byte 3, but its items end at byte 4 (at byte 4)
        array [3, 1, 2, 4, 0]
            Malformed: the length -1 is negative (at byte 0)
        array [3, 64, 2, 4, 0]
            Truncated: the length is 50, but 3 bytes are left (at byte 0)
        array [fe, ff, ff, ff, ff, ff, ff, ff, ff, 1, 0]
            Truncated: [1]: the payload ends where an int was expected (at byte 11)
        array [ff, ff, ff, ff, ff, ff, ff, ff, ff, 1, 0, 0]
            Truncated: [1]: the payload ends where an int was expected (at byte 12)
        array [2, 0]
            Truncated: the payload ends where a block's number of items was expected (at byte 2)
        array [80, 80, 80, 80, 80, 80, 80, 80, 1, 0]
            Limit: [1000010]: more than 1000010 values that take no bytes (at byte 9)
        array [6, 0]
            [null,null,null]
        array [4, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            Truncated: [1]: the payload ends where a double was expected (at byte 9)
        map [2, 2, ff, 0, 0]
            Malformed: the string is not UTF-8: its byte 0 begins no character (at byte 1)
        map [2, 2, 61, 80]
            Truncated: {a}: the payload ends where an int was expected (at byte 3)
        R []
            Limit: r.r.r.r.r.r.r.r.r.r.r.r….r.r.r.r.r.r.r.r.r.r.r.r: nested deeper than the 500 levels that are allowed (at byte 0)
        Order [2, 2, 6, 72, 65, 64, 3, 0, 0]
            Malformed: tags{red}: the length -2 is negative (at byte 6)
        Order [2, 0, 4, 0, 2, 2, 4, 61, c3, 0, 0]
            Malformed: lines[1].sku(string): the string is not UTF-8: its byte 1 begins no character (at byte 6)
        Order [2, 0, 4, 0, 2, 4]
            Malformed: lines[1].sku: there is no branch 2; the last one is 1 (at byte 5)
        Order [2, 0, 4, 0, 2, 0, 6, 0]
            {"id":1,"tags":{},"lines":[{"sku":null,"count":1},{"sku":null,"count":3}]}
        Order [2, 0, 2, 0, 2, 0, 9]
            Trailing: 1 byte is left over after the value (at byte 6)
    "#]].assert_eq(&report);
}

#[test]
fn the_walk_and_the_decoder_agree_on_mutated_data() {
    let mut random = Random::new(3);
    let (mut good, mut bad, mut limited) = (0, 0, 0);
    for _ in 0..1_000 {
        let text = schema_text(&mut random);
        let schema = schema(&text);
        let walker = Walker::new(&schema);
        let limits = Limits::default();
        let bytes = encode(&schema, &value(&mut random, &schema)).unwrap();
        for _ in 0..120 {
            let mut bytes = bytes.clone();
            for _ in 0..1 + random.below(3) {
                mutate(&mut random, &mut bytes);
            }
            let decoded = decode(&schema, &bytes, &limits);
            let walked = walker.walk(&bytes, &limits);
            let resolved = resolve(&schema, &schema, &bytes, &limits);
            assert_eq!(
                decoded.is_ok(),
                resolved.is_ok(),
                "{text}: {bytes:?}: {decoded:?}, {resolved:?}"
            );
            match (&decoded, &walked) {
                (Ok(_), Ok(())) => good += 1,
                (Err(error), _) if error.kind == DecodeErrorKind::Limit => limited += 1,
                (Err(error), Err(other)) => {
                    // A block that cannot be is refused by the walk at its head, so places and reasons may differ there.
                    if !other.message.contains("announced") && !other.message.contains("contains itself") {
                        assert_eq!(
                            (&error.path, error.kind),
                            (&other.path, other.kind),
                            "{text}: {bytes:?}"
                        );
                    }
                    bad += 1;
                }
                _ => panic!("{text}: {bytes:?}: {decoded:?}, {walked:?}"),
            }
        }
    }
    println!("{good} good, {bad} bad, {limited} beyond the decoder's limits");
    assert_eq!(good + bad + limited, 120_000);
    assert!(good > 10_000 && bad > 10_000, "{good}, {bad}");
}

fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        bytes.push(random.next() as u8);
        return;
    }
    let at = random.below(bytes.len());
    match random.below(6) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.next() as u8,
        2 => bytes[at] = [0, 1, 2, 3, 0x7f, 0x80, 0xff][random.below(7)],
        3 => bytes.truncate(at),
        4 => bytes.insert(at, random.next() as u8),
        _ => {
            bytes.remove(at);
        }
    }
}

#[test]
fn every_truncation_and_any_bytes_are_survived() {
    let mut random = Random::new(4);
    let limits = Limits::default();
    for _ in 0..200 {
        let schema = schema(&schema_text(&mut random));
        let bytes = encode(&schema, &value(&mut random, &schema)).unwrap();
        // All of the short ones; of the long ones the first thousand places.
        for end in 0..bytes.len().min(1_000) {
            let error = decode(&schema, &bytes[..end], &limits).unwrap_err();
            assert_eq!(error.kind, DecodeErrorKind::Truncated, "{error}");
            assert!(walk(&schema, &bytes[..end], &limits).is_err());
            assert!(resolve(&schema, &schema, &bytes[..end], &limits).is_err());
        }
    }
    for _ in 0..500 {
        let reader = schema(&schema_text(&mut random));
        let writer = schema(&schema_text(&mut random));
        for _ in 0..100 {
            let bytes: Vec<u8> = (0..random.below(40)).map(|_| random.next() as u8).collect();
            let decoded = decode(&writer, &bytes, &limits);
            let walked = walk(&writer, &bytes, &limits);
            let limited = matches!(&decoded, Err(error) if error.kind == DecodeErrorKind::Limit);
            assert!(limited || decoded.is_ok() == walked.is_ok(), "{decoded:?}, {walked:?}");
            // Whatever a reader takes the writer has written.
            if resolve(&reader, &writer, &bytes, &limits).is_ok() {
                assert!(decoded.is_ok(), "{decoded:?}");
            }
        }
    }
}

#[test]
fn data_nested_100_000_levels_deep_is_an_error_and_no_overflow() {
    const LEVELS: usize = 100_000;
    let limits = Limits::default();
    let list = schema(r#"{"type":"record","name":"List","fields":[{"name":"next","type":["null","List"]}]}"#);
    let tree = schema(
        r#"{"type":"record","name":"Tree","fields":[{"name":"children","type":{"type":"array","items":"Tree"}}]}"#,
    );
    let map = schema(r#"{"type":"record","name":"Map","fields":[{"name":"of","type":{"type":"map","values":"Map"}}]}"#);
    let chain = [vec![2; LEVELS], vec![0]].concat();
    let nested = [vec![2; LEVELS], vec![0; LEVELS + 1]].concat();
    let entries = [[2, 0].repeat(LEVELS), vec![0; LEVELS + 1]].concat();
    for (schema, bytes) in [(&list, &chain), (&tree, &nested), (&map, &entries)] {
        let decoded = decode(schema, bytes, &limits).unwrap_err();
        assert_eq!(decoded.kind, DecodeErrorKind::Limit);
        assert_eq!(decoded.message, "nested deeper than the 500 levels that are allowed");
        assert!(decoded.path.len() < 500, "{}", decoded.path);
        let resolved = resolve(schema, schema, bytes, &limits).unwrap_err();
        assert_eq!((resolved.kind, resolved.message), (decoded.kind, decoded.message));
        // The walk has no such bound; it finds what is wrong at the very end.
        assert_eq!(walk(schema, bytes, &limits), Ok(()));
        let short = walk(schema, &bytes[..bytes.len() - 1], &limits).unwrap_err();
        assert_eq!(short.kind, DecodeErrorKind::Truncated);
        assert!(short.path.len() < 500, "{}", short.path);
    }
    // As deep as is allowed goes all the way round.
    let json = format!(
        r#"{}{{"next":null}}{}"#,
        r#"{"next":{"List":"#.repeat(249),
        "}}".repeat(249)
    );
    let value = from_json(&list, &Source::new("deep", json.as_str()), &JSON_LIMITS).unwrap();
    let bytes = encode(&list, &value).unwrap();
    assert_eq!(bytes, [vec![2; 249], vec![0]].concat());
    assert_eq!(
        decode(&list, &bytes, &limits).map(|value| to_json(&list, &value)),
        Ok(json)
    );
    assert_eq!(resolve(&list, &list, &bytes, &limits), Ok(value));

    let json = r#"{"next":{"List":"#.repeat(LEVELS);
    let error = from_json(&list, &Source::new("deep", json), &JSON_LIMITS).unwrap_err();
    assert_eq!(
        error.to_string(),
        "deep:1:4097: nested deeper than the 512 levels that are allowed"
    );
}

#[test]
fn a_small_payload_cannot_ask_for_much_memory_or_time() {
    let limits = Limits::default();
    // Each level doubles the fields, and none of them takes a byte.
    let mut text = r#"{"type":"record","name":"R0","fields":[]}"#.to_owned();
    for level in 1..60 {
        text = format!(
            r#"{{"type":"record","name":"R{level}","fields":[{{"name":"a","type":{text}}},{{"name":"b","type":"R{}"}}]}}"#,
            level - 1
        );
    }
    let doubled = schema(&text);
    assert_eq!(decode(&doubled, &[], &limits).unwrap_err().kind, DecodeErrorKind::Limit);
    assert_eq!(walk(&doubled, &[], &limits), Ok(()));
    assert_eq!(
        resolve(&doubled, &doubled, &[], &limits).unwrap_err().kind,
        DecodeErrorKind::Limit
    );

    // A default that contains itself twice.
    let reader = schema(
        r#"{"type":"record","name":"R","fields":[{"name":"r","type":
            {"type":"record","name":"S","fields":[
                {"name":"a","type":{"type":"array","items":"S"},"default":[]},
                {"name":"b","type":{"type":"map","values":"string"},"default":{}}]},
            "default":{}}]}"#,
    );
    let writer = schema(r#"{"type":"record","name":"R","fields":[]}"#);
    assert_eq!(
        resolve(&reader, &writer, &[], &limits)
            .map(|value| to_json(&reader, &value))
            .as_deref(),
        Ok(r#"{"r":{"a":[],"b":{}}}"#)
    );

    // A large default for each of many small items.
    let large = format!(
        r#"{{"type":"array","items":{{"type":"record","name":"R","fields":[
            {{"name":"a","type":"int"}},{{"name":"b","type":"string","default":"{}"}}]}}}}"#,
        "x".repeat(100_000)
    );
    let reader = schema(&large);
    let writer =
        schema(r#"{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}}"#);
    let items = Value::Array(vec![Value::Record(vec![Value::Int(1)]); 100_000]);
    let bytes = encode(&writer, &items).unwrap();
    assert_eq!(
        resolve(&reader, &writer, &bytes, &limits).unwrap_err().kind,
        DecodeErrorKind::Limit
    );
}

#[test]
fn a_long_chain_of_records_is_walked_without_recursion() {
    const LINKS: usize = 20_000;
    let mut text = String::from("[");
    for link in 0..LINKS {
        text += &format!(
            r#"{{"type":"record","name":"R{link}","fields":[{{"name":"next","type":"R{}"}}]}},"#,
            link + 1
        );
    }
    text += &format!(r#"{{"type":"record","name":"R{LINKS}","fields":[{{"name":"end","type":"boolean"}}]}}]"#);
    let options = Options {
        limits: JSON_LIMITS,
        strictness: Strictness::Stored,
        ..Options::default()
    };
    let schema = parse(&Source::new("chain", text), &[], &options).unwrap();
    let limits = Limits::default();
    assert_eq!(walk(&schema, &[0, 1], &limits), Ok(()));
    assert_eq!(
        walk(&schema, &[0, 2], &limits).unwrap_err().message,
        "a boolean is 0 or 1, not 2"
    );
    assert_eq!(
        decode(&schema, &[0, 1], &limits).unwrap_err().kind,
        DecodeErrorKind::Limit
    );
    // The last link alone: the number of its branch, 20,000, takes three bytes.
    assert_eq!(walk(&schema, &[0xc0, 0xb8, 0x02, 1], &limits), Ok(()));
}

#[test]
fn a_value_of_another_type_is_not_encoded() {
    let schema = schema(
        r#"{"type":"record","name":"Order","fields":[
            {"name":"id","type":{"type":"fixed","name":"Id","size":2}},
            {"name":"lines","type":{"type":"array","items":["null",{"type":"enum","name":"State","symbols":["NEW"]}]}}]}"#,
    );
    let order = |id: Value, line: Value| Value::Record(vec![id, Value::Array(vec![line])]);
    let null = Value::Union(0, Box::new(Value::Null));
    let message = |value: &Value| encode(&schema, value).unwrap_err().to_string();
    let report = [
        message(&Value::Int(1)),
        message(&Value::Record(vec![])),
        message(&order(Value::Fixed(vec![1]), null.clone())),
        message(&order(Value::Bytes(vec![1, 2]), null)),
        message(&order(Value::Fixed(vec![1, 2]), Value::Null)),
        message(&order(Value::Fixed(vec![1, 2]), Value::Union(2, Box::new(Value::Null)))),
        message(&order(
            Value::Fixed(vec![1, 2]),
            Value::Union(1, Box::new(Value::Enum(1))),
        )),
    ]
    .join("\n");
    expect![[r#"
        a value of kind int does not belong to type `Order`
        `Order` has 2 fields, the value has 0
        id: `Id` has 2 bytes, the value has 1
        id: a value of kind bytes does not belong to type `Id`
        lines[0]: a value of kind null does not belong to type `union`
        lines[0]: the union has no branch 2
        lines[0](State): `State` has no symbol 1"#]]
    .assert_eq(&report);
}
