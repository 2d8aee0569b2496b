//! Validation of payloads, whatever they come in, with the place of each defect.

use std::io::{self, Read};
use std::ops::ControlFlow;

use expect_test::expect;
use treaty_schemas::avro::data::container::{Codec, write};
use treaty_schemas::avro::{self, encode, from_json};
use treaty_schemas::text::json;
use treaty_schemas::validate::{
    Defect, Limits, LogicalTypes, Observer, PayloadKind, Summary, Validator, validate_container,
};
use treaty_schemas::{Format, Options, Schema, Source, wire};

use crate::generate;

const ORDER: &str = r#"{"type":"record","name":"com.acme.Order","fields":[
    {"name":"id","type":"long"},
    {"name":"state","type":{"type":"enum","name":"State","symbols":["NEW","PAID"]},"default":"NEW"},
    {"name":"note","type":["null","string"],"default":null},
    {"name":"payment","type":["null",
        {"type":"record","name":"Card","fields":[{"name":"number","type":"string"}]},
        {"type":"record","name":"Invoice","fields":[{"name":"due","type":"int"}]}]},
    {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
        {"name":"sku","type":"string"},{"name":"count","type":"int"}]}}}]}"#;

const GOOD: &str =
    r#"{"id":1,"state":"NEW","note":null,"payment":{"com.acme.Card":{"number":"4"}},"lines":[{"sku":"a","count":2}]}"#;

fn schema(text: &str) -> Schema {
    Schema::parse(Format::Avro, &Source::new("test", text), &[], &Options::default()).unwrap()
}

fn validator(text: &str, limits: Limits) -> Validator {
    Validator::new(&schema(text), limits)
}

/// Keeps what it sees, and stops after some defects.
struct Log {
    defects: Vec<String>,
    enough: usize,
    progress: Vec<(u64, u64)>,
}

impl Log {
    fn new(enough: usize) -> Self {
        Log {
            defects: Vec::new(),
            enough,
            progress: Vec::new(),
        }
    }
}

impl Observer for Log {
    fn defect(&mut self, defect: Defect) -> ControlFlow<()> {
        self.defects.push(defect.to_string());
        if self.defects.len() < self.enough {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn progress(&mut self, bytes: u64, records: u64) {
        self.progress.push((bytes, records));
    }
}

fn payload(schema: &str, kind: PayloadKind, bytes: &[u8]) -> String {
    match validator(schema, Limits::default()).payload(kind, bytes) {
        Ok(()) => "valid\n".into(),
        Err(defects) => defects.iter().map(|defect| format!("{defect}\n")).collect(),
    }
}

#[test]
fn json_says_what_is_wrong_where_and_how_to_mend_it() {
    let documents = [
        GOOD,
        "",
        "{",
        "[]",
        "{}",
        r#"{"id":1,"state":"LOST","note":"hello","payment":{"number":"4"},"lines":[{"sku":7,"count":2147483648},{"sku":"b","count":1.0,"x":1}],"more":1}"#,
        r#"{"id":9223372036854775808,"state":null,"note":{"int":1},"payment":{"Card":{"number":"4"}},"lines":{}}"#,
        r#"{"id":"1","state":"PAID","note":{"null":null},"payment":{"com.acme.Invoice":{"due":-2147483649}},"lines":[null]}"#,
        r#"{"id":1,"id":2}"#,
        "{\"id\":1,\n \"state\":\"NEW\",\n \"note\":{\"string\":null},\n \"payment\":null,\n \"lines\":[\n  {\"sku\":\"é\",\"count\":true}]}",
    ];
    let report: String = documents
        .iter()
        .map(|document| {
            format!(
                "{document}\n{}\n",
                payload(ORDER, PayloadKind::Json, document.as_bytes())
            )
        })
        .collect();
    expect![[r#"
        {"id":1,"state":"NEW","note":null,"payment":{"com.acme.Card":{"number":"4"}},"lines":[{"sku":"a","count":2}]}
        valid


        1:1: the text is empty; a JSON value was expected

        {
        1:2: the text ends where a key in double quotes was expected

        []
        1:1: an object was expected, not an array

        {}
        1:1: the field `id` of `com.acme.Order` is missing
        1:1: the field `state` of `com.acme.Order` is missing (defaults apply only when reading older data; each record must contain every field)
        1:1: the field `note` of `com.acme.Order` is missing (defaults apply only when reading older data; each record must contain every field)
        1:1: the field `payment` of `com.acme.Order` is missing
        1:1: the field `lines` of `com.acme.Order` is missing

        {"id":1,"state":"LOST","note":"hello","payment":{"number":"4"},"lines":[{"sku":7,"count":2147483648},{"sku":"b","count":1.0,"x":1}],"more":1}
        1:17: state: `com.acme.State` has no symbol `LOST`
        1:31: note: the value of a union is tagged with the name of its branch, one of [null, string] (write {"string": …})
        1:49: payment: the value of a union is tagged with the name of its branch, one of [null, com.acme.Card, com.acme.Invoice] (write {"com.acme.Card": …})
        1:80: lines[0].sku: a string was expected, not a number
        1:90: lines[0].count: `2147483648` does not fit int, which has 32 bits
        1:121: lines[1].count: `1.0` is not written as an integer
        1:125: lines[1]: `com.acme.Line` has no field `x`
        1:133: `com.acme.Order` has no field `more`

        {"id":9223372036854775808,"state":null,"note":{"int":1},"payment":{"Card":{"number":"4"}},"lines":{}}
        1:7: id: `9223372036854775808` does not fit long, which has 64 bits
        1:35: state: a symbol of `com.acme.State` was expected, not null
        1:47: note: `int` is no branch of the union [null, string]
        1:67: payment: the value of a union is tagged with the name of its branch, one of [null, com.acme.Card, com.acme.Invoice] (write {"com.acme.Card": …})
        1:99: lines: an array was expected, not an object

        {"id":"1","state":"PAID","note":{"null":null},"payment":{"com.acme.Invoice":{"due":-2147483649}},"lines":[null]}
        1:7: id: an integer was expected, not a string
        1:33: note: `null` is no branch of the union [null, string]
        1:84: payment(com.acme.Invoice).due: `-2147483649` does not fit int, which has 32 bits
        1:107: lines[0]: an object was expected, not null

        {"id":1,"id":2}
        1:9: the key `id` stands twice in this object

        {"id":1,
         "state":"NEW",
         "note":{"string":null},
         "payment":null,
         "lines":[
          {"sku":"é","count":true}]}
        3:19: note(string): a string was expected, not null
        6:22: lines[0].count: an integer was expected, not a boolean

    "#]].assert_eq(&report);
}

#[test]
fn numbers_and_bytes_in_json_are_exact() {
    let cases = [
        (r#""long""#, "9223372036854775807"),
        (r#""long""#, "-9223372036854775808"),
        (r#""long""#, "9223372036854775808"),
        (r#""long""#, "1e3"),
        (r#""int""#, "-0"),
        (r#""double""#, "1e400"),
        (r#""double""#, "1"),
        (r#""double""#, r#""NaN""#),
        (r#""float""#, r#""-Infinity""#),
        (r#""float""#, "1e39"),
        (r#""float""#, r#""1""#),
        (r#""bytes""#, r#""\u0000ÿ""#),
        (r#""bytes""#, r#""Ā""#),
        (r#"{"type":"fixed","name":"F","size":2}"#, r#""ab""#),
        (r#"{"type":"fixed","name":"F","size":2}"#, r#""abc""#),
        (r#"["int","string"]"#, r#""abc""#),
        (r#"["int","string"]"#, "null"),
        (r#"["int","string"]"#, r#"{"bytes":""}"#),
        (r#"{"type":"map","values":"int"}"#, r#"{"a":1,"b":"x"}"#),
        (r#""null""#, "0"),
        (r#""boolean""#, "1"),
    ];
    let report: String = cases
        .iter()
        .map(|(schema, data)| {
            format!(
                "{schema} {data}: {}",
                payload(schema, PayloadKind::Json, data.as_bytes())
            )
        })
        .collect();
    expect![[r#"
        "long" 9223372036854775807: valid
        "long" -9223372036854775808: valid
        "long" 9223372036854775808: 1:1: `9223372036854775808` does not fit long, which has 64 bits
        "long" 1e3: 1:1: `1e3` is not written as an integer
        "int" -0: valid
        "double" 1e400: 1:1: `1e400` is too large for 64 bits
        "double" 1: valid
        "double" "NaN": valid
        "float" "-Infinity": valid
        "float" 1e39: 1:1: `1e39` is too large for 32 bits
        "float" "1": 1:1: a number was expected, or one of "NaN", "Infinity", "-Infinity"
        "bytes" "\u0000ÿ": valid
        "bytes" "Ā": 1:1: `Ā` stands for no byte; only characters up to U+00FF do
        {"type":"fixed","name":"F","size":2} "ab": valid
        {"type":"fixed","name":"F","size":2} "abc": 1:1: `F` has 2 bytes, and this string stands for 3
        ["int","string"] "abc": 1:1: the value of a union is tagged with the name of its branch, one of [int, string] (write {"string": …})
        ["int","string"] null: 1:1: null is no branch of the union [int, string]
        ["int","string"] {"bytes":""}: 1:1: `bytes` is no branch of the union [int, string]
        {"type":"map","values":"int"} {"a":1,"b":"x"}: 1:12: {b}: an integer was expected, not a string
        "null" 0: 1:1: null was expected, not a number
        "boolean" 1: 1:1: true or false was expected, not a number
    "#]].assert_eq(&report);
}

#[test]
fn a_document_with_many_defects_is_not_reported_without_end() {
    let document = format!("[{}]", vec!["true"; 100_000].join(","));
    let report = payload(
        r#"{"type":"array","items":"int"}"#,
        PayloadKind::Json,
        document.as_bytes(),
    );
    assert_eq!(report.lines().count(), 20);
}

#[test]
fn lines_are_checked_one_by_one() {
    let limits = Limits {
        json: json::Limits {
            bytes: 200,
            ..Limits::default().json
        },
        ..Limits::default()
    };
    let validator = validator(ORDER, limits);
    let long = "x".repeat(500);
    let mut stream = format!("{GOOD}\r\n\n{{\"id\":1\n  {GOOD}\n{long}\n").into_bytes();
    stream.extend_from_slice(b"{\"id\":\"\xc3\xa9\xff\"}\n");
    stream.extend_from_slice(GOOD.replace("\"count\":2", "\"count\":\"2\"").as_bytes());
    let mut log = Log::new(100);
    let summary = validator.stream(PayloadKind::JsonLines, &stream[..], &mut log).unwrap();
    assert_eq!(
        summary,
        Summary {
            bytes: stream.len() as u64,
            records: 6,
            defects: 4,
            unknown: 0,
            complete: true
        }
    );
    expect![[r#"
        3:8: the text ends where `,` or `}` was expected
        5:1: the line has more than the 200 bytes that are allowed
        6:9: this is not UTF-8
        7:106: lines[0].count: an integer was expected, not a string"#]]
    .assert_eq(&log.defects.join("\n"));

    let mut log = Log::new(2);
    let summary = validator.stream(PayloadKind::JsonLines, &stream[..], &mut log).unwrap();
    assert_eq!((summary.records, summary.defects, summary.complete), (4, 2, false));
}

/// A line again and again: more than would fit in memory if it were kept.
struct Endless {
    line: Vec<u8>,
    at: usize,
    left: usize,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = out.len().min(self.line.len() - self.at).min(self.left);
        out[..count].copy_from_slice(&self.line[self.at..self.at + count]);
        self.at = (self.at + count) % self.line.len();
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn a_long_stream_reports_its_progress() {
    let line = format!("{GOOD}\n").into_bytes();
    let total = line.len() * 20_000;
    let stream = Endless {
        line,
        at: 0,
        left: total,
    };
    let mut log = Log::new(1);
    let summary = validator(ORDER, Limits::default())
        .stream(PayloadKind::JsonLines, stream, &mut log)
        .unwrap();
    assert_eq!(
        (summary.records, summary.defects, summary.bytes),
        (20_000, 0, total as u64)
    );
    assert!(log.progress.len() >= total / (512 * 1024), "{:?}", log.progress);
    assert!(log.progress.is_sorted());
    assert_eq!(log.progress.last(), Some(&(total as u64, 20_000)));

    // One line without an end is skipped rather than kept.
    let stream = Endless {
        line: vec![b'x'; 1000],
        at: 0,
        left: 40_000_000,
    };
    let mut log = Log::new(1);
    let summary = validator(ORDER, Limits::default())
        .stream(PayloadKind::JsonLines, stream, &mut log)
        .unwrap();
    assert_eq!((summary.records, summary.defects), (1, 1));
    assert_eq!(
        log.defects,
        ["1:1: the line has more than the 16777216 bytes that are allowed"]
    );
}

#[test]
fn a_stream_that_fails_is_not_the_payloads_fault() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let validator = validator(ORDER, Limits::default());
    // A stream of delimited messages is refused before it is read.
    for kind in PayloadKind::ALL
        .into_iter()
        .filter(|kind| *kind != PayloadKind::Delimited)
    {
        let error = validator.stream(kind, Broken, &mut Log::new(1)).unwrap_err();
        assert_eq!(error.to_string(), "the disk is on fire", "{kind:?}");
    }
}

fn binary(schema: &avro::Schema, data: &str) -> Vec<u8> {
    let value = from_json(schema, &Source::new("data", data), &Limits::default().json).unwrap();
    encode(schema, &value).unwrap()
}

#[test]
fn binary_and_wire_payloads() {
    let schema = generate::avro::schema(ORDER);
    let good = binary(&schema, GOOD);
    let cut = &good[..good.len() - 3];
    let report = [
        payload(ORDER, PayloadKind::Binary, &good),
        payload(ORDER, PayloadKind::Binary, cut),
        payload(ORDER, PayloadKind::Binary, &[&good[..], &[0]].concat()),
        payload(ORDER, PayloadKind::Wire, &wire::join(7, &good)),
        payload(ORDER, PayloadKind::Wire, &wire::join(7, cut)),
        payload(ORDER, PayloadKind::Wire, &good),
        payload(ORDER, PayloadKind::Wire, &[0, 0, 0]),
        payload(ORDER, PayloadKind::Container, &good),
        payload(ORDER, PayloadKind::Binary, &[]),
    ]
    .concat();
    expect![[r#"
        valid
        record 1, byte 7: lines[0].sku: the length is 1, but 0 bytes are left
        record 1, byte 11: 1 byte is left over after the value
        valid
        record 1, byte 12: lines[0].sku: the length is 1, but 0 bytes are left
        record 1, byte 0: a message in the wire format begins with 0, not 2
        record 1, byte 0: a message in the wire format has at least 5 bytes, not 3
        byte 0: this is no Avro object container: it does not begin with `Obj` and 1
        record 1, byte 0: id: the payload ends where a long was expected
    "#]]
    .assert_eq(&report);
    assert_eq!(wire::split(&wire::join(7, &good)), Ok((7, &good[..])));
    // Bytes stand there as they are, decimals too, without a length.
    for schema in [
        "\"bytes\"",
        "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4}",
    ] {
        for raw in [&b""[..], b"\x02", b"no length"] {
            assert_eq!(payload(schema, PayloadKind::Wire, &wire::join(7, raw)), "valid\n");
        }
    }
}

#[test]
fn containers_are_checked_against_their_own_schema_and_must_be_readable_with_the_given_one() {
    let writer = generate::avro::schema(
        r#"{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"state",
            "type":{"type":"enum","name":"State","symbols":["NEW","PAID","LOST"]}}]}"#,
    );
    let reader = r#"{"type":"record","name":"Order","fields":[{"name":"state",
            "type":{"type":"enum","name":"State","symbols":["NEW","PAID"]}}]}"#;
    let orders: Vec<_> = (0..6)
        .map(|id| avro::Value::Record(vec![avro::Value::Long(id), avro::Value::Enum(id as u32 % 3)]))
        .collect();
    let mut file = write(&writer, Codec::Deflate, &orders, 2).unwrap();
    let mut log = Log::new(100);
    let summary = validate_container(&file[..], &Limits::default(), LogicalTypes::Checked, &mut log).unwrap();
    assert_eq!((summary.records, summary.defects, summary.complete), (6, 0, true));

    let mut log = Log::new(100);
    let summary = validator(reader, Limits::default())
        .stream(PayloadKind::Container, &file[..], &mut log)
        .unwrap();
    assert_eq!((summary.records, summary.defects), (6, 2));
    expect![[r#"
        record 3, byte 237: state: the reader has no symbol `LOST` and no default
        record 6, byte 261: state: the reader has no symbol `LOST` and no default"#]]
    .assert_eq(&log.defects.join("\n"));

    let end = file.len();
    file[end - 1] ^= 1;
    let mut log = Log::new(100);
    let summary = validate_container(&file[..], &Limits::default(), LogicalTypes::Checked, &mut log).unwrap();
    assert_eq!((summary.records, summary.defects, summary.complete), (4, 1, true));
    expect!["byte 261: block 3: its sync marker is not that of the file: the file is damaged here or before"]
        .assert_eq(&log.defects.join("\n"));
}

#[test]
fn what_a_payload_is_can_be_told_from_its_beginning() {
    let cases: &[(&[u8], PayloadKind)] = &[
        (b"Obj\x01\x02", PayloadKind::Container),
        (b"{\"a\":1}", PayloadKind::Json),
        (b"\xef\xbb\xbf {\n \"a\": 1\n}\n", PayloadKind::Json),
        (b"{\"a\":1}\n", PayloadKind::Json),
        (b"{\"a\":1}\n{\"a\":2}\n", PayloadKind::JsonLines),
        (b"\n{\"a\":1}\r\n{\"a\":", PayloadKind::JsonLines),
        (b"1\n2\n", PayloadKind::JsonLines),
        (b"{\"a\":\"\xc3", PayloadKind::Json),
        (b"{\"a\":\"\xc3(", PayloadKind::Binary),
        (b"\x00\x00\x00\x00\x07\x02", PayloadKind::Wire),
        (b"\x00\x02\x00\x00\x07\x02", PayloadKind::Binary),
        (b"\x02\x06foo", PayloadKind::Binary),
        (b"", PayloadKind::Binary),
    ];
    for (head, kind) in cases {
        assert_eq!(PayloadKind::detect(head), *kind, "{head:?}");
    }
}
