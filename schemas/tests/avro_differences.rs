//! Confluent's list of differences of Avro schemas: its kinds, its order and its paths.
//!
//! Each list is what Avro 1.12.1 gave (`SchemaCompatibility.checkReaderWriterCompatibility`): kind, location and message.

use treaty_schemas::avro::{self, Schema};
use treaty_schemas::{Budget, Options, RuleSet, Source, Strictness, Verdict};

/// What is compared, the reader, the writer, and the list.
const CASES: &[(&str, &str, &str, &[&str])] = &[
    (
        "a record: its fields in their order",
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#,
        &[
            "TYPE_MISMATCH /fields/0/type reader type: STRING not compatible with writer type: INT",
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 b",
        ],
    ),
    (
        "the name before the fields",
        r#"{"type":"record","name":"S","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"b","type":"int"}]}"#,
        &[
            "NAME_MISMATCH /name expected: R",
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a",
            "TYPE_MISMATCH /fields/1/type reader type: STRING not compatible with writer type: INT",
        ],
    ),
    (
        "a type that is used twice is listed twice, with the first place",
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"I","fields":[{"name":"x","type":"int"}]}},{"name":"b","type":"I"}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"I","fields":[{"name":"x","type":"long"}]}},{"name":"b","type":"I"}]}"#,
        &[
            "TYPE_MISMATCH /fields/0/type/fields/0/type reader type: INT not compatible with writer type: LONG",
            "TYPE_MISMATCH /fields/0/type/fields/0/type reader type: INT not compatible with writer type: LONG",
        ],
    ),
    (
        "an enum that is used twice",
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"b","type":{"type":"array","items":"E"}}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"E","symbols":["A","B"]}},{"name":"b","type":{"type":"array","items":"E"}}]}"#,
        &[
            "MISSING_ENUM_SYMBOLS /fields/0/type/symbols [B]",
            "MISSING_ENUM_SYMBOLS /fields/0/type/symbols [B]",
        ],
    ),
    (
        "first met in a union, where paths begin anew",
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null",{"type":"record","name":"I","fields":[{"name":"x","type":"int"}]}]},{"name":"b","type":"I"}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null",{"type":"record","name":"I","fields":[{"name":"x","type":"string"}]}]},{"name":"b","type":"I"}]}"#,
        &[
            "MISSING_UNION_BRANCH /fields/0/type/1 reader union lacking writer type: RECORD",
            "TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: STRING",
        ],
    ),
    (
        "first met in a field, then in a union",
        r#"{"type":"record","name":"R","fields":[{"name":"b","type":{"type":"record","name":"I","fields":[{"name":"x","type":"int"}]}},{"name":"a","type":["null","I"]}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"b","type":{"type":"record","name":"I","fields":[{"name":"x","type":"string"}]}},{"name":"a","type":["null","I"]}]}"#,
        &[
            "TYPE_MISMATCH /fields/0/type/fields/0/type reader type: INT not compatible with writer type: STRING",
            "MISSING_UNION_BRANCH /fields/1/type/1 reader union lacking writer type: RECORD",
        ],
    ),
    (
        "a type that refers to itself in a union",
        r#"{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]},{"name":"v","type":"int"}]}"#,
        r#"{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]},{"name":"v","type":"string"}]}"#,
        &["TYPE_MISMATCH /fields/1/type reader type: INT not compatible with writer type: STRING"],
    ),
    (
        "a type that refers to itself",
        r#"{"type":"record","name":"N","fields":[{"name":"l","type":{"type":"array","items":"N"}},{"name":"v","type":"int"},{"name":"w","type":"int"}]}"#,
        r#"{"type":"record","name":"N","fields":[{"name":"v","type":"string"},{"name":"l","type":{"type":"array","items":"N"}}]}"#,
        &[
            "TYPE_MISMATCH /fields/1/type reader type: INT not compatible with writer type: STRING",
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/2 w",
        ],
    ),
    (
        "a union of the writer",
        r#""string""#,
        r#"["int","long"]"#,
        &[
            "TYPE_MISMATCH /0 reader type: STRING not compatible with writer type: INT",
            "TYPE_MISMATCH /1 reader type: STRING not compatible with writer type: LONG",
        ],
    ),
    (
        "an enum whose default is taken for one of the field",
        r#"{"type":"record","name":"R","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":["A"],"default":"A"}}]}"#,
        r#"{"type":"record","name":"R","fields":[]}"#,
        &["TYPE_MISMATCH /fields/0/type reader type: ENUM not compatible with writer type: RECORD"],
    ),
    (
        "a union of the reader",
        r#"["null",{"type":"record","name":"I","fields":[{"name":"x","type":"int"}]}]"#,
        r#"{"type":"record","name":"I","fields":[{"name":"x","type":"string"}]}"#,
        &["MISSING_UNION_BRANCH / reader union lacking writer type: RECORD"],
    ),
];

fn parse(text: &str) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    avro::parse(&Source::new("test", text), &[], &options).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn listed(reader: &str, writer: &str) -> Vec<String> {
    let comparison = avro::check(&parse(reader), &parse(writer), &Budget::unlimited());
    let is_fine = comparison.verdict(RuleSet::Confluent) == Verdict::Compatible;
    assert_eq!(is_fine, comparison.differences.is_empty());
    let each = comparison.differences.iter();
    each.map(|found| format!("{} {} {}", found.kind, found.path, found.info))
        .collect()
}

#[test]
fn as_avro_java_lists_them() {
    for (what, reader, writer, expected) in CASES {
        assert_eq!(listed(reader, writer), *expected, "{what}");
    }
}

/// A union takes a record on trust while that is looked at, as in Java; it is incompatible all the same, and something says so.
#[test]
fn what_is_refused_is_never_an_empty_list() {
    let schema = |x: &str| {
        format!(
            r#"{{"type":"record","name":"Root","fields":[
                {{"name":"p","type":[{{"type":"record","name":"P","fields":[
                    {{"name":"q","type":{{"type":"record","name":"Q","fields":[{{"name":"p","type":["null","P"]}}]}}}},
                    {{"name":"x","type":"{x}"}}]}},{{"type":"map","values":"int"}}]}},
                {{"name":"q","type":"Q"}}]}}"#
        )
    };
    let comparison = avro::check(&parse(&schema("int")), &parse(&schema("string")), &Budget::unlimited());
    assert_eq!(comparison.verdict(RuleSet::Confluent), Verdict::Incompatible);
    assert_ne!(comparison.differences, []);
}

/// Each level uses the one below twice: a list that repeats it would have 2^40 entries.
#[test]
fn repetition_has_a_bound() {
    let schema = |deepest: &str| {
        let mut text = format!(r#"{{"type":"record","name":"R0","fields":[{{"name":"x","type":"{deepest}"}}]}}"#);
        for level in 1..=40 {
            let below = level - 1;
            text = format!(
                r#"{{"type":"record","name":"R{level}","fields":[{{"name":"a","type":{text}}},{{"name":"b","type":"R{below}"}}]}}"#
            );
        }
        text
    };
    let listed = listed(&schema("int"), &schema("string"));
    assert!((100..=2_000).contains(&listed.len()), "{}", listed.len());
    assert_eq!(listed.first(), listed.last());
}
