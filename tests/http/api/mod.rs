//! `/api/v1`

mod check;
mod contracts;
mod settings;

use serde_json::{Value, json};

use crate::support::server::record;

/// An order: its id, an amount that may be missing, and a note.
fn order(amount: &str) -> String {
    record(
        "Order",
        &[
            r#""name":"id","type":"long""#,
            amount,
            r#""name":"note","type":"string","default":"""#,
        ],
    )
}

const AMOUNT: &str = r#""name":"amount","type":"long","default":0"#;

/// A contract of `application`, which reads these fields of `orders`, and decodes with no more.
fn contract(application: &str, version: u32, reads: &str) -> Value {
    let text = format!(
        "contract: 1\napplication: {application}\nowner: team-{application}\nreceives:\n  - event: Order\n    \
         subject: orders\n    builtAgainst: {version}\n    reads: {reads}\n    decode: projected\n"
    );
    json!({"file": {"name": format!("{application}/treaty.yaml"), "text": text}})
}
