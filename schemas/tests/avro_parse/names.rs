//! Names: what they may be, what they resolve to, and what references bring.

use expect_test::expect;
use treaty_schemas::Strictness;

use super::{check, check_with};

#[test]
fn names() {
    check(
        r#"{"type":"record","fields":[]}"#,
        expect![[r#"
        schema:1:1: the record has no `name`
          records, enums and fixeds are known by their names: "name": "Order"
    "#]],
    );
    check(
        r#"{"type":"record","name":"string","fields":[]}"#,
        expect![[r#"
        schema:1:25: a type cannot be named `string`: Avro has a type of that name
    "#]],
    );
    check(
        r#"{"type":"record","name":"a-b.C","fields":[]}"#,
        expect![[r#"
        schema:1:25: `a-b` is not allowed as namespace
          names joined by dots, each a letter or `_` first, then letters, digits and `_`
    "#]],
    );
    check(
        r#"{"type":"record","name":"C","namespace":"a..b","fields":[]}"#,
        expect![[r#"
            schema:1:41: `a..b` is not allowed as namespace
              names joined by dots, each a letter or `_` first, then letters, digits and `_`
        "#]],
    );
    check_with(
        r#"{"type":"record","name":"a-b.C","fields":[{"name":"ü","type":"int"}]}"#,
        &[],
        Strictness::Stored,
        expect![[r#"
            fine: {"type":"record","name":"C","namespace":"a-b","fields":[{"name":"ü","type":"int"}]}
        "#]],
    );
    check(
        r#"[{"type":"enum","name":"E","symbols":[]},{"type":"map","values":{"type":"enum","name":"E","symbols":[]}}]"#,
        expect![[r#"
            fine: [{"type":"enum","name":"E","symbols":[]},{"type":"map","values":"E"}]
        "#]],
    );
    check(
        r#"{"type":"record","name":"R","aliases":"Q","fields":[]}"#,
        expect![[r#"
            schema:1:39: `aliases` is an array of strings, not a string
              write ["OldName"]
        "#]],
    );
    check(
        r#"{"type":"record","name":"R","aliases":["Q",3,"a-b"],"fields":[]}"#,
        expect![[r#"
            schema:1:44: an alias is a string, not a number
        "#]],
    );
}

#[test]
fn names_that_mean_nothing() {
    check(
        r#"{"type":"array","items":"strin"}"#,
        expect![[r#"
        schema:1:25: the type `strin` is not defined
          did you mean `string`?
    "#]],
    );
    check(
        r#"["string","record"]"#,
        expect![[r#"
        schema:1:11: the type `record` is not defined
          write it as an object: {"type": "record", …}
    "#]],
    );
    check(
        r#"[{"type":"enum","name":"a.Colour","symbols":[]},{"type":"map","values":"Colour"}]"#,
        expect![[r#"
            schema:1:72: the type `Colour` is not defined
              did you mean `a.Colour`?
        "#]],
    );
    check(
        r#"[{"type":"enum","name":"Colour","symbols":[]},{"type":"map","values":"Color"}]"#,
        expect![[r#"
            schema:1:70: the type `Color` is not defined
              did you mean `Colour`?
        "#]],
    );
    check(
        r#"[{"type":"enum","name":"New","aliases":["Old"],"symbols":[]},{"type":"map","values":"Old"}]"#,
        expect![[r#"
            schema:1:85: the type `Old` is not defined
              that is an alias of `New`; a type is referred to by its name
        "#]],
    );
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":"Money"},{"name":"y","type":"Money"}]}"#,
        expect![[r#"
            schema:1:60: the type `Money` is not defined (here it means `a.Money`)
              define it in this schema, or declare a reference to the schema that defines it
        "#]],
    );
}

#[test]
fn names_resolve_as_in_java() {
    // The enclosing namespace first, then none; forward only in the enclosing one.
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":{"type":"enum","name":"E","namespace":"","symbols":[]}},{"name":"y","type":"E"}]}"#,
        expect![[r#"
            fine: {"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"enum","name":"E","namespace":"","symbols":[]}},{"name":"y","type":"E"}]}
        "#]],
    );
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":"E"},{"name":"y","type":{"type":"enum","name":"E","symbols":["Z"]}}]}"#,
        expect![[r#"
            fine: {"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"enum","name":"E","symbols":["Z"]}},{"name":"y","type":"E"}]}
        "#]],
    );
    check(
        r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"record","name":"b.S","fields":[{"name":"y","type":["null","S","a.R"]}]}}]}"#,
        expect![[r#"
            fine: {"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"record","name":"S","namespace":"b","fields":[{"name":"y","type":["null","S","a.R"]}]}}]}
        "#]],
    );
    // Both names exist: only a leading dot tells them apart.
    check(
        r#"{"type":"record","name":"a.R","fields":[{"name":"x","type":{"type":"enum","name":"E","namespace":"","symbols":[]}},{"name":"y","type":"E"},{"name":"z","type":{"type":"enum","name":"a.E","symbols":[]}},{"name":"w","type":".E"}]}"#,
        expect![[r#"
            schema:1:221: `.E` is no name of a type
              a type without a namespace is referred to by its name alone, from where there is no namespace
        "#]],
    );
}

#[test]
fn references() {
    let money = r#"{"type":"record","name":"com.acme.Money","fields":[{"name":"unit","type":{"type":"enum","name":"Unit","symbols":["EUR"]}}]}"#;
    let line = r#"{"type":"record","name":"com.acme.Line","fields":[{"name":"price","type":"Money"}]}"#;
    let order = r#"{"type":"record","name":"com.acme.Order","fields":[{"name":"line","type":"Line"},{"name":"unit","type":"Unit"}]}"#;
    check_with(
        order,
        &[money, line],
        Strictness::New,
        expect![[r#"
        fine: {"type":"record","name":"Order","namespace":"com.acme","fields":[{"name":"line","type":"Line"},{"name":"unit","type":"Unit"}]}
    "#]],
    );
    // Given twice under two names is nothing wrong; given too late is.
    check_with(
        order,
        &[money, money, line],
        Strictness::New,
        expect![[r#"
        fine: {"type":"record","name":"Order","namespace":"com.acme","fields":[{"name":"line","type":"Line"},{"name":"unit","type":"Unit"}]}
    "#]],
    );
    check_with(
        order,
        &[line, money],
        Strictness::New,
        expect![[r#"
        reference-1:1:74: the type `Money` is not defined (here it means `com.acme.Money`)
          define it in this schema, or declare a reference to the schema that defines it
    "#]],
    );
    check_with(
        order,
        &[],
        Strictness::New,
        expect![[r#"
        schema:1:74: the type `Line` is not defined (here it means `com.acme.Line`)
          define it in this schema, or declare a reference to the schema that defines it
        schema:1:104: the type `Unit` is not defined (here it means `com.acme.Unit`)
          define it in this schema, or declare a reference to the schema that defines it
    "#]],
    );
    check_with(
        r#"{"type":"record","name":"com.acme.Money","fields":[]}"#,
        &[money],
        Strictness::New,
        expect![[r#"
            schema:1:25: `com.acme.Money` is already defined otherwise, in `reference-1`
              the referenced schema brings this type: refer to it by name
        "#]],
    );
    check_with(
        r#""com.acme.Line""#,
        &[money, line],
        Strictness::New,
        expect![[r#"
        fine: "com.acme.Line"
    "#]],
    );
    // A reference may be anything that names types, and is not measured by today's rules.
    check_with(
        r#"["E","F"]"#,
        &[r#"[{"type":"enum","name":"E","symbols":["a-b"]},{"type":"fixed","name":"F","size":1}]"#],
        Strictness::New,
        expect![[r#"
            fine: ["E","F"]
        "#]],
    );
}
