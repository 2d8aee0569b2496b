//! What Java and others write and read beside the specification: it is taken, and told where it may surprise.

use expect_test::{Expect, expect};
use treaty_schemas::avro::parse;
use treaty_schemas::{Options, Reference, Source, Strictness};

use super::{check, check_with, parse_as, parse_new};

fn warnings(text: &str, expected: Expect) {
    let schema = parse_new(text).unwrap_or_else(|error| panic!("{error}"));
    let warnings = schema.warnings().iter();
    let shown: String = warnings.map(|warning| format!("{warning}\n")).collect();
    expected.assert_eq(&shown);
}

const MONEY: &str = r#"{"type":"record","name":"Money","namespace":"shop","doc":"what it costs","fields":[{"name":"amount","type":["null","long"],"default":null,"unit":"cent"}]}"#;

#[test]
fn a_type_may_be_defined_twice_if_it_is_the_same() {
    let same = MONEY.replace("what it costs", "a price");
    let both = |one: &str, other: &str| {
        format!(
            r#"{{"type":"record","name":"Order","fields":[{{"name":"a","type":{one}}},{{"name":"b","type":{other}}}]}}"#
        )
    };
    check(
        &both(MONEY, &same),
        expect![[r#"
        fine: {"type":"record","name":"Order","fields":[{"name":"a","type":{"type":"record","name":"Money","namespace":"shop","doc":"what it costs","fields":[{"name":"amount","type":["null","long"],"default":null,"unit":"cent"}]}},{"name":"b","type":"shop.Money"}]}
    "#]],
    );
    // In a reference and the text itself, and in two references.
    let order = r#"{"type":"record","name":"Order","fields":[{"name":"a","type":"shop.Money"}]}"#;
    check_with(
        &both(MONEY, "\"string\""),
        &[&same],
        Strictness::New,
        expect![[r#"
        fine: {"type":"record","name":"Order","fields":[{"name":"a","type":"shop.Money"},{"name":"b","type":"string"}]}
    "#]],
    );
    check_with(
        order,
        &[MONEY, &same],
        Strictness::New,
        expect![[r#"
        fine: {"type":"record","name":"Order","fields":[{"name":"a","type":"shop.Money"}]}
    "#]],
    );
    for other in [
        MONEY.replace("long", "int"),
        MONEY.replace("cent", "euro"),
        MONEY.replace(r#""name":"amount""#, r#""name":"amount","aliases":["sum"]"#),
        MONEY.replace(r#""name":"amount""#, r#""name":"amount","order":"descending""#),
        MONEY.replace(r#","default":null"#, ""),
    ] {
        let error = parse_as(&both(MONEY, &other), &[], Strictness::Stored).expect_err("they differ");
        assert!(
            error.problems[0].message.contains("is already defined otherwise"),
            "{error}"
        );
    }
    // A type that holds its own definition has no end.
    check(
        r#"{"type":"record","name":"A","fields":[{"name":"a","type":{"type":"record","name":"A","fields":[]}}]}"#,
        expect![[r#"
            schema:1:82: `A` is already defined otherwise, at 1:25
              define it once and refer to it by name elsewhere
        "#]],
    );
}

#[test]
fn comments_are_dropped() {
    check(
        "// an order\n{\"type\": /* what */ \"record\", \"name\": \"Order\", // the name\n\"fields\": []} // end",
        expect![[r#"
            fine: {"type":"record","name":"Order","fields":[]}
        "#]],
    );
    check(
        "{\"type\": \"record\" /* open",
        expect![[r#"
        schema:1:19: the comment is not closed
    "#]],
    );
    check(
        r#"{"type":"enum","name":"E","symbols":["//"]}"#,
        expect![[r#"
        schema:1:38: `//` is no name for a symbol
          a letter or `_` first, then letters, digits and `_`, all ASCII
    "#]],
    );
}

#[test]
fn what_was_stored_may_have_keys_twice() {
    let text = r#"{"type":"record","name":"A","name":"B","doc":7,"fields":[]}"#;
    check(
        text,
        expect![[r#"
        schema:1:29: the key `name` stands twice in this object
    "#]],
    );
    check_with(
        text,
        &[],
        Strictness::Stored,
        expect![[r#"
        fine: {"type":"record","name":"B","fields":[]}
    "#]],
    );
}

#[test]
fn what_may_surprise_is_told() {
    warnings(
        r#"{"type":"record","name":"Order","fields":[{"name":"note","type":["string","null"],"default":null}]}"#,
        expect![[r#"
            schema:1:93: the default is not of the first branch of its union: Avro Java before 1.12 and fastavro may refuse it (put the type of the default first in the union)
        "#]],
    );
    warnings(
        r#"{"type":"record","name":"Order","aliases":["old order"],"fields":[]}"#,
        expect![[r#"
            schema:1:44: the alias `old order` is no name, so no new schema has a type of that name
        "#]],
    );
    warnings(
        r#"{"type":"record","name":"Order","fields":[
            {"name":"amount","type":"bytes","logicalType":"decimal","precision":9,"scale":2},
            {"name":"tax","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":5}},
            {"name":"id","type":{"type":"int","logicalType":"uuid"}}]}"#,
        expect![[r#"
            schema:2:59: `logicalType` stands beside the type of the field `amount`, where it says nothing (write it into the type: "type": {"type": "bytes", "logicalType": "decimal", …})
            schema:2:81: `precision` stands beside the type of the field `amount`, where it says nothing (write it into the type: "type": {"type": "bytes", "logicalType": "decimal", …})
            schema:2:91: `scale` stands beside the type of the field `amount`, where it says nothing (write it into the type: "type": {"type": "bytes", "logicalType": "decimal", …})
            schema:3:64: the logical type `decimal` is ignored: it needs a `precision` above 0 that the type has room for, and a `scale` that is not above the precision
            schema:4:61: the logical type `uuid` is ignored: it does not belong to this type
        "#]],
    );
}

#[test]
fn a_default_beside_an_enum_is_the_fields() {
    let field = |of_enum: &str, of_field: &str| {
        format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"e","type":{{"type":"enum","name":"E","symbols":["A","B"]{of_enum}}}{of_field}}}]}}"#
        )
    };
    warnings(
        &field("", r#","default":"A""#),
        expect![[r#"
        schema:1:115: the default of the field `e` stands in where the field is missing, not for symbols that a reader does not know (for those give the enum itself a `default`: {"type": "enum", …, "default": …})
    "#]],
    );
    warnings(&field(r#","default":"B""#, r#","default":"A""#), expect![[""]]);
    warnings(&field("", ""), expect![[""]]);
}

/// References along two ways that lead to two versions of one subject: the first way counts, as in Confluent's registry.
#[test]
fn of_two_versions_of_a_type_the_first_counts() {
    let parse = |references: &[(&str, &str, &str)]| {
        let references = references.iter().map(|(import, name, text)| Reference {
            import: (*import).into(),
            source: Source::new(*name, *text),
        });
        let order = r#"{"type":"record","name":"Order","fields":[{"name":"line","type":"Line"},{"name":"total","type":"shop.Money"}]}"#;
        parse(
            &Source::new("order", order),
            &references.collect::<Vec<_>>(),
            &Options::default(),
        )
    };
    let line = r#"{"type":"record","name":"Line","fields":[{"name":"price","type":"shop.Money"}]}"#;
    let second = MONEY.replace("long", "int");
    let schema = parse(&[
        ("shop.Money", "money@1", MONEY),
        ("Line", "line@1", line),
        ("shop.Money", "money@2", &second),
    ]);
    let schema = schema.unwrap_or_else(|error| panic!("{error}"));
    assert!(schema.resolved().contains(r#"["null","long"]"#) && !schema.resolved().contains("int"));
    let shown: String = schema.warnings().iter().map(ToString::to_string).collect();
    expect!["order:1:1: the reference `shop.Money` leads to `money@1` and to `money@2`, which differ: the first is used, as in Confluent's registry (refer to one version in all schemas)"].assert_eq(&shown);
    // What differs in nothing but its documentation is no difference.
    let same = MONEY.replace("what it costs", "a price");
    let schema = parse(&[
        ("shop.Money", "money@1", MONEY),
        ("Line", "line@1", line),
        ("shop.Money", "money@2", &same),
    ]);
    assert_eq!(schema.map(|schema| schema.warnings().len()).ok(), Some(0));
    // The second version is left out as a whole, with what only it defines.
    let more = second
        .replace("[\"null\",\"int\"]", r#"{"type":"fixed","name":"Cents","size":4}"#)
        .replace(r#""default":null,"#, "");
    let user = r#"{"type":"record","name":"Line","fields":[{"name":"price","type":"shop.Cents"}]}"#;
    let error = parse(&[
        ("shop.Money", "money@1", MONEY),
        ("shop.Money", "money@2", &more),
        ("Line", "line@1", user),
    ]);
    let error = error.expect_err("nothing brings the type");
    assert!(error.to_string().contains("`shop.Cents` is not defined"), "{error}");
    // Under two reference names they contradict one another.
    let error = parse(&[
        ("shop.Money", "money@1", MONEY),
        ("Line", "line@1", line),
        ("money", "money@2", &second),
    ]);
    let error = error.expect_err("they differ");
    assert!(
        error
            .to_string()
            .contains("`shop.Money` is already defined otherwise, in `money@1`"),
        "{error}"
    );
}

#[test]
fn a_name_without_a_name_is_none() {
    check(
        r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"a","type":".Address"}]}"#,
        expect![[r#"
            schema:1:81: `.Address` is no name of a type
              a type without a namespace is referred to by its name alone, from where there is no namespace
        "#]],
    );
}
