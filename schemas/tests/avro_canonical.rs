//! The texts that stand for an Avro schema, their fingerprints and the guid.

#![allow(clippy::print_stdout)]

use apache_avro::rabin::Rabin;
use expect_test::{Expect, expect};
use treaty_schemas::avro::{Schema, parse};
use treaty_schemas::guid::{self, Reference, guid};
use treaty_schemas::{Options, Source, Strictness};

use crate::avro_parse::mutants;

fn with_references(text: &str, references: &[&str]) -> Schema {
    let named = references
        .iter()
        .zip(1..)
        .map(|(text, number)| treaty_schemas::Reference {
            import: format!("reference-{number}").into(),
            source: Source::new("reference", *text),
        });
    let references: Vec<_> = named.collect();
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    let parsed = parse(&Source::new("schema", text), &references, &options);
    parsed.unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn schema(text: &str) -> Schema {
    with_references(text, &[])
}

fn canonical(text: &str) -> String {
    let canonical = schema(text).canonical();
    assert_eq!(schema(&canonical).canonical(), canonical, "it stands for itself");
    canonical
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&canonical(text));
}

#[test]
fn canonical_strings() {
    check(r#" {"type" : "string"} "#, expect![[r#""string""#]]);
    check(
        r#"{"avro.java.string":"String","type":"string","doc":"not kept on a primitive"}"#,
        expect![[r#"{"type":"string","avro.java.string":"String"}"#]],
    );
    check(
        r#"{"aliases":["S","b.T","a.b.U"],"zz":1,"fields":[{"aliases":["z","y"],"order":"ascending","default":null,"doc":"d","kind":["k"],"type":"null","name":"n"},
            {"type":{"type":"R"},"name":"r","order":"DESCENDING"}],"aa":{"y":1,"b":2},"doc":"","name":"a.b.R","type":"record"}"#,
        expect![[
            r#"{"type":"record","name":"R","namespace":"a.b","doc":"","fields":[{"name":"n","type":"null","doc":"d","default":null,"aliases":["z","y"],"kind":["k"]},{"name":"r","type":"R","order":"descending"}],"zz":1,"aa":{"y":1,"b":2},"aliases":["S","b.T","U"]}"#
        ]],
    );
    check(
        r#"{"default":"B","aliases":[],"p":true,"symbols":["A","B"],"doc":"e","namespace":"n","name":"E","type":"enum"}"#,
        expect![[r#"{"type":"enum","name":"E","namespace":"n","doc":"e","symbols":["A","B"],"default":"B","p":true}"#]],
    );
    check(
        r#"{"size":4,"scale":1,"precision":9,"logicalType":"decimal","name":"F","type":"fixed"}"#,
        expect![[r#"{"type":"fixed","name":"F","size":4,"scale":1,"precision":9,"logicalType":"decimal"}"#]],
    );
    check(
        r#"{"values":{"items":{"type":"null"},"type":"array","p":1},"type":"map","q":null}"#,
        expect![[r#"{"type":"map","values":{"type":"array","items":"null","p":1},"q":null}"#]],
    );
    check(
        r#"{"name":"x.Broken","type":"error","fields":[],"default":"kept","size":"not kept"}"#,
        expect![[r#"{"type":"error","name":"Broken","namespace":"x","fields":[],"default":"kept"}"#]],
    );
    // A name is full where its namespace differs from the enclosing one, or where it would read as a kind of type.
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":{"type":"record","name":"b.S","fields":[{"name":"r","type":["null","a.R","S"]}]}},
            {"name":"y","type":{"type":"fixed","name":"map","size":1}},{"name":"z","type":["a.map","b.S"]},{"name":"w","type":{"type":"enum","name":"N","namespace":"","symbols":[]}}]}"#,
        expect![[
            r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"record","name":"S","namespace":"b","fields":[{"name":"r","type":["null","a.R","S"]}]}},{"name":"y","type":{"type":"fixed","name":"map","size":1}},{"name":"z","type":["a.map","b.S"]},{"name":"w","type":{"type":"enum","name":"N","namespace":"","symbols":[]}}]}"#
        ]],
    );
}

#[test]
fn numbers_and_strings_as_java_writes_them() {
    for (written, expected) in [
        ("9007199254740993", "9007199254740993"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("-0", "0"),
        ("-0.0", "-0.0"),
        ("1.50", "1.5"),
        ("1e2", "100.0"),
        ("1E10", "1.0E10"),
        ("12345678.9", "1.23456789E7"),
        ("9999999.5", "9999999.5"),
        ("0.001", "0.001"),
        ("0.00099", "9.9E-4"),
        // A double does not have these digits.
        ("0.10000000000000001", "0.10000000000000001"),
        ("5e-324", "5e-324"),
        ("4.9e-324", "4.9E-324"),
        ("1e400", "1e400"),
        ("1e99999999999999999999", "1e99999999999999999999"),
        (r#""\u0041\/\u00e9\ud83d\ude00""#, "\"A/é😀\""),
        (
            r#""\"\\\b\f\n\r\t\u001f\u007f""#,
            "\"\\\"\\\\\\b\\f\\n\\r\\t\\u001F\u{7f}\"",
        ),
        (r#"[ 1 , { "b" : 1.0 , "a" : [ ] } ]"#, r#"[1,{"b":1.0,"a":[]}]"#),
    ] {
        let text = format!(r#"{{"type":"int","p":{written}}}"#);
        assert_eq!(
            canonical(&text),
            format!(r#"{{"type":"int","p":{expected}}}"#),
            "{written}"
        );
    }
    // A default that a double or float has only nearly keeps its digits, and with them an id of its own.
    for (ty, written, normalized) in [
        ("double", "0.10000000000000001", "0.10000000000000001"),
        ("float", "0.100000001", "0.100000001"),
        ("float", "16777216", "1.6777216E7"),
        ("float", "16777217", "1.6777217E7"),
    ] {
        let with = |default: &str| {
            schema(&format!(
                r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":"{ty}","default":{default}}}]}}"#
            ))
        };
        let shows = |text: &str, number: &str| assert!(text.contains(&format!("\"default\":{number}}}")), "{text}");
        shows(&with(written).canonical(), written);
        shows(&with(written).normalized(), normalized);
        shows(&with(&format!("\"{written}\"")).normalized(), normalized);
    }
    // A text that is the default of a double or float is the number that it spells.
    let text = r#"{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":"1.50"}]}"#;
    assert!(canonical(text).contains(r#""default":1.5}"#));
}

/// What other registries take for the same schema, and is another.
#[test]
fn identity_rests_on_everything_that_is_said() {
    let base = r#"{"type":"record","name":"a.R","doc":"d","aliases":["Q"],"connect.name":"x","fields":[
        {"name":"n","type":"long","default":9007199254740992,"order":"ignore","aliases":["m"],"doc":"d","custom":1},
        {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A","aliases":["D"]}},
        {"name":"f","type":{"type":"fixed","name":"F","size":8,"logicalType":"decimal","precision":9,"scale":2}},
        {"name":"s","type":{"type":"string","avro.java.string":"String"}}]}"#;
    for (what, from, to) in [
        ("a default of 2^53 + 1", "9007199254740992", "9007199254740993"),
        ("a type's alias", r#"["Q"]"#, r#"["P"]"#),
        ("an alias more", r#"["Q"]"#, r#"["Q","P"]"#),
        ("an alias without a namespace", r#"["Q"]"#, r#"[".Q"]"#),
        ("a field's alias", r#"["m"]"#, r#"["l"]"#),
        ("an enum's alias", r#"["D"]"#, r#"["C"]"#),
        ("an enum's default", r#""default":"A""#, r#""default":"B""#),
        ("no enum default", r#","default":"A""#, ""),
        ("the order of a field", "ignore", "descending"),
        (
            "an attribute of a type",
            r#""connect.name":"x""#,
            r#""connect.name":"y""#,
        ),
        ("an attribute of a field", r#""custom":1"#, r#""custom":2"#),
        (
            "an attribute of a primitive",
            r#""avro.java.string":"String""#,
            r#""avro.java.string":"Utf8""#,
        ),
        ("a fixed's decimal scale", r#""scale":2"#, r#""scale":3"#),
        ("a fixed's decimal precision", r#""precision":9"#, r#""precision":10"#),
        ("a doc", r#""doc":"d","aliases""#, r#""doc":"e","aliases""#),
        ("the namespace", "a.R", "b.R"),
        ("an error for a record", r#""record""#, r#""error""#),
    ] {
        let changed = base.replacen(from, to, 1);
        assert_ne!(changed, base, "{what}");
        assert_ne!(canonical(&changed), canonical(base), "{what}");
        assert_ne!(
            schema(&changed).normalized(),
            schema(base).normalized(),
            "{what}, normalised"
        );
        assert_ne!(guid(&canonical(&changed), &[]), guid(&canonical(base), &[]), "{what}");
    }
}

#[test]
fn normalised_are_equal_what_means_the_same() {
    let rows = [
        (
            r#"{"type":"int","b":1,"a":{"y":1,"x":2}}"#,
            r#"{"a":{"x":2,"y":1},"type":"int","b":1}"#,
        ),
        (
            r#"{"type":"bytes","scale":2,"precision":4,"logicalType":"decimal","a":1}"#,
            r#"{"type":"bytes","a":1,"logicalType":"decimal","precision":4,"scale":2}"#,
        ),
        (
            r#"{"type":"record","name":"R","namespace":"a","aliases":["b.S","T"],"fields":[]}"#,
            r#"{"type":"record","name":"a.R","aliases":["a.T","b.S"],"fields":[],"doc":""}"#,
        ),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"d","type":"double","default":1,"aliases":["b","a"]},{"name":"f","type":{"type":"array","items":["float","null"]},"default":[1]}]}"#,
            r#"{"type":"record","name":"R","fields":[{"name":"d","type":"double","default":1.0,"aliases":["a","b"]},{"name":"f","type":{"type":"array","items":["float","null"]},"default":[1.0]}]}"#,
        ),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"m","type":{"type":"map","values":"int"},"default":{"b":1,"a":2}}]}"#,
            r#"{"type":"record","name":"R","fields":[{"name":"m","type":{"type":"map","values":"int"},"default":{"a":2,"b":1}}]}"#,
        ),
    ];
    for (one, other) in rows {
        assert_ne!(canonical(one), canonical(other), "{one}");
        assert_eq!(schema(one).normalized(), schema(other).normalized(), "{one}");
    }
    let all = r#"{"type":"record","name":"a.R","x":2,"doc":"kept","aliases":["Z","b.Y"],"c":1,"fields":[
        {"name":"f","doc":"kept","type":{"type":"enum","doc":"kept","name":"E","symbols":["B","A"],"default":"A","aliases":["D"]},"default":"A","order":"descending","aliases":["h","g"]},
        {"name":"d","type":{"type":"fixed","size":8,"name":"F","doc":"kept","aliases":["G"],"z":1,"scale":2,"precision":9,"logicalType":"decimal"}}]}"#;
    expect![[r#"{"type":"record","name":"R","namespace":"a","doc":"kept","fields":[{"name":"f","type":{"type":"enum","name":"E","doc":"kept","symbols":["B","A"],"default":"A","aliases":["D"]},"doc":"kept","default":"A","order":"descending","aliases":["g","h"]},{"name":"d","type":{"type":"fixed","name":"F","doc":"kept","size":8,"logicalType":"decimal","precision":9,"scale":2,"z":1,"aliases":["G"]}}],"c":1,"x":2,"aliases":["Z","b.Y"]}"#]].assert_eq(&schema(all).normalized());
}

#[test]
fn types_of_references_are_names() {
    let money = r#"{"type":"record","name":"shop.Money","fields":[{"name":"unit","type":{"type":"enum","name":"Unit","symbols":["EUR"]}}]}"#;
    let order = r#"{"type":"record","name":"shop.Order","fields":[{"name":"a","type":"Money"},{"name":"b","type":"Unit"},{"name":"c","type":"Money"}]}"#;
    let schema = with_references(order, &[money]);
    assert_eq!(
        schema.canonical(),
        r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"a","type":"Money"},{"name":"b","type":"Unit"},{"name":"c","type":"Money"}]}"#
    );
    assert_eq!(schema.normalized(), schema.canonical());
    let resolved = r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"a","type":{"type":"record","name":"Money","fields":[{"name":"unit","type":{"type":"enum","name":"Unit","symbols":["EUR"]}}]}},{"name":"b","type":"Unit"},{"name":"c","type":"Money"}]}"#;
    assert_eq!(schema.resolved(), resolved);
    assert_eq!(
        schema.parsing_canonical_form(),
        self::schema(resolved).parsing_canonical_form()
    );
}

#[test]
fn parsing_canonical_forms() {
    let check = |text: &str, expected: Expect| expected.assert_eq(&schema(text).parsing_canonical_form());
    check(r#"{"type":"int","logicalType":"date"}"#, expect![[r#""int""#]]);
    check(
        r#"{"type":"error","name":"R","namespace":"a","doc":"d","aliases":["Q"],"fields":[{"default":1,"type":["int",{"type":"fixed","size":4,"name":"F","logicalType":"decimal","precision":4}],"name":"f","order":"ignore"},{"name":"g","type":{"type":"map","values":{"type":"array","items":"F"}}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"],"default":"A"}}]}"#,
        expect![[
            r#"{"name":"a.R","type":"record","fields":[{"name":"f","type":["int",{"name":"a.F","type":"fixed","size":4}]},{"name":"g","type":{"type":"map","values":{"type":"array","items":"a.F"}}},{"name":"e","type":{"name":"a.E","type":"enum","symbols":["A"]}}]}"#
        ]],
    );
}

#[test]
fn fingerprints() {
    for (text, expected) in [
        (r#""null""#, 0x63dd_24e7_cc25_8f8a),
        (r#""boolean""#, 0x9f42_fc78_a4d4_f764),
        (r#""int""#, 0x7275_d51a_3f39_5c8f),
        (r#""long""#, 0xd054_e144_93f4_1db7),
        (r#""float""#, 0x4d7c_02cb_3ea8_d790),
        (r#""double""#, 0x8e75_35c0_32ab_957e),
        (r#""bytes""#, 0x4fc0_16da_c320_1965),
        (r#""string""#, 0x8f01_4872_6345_03c7),
        (r#"{"type":"int","logicalType":"date"}"#, 0x7275_d51a_3f39_5c8f),
    ] {
        assert_eq!(schema(text).rabin(), expected, "{text}");
    }
}

/// Schemas with logical types aside, whose form apache-avro gets wrong, both agree on form and fingerprints.
#[test]
fn forms_and_fingerprints_against_apache_avro() {
    let mut random = mutants::Random::new(11);
    let mut compared = 0;
    for _ in 0..20_000 {
        let text = mutants::mutant(&mut random);
        if text.contains("logicalType") {
            continue;
        }
        let Ok(Ok(theirs)) = std::panic::catch_unwind(|| apache_avro::Schema::parse_str(&text)) else {
            continue;
        };
        let Ok(ours) = parse(&Source::new("schema", text.as_str()), &[], &Options::default()) else {
            continue;
        };
        let Ok(form) = std::panic::catch_unwind(|| theirs.canonical_form()) else {
            continue;
        };
        // Attributes of a type that are called as something of Avro's own stay in their form.
        if only_their_own(&form, &ours.parsing_canonical_form()) {
            continue;
        }
        assert_eq!(ours.parsing_canonical_form(), form, "{text}");
        assert_eq!(
            ours.rabin().to_le_bytes().to_vec(),
            theirs.fingerprint::<Rabin>().bytes,
            "{text}"
        );
        compared += 1;
    }
    println!("{compared} schemas compared");
    assert!(compared > 1_000);
}

/// Whether a form has a key that no parsing canonical form has, or one more often than ours.
fn only_their_own(theirs: &str, ours: &str) -> bool {
    [
        "aliases",
        "default",
        "doc",
        "namespace",
        "order",
        "precision",
        "scale",
        "custom",
    ]
    .iter()
    .any(|key| theirs.contains(&format!("\"{key}\":")))
        || ["fields", "items", "size", "symbols", "values"]
            .iter()
            .any(|key| theirs.matches(&format!("\"{key}\":")).count() > ours.matches(&format!("\"{key}\":")).count())
}

#[test]
fn guids() {
    let plain = guid("\"string\"", &[]);
    let first = Reference {
        name: "shop.Money",
        subject: "money-value",
        version: 1,
    };
    let second = Reference { version: 2, ..first };
    // MD5 of `"string"`, and of the same with the reference's name, subject and version behind it.
    assert_eq!(guid::print(plain), "095d71cf-1255-6b9d-5e33-0ad575b3df5d");
    assert_eq!(
        guid::print(guid("\"string\"", &[second])),
        "02453eff-1ab2-40e3-ad8f-98b92b3766b5"
    );
    assert_ne!(guid("\"string\"", &[first]), guid("\"string\"", &[second]));
}
