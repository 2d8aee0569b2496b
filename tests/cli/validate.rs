//! `treaty validate`: payloads of every kind, against a file.

use std::io::Write;
use std::process::Stdio;

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, catalogue};

const SCHEMA: &str =
    r#"{"type":"record","name":"Ride","fields":[{"name":"id","type":"string"},{"name":"fare","type":"int"}]}"#;

fn validate(cli: &Cli, arguments: &[&str], expected: Expect) {
    let arguments: Vec<&str> = ["validate"].iter().chain(arguments).copied().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

fn rides() -> Cli {
    Cli::new().file("ride.avsc", SCHEMA)
}

#[test]
fn every_record_of_a_stream_is_told_with_its_place() {
    let cli = rides().file(
        "rides.ndjson",
        "{\"id\":\"a\",\"fare\":1}\n\n{\"id\":\"b\",\"fare\":2147483648}\n{\"id\":\"c\"}\n{\"id\":\n{\"id\":\"d\",\"fare\":2}\n",
    );
    validate(
        &cli,
        &["rides.ndjson", "--schema", "ride.avsc"],
        expect![[r#"
        rides.ndjson:3:18: fare: `2147483648` does not fit int, which has 32 bits
        rides.ndjson:4:1: the field `fare` of `Ride` is missing
        rides.ndjson:5:7: the text ends where a JSON value was expected
        5 records in 1 file: 3 defects
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        &["rides.ndjson", "--schema", "ride.avsc", "--max-errors", "1"],
        expect![[r#"
        rides.ndjson:3:18: fare: `2147483648` does not fit int, which has 32 bits
        2 records in 1 file: 1 defect; stopped there, see --max-errors
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        &[
            "rides.ndjson",
            "--schema",
            "ride.avsc",
            "--format",
            "json",
            "--max-errors",
            "1",
        ],
        expect![[r#"
        {
          "version": 1,
          "verdict": "invalid",
          "files": 1,
          "records": 2,
          "bytes": 20,
          "complete": false,
          "defects": [
            {
              "file": "rides.ndjson",
              "record": 2,
              "offset": 38,
              "line": 3,
              "column": 18,
              "message": "fare: `2147483648` does not fit int, which has 32 bits"
            }
          ]
        }
        --- exit 1
    "#]],
    );
}

#[test]
fn directories_are_searched_for_payloads() {
    let cli = rides()
        .file("in/good.json", r#"{"id":"a","fare":1}"#)
        .file("in/deep/bad.json", r#"{"id":1,"fare":1}"#)
        .file("in/notes.txt", "not a payload")
        .file("none/notes.txt", "");
    validate(
        &cli,
        &["in", "--schema", "ride.avsc"],
        expect![[r#"
        in/deep/bad.json:1:7: id: a string was expected, not a number
        2 records in 2 files: 1 defect
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        &["none", "--schema", "ride.avsc"],
        expect![[r#"
            --- stderr
            error: there is no payload in `none`
             |
             = help: payloads are the files that end in .json, .ndjson, .jsonl, .avro, .bin, .binpb, .pb, .delimited, .wire, .msg
            --- exit 2
        "#]],
    );
}

#[test]
fn binary_payloads_are_told_by_what_they_begin_with_or_by_the_command_line() {
    let cli = rides()
        .file("good.bin", b"\x02a\x02")
        .file("short.bin", b"\x02a")
        .file("looks_like_json.bin", b"\x02{\x02")
        .file("wire.bin", b"\0\0\0\0\x07\x02a\x02");
    validate(
        &cli,
        &["good.bin", "looks_like_json.bin", "--schema", "ride.avsc"],
        expect![[r#"
        2 records in 2 files: all valid
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        &["short.bin", "--schema", "ride.avsc"],
        expect![[r#"
            short.bin: record 1, byte 2: fare: the payload ends where an int was expected
            1 record in 1 file: 1 defect
            --- exit 1
        "#]],
    );
    validate(
        &cli,
        &["good.bin", "--schema", "ride.avsc", "--as", "json"],
        expect![[r#"
        good.bin:1:1: a JSON value was expected, not '\u{2}'
        1 record in 1 file: 1 defect
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        &["wire.bin", "--schema", "ride.avsc"],
        expect![[r#"
        1 record in 1 file: all valid
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        &["good.bin"],
        expect![[r#"
        --- stderr
        error: `good.bin` (binary) does not say which schema it belongs to
         |
         = help: name it with --schema FILE, --subject SUBJECT or --id ID
        --- exit 2
    "#]],
    );
}

#[test]
fn a_container_needs_no_schema() {
    let schema = apache_avro::Schema::parse_str(SCHEMA).unwrap();
    let mut writer = apache_avro::Writer::new(&schema, Vec::new()).unwrap();
    for fare in 0..1000 {
        let mut ride = apache_avro::types::Record::new(&schema).unwrap();
        ride.put("id", format!("ride {fare}"));
        ride.put("fare", fare);
        writer.append_value(ride).unwrap();
    }
    let bytes = writer.into_inner().unwrap();
    let mut damaged = bytes.clone();
    let last = damaged.len() - 1;
    damaged[last] ^= 0xff;
    let cli = rides()
        .file("rides.avro", &bytes)
        .file("damaged.avro", &damaged)
        .file("cut.avro", &bytes[..bytes.len() / 2])
        .file(
            "stricter.avsc",
            SCHEMA.replace("\"fields\":[", "\"fields\":[{\"name\":\"driver\",\"type\":\"string\"},"),
        );
    validate(
        &cli,
        &["rides.avro"],
        expect![[r#"
        1000 records in 1 file: all valid
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        &["rides.avro", "--schema", "stricter.avsc", "--max-errors", "2"],
        expect![[r#"
            rides.avro: record 1, byte 137: the reader needs the field `driver` of `Ride`, which the writer does not have, and which has no default
            rides.avro: record 2, byte 137: the reader needs the field `driver` of `Ride`, which the writer does not have, and which has no default
            2 records in 1 file: 2 defects; stopped there, see --max-errors
            --- exit 1
        "#]],
    );
    validate(
        &cli,
        &["damaged.avro", "cut.avro"],
        expect![[r#"
            damaged.avro: byte 137: block 1: its sync marker is not that of the file: the file is damaged here or before
            cut.avro: byte 137: block 1: the file ends within a block: 5350 of 10826 bytes are there
            0 records in 2 files: 2 defects
            --- exit 1
        "#]],
    );
}

#[test]
fn standard_input_is_a_payload_too() {
    let cli = rides();
    let mut child = cli
        .command(&["validate", "-", "--schema", "ride.avsc"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(br#"{"id":"a","fare":"b"}"#)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    expect![[r#"
        standard input:1:18: fare: an integer was expected, not a string
        1 record in 1 file: 1 defect
    "#]]
    .assert_eq(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn the_catalogue_is_as_it_says() {
    let event = |path: &str| catalogue("rides/ride_requested").join(path).display().to_string();
    let cli = Cli::new();
    let geo = catalogue("common/geo_point/v1.avsc").display().to_string();
    let schema = event("v1.avsc");
    let good = cli.run(&[
        "validate",
        &event("payloads/v1"),
        "--schema",
        &schema,
        "--reference",
        &geo,
    ]);
    assert_eq!(good.code, 0, "{}", good.transcript());
}

#[test]
fn what_cannot_be_done_is_told() {
    let cli = rides().file("good.json", "{}");
    validate(
        &cli,
        &["nothing.json", "--schema", "ride.avsc"],
        expect![[r#"
        --- stderr
        error: `nothing.json` does not exist
        --- exit 2
    "#]],
    );
    validate(
        &cli,
        &["good.json", "--schema", "ride.avsc", "--id", "3"],
        expect![[r#"
        --- stderr
        error: the argument '--schema <FILE>' cannot be used with '--id <ID>'

        Usage: treaty validate --schema <FILE> <PATH>...

        For more information, try '--help'.
        --- exit 2
    "#]],
    );
    validate(
        &cli,
        &["good.json", "--id", "3", "--registry", "http://127.0.0.1:1"],
        expect![[r#"
        --- stderr
        error: could not reach the registry at http://127.0.0.1:1: Connection refused (os error 111)
         |
         = help: start one with `treaty serve`, or name another with --registry or TREATY_REGISTRY
        --- exit 3
    "#]],
    );
}

#[test]
fn of_a_codec_that_nobody_knows_nothing_is_said() {
    let header = b"Obj\x01\x04\x16avro.schema\x0a\"int\"\x14avro.codec\x06lz4\x000123456789abcdef";
    let cli = Cli::new().file("dump.avro", header).file(
        "fine.avro",
        b"Obj\x01\x02\x16avro.schema\x0a\"int\"\x000123456789abcdef\x02\x02\x020123456789abcdef",
    );
    expect![[r#"
        --- stderr
        error: could not judge `dump.avro`: the codec `lz4` is not known; null, deflate, snappy, zstandard, bzip2, xz are
        --- exit 3
    "#]].assert_eq(&cli.run(&["validate", "dump.avro"]).transcript());
    // Others beside it are judged.
    expect![[r#"
        1 record in 1 file: all valid
        --- stderr
        error: could not judge `dump.avro`: the codec `lz4` is not known; null, deflate, snappy, zstandard, bzip2, xz are
        --- exit 3
    "#]].assert_eq(&cli.run(&["validate", "dump.avro", "fine.avro"]).transcript());
}

/// What logical types ask of values is asked of payloads too, in each form in which they come.
#[test]
fn values_of_logical_types() {
    let schema = r#"{"type":"record","name":"R","fields":[
        {"name":"id","type":{"type":"string","logicalType":"uuid"}},
        {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}},
        {"name":"at","type":{"type":"int","logicalType":"time-millis"}}]}"#;
    let id = "123e4567-e89b-12d3-a456-426614174000";
    let json = |id: &str, amount: &str, at: i64| format!(r#"{{"id":"{id}","amount":"{amount}","at":{at}}}"#);
    let cli = Cli::new()
        .file("r.avsc", schema)
        .file("good.json", json(id, r"\u0004\u00d2", 86_399_999))
        .file(
            "bad.ndjson",
            [
                json("123E4567e89b12d3a456426614174000", "\\u0001", 0),
                json(id, r"\u0027\u0010", 0),
                json(id, "", 0),
                json(id, "\\u0001", 86_400_000),
                json(id, "\\u0001", -1),
                json(id, "12.34", 0),
            ]
            .join("\n"),
        )
        .file(
            "amount.avsc",
            r#"{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}"#,
        )
        // Two characters, and with that two bytes: within the precision all the same.
        .file("digits.ndjson", "\"10\"\n\"12\"\n")
        .file("good.bin", [b"\x48", id.as_bytes(), b"\x04\x04\xd2\x02"].concat())
        .file("bad.bin", [b"\x48", id.as_bytes(), b"\x04\x27\x10\x01"].concat());
    validate(
        &cli,
        &["good.json", "good.bin", "--schema", "r.avsc"],
        expect![[r#"
        2 records in 2 files: all valid
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        &["bad.ndjson", "bad.bin", "--schema", "r.avsc"],
        expect![[r#"
        bad.ndjson:1:7: id: `123E4567e89b12d3a456426614174000` is no uuid: it has the form 123e4567-e89b-12d3-a456-426614174000
        bad.ndjson:2:55: amount: the decimal has more than the 4 digits of its precision
        bad.ndjson:3:55: amount: no bytes are no decimal: zero is the byte 0
        bad.ndjson:4:69: at: 86400000 is no time-millis: from 0 to 86399999 are allowed, which is a day
        bad.ndjson:5:69: at: -1 is no time-millis: from 0 to 86399999 are allowed, which is a day
        bad.ndjson:6:55: amount: the decimal has more than the 4 digits of its precision (`12.34` stands for the bytes of its characters, which is 2112952860.68: in Avro's JSON a decimal is the bytes of its unscaled value)
        bad.bin: record 1, byte 37: amount: the decimal has more than the 4 digits of its precision
        7 records in 2 files: 7 defects
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        &["digits.ndjson", "--schema", "amount.avsc"],
        expect![[r#"
            2 records in 1 file: all valid
            --- stderr
            note: digits.ndjson: : `10` stands for the bytes of its characters, which is 125.92: in Avro's JSON a decimal is the bytes of its unscaled value
            --- exit 0
        "#]],
    );
    validate(
        &cli,
        &["bad.ndjson", "bad.bin", "--schema", "r.avsc", "--ignore-logical-types"],
        expect![[r#"
            7 records in 2 files: all valid
            --- exit 0
        "#]],
    );
}
