//! What a message is on the wire: what is read, what is kept aside, what is refused and where.

use expect_test::expect;
use treaty_schemas::protobuf::{
    DataLimits, FieldValue, MessageValue, Schema, Unknown, Value, Walker, compile, decode, encode, to_json,
};
use treaty_schemas::{Options, Source};

fn schema(text: &str) -> Schema {
    match compile(&Source::new("test.proto", text), "test.proto", &[], &Options::default()) {
        Ok(schema) => schema,
        Err(error) => panic!("{error}"),
    }
}

/// Bytes from hexadecimal digits with white space between them.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// What the first message of a schema is made of these bytes: its JSON and the unknown fields, or the error. The walk must
/// say the same.
fn read(schema: &Schema, payload: &[u8]) -> String {
    let message = schema.main().messages[0];
    let limits = DataLimits::default();
    let decoded = decode(&schema.set, message, payload, &limits);
    let walked = Walker::new(&schema.clone().into()).walk(message, payload, &limits, Unknown::Counted);
    assert_eq!(decoded.as_ref().err(), walked.as_ref().err());
    match decoded {
        Ok(value) => {
            let again = encode(&schema.set, message, &value).unwrap();
            assert_eq!(decode(&schema.set, message, &again, &limits).unwrap(), value);
            let unknown: Vec<String> = value
                .unknown
                .iter()
                .map(|field| format!(" #{} {:02x?}", field.number, field.bytes))
                .collect();
            let json = to_json(&schema.set, message, &value).unwrap();
            format!("{json}{}", unknown.concat())
        }
        Err(error) => format!("{error} [{:?}]", error.kind),
    }
}

fn table(schema: &Schema, rows: &[(&str, &str)]) -> String {
    rows.iter()
        .map(|(hex, what)| format!("{what}: {}\n", read(schema, &bytes(hex))))
        .collect()
}

const ORDER: &str = r#"
    syntax = "proto3";
    package acme;
    message Order {
      int32 count = 1;
      string name = 2;
      repeated int32 sizes = 3;
      repeated string tags = 4;
      Line line = 5;
      repeated Line lines = 6;
      map<string, Line> by_sku = 7;
      map<int32, State> states = 8;
      oneof payment { string card = 9; int64 invoice = 10; Line line_paid = 11; }
      optional bool gift = 12;
      State state = 13;
      sint64 balance = 14;
      repeated State history = 15;
      uint64 big = 16;
      bool flag = 17;
      double ratio = 18;
    }
    message Line { string sku = 1; sint32 delta = 2; fixed64 stamp = 3; float weight = 4; Line next = 5; }
    enum State { NEW = 0; PAID = 1; }
"#;

#[test]
fn what_runtimes_read() {
    let report = table(
        &schema(ORDER),
        &[
            ("", "nothing"),
            ("08 01 08 02", "the last one counts"),
            ("08 01 08 00", "the last one is zero, which is absence"),
            ("60 00", "an optional zero is there"),
            ("08 ff ff ff ff 1f", "more than 32 bits lose what is above"),
            ("08 ff ff ff ff ff ff ff ff ff 01", "minus one in ten bytes"),
            ("88 80 80 80 00 07", "a tag that takes five bytes"),
            ("1a 03 01 02 03 18 04 1a 00", "packed and not packed"),
            ("22 01 61 22 00", "strings"),
            ("2a 03 0a 01 61 2a 02 10 03", "embedded messages merge"),
            ("32 03 0a 01 61 32 02 10 03", "items do not"),
            (
                "3a 07 0a 01 6b 12 02 10 03 3a 05 0a 01 6b 12 00",
                "the last entry of a key counts",
            ),
            ("3a 00", "an entry without key and value"),
            ("42 04 08 02 10 07", "an entry of an open enum"),
            ("4a 01 61 50 05", "a member of a oneof clears another"),
            (
                "5a 02 10 02 4a 01 61 5a 03 0a 01 62",
                "and a message that was cleared begins anew",
            ),
            ("68 07", "a number that an open enum does not name"),
            ("7a 02 00 05", "packed enums"),
            ("70 01", "zig-zag"),
            ("80 01 ff ff ff ff ff ff ff ff ff 01", "64 bits"),
            ("88 01 80 80 80 80 10", "a bool is true by any bit"),
            ("91 01 00 00 00 00 00 00 f8 7f", "not a number"),
            ("0a 01 61", "a field of another wire type is unknown"),
            ("52 01 61", "and does not set a oneof"),
            ("a0 06 01 a3 06 08 01 a4 06", "unknown fields and groups"),
        ],
    );
    expect![[r#"
        nothing: {}
        the last one counts: {"count":2}
        the last one is zero, which is absence: {}
        an optional zero is there: {"gift":false}
        more than 32 bits lose what is above: {"count":-1}
        minus one in ten bytes: {"count":-1}
        a tag that takes five bytes: {"count":7}
        packed and not packed: {"sizes":[1,2,3,4]}
        strings: {"tags":["a",""]}
        embedded messages merge: {"line":{"sku":"a","delta":-2}}
        items do not: {"lines":[{"sku":"a"},{"delta":-2}]}
        the last entry of a key counts: {"bySku":{"k":{}}}
        an entry without key and value: {"bySku":{"":{}}}
        an entry of an open enum: {"states":{"2":7}}
        a member of a oneof clears another: {"invoice":"5"}
        and a message that was cleared begins anew: {"linePaid":{"sku":"b"}}
        a number that an open enum does not name: {"state":7}
        packed enums: {"history":["NEW",5]}
        zig-zag: {"balance":"-1"}
        64 bits: {"big":"18446744073709551615"}
        a bool is true by any bit: {"flag":true}
        not a number: {"ratio":"NaN"}
        a field of another wire type is unknown: {} #1 [0a, 01, 61]
        and does not set a oneof: {} #10 [52, 01, 61]
        unknown fields and groups: {} #100 [a0, 06, 01] #100 [a3, 06, 08, 01, a4, 06]
    "#]]
    .assert_eq(&report);
}

#[test]
fn what_no_runtime_reads() {
    let deep = |levels: usize| {
        let mut payload = Vec::new();
        for _ in 0..levels {
            let mut outer = vec![0x2a];
            let mut length = payload.len();
            while length >= 0x80 {
                outer.push(length as u8 | 0x80);
                length >>= 7;
            }
            outer.push(length as u8);
            outer.append(&mut payload);
            payload = outer;
        }
        payload
    };
    let schema = schema(ORDER);
    let mut report = table(
        &schema,
        &[
            ("08", "a varint is missing"),
            ("08 ff", "a varint is cut off"),
            ("08 ff ff ff ff ff ff ff ff ff ff 01", "a varint of eleven bytes"),
            ("08 ff ff ff ff ff ff ff ff ff 02", "a varint of 65 bits"),
            ("88 80 80 80 80 00 07", "a tag of six bytes"),
            ("88 80 80 80 10 07", "a tag of 33 bits"),
            ("00 01", "field number 0"),
            ("0e", "wire type 6"),
            ("0f", "wire type 7"),
            ("0c", "a group ends"),
            ("12 03 61 62", "a length beyond the end"),
            ("12 ff ff ff ff ff ff ff ff ff 01", "the largest length"),
            ("12 02 c3 28", "no UTF-8"),
            ("22 01 61 22 01 ff", "no UTF-8 in an item"),
            ("3a 05 0a 01 6b 12 03", "an entry that ends early"),
            ("3a 0a 0a 01 6b 12 05 0a 03 61 ff 62", "no UTF-8 in an entry"),
            ("3a 03 0a 01 ff", "no UTF-8 in a key"),
            ("1a 02 01 ff", "a packed run that ends early"),
            ("32 00 32 02 0a 05", "a length beyond its message"),
            ("a3 06 08 01", "an unknown group that is not closed"),
            ("a3 06 ac 06", "an unknown group that another closes"),
            ("91 01 00 00", "eight bytes are not there"),
        ],
    );
    for (levels, hex) in [(100, ""), (101, "")] {
        let mut payload = deep(levels);
        payload.extend(bytes(hex));
        let answer = read(&schema, &payload);
        let answer = if answer.len() > 200 {
            &answer[answer.len() - 60..]
        } else {
            &answer
        };
        report.push_str(&format!("{levels} levels: {answer}\n"));
    }
    for levels in [100, 101] {
        let mut payload = [0xa3, 0x06].repeat(levels);
        payload.extend([0xa4, 0x06].repeat(levels));
        let answer = read(&schema, &payload);
        report.push_str(&format!(
            "{levels} unknown groups: {}\n",
            &answer[..answer.len().min(90)]
        ));
    }
    expect![[r#"
        a varint is missing: count: the data ends where a varint should be (at byte 1) [Truncated]
        a varint is cut off: count: the data ends where a varint should be (at byte 1) [Truncated]
        a varint of eleven bytes: count: a varint takes more than 10 bytes (at byte 1) [Malformed]
        a varint of 65 bits: count: a varint has more than 64 bits (at byte 1) [Malformed]
        a tag of six bytes: a tag takes more than 5 bytes (at byte 0) [Malformed]
        a tag of 33 bits: a tag has more than 32 bits (at byte 0) [Malformed]
        field number 0: a tag has the field number 0, which no field has (at byte 0) [Malformed]
        wire type 6: there is no wire type 6 (at byte 0) [Malformed]
        wire type 7: there is no wire type 7 (at byte 0) [Malformed]
        a group ends: the group of field 1 ends that has not begun (at byte 0) [Malformed]
        a length beyond the end: name: the length is 3, but 2 bytes are left (at byte 1) [Truncated]
        the largest length: name: the length is 18446744073709551615, but 0 bytes are left (at byte 1) [Truncated]
        no UTF-8: name: the string is not UTF-8: its byte 0 begins no character (at byte 1) [Utf8]
        no UTF-8 in an item: tags[1]: the string is not UTF-8: its byte 0 begins no character (at byte 4) [Utf8]
        an entry that ends early: by_sku{k}: the length is 3, but 0 bytes are left (at byte 6) [Truncated]
        no UTF-8 in an entry: by_sku{k}.sku: the string is not UTF-8: its byte 1 begins no character (at byte 8) [Utf8]
        no UTF-8 in a key: by_sku: the string is not UTF-8: its byte 0 begins no character (at byte 3) [Utf8]
        a packed run that ends early: sizes[1]: the data ends where a varint should be (at byte 3) [Truncated]
        a length beyond its message: lines[1].sku: the length is 5, but 0 bytes are left (at byte 5) [Truncated]
        an unknown group that is not closed: #100: the data ends within the group of field 100 (at byte 4) [Truncated]
        an unknown group that another closes: #100: the group of field 100 is open, but that of field 101 ends (at byte 2) [Malformed]
        eight bytes are not there: ratio: the data ends where eight bytes should be (at byte 2) [Truncated]
        100 levels: }}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}
        101 levels: xt.next: nested deeper than is allowed (at byte 239) [Limit]
        100 unknown groups: {} #100 [a3, 06, a3, 06, a3, 06, a3, 06, a3, 06, a3, 06, a3, 06, a3, 06, a3, 06, a3, 06, a
        101 unknown groups: #100: nested deeper than is allowed (at byte 202) [Limit]
    "#]].assert_eq(&report);
}

#[test]
fn proto2() {
    let schema = schema(
        r#"
        syntax = "proto2";
        message Outer {
          required int32 id = 1;
          optional Inner inner = 2;
          repeated Inner inners = 3;
          optional State state = 4;
          repeated State states = 5;
          map<string, Level> by_name = 6;
          optional group Part = 7 { required string name = 1; }
          optional string text = 8;
          oneof choice { Inner one = 9; string two = 10; }
          map<string, Inner> inner_by_name = 11;
          repeated int32 packed = 12 [packed = true];
          extensions 100 to 199;
        }
        message Inner { required int32 a = 1; required State b = 2; }
        enum State { NEW = 1; PAID = 2; }
        enum Level { LOW = 0; HIGH = 1; }
        extend Outer { optional Inner more = 100; repeated string notes = 101; }
        "#,
    );
    let report = table(
        &schema,
        &[
            ("", "a required field is missing"),
            ("08 00", "a required zero is there"),
            ("08 00 12 02 08 01 12 02 10 01", "two halves of a message"),
            ("08 00 12 02 08 01", "half of a message"),
            (
                "08 00 12 04 08 01 10 07",
                "a required number that its closed enum does not have",
            ),
            ("08 00 1a 04 08 01 10 01 1a 00", "an item that is not complete"),
            ("08 00 20 07", "a number that a closed enum does not have"),
            ("08 00 20 02 20 07", "which leaves the one before"),
            ("08 00 28 01 28 05 2a 03 02 06 01", "items of a closed enum"),
            (
                "08 00 32 05 0a 01 61 10 07",
                "an entry whose number a closed enum does not have",
            ),
            (
                "08 00 32 03 0a 01 61",
                "an entry without a value is the first of the enum",
            ),
            ("08 00 3b 0a 01 61 3c", "a group"),
            ("08 00 3b 3c", "a group that is not complete"),
            ("08 00 3b 0a 01 61", "a group that is not closed"),
            ("08 00 3b 0a 01 61 44", "a group that another closes"),
            ("08 00 3a 03 0a 01 61", "a group between lengths is unknown"),
            ("08 00 42 01 ff", "a string that nobody checks"),
            ("08 00 4a 00 52 01 61", "a message that is not complete, but cleared"),
            ("08 00 5a 03 0a 01 61", "an entry whose value is not complete"),
            ("08 00 62 02 01 02 60 03", "packed and not packed"),
            ("08 00 a2 06 04 08 01 10 01 aa 06 01 61", "extensions"),
            ("08 00 a2 06 00", "an extension that is not complete"),
        ],
    );
    expect![[r#"
        a required field is missing: the required field `id` of `Outer` is missing (at byte 0) [Required]
        a required zero is there: {"id":0}
        two halves of a message: {"id":0,"inner":{"a":1,"b":"NEW"}}
        half of a message: inner: the required field `b` of `Inner` is missing (at byte 6) [Required]
        a required number that its closed enum does not have: inner: the required field `b` of `Inner` is missing (at byte 8) [Required]
        an item that is not complete: inners[1]: the required field `a` of `Inner` is missing (at byte 10) [Required]
        a number that a closed enum does not have: {"id":0} #4 [20, 07]
        which leaves the one before: {"id":0,"state":"PAID"} #4 [20, 07]
        items of a closed enum: {"id":0,"states":["NEW","PAID","NEW"]} #5 [28, 05] #5 [28, 06]
        an entry whose number a closed enum does not have: {"id":0} #6 [32, 05, 0a, 01, 61, 10, 07]
        an entry without a value is the first of the enum: {"id":0,"byName":{"a":"LOW"}}
        a group: {"id":0,"part":{"name":"a"}}
        a group that is not complete: part: the required field `name` of `Outer.Part` is missing (at byte 4) [Required]
        a group that is not closed: part: the data ends within the group of field 7 (at byte 6) [Truncated]
        a group that another closes: part: the group of field 7 is open, but that of field 8 ends (at byte 6) [Malformed]
        a group between lengths is unknown: {"id":0} #7 [3a, 03, 0a, 01, 61]
        a string that nobody checks: {"id":0,"text":"�"}
        a message that is not complete, but cleared: {"id":0,"two":"a"}
        an entry whose value is not complete: inner_by_name{a}: the required field `a` of `Inner` is missing (at byte 7) [Required]
        packed and not packed: {"id":0,"packed":[1,2,3]}
        extensions: {"id":0,"[more]":{"a":1,"b":"NEW"},"[notes]":["a"]}
        an extension that is not complete: (more): the required field `a` of `Inner` is missing (at byte 5) [Required]
    "#]].assert_eq(&report);
}

#[test]
fn what_is_written() {
    let schema = schema(ORDER);
    let message = schema.main().messages[0];
    let mut value = MessageValue::default()
        .with(16, Value::Uint64(u64::MAX))
        .with(1, Value::Int32(-1))
        .with(13, Value::Enum(-7))
        .with(12, Value::Bool(false));
    value
        .fields
        .insert(3, FieldValue::Repeated(vec![Value::Int32(300), Value::Int32(-1)]));
    value
        .fields
        .insert(4, FieldValue::Repeated(vec![Value::String("é".into())]));
    let written = encode(&schema.set, message, &value).unwrap();
    assert_eq!(
        written,
        bytes(
            "08 ffffffffffffffffff01 1a 0c ac02 ffffffffffffffffff01 22 02 c3a9 60 00 68 f9ffffffffffffffff01 8001 ffffffffffffffffff01"
        )
    );
    let wrong = [
        MessageValue::default().with(1, Value::Int64(1)),
        MessageValue::default().with(3, Value::Int32(1)),
        MessageValue::default().with(99, Value::Int32(1)),
        MessageValue::default()
            .with(9, Value::String("a".into()))
            .with(10, Value::Int64(1)),
        MessageValue::default().with(
            5,
            Value::Message(Box::new(MessageValue::default().with(1, Value::Bool(true)))),
        ),
    ];
    let report: String = wrong
        .iter()
        .map(|value| format!("{}\n", encode(&schema.set, message, value).unwrap_err()))
        .collect();
    expect![[r#"
        count: a value of kind int64 does not belong to this field
        sizes: a single value does not belong to this field
        `acme.Order` has no field 99
        the fields 9 and 10 of `acme.Order` are members of one oneof
        line.sku: a value of kind bool does not belong to this field
    "#]]
    .assert_eq(&report);
}
