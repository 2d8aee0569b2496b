//! The Avro parser: what it refuses and where, what it takes, and that nothing hurts it.

use std::fmt::Write;

use expect_test::{Expect, expect};
use treaty_schemas::avro::{Schema, parse};
use treaty_schemas::{Options, ParseError, Reference, Source, Strictness};

mod defaults;
mod large;
mod lenient;
pub mod mutants;
mod names;
mod oracle;

fn parse_as(text: &str, references: &[&str], strictness: Strictness) -> Result<Schema, ParseError> {
    let options = Options {
        strictness,
        ..Options::default()
    };
    let references: Vec<Reference> = (1..)
        .zip(references)
        .map(|(number, text)| Reference {
            import: format!("reference-{number}").into(),
            source: Source::new(format!("reference-{number}"), *text),
        })
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
fn equal_anonymous_types_share_an_id() {
    let schema = parse_new(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null",{"type":"array","items":"string"}]},
            {"name":"b","type":["null",{"items":{"type":"string"},"type":"array"}]},
            {"name":"c","type":{"type":"string","avro.java.string":"String"}},
            {"name":"d","type":{"type":"string","avro.java.string":"String"}},{"name":"e","type":"string"}]}"#,
    )
    .unwrap_or_else(|error| panic!("{error}"));
    let treaty_schemas::avro::language::schema::Kind::Record(record) = &schema.get(schema.root()).kind else {
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

#[test]
fn a_long_namespace_is_not_worth_many_times_its_text() {
    let types: Vec<String> = (0..10_000)
        .map(|number| format!(r#"{{"type":"enum","name":"E{number}","symbols":[]}}"#))
        .collect();
    let text = format!(
        r#"{{"type":"record","name":"R","namespace":"a{}","fields":[{{"name":"f","type":[{}]}}]}}"#,
        ".a".repeat(200_000),
        types.join(",")
    );
    let error = parse_new(&text).expect_err("4 GB of names");
    assert!(error.to_string().contains("many times longer"), "{error}");
}
