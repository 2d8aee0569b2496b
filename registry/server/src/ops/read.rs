//! Reading what is stored as it is to be answered: what is small at once, what is large when there is room for it.

use std::sync::Arc;

use treaty_api::subject::Subject;
use treaty_store::{Large, StoredSchema, StoredVersion, Weighed, Which};

use crate::call::Call;
use crate::problem::Problem;
use crate::rooms::Taken;

/// How many times its text an answer is in memory while it is made: as it was read, and as JSON, where quotes and line ends
/// take two bytes.
pub const COPIES: usize = 3;

/// Something that was read, and the room that it takes unless it is small.
pub struct Read<T> {
    /// What was read.
    pub value: T,
    /// For as long as it, or the answer that is made of it, is there.
    pub room: Option<Arc<Taken>>,
}

impl<T> Read<T> {
    fn small(value: T) -> Read<T> {
        Read { value, room: None }
    }
}

/// What an id names.
///
/// # Errors
/// When the store does not answer, or there is no room.
pub async fn schema(call: &Call, id: i32) -> Result<Option<Read<StoredSchema>>, Problem> {
    let large = match call.store.schema_if_small(&call.context, id).await? {
        None => return Ok(None),
        Some(Weighed::Whole(schema)) => return Ok(Some(Read::small(schema))),
        Some(Weighed::Large(large)) => large,
    };
    let room = room(call, large).await?;
    let read = call.store.schemas(&call.context, &[large.id]).await?.pop();
    Ok(read.map(|value| Read {
        value,
        room: Some(room),
    }))
}

/// A version of a subject.
///
/// # Errors
/// When the store does not answer, or there is no room.
pub async fn version(call: &Call, subject: &Subject, which: Which) -> Result<Option<Read<StoredVersion>>, Problem> {
    let large = match call
        .store
        .version_if_small(&subject.context, &subject.name, which)
        .await?
    {
        None => return Ok(None),
        Some(Weighed::Whole(version)) => return Ok(Some(Read::small(version))),
        Some(Weighed::Large(large)) => large,
    };
    let room = room(call, large).await?;
    let read = call.store.version(&subject.context, &subject.name, which).await?;
    Ok(read.map(|value| Read {
        value,
        room: Some(room),
    }))
}

async fn room(call: &Call, large: Large) -> Result<Arc<Taken>, Problem> {
    let bytes = large.bytes.saturating_mul(COPIES);
    call.rooms.answers.take(bytes).await.map(Arc::new)
}
