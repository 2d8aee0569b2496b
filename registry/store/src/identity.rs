//! What decides whether two schemas are the same: all that they consist of, part by part.
//!
//! Invariant: two contents have one [`Identity`] only if every part of them is equal: it is a SHA-256 over the parts, each with
//! its length before it, so that nothing moves from one part into the next. (A [`Guid`](crate::Guid) has no such separators.)

use std::fmt;

use sha2::{Digest, Sha256};

use crate::Reference;

/// A reference, and the schema that it stood for when the text that has it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Resolved {
    /// The reference.
    pub reference: Reference,
    /// The id of the schema that the version has.
    pub id: i32,
}

/// All that a schema is.
#[derive(Debug, Clone, Copy)]
pub struct Content<'c, R> {
    /// `AVRO`, `PROTOBUF` or `JSON`.
    pub format: &'c str,
    /// The text, without what means nothing.
    pub text: &'c str,
    /// Metadata as JSON text, in its one form.
    pub metadata: Option<&'c str>,
    /// The rule set as JSON text, in its one form.
    pub rule_set: Option<&'c str>,
    /// What the text refers to, in its order.
    pub references: R,
}

/// The identity of a content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(pub [u8; 32]);

impl Identity {
    /// The identity of this content.
    pub fn of<'c, R>(content: Content<'c, R>) -> Identity
    where
        R: IntoIterator<Item = &'c Resolved>,
    {
        let mut digest = Sha256::new();
        put(&mut digest, content.format);
        put(&mut digest, content.text);
        for document in [content.metadata, content.rule_set] {
            digest.update([u8::from(document.is_some())]);
            put(&mut digest, document.unwrap_or_default());
        }
        for Resolved { reference, id } in content.references {
            put(&mut digest, &reference.name);
            put(&mut digest, &reference.subject);
            digest.update(reference.version.to_be_bytes());
            digest.update(id.to_be_bytes());
        }
        Identity(digest.finalize().into())
    }

    /// As it is stored; none for what was stored before there were identities, and has its guid in that place.
    pub(crate) fn stored(text: &str) -> Option<Identity> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, place) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[place..place + 2], 16).ok()?;
        }
        Some(Identity(bytes))
    }
}

fn put(digest: &mut Sha256, text: &str) {
    digest.update((text.len() as u64).to_be_bytes());
    digest.update(text);
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(name: &str, subject: &str, version: i32, id: i32) -> Resolved {
        let reference = Reference {
            name: name.to_owned(),
            subject: subject.to_owned(),
            version,
        };
        Resolved { reference, id }
    }

    #[test]
    fn no_part_runs_into_the_next() {
        let one = [reference("ns.T", "nsub", 1, 1)];
        let other = [reference("ns.Tn", "sub", 1, 1)];
        let elsewhere = [reference("ns.T", "nsub", 1, 2)];
        let content = |format, text, metadata, rule_set| Content {
            format,
            text,
            metadata,
            rule_set,
            references: &one,
        };
        let base = content("AVRO", "text", None, None);
        let all = [
            base,
            content("AVROt", "ext", None, None),
            content("AVRO", "text", Some(""), None),
            content("AVRO", "text", None, Some("")),
            content("AVRO", "text", Some("{}"), None),
            content("AVRO", "text", None, Some("{}")),
            Content {
                references: &other,
                ..base
            },
            Content {
                references: &elsewhere,
                ..base
            },
        ];
        let mut seen: Vec<Identity> = all.into_iter().map(Identity::of).collect();
        assert_eq!(Identity::stored(&seen[0].to_string()), Some(seen[0]));
        assert_eq!(Identity::stored("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), None);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all.len());
    }
}
