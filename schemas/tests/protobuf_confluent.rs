//! Confluent's verdicts on Protobuf: each kind of difference that its registry lists, and what it lets pass.

use treaty_schemas::{Budget, Format, Options, Reference, RuleSet, Schema, Severity, Source, Verdict, check};

/// A schema of proto3 unless the text says otherwise; `imports` are paths and texts.
fn schema(text: &str, imports: &[(&str, &str)]) -> Schema {
    let in_full = |text: &str| match text.contains("syntax") || text.contains("edition") {
        true => text.to_owned(),
        false => format!("syntax = \"proto3\"; {text}"),
    };
    let references: Vec<Reference> = imports
        .iter()
        .map(|(import, text)| Reference {
            import: (*import).into(),
            source: Source::new(*import, in_full(text)),
        })
        .collect();
    let source = Source::new("test.proto", in_full(text));
    Schema::parse(Format::Protobuf, &source, &references, &Options::default())
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn told(writer: &Schema, reader: &Schema) -> String {
    let comparison = check(reader, writer, &Budget::unlimited());
    let is_fine = comparison.verdict(RuleSet::Confluent) == Verdict::Compatible;
    assert_eq!(is_fine, comparison.differences.is_empty());
    let each = comparison.differences.iter();
    let told: Vec<String> = each.map(|found| format!("{} {}", found.kind, found.path)).collect();
    told.join(", ")
}

const FINE: &str = "";

/// What changes, the writer's text, the reader's, and what is listed.
const CASES: &[(&str, &str, &str, &str)] = &[
    (
        "nothing",
        "message A { string s = 1; }",
        "message A { string s = 1; }",
        FINE,
    ),
    (
        "another package",
        "package a; message A {}",
        "package b; message A {}",
        "PACKAGE_CHANGED #/",
    ),
    (
        "a package appears",
        "message A {}",
        "package b; message A {}",
        "PACKAGE_CHANGED #/",
    ),
    ("a message is added", "message A {}", "message A {} message B {}", FINE),
    (
        "a message is removed",
        "message A {} message B {}",
        "message B {}",
        "MESSAGE_REMOVED #/A",
    ),
    (
        "messages trade places",
        "message A {} message B {}",
        "message B {} message A {}",
        FINE,
    ),
    (
        "a nested message is removed",
        "message A { message B {} }",
        "message A {}",
        "MESSAGE_REMOVED #/A/B",
    ),
    (
        "a nested message changes",
        "message A { message B { int32 x = 1; } }",
        "message A { message B { string x = 1; } }",
        "FIELD_SCALAR_KIND_CHANGED #/A/B/1",
    ),
    ("an enum comes", "message A {}", "message A {} enum E { Z = 0; }", FINE),
    ("an enum goes", "message A { enum E { Z = 0; } }", "message A {}", FINE),
    (
        "values trade numbers",
        "enum E { Z = 0; A = 1; B = 2; }",
        "enum E { Z = 0; B = 1; A = 2; }",
        FINE,
    ),
    ("a field is added", "message A {}", "message A { string s = 1; }", FINE),
    (
        "a field is removed",
        "message A { string s = 1; }",
        "message A {}",
        FINE,
    ),
    (
        "a field is renamed",
        "message A { string s = 1; }",
        "message A { string t = 1; }",
        FINE,
    ),
    (
        "a field is renumbered",
        "message A { string s = 1; }",
        "message A { string s = 2; }",
        FINE,
    ),
    (
        "fields trade numbers",
        "message A { string s = 1; int32 i = 2; }",
        "message A { string s = 2; int32 i = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1, FIELD_SCALAR_KIND_CHANGED #/A/2",
    ),
    (
        "int32 to int64",
        "message A { int32 i = 1; }",
        "message A { int64 i = 1; }",
        FINE,
    ),
    (
        "int64 to int32",
        "message A { int64 i = 1; }",
        "message A { int32 i = 1; }",
        FINE,
    ),
    (
        "int32 to bool",
        "message A { int32 i = 1; }",
        "message A { bool i = 1; }",
        FINE,
    ),
    (
        "int32 to an enum",
        "message A { int32 i = 1; }",
        "message A { E i = 1; } enum E { Z = 0; }",
        FINE,
    ),
    (
        "one enum to another",
        "message A { D i = 1; } enum D { X = 0; }",
        "message A { E i = 1; } enum E { Z = 0; }",
        FINE,
    ),
    (
        "bytes to string",
        "message A { bytes s = 1; }",
        "message A { string s = 1; }",
        FINE,
    ),
    (
        "int32 to sint32",
        "message A { int32 i = 1; }",
        "message A { sint32 i = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1",
    ),
    (
        "sint32 to sint64",
        "message A { sint32 i = 1; }",
        "message A { sint64 i = 1; }",
        FINE,
    ),
    (
        "fixed32 to sfixed32",
        "message A { fixed32 i = 1; }",
        "message A { sfixed32 i = 1; }",
        FINE,
    ),
    (
        "fixed32 to fixed64",
        "message A { fixed32 i = 1; }",
        "message A { fixed64 i = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1",
    ),
    (
        "float to double",
        "message A { float i = 1; }",
        "message A { double i = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1",
    ),
    (
        "float to fixed32",
        "message A { float i = 1; }",
        "message A { fixed32 i = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1",
    ),
    (
        "a number to a string",
        "message A { int32 i = 1; }",
        "message A { string i = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1",
    ),
    (
        "a number to a message",
        "message A { int32 i = 1; message B {} }",
        "message A { B i = 1; message B {} }",
        "FIELD_KIND_CHANGED #/A/1",
    ),
    (
        "bytes to a message",
        "message A { bytes i = 1; message B {} }",
        "message A { B i = 1; message B {} }",
        "FIELD_KIND_CHANGED #/A/1",
    ),
    (
        "a map to a message",
        "message A { map<string, string> i = 1; message B {} }",
        "message A { B i = 1; message B {} }",
        "FIELD_KIND_CHANGED #/A/1",
    ),
    (
        "the value of a map",
        "message A { map<string, int32> m = 1; }",
        "message A { map<string, string> m = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1",
    ),
    (
        "the key of a map",
        "message A { map<string, int32> m = 1; }",
        "message A { map<int32, int32> m = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1",
    ),
    (
        "a map's value to a message",
        "message A { map<string, int32> m = 1; message B {} }",
        "message A { map<string, B> m = 1; message B {} }",
        "FIELD_KIND_CHANGED #/A/1",
    ),
    (
        "a map's message to another",
        "message A { map<string, B> m = 1; } message B {} message C {}",
        "message A { map<string, C> m = 1; } message B {} message C {}",
        "FIELD_NAMED_TYPE_CHANGED #/A/1",
    ),
    (
        "a map's value widened",
        "message A { map<int32, int32> m = 1; }",
        "message A { map<int64, bool> m = 1; }",
        FINE,
    ),
    (
        "another message",
        "message A { B b = 1; } message B {} message C {}",
        "message A { C b = 1; } message B {} message C {}",
        "FIELD_NAMED_TYPE_CHANGED #/A/1",
    ),
    (
        "a message moves inside",
        "message A { B b = 1; } message B {}",
        "message A { B b = 1; message B {} } message B {}",
        "FIELD_NAMED_TYPE_CHANGED #/A/1",
    ),
    (
        "the same message in full",
        "package p; message A { B b = 1; message B {} }",
        "package p; message A { .p.A.B b = 1; message B {} }",
        FINE,
    ),
    (
        "a number gets many",
        "message A { optional int32 i = 1; }",
        "message A { repeated int32 i = 1; }",
        "FIELD_NUMERIC_LABEL_CHANGED #/A/1",
    ),
    (
        "a number without a label gets many",
        "message A { int32 i = 1; }",
        "message A { repeated int32 i = 1; }",
        FINE,
    ),
    (
        "an enum gets many",
        "message A { optional E i = 1; } enum E { Z = 0; }",
        "message A { repeated E i = 1; } enum E { Z = 0; }",
        "FIELD_NUMERIC_LABEL_CHANGED #/A/1",
    ),
    (
        "a string gets many",
        "message A { optional string s = 1; }",
        "message A { repeated string s = 1; }",
        FINE,
    ),
    (
        "bytes get many",
        "message A { optional bytes s = 1; }",
        "message A { repeated bytes s = 1; }",
        FINE,
    ),
    (
        "a message gets many",
        "message A { optional A s = 1; }",
        "message A { repeated A s = 1; }",
        FINE,
    ),
    (
        "required is added",
        "syntax = 'proto2'; message A {}",
        "syntax = 'proto2'; message A { required string s = 1; }",
        "REQUIRED_FIELD_ADDED #/A/1",
    ),
    (
        "required is removed",
        "syntax = 'proto2'; message A { required string s = 1; }",
        "syntax = 'proto2'; message A {}",
        "REQUIRED_FIELD_REMOVED #/A/1",
    ),
    (
        "optional is removed",
        "syntax = 'proto2'; message A { optional string s = 1; }",
        "syntax = 'proto2'; message A {}",
        FINE,
    ),
    (
        "messages in the order of a Java set of their names",
        "message A { B b = 1; } message B { string x = 1; }",
        "message A { message B { string x = 1; } B b = 1; }",
        "FIELD_NAMED_TYPE_CHANGED #/A/1, MESSAGE_REMOVED #/B",
    ),
    (
        "and not of the text",
        "message Refund { int32 a = 1; } message Order { int32 a = 1; } message Payment { int32 a = 1; } message Gone {}",
        "message Payment { string a = 1; } message Refund { string a = 1; } message Order { string a = 1; }",
        "FIELD_SCALAR_KIND_CHANGED #/Order/1, FIELD_SCALAR_KIND_CHANGED #/Payment/1, FIELD_SCALAR_KIND_CHANGED #/Refund/1, \
         MESSAGE_REMOVED #/Gone",
    ),
    (
        "fields by number, as they lie in a Java set",
        "message A { int32 z = 17; int32 b = 2; int32 c = 16; int32 a = 1; }",
        "message A { string a = 1; string b = 2; string c = 16; string z = 17; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/16, FIELD_SCALAR_KIND_CHANGED #/A/17, FIELD_SCALAR_KIND_CHANGED #/A/1, \
         FIELD_SCALAR_KIND_CHANGED #/A/2",
    ),
    (
        "oneofs before fields, and those that came into one after them",
        "message A { int32 a = 1; oneof o { int32 b = 2; int32 c = 3; } int32 d = 4; int32 e = 5; }",
        "message A { string a = 1; oneof o { string c = 3; } oneof p { int32 d = 4; string e = 5; } }",
        "MULTIPLE_FIELDS_MOVED_TO_ONEOF #/A/p, ONEOF_FIELD_REMOVED #/A/o/2, FIELD_SCALAR_KIND_CHANGED #/A/o/3, \
         FIELD_SCALAR_KIND_CHANGED #/A/1, FIELD_SCALAR_KIND_CHANGED #/A/5",
    ),
    (
        "a field of a oneof becomes required",
        "syntax = \"proto2\"; message A { oneof o { int32 a = 1; } }",
        "syntax = \"proto2\"; message A { required int32 a = 1; }",
        "REQUIRED_FIELD_ADDED #/A/1",
    ),
    (
        "fields before the messages in their message",
        "message A { message N { int32 a = 1; } message M { int32 a = 1; } N n = 1; int32 a = 2; }",
        "message A { message N { string a = 1; } N n = 1; string a = 2; }",
        "FIELD_SCALAR_KIND_CHANGED #/A/2, MESSAGE_REMOVED #/A/M, FIELD_SCALAR_KIND_CHANGED #/A/N/1",
    ),
    (
        "a oneof is added",
        "message A {}",
        "message A { oneof o { string s = 1; } }",
        FINE,
    ),
    (
        "a oneof is removed with all members",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        "message A {}",
        FINE,
    ),
    (
        "a oneof is renamed",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        "message A { oneof p { string s = 1; int32 i = 2; } }",
        FINE,
    ),
    (
        "a oneof's field changes and it is renamed",
        "message A { oneof o { string s = 1; } }",
        "message A { oneof p { int32 s = 1; } }",
        "FIELD_SCALAR_KIND_CHANGED #/A/1",
    ),
    (
        "a oneof with a group in it stays",
        "syntax = \"proto2\"; message A { oneof o { string s = 1; group G = 2 { optional int32 i = 1; } } }",
        "syntax = \"proto2\"; message A { oneof o { string s = 1; group G = 2 { optional int32 i = 1; } } }",
        FINE,
    ),
    (
        "a oneof gets a field",
        "message A { oneof o { string s = 1; } }",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        FINE,
    ),
    (
        "a oneof loses a field",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        "message A { oneof o { string s = 1; } }",
        "ONEOF_FIELD_REMOVED #/A/o/2",
    ),
    (
        "a oneof's field goes to the top",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        "message A { int32 i = 2; oneof o { string s = 1; } }",
        FINE,
    ),
    (
        "one goes, one goes to the top",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        "message A { int32 i = 2; }",
        "ONEOF_FIELD_REMOVED #/A/o/1",
    ),
    (
        "a field joins a new oneof",
        "message A { string s = 1; }",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        FINE,
    ),
    (
        "two fields join a new oneof",
        "message A { string s = 1; int32 i = 2; }",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        "MULTIPLE_FIELDS_MOVED_TO_ONEOF #/A/o",
    ),
    (
        "a field joins a oneof",
        "message A { string s = 1; oneof o { int32 i = 2; } }",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        "FIELD_MOVED_TO_EXISTING_ONEOF #/A/o",
    ),
    (
        "oneofs become one",
        "message A { oneof p { string s = 1; } oneof o { int32 i = 2; } }",
        "message A { oneof o { string s = 1; int32 i = 2; } }",
        "FIELD_MOVED_TO_EXISTING_ONEOF #/A/o",
    ),
    (
        "groups are not looked at",
        "syntax = 'proto2'; message A { optional group G = 1 { optional int32 i = 1; } }",
        "syntax = 'proto2'; message A { optional string g = 1; }",
        FINE,
    ),
    (
        "extensions, services, options and reserved names are not looked at",
        "syntax = 'proto2'; message A { extensions 2 to 9; reserved 12; optional int32 i = 1 [deprecated = true]; } extend A { optional int32 e = 2; } service S { rpc R (A) returns (A); }",
        "syntax = 'proto2'; message A { optional int32 i = 1; }",
        FINE,
    ),
];

#[test]
fn each_change_has_its_verdict() {
    let mut wrong = Vec::new();
    for (title, writer, reader, expected) in CASES {
        let (writer, reader) = (schema(writer, &[]), schema(reader, &[]));
        let found = told(&writer, &reader);
        if found != *expected {
            wrong.push(format!("{title}: {found:?}, not {expected:?}"));
        }
        for same in [&writer, &reader] {
            assert_eq!(told(same, same), FINE, "{title}: against itself");
        }
    }
    println!("{} changes", CASES.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn messages_of_other_files_are_looked_into() {
    let text = "import 'm.proto'; message A { m.Money total = 1; map<string, m.Money> more = 2; }";
    let named = |money: &str| schema(text, &[("m.proto", &format!("package m; message Money {{ {money} }}"))]);
    let before = named("int64 units = 1; string currency = 2;");
    assert_eq!(
        told(
            &before,
            &named("int64 units = 1; string currency = 2; int32 nanos = 3;")
        ),
        FINE
    );
    assert_eq!(
        told(&before, &named("double units = 1; string currency = 2;")),
        "FIELD_SCALAR_KIND_CHANGED #/Money/1, FIELD_NAMED_TYPE_CHANGED #/A/1, FIELD_NAMED_TYPE_CHANGED #/A/2"
    );

    // The package of another file is not looked at, nor where the message stands.
    let elsewhere = "import 'n.proto'; message A { n.v2.Money total = 1; map<string, n.v2.Money> more = 2; }";
    let money = "package n.v2; message Money { int64 units = 1; string currency = 2; }";
    assert_eq!(told(&before, &schema(elsewhere, &[("n.proto", money)])), FINE);
    let here = "message A { Money total = 1; map<string, Money> more = 2; } message Money { int64 units = 1; string currency = 2; }";
    assert_eq!(told(&before, &schema(here, &[])), FINE);
    assert_eq!(told(&schema(here, &[]), &before), "MESSAGE_REMOVED #/Money");
}

#[test]
fn messages_that_hold_each_other_end() {
    let text = "import 'a.proto'; message M { a.A a = 1; a.C c = 2; }";
    let with = |kind: &str| {
        let cycle = format!(
            "package a; message A {{ B b = 1; }} message B {{ A a = 1; {kind} x = 2; C c = 3; }} message C {{ A a = 1; }}"
        );
        schema(text, &[("a.proto", &cycle)])
    };
    assert_eq!(told(&with("int32"), &with("uint64")), FINE);
    assert_eq!(
        told(&with("int32"), &with("string")),
        "FIELD_NAMED_TYPE_CHANGED #/B/1, FIELD_SCALAR_KIND_CHANGED #/B/2, FIELD_NAMED_TYPE_CHANGED #/C/1, \
         FIELD_NAMED_TYPE_CHANGED #/B/3, FIELD_NAMED_TYPE_CHANGED #/A/1, FIELD_NAMED_TYPE_CHANGED #/M/1, \
         FIELD_NAMED_TYPE_CHANGED #/M/2"
    );
}

#[test]
fn long_chains_and_wide_messages_are_compared() {
    let chain = |last: &str| {
        let links: Vec<String> = (0..20_000)
            .map(|number| format!("message M{number} {{ M{} next = 1; }}", number + 1))
            .collect();
        let file = format!("package c; {} message M20000 {{ {last} end = 1; }}", links.join("\n"));
        schema("import 'c.proto'; message A { c.M0 first = 1; }", &[("c.proto", &file)])
    };
    let found = told(&chain("int32"), &chain("string"));
    assert_eq!(found.matches("FIELD_NAMED_TYPE_CHANGED").count(), 20_001);
    let wide = |kind: &str| {
        let fields: Vec<String> = (1..=15_000)
            .map(|number| format!("{kind} f{number} = {number};"))
            .collect();
        schema(&format!("message A {{ {} }}", fields.join("\n")), &[])
    };
    assert_eq!(told(&wide("int32"), &wide("int64")), FINE);
}

#[test]
fn a_difference_is_told_in_confluents_words() {
    let (writer, reader) = (
        schema("message A { int32 i = 1; }", &[]),
        schema("message A { string i = 1; }", &[]),
    );
    let comparison = check(&reader, &writer, &Budget::unlimited());
    assert_eq!(
        comparison.differences[0].describe("new", "old"),
        "{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"The field at path '#/A/1' is laid out otherwise in the new schema than in the old schema\"}"
    );
}

#[test]
fn a_text_may_be_called_anything() {
    let money = [Reference {
        import: "money.proto".into(),
        source: Source::new("money@1", "syntax = 'proto3'; message Money {}"),
    }];
    for name in [
        "",
        "/tmp/money.proto",
        "../money.proto",
        "a\\b.proto",
        "orders@3",
        "schema 7",
        "..",
        "C:\\x.proto",
    ] {
        let source = Source::new(
            name,
            "syntax = 'proto3'; import 'money.proto'; message A { Money m = 1; }",
        );
        let parsed = Schema::parse(Format::Protobuf, &source, &money, &Options::default());
        assert!(parsed.is_ok(), "{name}: {parsed:?}");
    }
}

#[test]
fn another_schema_language_is_another_thing() {
    let avro = Source::new("a.avsc", "\"string\"");
    let avro = Schema::parse(Format::Avro, &avro, &[], &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    let comparison = check(&schema("message A {}", &[]), &avro, &Budget::unlimited());
    let told: Vec<String> = comparison
        .differences
        .iter()
        .map(|found| found.describe("new", "old").into())
        .collect();
    assert_eq!(told, ["Incompatible because of different schema type"]);
    assert_eq!(comparison.verdict(RuleSet::Semantic), Verdict::Undecided);
}

/// Whoever is refused is told where: by what is hurt, or by the rule alone.
#[test]
fn every_refusal_has_an_error() {
    for (what, writer, reader, _) in CASES {
        let (writer, reader) = (schema(writer, &[]), schema(reader, &[]));
        for (reader, writer) in [(&reader, &writer), (&writer, &reader)] {
            let comparison = check(reader, writer, &Budget::unlimited());
            let is_refused = comparison.verdict(RuleSet::Confluent) == Verdict::Incompatible;
            let has_error = comparison
                .findings
                .iter()
                .any(|found| found.severity == Severity::Error);
            assert!(!is_refused || has_error, "{what}: {:?}", comparison.differences);
        }
    }
}
