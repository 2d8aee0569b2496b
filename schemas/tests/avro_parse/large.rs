//! Texts of a size or depth that nobody writes by hand. That these tests end at all is what they test: whatever
//! recursed along references would overflow the stack, whatever was quadratic would not end soon.

use super::parse_new;
use treaty_schemas::avro::parse;
use treaty_schemas::text::json::Limits;
use treaty_schemas::{Options, Source, Strictness};

fn record(name: &str, field_type: &str) -> String {
    format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"f","type":{field_type}}}]}}"#)
}

#[test]
fn deep_nests_are_refused() {
    for text in [
        "[".repeat(100_000),
        r#"{"type":"array","items":"#.repeat(100_000),
        r#"{"type":"record","name":"R","fields":[{"name":"f","type":"#.repeat(100_000),
        format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":"int","default":{}"#,
            "[".repeat(100_000)
        ),
    ] {
        let options = Options {
            limits: Limits {
                bytes: usize::MAX,
                ..Limits::default()
            },
            ..Options::default()
        };
        let error = parse(&Source::new("deep", text), &[], &options).err();
        let error = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("nested deeper than the 256 levels"), "{error}");
    }
}

#[test]
fn many_definitions_nested_deep_are_refused() {
    let many: Vec<String> = (0..15_000)
        .map(|index| format!(r#"{{"type":"fixed","name":"F{index}","size":1}}"#))
        .collect();
    let text = format!(
        "{}[{}]{}",
        r#"{"type":"array","items":"#.repeat(200),
        many.join(","),
        "}".repeat(200)
    );
    let error = parse_new(&text)
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    assert!(error.contains("too many definitions are nested too deep"), "{error}");
}

#[test]
fn long_chains_of_names() {
    let backward: Vec<String> = (0..20_000usize)
        .map(|index| match index.checked_sub(1) {
            Some(last) => record(&format!("R{index}"), &format!("\"R{last}\"")),
            None => record("R0", "\"int\""),
        })
        .collect();
    let text = format!("[{}]", backward.join(","));
    let options = Options {
        limits: Limits::UNBOUNDED_SIZE,
        ..Options::default()
    };
    let schema = parse(&Source::new("chain", text.as_str()), &[], &options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(schema.canonical(), text);

    // Each mentioned before it is defined: in the canonical string each would stand within the other.
    let forward = |count: usize| {
        let records: Vec<String> = (0..count)
            .map(|index| record(&format!("R{index}"), &format!("\"R{}\"", (index + 1) % count)))
            .collect();
        Source::new("chain", format!("[{}]", records.join(",")))
    };
    let error = parse(&forward(1_000), &[], &options).err();
    let error = error.map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("3001 levels deep; 512 are allowed"), "{error}");
    let stored = Options {
        strictness: Strictness::Stored,
        ..options
    };
    let schema = parse(&forward(100_000), &[], &stored).unwrap_or_else(|error| panic!("{error}"));
    assert!(
        schema
            .canonical()
            .starts_with(r#"[{"type":"record","name":"R0","fields":[{"name":"f","type":{"type":"record","name":"R1","#)
    );
}

#[test]
fn wide_texts() {
    let fields: Vec<String> = (0..10_000)
        .map(|index| format!(r#"{{"name":"f{index}","type":"int","default":{index}}}"#))
        .collect();
    let record = format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","));
    let symbols: Vec<String> = (0..10_000).map(|index| format!("\"S{index}\"")).collect();
    let symbols = format!(r#"{{"type":"enum","name":"E","symbols":[{}]}}"#, symbols.join(","));
    let branches: Vec<String> = (0..3_000)
        .map(|index| format!(r#"{{"type":"fixed","name":"F{index}","size":{index}}}"#))
        .collect();
    let union = format!("[{}]", branches.join(","));
    for text in [record, symbols, union] {
        let schema = parse_new(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(schema.canonical(), text);
    }
    // Many defaults of a record with many fields, and many members for a union's many branches.
    let fields: Vec<String> = (0..5_000)
        .map(|index| format!(r#"{{"name":"f{index}","type":"int","default":0}}"#))
        .collect();
    let wide = format!(r#"{{"type":"record","name":"W","fields":[{}]}}"#, fields.join(","));
    let users: Vec<String> = (0..10_000)
        .map(|index| format!(r#"{{"name":"u{index}","type":"W","default":{{}}}}"#))
        .collect();
    let text = format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"w","type":{wide}}},{}]}}"#,
        users.join(",")
    );
    assert!(parse_new(&text).is_ok());
    let unknown: Vec<String> = (0..30_000).map(|index| format!("\"Unknown{index}\"")).collect();
    assert_eq!(
        parse_new(&format!("[{}]", unknown.join(",")))
            .err()
            .map(|error| error.problems.len()),
        Some(100)
    );
}
