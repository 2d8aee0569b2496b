//! Protobuf: texts, trees of them, descriptors, and pairs.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use treaty_schemas::protobuf::judgement::breaking::{self, Category, Selection};
use treaty_schemas::protobuf::language::descriptor;
use treaty_schemas::protobuf::language::print;
use treaty_schemas::protobuf::{self, Limits, compile, compile_tree, parse};
use treaty_schemas::{Budget, Format, Options, RuleSet, Schema, Source, Verdict};

use super::run::Target;
use super::seeds::{apart, files, pair, pairs, refused, source};
use crate::protobuf_parse::cases::cases;

const WORDS: &[&str] = &[
    "syntax = \"proto2\";",
    "syntax = \"proto3\";",
    "edition = \"2023\";",
    "edition = \"2024\";",
    "package",
    "import",
    "public",
    "weak",
    "option",
    "message",
    "enum",
    "service",
    "rpc",
    "returns",
    "stream",
    "extend",
    "extensions",
    "reserved",
    "oneof",
    "map<string, M>",
    "group",
    "repeated",
    "optional",
    "required",
    "double",
    "float",
    "int32",
    "int64",
    "uint32",
    "sint64",
    "fixed32",
    "bool",
    "string",
    "bytes",
    "max",
    "to",
    "inf",
    "nan",
    "true",
    "default",
    "json_name",
    "packed",
    "deprecated",
    "features.field_presence",
    "IMPLICIT",
    "allow_alias",
    "M",
    "E",
    "a.b.M",
    ".a.M",
    "google.protobuf.Any",
    "import \"google/protobuf/descriptor.proto\";",
    "[default = 1]",
    "[(a) = {b: 1}]",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "(",
    ")",
    ";",
    "=",
    ",",
    ".",
    "/*",
    "*/",
    "//",
    "\"",
    "'",
    "\\x",
    "\\777",
    "\\u0041",
    "\\U0010FFFF",
    "0x",
    "-",
    "1e9",
    "\u{feff}",
    "é",
    "\0",
    "message M {",
    "oneof o {",
];

/// What the catalogue has none of.
const OWN: &[&str] = &[
    r#"syntax = "proto2";
package a.b;
import "google/protobuf/descriptor.proto";
option java_package = "com.acme";
// Before.
message M { // behind
  required int32 id = 1 [default = -7, json_name = "ID"];
  optional group G = 2 { repeated string s = 1; optional M m = 2; }
  oneof o { bytes b = 3; E e = 4 [deprecated = true]; }
  map<string, M> parts = 5;
  extensions 100 to 199, 1000 to max;
  reserved 6, 8 to 10;
  reserved "old", 'older';
  optional double d = 11 [default = inf];
  optional bytes raw = 12 [default = "a\001\xff\n"];
  repeated sint64 packed_ones = 13 [packed = true];
  enum E { option allow_alias = true; ZERO = 0; ONE = 1; UNO = 1; NEGATIVE = -2; }
  extend M { optional string inner = 100; }
}
extend google.protobuf.FieldOptions { optional Note note = 50001; repeated int32 levels = 50002; }
message Note { optional string text = 1; repeated Note more = 2; }
message Used { optional string a = 1 [(note) = { text: "x" more: [{ text: 'y' }, <text: "z">] }, (levels) = 1, (levels) = 2]; }
service S { rpc Get(M) returns (stream Note) { option deprecated = true; } rpc Put(stream M) returns (Note); }
"#,
    r#"edition = "2023";
package e;
option features.field_presence = IMPLICIT;
message M {
  string a = 1 [features.field_presence = EXPLICIT];
  E e = 2;
  repeated int32 r = 3 [features.repeated_field_encoding = EXPANDED];
  M m = 4 [features.message_encoding = DELIMITED];
  string s = 5 [features.utf8_validation = NONE];
}
enum E { option features.enum_type = CLOSED; E_A = 0; E_B = 5; }
"#,
    r#"syntax = "proto3";
package t;
import "google/protobuf/timestamp.proto";
import public "google/protobuf/any.proto";
message Event {
  google.protobuf.Timestamp at = 1;
  optional string note = 2;
  oneof what { Placed placed = 3; google.protobuf.Any other = 4; }
  message Placed { repeated Line lines = 1; map<int32, Line> by_number = 2; message Line { string sku = 1; uint32 count = 2; } }
  repeated Event before = 5;
}
"#,
];

fn texts() -> Vec<Vec<u8>> {
    let own = OWN.iter().map(|text| text.as_bytes().to_vec());
    let odd = cases(include_str!("../protobuf_parse/valid.txt")).into_iter();
    let odd = odd.flat_map(|case| case.files).map(|(_, text)| text.into_bytes());
    let all = files("catalogue", ".proto").into_iter().chain(own).chain(odd);
    all.filter(|text| compiled(&String::from_utf8_lossy(text)).is_ok())
        .collect()
}

fn compiled(text: &str) -> Result<protobuf::Schema, treaty_schemas::ParseError> {
    compile(
        &Source::new("input.proto", text),
        "input.proto",
        &[],
        &Options::default(),
    )
}

pub const TEXT: Target = Target {
    name: "protobuf_text",
    seeds: texts,
    words: WORDS,
    take: |input| {
        let source = source(input);
        let tree = match parse(&source, "input.proto", &Limits::default()) {
            Ok(tree) => tree,
            Err(error) => return refused(&error),
        };
        for (form, text) in [
            ("canonical", print::canonical(&tree)),
            ("documented", print::documented(&tree)),
        ] {
            let again = parse(
                &Source::new(form, text.as_str()),
                "input.proto",
                &Limits::UNBOUNDED_SIZE,
            );
            let again = again.unwrap_or_else(|error| panic!("the {form} text is not read: {error}\n{text}"));
            let printed = match form {
                "canonical" => print::canonical(&again),
                _ => print::documented(&again),
            };
            assert_eq!(printed, text, "the {form} text of the {form} text");
            assert_eq!(print::canonical(&again), print::canonical(&tree), "of the {form} text");
        }
        let schema = match compiled(source.text()) {
            Ok(schema) => schema,
            Err(error) => return refused(&error),
        };
        let canonical = schema.canonical();
        let again = compiled(&canonical).unwrap_or_else(|error| panic!("the canonical text: {error}\n{canonical}"));
        let normalized = again.normalized();
        assert_eq!(
            normalized,
            schema.normalized(),
            "normalized, by way of the canonical text"
        );
        let twice = compiled(&normalized).unwrap_or_else(|error| panic!("the normalized text: {error}\n{normalized}"));
        assert_eq!(twice.normalized(), normalized, "normalized twice");
        // The canonical text has its own order of declarations, which the descriptor then keeps.
        let bytes = descriptor::encode(&again);
        let read = descriptor::read(&source, &bytes, &[]);
        let read = read.unwrap_or_else(|error| panic!("the descriptor is not read: {error}\n{canonical}"));
        let text = print::canonical(&read);
        let from = compiled(&text).unwrap_or_else(|error| panic!("the descriptor's text: {error}\n{text}"));
        assert_eq!(
            descriptor::encode(&from),
            bytes,
            "the descriptor by way of its text\n{canonical}\n{text}"
        );
        itself(&schema);
        true
    },
    inputs: 1_500,
};

/// A schema reads what it writes.
fn itself(schema: &protobuf::Schema) {
    let comparison = protobuf::check(schema, schema, &Budget::unlimited());
    assert_eq!(comparison.undecided, None, "with itself");
    assert_eq!(comparison.differences, [], "with itself");
    assert_eq!(
        comparison.verdict(RuleSet::Semantic),
        Verdict::Compatible,
        "with itself: {:?}",
        comparison.findings.first()
    );
}

pub const TREE: Target = Target {
    name: "protobuf_tree",
    seeds: || {
        let one = "syntax = \"proto3\";\npackage a;\nimport \"f1.proto\";\nmessage A { b.B b = 1; c.C c = 2; }";
        let two = "syntax = \"proto3\";\npackage b;\nimport public \"f2.proto\";\nmessage B { c.C c = 1; }";
        let three = "syntax = \"proto2\";\npackage c;\nmessage C { optional int32 x = 1; extensions 5 to 9; }\nextend C { optional C again = 5; }";
        let join = |texts: &[&str]| texts.join("\n====\n").into_bytes();
        vec![
            join(&[one, two, three]),
            join(&[three, two]),
            join(&[one, OWN[0], OWN[2]]),
            join(&[two, one]),
        ]
    },
    words: &[
        "import \"f0.proto\";",
        "import \"f1.proto\";",
        "import public \"f2.proto\";",
        "import weak \"f0.proto\";",
        "import \"../f1.proto\";",
        "package a;",
        "package b.c;",
        "message A {}",
        "message C { optional int32 x = 1; }",
        "\n====\n",
        ".a.A",
        "b.B",
        "c.C",
        "extend c.C { optional int32 y = 6; }",
        "enum",
    ],
    take: |input| {
        let texts = apart(input);
        // A tree's files are parsed by several threads, and memory is counted of this one: it parses them once more.
        for text in &texts {
            let source = Source::new("f.proto", text.as_str());
            drop(parse(&source, "f.proto", &Limits::default()));
        }
        let tree = |texts: &[String]| {
            let files = texts.iter().enumerate().map(|(number, text)| {
                let path = format!("f{number}.proto");
                (path.as_str().into(), Source::new(path.as_str(), text.as_str()))
            });
            compile_tree(files.collect(), &Limits::default())
        };
        let set = match tree(&texts) {
            Ok(set) => set,
            Err(error) => return refused(&error),
        };
        assert_eq!(set.own_files, texts.len());
        let selection = Selection::from(Category::File);
        assert!(
            breaking::check(&set, &set, &selection).is_empty(),
            "a tree breaks itself"
        );
        // A file less.
        if let Some((_, rest)) = texts.split_last().filter(|(_, rest)| !rest.is_empty())
            && let Ok(rest) = tree(rest)
        {
            drop(breaking::check(&rest, &set, &selection));
            drop(breaking::check(&set, &rest, &selection));
        }
        true
    },
    inputs: 1_500,
};

pub const DESCRIPTOR: Target = Target {
    name: "protobuf_descriptor",
    seeds: || {
        let schemas = texts()
            .into_iter()
            .filter_map(|text| compiled(&String::from_utf8_lossy(&text)).ok());
        schemas.map(|schema| descriptor::encode(&schema)).collect()
    },
    words: &[
        "M",
        "a.b.M",
        ".a.b.M",
        "\u{8}\u{1}",
        "\"",
        "\n",
        ";",
        "{}",
        "proto3",
        "editions",
        "google/protobuf/descriptor.proto",
    ],
    take: |input| {
        let text = BASE64_STANDARD.encode(input);
        let source = Source::new("input.proto", text.as_str());
        match Schema::parse(Format::Protobuf, &source, &[], &Options::default()) {
            Ok(Schema::Protobuf(schema)) => {
                let again = compiled(&schema.canonical()).expect("the text of a descriptor is read");
                assert_eq!(again.canonical(), schema.canonical());
                assert_eq!(descriptor::encode(&again), descriptor::encode(&schema));
                true
            }
            Ok(Schema::Avro(_)) => unreachable!("asked for Protobuf"),
            Err(error) => refused(&error),
        }
    },
    inputs: 2_500,
};

pub const PAIR: Target = Target {
    name: "protobuf_pair",
    seeds: || {
        let mut seeds = pairs("rules/protobuf", "proto");
        let texts = texts();
        for neighbours in texts.windows(2) {
            let text = |at: usize| String::from_utf8_lossy(&neighbours[at]).into_owned();
            seeds.push(pair(&text(0), &text(1)));
            seeds.push(pair(&text(0), &text(0)));
        }
        let last = OWN.iter().flat_map(|one| OWN.iter().map(|other| pair(one, other)));
        seeds.extend(last);
        seeds
    },
    words: WORDS,
    take: |input| {
        let mut parsed = Vec::new();
        for text in apart(input).iter().take(2) {
            match compiled(text) {
                Ok(schema) => parsed.push(schema),
                Err(error) => return refused(&error),
            }
        }
        let [reader, writer] = &parsed[..] else { return false };
        let selection = Selection::from(Category::File);
        for (reader, writer) in [(reader, writer), (writer, reader)] {
            // A verdict stays open where the check and the decoder contradict each other, or two encodings meet.
            let undecided = protobuf::check_with_notes(reader, writer, &Budget::unlimited()).undecided;
            let undecided = undecided.filter(|why| !why.contains("message_set_wire_format"));
            assert_eq!(undecided, None);
            drop(breaking::check(&reader.set, &writer.set, &selection));
            drop(protobuf::changes(
                &Arc::new(reader.clone()),
                &Arc::new(writer.clone()),
                &Budget::unlimited(),
            ));
        }
        true
    },
    inputs: 1_000,
};
