//! Shapes: equal where types read alike, different where they do not.

use super::seal;
use crate::Options;
use crate::Source;
use crate::avro::{Schema, parse};

fn schema(text: &str) -> Schema {
    let parsed = parse(&Source::new("schema.avsc", text), &[], &Options::default());
    parsed.unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn shape(text: &str) -> u128 {
    let schema = schema(text);
    schema.get(schema.root()).shape
}

const LIST: &str =
    r#"{"type":"record","name":"List","fields":[{"name":"head","type":"int"},{"name":"tail","type":["null","List"]}]}"#;

#[test]
fn equal_shapes() {
    for (one, other) in [
        (r#""int""#, r#"{"type":"int","doc":"ignored","custom":1}"#),
        (
            r#"{"type":"array","items":"int"}"#,
            r#"{"type":"array","items":{"type":"int"},"custom":1}"#,
        ),
        (
            LIST,
            r#"{"type":"record","name":"List","doc":"a list","custom":1,"fields":[
                {"name":"head","type":"int","default":0,"order":"ignore","doc":"first"},
                {"name":"tail","type":["null",{"type":"List"}],"default":null}]}"#,
        ),
        // The same cycle, entered at the same type, its definitions at other places.
        (
            r#"{"type":"record","name":"A","fields":[{"name":"b","type":["null",{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}]},{"name":"c","type":["null","B"]}]}"#,
            r#"{"type":"record","name":"A","fields":[{"name":"b","type":["null","B"]},{"name":"c","type":["null",{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}]}]}"#,
        ),
    ] {
        assert_eq!(shape(one), shape(other), "{one}\n{other}");
    }
}

#[test]
fn different_shapes() {
    let texts = [
        r#""int""#.to_owned(),
        r#""long""#.into(),
        r#"{"type":"int","logicalType":"date"}"#.into(),
        r#"{"type":"bytes","logicalType":"decimal","precision":4}"#.into(),
        r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":1}"#.into(),
        r#"{"type":"array","items":"int"}"#.into(),
        r#"{"type":"map","values":"int"}"#.into(),
        r#"["int","null"]"#.into(),
        r#"["null","int"]"#.into(),
        r#"{"type":"fixed","name":"F","size":1}"#.into(),
        r#"{"type":"fixed","name":"F","size":2}"#.into(),
        r#"{"type":"fixed","name":"n.F","size":2}"#.into(),
        r#"{"type":"fixed","name":"F","size":2,"aliases":["G"]}"#.into(),
        r#"{"type":"enum","name":"F","symbols":["A","B"]}"#.into(),
        r#"{"type":"enum","name":"F","symbols":["A","B"],"default":"A"}"#.into(),
        r#"{"type":"enum","name":"F","symbols":["B","A"]}"#.into(),
        r#"{"type":"enum","name":"F","symbols":["AB"]}"#.into(),
        r#"{"type":"record","name":"F","fields":[]}"#.into(),
        r#"{"type":"error","name":"F","fields":[]}"#.into(),
        r#"{"type":"record","name":"F","fields":[{"name":"a","type":"int"}]}"#.into(),
        r#"{"type":"record","name":"F","fields":[{"name":"a","type":"int","aliases":["b"]}]}"#.into(),
        LIST.into(),
        LIST.replace("head", "first"),
        LIST.replace("\"int\"", "\"long\""),
        LIST.replace("List", "n.List"),
        LIST.replace("\"tail\"", "\"tail\",\"aliases\":[\"rest\"]"),
        // Reaches a cycle without being in it.
        format!(r#"["null",{LIST}]"#),
        // In a cycle of two, and the same but for a type that only the other member shows.
        cycle_of_two("int"),
        cycle_of_two("long"),
    ];
    for (index, one) in texts.iter().enumerate() {
        for other in &texts[index + 1..] {
            assert_ne!(shape(one), shape(other), "{one}\n{other}");
        }
    }
}

fn cycle_of_two(value: &str) -> String {
    format!(
        r#"{{"type":"record","name":"A","fields":[{{"name":"b","type":["null",{{"type":"record","name":"B","fields":[
            {{"name":"a","type":["null","A"]}},{{"name":"value","type":"{value}"}}]}}]}}]}}"#
    )
}

#[test]
fn a_field_tells_name_aliases_and_type() {
    let fields = |text: &str| {
        let schema = schema(text);
        match &schema.get(schema.root()).kind {
            crate::avro::language::schema::Kind::Record(record) => record.shapes().to_vec(),
            _ => Vec::new(),
        }
    };
    let one = fields(r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}"#);
    let other =
        fields(r#"{"type":"record","name":"S","fields":[{"name":"b","type":"int"},{"name":"a","type":"long"}]}"#);
    assert_eq!(one[1], other[0]);
    assert_ne!(one[0], one[1]);
    assert_ne!(one[0], other[1]);
}

#[test]
fn what_reads_itself() {
    let ambiguous = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["b"]},{"name":"b","type":"int"}]}"#;
    let shared = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["x"]},{"name":"b","type":"int","aliases":["x"]}]}"#;
    for (text, expected) in [
        (r#""int""#.to_owned(), true),
        (LIST.into(), true),
        (ambiguous.into(), false),
        (shared.into(), false),
        (format!(r#"{{"type":"array","items":{ambiguous}}}"#), false),
        (
            cycle_of_two("int").replace(r#""name":"value""#, r#""name":"value","aliases":["a"]"#),
            false,
        ),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["a","z"]}]}"#.into(),
            true,
        ),
    ] {
        let schema = schema(&text);
        assert_eq!(schema.get(schema.root()).reads_itself, expected, "{text}");
    }
}

#[test]
fn two_types_of_one_name_are_told_apart() {
    let text = |first: &str, second: &str| {
        format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"x","type":["null",{{"type":"record","name":"P","fields":[
                {{"name":"r","type":["null","R"]}},{{"name":"v","type":"{first}"}}]}}]}},{{"name":"y","type":["null",
                {{"type":"record","name":"Q","fields":[{{"name":"r","type":["null","R"]}},{{"name":"v","type":"{second}"}}]}}]}}]}}"#
        )
    };
    // An arena in which both inner records are called P.
    let merged = |first: &str, second: &str| {
        let schema = schema(&text(first, second));
        let name = schema
            .named("P")
            .and_then(|id| schema.get(id).kind.named().map(|named| named.name.clone()));
        let (mut types, q) = (schema.types.clone(), schema.named("Q"));
        if let (Some(name), Some(q)) = (name, q)
            && let crate::avro::language::schema::Kind::Record(record) = &mut types[q.index()].kind
        {
            record.named.name = name;
        }
        let sealed = seal(schema.sources.clone(), types, schema.root);
        sealed.get(sealed.root()).shape
    };
    assert_eq!(merged("int", "long"), merged("int", "long"));
    assert_ne!(merged("int", "long"), merged("long", "int"));
}
