//! Smaller languages: JSON, paths through data, and `buf.yaml`.

use treaty_schemas::DataPath;
use treaty_schemas::protobuf::judgement::buf_yaml::BufYaml;
use treaty_schemas::text::json;

use super::run::Target;
use super::seeds::{files, refused, source};

pub const JSON: Target = Target {
    name: "json_text",
    seeds: || files("catalogue", ".json"),
    words: &[
        "null", "true", "false", "\\u0000", "\\ud800", "\\udc00", "\\/", "1e400", "-", "0", "[[", "{\"a\":", "\"",
        "\u{feff}", "\u{2028}", "NaN",
    ],
    take: |input| {
        let Ok(text) = std::str::from_utf8(input) else {
            return false;
        };
        match json::parse(text, &json::Limits::default()) {
            Ok(node) => {
                assert!(node.span.start <= node.span.end && node.span.end <= text.len());
                // serde_json takes no byte order mark, and stops at a depth of its own and at numbers beyond a double.
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
                    let error = error.to_string();
                    assert!(error.contains("recursion") || error.contains("out of range"), "{error}");
                }
                true
            }
            Err(error) => {
                assert!(!error.message.is_empty());
                assert!(
                    error.span.start <= error.span.end && error.span.end <= text.len(),
                    "{:?}",
                    error.span
                );
                assert!(text.is_char_boundary(error.span.start) && text.is_char_boundary(error.span.end));
                false
            }
        }
    },
    inputs: 8_000,
};

pub const DATA_PATH: Target = Target {
    name: "data_path",
    seeds: || {
        let paths = [
            "orderId",
            "customer.email",
            "lines[].sku",
            "tags{}",
            "matrix[][]",
            "payment.(com.acme.Card).number",
            "[].a",
            "(com.acme.A).b",
            "größe.名前",
        ];
        paths.map(|path| path.as_bytes().to_vec()).into()
    },
    words: &[".", "[]", "{}", "(", ")", "a.", "(a.B)", "[0]", " ", ",", "\u{0}", "é"],
    take: |input| {
        let text = String::from_utf8_lossy(input);
        match DataPath::parse(&text) {
            Ok(path) => {
                assert_eq!(path.to_string(), text);
                assert_eq!(path.span_of(usize::MAX).end, text.len());
                assert_eq!(DataPath::parse(&path.to_string()).as_ref(), Ok(&path));
                true
            }
            Err(error) => {
                assert!(
                    error.span.start <= error.span.end && error.span.end <= text.len(),
                    "{:?}",
                    error.span
                );
                assert!(text.is_char_boundary(error.span.start) && text.is_char_boundary(error.span.end));
                assert!(!error.message.is_empty() && !error.help.is_empty() && error.message.len() < 500);
                false
            }
        }
    },
    inputs: 10_000,
};

const FILES: &[&str] = &[
    "version: v2\nmodules:\n  - path: proto\n    excludes:\n      - proto/old\n    breaking:\n      use:\n        - WIRE_JSON\n      except: [FIELD_SAME_NAME]\nbreaking:\n  use: [FILE]\n  ignore:\n    - proto/a.proto\n  ignore_only:\n    ENUM_VALUE_NO_DELETE: [proto/b]\n  ignore_unstable_packages: true\n",
    "version: v1\nname: buf.build/acme/orders\ndeps:\n  - buf.build/googleapis/googleapis\nbuild:\n  excludes: [old]\nlint:\n  use: [DEFAULT]\nbreaking:\n  use: [PACKAGE]\n",
    "version: v1beta1\nbuild:\n  roots: [proto, third_party]\n  excludes: [proto/old]\nbreaking:\n  use: [FILE]\n",
];

pub const BUF_YAML: Target = Target {
    name: "buf_yaml",
    seeds: || FILES.iter().map(|text| text.as_bytes().to_vec()).collect(),
    words: &[
        "version: v2",
        "v1",
        "modules:",
        "path: ",
        "..",
        "../x",
        "/",
        ".",
        "breaking:",
        "use:",
        "except:",
        "ignore:",
        "ignore_only:",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "<<: *a",
        "!!str ",
        "| ",
        "> ",
        "\n  ",
        "---\n",
        "'",
        "\"",
        "null",
        "~",
        "true",
        "1",
        "FILE",
        "WIRE",
        "FIELD_SAME_TYPE",
        "\u{feff}",
        "é",
        "a/../b",
    ],
    take: |input| match BufYaml::parse(&source(input)) {
        Ok(file) => {
            assert!(!file.modules.is_empty());
            for module in &file.modules {
                assert!(
                    !module.path.starts_with('/') && !module.path.split('/').any(|part| part == ".."),
                    "{}",
                    module.path
                );
                assert_ne!(module.path_of("proto/a.proto"), Some(""));
            }
            if !file.notes.is_empty() {
                refused(&treaty_schemas::ParseError { problems: file.notes });
            }
            true
        }
        Err(error) => refused(&error),
    },
    inputs: 4_000,
};
