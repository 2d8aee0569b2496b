//! Deleting: softly first, then permanently.

use treaty_api::subject::Subject;
use treaty_store::{Delete, Store, StoreError};

use crate::call::Call;
use crate::ops::write::write;
use crate::params::Version;
use crate::problem::Problem;

/// Deletes a version; answers its number.
///
/// # Errors
/// 40401, 40402, 40406, 40407, 42206.
pub async fn version(call: &Call, subject: &Subject, version: Version, permanent: bool) -> Result<i32, Problem> {
    let number = match version {
        Version::Latest => None,
        Version::Number(number) => Some(number),
    };
    let deleted = run(call, subject, permanent, move |store, subject, how| async move {
        store.delete_version(&subject.context, &subject.name, number, how).await
    });
    deleted.await.map_err(|error| Problem::of_store(error, subject))
}

/// Deletes a subject; answers the numbers of the versions that were deleted.
///
/// # Errors
/// 40401, 40404, 40405, 42206.
pub async fn subject(call: &Call, subject: &Subject, permanent: bool) -> Result<Vec<i32>, Problem> {
    let deleted = run(call, subject, permanent, |store, subject, how| async move {
        store.delete_subject(&subject.context, &subject.name, how).await
    });
    deleted.await.map_err(|error| Problem::of_store(error, subject))
}

async fn run<T, F>(
    call: &Call,
    subject: &Subject,
    permanent: bool,
    work: impl FnOnce(Store, Subject, Delete) -> F,
) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
{
    let how = if permanent { Delete::Permanent } else { Delete::Soft };
    let change = call.generations.change(subject, permanent);
    let deleted = write(call, change, work(call.store.clone(), subject.clone(), how)).await?;
    call.changed("versions were deleted", subject);
    Ok(deleted)
}
