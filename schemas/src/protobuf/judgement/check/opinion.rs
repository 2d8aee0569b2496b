//! What prost-reflect makes of a witness.

use crate::opinion::Quirk;

/// All of them, as `docs/second-opinion.md` has them.
pub(crate) static QUIRKS: &[Quirk] = &[];
