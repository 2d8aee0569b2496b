//! Schemas made to be slow, deep or huge: the check ends, with the right verdict, and no stack overflows.

use treaty_schemas::avro::{self, Schema};
use treaty_schemas::text::json;
use treaty_schemas::{Budget, Evidence, Options, RuleSet, Source, Strictness, Verdict};

fn parse(text: String) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        limits: json::Limits {
            bytes: 64 * 1024 * 1024,
            ..json::Limits::default()
        },
        ..Options::default()
    };
    avro::parse(&Source::new("schema.avsc", text), &[], &options).unwrap_or_else(|error| panic!("{error}"))
}

fn record(name: &str, fields: &str) -> String {
    format!(r#"{{"type":"record","name":"{name}","fields":[{fields}]}}"#)
}

fn verdicts(reader: &Schema, writer: &Schema) -> (Verdict, Verdict) {
    let comparison = avro::check(reader, writer, &Budget::unlimited());
    (
        comparison.verdict(RuleSet::Confluent),
        comparison.verdict(RuleSet::Semantic),
    )
}

/// A union of records, each with one field of this type.
fn union(names: impl Iterator<Item = String>, ty: &str) -> Schema {
    let branches: Vec<String> = names
        .map(|name| record(&name, &format!(r#"{{"name":"v","type":"{ty}"}}"#)))
        .collect();
    parse(format!("[{}]", branches.join(",")))
}

#[test]
fn a_union_of_3000_records_reversed() {
    let forwards = || (0..3_000).map(|index| format!("R{index}"));
    let (writer, reader) = (union(forwards(), "int"), union(forwards().rev(), "long"));
    assert_eq!(verdicts(&reader, &writer), (Verdict::Compatible, Verdict::Compatible));
    let narrower = union(forwards().rev(), "boolean");
    let comparison = avro::check(&narrower, &writer, &Budget::unlimited());
    assert_eq!(comparison.differences.len(), 3_000);
    assert_eq!(comparison.findings.len(), 3_000);
}

#[test]
fn records_of_one_simple_name_in_hundreds_of_namespaces() {
    // Every branch of the writer may be any branch of the reader: a million pairs.
    let writer = union((0..1_000).map(|index| format!("w{index}.R")), "string");
    let reader = union((0..1_000).map(|index| format!("r{index}.R")), "int");
    let (confluent, semantic) = verdicts(&reader, &writer);
    assert_ne!(confluent, Verdict::Compatible);
    assert_ne!(semantic, Verdict::Compatible);
}

#[test]
fn a_chain_of_20000_types() {
    let chain = |last: &str| {
        let mut branches: Vec<String> = (0..20_000)
            .map(|index| {
                record(
                    &format!("R{index}"),
                    &format!(r#"{{"name":"next","type":"R{}"}}"#, index + 1),
                )
            })
            .collect();
        branches.push(record("R20000", &format!(r#"{{"name":"v","type":"{last}"}}"#)));
        parse(format!("[{}]", branches.join(",")))
    };
    let (writer, reader) = (chain("long"), chain("int"));
    let comparison = avro::check(&reader, &writer, &Budget::unlimited());
    assert_eq!(comparison.verdict(RuleSet::Semantic), Verdict::Incompatible);
    assert_eq!(comparison.findings.len(), 1);
    assert_eq!(verdicts(&writer, &reader), (Verdict::Compatible, Verdict::Compatible));
}

#[test]
fn a_chain_of_20000_types_that_all_break() {
    let chain = |ty: &str| {
        let mut branches: Vec<String> = (0..20_000)
            .map(|index| {
                let next = index + 1;
                record(
                    &format!("R{index}"),
                    &format!(r#"{{"name":"next","type":["null","R{next}"]}},{{"name":"v","type":"{ty}"}}"#),
                )
            })
            .collect();
        branches.push(record("R20000", ""));
        // Only the first is a branch of the root's own; the others are reached through one another.
        parse(format!(
            r#"{{"type":"record","name":"Root","fields":[{{"name":"types","type":{{"type":"array","items":[{}]}}}},{{"name":"first","type":"R0"}}]}}"#,
            branches.join(",")
        ))
    };
    let comparison = avro::check(&chain("int"), &chain("string"), &Budget::unlimited());
    assert_eq!(comparison.findings.len(), 20_000);
    let told: usize = comparison.findings.iter().map(|finding| finding.data_path.len()).sum();
    let listed: usize = comparison
        .differences
        .iter()
        .map(|difference| difference.path.len())
        .sum();
    assert!(told + listed < 64 * 1024 * 1024, "{told} and {listed} bytes of paths");
}

#[test]
fn ten_thousand_fields_that_all_break() {
    let wide = |ty: &str| {
        let fields: Vec<String> = (0..10_000)
            .map(|index| format!(r#"{{"name":"f{index}","type":"{ty}"}}"#))
            .collect();
        parse(record("R", &fields.join(",")))
    };
    let comparison = avro::check(&wide("int"), &wide("string"), &Budget::unlimited());
    assert_eq!(comparison.findings.len(), 10_000);
    // An event of ten thousand fields is too large to be shown.
    let is_omitted = |why: &str| why.contains("too large");
    assert!(matches!(&comparison.findings[0].evidence, Evidence::Omitted(why) if is_omitted(why)));
}

#[test]
fn a_witness_that_would_not_fit_into_memory() {
    // Each record holds two of the next: the smallest value has 2^60 parts.
    let mut types: Vec<String> = (0..60)
        .map(|index| {
            let next = index + 1;
            record(
                &format!("R{index}"),
                &format!(r#"{{"name":"a","type":"R{next}"}},{{"name":"b","type":"R{next}"}}"#),
            )
        })
        .collect();
    types.push(record("R60", r#"{"name":"v","type":"int"}"#));
    let writer = parse(format!("[{}]", types.join(",")));
    types.pop();
    types.push(record("R60", r#"{"name":"v","type":"boolean"}"#));
    let reader = parse(format!("[{}]", types.join(",")));
    let comparison = avro::check(&reader, &writer, &Budget::unlimited());
    assert_eq!(comparison.verdict(RuleSet::Semantic), Verdict::Incompatible);
    // The record at the end of the chain is a branch of the union itself, but it is reached first through the others.
    assert_eq!(comparison.findings.len(), 1);
}

#[test]
fn deeply_nested_arrays() {
    let nested = |ty: &str| {
        let levels = 250;
        parse(format!(
            "{}\"{ty}\"{}",
            r#"{"type":"array","items":"#.repeat(levels),
            "}".repeat(levels)
        ))
    };
    let comparison = avro::check(&nested("int"), &nested("string"), &Budget::unlimited());
    assert_eq!(comparison.verdict(RuleSet::Semantic), Verdict::Incompatible);
}

#[test]
fn three_hundred_recursive_types_that_all_know_each_other() {
    let mesh = |ty: &str| {
        let types: Vec<String> = (0..300)
            .map(|index| {
                let fields: Vec<String> = (0..300)
                    .map(|other| format!(r#"{{"name":"f{other}","type":["null","R{other}"]}}"#))
                    .chain([format!(r#"{{"name":"v","type":"{ty}"}}"#)])
                    .collect();
                record(&format!("R{index}"), &fields.join(","))
            })
            .collect();
        parse(format!("[{}]", types.join(",")))
    };
    let comparison = avro::check(&mesh("int"), &mesh("long"), &Budget::unlimited());
    assert_eq!(comparison.verdict(RuleSet::Semantic), Verdict::Incompatible);
    assert_eq!(comparison.findings.len(), 300);
}
