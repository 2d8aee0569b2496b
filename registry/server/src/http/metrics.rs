//! `/metrics`: what Prometheus reads.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::app::App;
use crate::problem::Problem;

/// `GET /metrics`, in the text format of OpenMetrics.
pub async fn text(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    app.metrics.cache_holds("answers", app.answers.bytes());
    app.metrics.cache_holds("outlines", app.outlines.bytes());
    app.metrics.cache_holds("contracts", app.contracts.bytes());
    app.metrics.cache_holds("schemas", app.schemas.bytes());
    let text = app
        .metrics
        .text()
        .map_err(|error| Problem::internal(error.to_string()))?;
    Ok((
        [(
            CONTENT_TYPE,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )],
        text,
    ))
}
