//! Protobuf, kind by kind: fields and symbols go by their names.

use treaty_schemas::{Budget, Format, Schema, as_written};

fn of(body: &str) -> Schema {
    super::parse(
        Format::Protobuf,
        &format!(
            "syntax = \"proto3\";\npackage p;\nimport \"google/protobuf/timestamp.proto\";\nimport \"google/protobuf/duration.proto\";\nmessage M {{ {body} }}\nmessage Money {{ int64 units = 1; }}\nmessage Price {{ int64 units = 7; }}\nenum E {{ ZERO = 0; ONE = 1; }}\nenum F {{ option allow_alias = true; ZERO_F = 0; ONE_F = 1; UNO = 1; TWO = 2; }}\nmessage Instant {{ int64 seconds = 1; int32 nanos = 2; }}\n"
        ),
    )
}

fn found(pinned: &str, writer: &str) -> Vec<String> {
    super::found(&of(pinned), &of(writer), &[])
}

fn effects(pinned: &str, writer: &str) -> Vec<String> {
    let word = |found: String| found.split(' ').nth(1).unwrap_or_default().to_owned();
    found(pinned, writer).into_iter().map(word).collect()
}

#[test]
fn numbers_by_range_and_not_by_wire_type() {
    let field = |kind: &str| format!("{kind} f = 1;");
    for (pinned, writer, effect) in [
        ("int32", "sfixed32", ""),
        ("int64", "sint32", ""),
        ("int64", "uint32", ""),
        ("uint64", "fixed32", ""),
        ("double", "float", ""),
        ("double", "uint32", ""),
        ("int32", "int64", "Narrowed"),
        ("int32", "uint32", "Narrowed"),
        ("uint32", "int32", "Narrowed"),
        ("uint64", "int64", "Narrowed"),
        ("int64", "uint64", "Narrowed"),
        ("double", "int64", "Lossy"),
        ("float", "int32", "Lossy"),
        ("float", "double", "OtherType"),
        ("int32", "float", "OtherType"),
        ("bool", "int32", "OtherType"),
        ("int32", "bool", "OtherType"),
        ("string", "bytes", "OtherType"),
        ("bytes", "string", "OtherType"),
        ("int32", "E", "OtherType"),
        ("Money", "bytes", "OtherType"),
        ("int32", "repeated int32", "OtherType"),
        ("repeated int32", "int32", "OtherType"),
        ("repeated Money", "map<string, Money>", "OtherType"),
        ("Money", "Price", ""),
        ("repeated Money", "repeated Price", ""),
        ("map<int64, Money>", "map<int32, Price>", ""),
        ("map<int32, Money>", "map<int64, Money>", "Narrowed"),
        ("map<string, Money>", "map<int64, Money>", "OtherType"),
        ("int32", "optional int32", ""),
        ("google.protobuf.Timestamp", "google.protobuf.Duration", "OtherMeaning"),
        ("google.protobuf.Timestamp", "Instant", "OtherMeaning"),
        ("Instant", "google.protobuf.Timestamp", "OtherMeaning"),
    ] {
        let expected: Vec<&str> = Some(effect).filter(|effect| !effect.is_empty()).into_iter().collect();
        assert_eq!(effects(&field(pinned), &field(writer)), expected, "{pinned} {writer}");
    }
    assert_eq!(
        found("uint32 f = 1;", "sint32 f = 1;"),
        ["error Narrowed at f: `f` is -1, which does not fit uint32"]
    );
    assert_eq!(
        found("map<int32, bool> f = 1;", "map<int64, bool> f = 1;"),
        ["error Narrowed at f: `f` has the key 2147483648"]
    );
    assert_eq!(
        found("int32 f = 1;", "repeated int32 f = 1;"),
        ["error OtherType at f: `f` is a list"]
    );
}

#[test]
fn names_of_fields_and_not_their_numbers() {
    assert!(found("int32 f = 1;", "int32 f = 9;").is_empty());
    assert_eq!(
        found("int32 f = 1;", "int32 g = 1;"),
        ["error Missing at f: `f` is not there"]
    );
    // Two fields that change their names.
    assert_eq!(
        effects("int32 f = 1; string g = 2;", "string f = 2; int32 g = 1;"),
        ["OtherType", "OtherType"]
    );
}

#[test]
fn symbols_are_those_that_a_number_is_called_first() {
    let schema = |symbols: &str| {
        super::parse(
            Format::Protobuf,
            &format!(
                "syntax = \"proto3\";\nmessage M {{ E f = 1; }}\nenum E {{ option allow_alias = true; Z = 0; Y = 0; {symbols} }}"
            ),
        )
    };
    let found = |pinned: &str, writer: &str| super::found(&schema(pinned), &schema(writer), &[]);
    assert!(found("A = 1;", "A = 1; B = 1;").is_empty());
    assert_eq!(
        found("A = 1;", "B = 1; A = 1;"),
        ["error UnknownSymbol at f: `f` is `B`"]
    );
    assert_eq!(
        found("A = 1;", "A = 1; B = 2;"),
        ["error UnknownSymbol at f: `f` is `B`"]
    );
    assert!(found("A = 1; B = 2;", "A = 2;").is_empty());
}

#[test]
fn oneofs() {
    let apart = "string a = 1; string b = 2;";
    let one = "oneof o { string a = 1; string b = 2; }";
    assert_eq!(found(apart, one), ["error OtherCase at b: `b` is not set where `a` is"]);
    assert_eq!(found(one, apart), ["error OtherCase at b: `b` and `a` are both set"]);
    assert!(found(one, one).is_empty());
    // Who reads one of them sees it or does not.
    assert!(super::found(&of(apart), &of(one), &["a"]).is_empty());
    assert!(super::found(&of(one), &of(apart), &["b"]).is_empty());
    // Members are ordinary fields: one more of them is a field that nobody reads.
    assert!(found(one, "oneof o { string a = 1; string b = 2; string c = 3; }").is_empty());
    assert_eq!(effects(one, "oneof o { string a = 1; } string b = 2;"), ["OtherCase"]);
    assert!(found(one, "oneof p { string a = 1; string b = 2; }").is_empty());
}

#[test]
fn messages_by_their_names_and_extensions() {
    let schema = |text: &str| super::parse(Format::Protobuf, text);
    let all = |pinned: &Schema, writer: &Schema| as_written(pinned, writer, "M", None, &Budget::unlimited()).findings;
    let pinned = schema(
        "syntax = \"proto2\";\npackage p;\nmessage M { optional int32 a = 1; extensions 100 to 200; }\nextend M { optional int32 e = 100; }\n",
    );
    let moved = schema(
        "syntax = \"proto2\";\npackage q;\nmessage N {}\nmessage M { optional int32 a = 1; extensions 100 to 200; }\nextend M { optional int64 e = 100; }\n",
    );
    assert!(all(&pinned, &pinned).is_empty());
    // The extension has another full name.
    let found = all(&pinned, &moved);
    let messages: Vec<String> = found.iter().map(|found| found.message.to_string()).collect();
    assert_eq!(messages, ["the writer's schema has no field `(p.e)`"]);
    let gone = schema("syntax = \"proto2\";\npackage p;\nmessage N { optional int32 a = 1; }\n");
    let found = all(&pinned, &gone);
    assert_eq!(found.len(), 1);
    assert_eq!(&*found[0].message, "the writer's schema has no message `p.M`");
}
