//! The identity of a schema in a context: Confluent's `guid`, an MD5 over its canonical string and what it comes with.
//!
//! Neither subject, format nor id are part of it: equal texts of two formats have one guid.

use md5::{Digest, Md5};
use uuid::Uuid;

/// A reference as it takes part in a schema's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The name under which the schema refers to it.
    pub name: &'a str,
    /// The subject that it is registered under.
    pub subject: &'a str,
    /// The version of that subject.
    pub version: i32,
}

/// The guid of a schema without metadata and rule set: 16 bytes. Printed as a UUID they are what Confluent shows.
pub fn guid(canonical: &str, references: &[Reference<'_>]) -> [u8; 16] {
    guid_with(canonical, references, &[])
}

/// The guid of a schema that comes with metadata or a rule set, `accompanied` by their bytes in Confluent's order.
pub fn guid_with(canonical: &str, references: &[Reference<'_>], accompanied: &[u8]) -> [u8; 16] {
    let mut digest = Md5::new();
    digest.update(canonical);
    for reference in references {
        digest.update(reference.name);
        digest.update(reference.subject);
        digest.update(reference.version.to_be_bytes());
    }
    digest.update(accompanied);
    digest.finalize().into()
}

/// The bytes of a guid as people see them.
pub fn print(guid: [u8; 16]) -> String {
    Uuid::from_bytes(guid).hyphenated().to_string()
}
