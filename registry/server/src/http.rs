//! The endpoints: one file for each noun of a URL, laid out like the URLs. Extract, call, map; nothing is decided here.

pub mod api;
pub mod compatibility;
pub mod config;
pub mod health;
pub mod metadata;
pub mod metrics;
pub mod root;
pub mod schemas;
pub mod subjects;

use axum::http::Uri;

/// What a GET is remembered by.
fn key(uri: &Uri) -> &[u8] {
    uri.path_and_query()
        .map_or(uri.path(), |whole| whole.as_str())
        .as_bytes()
}
