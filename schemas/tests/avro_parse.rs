//! The Avro parser: what it refuses and where, what it takes, and that nothing hurts it.

use std::fmt::Write;

use expect_test::{Expect, expect};
use treaty_schemas::avro::schema::Logical;
use treaty_schemas::avro::{Schema, parse};
use treaty_schemas::{Options, ParseError, Source, Strictness};

#[path = "avro_parse/large.rs"]
mod large;
#[path = "avro_parse/mutants.rs"]
mod mutants;
#[path = "avro_parse/oracle.rs"]
mod oracle;

fn parse_as(text: &str, references: &[&str], strictness: Strictness) -> Result<Schema, ParseError> {
    let options = Options {
        strictness,
        ..Options::default()
    };
    let references: Vec<Source> = (1..)
        .zip(references)
        .map(|(number, text)| Source::new(format!("reference-{number}"), *text))
        .collect();
    parse(&Source::new("schema", text), &references, &options)
}

fn parse_new(text: &str) -> Result<Schema, ParseError> {
    parse_as(text, &[], Strictness::New)
}

fn check(text: &str, expected: Expect) {
    check_with(text, &[], Strictness::New, expected);
}

fn check_with(text: &str, references: &[&str], strictness: Strictness, expected: Expect) {
    let mut shown = String::new();
    match parse_as(text, references, strictness) {
        Ok(schema) => shown = format!("fine: {}\n", schema.canonical()),
        Err(error) => {
            for problem in &error.problems {
                let (source, point) = (problem.source.name(), problem.point());
                let _ = writeln!(shown, "{source}:{point}: {}", problem.message);
                if let Some(help) = &problem.help {
                    let _ = writeln!(shown, "  {help}");
                }
            }
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn what_is_no_type() {
    check(
        "3",
        expect![[r#"
        schema:1:1: a number is no type
          a type is a name such as "string", an object with a `type`, or an array of a union's branches
    "#]],
    );
    check(
        "{",
        expect![[r#"
        schema:1:2: the text ends where a key in double quotes was expected
    "#]],
    );
    check(
        r#"{"type":"int","type":"long"}"#,
        expect![[r#"
        schema:1:15: the key `type` stands twice in this object
    "#]],
    );
    check(
        r#"{"name":"R"}"#,
        expect![[r#"
        schema:1:1: the type has no `type`
          say what it is, for instance "type": "record"
    "#]],
    );
    check(
        r#"{"type":{"type":"int"}}"#,
        expect![[r#"
        schema:1:9: `type` is an object where the name of a type is needed
          the inner schema is a type by itself: write it without the object around it
    "#]],
    );
    check(
        r#"{"type":["null","int"]}"#,
        expect![[r#"
        schema:1:9: `type` is an array where the name of a type is needed
          the inner schema is a type by itself: write it without the object around it
    "#]],
    );
    check(
        r#"{"type":"array"}"#,
        expect![[r#"
        schema:1:1: the array has no `items`
          give the type of its items: "items": "string"
    "#]],
    );
    check(
        r#"{"type":"map","items":"int"}"#,
        expect![[r#"
        schema:1:1: the map has no `values`
          give the type of its values: "values": "string"
    "#]],
    );
    check(
        r#"["null",["int"]]"#,
        expect![[r#"
        schema:1:9: a union stands directly in a union
          write the inner union's branches into the outer one
    "#]],
    );
    check(
        r#"["int","string",{"type":"int","logicalType":"date"},3,"string"]"#,
        expect![[r#"
            schema:1:17: the union has a second branch `int`
              the branches of a union are told apart by name: for records, enums and fixeds the full name, for all others the kind, whatever their attributes
            schema:1:53: a number is no type
              a type is a name such as "string", an object with a `type`, or an array of a union's branches
            schema:1:55: the union has a second branch `string`
              the branches of a union are told apart by name: for records, enums and fixeds the full name, for all others the kind, whatever their attributes
        "#]],
    );
    check(
        r#"[{"type":"fixed","name":"a.F","size":1},{"type":"fixed","name":"b.F","size":1},"a.F"]"#,
        expect![[r#"
            schema:1:80: the union has a second branch `a.F`
              the branches of a union are told apart by name: for records, enums and fixeds the full name, for all others the kind, whatever their attributes
        "#]],
    );
}

#[test]
fn records() {
    check(
        r#"{"type":"record","name":"R"}"#,
        expect![[r#"
        schema:1:1: the record `R` has no `fields`
          a record without fields has "fields": []
    "#]],
    );
    check(
        r#"{"type":"record","name":"R","fields":{}}"#,
        expect![[r#"
        schema:1:38: `fields` is an array of objects, not an object
    "#]],
    );
    check(
        r#"{"type":"record","name":"R","fields":[
  "junk",
  {"type":"int"},
  {"name":"a"},
  {"name":3,"type":"int"},
  {"name":"b","type":"int","order":"up"},
  {"name":"c","type":"int","aliases":"x"},
  {"name":"d-e","type":"int"},
  {"name":"f","type":"int"},
  {"name":"f","type":"int"}
]}"#,
        expect![[r#"
            schema:2:3: a field of a record is an object, not a string
              write {"name": "id", "type": "string"}
            schema:3:3: the field has no `name`
              give it one: "name": "id"
            schema:4:3: the field `a` has no `type`
              give its type: "type": "string"
            schema:5:11: a field's `name` is a string, not a number
            schema:6:36: `order` is "ascending", "descending" or "ignore", not the string `up`
            schema:7:38: `aliases` is an array of strings, not a string
              write ["OldName"]
            schema:8:11: `d-e` is no name for a field
              a letter or `_` first, then letters, digits and `_`, all ASCII; for instance `d_e`
            schema:10:11: the field `f` stands here a second time
              remove it, or give it another name
        "#]],
    );
    check(
        r#"{"type":"record","name":"R","fields":[{"name":"ü","type":"int"},{"name":"1st","type":"int"}]}"#,
        expect![[r#"
            schema:1:47: `ü` is no name for a field
              a letter or `_` first, then letters, digits and `_`, all ASCII
            schema:1:73: `1st` is no name for a field
              a letter or `_` first, then letters, digits and `_`, all ASCII; for instance `_1st`
        "#]],
    );
}

#[test]
fn enums_and_fixeds() {
    check(
        r#"{"type":"enum","name":"E"}"#,
        expect![[r#"
        schema:1:1: the enum `E` has no `symbols`
          list them: "symbols": ["A", "B"]
    "#]],
    );
    check(
        r#"{"type":"enum","name":"E","symbols":["A","A","b-c",3,""]}"#,
        expect![[r#"
            schema:1:42: the symbol `A` stands here a second time
              remove it, or give it another name
            schema:1:46: `b-c` is no name for a symbol
              a letter or `_` first, then letters, digits and `_`, all ASCII; for instance `b_c`
            schema:1:52: a symbol is a string, not a number
            schema:1:54: a symbol is empty
        "#]],
    );
    check(
        r#"{"type":"enum","name":"E","symbols":["A"],"default":"B"}"#,
        expect![[r#"
            schema:1:53: the default `B` is none of the symbols
              take one of the symbols, or add this one to them
        "#]],
    );
    check_with(
        r#"{"type":"enum","name":"E","symbols":["A","b-c"],"default":"B"}"#,
        &[],
        Strictness::Stored,
        expect![[r#"
            fine: {"type":"enum","name":"E","symbols":["A","b-c"],"default":"B"}
        "#]],
    );
    check(
        r#"{"type":"fixed","name":"F"}"#,
        expect![[r#"
        schema:1:1: the fixed `F` has no `size`
          give its number of bytes: "size": 16
    "#]],
    );
    for size in ["-1", "1.0", "2147483648", "\"4\"", "null"] {
        let error = parse_new(&format!(r#"{{"type":"fixed","name":"F","size":{size}}}"#)).err();
        let message = error.map(|error| error.problems[0].message.clone()).unwrap_or_default();
        assert!(
            message.starts_with("`size` is a whole number of bytes from 0 to 2147483647"),
            "{size}: {message}"
        );
    }
    check(
        r#"{"type":"fixed","name":"F","size":2147483647}"#,
        expect![[r#"
        fine: {"type":"fixed","name":"F","size":2147483647}
    "#]],
    );
}

#[test]
fn names() {
    check(
        r#"{"type":"record","fields":[]}"#,
        expect![[r#"
        schema:1:1: the record has no `name`
          records, enums and fixeds are known by their names: "name": "Order"
    "#]],
    );
    check(
        r#"{"type":"record","name":"string","fields":[]}"#,
        expect![[r#"
        schema:1:25: a type cannot be named `string`: Avro has a type of that name
    "#]],
    );
    check(
        r#"{"type":"record","name":"a-b.C","fields":[]}"#,
        expect![[r#"
        schema:1:25: `a-b` is not allowed as namespace
          names joined by dots, each a letter or `_` first, then letters, digits and `_`
    "#]],
    );
    check(
        r#"{"type":"record","name":"C","namespace":"a..b","fields":[]}"#,
        expect![[r#"
            schema:1:41: `a..b` is not allowed as namespace
              names joined by dots, each a letter or `_` first, then letters, digits and `_`
        "#]],
    );
    check_with(
        r#"{"type":"record","name":"a-b.C","fields":[{"name":"ü","type":"int"}]}"#,
        &[],
        Strictness::Stored,
        expect![[r#"
            fine: {"type":"record","name":"C","namespace":"a-b","fields":[{"name":"ü","type":"int"}]}
        "#]],
    );
    check(
        r#"[{"type":"enum","name":"E","symbols":[]},{"type":"map","values":{"type":"enum","name":"E","symbols":[]}}]"#,
        expect![[r#"
            schema:1:87: `E` is already defined, at 1:24
              define it once and refer to it by name elsewhere
        "#]],
    );
    check(
        r#"{"type":"record","name":"R","aliases":"Q","fields":[]}"#,
        expect![[r#"
            schema:1:39: `aliases` is an array of strings, not a string
              write ["OldName"]
        "#]],
    );
    check(
        r#"{"type":"record","name":"R","aliases":["Q",3,"a-b"],"fields":[]}"#,
        expect![[r#"
            schema:1:44: an alias is a string, not a number
            schema:1:46: `a-b` is no name for an alias
              a letter or `_` first, then letters, digits and `_`, all ASCII; for instance `a_b`
        "#]],
    );
}

#[test]
fn names_that_mean_nothing() {
    check(
        r#"{"type":"array","items":"strin"}"#,
        expect![[r#"
        schema:1:25: the type `strin` is not defined
          did you mean `string`?
    "#]],
    );
    check(
        r#"["string","record"]"#,
        expect![[r#"
        schema:1:11: the type `record` is not defined
          write it as an object: {"type": "record", …}
    "#]],
    );
    check(
        r#"[{"type":"enum","name":"a.Colour","symbols":[]},{"type":"map","values":"Colour"}]"#,
        expect![[r#"
            schema:1:72: the type `Colour` is not defined
              did you mean `a.Colour`?
        "#]],
    );
    check(
        r#"[{"type":"enum","name":"Colour","symbols":[]},{"type":"map","values":"Color"}]"#,
        expect![[r#"
            schema:1:70: the type `Color` is not defined
              did you mean `Colour`?
        "#]],
    );
    check(
        r#"[{"type":"enum","name":"New","aliases":["Old"],"symbols":[]},{"type":"map","values":"Old"}]"#,
        expect![[r#"
            schema:1:85: the type `Old` is not defined
              that is an alias of `New`; a type is referred to by its name
        "#]],
    );
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":"Money"},{"name":"y","type":"Money"}]}"#,
        expect![[r#"
            schema:1:60: the type `Money` is not defined (here it means `a.Money`)
              define it in this schema, or declare a reference to the schema that defines it
        "#]],
    );
}

#[test]
fn names_resolve_as_in_java() {
    // The enclosing namespace first, then none; forward only in the enclosing one.
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":{"type":"enum","name":"E","namespace":"","symbols":[]}},{"name":"y","type":"E"}]}"#,
        expect![[r#"
            fine: {"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"enum","name":"E","namespace":"","symbols":[]}},{"name":"y","type":"E"}]}
        "#]],
    );
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":"E"},{"name":"y","type":{"type":"enum","name":"E","symbols":["Z"]}}]}"#,
        expect![[r#"
            fine: {"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"enum","name":"E","symbols":["Z"]}},{"name":"y","type":"E"}]}
        "#]],
    );
    check(
        r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"record","name":"b.S","fields":[{"name":"y","type":["null","S","a.R"]}]}}]}"#,
        expect![[r#"
            fine: {"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"record","name":"S","namespace":"b","fields":[{"name":"y","type":["null","S","a.R"]}]}}]}
        "#]],
    );
    // Both names exist: only a leading dot tells them apart.
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":{"type":"enum","name":"E","namespace":"","symbols":[]}},{"name":"y","type":"E"},{"name":"z","type":{"type":"enum","name":"a.E","symbols":[]}},{"name":"w","type":".E"}]}"#,
        expect![[r#"
            fine: {"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"enum","name":"E","namespace":"","symbols":[]}},{"name":"y","type":".E"},{"name":"z","type":{"type":"enum","name":"E","symbols":[]}},{"name":"w","type":".E"}]}
        "#]],
    );
}

#[test]
fn references() {
    let money = r#"{"type":"record","name":"com.acme.Money","fields":[{"name":"unit","type":{"type":"enum","name":"Unit","symbols":["EUR"]}}]}"#;
    let line = r#"{"type":"record","name":"com.acme.Line","fields":[{"name":"price","type":"Money"}]}"#;
    let order = r#"{"type":"record","name":"com.acme.Order","fields":[{"name":"line","type":"Line"},{"name":"unit","type":"Unit"}]}"#;
    check_with(
        order,
        &[money, line],
        Strictness::New,
        expect![[r#"
        fine: {"type":"record","name":"Order","namespace":"com.acme","fields":[{"name":"line","type":"Line"},{"name":"unit","type":"Unit"}]}
    "#]],
    );
    // Given twice under two names is nothing wrong; given too late is.
    check_with(
        order,
        &[money, money, line],
        Strictness::New,
        expect![[r#"
        fine: {"type":"record","name":"Order","namespace":"com.acme","fields":[{"name":"line","type":"Line"},{"name":"unit","type":"Unit"}]}
    "#]],
    );
    check_with(
        order,
        &[line, money],
        Strictness::New,
        expect![[r#"
        reference-1:1:74: the type `Money` is not defined (here it means `com.acme.Money`)
          define it in this schema, or declare a reference to the schema that defines it
    "#]],
    );
    check_with(
        order,
        &[],
        Strictness::New,
        expect![[r#"
        schema:1:74: the type `Line` is not defined (here it means `com.acme.Line`)
          define it in this schema, or declare a reference to the schema that defines it
        schema:1:104: the type `Unit` is not defined (here it means `com.acme.Unit`)
          define it in this schema, or declare a reference to the schema that defines it
    "#]],
    );
    check_with(
        r#"{"type":"record","name":"com.acme.Money","fields":[]}"#,
        &[money],
        Strictness::New,
        expect![[r#"
            schema:1:25: `com.acme.Money` is already defined, in `reference-1`
              the referenced schema brings this type: refer to it by name
        "#]],
    );
    check_with(
        r#""com.acme.Line""#,
        &[money, line],
        Strictness::New,
        expect![[r#"
        fine: "com.acme.Line"
    "#]],
    );
    // A reference may be anything that names types, and is not measured by today's rules.
    check_with(
        r#"["E","F"]"#,
        &[r#"[{"type":"enum","name":"E","symbols":["a-b"]},{"type":"fixed","name":"F","size":1}]"#],
        Strictness::New,
        expect![[r#"
            fine: ["E","F"]
        "#]],
    );
}

#[test]
fn defaults() {
    let field = |ty: &str, default: &str| {
        format!(r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{ty},"default":{default}}}]}}"#)
    };
    let point =
        r#"{"type":"record","name":"P","fields":[{"name":"x","type":"int"},{"name":"y","type":"int","default":0}]}"#;
    let fixed = r#"{"type":"fixed","name":"F","size":2}"#;
    let symbols = r#"{"type":"enum","name":"E","symbols":["A"]}"#;
    let (ints, longs) = (r#"{"type":"array","items":"int"}"#, r#"{"type":"map","values":"long"}"#);
    let rows: &[(&str, &str, bool)] = &[
        (r#""null""#, "null", true),
        (r#""null""#, "0", false),
        (r#""boolean""#, "true", true),
        (r#""boolean""#, "\"true\"", false),
        (r#""int""#, "-2147483648", true),
        (r#""int""#, "2147483648", false),
        (r#""int""#, "1.0", false),
        (r#""long""#, "9223372036854775807", true),
        (r#""long""#, "9223372036854775808", false),
        (r#""float""#, "1", true),
        (r#""double""#, "1e3", true),
        (r#""double""#, "\"1.50\"", true),
        (r#""double""#, "\"NaN\"", true),
        (r#""float""#, "\" -Infinity\"", true),
        (r#""double""#, "\"much\"", false),
        (r#""string""#, "\"é\"", true),
        (r#""bytes""#, "\"\\u00ff\"", true),
        (r#""bytes""#, "\"\\u0100\"", false),
        (fixed, "\"ab\"", true),
        (fixed, "\"abc\"", false),
        (symbols, "\"A\"", true),
        (symbols, "\"B\"", false),
        (ints, "[1,2]", true),
        (ints, "[1,\"2\"]", false),
        (longs, "{\"a\":1}", true),
        (longs, "[1]", false),
        (point, "{\"x\":1}", true),
        (point, "{\"y\":1}", false),
        (point, "{\"x\":1,\"z\":true}", true),
        (r#"["null","string"]"#, "null", true),
        (r#"["null","string"]"#, "\"a\"", false),
        ("[]", "null", false),
    ];
    for (ty, default, fits) in rows {
        let text = field(ty, default);
        assert_eq!(parse_new(&text).is_ok(), *fits, "{text}");
        assert!(parse_as(&text, &[], Strictness::Stored).is_ok(), "{text}");
    }
    check(
        &field(ints, "[1,\n\"2\"]"),
        expect![[r#"
        schema:2:1: the default of the field `f` does not fit: the string `2` is not a value of type `int`
    "#]],
    );
    check(
        &field(point, "{}"),
        expect![[r#"
        schema:1:172: the default of the field `f` does not fit: an object lacks the field `x`, which has no default
    "#]],
    );
    check(
        &field(r#"["null","string"]"#, "\"a\""),
        expect![[r#"
        schema:1:86: the default of the field `f` does not fit: the string `a` is not a value of type `null` (a default belongs to the first branch of its union)
    "#]],
    );
    // The type may follow, or enclose, the field.
    check(
        r#"{"type":"record","name":"R","fields":[{"name":"e","type":"E","default":"B"},{"name":"f","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"r","type":{"type":"array","items":"R"},"default":[{"e":"A","f":"C"}]}]}"#,
        expect![[r#"
            schema:1:72: the default of the field `e` does not fit: the string `B` is not a symbol of `E`
            schema:1:212: the default of the field `r` does not fit: the string `C` is not a symbol of `E`
        "#]],
    );
}

#[test]
fn logical_types_where_they_fit() {
    let decimal = |precision: &str, scale: &str| {
        format!(r#"{{"type":"bytes","logicalType":"decimal","precision":{precision},"scale":{scale}}}"#)
    };
    let fixed = |size: u32, rest: &str| format!(r#"{{"type":"fixed","name":"F","size":{size},"logicalType":{rest}}}"#);
    let of = |ty: &str, name: &str| format!(r#"{{"type":"{ty}","logicalType":"{name}"}}"#);
    for (text, expected) in [
        (decimal("4", "4"), Some(Logical::Decimal { precision: 4, scale: 4 })),
        (decimal("4", "5"), None),
        (decimal("0", "0"), None),
        (decimal("4", "-1"), None),
        (decimal("4.0", "0"), None),
        (decimal("\"4\"", "0"), None),
        (r#"{"type":"bytes","logicalType":"decimal"}"#.into(), None),
        (
            fixed(2, r#""decimal","precision":4"#),
            Some(Logical::Decimal { precision: 4, scale: 0 }),
        ),
        (fixed(2, r#""decimal","precision":5"#), None),
        (fixed(0, r#""decimal","precision":1"#), None),
        (of("int", "decimal"), None),
        (of("int", "date"), Some(Logical::Date)),
        (of("long", "date"), None),
        (of("int", "time-millis"), Some(Logical::TimeMillis)),
        (of("long", "time-micros"), Some(Logical::TimeMicros)),
        (of("long", "timestamp-millis"), Some(Logical::TimestampMillis)),
        (of("long", "timestamp-micros"), Some(Logical::TimestampMicros)),
        (of("long", "timestamp-nanos"), Some(Logical::TimestampNanos)),
        (
            of("long", "local-timestamp-millis"),
            Some(Logical::LocalTimestampMillis),
        ),
        (
            of("long", "local-timestamp-micros"),
            Some(Logical::LocalTimestampMicros),
        ),
        (of("long", "local-timestamp-nanos"), Some(Logical::LocalTimestampNanos)),
        (of("string", "uuid"), Some(Logical::Uuid)),
        (fixed(16, "\"uuid\""), Some(Logical::Uuid)),
        (fixed(15, "\"uuid\""), None),
        (fixed(12, "\"duration\""), Some(Logical::Duration)),
        (fixed(13, "\"duration\""), None),
        (of("bytes", "big-decimal"), Some(Logical::BigDecimal)),
        (of("string", "invented"), None),
        (r#"{"type":"int","logicalType":5}"#.into(), None),
    ] {
        let schema = parse_new(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(schema.get(schema.root()).logical, expected, "{text}");
        assert!(
            schema.canonical().contains("logicalType"),
            "kept as an attribute: {text}"
        );
    }
}

#[test]
fn equal_anonymous_types_share_an_id() {
    let schema = parse_new(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null",{"type":"array","items":"string"}]},
            {"name":"b","type":["null",{"items":{"type":"string"},"type":"array"}]},
            {"name":"c","type":{"type":"string","avro.java.string":"String"}},
            {"name":"d","type":{"type":"string","avro.java.string":"String"}},{"name":"e","type":"string"}]}"#,
    )
    .unwrap_or_else(|error| panic!("{error}"));
    let treaty_schemas::avro::schema::Kind::Record(record) = &schema.get(schema.root()).kind else {
        panic!("the root is a record");
    };
    let ids: Vec<_> = record.fields().iter().map(|field| field.ty).collect();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[2], ids[3]);
    assert_ne!(ids[2], ids[4]);
}

#[test]
fn problems_are_capped_and_in_order() {
    let fields: Vec<String> = (0..300)
        .map(|index| format!("{{\"name\":\"f{index}\",\"type\":\"T{index}\"}},{index}"))
        .collect();
    let text = format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","));
    let problems = parse_new(&text).map(|_| ()).map_err(|error| error.problems);
    let problems = problems.err().unwrap_or_default();
    assert_eq!(problems.len(), 100);
    assert!(problems.is_sorted_by_key(|problem| problem.span.start));
}
