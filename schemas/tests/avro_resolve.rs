//! Reading data with another schema than it was written with.

use expect_test::expect;
use treaty_schemas::avro::{DecodeErrorKind, Limits, Schema, encode, from_json, parse, resolve, to_json};
use treaty_schemas::text::json;
use treaty_schemas::{Options, Source, Strictness};

use crate::generate::avro::schema;

/// What a reader makes of data that is given in the writer's JSON encoding.
fn read(reader: &str, writer: &str, data: &str) -> String {
    let (reader, writer) = (schema(reader), schema(writer));
    outcome(&reader, &writer, &bytes(&writer, data))
}

fn bytes(writer: &Schema, data: &str) -> Vec<u8> {
    let value = from_json(writer, &Source::new("data", data), &json::Limits::default())
        .unwrap_or_else(|error| panic!("{data}: {error}"));
    encode(writer, &value).unwrap()
}

fn outcome(reader: &Schema, writer: &Schema, bytes: &[u8]) -> String {
    match resolve(reader, writer, bytes, &Limits::default()) {
        Ok(value) => to_json(reader, &value),
        Err(error) => format!("{:?}: {error}", error.kind),
    }
}

/// One line for each case: reader, writer, data, outcome.
fn table(cases: &[(&str, &str, &str)]) -> String {
    let line = |(reader, writer, data): &(&str, &str, &str)| {
        format!("{reader} <- {writer} {data}\n    {}\n", read(reader, writer, data))
    };
    cases.iter().map(line).collect()
}

const PRIMITIVES: [(&str, &str); 8] = [
    ("null", "null"),
    ("boolean", "true"),
    ("int", "-7"),
    ("long", "9007199254740993"),
    ("float", "1.5"),
    ("double", "0.1"),
    ("bytes", r#""é""#),
    ("string", r#""é""#),
];

#[test]
fn primitives_are_promoted_as_the_specification_says_and_not_otherwise() {
    let mut report = String::new();
    for (writer, data) in PRIMITIVES {
        report += &format!("{writer} {data}:");
        for (reader, _) in PRIMITIVES {
            let outcome = read(&format!("\"{reader}\""), &format!("\"{writer}\""), data);
            if !outcome.contains("the reader wants") {
                report += &format!(" {reader} {outcome},");
            }
        }
        report += "\n";
    }
    expect![[r#"
        null null: null null,
        boolean true: boolean true,
        int -7: int -7, long -7, float -7.0, double -7.0,
        long 9007199254740993: long 9007199254740993, float 9007199000000000.0, double 9007199254740992.0,
        float 1.5: float 1.5, double 1.5,
        double 0.1: double 0.1,
        bytes "é": bytes "é",
        string "é": bytes "Ã©", string "é",
    "#]]
    .assert_eq(&report);
}

#[test]
fn enums_fixeds_and_collections() {
    let report = table(&[
        (
            r#"{"type":"enum","name":"E","symbols":["B","A"]}"#,
            r#"{"type":"enum","name":"Other","symbols":["A","B"]}"#,
            r#""A""#,
        ),
        (
            r#"{"type":"enum","name":"E","symbols":["PAID"]}"#,
            r#"{"type":"enum","name":"E","symbols":["PAID","ON_HOLD"]}"#,
            r#""ON_HOLD""#,
        ),
        (
            r#"{"type":"enum","name":"E","symbols":["PAID","UNKNOWN"],"default":"UNKNOWN"}"#,
            r#"{"type":"enum","name":"E","symbols":["PAID","ON_HOLD"],"default":"PAID"}"#,
            r#""ON_HOLD""#,
        ),
        (
            r#"{"type":"fixed","name":"F","size":2}"#,
            r#"{"type":"fixed","name":"G","size":2}"#,
            r#""ab""#,
        ),
        (
            r#"{"type":"fixed","name":"F","size":3}"#,
            r#"{"type":"fixed","name":"F","size":2}"#,
            r#""ab""#,
        ),
        (r#""bytes""#, r#"{"type":"fixed","name":"F","size":2}"#, r#""ab""#),
        (r#""string""#, r#"{"type":"enum","name":"E","symbols":["A"]}"#, r#""A""#),
        (
            r#"{"type":"array","items":"double"}"#,
            r#"{"type":"array","items":"int"}"#,
            "[1,2]",
        ),
        (
            r#"{"type":"map","values":"string"}"#,
            r#"{"type":"map","values":"int"}"#,
            r#"{"a":1}"#,
        ),
        (
            r#"{"type":"map","values":"string"}"#,
            r#"{"type":"map","values":"int"}"#,
            "{}",
        ),
        (
            r#"{"type":"array","items":"int"}"#,
            r#"{"type":"map","values":"int"}"#,
            "{}",
        ),
        (
            r#"{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"needed","type":"int"}]}}"#,
            r#"{"type":"array","items":{"type":"record","name":"R","fields":[]}}"#,
            "[]",
        ),
        (
            r#"{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"needed","type":"int"}]}}"#,
            r#"{"type":"array","items":{"type":"record","name":"R","fields":[]}}"#,
            "[{}]",
        ),
    ]);
    expect![[r#"
        {"type":"enum","name":"E","symbols":["B","A"]} <- {"type":"enum","name":"Other","symbols":["A","B"]} "A"
            Unreadable: the reader wants `E`, the writer wrote `Other`, and no alias of the reader says that they are the same (at byte 0)
        {"type":"enum","name":"E","symbols":["PAID"]} <- {"type":"enum","name":"E","symbols":["PAID","ON_HOLD"]} "ON_HOLD"
            Unreadable: the reader has no symbol `ON_HOLD` and no default (at byte 0)
        {"type":"enum","name":"E","symbols":["PAID","UNKNOWN"],"default":"UNKNOWN"} <- {"type":"enum","name":"E","symbols":["PAID","ON_HOLD"],"default":"PAID"} "ON_HOLD"
            "UNKNOWN"
        {"type":"fixed","name":"F","size":2} <- {"type":"fixed","name":"G","size":2} "ab"
            Unreadable: the reader wants `F`, the writer wrote `G`, and no alias of the reader says that they are the same (at byte 0)
        {"type":"fixed","name":"F","size":3} <- {"type":"fixed","name":"F","size":2} "ab"
            Unreadable: the reader's fixed has 3 bytes, the writer's has 2 (at byte 0)
        "bytes" <- {"type":"fixed","name":"F","size":2} "ab"
            Unreadable: the reader wants `bytes`, the writer wrote `fixed F` (at byte 0)
        "string" <- {"type":"enum","name":"E","symbols":["A"]} "A"
            Unreadable: the reader wants `string`, the writer wrote `enum E` (at byte 0)
        {"type":"array","items":"double"} <- {"type":"array","items":"int"} [1,2]
            [1.0,2.0]
        {"type":"map","values":"string"} <- {"type":"map","values":"int"} {"a":1}
            Unreadable: {a}: the reader wants `string`, the writer wrote `int` (at byte 3)
        {"type":"map","values":"string"} <- {"type":"map","values":"int"} {}
            {}
        {"type":"array","items":"int"} <- {"type":"map","values":"int"} {}
            Unreadable: the reader wants `array`, the writer wrote `map` (at byte 0)
        {"type":"array","items":{"type":"record","name":"R","fields":[{"name":"needed","type":"int"}]}} <- {"type":"array","items":{"type":"record","name":"R","fields":[]}} []
            []
        {"type":"array","items":{"type":"record","name":"R","fields":[{"name":"needed","type":"int"}]}} <- {"type":"array","items":{"type":"record","name":"R","fields":[]}} [{}]
            Unreadable: [0]: the reader needs the field `needed` of `R`, which the writer does not have, and which has no default (at byte 1)
    "#]].assert_eq(&report);
}

/// A record of these fields, written in the short form `name type`.
fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)
}

#[test]
fn fields_are_found_by_name_then_by_alias_and_else_take_their_default() {
    let ab = schema(&record(r#"{"name":"a","type":"int"},{"name":"b","type":"string"}"#));
    let data = r#"{"a":1,"b":"x"}"#;
    let mut report = String::new();
    for reader in [
        r#"{"name":"b","type":"string"},{"name":"a","type":"long"}"#,
        r#"{"name":"b","type":"string"}"#,
        "",
        r#"{"name":"c","type":"int"}"#,
        r#"{"name":"c","type":"int","default":7},{"name":"b","type":"bytes"}"#,
        r#"{"name":"c","type":"int","aliases":["z","a"]}"#,
        r#"{"name":"c","type":"int","aliases":["a","a"]}"#,
        r#"{"name":"c","type":"int","aliases":["a","b"]}"#,
        r#"{"name":"a","type":"int","aliases":["b"]}"#,
        r#"{"name":"a","type":"int"},{"name":"c","type":"long","aliases":["a"]}"#,
        r#"{"name":"a","type":"string"}"#,
        r#"{"name":"c","type":["null","int"],"default":null}"#,
        r#"{"name":"c","type":["null","int"],"default":3}"#,
        r#"{"name":"c","type":{"type":"fixed","name":"F","size":2},"default":"\u0000ÿ"}"#,
        r#"{"name":"c","type":{"type":"record","name":"S","fields":[{"name":"x","type":"int"},{"name":"y","type":"double","default":2.5}]},"default":{"x":1}}"#,
        r#"{"name":"c","type":{"type":"map","values":{"type":"array","items":["string","long"]}},"default":{"k":["v"]}}"#,
        r#"{"name":"c","type":{"type":"enum","name":"E","symbols":["X","Y"]},"default":"Y"}"#,
    ] {
        // A union's default may fit a later branch in schemas that were accepted earlier.
        let options = Options {
            strictness: Strictness::Stored,
            ..Options::default()
        };
        let schema_of_reader = parse(&Source::new("reader", record(reader)), &[], &options).unwrap();
        let outcome = outcome(&schema_of_reader, &ab, &bytes(&ab, data));
        report += &format!("{reader}\n    {outcome}\n");
    }
    expect![[r#"
        {"name":"b","type":"string"},{"name":"a","type":"long"}
            {"b":"x","a":1}
        {"name":"b","type":"string"}
            {"b":"x"}

            {}
        {"name":"c","type":"int"}
            Unreadable: the reader needs the field `c` of `R`, which the writer does not have, and which has no default (at byte 0)
        {"name":"c","type":"int","default":7},{"name":"b","type":"bytes"}
            {"c":7,"b":"x"}
        {"name":"c","type":"int","aliases":["z","a"]}
            {"c":1}
        {"name":"c","type":"int","aliases":["a","a"]}
            {"c":1}
        {"name":"c","type":"int","aliases":["a","b"]}
            Unreadable: ambiguous: the reader's field `c` of `R` can stand for `a` and for `b`, and the writer has both (at byte 0)
        {"name":"a","type":"int","aliases":["b"]}
            Unreadable: ambiguous: the reader's field `a` of `R` can stand for `a` and for `b`, and the writer has both (at byte 0)
        {"name":"a","type":"int"},{"name":"c","type":"long","aliases":["a"]}
            Unreadable: ambiguous: both `a` and `c` of the reader's `R` claim the writer's field `a` (at byte 0)
        {"name":"a","type":"string"}
            Unreadable: a: the reader wants `string`, the writer wrote `int` (at byte 0)
        {"name":"c","type":["null","int"],"default":null}
            {"c":null}
        {"name":"c","type":["null","int"],"default":3}
            {"c":{"int":3}}
        {"name":"c","type":{"type":"fixed","name":"F","size":2},"default":"\u0000ÿ"}
            {"c":"\u0000ÿ"}
        {"name":"c","type":{"type":"record","name":"S","fields":[{"name":"x","type":"int"},{"name":"y","type":"double","default":2.5}]},"default":{"x":1}}
            {"c":{"x":1,"y":2.5}}
        {"name":"c","type":{"type":"map","values":{"type":"array","items":["string","long"]}},"default":{"k":["v"]}}
            {"c":{"k":[{"string":"v"}]}}
        {"name":"c","type":{"type":"enum","name":"E","symbols":["X","Y"]},"default":"Y"}
            {"c":"Y"}
    "#]].assert_eq(&report);
}

#[test]
fn a_default_that_needs_itself_is_an_error_and_not_without_end() {
    let reader = schema(&record(r#"{"name":"r","type":"R","default":{}}"#));
    let writer = schema(&record(""));
    let error = resolve(&reader, &writer, &[], &Limits::default()).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::Limit);
}

#[test]
fn a_field_that_the_reader_drops_is_checked_all_the_same() {
    let writer = schema(&record(
        r#"{"name":"a","type":{"type":"array","items":"string"}},{"name":"b","type":"int"}"#,
    ));
    let reader = schema(&record(r#"{"name":"b","type":"int"}"#));
    let good = bytes(&writer, r#"{"a":["x","y"],"b":5}"#);
    let mut bad = good.clone();
    bad[4] = 0xff;
    expect![[r#"
        {"b":5}
        Malformed: a[1]: the string is not UTF-8: its byte 0 begins no character (at byte 3)
        Trailing: 1 byte is left over after the value (at byte 7)"#]]
    .assert_eq(
        &[
            outcome(&reader, &writer, &good),
            outcome(&reader, &writer, &bad),
            outcome(&reader, &writer, &[good.clone(), vec![0]].concat()),
        ]
        .join("\n"),
    );
}

#[test]
fn unions_choose_by_the_schemas_alone() {
    let report = table(&[
        (r#"["null","string"]"#, r#""string""#, r#""x""#),
        (r#""string""#, r#"["null","string"]"#, r#"{"string":"x"}"#),
        (r#""string""#, r#"["null","string"]"#, "null"),
        (r#"["string","null"]"#, r#"["null","string"]"#, r#"{"string":"x"}"#),
        // The same type goes before a promotion, and promotions go by the reader's order.
        (r#"["double","long","int"]"#, r#""int""#, "1"),
        (r#"["double","long"]"#, r#""int""#, "1"),
        (r#"["long","double"]"#, r#"["int"]"#, r#"{"int":1}"#),
        (r#"["null","int"]"#, r#""long""#, "1"),
        (r#"["null","bytes"]"#, r#""string""#, r#""é""#),
        (r#"["null","string"]"#, r#""bytes""#, r#""ÿ""#),
        // A name, an alias, a name without its namespace.
        (
            r#"[{"type":"record","name":"x.A","fields":[]},{"type":"record","name":"y.A","fields":[]}]"#,
            r#"{"type":"record","name":"y.A","fields":[]}"#,
            "{}",
        ),
        (
            r#"[{"type":"record","name":"x.A","fields":[]},{"type":"record","name":"B","aliases":["y.A"],"fields":[]}]"#,
            r#"{"type":"record","name":"y.A","fields":[]}"#,
            "{}",
        ),
        (
            r#"[{"type":"record","name":"x.B","fields":[]},{"type":"record","name":"x.A","fields":[]}]"#,
            r#"{"type":"record","name":"y.A","fields":[]}"#,
            "{}",
        ),
        (
            r#"["null",{"type":"record","name":"x.B","fields":[]}]"#,
            r#"{"type":"record","name":"y.A","fields":[]}"#,
            "{}",
        ),
        (
            r#"["null",{"type":"fixed","name":"A","size":1}]"#,
            r#"{"type":"enum","name":"A","symbols":["X"]}"#,
            r#""X""#,
        ),
        // The chosen branch fails, and there is no second try.
        (
            r#"[{"type":"record","name":"x.A","fields":[{"name":"f","type":"int"}]},{"type":"record","name":"y.A","fields":[]}]"#,
            r#"{"type":"record","name":"x.A","fields":[]}"#,
            "{}",
        ),
        (
            r#"["null",{"type":"array","items":"int"}]"#,
            r#"["null",{"type":"array","items":"string"}]"#,
            r#"{"array":["x"]}"#,
        ),
        (
            r#"["null",{"type":"array","items":"int"}]"#,
            r#"["null",{"type":"array","items":"string"}]"#,
            r#"{"array":[]}"#,
        ),
    ]);
    expect![[r#"
        ["null","string"] <- "string" "x"
            {"string":"x"}
        "string" <- ["null","string"] {"string":"x"}
            "x"
        "string" <- ["null","string"] null
            Unreadable: (null): the reader wants `string`, the writer wrote `null` (at byte 1)
        ["string","null"] <- ["null","string"] {"string":"x"}
            {"string":"x"}
        ["double","long","int"] <- "int" 1
            {"int":1}
        ["double","long"] <- "int" 1
            {"double":1.0}
        ["long","double"] <- ["int"] {"int":1}
            {"long":1}
        ["null","int"] <- "long" 1
            Unreadable: the reader's union [null, int] has no branch for `long`, which the writer wrote (at byte 0)
        ["null","bytes"] <- "string" "é"
            {"bytes":"Ã©"}
        ["null","string"] <- "bytes" "ÿ"
            Unreadable: the reader wants `string`, and the writer's `bytes` are not UTF-8: byte 0 begins no character (at byte 0)
        [{"type":"record","name":"x.A","fields":[]},{"type":"record","name":"y.A","fields":[]}] <- {"type":"record","name":"y.A","fields":[]} {}
            {"y.A":{}}
        [{"type":"record","name":"x.A","fields":[]},{"type":"record","name":"B","aliases":["y.A"],"fields":[]}] <- {"type":"record","name":"y.A","fields":[]} {}
            {"B":{}}
        [{"type":"record","name":"x.B","fields":[]},{"type":"record","name":"x.A","fields":[]}] <- {"type":"record","name":"y.A","fields":[]} {}
            {"x.A":{}}
        ["null",{"type":"record","name":"x.B","fields":[]}] <- {"type":"record","name":"y.A","fields":[]} {}
            Unreadable: the reader's union [null, record x.B] has no branch for `record y.A`, which the writer wrote (at byte 0)
        ["null",{"type":"fixed","name":"A","size":1}] <- {"type":"enum","name":"A","symbols":["X"]} "X"
            Unreadable: the reader's union [null, fixed A] has no branch for `enum A`, which the writer wrote (at byte 0)
        [{"type":"record","name":"x.A","fields":[{"name":"f","type":"int"}]},{"type":"record","name":"y.A","fields":[]}] <- {"type":"record","name":"x.A","fields":[]} {}
            Unreadable: the reader needs the field `f` of `x.A`, which the writer does not have, and which has no default (at byte 0)
        ["null",{"type":"array","items":"int"}] <- ["null",{"type":"array","items":"string"}] {"array":["x"]}
            Unreadable: (array)[0]: the reader wants `int`, the writer wrote `string` (at byte 2)
        ["null",{"type":"array","items":"int"}] <- ["null",{"type":"array","items":"string"}] {"array":[]}
            {"array":[]}
    "#]].assert_eq(&report);
}

#[test]
fn logical_types_do_not_change_the_bytes() {
    let report = table(&[
        (
            r#""long""#,
            r#"{"type":"long","logicalType":"timestamp-millis"}"#,
            "1700000000000",
        ),
        (
            r#"{"type":"long","logicalType":"timestamp-micros"}"#,
            r#"{"type":"long","logicalType":"timestamp-millis"}"#,
            "1700000000000",
        ),
        (
            r#"{"type":"long","logicalType":"timestamp-millis"}"#,
            r#"{"type":"int","logicalType":"date"}"#,
            "1",
        ),
        (
            r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}"#,
            r#"{"type":"bytes","logicalType":"decimal","precision":9,"scale":3}"#,
            r#""\u0001""#,
        ),
    ]);
    expect![[r#"
        "long" <- {"type":"long","logicalType":"timestamp-millis"} 1700000000000
            1700000000000
        {"type":"long","logicalType":"timestamp-micros"} <- {"type":"long","logicalType":"timestamp-millis"} 1700000000000
            1700000000000
        {"type":"long","logicalType":"timestamp-millis"} <- {"type":"int","logicalType":"date"} 1
            1
        {"type":"bytes","logicalType":"decimal","precision":4,"scale":2} <- {"type":"bytes","logicalType":"decimal","precision":9,"scale":3} "\u0001"
            "\u0001"
    "#]].assert_eq(&report);
}
