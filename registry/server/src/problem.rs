//! Every error, and what the client gets for it: the only file that names status codes.
//!
//! Invariants: every answer that is not a success has the body `{"error_code", "message"}` with an integer code (Confluent's
//! clients show nothing else); a message is one line of printable text, however much of the input it repeats (that of an
//! incompatible schema has Confluent's form); a cause (of the database, for instance) goes to the log and never to the
//! client; an outage is reported as an outage (503), never as something that is not there.

use std::error::Error;
use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use treaty_api::subject::Subject;
use treaty_report::Consumer;
use treaty_schemas::Line;
use treaty_store::{Outage, Refusal, StoreError};

use crate::media;

/// Why a request was not done.
#[derive(Debug)]
pub enum Problem {
    /// There is nothing under this path.
    UnknownPath,
    /// There is something under this path, but not for this method.
    WrongMethod,
    /// The client takes none of the media types that there are.
    NotAcceptable,
    /// The body has a media type that is not understood.
    UnsupportedType,
    /// The body is compressed.
    Encoded,
    /// The body is larger than allowed, in bytes.
    TooLarge(usize),
    /// The body did not arrive in time.
    TooSlow,
    /// There was no room in memory for the body in the time that it may take.
    NoRoom,
    /// The body broke off.
    BodyBroken,
    /// The body is not what was expected: what, and where.
    BadBody(String),
    /// There is no body.
    NoBody,
    /// A value of the body cannot be.
    BadValue(String),

    /// 40401
    SubjectNotFound(String),
    /// 40402
    VersionNotFound(String),
    /// 40403; with the id or guid that was asked for.
    SchemaNotFound(Option<String>),
    /// 40404
    SubjectSoftDeleted(String),
    /// 40405
    SubjectNotSoftDeleted(String),
    /// 40406
    VersionSoftDeleted(String, i32),
    /// 40407
    VersionNotSoftDeleted(String, i32),
    /// 40408
    NoSubjectConfig(String),
    /// 409 or 40901, as configured.
    Incompatible {
        /// The error code.
        code: u32,
        /// The subject.
        subject: String,
        /// The reasons, one per difference, then what was compared.
        details: Vec<String>,
    },
    /// 42201
    InvalidSchema(String),
    /// 42202
    InvalidVersion(String),
    /// 42203
    InvalidLevel,
    /// 42203 as well: Confluent has no code of its own for a policy.
    InvalidPolicy,
    /// 42205
    NotPermitted(String),
    /// 42206
    Referenced(String, i32),
    /// 42208
    InvalidSubject(String, Option<String>),
    /// 42210
    InvalidRuleSet(String),

    /// 40420, ours: the application published none.
    ContractNotFound(String),
    /// 42220, ours: a contract that cannot be taken, and what it breaks on.
    BadContract(String, Vec<Consumer>),

    /// The database does not answer. The cause is for the log.
    Unavailable(Arc<dyn Error + Send + Sync>),
    /// The database cannot be used; said to whoever asks whether requests may be sent here.
    NotReady(Outage),
    /// Others change the same subject all the time.
    Contended,
    /// 42209, ours: a comparison took more than this many steps.
    TooMuchWork(u64),
    /// The check took longer than a request may.
    CheckTimedOut,
    /// A fault of ours. The cause is for the log.
    Internal(Arc<dyn Error + Send + Sync>),
}

/// What a request that failed leaves in its response for the log.
#[derive(Clone)]
pub struct CauseForLog {
    /// The error that led to the problem.
    pub error: Arc<dyn Error + Send + Sync>,
    /// Whether the database was away.
    pub outage: bool,
}

impl Problem {
    /// A fault of ours, in words for the log.
    pub fn internal(what: impl Into<String>) -> Problem {
        Problem::Internal(Arc::new(std::io::Error::other(what.into())))
    }

    /// What the store says, reported for a subject.
    pub fn of_store(error: StoreError, subject: &Subject) -> Problem {
        let subject = || subject.to_string();
        match error {
            StoreError::Refused(refusal) => match refusal {
                Refusal::SubjectUnknown => Problem::SubjectNotFound(subject()),
                Refusal::VersionUnknown(version) => {
                    Problem::VersionNotFound(version.map_or_else(|| "latest".to_owned(), |version| version.to_string()))
                }
                Refusal::SubjectSoftDeleted => Problem::SubjectSoftDeleted(subject()),
                Refusal::SubjectNotSoftDeleted => Problem::SubjectNotSoftDeleted(subject()),
                Refusal::VersionSoftDeleted(version) => Problem::VersionSoftDeleted(subject(), version),
                Refusal::VersionNotSoftDeleted(version) => Problem::VersionNotSoftDeleted(subject(), version),
                Refusal::Referenced { target, .. } => Problem::Referenced(target.subject, target.version),
            },
            other => Problem::from(other),
        }
    }

    /// Status, error code and message.
    fn reported(&self) -> (StatusCode, u32, String) {
        use StatusCode as S;
        let plain = |status: StatusCode| {
            let reason = status.canonical_reason().unwrap_or_default();
            (
                status,
                u32::from(status.as_u16()),
                format!("HTTP {} {reason}", status.as_u16()),
            )
        };
        let not_found = |code, message| (S::NOT_FOUND, code, message);
        let refused = |code, message| (S::UNPROCESSABLE_ENTITY, code, message);
        match self {
            Problem::UnknownPath => plain(S::NOT_FOUND),
            Problem::WrongMethod => plain(S::METHOD_NOT_ALLOWED),
            Problem::NotAcceptable => plain(S::NOT_ACCEPTABLE),
            Problem::UnsupportedType => plain(S::UNSUPPORTED_MEDIA_TYPE),
            Problem::Encoded => (
                S::UNSUPPORTED_MEDIA_TYPE,
                415,
                "HTTP 415 Unsupported Media Type: the body is encoded, and this registry takes bodies as they are".to_owned(),
            ),
            Problem::TooLarge(limit) => (
                S::PAYLOAD_TOO_LARGE,
                413,
                format!("The body is larger than the {limit} bytes that this registry takes; --max-body-bytes raises the limit"),
            ),
            Problem::TooSlow => (S::REQUEST_TIMEOUT, 408, "The body did not arrive in time".to_owned()),
            Problem::NoRoom => (
                S::SERVICE_UNAVAILABLE,
                50002,
                "There is no room in memory for this request beside the others at the moment; try again".to_owned(),
            ),
            Problem::BodyBroken => (S::BAD_REQUEST, 400, "The body broke off before its end".to_owned()),
            Problem::BadBody(why) => (S::BAD_REQUEST, 400, format!("The body cannot be read: {why}")),
            Problem::NoBody => refused(422, "The request has no body; a JSON object is expected".to_owned()),
            Problem::BadValue(why) => refused(422, why.clone()),

            Problem::SubjectNotFound(subject) => not_found(40401, format!("Subject '{subject}' not found.")),
            Problem::VersionNotFound(version) => not_found(40402, format!("Version {version} not found.")),
            Problem::SchemaNotFound(None) => not_found(40403, "Schema not found".to_owned()),
            Problem::SchemaNotFound(Some(id)) => not_found(40403, format!("Schema {id} not found")),
            Problem::SubjectSoftDeleted(subject) => not_found(
                40404,
                format!("Subject '{subject}' was soft deleted.Set permanent=true to delete permanently"),
            ),
            Problem::SubjectNotSoftDeleted(subject) => not_found(
                40405,
                format!("Subject '{subject}' was not deleted first before being permanently deleted"),
            ),
            Problem::VersionSoftDeleted(subject, version) => not_found(
                40406,
                format!("Subject '{subject}' Version {version} was soft deleted.Set permanent=true to delete permanently"),
            ),
            Problem::VersionNotSoftDeleted(subject, version) => not_found(
                40407,
                format!("Subject '{subject}' Version {version} was not deleted first before being permanently deleted"),
            ),
            Problem::NoSubjectConfig(subject) => not_found(
                40408,
                format!("Subject '{subject}' does not have subject-level compatibility configured"),
            ),
            Problem::Incompatible { code, subject, details } => (
                S::CONFLICT,
                *code,
                format!(
                    "Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{}]",
                    details.join(", ")
                ),
            ),
            Problem::InvalidSchema(why) => refused(42201, why.clone()),
            Problem::InvalidVersion(given) => refused(
                42202,
                format!(
                    "The specified version '{given}' is not a valid version id. \
                     Allowed values are between [1, 2^31-1] and the string \"latest\""
                ),
            ),
            Problem::InvalidLevel => refused(
                42203,
                "Invalid compatibility level. Valid values are none, backward, forward, full, \
                 backward_transitive, forward_transitive, and full_transitive"
                    .to_owned(),
            ),
            Problem::InvalidPolicy => refused(
                42203,
                "Invalid compatibility policy. Valid values are strict and lenient".to_owned(),
            ),
            Problem::NotPermitted(why) => refused(42205, why.clone()),
            Problem::Referenced(subject, version) => refused(
                42206,
                format!(
                    "One or more references exist to the schema \
                     {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}."
                ),
            ),
            Problem::InvalidSubject(subject, why) => {
                let why = why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
                refused(42208, format!("The specified subject '{subject}' is not a valid.{why}"))
            }
            Problem::TooMuchWork(steps) => refused(
                42209,
                format!(
                    "The schemas take more work to compare than the {steps} steps that this registry takes for one request: \
                     they are large and differ in many places; --max-check-steps raises the limit"
                ),
            ),
            Problem::InvalidRuleSet(why) => refused(42210, why.clone()),

            Problem::ContractNotFound(application) => {
                not_found(40420, format!("Application '{application}' has published no contract."))
            }
            Problem::BadContract(why, _) => refused(42220, why.clone()),

            Problem::Unavailable(_) => (
                S::SERVICE_UNAVAILABLE,
                50001,
                "The registry's database is not available at the moment; try again".to_owned(),
            ),
            Problem::NotReady(outage) => (
                S::SERVICE_UNAVAILABLE,
                50001,
                format!("The registry is not ready: {outage}"),
            ),
            Problem::Contended => (
                S::SERVICE_UNAVAILABLE,
                50002,
                "Register operation timed out: others change the same subject all the time; try again".to_owned(),
            ),
            Problem::CheckTimedOut => (
                S::SERVICE_UNAVAILABLE,
                50002,
                "The schema could not be judged in the time that a request may take; --request-timeout raises the limit"
                    .to_owned(),
            ),
            Problem::Internal(_) => (S::INTERNAL_SERVER_ERROR, 500, "Internal Server Error".to_owned()),
        }
    }

    fn cause(&self) -> Option<CauseForLog> {
        match self {
            Problem::Unavailable(cause) | Problem::Internal(cause) => Some(CauseForLog {
                error: Arc::clone(cause),
                outage: matches!(self, Problem::Unavailable(_)),
            }),
            Problem::NotReady(outage) => Some(CauseForLog {
                error: Arc::new(outage.clone()),
                outage: true,
            }),
            _ => None,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        match error {
            StoreError::Unavailable(outage) => Problem::Unavailable(Arc::new(outage)),
            closed @ StoreError::Closed => Problem::Unavailable(Arc::new(closed)),
            StoreError::Moved => Problem::Contended,
            StoreError::Unstorable { what, why } => Problem::BadValue(format!("{what} cannot be stored: {why}")),
            StoreError::Corrupt(cause) => Problem::Internal(cause),
            other => Problem::Internal(Arc::new(other)),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, error_code, message) = self.reported();
        let message = match self {
            // Confluent's registry shows the older schema, which has lines.
            Problem::Incompatible { .. } => message,
            _ => Line::from(message).into(),
        };
        let consumers = match &self {
            Problem::BadContract(_, consumers) => consumers.clone(),
            _ => Vec::new(),
        };
        let body = treaty_api::problem::Problem {
            error_code,
            message,
            consumers,
        };
        // A struct of a number and a text always serialises; an empty body would be the only other choice.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, media::DEFAULT);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Some(cause) = self.cause() {
            response.extensions_mut().insert(cause);
        }
        response
    }
}

/// The answer to a method that a path does not have. Which ones it has, the router says in `Allow`.
pub async fn wrong_method() -> Problem {
    Problem::WrongMethod
}

/// The answer to a path that there is not.
pub async fn unknown_path() -> Problem {
    Problem::UnknownPath
}

/// The class of a status, for metrics: 2 for 200 to 299.
pub fn class(status: StatusCode) -> usize {
    usize::from(status.as_u16() / 100)
}

/// How hyper answered a request that is no HTTP; `None` when it did not.
pub fn malformed(error: &hyper::Error) -> Option<StatusCode> {
    if error.is_parse_too_large() {
        Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
    } else if error.is_parse() && !error.is_parse_version_h2() {
        Some(StatusCode::BAD_REQUEST)
    } else {
        None
    }
}

/// The status of an answer that says: what you have is still right.
pub const NOT_MODIFIED: StatusCode = StatusCode::NOT_MODIFIED;
