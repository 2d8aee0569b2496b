//! The store, on both databases.

mod append;
mod contracts;
mod deletes;
mod durability;
mod open;
mod outages;
mod plans;
mod reads;
mod settings;

use treaty_store::{Append, Appended, Guid, HeadRevision, Reference, Store, StoreError};

/// The context of all tests that are not about contexts.
pub const CONTEXT: &str = ".";

/// A guid made of a number.
pub fn guid(number: u32) -> Guid {
    let mut bytes = [0xab; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Guid(bytes)
}

/// The text that belongs to `guid(number)`.
pub fn text(number: u32) -> String {
    format!("{{\"type\":\"fixed\",\"name\":\"F{number}\",\"size\":{number}}}")
}

/// An append of schema `number` to `subject`.
pub fn append(subject: &str, number: u32, expected: HeadRevision) -> Append {
    Append {
        context: CONTEXT.to_owned(),
        subject: subject.to_owned(),
        expected,
        guid: guid(number),
        format: "AVRO".to_owned(),
        text: text(number),
        metadata: None,
        rule_set: None,
        references: Vec::new(),
        now: 1_700_000_000_000 + i64::from(number),
    }
}

/// Registers schema `number` under `subject` as a client does: read the head, append, and again when it has moved.
pub async fn register(store: &Store, subject: &str, number: u32) -> Appended {
    register_with(store, subject, number, &[]).await
}

/// The same, with references to (subject, version).
pub async fn register_with(store: &Store, subject: &str, number: u32, references: &[(&str, i32)]) -> Appended {
    loop {
        let head = store.head(CONTEXT, subject).await.expect("the head");
        let mut append = append(subject, number, head.at);
        append.references = references.iter().map(|(s, v)| reference(s, *v)).collect();
        match store.append(append).await {
            Err(StoreError::Moved) => {}
            outcome => return outcome.expect("the append"),
        }
    }
}

/// A reference to a version.
pub fn reference(subject: &str, version: i32) -> Reference {
    Reference {
        name: format!("com.example.{subject}"),
        subject: subject.to_owned(),
        version,
    }
}
