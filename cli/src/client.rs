//! The registry over HTTP.
//!
//! Invariants: an answer is read up to a limit of bytes and of time, however slowly it comes. An outage, a refusal of access and an answer that no registry gives
//! end as [`Exit::Unknown`], what the registry calls wrong about the request as [`Exit::Usage`]. A password in the
//! registry's URL is never shown.

use std::error::Error;
use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client as Http, RequestBuilder, Response};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Method, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::exit::{Exit, Failure};
use crate::global::Global;

/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 256 * 1024 * 1024;
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// A registry.
#[derive(Debug, Clone)]
pub struct Client {
    base: Url,
    /// The URL without user and password, as it is shown.
    shown: Arc<str>,
    http: Http,
    /// How long an answer may take as a whole.
    patience: Duration,
}

/// The registry answered, and not with a success.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// Confluent's code: the status, or five digits that begin with it.
    pub code: u32,
    /// What the registry says.
    pub message: String,
}

/// Confluent's error body.
#[derive(serde::Deserialize)]
struct ErrorBody {
    error_code: u32,
    message: String,
}

/// What came of a request.
pub type Answer<T> = Result<Result<T, Refusal>, Failure>;

impl Client {
    /// A client of the registry at this URL. Connects to nothing yet.
    ///
    /// # Errors
    /// The URL is none, or not one of HTTP.
    pub fn new(global: &Global) -> Result<Client, Failure> {
        let registry = global.registry.as_str();
        let patience = Duration::from_secs(global.timeout);
        let not_a_url = |why: String| {
            Failure::usage(format!("the registry's URL is not usable: {why}"))
                .help("write it like http://127.0.0.1:8081, with --registry or TREATY_REGISTRY")
        };
        let base = Url::parse(registry).map_err(|error| not_a_url(error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || base.cannot_be_a_base() {
            return Err(not_a_url(format!("`{}` is no scheme of a registry", base.scheme())));
        }
        let mut shown = base.clone();
        // Both fail only for URLs without a host, which have no user either.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        let shown = shown.as_str().trim_end_matches('/').into();
        // Fails only when a provider is installed already, and then it is this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = Http::builder()
            .user_agent(concat!("treaty/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT.min(patience))
            .timeout(patience)
            .redirect(Policy::custom(follow));
        if is_loopback(&base) {
            // A proxy from the environment would look for the registry on its own machine.
            http = http.no_proxy();
        }
        let http = http
            .build()
            .map_err(|error| Failure::unknown(format!("could not set up HTTP: {}", cause(&error))))?;
        Ok(Client {
            base,
            shown,
            http,
            patience,
        })
    }

    /// The registry's URL, without user and password.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Asks for what lies at this path.
    ///
    /// # Errors
    /// Everything but a success.
    pub fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, Failure> {
        self.try_get(path, query)?.map_err(|refusal| self.failure(&refusal))
    }

    /// Like [`Client::get`], for callers that know what to do when the registry refuses.
    ///
    /// # Errors
    /// The registry could not be asked.
    pub fn try_get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Answer<T> {
        self.send(self.http.request(Method::GET, self.url(path, query)?))
    }

    /// Sends a body.
    ///
    /// # Errors
    /// The registry could not be asked.
    pub fn send_json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: &impl Serialize,
    ) -> Answer<T> {
        self.send(self.http.request(method, self.url(path, query)?).json(body))
    }

    /// A refusal that the caller can do nothing about.
    pub fn failure(&self, refusal: &Refusal) -> Failure {
        let Refusal { status, code, message } = refusal;
        let reported = format!("the registry at {} answered {code}: {message}", self.shown);
        if *status == StatusCode::UNAUTHORIZED || *status == StatusCode::FORBIDDEN {
            return Failure::unknown(reported)
                .help("give user and password in the registry's URL: http://USER:PASSWORD@HOST");
        }
        if *code == 404 {
            // A registry says what it does not have by a code of five digits: this is no path of one.
            return self.foreign(&format!("404: {message}"));
        }
        Failure {
            exit: match status.is_client_error() && *status != StatusCode::TOO_MANY_REQUESTS {
                true => Exit::Usage,
                false => Exit::Unknown,
            },
            ..Failure::usage(reported)
        }
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, Failure> {
        if let Some(segment) = path.iter().find(|segment| matches!(**segment, "" | "." | "..")) {
            return Err(Failure::usage(format!(
                "`{segment}` cannot be the name of anything in a registry"
            )));
        }
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Answer<T> {
        let begun = Instant::now();
        let mut response = request
            .header("accept", "application/vnd.schemaregistry.v1+json, application/json")
            .send()
            .map_err(|error| self.unreachable(&cause(&error)))?;
        let status = response.status();
        let body = self.body(&mut response, begun)?;
        if status.is_success() {
            return match serde_json::from_slice(&body) {
                Ok(value) => Ok(Ok(value)),
                Err(error) => Err(self.foreign(&format!("{status} and a body that is not understood: {error}"))),
            };
        }
        match serde_json::from_slice::<ErrorBody>(&body) {
            Ok(body) => Ok(Err(Refusal {
                status,
                code: body.error_code,
                message: body.message,
            })),
            Err(_) => Err(self.foreign(&format!("{status} without the body of an error"))),
        }
    }

    /// The body, within the limits. A pause may be as long as the whole answer, and so may what came before it.
    fn body(&self, response: &mut Response, begun: Instant) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = match response.read(&mut buffer) {
                Ok(0) => return Ok(body),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.unreachable(&cause(&error))),
            };
            body.extend_from_slice(&buffer[..read]);
            if body.len() > MAX_ANSWER {
                return Err(self.foreign(&format!("more than {MAX_ANSWER} bytes")));
            }
            if begun.elapsed() > self.patience {
                let seconds = self.patience.as_secs();
                return Err(self
                    .unreachable(&format!("its answer did not come to its end within {seconds} seconds"))
                    .help("if the registry is slow, raise the limit with --timeout"));
            }
        }
    }

    fn unreachable(&self, why: &str) -> Failure {
        Failure::unknown(format!("could not reach the registry at {}: {why}", self.shown))
            .help("start one with `treaty serve`, or name another with --registry or TREATY_REGISTRY")
    }

    fn foreign(&self, what: &str) -> Failure {
        Failure::unknown(format!("what runs at {} answered {what}", self.shown))
            .help("is it a schema registry? name the right one with --registry or TREATY_REGISTRY")
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// The innermost reason, which is the one that helps: `Connection refused (os error 111)`.
fn cause(error: &(dyn Error + 'static)) -> String {
    if let Some(error) = error.downcast_ref::<reqwest::Error>()
        && error.is_timeout()
    {
        return "no answer in time".to_owned();
    }
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Follows a redirect on the registry's own host (to HTTPS, or to another path). One that leads elsewhere is refused: a
/// registry that is none could otherwise have requests made to any host that can be reached from here.
fn follow(attempt: Attempt) -> Action {
    let asked = attempt.previous().first().and_then(|url| url.host_str());
    if asked != attempt.url().host_str() {
        let elsewhere = attempt.url().host_str().unwrap_or_default().to_owned();
        return attempt.error(format!("it redirects to another host, `{elsewhere}`"));
    }
    match attempt.previous().len() {
        0..=3 => attempt.follow(),
        _ => attempt.error("too many redirects"),
    }
}
