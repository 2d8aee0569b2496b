//! Names that versions of a subject reserve: no field may come that has one of them.
//!
//! They stand in the metadata property `confluent:reserved`, with commas between them, and count where the settings say
//! `validateFields`. A list may grow, and no name may leave it.

use std::collections::BTreeSet;

use treaty_store::VersionEntry;

use crate::call::Call;
use crate::ops::documents::Documents;
use crate::ops::draft::Draft;
use crate::ops::find::inherit;
use crate::ops::history::{History, Walk};
use crate::problem::Problem;

/// The metadata property with the names.
const PROPERTY: &str = "confluent:reserved";

/// Whether reserved names count for a subject.
pub fn is_enforced(history: &History) -> bool {
    history.settings.other.validate_fields == Some(true)
}

/// The reasons against a draft, with the documents that it inherits, after this version; in Confluent's words.
///
/// # Errors
/// When the store does not answer, or holds what cannot be read.
pub async fn messages(
    call: &Call,
    history: &History,
    draft: &Draft,
    previous: Option<VersionEntry>,
) -> Result<Vec<String>, Problem> {
    let few = Walk::over(previous.into_iter()).next(call).await?;
    let previous = few.as_ref().and_then(|few| few.live.first()).map(|live| &*live.known);
    let documents = inherit(call, &history.head, &draft.documents, previous).await?;
    let theirs = match previous {
        Some(known) => Documents::read(known.stored.metadata.as_deref(), None)?,
        None => Documents::default(),
    };
    let (before, now) = (names(&theirs), names(&documents));
    let removed = before.difference(&now).map(|name| {
        format!(
            "The new schema has reserved field {name} removed from its metadata which is present in the old schema's metadata."
        )
    });
    let taken = now
        .iter()
        .filter(|name| draft.schema.has_top_level_field(name))
        .map(|name| format!("The new schema has field that conflicts with the reserved field {name}."));
    Ok(removed.chain(taken).collect())
}

fn names(documents: &Documents) -> BTreeSet<&str> {
    let list = documents.property(PROPERTY).unwrap_or_default();
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
}
