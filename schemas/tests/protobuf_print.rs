//! What is printed of a Protobuf file: the canonical text, the normalised one, and the one that is kept.

use expect_test::{Expect, expect};
use treaty_schemas::protobuf::language::print;
use treaty_schemas::protobuf::language::syntax::File;
use treaty_schemas::protobuf::{self, Limits, Schema};
use treaty_schemas::{Options, Reference, Source};

fn file(text: &str) -> File {
    let source = Source::new("test.proto", text);
    protobuf::parse(&source, "test.proto", &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn schema(text: &str, references: &[Reference]) -> Schema {
    let source = Source::new("test.proto", text);
    protobuf::compile(&source, "test.proto", references, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// With the spaces of lines that have nothing else made visible.
fn shown(text: &str) -> String {
    let lines = text.lines().map(|line| match line.trim() {
        "" => "·".repeat(line.len()) + "\n",
        _ => line.to_owned() + "\n",
    });
    lines.collect()
}

/// The canonical text; printing is stable, and comments make no difference to it.
fn canonical(text: &str, expected: Expect) {
    let printed = print::canonical(&file(text));
    expected.assert_eq(&shown(&printed));
    assert_eq!(print::canonical(&file(&printed)), printed, "printed twice");
    let kept = print::documented(&file(text));
    assert_eq!(print::canonical(&file(&kept)), printed, "of the kept text:\n{kept}");
    assert_eq!(print::documented(&file(&kept)), kept, "kept twice");
}

fn kept(text: &str, expected: Expect) {
    let printed = print::documented(&file(text));
    expected.assert_eq(&shown(&printed));
    assert_eq!(print::documented(&file(&printed)), printed, "kept twice");
    assert_eq!(print::canonical(&file(&printed)), print::canonical(&file(text)));
}

#[test]
fn declarations_have_a_fixed_order() {
    canonical(
        r#"syntax = "proto2";
           service Orders { rpc Get (Wanted) returns (stream Order) { option deprecated = true; } rpc Put(Order) returns (Wanted); }
           enum Status { reserved 7, 9 to max; reserved "LOST"; option allow_alias = true; OPEN = 0; NEW = 0 [deprecated = true]; }
           message Wanted {}
           import "google/protobuf/timestamp.proto";
           import public "acme/money.proto";
           message Order {
             message Line { required string sku = 1; enum Unit { PIECE = 0; } map<string, .acme.Money> prices = 2; }
             oneof paid_by { option (kind) = 'x'; string card = 4; bool cash = 5; }
             reserved 8 to 8, 12;
             extensions 100 to 199, 300 [verification = UNVERIFIED];
             enum Kind { SMALL = 0; }
             repeated Line lines = 1;
             option (acme.topic).name = "orders";
             extend Wanted { optional string note = 100; }
             optional int64 total = 2 [json_name = "sum", deprecated = true, (acme.unit) = CENT];
           }
           extend google.protobuf.FieldOptions { optional string unit = 50000 [default = "x"]; }
           option java_package = "com.acme";
           package acme.orders;
        "#,
        expect![[r#"
            syntax = "proto2";
            package acme.orders;

            import "google/protobuf/timestamp.proto";
            import public "acme/money.proto";

            option java_package = "com.acme";

            message Wanted {}
            message Order {
              reserved 8 to 8, 12;

              option (acme.topic).name = "orders";

              repeated Line lines = 1;
              optional int64 total = 2 [
                deprecated = true,
                (acme.unit) = CENT,
                json_name = "sum"
              ];

              oneof paid_by {
                option (kind) = "x";
            ··
                string card = 4;
                bool cash = 5;
              }

              extensions 100 to 199, 300 [verification = UNVERIFIED];

              extend Wanted {
                optional string note = 100;
              }

              message Line {
                required string sku = 1;
                map<string, .acme.Money> prices = 2;
            ··
                enum Unit {
                  PIECE = 0;
                }
              }
              enum Kind {
                SMALL = 0;
              }
            }
            enum Status {
              reserved 7, 9 to max;
              reserved "LOST";
              option allow_alias = true;
              OPEN = 0;
              NEW = 0 [deprecated = true];
            }

            extend google.protobuf.FieldOptions {
              optional string unit = 50000 [default = "x"];
            }

            service Orders {
              rpc Get (Wanted) returns (stream Order) {
                option deprecated = true;
              };
              rpc Put (Order) returns (Wanted);
            }
        "#]],
    );
}

#[test]
fn without_syntax_and_package_the_text_begins_with_an_empty_line() {
    canonical(
        "message A { optional group Inner = 1 { required int32 x = 1; } oneof o { group B = 2 {} } }",
        expect![[r#"

            message A {
              oneof o {
                group B = 2 {}
              }

              optional group Inner = 1 {
                required int32 x = 1;
              }
            }
        "#]],
    );
    canonical("", expect![""]);
    canonical(
        "edition = '2023'; message A { reserved x, y; }",
        expect![[r#"
            edition = "2023";

            message A {
              reserved x, y;
            }
        "#]],
    );
}

#[test]
fn values_of_options_are_written_in_full() {
    canonical(
        r#"
        option (a) = { list: [1, -2, 3.5], list: 4 inner { deep < x: "it's" > } [acme.ext]: RED, none: [], big: 18446744073709551615 };
        option (b) = "\x07\b\f\n\r\t\v\\\'\"\001é\377" "joined";
        option (c) = -inf;
        option (d) = 0x1F;
        option (e) = 1e30;
        option (f) = {};
        message A { optional double x = 1 [default = 2.0, (f) = { tags: ["one"] }, (f).name = "n"]; }
        "#,
        expect![[r#"

            option (a) = {
              list: [
                1,
                -2,
                3.5,
                4
              ],
              inner: {
                deep: {
                  x: "it\'s"
                }
              },
              [acme.ext]: RED,
              none: [
              ],
              big: 18446744073709551615
            };
            option (b) = "\a\b\f\n\r\t\v\\\'\"\001é\377joined";
            option (c) = -inf;
            option (d) = 31;
            option (e) = 1e30;
            option (f) = {
            };

            message A {
              optional double x = 1 [
                (f) = {
                  tags: [
                    "one"
                  ]
                },
                (f).name = "n",
                default = 2.0
              ];
            }
        "#]],
    );
}

#[test]
fn comments_are_kept_with_what_they_belong_to() {
    kept(
        r#"// Copyright.

// What this file is for.
syntax = "proto3"; // the third

/* The shop. */
package acme;

// not of anything

/**
 * An order.
 *   Indented.
 */
message Order { // opened
  // The number of the order,
  // as printed.
  string id = 1; // never empty
  int64 /* in cents */ total = 2 [
    deprecated = true // since 2.0
  ];

  // Detached.

  enum Status {
    // Not known.
    UNKNOWN = 0; /* zero */
    // nothing else
  }
  ; // stray
  oneof by { /* either */ string card = 3; }
  // the last word
} // behind

// the end
"#,
        expect![[r#"
            // Copyright.

            // What this file is for.
            syntax = "proto3"; // the third
            /* The shop. */
            package acme;

            // not of anything

            /**
             * An order.
             *   Indented.
             */
            // opened
            // stray
            message Order {
              // The number of the order,
              // as printed.
              string id = 1; // never empty
              /* in cents */
              // since 2.0
              int64 total = 2 [deprecated = true];

              /* either */
              oneof by {
                string card = 3;
              }

              // Detached.

              enum Status {
                // Not known.
                UNKNOWN = 0; /* zero */
                // nothing else
              }
              // the last word
            } // behind
            // the end
        "#]],
    );
}

#[test]
fn strings_are_no_comments() {
    kept(
        "option java_package = \"http://x /* y */\"; // 'really\nmessage A { optional string s = 1 [default = '// \\' no']; }",
        expect![[r#"

            option java_package = "http://x /* y */"; // 'really

            message A {
              optional string s = 1 [default = "// \' no"];
            }
        "#]],
    );
}

/// The normalised text; it is what it normalises to, and so is the text that is kept.
fn normalized(text: &str, references: &[Reference], expected: Expect) {
    let printed = schema(text, references).normalized();
    expected.assert_eq(&shown(&printed));
    for again in [
        printed.clone(),
        schema(text, references).canonical(),
        schema(text, references).kept(false),
        schema(text, references).kept(true),
    ] {
        assert_eq!(schema(&again, references).normalized(), printed, "of\n{again}");
    }
}

#[test]
fn what_means_nothing_is_normalised_away() {
    normalized(
        r#"syntax = "proto2";
        package acme.shop;
        import "google/protobuf/wrappers.proto";
        import "google/protobuf/descriptor.proto";
        option java_package = "com.acme";
        option go_package = "acme";
        option (topic).name = "orders";
        option (topic).keys = "id";
        option (topic).keys = "time";
        option (topic).retention.days = 7.0;
        option (topic).retention.mode = KEEP;
        message Topic {
          optional string name = 1;
          repeated string keys = 2;
          optional Retention retention = 3;
          message Retention { optional double days = 1; optional Mode mode = 2; }
          enum Mode { DROP = 1; KEEP = 0; ALSO_DROP = 1; LAST = -1; option allow_alias = true; }
        }
        message Order {
          extensions 200, 100 to 149;
          reserved "z", "a"; reserved 9 to 9, 4;
          extend google.protobuf.FileOptions { optional Topic topic = 50000; }
          extend .google.protobuf.FileOptions { optional string note = 49999; }
          oneof late { string y = 8; int32 x = 7; }
          oneof early { string w = 6; }
          optional .acme.shop.Order.Line line = 3 [deprecated = true, json_name = "l", (Order.hint) = { b: 1 a: 2 none: [] }];
          map<string, Line> lines = 2;
          repeated google.protobuf.StringValue names = 1;
          message Line { optional group Part = 2 { optional Order order = 1; } optional Order.Line next = 1; }
          extend google.protobuf.FieldOptions { optional Hint hint = 50000; }
          message Hint { optional int32 a = 1; optional int32 b = 2; repeated int32 none = 3; }
        }
        extend google.protobuf.FileOptions { optional Topic topic = 50001; }
        extend Order { optional shop.Order best = 100; }
        service Orders { rpc Get (Order) returns (stream .acme.shop.Order.Line) { option idempotency_level = NO_SIDE_EFFECTS; option deprecated = true; } }
        "#,
        &[],
        expect![[r#"
            package acme.shop;

            import "google/protobuf/descriptor.proto";
            import "google/protobuf/wrappers.proto";

            option (acme.shop.topic) = {
              keys: [
                "id",
                "time"
              ],
              name: "orders",
              retention: {
                days: 7,
                mode: KEEP
              }
            };
            option go_package = "acme";
            option java_package = "com.acme";

            message Topic {
              optional string name = 1;
              repeated string keys = 2;
              optional .acme.shop.Topic.Retention retention = 3;

              message Retention {
                optional double days = 1;
                optional .acme.shop.Topic.Mode mode = 2;
              }
              enum Mode {
                option allow_alias = true;
                DROP = 1;
                LAST = -1;
                KEEP = 0;
                ALSO_DROP = 1;
              }
            }
            message Order {
              reserved 4;
              reserved 9;
              reserved "a";
              reserved "z";

              repeated .google.protobuf.StringValue names = 1;
              map<string, .acme.shop.Order.Line> lines = 2;
              optional .acme.shop.Order.Line line = 3 [
                (acme.shop.Order.hint) = {
                  a: 2,
                  b: 1
                },
                deprecated = true,
                json_name = "l"
              ];

              oneof early {
                string w = 6;
              }
              oneof late {
                int32 x = 7;
                string y = 8;
              }

              extensions 100 to 149;
              extensions 200;

              extend .google.protobuf.FileOptions {
                optional string note = 49999;
                optional .acme.shop.Topic topic = 50000;
              }
              extend .google.protobuf.FieldOptions {
                optional .acme.shop.Order.Hint hint = 50000;
              }

              message Line {
                optional .acme.shop.Order.Line next = 1;
            ··
                optional group Part = 2 {
                  optional .acme.shop.Order order = 1;
                }
              }
              message Hint {
                optional int32 a = 1;
                optional int32 b = 2;
                repeated int32 none = 3;
              }
            }

            extend .google.protobuf.FileOptions {
              optional .acme.shop.Topic topic = 50001;
            }
            extend .acme.shop.Order {
              optional .acme.shop.Order best = 100;
            }

            service Orders {
              rpc Get (.acme.shop.Order) returns (stream .acme.shop.Order.Line) {
                option deprecated = true;
                option idempotency_level = NO_SIDE_EFFECTS;
              };
            }
        "#]],
    );
}

#[test]
fn the_first_value_of_an_enum_stays_first() {
    normalized(
        "enum E { option allow_alias = true; B = 2; A = 1; C = 3; ALSO_A = 1; }",
        &[],
        expect![[r#"

            enum E {
              option allow_alias = true;
              B = 2;
              A = 1;
              ALSO_A = 1;
              C = 3;
            }
        "#]],
    );
    normalized(
        "syntax = 'proto3'; enum E { ZERO = 0; TWO = 2; ONE = 1; MINUS = -1; }",
        &[],
        expect![[r#"
            syntax = "proto3";

            enum E {
              ZERO = 0;
              MINUS = -1;
              ONE = 1;
              TWO = 2;
            }
        "#]],
    );
}

#[test]
fn extensions_can_be_left_out() {
    let schema = schema(
        "import 'google/protobuf/descriptor.proto'; extend google.protobuf.FieldOptions { optional int32 level = 50000; }
         message A { extensions 100 to 199; optional int32 x = 1 [(level) = 2, deprecated = true]; extend A { optional int32 y = 100; } }",
        &[],
    );
    expect![[r#"

        import "google/protobuf/descriptor.proto";

        message A {
          optional int32 x = 1 [deprecated = true];
        }
    "#]]
    .assert_eq(&schema.without_extensions());
}
