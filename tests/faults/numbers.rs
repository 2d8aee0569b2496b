//! Numbers of any size, and ids of two trees: nothing that a schema says makes the program panic.

use serde_json::{Value, json};

use crate::support::cli::Cli;
use crate::support::server::serves;

/// A `bytes` field that is a decimal.
fn decimal(precision: u64, scale: u64) -> Value {
    json!({"type": "record", "name": "Order", "fields": [
        {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}}
    ]})
}

/// Scales around the widths that `format!` takes, and around what 32 bits hold.
const SCALES: [u64; 8] = [
    39,
    41,
    65_534,
    65_535,
    65_536,
    2_147_483_647,
    4_294_967_295,
    4_294_967_296,
];

#[test]
fn a_scale_of_any_size_is_shown_on_the_command_line() {
    for scale in SCALES {
        let cli = Cli::new()
            .file("old.avsc", decimal(scale.max(70_000), scale).to_string())
            .file("new.avsc", decimal(scale.max(70_000), scale - 1).to_string());
        let ran = cli.run(&["check", "new.avsc", "--against", "old.avsc", "--format", "json"]);
        assert!([0, 1].contains(&ran.code), "{scale}: {}", ran.transcript());
        let ran = cli.run(&["diff", "old.avsc", "new.avsc"]);
        assert!([0, 1].contains(&ran.code), "{scale}: {}", ran.transcript());
    }
}

serves! {
    /// Seen before: 500.
    async fn a_scale_of_any_size_is_judged(server) {
        for subject in SCALES {
            for scale in [subject, subject - 1] {
                let body = json!({"schema": decimal(scale.max(70_000), scale).to_string()});
                for path in [format!("/api/v1/subjects/s{subject}/check"), format!("/subjects/s{subject}/versions")] {
                    let answer = server.post(&path, body.clone()).await;
                    assert!(matches!(answer.status.as_u16(), 200 | 409 | 422), "{scale}: {}", answer.text());
                }
            }
        }
    }
}

#[test]
fn a_package_that_is_deleted_is_found_by_every_category() {
    let file = |package: &str| format!("syntax = \"proto3\";\npackage {package};\nmessage Order {{ int32 id = 1; }}\n");
    let cli = Cli::new()
        .file("old/a.proto", file("a"))
        .file("old/b.proto", file("b"))
        .file("old/c.proto", file("c"))
        .file("new/b.proto", file("b"));
    for category in ["FILE", "PACKAGE", "WIRE_JSON", "WIRE"] {
        for format in ["text", "json"] {
            let ran = cli.run(&[
                "check",
                "new",
                "--against",
                "old",
                "--category",
                category,
                "--format",
                format,
            ]);
            let expected = i32::from(!category.starts_with("WIRE"));
            assert_eq!(ran.code, expected, "{category}: {}", ran.transcript());
        }
    }
}
