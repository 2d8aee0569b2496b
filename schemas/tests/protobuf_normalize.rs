//! `normalize=true` moves nothing to another meaning: an option stays with the extension that it names, and what is read where
//! nothing was written stays first.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use expect_test::{Expect, expect};
use treaty_schemas::{Budget, Format, Options, Reference, Schema, Source, check};

fn schema(text: &str, references: &[(&str, &str)]) -> Schema {
    let references: Vec<Reference> = references
        .iter()
        .map(|(import, text)| Reference {
            import: (*import).into(),
            source: Source::new(*import, *text),
        })
        .collect();
    Schema::parse(
        Format::Protobuf,
        &Source::new("main.proto", text),
        &references,
        &Options::default(),
    )
    .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn normalized(text: &str, references: &[(&str, &str)], expected: Expect) {
    let before = schema(text, references);
    let normalized = before.normalized();
    expected.assert_eq(&normalized);
    let after = schema(&normalized, references);
    assert_eq!(after.normalized(), normalized, "twice");
    // The descriptor says what each option belongs to.
    let sorted = |schema: &Schema| {
        let bytes = BASE64_STANDARD.decode(schema.in_form("serialized").expect("it has this form"));
        let mut bytes = bytes.expect("it is base64");
        bytes.sort_unstable();
        bytes
    };
    assert_eq!(sorted(&before), sorted(&after));
}

const DEEP: &str = "syntax = \"proto3\"; package p.q; import \"google/protobuf/descriptor.proto\"; \
    extend google.protobuf.FieldOptions { string opt = 50002; }";
const FLAT: &str = "syntax = \"proto3\"; package p; import \"deep.proto\"; import \"google/protobuf/descriptor.proto\"; \
    extend google.protobuf.FieldOptions { string opt = 50001; }";

/// `p.q.opt` is in the set and not in sight.
#[test]
fn an_option_stays_with_what_is_in_sight() {
    normalized(
        "syntax = \"proto3\"; package p.q; import \"flat.proto\"; message M { string s = 1 [(opt) = \"a\"]; }",
        &[("deep.proto", DEEP), ("flat.proto", FLAT)],
        expect![[r#"
            syntax = "proto3";
            package p.q;

            import "flat.proto";

            message M {
              string s = 1 [(p.opt) = "a"];
            }
        "#]],
    );
}

/// Options of a message, an enum and a service are named from beside them.
#[test]
fn an_option_of_a_declaration_is_named_from_beside_it() {
    normalized(
        "syntax = \"proto2\"; package p; import \"google/protobuf/descriptor.proto\"; \
         extend google.protobuf.MessageOptions { optional string opt = 50001; } \
         extend google.protobuf.ExtensionRangeOptions { optional string rng = 50001; } \
         message M { option (opt) = \"a\"; extensions 10 to 20 [(rng) = \"b\"]; \
           extend google.protobuf.MessageOptions { optional string opt = 50002; } \
           extend google.protobuf.ExtensionRangeOptions { optional string rng = 50002; } \
           message N { option (opt) = \"c\"; } }",
        &[],
        expect![[r#"
            package p;

            import "google/protobuf/descriptor.proto";

            message M {
              option (p.opt) = "a";

              extensions 10 to 20 [(p.rng) = "b"];

              extend .google.protobuf.MessageOptions {
                optional string opt = 50002;
              }
              extend .google.protobuf.ExtensionRangeOptions {
                optional string rng = 50002;
              }

              message N {
                option (p.M.opt) = "c";
              }
            }

            extend .google.protobuf.MessageOptions {
              optional string opt = 50001;
            }
            extend .google.protobuf.ExtensionRangeOptions {
              optional string rng = 50001;
            }
        "#]],
    );
}

#[test]
fn options_are_sorted_by_their_bare_names() {
    normalized(
        "syntax = \"proto3\"; package p; import \"google/protobuf/descriptor.proto\"; \
         extend google.protobuf.MessageOptions { string zz = 50001; string aa = 50002; } \
         extend google.protobuf.FieldOptions { string kk = 50001; } \
         message M { option (zz) = \"1\"; option deprecated = true; option (aa) = \"2\"; \
           string s = 1 [(kk) = \"3\", json_name = \"x\", deprecated = true]; }",
        &[],
        expect![[r#"
            syntax = "proto3";
            package p;

            import "google/protobuf/descriptor.proto";

            message M {
              option deprecated = true;
              option (p.aa) = "2";
              option (p.zz) = "1";

              string s = 1 [
                deprecated = true,
                json_name = "x",
                (p.kk) = "3"
              ];
            }

            extend .google.protobuf.MessageOptions {
              string zz = 50001;
              string aa = 50002;
            }
            extend .google.protobuf.FieldOptions {
              string kk = 50001;
            }
        "#]],
    );
}

#[test]
fn values_of_enums_are_sorted_by_number_and_name() {
    normalized(
        "syntax = \"proto3\"; enum E { option allow_alias = true; Z = 0; D = 2; B = 2; A = 0; C = 1; N = -1; }",
        &[],
        expect![[r#"
            syntax = "proto3";

            enum E {
              option allow_alias = true;
              A = 0;
              Z = 0;
              N = -1;
              C = 1;
              B = 2;
              D = 2;
            }
        "#]],
    );
    // What is read of a closed enum where nothing was written is its first value, and its name is what is shown.
    normalized(
        "syntax = \"proto2\"; enum E { option allow_alias = true; Z = 2; D = 1; B = 1; A = 2; C = 0; }",
        &[],
        expect![[r#"

            enum E {
              option allow_alias = true;
              Z = 2;
              C = 0;
              B = 1;
              D = 1;
              A = 2;
            }
        "#]],
    );
}

#[test]
fn a_name_in_json_that_is_derived_says_nothing() {
    let text = "syntax = \"proto3\"; message M { string foo_bar = 1 [json_name = \"fooBar\"]; string b = 2 [json_name = \"c\"]; }";
    let written = schema(text, &[]);
    let serialized = written.in_form("serialized").expect("it has this form");
    let described = schema(&serialized, &[]);
    assert_ne!(written.canonical(), described.canonical(), "each keeps its own text");
    assert_eq!(written.normalized(), described.normalized());
    assert!(written.normalized().contains("json_name = \"c\"") && !written.normalized().contains("fooBar"));
    for (reader, writer) in [(&written, &described), (&described, &written)] {
        let comparison = check(reader, writer, &Budget::unlimited());
        assert!(comparison.findings.is_empty() && comparison.differences.is_empty());
    }
}
