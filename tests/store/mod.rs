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
mod upgrade;

use treaty_store::{
    Append, Appended, Content, Guid, HeadRevision, Identity, Reference, Resolved, Store, StoreError, Which,
};

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
    let mut append = Append {
        context: CONTEXT.to_owned(),
        subject: subject.to_owned(),
        expected,
        identity: Identity([0; 32]),
        guid: guid(number),
        format: "AVRO".to_owned(),
        text: text(number),
        metadata: None,
        rule_set: None,
        references: Vec::new(),
        now: 1_700_000_000_000 + i64::from(number),
    };
    identify(&mut append);
    append
}

/// The identity of schema `number` without references.
pub fn identity(number: u32) -> Identity {
    append("any", number, HeadRevision::default()).identity
}

/// Gives an append that was changed the identity of what it brings now.
pub fn identify(append: &mut Append) {
    append.identity = Identity::of(Content {
        format: &append.format,
        text: &append.text,
        metadata: append.metadata.as_deref(),
        rule_set: append.rule_set.as_deref(),
        references: &append.references,
    });
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
        for (subject, version) in references {
            append.references.push(resolved(store, subject, *version).await);
        }
        identify(&mut append);
        match store.append(append).await {
            Err(StoreError::Moved) => {}
            outcome => return outcome.expect("the append"),
        }
    }
}

/// A reference to a version that there is, and its schema.
pub async fn resolved(store: &Store, subject: &str, version: i32) -> Resolved {
    let found = store.version(CONTEXT, subject, Which::Any(version)).await;
    Resolved {
        reference: reference(subject, version),
        id: found.expect("the version").expect("a version").schema.id,
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
