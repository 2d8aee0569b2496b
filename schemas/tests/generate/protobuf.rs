//! Random `.proto` texts.

use std::fmt::Write;

use crate::random::Random;

const SCALARS: [&str; 15] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64", "bool", "string", "bytes",
];
const KEYS: [&str; 7] = ["int32", "uint64", "sint64", "fixed32", "sfixed64", "bool", "string"];

/// A text of some messages that use each other, the first of them using the others most.
pub fn schema_text(random: &mut Random) -> String {
    let is_proto2 = random.chance(40);
    let mut text = format!("syntax = \"proto{}\";\npackage test;\n", if is_proto2 { 2 } else { 3 });
    let well_known = random.chance(30);
    if well_known {
        for file in ["timestamp", "duration", "struct", "wrappers", "field_mask", "any"] {
            let _ = writeln!(text, "import \"google/protobuf/{file}.proto\";");
        }
    }
    let messages = 1 + random.below(4);
    for message in 0..messages {
        let _ = writeln!(text, "message M{message} {{");
        let mut number = 0;
        for field in 0..random.below(8) {
            number += 1 + if random.chance(15) { random.below(300) } else { 0 };
            // A message that requires itself has no value: only later ones are required.
            let later = message + 1 + random.below(4);
            let (kind, is_message) = kind(random, message, messages, well_known);
            match random.below(10) {
                0 | 1 => {
                    let _ = writeln!(text, "  repeated {kind} f{field} = {number};");
                }
                2 => {
                    let key = KEYS[random.below(KEYS.len())];
                    let _ = writeln!(text, "  map<{key}, {kind}> f{field} = {number};");
                }
                3 => {
                    let (other, _) = self::kind(random, message, messages, false);
                    let _ = writeln!(
                        text,
                        "  oneof o{field} {{ {kind} f{field} = {number}; {other} g_{field} = {}; }}",
                        number + 1
                    );
                    number += 1;
                }
                4 if is_proto2 && later < messages => {
                    let _ = writeln!(text, "  required M{later} f{field} = {number};");
                }
                5 if is_proto2 && !is_message => {
                    let _ = writeln!(text, "  required {kind} f{field} = {number};");
                }
                6 if is_proto2 => {
                    let _ = writeln!(
                        text,
                        "  optional group G{message}x{field} = {number} {{ optional {kind} f = 1; required bool b = 2; }}"
                    );
                }
                7 => {
                    let scalar = SCALARS[random.below(13)];
                    let _ = writeln!(
                        text,
                        "  repeated {scalar} f{field} = {number} [packed = {}];",
                        random.chance(50)
                    );
                }
                8 if !is_proto2 && !is_message => {
                    let _ = writeln!(text, "  {kind} f{field} = {number};");
                }
                _ => {
                    let _ = writeln!(text, "  optional {kind} f{field} = {number};");
                }
            }
        }
        text.push_str("}\n");
    }
    text.push_str("enum E { E_ZERO = 0; E_ONE = 1; E_NEGATIVE = -3; E_LARGE = 2000000000; }\n");
    text
}

fn kind(random: &mut Random, message: usize, messages: usize, well_known: bool) -> (String, bool) {
    const WELL_KNOWN: [&str; 9] = [
        "Timestamp",
        "Duration",
        "Struct",
        "Value",
        "ListValue",
        "FieldMask",
        "Any",
        "Int64Value",
        "StringValue",
    ];
    match random.below(10) {
        0..=4 => (SCALARS[random.below(SCALARS.len())].to_owned(), false),
        5 => ("E".to_owned(), false),
        6 | 7 if well_known => (
            format!("google.protobuf.{}", WELL_KNOWN[random.below(WELL_KNOWN.len())]),
            true,
        ),
        8 => (format!("M{message}"), true),
        _ => (format!("M{}", random.below(messages)), true),
    }
}
