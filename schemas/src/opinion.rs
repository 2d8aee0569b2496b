//! What a decoder of others makes of a witness.
//!
//! A witness is confirmed by our own decoder. Behind the feature `second-opinion` it is also put before the library that many
//! programs in Rust decode with: apache-avro, or prost-reflect. What that says is shown beside the witness. It changes no
//! verdict.
//!
//! Each format asks its library, in its own folder, about the part of the witness that the finding is about: another reason why
//! the library refuses the event confirms nothing. Where the library is known to read otherwise than the specification, the
//! [`Quirk`] is named, and only where it explains this finding. `docs/second-opinion.md` has the table of them.
//!
//! Invariants: a library is never asked what could overflow its stack or take it long; where it panics, nothing was asked.

use std::fmt;

use crate::format::Format;
use crate::text::shown::Line;

/// Bytes of a witness that a library is asked about.
pub const MAX_BYTES: usize = 64 * 1024;
/// Levels to which a witness, and the types that are put before a library, may be nested.
pub const MAX_DEPTH: usize = 64;

/// A decoder of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Library {
    /// Its name.
    pub name: &'static str,
    /// Its version, in three parts.
    pub version: &'static str,
}

/// For Avro.
pub static APACHE_AVRO: Library = Library {
    name: "apache-avro",
    version: "0.22.0",
};

/// For Protobuf.
pub static PROST_REFLECT: Library = Library {
    name: "prost-reflect",
    version: "0.16.5",
};

impl Library {
    /// Its name, with the first two parts of its version.
    pub fn short(&self) -> String {
        let version = self.version.rsplit_once('.').map_or(self.version, |(short, _)| short);
        format!("{} {version}", self.name)
    }
}

impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// Something that a library is known to do otherwise than the specification.
#[derive(Debug, PartialEq, Eq)]
pub struct Quirk {
    /// A short name, unique among those of its library.
    pub id: &'static str,
    /// What the library does, as the end of a sentence that begins with its name.
    pub what: &'static str,
    /// When it is named.
    pub when: &'static str,
}

/// What a library makes of a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Who was asked.
    pub by: &'static Library,
    /// What it says.
    pub says: Saying,
}

/// What a library says of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saying {
    /// It refuses the event too, or reads it as the finding says.
    Confirmed,
    /// It does otherwise, as it is known to.
    Quirk(&'static Quirk),
    /// It does otherwise: what it reads, or why it refuses.
    Reads(Line),
    /// It was not asked, or has said nothing that can be compared; why.
    NotAsked(Line),
}

impl Saying {
    /// The word that reports use.
    pub fn name(&self) -> &'static str {
        match self {
            Saying::Confirmed => "confirmed",
            Saying::Quirk(_) => "quirk",
            Saying::Reads(_) => "reads",
            Saying::NotAsked(_) => "not-asked",
        }
    }

    /// What there is to say beside the word.
    pub fn detail(&self) -> Option<Line> {
        match self {
            Saying::Confirmed => None,
            Saying::Quirk(quirk) => Some(quirk.what.into()),
            Saying::Reads(what) | Saying::NotAsked(what) => Some(what.clone()),
        }
    }
}

/// The library that is asked about schemas of a language.
pub fn library(format: Format) -> &'static Library {
    match format {
        Format::Avro => &APACHE_AVRO,
        Format::Protobuf => &PROST_REFLECT,
    }
}

#[cfg(feature = "second-opinion")]
pub(crate) use guard::guarded;

/// The library has panicked.
#[cfg(feature = "second-opinion")]
pub(crate) const PANICKED: &str = "it panicked";

#[cfg(feature = "second-opinion")]
mod guard {
    use std::cell::Cell;
    use std::panic::{self, AssertUnwindSafe};
    use std::sync::Once;

    thread_local! {
        static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    }

    /// Calls a library. `None` where it panics, of which nothing is printed: the hook that prints panics is wrapped once, and
    /// passes on those of all other threads and of all other code.
    pub(crate) fn guarded<T>(call: impl FnOnce() -> T) -> Option<T> {
        static WRAPPED: Once = Once::new();
        WRAPPED.call_once(|| {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                if !IS_QUIET.try_with(Cell::get).unwrap_or(false) {
                    previous(info);
                }
            }));
        });
        let before = IS_QUIET.replace(true);
        // What the call has begun is dropped with it.
        let result = panic::catch_unwind(AssertUnwindSafe(call));
        IS_QUIET.set(before);
        result.ok()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        #[allow(clippy::panic)]
        fn a_panic_is_no_answer_and_the_next_call_is_one() {
            assert_eq!(guarded(|| -> u8 { panic!("not printed") }), None);
            assert!(!IS_QUIET.get());
            assert_eq!(guarded(|| 7), Some(7));
        }
    }
}
