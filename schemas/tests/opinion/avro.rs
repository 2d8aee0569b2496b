//! What apache-avro says.

use treaty_schemas::{Format, Saying};

use super::{Tally, said, try_parse};
use crate::avro_soundness::{alphabet, mutate};
use crate::random::{self, Random};

fn of(reader: &str, writer: &str, rule: &str) -> Saying {
    said(Format::Avro, "a.avsc", reader, writer, rule)
}

/// A record `R` with these fields.
fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
}

fn quirk(said: &Saying) -> &str {
    match said {
        Saying::Quirk(quirk) => quirk.id,
        _ => "none",
    }
}

#[test]
fn what_it_refuses_too_is_confirmed() {
    for (reader, writer, rule) in [
        (r#""int""#, r#""string""#, "avro/type-mismatch"),
        (r#"["null", "int"]"#, r#""string""#, "avro/union-branch-missing"),
        (r#""string""#, r#""bytes""#, "avro/bytes-not-text"),
        (
            r#"{"type": "fixed", "name": "F", "size": 4}"#,
            r#"{"type": "fixed", "name": "F", "size": 8}"#,
            "avro/fixed-size-mismatch",
        ),
        (
            r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#,
            r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#,
            "avro/symbol-unknown",
        ),
        (r#""float""#, r#""long""#, "avro/lossy-promotion"),
    ] {
        assert_eq!(of(reader, writer, rule), Saying::Confirmed, "{rule}");
    }
    let field = |ty: &str| record(&format!(r#"{{"name": "a", "type": {ty}}}"#));
    assert_eq!(
        of(&field("\"int\""), &record(""), "avro/field-without-default"),
        Saying::Confirmed
    );
    let default = record(r#"{"name": "a", "type": "int", "default": 7}"#);
    assert_eq!(
        of(&default, &record(""), "avro/field-read-as-default"),
        Saying::Confirmed
    );
}

/// A finding is confirmed by the part of the reader that it is about: the other field, which nobody writes, is no reason.
#[test]
fn another_reason_to_refuse_confirms_nothing() {
    let writer = record(r#"{"name": "a", "type": "long"}"#);
    let reader = record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "string"}"#);
    assert_eq!(quirk(&of(&reader, &writer, "avro/type-mismatch")), "values");
    assert_eq!(of(&reader, &writer, "avro/field-without-default"), Saying::Confirmed);
}

#[test]
fn a_quirk_is_named_where_it_explains_the_finding() {
    let decimal = |precision, scale| {
        format!(r#"{{"type": "bytes", "logicalType": "decimal", "precision": {precision}, "scale": {scale}}}"#)
    };
    let long = |logical| format!(r#"{{"type": "long", "logicalType": "{logical}"}}"#);
    let fixed = |name| format!(r#"{{"type": "fixed", "name": "{name}", "size": 4}}"#);
    let default = |ty: &str, default: &str| record(&format!(r#"{{"name": "a", "type": {ty}, "default": {default}}}"#));
    for (reader, writer, rule, id) in [
        (fixed("G"), fixed("F"), "avro/name-mismatch", "names"),
        (
            format!("[\"null\", {}]", fixed("G")),
            fixed("F"),
            "avro/union-branch-missing",
            "names",
        ),
        (
            record(r#"{"name": "a", "aliases": ["b"], "type": "int"}"#),
            record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#),
            "avro/ambiguous-alias",
            "aliases",
        ),
        (r#""int""#.into(), r#""long""#.into(), "avro/type-mismatch", "values"),
        (
            long("timestamp-micros"),
            long("timestamp-millis"),
            "avro/logical-type-changed",
            "logical-types",
        ),
        (decimal(9, 2), decimal(9, 0), "avro/decimal-changed", "short-decimals"),
        (
            default("\"bytes\"", r#""\u00ff""#),
            record(""),
            "avro/field-read-as-default",
            "bytes-defaults",
        ),
        (
            default(r#"["null", "int"]"#, "7"),
            record(""),
            "avro/field-read-as-default",
            "union-defaults",
        ),
    ] {
        assert_eq!(quirk(&of(&reader, &writer, rule)), id, "{reader} {writer}");
    }
}

#[test]
fn what_could_end_badly_is_not_asked() {
    // A default that needs itself, and unions within unions.
    let endless = r#"{"type": "record", "name": "R", "fields": [
        {"name": "x", "type": {"type": "record", "name": "N", "fields": [{"name": "n", "type": ["N", "null"], "default": {"n": null}}]}, "default": {}},
        {"name": "a", "type": "int"}]}"#;
    let said = of(endless, &record(""), "avro/field-without-default");
    assert_eq!(said, Saying::Confirmed, "of the field in question alone");
    let said = of(
        endless,
        &record(r#"{"name": "a", "type": "int"}"#),
        "avro/field-read-as-default",
    );
    assert!(matches!(said, Saying::NotAsked(_)), "{said:?}");
    let mut nested = "\"int\"".to_owned();
    for level in 0..30 {
        nested = format!(
            r#"["null", {{"type": "record", "name": "N{level}", "fields": [{{"name": "a", "type": {nested}}}]}}]"#
        );
    }
    let other = nested.replace("\"int\"", "\"string\"");
    assert_eq!(of(&nested, &other, "avro/type-mismatch"), Saying::Confirmed);
}

#[test]
fn every_pair_of_small_schemas() {
    let parsed: Vec<_> = alphabet::schemas()
        .iter()
        .filter_map(|text| try_parse(Format::Avro, "a.avsc", text))
        .collect();
    let mut tally = Tally::default();
    for reader in &parsed {
        for writer in &parsed {
            tally.take(reader, writer);
        }
    }
    tally.finish("every pair of small Avro schemas");
    assert!(tally.count("confirmed") > 1000);
}

#[test]
fn random_pairs() {
    let pairs = random::setting("TREATY_SOAK_PAIRS", 3_000);
    let mut random = Random::new(random::setting("TREATY_SOAK_SEED", 2026));
    let mut tally = Tally::default();
    for _ in 0..pairs {
        let (first, second) = {
            let mut drawer = mutate::Drawer::new(&mut random);
            let first = drawer.record(3);
            let second = drawer.mutate(&first);
            (mutate::text(&first), mutate::text(&second))
        };
        let parse = |text: &str| try_parse(Format::Avro, "a.avsc", text);
        if let (Some(first), Some(second)) = (parse(&first), parse(&second)) {
            tally.take(&first, &second);
            tally.take(&second, &first);
        }
    }
    tally.finish("random pairs of Avro");
    assert!(tally.count("confirmed") > 100);
}
