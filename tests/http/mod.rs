//! The API, one file for each route, laid out like the URLs; then what concerns all routes.

mod api;
mod compatibility;
mod config;
mod health;
mod leaving;
mod memory;
mod metrics;
mod outages;
mod protobuf;
mod queries;
mod races;
mod refused;
mod routing;
mod schemas;
mod shutdown;
mod subjects;

use crate::support::server::record;

/// The first version of the schema that most tests use.
pub(super) fn order_v1() -> String {
    record("Order", &[r#""name":"id","type":"long""#])
}

/// A compatible second version.
fn order_v2() -> String {
    let note = r#""name":"note","type":["null","string"],"default":null"#;
    record("Order", &[r#""name":"id","type":"long""#, note])
}

/// What nobody can read with the first version's data.
fn order_broken() -> String {
    let must = r#""name":"must","type":"string""#;
    record("Order", &[r#""name":"id","type":"long""#, must])
}
