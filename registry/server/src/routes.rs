//! All routes in one table: a path, what whoever asks has to be allowed, and what answers.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, delete, get, post, put};

use crate::app::App;
use crate::http::{api, compatibility, config, health, metadata, metrics, root, schemas, subjects};
use crate::observe::{self, Observe};
use crate::problem;

/// What a request does, and so what whoever sends it has to be allowed. Nobody is asked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Nothing that anybody could not know: it is never behind a token.
    Public,
    /// Reads, or judges without a change.
    Read,
    /// Adds versions to a subject.
    Register,
    /// Deletes versions and subjects.
    Delete,
    /// Changes settings.
    Configure,
    /// Publishes and withdraws contracts.
    Contracts,
}

type Row = (&'static str, Scope, MethodRouter<App>);

/// Rows of one path stand together. The media type of what these answer is negotiated.
#[rustfmt::skip]
fn negotiated() -> Vec<Row> {
    use Scope::{Configure, Contracts, Delete, Public, Read, Register};
    vec![
        ("/", Public, get(root::get).post(root::get)),
        ("/subjects", Read, get(subjects::list::list)),
        ("/subjects/{subject}", Read, post(subjects::lookup::lookup)),
        ("/subjects/{subject}", Delete, delete(subjects::delete::delete)),
        ("/subjects/{subject}/metadata", Read, get(subjects::metadata::find)),
        ("/subjects/{subject}/versions", Read, get(subjects::versions::list)),
        ("/subjects/{subject}/versions", Register, post(subjects::register::register)),
        ("/subjects/{subject}/versions/{version}", Read, get(subjects::version::get)),
        ("/subjects/{subject}/versions/{version}", Delete, delete(subjects::version::delete)),
        ("/subjects/{subject}/versions/{version}/schema", Read, get(subjects::version::text)),
        ("/subjects/{subject}/versions/{version}/referencedby", Read, get(subjects::referenced_by::list)),
        ("/schemas", Read, get(schemas::list::list)),
        ("/schemas/types", Public, get(schemas::types::list)),
        ("/schemas/ids/{id}", Read, get(schemas::id::get)),
        ("/schemas/ids/{id}/schema", Read, get(schemas::id::text)),
        ("/schemas/ids/{id}/subjects", Read, get(schemas::uses::subjects)),
        ("/schemas/ids/{id}/versions", Read, get(schemas::uses::versions)),
        ("/schemas/guids/{guid}", Read, get(schemas::guid::get)),
        ("/schemas/guids/{guid}/ids", Read, get(schemas::guid::ids)),
        ("/compatibility/subjects/{subject}/versions", Read, post(compatibility::with_all)),
        ("/compatibility/subjects/{subject}/versions/{version}", Read, post(compatibility::with_one)),
        ("/config", Read, get(config::global::get)),
        ("/config", Configure, put(config::global::put).delete(config::global::delete)),
        ("/config/{subject}", Read, get(config::subject::get)),
        ("/config/{subject}", Configure, put(config::subject::put).delete(config::subject::delete)),
        ("/v1/metadata/id", Public, get(metadata::id)),
        ("/v1/metadata/version", Public, get(metadata::version)),
        ("/api/v1/subjects/{subject}/check", Read, post(api::check::check)),
        ("/api/v1/subjects/{subject}/contracts", Read, get(api::contracts::of_subject)),
        ("/api/v1/subjects/{subject}/settings", Read, get(api::settings::of_subject)),
        ("/api/v1/subjects/{subject}/settings", Configure, put(api::settings::put_of_subject).delete(api::settings::delete_of_subject)),
        ("/api/v1/settings", Read, get(api::settings::get)),
        ("/api/v1/settings", Configure, put(api::settings::put).delete(api::settings::delete)),
        ("/api/v1/contracts", Read, get(api::contracts::list)),
        ("/api/v1/contracts/{application}", Read, get(api::contracts::get)),
        ("/api/v1/contracts/{application}", Contracts, put(api::contracts::put).delete(api::contracts::delete)),
    ]
}

/// What these answer has one media type.
#[rustfmt::skip]
fn fixed() -> Vec<Row> {
    use Scope::{Public, Read};
    vec![
        ("/health/live", Public, get(health::live)),
        ("/health/ready", Public, get(health::ready)),
        ("/health/startup", Public, get(health::startup)),
        ("/metrics", Read, get(metrics::text)),
    ]
}

/// The router over all routes.
pub fn router(app: &App) -> Router {
    use observe::Answers::{Fixed, Negotiated};
    let mut router = Router::new();
    for (rows, answers) in [(negotiated(), Negotiated), (fixed(), Fixed)] {
        for (path, methods) in by_path(rows) {
            let observe = Observe::new(app.clone(), app.metrics.route(path), answers);
            router = router.route(path, methods.fallback(problem::wrong_method).layer(observe));
        }
    }
    let unmatched = Observe::new(app.clone(), app.metrics.route("unmatched"), Fixed);
    router
        .fallback(problem::unknown_path.layer(unmatched))
        .with_state(app.clone())
}

/// Each path once, with the methods of all its rows.
fn by_path(rows: Vec<Row>) -> Vec<(&'static str, MethodRouter<App>)> {
    let mut paths: Vec<(&'static str, MethodRouter<App>)> = Vec::new();
    for (path, scope, methods) in rows {
        tracing::trace!(path, ?scope, "route");
        match paths.last_mut() {
            Some((last, merged)) if *last == path => *merged = std::mem::take(merged).merge(methods),
            _ => paths.push((path, methods)),
        }
    }
    paths
}
