//! Faults that other registries were seen with, each as a test that fails if we had it.

use treaty_schemas::avro::{self, Schema};
use treaty_schemas::text::json;
use treaty_schemas::{Budget, Options, RuleSet, Source, Verdict};

fn parse(text: &str) -> Schema {
    avro::parse(&Source::new("schema.avsc", text), &[], &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Confluent's and the semantic verdict on a reader and a writer.
fn verdicts(reader: &str, writer: &str) -> (Verdict, Verdict) {
    let comparison = avro::check(&parse(reader), &parse(writer), &Budget::unlimited());
    (
        comparison.verdict(RuleSet::Confluent),
        comparison.verdict(RuleSet::Semantic),
    )
}

const BOTH_FINE: (Verdict, Verdict) = (Verdict::Compatible, Verdict::Compatible);
const BOTH_REFUSE: (Verdict, Verdict) = (Verdict::Incompatible, Verdict::Incompatible);

#[test]
fn an_alias_on_the_writers_side_counts() {
    let reader = r#"{"type":"record","name":"R","fields":[{"name":"total","type":"long"}]}"#;
    let writer = r#"{"type":"record","name":"R","fields":[{"name":"amount","aliases":["total"],"type":"long"}]}"#;
    assert_eq!(verdicts(reader, writer), BOTH_REFUSE);
}

#[test]
fn a_named_type_replaced_by_one_that_was_defined_earlier_passes() {
    let types = |ty: &str| {
        format!(
            r#"{{"type":"record","name":"R","fields":[
                {{"name":"a","type":{{"type":"record","name":"A","fields":[{{"name":"x","type":"int"}}]}}}},
                {{"name":"b","type":{{"type":"record","name":"B","fields":[{{"name":"y","type":"string"}}]}}}},
                {{"name":"c","type":"{ty}"}}]}}"#
        )
    };
    assert_eq!(verdicts(&types("A"), &types("B")), BOTH_REFUSE);
}

#[test]
fn a_decimals_scale_changes_unnoticed() {
    let decimal = |scale: u32| format!(r#"{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#);
    assert_eq!(
        verdicts(&decimal(2), &decimal(3)),
        (Verdict::Compatible, Verdict::Incompatible)
    );
}

#[test]
fn a_named_type_first_used_at_another_place_is_refused() {
    let money = r#"{"type":"record","name":"Money","fields":[{"name":"cents","type":"long"}]}"#;
    let order = |first: &str, second: &str| {
        format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"{first}","type":{money}}},{{"name":"{second}","type":"Money"}}]}}"#
        )
    };
    assert_eq!(verdicts(&order("net", "tax"), &order("tax", "net")), BOTH_FINE);
}

#[test]
fn an_enum_or_fixed_renamed_with_an_alias_is_refused() {
    let old = r#"{"type":"enum","name":"Colour","symbols":["RED"]}"#;
    let new = r#"{"type":"enum","name":"Hue","aliases":["Colour"],"symbols":["RED"]}"#;
    assert_eq!(verdicts(new, old), BOTH_FINE);
    let old = r#"{"type":"fixed","name":"Md5","size":16}"#;
    let new = r#"{"type":"fixed","name":"Digest","aliases":["Md5"],"size":16}"#;
    assert_eq!(verdicts(new, old), BOTH_FINE);
}

#[test]
fn a_type_that_another_schema_named_is_known() {
    let uses = r#"{"type":"record","name":"Order","fields":[{"name":"total","type":"acme.Money"}]}"#;
    let refused = |text: &str| avro::parse(&Source::new("order.avsc", text), &[], &Options::default()).is_err();
    assert!(refused(uses));
    let money = parse(r#"{"type":"record","name":"acme.Money","fields":[]}"#);
    avro::check(&money, &money, &Budget::unlimited());
    assert!(refused(uses), "a schema means what its own text and its references say");
}

#[test]
fn arrays_nested_thousands_deep_burn_a_core() {
    for levels in [1_000, 2_000, 100_000] {
        let text = format!(
            "{}\"int\"{}",
            r#"{"type":"array","items":"#.repeat(levels),
            "}".repeat(levels)
        );
        let options = Options {
            limits: json::Limits {
                bytes: usize::MAX,
                ..json::Limits::default()
            },
            ..Options::default()
        };
        let error = avro::parse(&Source::new("deep.avsc", text), &[], &options).expect_err("too deep");
        assert!(
            error.to_string().contains("nested deeper than the 256 levels"),
            "{error}"
        );
    }
}

#[test]
fn a_default_of_2_to_the_53_plus_1_is_rounded() {
    let counter = |default: &str| {
        parse(&format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"n","type":"long","default":{default}}}]}}"#
        ))
    };
    let (one, other) = (counter("9007199254740993"), counter("9007199254740992"));
    assert_ne!(one.canonical(), other.canonical());
    assert!(one.canonical().contains("9007199254740993"));
}
