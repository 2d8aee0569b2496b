//! Deleting: softly first, then permanently.

use treaty_store::{DEFAULT_CONTEXT, Delete, StoreError};

use crate::app::App;
use crate::ops::write::write;
use crate::params::Version;
use crate::problem::Problem;

/// Deletes a version; answers its number.
///
/// # Errors
/// 40401, 40402, 40406, 40407, 42206.
pub async fn version(app: &App, subject: &str, version: Version, permanent: bool) -> Result<i32, Problem> {
    let number = match version {
        Version::Latest => None,
        Version::Number(number) => Some(number),
    };
    let deleted = run(app, subject, permanent, move |store, subject, how| async move {
        store.delete_version(DEFAULT_CONTEXT, &subject, number, how).await
    });
    deleted.await.map_err(|error| Problem::of_store(error, subject, number))
}

/// Deletes a subject; answers the numbers of the versions that were deleted.
///
/// # Errors
/// 40401, 40404, 40405, 42206.
pub async fn subject(app: &App, subject: &str, permanent: bool) -> Result<Vec<i32>, Problem> {
    let deleted = run(app, subject, permanent, |store, subject, how| async move {
        store.delete_subject(DEFAULT_CONTEXT, &subject, how).await
    });
    deleted.await.map_err(|error| Problem::of_store(error, subject, None))
}

async fn run<T, F>(
    app: &App,
    subject: &str,
    permanent: bool,
    work: impl FnOnce(treaty_store::Store, String, Delete) -> F,
) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
{
    let how = if permanent { Delete::Permanent } else { Delete::Soft };
    let change = app.generations.change(subject, permanent);
    write(app, change, work(app.store.clone(), subject.to_owned(), how)).await
}
