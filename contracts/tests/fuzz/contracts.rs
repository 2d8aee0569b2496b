//! The contract document, and contracts as they travel to a registry.

use std::path::Path;

use serde_json::json;
use treaty_contracts::{Contract, PublishedContract};
use treaty_schemas::{Budget, ParseError, Source};

use super::run::Target;

const WORDS: &[&str] = &[
    "contract: 1",
    "application:",
    "sends:",
    "receives:",
    "event:",
    "subject:",
    "channel:",
    "schema:",
    "references:",
    "builtAgainst:",
    "reader:",
    "reads:",
    "all",
    "path:",
    "handles:",
    "otherwise: ignore",
    "onMissing: null",
    "default",
    "from: live",
    "retention: 7d",
    "forever",
    "mode: FULL",
    "examples:",
    "headers:",
    "unknownFields: reject",
    "lines[].sku",
    "payment.(com.acme.Card)",
    "tags{}",
    "- ",
    "\n  ",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "| ",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "~",
    "null",
    "---\n",
    "\u{feff}",
    "é",
    "\u{0}",
];

/// The contracts of the catalogue.
fn documents() -> Vec<Vec<u8>> {
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/catalogue");
    let mut found = Vec::new();
    for family in std::fs::read_dir(catalogue).expect("the catalogue is there") {
        let folder = family.expect("it can be listed").path().join("contracts");
        let Ok(files) = std::fs::read_dir(folder) else { continue };
        found.extend(files.map(|file| file.expect("it can be listed").path()));
    }
    found.sort();
    found
        .iter()
        .map(|path| std::fs::read(path).expect("it can be read"))
        .collect()
}

fn refused(error: &ParseError) -> bool {
    assert!(!error.problems.is_empty(), "a refusal without a reason");
    for problem in &error.problems {
        let (text, span) = (problem.source.text(), problem.span);
        assert!(
            span.start <= span.end && span.end <= text.len(),
            "{span:?} of {}",
            text.len()
        );
        assert!(
            text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
            "{span:?}"
        );
        let described = problem.to_string().len();
        assert!(
            !problem.message.is_empty() && described < 5_000,
            "a problem of {described} bytes"
        );
    }
    false
}

fn read(text: &str) -> Result<Contract, ParseError> {
    Contract::read(&Source::new("treaty.yaml", text))
}

pub const CONTRACT: Target = Target {
    name: "contract",
    seeds: documents,
    words: WORDS,
    take: |input| {
        let contract = match read(&String::from_utf8_lossy(input)) {
            Ok(contract) => contract,
            Err(error) => return refused(&error),
        };
        let meaning = contract.to_json();
        // JSON is YAML too.
        let again = read(&meaning.to_string()).unwrap_or_else(|error| panic!("{error}: {meaning}"));
        assert_eq!(again.to_json(), meaning);
        assert!(contract.schema_requests().len() <= 2 * contract.receives.len());
        true
    },
    inputs: 3_000,
};

pub const PUBLISHED: Target = Target {
    name: "published_contract",
    seeds: || {
        let own = "contract: 1\napplication: billing\nreceives:\n  - event: Order\n    subject: orders\n    builtAgainst: order.proto\n    reads: [id, a.x]\n";
        let documents = documents().into_iter().chain([own.as_bytes().to_vec()]);
        let published = documents.map(|text| {
            let file = json!({"name": "treaty.yaml", "text": String::from_utf8_lossy(&text)});
            let order = json!({
                "entry": 0, "role": "builtAgainst", "name": "order.proto", "schemaType": "PROTOBUF",
                "schema": "syntax = \"proto3\"; import \"a.proto\"; message Order { string id = 1; A a = 2; }",
                "references": [{"name": "a@1", "import": "a.proto", "text": "syntax = \"proto3\"; message A { int32 x = 1; }"}],
            });
            json!({"file": file, "schemas": [order]}).to_string().into_bytes()
        });
        published.collect()
    },
    words: &[
        "\"entry\":",
        "\"role\":\"reader\"",
        "\"schemaType\":\"AVRO\"",
        "\"import\":",
        "\"text\":",
        "\\n",
        "\\u0000",
        "message",
        "reads: all",
        "\\\"",
        "[",
        "{",
        "null",
        "-1",
        "18446744073709551616",
    ],
    take: |input| {
        let Ok(published) = serde_json::from_slice::<PublishedContract>(input) else {
            return false;
        };
        let text = serde_json::to_string(&published).expect("it can be written");
        assert_eq!(
            serde_json::from_str::<PublishedContract>(&text).expect("it can be read again"),
            published
        );
        match published.open(&Budget::unlimited()) {
            Ok((contract, requirements)) => {
                assert!(requirements.len() <= contract.receives.len());
                true
            }
            Err(error) => refused(&error),
        }
    },
    inputs: 1_500,
};
