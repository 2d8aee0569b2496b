//! Names, aliases and defaults where decoders differ, and that each finding is shown by what it is about.
//!
//! What is said of Avro Java, fastavro and Python's avro was tried with Avro Java 1.12.0, fastavro 1.13.1 and avro 1.12.2.

use expect_test::{Expect, expect};
use treaty_schemas::avro::Schema;
use treaty_schemas::{
    Budget, Evidence, Finding, Observed, Options, RuleSet, Source, Strictness, avro, check, check_with_notes, judge,
};

fn parse(text: &str) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    avro::parse(&Source::new("schema.avsc", text), &[], &options).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn findings(writer: &str, reader: &str) -> Vec<Finding> {
    avro::check(&parse(reader), &parse(writer), &Budget::unlimited()).findings
}

/// The evidence of a finding in one line.
fn evidence(finding: &Finding) -> String {
    let who = match &finding.evidence {
        Evidence::Witness(_) => "",
        Evidence::AvroJava(_) => " by Avro Java",
        Evidence::Policy(why) => return format!("policy: {why}"),
        Evidence::Omitted(why) => return format!("omitted: {why}"),
        Evidence::None => return "nothing".into(),
    };
    let witness = finding.evidence.payload().expect("a payload");
    match &witness.observed {
        Observed::Refused(error) => format!("refused{who}: {error}"),
        Observed::Changed(seen) => format!("changed{who}: {seen}"),
    }
}

/// The verdict of a pair, and each finding in two lines.
fn report(writer: &str, reader: &str) -> String {
    let comparison = avro::check(&parse(reader), &parse(writer), &Budget::unlimited());
    let mut text = format!("{}\n", comparison.verdict(RuleSet::Semantic));
    for finding in &comparison.findings {
        text += &format!(
            "{}[{}] {:?} {:?}\n  {}\n",
            finding.severity.name(),
            finding.rule.id,
            finding.effect,
            finding.outcome,
            evidence(finding)
        );
    }
    text
}

/// One part for each case: what it is about, the writer, the reader.
fn table(cases: &[(&str, &str, &str)], expected: Expect) {
    let parts: Vec<String> = cases
        .iter()
        .map(|(what, writer, reader)| format!("{what}: {}", report(writer, reader)))
        .collect();
    expected.assert_eq(&parts.concat());
}

#[test]
fn names_of_types() {
    table(
        &[
            (
                "an enum is renamed in a field",
                r#"{"type":"record","name":"R","fields":[{"name":"s","type":{"type":"enum","name":"OrderStatus","symbols":["A"]}}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"s","type":{"type":"enum","name":"Status","symbols":["A"]}}]}"#,
            ),
            (
                "a fixed is renamed",
                r#"{"type":"fixed","name":"Md5","size":2}"#,
                r#"{"type":"fixed","name":"Hash","size":2}"#,
            ),
            (
                "the same with an alias",
                r#"{"type":"fixed","name":"Md5","size":2}"#,
                r#"{"type":"fixed","name":"Hash","aliases":["Md5"],"size":2}"#,
            ),
            (
                "a record is renamed in an array",
                r#"{"type":"array","items":{"type":"record","name":"A","fields":[]}}"#,
                r#"{"type":"array","items":{"type":"record","name":"B","fields":[]}}"#,
            ),
            (
                "an enum's namespace changes outside unions",
                r#"{"type":"enum","name":"x.E","symbols":["A"]}"#,
                r#"{"type":"enum","name":"y.E","symbols":["A"]}"#,
            ),
            (
                "in unions that are equal otherwise",
                r#"["null",{"type":"enum","name":"x.E","symbols":["A"]}]"#,
                r#"["null",{"type":"enum","name":"y.E","symbols":["A"]}]"#,
            ),
            (
                "in unions of which one has a symbol more",
                r#"["null",{"type":"enum","name":"x.E","symbols":["A"]}]"#,
                r#"["null",{"type":"enum","name":"y.E","symbols":["A","B"]}]"#,
            ),
            (
                "in unions of which one has the branches in another order",
                r#"["null",{"type":"fixed","name":"x.F","size":1}]"#,
                r#"[{"type":"fixed","name":"y.F","size":1},"null"]"#,
            ),
            (
                "a plain writer and a reader's union",
                r#"{"type":"enum","name":"x.E","symbols":["A"]}"#,
                r#"["null",{"type":"enum","name":"y.E","symbols":["A"]}]"#,
            ),
            (
                "a writer's union and a plain reader",
                r#"[{"type":"enum","name":"x.E","symbols":["A"]}]"#,
                r#"{"type":"enum","name":"y.E","symbols":["A"]}"#,
            ),
            (
                "a record in a union",
                r#"{"type":"record","name":"x.R","fields":[]}"#,
                r#"["null",{"type":"record","name":"y.R","fields":[]}]"#,
            ),
            (
                "the same reader's union met by an equal union and by a plain type",
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null",{"type":"enum","name":"x.E","symbols":["A"]}]},{"name":"b","type":"x.E"}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null",{"type":"enum","name":"y.E","symbols":["A"]}]},{"name":"b","type":["null","y.E"]}]}"#,
            ),
            (
                "a field's alias in a record whose namespace changes",
                r#"{"type":"record","name":"x.R","fields":[{"name":"a","type":"int"}]}"#,
                r#"{"type":"record","name":"y.R","fields":[{"name":"b","aliases":["a"],"type":"int"}]}"#,
            ),
            (
                "the same with a default",
                r#"{"type":"record","name":"x.R","fields":[{"name":"a","type":"int"}]}"#,
                r#"{"type":"record","name":"y.R","fields":[{"name":"b","aliases":["a"],"type":"int","default":7}]}"#,
            ),
            (
                "the same with an alias of the record",
                r#"{"type":"record","name":"x.R","fields":[{"name":"a","type":"int"}]}"#,
                r#"{"type":"record","name":"y.R","aliases":["x.R"],"fields":[{"name":"b","aliases":["a"],"type":"int"}]}"#,
            ),
            (
                "an alias that gives two branches one name",
                r#"["null",{"type":"record","name":"A","fields":[]},{"type":"record","name":"B","fields":[]}]"#,
                r#"["null",{"type":"record","name":"A","aliases":["B"],"fields":[]}]"#,
            ),
            (
                "an alias that is the name of another type",
                r#"{"type":"record","name":"R","fields":[{"name":"b","type":{"type":"enum","name":"B","symbols":["X"]}}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"A","aliases":["B"],"symbols":["X"]},"default":"X"},{"name":"b","type":{"type":"enum","name":"B","symbols":["X"]}}]}"#,
            ),
        ],
        expect![[r#"
            an enum is renamed in a field: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused: s: the reader wants `Status`, the writer wrote `OrderStatus`, and no alias of the reader says that they are the same (at byte 0)
            a fixed is renamed: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused: the reader wants `Hash`, the writer wrote `Md5`, and no alias of the reader says that they are the same (at byte 0)
            the same with an alias: compatible
            a record is renamed in an array: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused: [0]: the reader wants `B`, the writer wrote `A`, and no alias of the reader says that they are the same (at byte 1)
            an enum's namespace changes outside unions: compatible
            in unions that are equal otherwise: compatible
            in unions of which one has a symbol more: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused by Avro Java: (x.E): the reader's union [null, enum y.E] has no branch for `enum x.E`, which the writer wrote (at byte 1)
            in unions of which one has the branches in another order: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused by Avro Java: (x.F): the reader's union [fixed y.F, null] has no branch for `fixed x.F`, which the writer wrote (at byte 1)
            a plain writer and a reader's union: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused by Avro Java: the reader's union [null, enum y.E] has no branch for `enum x.E`, which the writer wrote (at byte 0)
            a writer's union and a plain reader: compatible
            a record in a union: compatible
            the same reader's union met by an equal union and by a plain type: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused by Avro Java: b: the reader's union [null, enum y.E] has no branch for `enum x.E`, which the writer wrote (at byte 1)
            a field's alias in a record whose namespace changes: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused by Avro Java: the reader needs the field `b` of `y.R`, which the writer does not have, and which has no default (at byte 0)
            the same with a default: incompatible
            error[avro/name-mismatch] OtherType OtherValue
              changed by Avro Java: `b` is read as 7
            the same with an alias of the record: compatible
            an alias that gives two branches one name: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused by Avro Java: Duplicate in union: A (at byte 0)
            an alias that is the name of another type: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused by Avro Java: b: Found A, expecting B (at byte 0)
        "#]],
    );
}

#[test]
fn an_alias_that_is_the_name_of_another_field() {
    let both = r#"{"type":"record","name":"R","fields":[{"name":"a","aliases":["b"],"type":"int"},{"name":"b","type":"int"}]}"#;
    table(
        &[
            ("the schema reads its own data", both, both),
            (
                "and that of one without the alias",
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}"#,
                both,
            ),
            (
                "but Avro Java none of a version with another field",
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"},{"name":"c","type":"int"}]}"#,
                both,
            ),
            (
                "an alias that is the name of a field of the writer alone",
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"a","aliases":["b"],"type":"int"}]}"#,
            ),
        ],
        expect![[r#"
            the schema reads its own data: compatible
            warning[avro/ambiguous-alias] Ambiguous Same
              nothing
            and that of one without the alias: compatible
            warning[avro/ambiguous-alias] Ambiguous Same
              nothing
            but Avro Java none of a version with another field: incompatible
            error[avro/ambiguous-alias] Ambiguous Refused
              refused by Avro Java: Duplicate field a in record R (at byte 0)
            an alias that is the name of a field of the writer alone: incompatible
            error[avro/ambiguous-alias] Ambiguous Refused
              refused: ambiguous: the reader's field `a` of `R` can stand for `a` and for `b`, and the writer has both (at byte 0)
        "#]],
    );
}

#[test]
fn defaults_that_are_no_values_of_their_types() {
    let writer = r#"{"type":"record","name":"R","fields":[]}"#;
    let reader = |ty: &str, default: &str| {
        format!(r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{ty},"default":{default}}}]}}"#)
    };
    let money = r#"{"type":"record","name":"Money","fields":[{"name":"n","type":"int"},{"name":"c","type":"string","default":null}]}"#;
    let status = r#"{"type":"enum","name":"E","symbols":["A"]}"#;
    let itself = r#"{"type":"record","name":"N","fields":[{"name":"n","type":"N","default":{}}]}"#;
    let wrong = [
        ("\"string\"".to_owned(), "null"),
        ("\"int\"".into(), "\"1\""),
        ("\"int\"".into(), "1.5"),
        ("\"long\"".into(), "92233720368547758080"),
        ("\"boolean\"".into(), "\"true\""),
        ("\"bytes\"".into(), "\"\u{100}\""),
        ("\"null\"".into(), "0"),
        (status.into(), "\"Z\""),
        (money.into(), "{}"),
        (money.into(), r#"{"n":1}"#),
        (money.into(), r#"{"n":"1","c":""}"#),
        (itself.into(), "{}"),
        (r#"["null","string"]"#.into(), "5"),
        (format!(r#"{{"type":"array","items":{status}}}"#), r#"["A","Z"]"#),
        (r#"{"type":"map","values":"int"}"#.into(), r#"{"k":null}"#),
        (r#"{"type":"fixed","name":"F","size":2}"#.into(), "\"a\""),
    ];
    for (ty, default) in &wrong {
        let found = findings(writer, &reader(ty, default));
        let [finding] = &found[..] else {
            panic!("{default} of {ty}: {found:?}")
        };
        assert_eq!(finding.rule.id, "avro/wrong-default", "{default} of {ty}");
        assert!(evidence(finding).starts_with("refused: "), "{default} of {ty}");
        // Where the writer has the field the default is not needed.
        let same = reader(ty, default);
        assert_eq!(findings(&same, &same), Vec::new(), "{default} of {ty}");
    }
    let right = [
        ("\"string\"".to_owned(), "\"\""),
        ("\"double\"".into(), "1"),
        (money.into(), r#"{"n":1,"c":""}"#),
        (r#"["null","string"]"#.into(), "\"second\""),
        (r#"["string","null"]"#.into(), "null"),
    ];
    for (ty, default) in &right {
        assert_eq!(findings(writer, &reader(ty, default)), Vec::new(), "{default} of {ty}");
    }
}

/// The issue in which it came up: compatible by Confluent's rules, and every new event fails in Java.
#[test]
fn null_as_the_default_of_a_string() {
    let old = treaty_schemas::Schema::Avro(std::sync::Arc::new(parse(
        r#"{"type":"record","name":"R","fields":[{"name":"id","type":"string"},{"name":"note","type":"string","default":null}]}"#,
    )));
    let new = treaty_schemas::Schema::Avro(std::sync::Arc::new(parse(
        r#"{"type":"record","name":"R","fields":[{"name":"id","type":"string"}]}"#,
    )));
    let judgement = judge(
        treaty_schemas::Mode::Forward,
        &new,
        std::slice::from_ref(&old),
        &Budget::unlimited(),
    );
    assert_eq!(judgement.verdict(RuleSet::Confluent).name(), "compatible");
    assert_eq!(judgement.verdict(RuleSet::Semantic).name(), "incompatible");
    assert!(check(&new, &old, &Budget::unlimited()).findings.is_empty());
    assert!(!check_with_notes(&old, &new, &Budget::unlimited()).findings.is_empty());
}

#[test]
fn each_finding_is_shown_by_what_it_is_about() {
    table(
        &[
            (
                "beside a required field",
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"long"}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"},{"name":"c","type":"int"}]}"#,
            ),
            (
                "a decimal beside a required field",
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":1}},{"name":"b","type":"int"}]}"#,
            ),
            (
                "a symbol in a renamed record, behind a field of another type",
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"long"},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}}]}"#,
                r#"{"type":"record","name":"S","fields":[{"name":"a","type":"string"},{"name":"e","type":{"type":"enum","name":"F","symbols":["A"]}}]}"#,
            ),
            (
                "a branch for Avro Java beside a required field",
                r#"{"type":"record","name":"R","fields":[{"name":"e","type":{"type":"enum","name":"x.E","symbols":["A"]}}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"e","type":["null",{"type":"enum","name":"y.E","symbols":["A"]}]},{"name":"b","type":"int"}]}"#,
            ),
        ],
        expect![[r#"
            beside a required field: incompatible
            error[avro/field-without-default] Missing Refused
              refused: the reader needs the field `b` of `R`, which the writer does not have, and which has no default (at byte 0)
            error[avro/field-without-default] Missing Refused
              refused: the reader needs the field `c` of `R`, which the writer does not have, and which has no default (at byte 0)
            error[avro/type-mismatch] OtherType Refused
              refused: a: the reader wants `string`, the writer wrote `long` (at byte 0)
            a decimal beside a required field: incompatible
            error[avro/field-without-default] Missing Refused
              refused: the reader needs the field `b` of `R`, which the writer does not have, and which has no default (at byte 0)
            error[avro/decimal-changed] OtherMeaning OtherValue
              changed: 0.01 is read as 0.1
            a symbol in a renamed record, behind a field of another type: incompatible
            error[avro/name-mismatch] OtherType Refused
              refused: the reader wants `S`, the writer wrote `R`, and no alias of the reader says that they are the same (at byte 0)
            error[avro/type-mismatch] OtherType Refused
              refused: a: the reader wants `string`, the writer wrote `long` (at byte 0)
            error[avro/name-mismatch] OtherType Refused
              refused: e: the reader wants `F`, the writer wrote `E`, and no alias of the reader says that they are the same (at byte 1)
            error[avro/symbol-unknown] UnknownSymbol Refused
              refused: e: the reader has no symbol `B` and no default (at byte 1)
            a branch for Avro Java beside a required field: incompatible
            error[avro/field-without-default] Missing Refused
              refused: the reader needs the field `b` of `R`, which the writer does not have, and which has no default (at byte 0)
            error[avro/name-mismatch] OtherType Refused
              refused by Avro Java: e: the reader's union [null, enum y.E] has no branch for `enum x.E`, which the writer wrote (at byte 0)
        "#]],
    );
    // Notes as well: what is read as a default is seen even if another field stops the event.
    let reader =
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":7}]}"#;
    let writer = r#"{"type":"record","name":"R","fields":[]}"#;
    let noted = avro::check_with_notes(&parse(reader), &parse(writer), &Budget::unlimited());
    assert_eq!(evidence(&noted.findings[1]), "changed: `b` is read as 7");
}

#[test]
fn a_witness_says_where_its_place_is() {
    let fields: Vec<String> = (0..40)
        .map(|index| format!(r#"{{"name":"field_number_{index}","type":"int"}}"#))
        .collect();
    let schema = |last: &str| {
        format!(
            r#"{{"type":"record","name":"R","fields":[{},{{"name":"list","type":{{"type":"array","items":["null",{{"type":"map","values":"{last}"}}]}}}}]}}"#,
            fields.join(",")
        )
    };
    let found = findings(&schema("long"), &schema("boolean"));
    let witness = found[0].evidence.payload().expect("a payload");
    assert_eq!(&witness.value[witness.at..], "0}}]}");
    assert!(witness.at > 200);
}
