//! What data shows of two trees, beside what buf's rules find.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use treaty_schemas::protobuf::judgement::breaking::{self, Category, Selection, rules};
use treaty_schemas::protobuf::judgement::check::tree::{DataVerdict, DataVerdicts, Trees, judge_data};
use treaty_schemas::protobuf::judgement::side::Files;
use treaty_schemas::protobuf::language::schema::FileSet;
use treaty_schemas::protobuf::{Limits, compile_tree};
use treaty_schemas::tree::Consequence;
use treaty_schemas::{
    Budget, Direction, Evidence, Format, Observed, Options, RuleSet, Schema, Source, Strictness, Verdict, check,
    protobuf,
};

use crate::pages;
use crate::protobuf_truth::{self, alphabet};

const BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];

fn tree(files: &[(&str, &str)]) -> FileSet {
    let files = files
        .iter()
        .map(|(path, text)| (Box::from(*path), Source::new(*path, *text)));
    compile_tree(files.collect(), &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn told(harm: &Consequence) -> String {
    let finding = &harm.finding;
    let shown = match &finding.evidence {
        Evidence::Witness(witness) => match &witness.observed {
            Observed::Refused(error) => format!("{} is refused: {error}", witness.value),
            Observed::Changed(seen) => format!("{} is seen as {seen}", witness.value),
        },
        other => format!("{other:?}"),
    };
    let (severity, rule) = (finding.severity.name(), finding.rule.id);
    format!(
        "{:?} {severity} {rule}: {}\n    {shown}\n",
        harm.direction, finding.message
    )
}

/// Every annotation of a selection with what data shows of it, and what data shows beyond.
fn proofs(previous: &FileSet, current: &FileSet, selection: &Selection) -> (DataVerdicts, String) {
    let annotations = breaking::check(current, previous, selection);
    let missing_source = Source::new("nowhere", "");
    let trees = Trees {
        current: Files::new(current),
        previous: Files::new(previous),
        missing_source: &missing_source,
    };
    let proofs = judge_data(trees, &annotations, |_, _| true, &Budget::unlimited());
    let mut text = String::new();
    for (annotation, proof) in annotations.iter().zip(&proofs.of) {
        text += &format!("{}: {}\n", rules::bare(annotation.rule), annotation.message);
        match proof {
            DataVerdict::Affected(harms) => harms.iter().for_each(|harm| text += &format!("  {}", told(harm))),
            DataVerdict::Unaffected(why) => text += &format!("  unhurt: {why}\n"),
            DataVerdict::Unknown(why) => text += &format!("  untold: {why}\n"),
        }
    }
    proofs
        .unannotated
        .iter()
        .for_each(|harm| text += &format!("beyond: {}", told(harm)));
    proofs
        .undecided
        .iter()
        .for_each(|why| text += &format!("undecided: {why}\n"));
    (proofs, text)
}

fn of(category: Category, previous: &[(&str, &str)], current: &[(&str, &str)], expected: Expect) {
    let (_, text) = proofs(&tree(previous), &tree(current), &Selection::from(category));
    expected.assert_eq(&text);
}

fn proto3(body: &str) -> String {
    format!("syntax = \"proto3\";\npackage acme;\n{body}\n")
}

fn one(category: Category, previous: &str, current: &str, expected: Expect) {
    let (previous, current) = (proto3(previous), proto3(current));
    of(category, &[("a.proto", &previous)], &[("a.proto", &current)], expected);
}

#[test]
fn what_a_field_holds_is_shown_in_both_directions() {
    one(
        Category::Wire,
        "message Order { int32 a = 1; string b = 2; bytes c = 3; }",
        "message Order { int64 a = 1; int64 b = 2; string c = 3; }",
        expect![[r#"
            FIELD_WIRE_COMPATIBLE_TYPE: Field "2" with name "b" on message "Order" changed type from "string" to "int64". See https://developers.google.com/protocol-buffers/docs/proto3#updating for wire compatibility rules.
              Backward error protobuf/wire-type-mismatch: `b` never arrives: the reader takes int64, the writer sends string
                {"b":"a"} is seen as {}
              Forward error protobuf/wire-type-mismatch: `b` never arrives: the reader takes string, the writer sends int64
                {"b":"1"} is seen as {}
            FIELD_WIRE_COMPATIBLE_TYPE: Field "3" with name "c" on message "Order" changed type from "bytes" to "string". See https://developers.google.com/protocol-buffers/docs/proto3#updating for wire compatibility rules. Note that while string and bytes are compatible if the data is valid UTF-8, there is no way to enforce that a bytes field is UTF-8, so these fields may be incompatible.
              Backward error protobuf/bytes-not-text: the reader takes for text what the writer may fill with any bytes: `c`
                {"c":"/w=="} is refused: c: the string is not UTF-8: its byte 0 begins no character (at byte 1)
              Forward warning protobuf/json-form-changed: in ProtoJSON `c` has another form: the reader takes bytes, the writer sends string
                {"c":"a"} is refused: as ProtoJSON: c: bytes are written in base64, and this is none
            beyond: Forward error protobuf/number-out-of-range: the reader's int32 cannot hold every int64 that `a` may be: 2147483648, for instance
                {"a":"2147483648"} is seen as {"a":-2147483648}
        "#]],
    );
}

#[test]
fn a_name_that_changes_is_shown_in_json_unless_more_is_wrong() {
    one(
        Category::File,
        "message Order { int32 a = 1; string b = 2; int32 c = 3; }",
        "message Order { int32 x = 1; int64 y = 2; int32 z = 3 [json_name = \"c\"]; }",
        expect![[r#"
            FIELD_SAME_JSON_NAME: Field "1" with name "x" on message "Order" changed option "json_name" from "a" to "x".
              Backward warning protobuf/json-name-changed: in ProtoJSON the writer calls field 1 "a", which the reader does not take
                {"a":1} is refused: as ProtoJSON: `acme.Order` has no field `a`
              Forward warning protobuf/json-name-changed: in ProtoJSON the writer calls field 1 "x", which the reader does not take
                {"x":1} is refused: as ProtoJSON: `acme.Order` has no field `x`
            FIELD_SAME_NAME: Field "1" on message "Order" changed name from "a" to "x".
              Backward warning protobuf/json-name-changed: in ProtoJSON the writer calls field 1 "a", which the reader does not take
                {"a":1} is refused: as ProtoJSON: `acme.Order` has no field `a`
              Forward warning protobuf/json-name-changed: in ProtoJSON the writer calls field 1 "x", which the reader does not take
                {"x":1} is refused: as ProtoJSON: `acme.Order` has no field `x`
            FIELD_SAME_JSON_NAME: Field "2" with name "y" on message "Order" changed option "json_name" from "b" to "y".
              untold: another change of the same thing affects data before this one could
            FIELD_SAME_TYPE: Field "2" with name "y" on message "Order" changed type from "string" to "int64".
              Backward error protobuf/wire-type-mismatch: `b` (the reader's `y`) never arrives: the reader takes int64, the writer sends string
                {"b":"a"} is seen as {}
              Forward error protobuf/wire-type-mismatch: `y` (the reader's `b`) never arrives: the reader takes string, the writer sends int64
                {"y":"1"} is seen as {}
            FIELD_SAME_NAME: Field "2" on message "Order" changed name from "b" to "y".
              untold: another change of the same thing affects data before this one could
            FIELD_SAME_NAME: Field "3" on message "Order" changed name from "c" to "z".
              unhurt: no data is affected: it is known by its number, and in ProtoJSON by the same name
        "#]],
    );
}

#[test]
fn each_number_of_an_enum_has_its_own_witness() {
    one(
        Category::File,
        "enum E { ZERO = 0; ONE = 1; TWO = 2; THREE = 3; FOUR = 4; } message Order { string a = 1; map<string, E> e = 2; }",
        "enum E { ZERO = 0; THREE = 2; TWO = 3; QUATTRO = 4; FIVE = 5; } message Order { string a = 1; map<string, E> e = 2; }",
        expect![[r#"
            ENUM_VALUE_NO_DELETE: Previously present enum value "1" on enum "E" was deleted.
              Backward warning protobuf/enum-number-unknown: the reader's `E` does not know `ONE`, and has a number without a name
                {"e":{"":"ONE"}} is seen as {"e":{"":1}}
            ENUM_VALUE_SAME_NAME: Enum value "2" on enum "E" changed name from "TWO" to "THREE".
              Backward error protobuf/enum-renumbered: the numbers of `E` mean something else to the reader: it takes `TWO` as `THREE`
                {"e":{"":"TWO"}} is seen as {"e":{"":"THREE"}}
              Forward error protobuf/enum-renumbered: the numbers of `E` mean something else to the reader: it takes `THREE` as `TWO`
                {"e":{"":"THREE"}} is seen as {"e":{"":"TWO"}}
            ENUM_VALUE_SAME_NAME: Enum value "3" on enum "E" changed name from "THREE" to "TWO".
              Backward error protobuf/enum-renumbered: the numbers of `E` mean something else to the reader: it takes `THREE` as `TWO`
                {"e":{"":"THREE"}} is seen as {"e":{"":"TWO"}}
              Forward error protobuf/enum-renumbered: the numbers of `E` mean something else to the reader: it takes `TWO` as `THREE`
                {"e":{"":"TWO"}} is seen as {"e":{"":"THREE"}}
            ENUM_VALUE_SAME_NAME: Enum value "4" on enum "E" changed name from "FOUR" to "QUATTRO".
              Backward warning protobuf/enum-value-renamed: the values of `E` have other names: the reader knows `FOUR` as `QUATTRO`
                {"e":{"":"FOUR"}} is refused: as ProtoJSON: e{}: the enum `acme.E` has no value `FOUR`
              Forward warning protobuf/enum-value-renamed: the values of `E` have other names: the reader knows `QUATTRO` as `FOUR`
                {"e":{"":"QUATTRO"}} is refused: as ProtoJSON: e{}: the enum `acme.E` has no value `QUATTRO`
        "#]],
    );
}

#[test]
fn numbers_that_are_told_are_not_told_again() {
    let text = |values: &str| {
        format!("syntax = \"proto2\";\nenum E {{ ZERO = 0; {values} }}\nmessage Order {{ optional E e = 1; }}\n")
    };
    // By WIRE, what is reserved may go; a closed enum loses it all the same.
    of(
        Category::Wire,
        &[("a.proto", &text("ONE = 1; TWO = 2;"))],
        &[("a.proto", &text("reserved 1;"))],
        expect![[r#"
            ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED: Previously present enum value "2" on enum "E" was deleted without reserving the number "2".
              Backward error protobuf/enum-number-unknown: the reader's `E` does not know `TWO`, and puts it aside, so that the field looks unset
                {"e":"TWO"} is seen as {}
            beyond: Backward error protobuf/enum-number-unknown: the reader's `E` does not know `ONE`, and puts it aside, so that the field looks unset
                {"e":"ONE"} is seen as {}
        "#]],
    );
}

#[test]
fn what_the_other_message_holds_is_a_matter_of_the_type() {
    one(
        Category::Wire,
        "message Cents { int64 amount = 1; } message Order { Cents a = 1; repeated Cents b = 2; Cents c = 3; }
         message Same { int64 amount = 1; }",
        "message Cents { int64 amount = 1; } message Order { Euros a = 1; repeated Euros b = 2; Same c = 3; }
         message Same { int64 amount = 1; } message Euros { Parts parts = 1; } message Parts { string whole = 1; }",
        expect![[r#"
            FIELD_WIRE_COMPATIBLE_TYPE: Field "1" with name "a" on message "Order" changed type from "acme.Cents" to "acme.Euros".
              Backward error protobuf/wire-type-mismatch: `amount` (the reader's `parts`) never arrives: the reader takes message Parts, the writer sends int64
                {"a":{"amount":"1"}} is seen as {"a":{}}
              Forward error protobuf/wire-type-mismatch: `parts` (the reader's `amount`) never arrives: the reader takes int64, the writer sends message Parts
                {"a":{"parts":{}}} is seen as {"a":{}}
            FIELD_WIRE_COMPATIBLE_TYPE: Field "2" with name "b" on message "Order" changed type from "acme.Cents" to "acme.Euros".
              Backward error protobuf/wire-type-mismatch: `amount` (the reader's `parts`) never arrives: the reader takes message Parts, the writer sends int64
                {"b":[{"amount":"1"}]} is seen as {"b":[{}]}
              Forward error protobuf/wire-type-mismatch: `parts` (the reader's `amount`) never arrives: the reader takes int64, the writer sends message Parts
                {"b":[{"parts":{}}]} is seen as {"b":[{}]}
            FIELD_WIRE_COMPATIBLE_TYPE: Field "3" with name "c" on message "Order" changed type from "acme.Cents" to "acme.Same".
              unhurt: no data is affected: every payload means the same to both sides
        "#]],
    );
}

#[test]
fn fields_that_come_together_in_a_oneof_lose_a_case() {
    one(
        Category::Wire,
        "message Order { string a = 1; string b = 2; string c = 3; oneof gone { string d = 4; string e = 5; } }",
        "message Order { string c = 3; oneof o { string a = 1; string b = 2; } string d = 4; string e = 5; }",
        expect![[r#"
            FIELD_SAME_ONEOF: Field "1" with name "a" on message "Order" moved from outside to inside a oneof.
              Backward error protobuf/oneof-case-lost: the writer may set `a` and `b` together, and the reader's oneof `o` keeps one of them
                {"a":"a","b":"a"} is seen as {"b":"a"}
              Forward warning protobuf/presence-changed: the reader cannot tell whether `a` is absent or zero, as the writer can
                {} is seen as `a` is read as ""
            FIELD_SAME_ONEOF: Field "2" with name "b" on message "Order" moved from outside to inside a oneof.
              Backward error protobuf/oneof-case-lost: the writer may set `b` and `a` together, and the reader's oneof `o` keeps one of them
                {"a":"a","b":"a"} is seen as {"a":"a"}
              Forward warning protobuf/presence-changed: the reader cannot tell whether `b` is absent or zero, as the writer can
                {} is seen as `b` is read as ""
            FIELD_SAME_ONEOF: Field "4" with name "d" on message "Order" moved from inside to outside a oneof.
              Forward error protobuf/oneof-case-lost: the writer may set `d` and `e` together, and the reader's oneof `gone` keeps one of them
                {"d":"a","e":"a"} is seen as {"e":"a"}
              Backward warning protobuf/presence-changed: the reader cannot tell whether `d` is absent or zero, as the writer can
                {} is seen as `d` is read as ""
            FIELD_SAME_ONEOF: Field "5" with name "e" on message "Order" moved from inside to outside a oneof.
              Forward error protobuf/oneof-case-lost: the writer may set `e` and `d` together, and the reader's oneof `gone` keeps one of them
                {"d":"a","e":"a"} is seen as {"d":"a"}
              Backward warning protobuf/presence-changed: the reader cannot tell whether `e` is absent or zero, as the writer can
                {} is seen as `e` is read as ""
        "#]],
    );
}

#[test]
fn a_case_that_is_gone_or_new_leaves_the_oneof_unset() {
    one(
        Category::File,
        "message Order { oneof o { string a = 1; string b = 2; } string plain = 3; }",
        "message Order { oneof o { string a = 1; string c = 4; } }",
        expect![[r#"
            FIELD_NO_DELETE: Previously present field "2" with name "b" on message "Order" was deleted.
              Backward error protobuf/oneof-case-unknown: the writer may send `b` instead of `a`, and the reader's oneof `o` then looks unset
                {"b":"a"} is seen as {}
            FIELD_NO_DELETE: Previously present field "3" with name "plain" on message "Order" was deleted.
              unhurt: no data is affected: readers pass on unread what they do not know; those of ProtoJSON must be told to
            beyond: Forward error protobuf/oneof-case-unknown: the writer may send `c` instead of `a`, and the reader's oneof `o` then looks unset
                {"c":"a"} is seen as {}
        "#]],
    );
}

#[test]
fn events_of_messages_that_are_gone_are_refused() {
    let parts = proto3("message Order { Line line = 1; } message Line {} message Alone {}");
    of(
        Category::File,
        &[("a.proto", &parts), ("b.proto", &proto3("message B {} message C {}"))],
        &[("a.proto", &proto3("message Order {}"))],
        expect![[r#"
            FILE_NO_DELETE: Previously present file "b.proto" was deleted.
              Backward error protobuf/type-missing: the reader has no message `acme.B`, nor another one of its file
                {} is refused: there is no message `acme.B` to read it as
            MESSAGE_NO_DELETE: Previously present message "Alone" was deleted from file.
              Backward error protobuf/type-missing: the reader has no message `acme.Alone`
                {} is refused: there is no message `acme.Alone` to read it as
            MESSAGE_NO_DELETE: Previously present message "Line" was deleted from file.
              Backward warning protobuf/type-missing: the reader has no message `acme.Line`
                {} is refused: there is no message `acme.Line` to read it as
            FIELD_NO_DELETE: Previously present field "1" with name "line" on message "Order" was deleted.
              unhurt: no data is affected: readers pass on unread what they do not know; those of ProtoJSON must be told to
        "#]],
    );
    // What only moves is still there, and what buf's category leaves out is told.
    of(
        Category::Package,
        &[("a.proto", &parts), ("b.proto", &proto3("message B {}"))],
        &[("a.proto", &parts), ("c.proto", &proto3("message B {}"))],
        expect![[""]],
    );
    of(
        Category::Wire,
        &[("a.proto", &parts)],
        &[("a.proto", &proto3("message Order { Line line = 1; } message Line {}"))],
        expect![[r#"
            beyond: Backward error protobuf/type-missing: the reader has no message `acme.Alone`
                {} is refused: there is no message `acme.Alone` to read it as
        "#]],
    );
}

#[test]
fn what_is_gone_together_is_told_together() {
    let text = |package: &str, name: &str| {
        format!("syntax = \"proto3\";\npackage {package};\nmessage {name} {{}}\nmessage {name}2 {{}}\n")
    };
    let files = [
        ("a.proto", text("acme", "A")),
        ("b.proto", text("acme", "B")),
        ("c.proto", text("gone", "C")),
        ("d.proto", text("gone", "D")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let left = "syntax = \"proto3\";\npackage acme;\n";
    of(
        Category::Wire,
        &files,
        &[("a.proto", left)],
        expect![[r#"
        beyond: Backward error protobuf/type-missing: the reader has no message `acme.A`
            {} is refused: there is no message `acme.A` to read it as
        beyond: Backward error protobuf/type-missing: the reader has no message `acme.A2`
            {} is refused: there is no message `acme.A2` to read it as
        beyond: Backward error protobuf/type-missing: the reader has no message `acme.B`, nor another one of its file
            {} is refused: there is no message `acme.B` to read it as
        beyond: Backward error protobuf/type-missing: the reader has no message `gone.C`, nor 3 others of its package
            {} is refused: there is no message `gone.C` to read it as
    "#]],
    );
}

#[test]
fn a_package_that_changes_hurts_no_bytes_but_what_is_in_them_may() {
    of(
        Category::File,
        &[(
            "a.proto",
            "syntax = \"proto3\";\npackage one;\nmessage Order { int32 a = 1; message Line {} }\n",
        )],
        &[(
            "a.proto",
            "syntax = \"proto3\";\npackage two;\nmessage Order { string a = 1; message Line {} }\n",
        )],
        expect![[r#"
            FILE_SAME_PACKAGE: File package changed from "one" to "two".
              unhurt: no data is affected: the bytes can be read; only the full names differ
            beyond: Backward error protobuf/wire-type-mismatch: `a` never arrives: the reader takes string, the writer sends int32
                {"a":1} is seen as {}
            beyond: Forward error protobuf/wire-type-mismatch: `a` never arrives: the reader takes int32, the writer sends string
                {"a":"a"} is seen as {}
        "#]],
    );
}

#[test]
fn presence_defaults_and_what_is_required() {
    let text = |fields: &str| format!("syntax = \"proto2\";\npackage acme;\nmessage Order {{ {fields} }}\n");
    of(
        Category::File,
        &[(
            "a.proto",
            &text(
                "optional int32 a = 1 [default = 1]; optional int32 b = 2; repeated int32 c = 3; required int32 d = 4;",
            ),
        )],
        &[(
            "a.proto",
            &text(
                "optional int32 a = 1 [default = 2]; required int32 b = 2; optional int32 c = 3; required int32 e = 5;",
            ),
        )],
        expect![[r#"
            FIELD_NO_DELETE: Previously present field "4" with name "d" on message "Order" was deleted.
              Forward error protobuf/required-field-missing: the reader requires `d`, which the writer never writes
                {"b":0,"e":0} is refused: the required field `d` of `acme.Order` is missing (at byte 4)
            MESSAGE_SAME_REQUIRED_FIELDS: Message "Order" had required field "4" deleted. Required fields must always be sent, so if one side does not know about the required field, this will result in a breakage.
              Forward error protobuf/required-field-missing: the reader requires `d`, which the writer never writes
                {"b":0,"e":0} is refused: the required field `d` of `acme.Order` is missing (at byte 4)
            FIELD_SAME_DEFAULT: Field "1" with name "a" on message "Order" changed default value from 1 to 2.
              Backward warning protobuf/default-changed: where `a` is left out the two sides see different values
                None
              Forward warning protobuf/default-changed: where `a` is left out the two sides see different values
                None
            FIELD_SAME_CARDINALITY: Field "2" with name "b" on message "Order" changed cardinality from "optional with explicit presence" to "required".
              Backward error protobuf/required-field-missing: the reader requires `b`, which the writer may leave out
                {"d":0} is refused: the required field `b` of `acme.Order` is missing (at byte 2)
            MESSAGE_SAME_REQUIRED_FIELDS: Message "Order" had required field "2" added. Required fields must always be sent, so if one side does not know about the required field, this will result in a breakage.
              Backward error protobuf/required-field-missing: the reader requires `b`, which the writer may leave out
                {"d":0} is refused: the required field `b` of `acme.Order` is missing (at byte 2)
            FIELD_SAME_CARDINALITY: Field "3" with name "c" on message "Order" changed cardinality from "repeated" to "optional with explicit presence".
              Backward error protobuf/list-read-as-one: of several values of `c` the reader keeps the last: it takes int32, the writer sends repeated int32
                None
              Forward warning protobuf/json-form-changed: in ProtoJSON `c` has another form: the reader takes repeated int32, the writer sends int32
                None
            MESSAGE_SAME_REQUIRED_FIELDS: Message "Order" had required field "5" added. Required fields must always be sent, so if one side does not know about the required field, this will result in a breakage.
              Backward error protobuf/required-field-missing: the reader requires `e`, which the writer never writes
                {"b":1,"d":0} is refused: the required field `e` of `acme.Order` is missing (at byte 4)
        "#]],
    );
}

#[test]
fn what_a_method_takes_is_read_as_what_it_took() {
    let text = |takes: &str| {
        proto3(&format!(
            "message A {{ string id = 1; }} message B {{ int64 id = 1; }} message C {{ string id = 1; }}
             service S {{ rpc Do({takes}) returns (stream A); }}"
        ))
    };
    for (takes, expected) in [
        (
            "B",
            expect![[r#"
        RPC_SAME_REQUEST_TYPE: RPC "Do" on service "S" changed request type from "acme.A" to "acme.B".
          Backward error protobuf/wire-type-mismatch: `id` never arrives: the reader takes int64, the writer sends string
            {"id":"a"} is seen as {}
          Forward error protobuf/wire-type-mismatch: `id` never arrives: the reader takes string, the writer sends int64
            {"id":"1"} is seen as {}
    "#]],
        ),
        (
            "C",
            expect![[r#"
        RPC_SAME_REQUEST_TYPE: RPC "Do" on service "S" changed request type from "acme.A" to "acme.C".
          unhurt: no data is affected: the bytes of each can be read as the other
    "#]],
        ),
    ] {
        of(
            Category::Wire,
            &[("a.proto", &text("A"))],
            &[("a.proto", &text(takes))],
            expected,
        );
    }
}

#[test]
fn options_languages_and_services_hurt_no_data() {
    one(
        Category::File,
        "option java_package = \"a\"; message M { reserved 5; int64 n = 1; } service S {}",
        "option java_package = \"b\"; message M { int64 n = 1 [jstype = JS_STRING]; }",
        expect![[r#"
            SERVICE_NO_DELETE: Previously present service "S" was deleted from file.
              unhurt: no data is affected: it is about how a service is called
            FILE_SAME_JAVA_PACKAGE: File option "java_package" changed from "a" to "b".
              unhurt: no data is affected: it is about generated code
            RESERVED_MESSAGE_NO_DELETE: Previously present reserved range "[5]" on message "M" is missing values: [5] were removed.
              unhurt: no data is affected yet: it is about numbers and names that may be used again
            FIELD_SAME_JSTYPE: Field "1" with name "n" on message "M" changed option "jstype" from "JS_NORMAL" to "JS_STRING".
              unhurt: no data is affected: it is about generated code
        "#]],
    );
    of(
        Category::File,
        &[(
            "a.proto",
            "syntax = \"proto2\";\nmessage M { optional string a = 1; }\n",
        )],
        &[(
            "a.proto",
            "syntax = \"proto3\";\nmessage M { optional string a = 1; }\n",
        )],
        expect![[r#"
            FILE_SAME_SYNTAX: File syntax changed from "proto2" to "proto3".
              unhurt: no data is affected by it alone: what it changes is told at fields and enums
            FIELD_SAME_JAVA_UTF8_VALIDATION: Field "1" with name "a" on message "M" changed Java string UTF8 validation from "NONE" to "VERIFY".
              untold: readers in Java refuse, or take, text that is not UTF-8; the format itself does not say
            FIELD_SAME_UTF8_VALIDATION: Field "1" with name "a" on message "M" changed UTF8 validation from NONE to VERIFY.
              Backward warning protobuf/bytes-not-text: the reader refuses `a` if it is not UTF-8, which nothing asks of the writer
                {"a":"�"} is refused: a: the string is not UTF-8: its byte 0 begins no character (at byte 1)
        "#]],
    );
}

#[test]
fn the_verdict_is_over_the_directions_that_are_asked_for() {
    let text = |kind: &str| proto3(&format!("message Order {{ {kind} a = 1; }}"));
    let (narrow, wide) = (text("int32"), text("int64"));
    let (narrow, wide) = (tree(&[("a.proto", &narrow)]), tree(&[("a.proto", &wide)]));
    let (proofs, _) = proofs(&narrow, &wide, &Selection::from(Category::Wire));
    for (directions, verdict) in [
        (&BOTH[..], Verdict::Incompatible),
        (&[Direction::Forward], Verdict::Incompatible),
        (&[Direction::Backward], Verdict::Compatible),
        (&[], Verdict::Compatible),
    ] {
        assert_eq!(proofs.verdict(directions), verdict, "{directions:?}");
    }
}

/// A tree of one file is judged as that file is judged alone.
#[test]
fn a_tree_of_one_file_is_judged_like_the_file() {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    let selection = Selection::from(Category::File);
    let mut hurt = 0;
    for rule in protobuf::judgement::rules::ALL {
        for case in pages::cases(rule.page) {
            let texts = ["proto reader", "proto writer"].map(|fence| case.block(fence).to_owned());
            for [reader, writer] in [[0, 1], [1, 0]] {
                let [current, previous] = [reader, writer].map(|side| tree(&[("a.proto", &texts[side])]));
                let [alone, against] = [reader, writer].map(|side| {
                    let source = Source::new("a.proto", texts[side].as_str());
                    Schema::parse(Format::Protobuf, &source, &[], &options).unwrap_or_else(|error| panic!("{error}"))
                });
                let (proofs, text) = proofs(&previous, &current, &selection);
                let expected = check(&alone, &against, &Budget::unlimited()).verdict(RuleSet::Semantic);
                let verdict = proofs.verdict(&[Direction::Backward]);
                assert_eq!(verdict, expected, "{}: {}\n{text}", rule.id, case.title);
                hurt += usize::from(verdict == Verdict::Incompatible);
            }
        }
    }
    assert!(hurt > 20, "{hurt}");
}

/// Neither 100,000 fields nor as many members of a oneof or values of an enum cost more than their number.
#[test]
fn wide_trees_are_judged_within_bounds() {
    let each = |write: &dyn Fn(usize) -> String| (20_001..=40_000).map(write).collect::<String>();
    let wide = |name: &str, kind: &str| {
        let fields = each(&|number| format!("{kind} {name}{number} = {number};\n"));
        let values = each(&|number| format!("{}{number} = {number};\n", name.to_uppercase()));
        let members = each(&|number| format!("string {name}{number} = {number};\n"));
        let oneof = match name {
            "a" => members,
            _ => format!("oneof o {{ {members} }}"),
        };
        proto3(&format!(
            "message Fields {{ {fields} }} message Members {{ {oneof} }}
             enum E {{ ZERO = 0; {values} }} message Holder {{ E e = 1; repeated E list = 2; }}"
        ))
    };
    let [previous, current] = [wide("a", "int32"), wide("b", "string")].map(|text| tree(&[("a.proto", &text)]));
    let (proofs, _) = proofs(&previous, &current, &Selection::from(Category::File));
    assert_eq!(proofs.of.len(), 160_000);
    let count = |is: &dyn Fn(&DataVerdict) -> bool| proofs.of.iter().filter(|proof| is(proof)).count();
    let hurt = count(&|proof| matches!(proof, DataVerdict::Affected(_)));
    let untold = count(&|proof| matches!(proof, DataVerdict::Unknown(_)));
    // Neither of them is said to hurt nobody.
    assert_eq!(hurt + untold, 160_000);
    assert!(hurt > 10_000, "{hurt}");
    assert_eq!(proofs.verdict(&BOTH), Verdict::Incompatible);
}

/// What is told of trees of small messages, by buf's rules and beyond, comes to the verdict over the files; a third of all
/// pairs.
#[test]
fn trees_of_small_messages_are_judged_like_the_files() {
    let texts: BTreeSet<String> = alphabet::messages().into_iter().collect();
    let smalls: Vec<_> = texts
        .iter()
        .map(|text| (tree(&[("m.proto", text)]), protobuf_truth::parse("m.proto", text)))
        .collect();
    let selection = Selection::from(Category::File);
    let missing_source = Source::new("nowhere", "");
    let (mut pairs, mut hurt) = (0, 0);
    for (at, (previous, writer)) in smalls.iter().enumerate() {
        for (current, reader) in smalls.iter().skip(at % 3).step_by(3) {
            let annotations = breaking::check(current, previous, &selection);
            let trees = Trees {
                current: Files::new(current),
                previous: Files::new(previous),
                missing_source: &missing_source,
            };
            let proofs = judge_data(trees, &annotations, |_, _| true, &Budget::unlimited());
            let verdict = proofs.verdict(&[Direction::Backward]);
            let expected = protobuf::check(reader, writer, &Budget::unlimited()).verdict(RuleSet::Semantic);
            let texts = [writer, reader].map(|schema| schema.source().text());
            assert_eq!(verdict, expected, "{texts:?}");
            pairs += 1;
            hurt += usize::from(verdict == Verdict::Incompatible);
        }
    }
    assert!(pairs > 10_000 && hurt > 3_000, "{pairs} pairs, {hurt} hurt");
}
