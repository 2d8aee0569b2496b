//! What Java's clients send to a registry though protoc refuses it: maps as their entry messages, options of enums in quotes, options
//! and imports that nobody has. Files are judged as protoc does.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use expect_test::expect;
use treaty_schemas::protobuf::data::wire;
use treaty_schemas::{Budget, Format, Options, Origin, Reference, Schema, Source, changes, check};

fn from(origin: Origin, text: &str, references: &[Reference]) -> Result<Schema, String> {
    let options = Options {
        origin,
        ..Options::default()
    };
    Schema::parse(Format::Protobuf, &Source::new("m.proto", text), references, &options)
        .map_err(|error| error.to_string())
}

fn sent(text: &str) -> Schema {
    from(Origin::Registry, text, &[]).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What is wrong, or the warnings.
fn said(text: &str) -> String {
    match from(Origin::Registry, text, &[]) {
        Ok(schema) if schema.warnings().is_empty() => "taken\n".to_owned(),
        Ok(schema) => schema
            .warnings()
            .iter()
            .map(|warning| format!("warning: {warning}\n"))
            .collect(),
        Err(error) => format!("{}\n", error.lines().next().unwrap_or_default()),
    }
}

const ENTRY: &str = r#"syntax = "proto3";
package p;

message M {
  repeated .p.M.FooEntry foo = 1;
  .p.M.Inner inner = 2;

  message Inner {
    string s = 1;
  }
  message FooEntry {
    option map_entry = true;

    string key = 1;
    .p.M.Inner value = 2;
  }
  message Last {
    int32 i = 1;
  }
}
"#;

const MAP: &str = r#"syntax = "proto3";
package p;

message M {
  map<string, Inner> foo = 1;
  Inner inner = 2;

  message Inner {
    string s = 1;
  }
  message Last {
    int32 i = 1;
  }
}
"#;

#[test]
fn a_map_that_is_written_as_its_entry_message() {
    let (entry, map) = (sent(ENTRY), sent(MAP));
    // An empty line within a message is indented, as in Confluent's registry.
    let own = ENTRY.replace("true;\n\n", "true;\n  \n");
    assert_eq!(entry.canonical(), own, "it keeps its own text");
    assert_eq!(entry.kept(false), Some(own));
    assert_eq!(entry.normalized(), map.normalized());
    assert!(
        entry.normalized().contains("map<string, .p.M.Inner> foo = 1;"),
        "{}",
        entry.normalized()
    );
    let kept = entry.kept(true).expect("it has comments");
    assert_eq!(sent(&kept).canonical(), map.normalized());
    for (reader, writer) in [(&entry, &map), (&map, &entry)] {
        let comparison = check(reader, writer, &Budget::unlimited());
        assert!(
            comparison.findings.is_empty() && comparison.differences.is_empty(),
            "{comparison:?}"
        );
        let changes = changes(writer, reader, &Budget::unlimited()).expect("there is no bound");
        let said: Vec<String> = changes.iter().map(|change| change.message.to_string()).collect();
        assert_eq!(said, ["the same declarations, written in another way"]);
    }
    // A change inside is the same in both forms.
    let other = sent(&ENTRY.replace("string s = 1", "int32 s = 1"));
    let (one, two) = (
        check(&other, &entry, &Budget::unlimited()),
        check(&other, &map, &Budget::unlimited()),
    );
    assert_eq!(one.findings.len(), two.findings.len());
    assert_eq!(one.differences, two.differences);
    assert!(!one.findings.is_empty() && !one.differences.is_empty());
    let refused = from(Origin::Files, ENTRY, &[]).expect_err("protoc refuses it");
    assert!(
        refused.contains("`map_entry` is set by the compiler alone"),
        "{refused}"
    );
}

#[test]
fn entry_messages_in_references_and_nested_ones() {
    let money = Reference {
        import: "m.proto".into(),
        source: Source::new("m@1", ENTRY),
    };
    let text = r#"syntax = "proto2"; import "m.proto"; message A { optional group G = 1 { repeated A.G.XEntry x = 1;
        message XEntry { option map_entry = true; optional p.M value = 2 [json_name = "value"]; optional int32 key = 1; } } }"#;
    let schema = from(Origin::Registry, text, &[money]).unwrap_or_else(|error| panic!("{error}"));
    assert!(
        schema.normalized().contains("map<int32, .p.M> x = 1;"),
        "{}",
        schema.normalized()
    );
}

/// What is no entry is a message, and data of it may have more than an entry has.
#[test]
fn what_is_no_entry_stays_refused() {
    let with = |fields: &str, entry: &str| {
        said(&format!(
            "syntax = \"proto3\"; message M {{ {fields} message FooEntry {{ option map_entry = true; {entry} }} }}"
        ))
    };
    let plain = "string key = 1; int32 value = 2;";
    let used = "repeated FooEntry foo = 1;";
    let report = [
        with(used, plain),
        with("repeated M.FooEntry foo = 1;", "int32 value = 2; string key = 1;"),
        with(used, "string key = 1; int32 value = 2; int32 more = 3;"),
        with(used, "string key = 1;"),
        with(used, "string key = 2; int32 value = 1;"),
        with(used, "string name = 1; int32 value = 2;"),
        with(used, "string key = 1; repeated int32 value = 2;"),
        with(used, "string key = 1; int32 value = 2 [deprecated = true];"),
        with(used, "float key = 1; int32 value = 2;"),
        with(used, "reserved 3; string key = 1; int32 value = 2;"),
        with("FooEntry foo = 1;", plain),
        with("repeated FooEntry foo = 1; FooEntry bar = 2;", plain),
        with("repeated FooEntry foo = 1; repeated FooEntry bar = 2;", plain),
        with("", plain),
        with("oneof o { FooEntry foo = 1; }", plain),
        said("syntax = \"proto3\"; message FooEntry { option map_entry = true; string key = 1; int32 value = 2; }"),
    ];
    expect![[r#"
        taken
        taken
        m.proto:1:78: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:78: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:78: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:78: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:78: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:78: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:103: the keys of a map cannot be of type `float` (keys are of a whole number's type, bool or string)
        m.proto:1:78: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:69: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:96: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:105: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:52: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:81: `map_entry` is set by the compiler alone (write map<Key, Value>)
        m.proto:1:39: `map_entry` is set by the compiler alone (write map<Key, Value>)
    "#]]
    .assert_eq(&report.concat());
}

/// In the descriptor an entry stands where its message was.
#[test]
fn message_indexes_count_the_entry_where_it_stands() {
    let schema = sent(ENTRY);
    let Schema::Protobuf(inner) = &schema else {
        unreachable!("it is Protobuf");
    };
    let indexes = ["p.M.Inner", "p.M.Last"].map(|name| {
        let id = inner.message_named(name).expect("it is there");
        wire::indexes(inner, id)
    });
    assert_eq!(indexes, [Some(vec![0, 0]), Some(vec![0, 2])]);
    let meant = wire::meant(inner, &[0, 2]).expect("it is there");
    assert_eq!(meant.of_descriptor, meant.of_text);
    let serialized = schema.in_form("serialized").expect("it has this form");
    let bytes = BASE64_STANDARD.decode(serialized).expect("it is base64");
    let place = |name: &[u8]| {
        bytes
            .windows(name.len())
            .position(|window| window == name)
            .expect("it is in")
    };
    let entry = [b"\x0a\x08".as_slice(), b"FooEntry"].concat();
    assert!(place(b"\x0a\x05Inner") < place(&entry) && place(&entry) < place(b"\x0a\x04Last"));
}

#[test]
fn options_that_say_nothing_of_data() {
    let in_quotes = r#"syntax = "proto2"; option optimize_for = "CODE_SIZE"; message M { optional int64 a = 1 [jstype = "JS_STRING"]; }"#;
    let report = [
        said(in_quotes),
        said(r#"syntax = "proto3"; option optimize_for = "FASTER";"#),
        said(r#"syntax = "proto3"; message M { string a = 1 [(confluent.field_meta) = { tags: "PII" }]; }"#),
        said(r#"syntax = "proto3"; message M { option (.confluent.message_meta) = { doc: "d" }; }"#),
        said(r#"syntax = "proto3"; message M { string a = 1 [(confluent.field_mate) = { tags: "PII" }]; }"#),
        said(r#"syntax = "proto3"; message M { string a = 1 [(foo.bar) = 3]; }"#),
        said(r#"syntax = "proto3"; message M { string a = 1 [foo = 3]; }"#),
        said(
            r#"syntax = "proto3"; import "confluent/meta.proto"; message M { string a = 1 [(confluent.field_meta) = { tag: "PII" }]; }"#,
        ),
    ];
    expect![[r#"
        taken
        m.proto:1:42: `optimize_for` must be a value of `google.protobuf.FileOptions.OptimizeMode` (there are SPEED, CODE_SIZE, LITE_RUNTIME)
        taken
        taken
        warning: m.proto:1:46: could not resolve option `confluent.field_mate`
        warning: m.proto:1:46: could not resolve option `foo.bar`
        m.proto:1:46: the option `foo` is not known (the name of a custom option stands in parentheses: option (acme.owner) = "…";)
        m.proto:1:102: `confluent.Meta` has no field `tag`
    "#]].assert_eq(&report.concat());
    for text in [
        in_quotes,
        r#"syntax = "proto3"; message M { string a = 1 [(foo.bar) = 3]; }"#,
    ] {
        assert!(from(Origin::Files, text, &[]).is_err(), "{text}");
        let schema = sent(text);
        assert_eq!(sent(&schema.canonical()).canonical(), schema.canonical());
    }
    let serialized = sent(in_quotes).in_form("serialized");
    let plain = in_quotes
        .replace("\"CODE_SIZE\"", "CODE_SIZE")
        .replace("\"JS_STRING\"", "JS_STRING");
    assert_eq!(serialized, sent(&plain).in_form("serialized"));
}

#[test]
fn a_file_that_is_not_there() {
    let unused = r#"syntax = "proto3"; import "nope.proto"; message M { string a = 1; }"#;
    let used = r#"syntax = "proto3"; import "nope.proto"; message M { Nope a = 1; }"#;
    let option = r#"syntax = "proto3"; import "nope.proto"; message M { string a = 1 [(nope.bar) = 3]; }"#;
    expect![[r#"
        warning: m.proto:1:27: the imported file `nope.proto` is not there (provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`)
        m.proto:1:27: the imported file `nope.proto` is not there (provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`); m.proto:1:53: could not resolve type `Nope`
        warning: m.proto:1:27: the imported file `nope.proto` is not there (provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`)
        warning: m.proto:1:67: could not resolve option `nope.bar`
        m.proto:1:27: the import path `../nope.proto` leaves the tree (write the path from the root of the tree, as in import "acme/order.proto";)
    "#]].assert_eq(
        &[
            said(unused),
            said(used),
            said(option),
            said(r#"syntax = "proto3"; import "../nope.proto";"#),
        ]
        .concat(),
    );
    assert!(from(Origin::Files, unused, &[]).is_err());
    assert_eq!(
        sent(unused).normalized(),
        "syntax = \"proto3\";\n\nimport \"nope.proto\";\n\nmessage M {\n  string a = 1;\n}\n"
    );
}
