//! What `diff` tells of two Protobuf files.

use expect_test::expect;
use treaty_schemas::{Budget, ChangeKind, Format, Options, Reference, Schema, Source, changes, check};

fn schema(name: &str, text: &str) -> Schema {
    Schema::parse(Format::Protobuf, &Source::new(name, text), &[], &Options::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn told(old: &str, new: &str) -> String {
    changes(
        &schema("old.proto", old),
        &schema("new.proto", new),
        &Budget::unlimited(),
    )
    .expect("an unlimited budget does not end")
    .iter()
    .map(|change| {
        let kind = match change.kind {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
        };
        let at = |label: &Option<treaty_schemas::Label>| {
            label.as_ref().map_or("-".into(), |label| label.point().to_string())
        };
        format!(
            "{kind} {:<16} {} ({} {})\n",
            change.data_path,
            change.message,
            at(&change.old),
            at(&change.new)
        )
    })
    .collect()
}

const OLD: &str = r#"syntax = "proto3";
package acme.orders;

message Order {
  string id = 1;
  int32 quantity = 2;
  repeated Line lines = 3;
  map<string, Money> totals = 4;
  Status status = 5;
  string coupon = 6;
  string card = 7;
}
message Line {
  string sku = 1;
  Line bundle = 2;
}
message Money { int64 units = 1; }
enum Status { STATUS_UNSPECIFIED = 0; PLACED = 1; PAID = 2; }
service Orders { rpc Place(Order) returns (Order); rpc Cancel(Order) returns (Money); }
"#;

#[test]
fn every_sort_of_edit() {
    let new = r#"syntax = "proto3";
package acme.orders;

message Order {
  reserved 6;
  string order_id = 1;
  optional int64 quantity = 2;
  repeated Line lines = 3;
  map<string, Money> totals = 4;
  Status status = 5 [deprecated = true];
  oneof payment { string card = 7; string cash = 8; }
}
message Line {
  bytes sku = 1;
  Line bundle = 2;
}
message Money { int64 units = 1; int32 nanos = 2; }
message Refund { string id = 1; }
enum Status { STATUS_UNSPECIFIED = 0; PLACED = 1; SETTLED = 2; SHIPPED = 3; }
service Orders { rpc Place(stream Order) returns (Order); rpc Refund(Order) returns (Money); }
"#;
    expect![[r#"
        +                  message `Refund` added (- 18:1)
        - coupon           field 6 removed (string) (10:3 -)
        ~ order_id         name `id` becomes `order_id` (5:3 6:3)
        ~ quantity         type int32 becomes int64 (6:3 7:3)
        ~ quantity         label none becomes `optional` (6:3 7:3)
        ~ status           other options (9:3 10:3)
        ~ status           value 2: `PAID` becomes `SETTLED` (18:51 19:51)
        + status           value `SHIPPED` = 3 added (- 19:64)
        ~ card             oneof none becomes `payment` (11:3 11:19)
        + cash             field 8 added (string) (- 11:36)
        ~                  other reserved numbers or names (4:9 4:9)
        ~ lines[].sku      type string becomes bytes (14:3 14:3)
        + totals{}.nanos   field 2 added (int32) (- 17:34)
        ~                  method `Place` (Order) returns (Order) becomes (stream Order) returns (Order) (19:18 20:18)
        -                  method `Cancel` removed (19:52 -)
        +                  method `Refund` added (- 20:59)
    "#]]
    .assert_eq(&told(OLD, new));
}

#[test]
fn nothing_differs() {
    assert_eq!(told(OLD, OLD), "");
    // Comments and spaces are no edits of what it means.
    assert_eq!(
        told(
            "syntax = \"proto3\"; message A {} message B { A a = 1; }",
            "syntax = \"proto3\";\n// A\nmessage A {}\nmessage B { A a = 1; }"
        ),
        ""
    );
}

#[test]
fn proto2_and_the_package() {
    let old = "syntax = \"proto2\"; package a; message M { required int32 x = 1 [default = 3]; repeated int32 y = 2; optional group G = 3 { optional int32 z = 1; } }";
    let new = "syntax = \"proto2\"; package b; message M { optional int32 x = 1 [default = 4]; repeated int32 y = 2 [packed = true]; optional G g = 3; message G { optional int64 z = 1; } }";
    expect![[r#"
        ~                  package `a` becomes `b` (1:20 1:20)
        ~ x                label `required` becomes `optional` (1:43 1:43)
        ~ x                default 3 becomes 4 (1:43 1:43)
        ~ y                written one by one becomes packed (1:79 1:79)
        ~ g                type group M.G becomes M.G (1:101 1:117)
        ~ g.z              type int32 becomes int64 (1:124 1:147)
    "#]]
    .assert_eq(&told(old, new));
}

/// The first value of an enum is what a reader sees in a field that is not there, also where the enum is an imported one: what a
/// check finds of that is an edit.
#[test]
fn another_first_value() {
    let shared = |values: &str| {
        format!(
            "syntax = \"proto2\"; message Order {{ optional E e = 1; repeated E es = 2; optional E d = 3 [default = B]; oneof o {{ E f = 4; }} }} enum E {{ {values} }}"
        )
    };
    let read = |main: &str, shared: &str| {
        let reference = Reference {
            import: "shared.proto".into(),
            source: Source::new("shared.proto", shared),
        };
        Schema::parse(
            Format::Protobuf,
            &Source::new("main.proto", main),
            &[reference],
            &Options::default(),
        )
        .unwrap_or_else(|error| panic!("{error}"))
    };
    let (before, after) = (shared("A = 0; B = 1;"), shared("B = 1; A = 0;"));
    expect![[r#"
        ~ e                default `A` (the first value) becomes `B` (the first value) (1:36 1:36)
        ~ f                default `A` (the first value) becomes `B` (the first value) (1:115 1:115)
        ~                  declarations in another order (1:133 1:133)
    "#]]
    .assert_eq(&told(&before, &after));
    let main = "syntax = \"proto2\"; import \"shared.proto\"; message M { optional Order order = 1; }";
    let (old, new) = (read(main, &before), read(main, &after));
    let edits = changes(&old, &new, &Budget::unlimited()).unwrap();
    let paths: Vec<&str> = edits.iter().map(|edit| &*edit.data_path).collect();
    let findings = check(&new, &old, &Budget::unlimited()).findings;
    assert_eq!(paths, ["order.e", "order.f"]);
    assert_eq!(
        findings.iter().map(|finding| &*finding.data_path).collect::<Vec<_>>(),
        paths
    );
}

/// What changes no data makes a new version all the same.
#[test]
fn what_is_written_beside_the_fields() {
    let old = r#"syntax = "proto3";
import "google/protobuf/descriptor.proto";
import "google/protobuf/any.proto";
option java_package = "a";
extend google.protobuf.FieldOptions { string note = 50001; }
message M {
  reserved 9;
  oneof o { string a = 1; string b = 2; }
  string c = 3 [(note) = "x"];
  repeated int32 d = 4;
  string e = 5;
}
enum E { reserved 8; ZERO = 0; ONE = 1; TWO = 2; }
service S { rpc A(M) returns (M); }
"#;
    let edits = [
        (r#"option java_package = "a";"#, r#"option java_package = "b";"#),
        ("string a = 1; string b = 2;", "string b = 2; string a = 1;"),
        ("ONE = 1; TWO = 2;", "TWO = 2; ONE = 1;"),
        ("reserved 9;", "reserved 9, 10;"),
        ("reserved 8;", "reserved 8, 9;"),
        (r#"(note) = "x""#, r#"(note) = "y""#),
        (r#" [(note) = "x"]"#, ""),
        ("int32 d = 4", "int32 d = 4 [packed = false]"),
        ("int32 d = 4", "int32 d = 4 [packed = true]"),
        ("string e = 5", r#"string e = 5 [json_name = "f"]"#),
        ("string e = 5", r#"string e = 5 [json_name = "e"]"#),
        ("TWO = 2", "TWO = 2 [deprecated = true]"),
        (
            "rpc A(M) returns (M);",
            "rpc A(M) returns (M) { option deprecated = true; }",
        ),
        ("enum E {", "enum E { option deprecated = true;"),
        ("service S {", "service S { option deprecated = true;"),
        (r#"import "google/protobuf/any.proto";"#, ""),
        ("message M {", "message M { message N {} "),
    ];
    for (from, to) in edits {
        let new = old.replacen(from, to, 1);
        let source = Source::new("new.proto", new.as_str());
        let parsed = Schema::parse(Format::Protobuf, &source, &[], &Options::default());
        let parsed = parsed.unwrap_or_else(|error| panic!("{to}: {error}"));
        assert_ne!(parsed.canonical(), schema("old.proto", old).canonical(), "{to}");
        assert_ne!(told(old, &new), "", "{to}");
        assert_ne!(told(&new, old), "", "{to}");
    }
}

#[test]
fn equal_edits_are_all_told() {
    let old = "syntax = \"proto3\"; message M { int32 a = 1; int32 b = 2; N n = 3; } message N { int32 a = 1; }";
    let new = old.replace("int32", "int64");
    assert_eq!(told(old, &new).matches("type int32 becomes int64").count(), 3);
}
