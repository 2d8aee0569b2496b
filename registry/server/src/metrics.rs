//! What is counted, and how it is shown to Prometheus (OpenMetrics 1.0).
//!
//! Invariant: the number of series is bounded. Labels are templates of routes, methods, classes of status and words of ours,
//! never anything that a client can choose.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// Upper bounds of the buckets, in seconds: a cached answer takes 10 µs, a durable write some milliseconds.
const SECONDS: [f64; 12] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.01, 0.05, 0.25, 1.0, 5.0, 30.0,
];

const CLASSES: [&str; 6] = ["", "1xx", "2xx", "3xx", "4xx", "5xx"];
const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabels {
    cache: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabel {
    cache: &'static str,
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabel, Histogram, fn() -> Histogram>,
    registrations: Family<OutcomeLabel, Counter>,
    checks: Family<OutcomeLabel, Counter>,
    closed: Family<ReasonLabel, Counter>,
    cache: Family<CacheLabels, Counter>,
    cache_bytes: Family<CacheLabel, Gauge>,
    /// Requests that are being answered.
    pub in_flight: Gauge,
    /// Connections that are open.
    pub connections: Gauge,
    /// Large texts that are being parsed or judged, each on a thread of its own.
    pub large_work: Gauge,
    /// Large checks that were given up because nobody waited for them any more.
    pub abandoned: Counter,
    /// Times that the database was found unavailable.
    pub outages: Counter,
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("treaty");
        let metrics = Metrics {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            registrations: Family::default(),
            checks: Family::default(),
            closed: Family::default(),
            cache: Family::default(),
            cache_bytes: Family::default(),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            large_work: Gauge::default(),
            abandoned: Counter::default(),
            outages: Counter::default(),
            registry: Registry::default(),
        };
        registry.register(
            "build",
            "Version of this registry",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        registry.register(
            "http_request_duration_seconds",
            "Time to an answer",
            metrics.seconds.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests being answered",
            metrics.in_flight.clone(),
        );
        registry.register("http_connections", "Open connections", metrics.connections.clone());
        registry.register(
            "http_connections_closed",
            "Connections closed by this registry because their clients did nothing, or to make room for others",
            metrics.closed.clone(),
        );
        registry.register(
            "registrations",
            "Schemas that were to be registered",
            metrics.registrations.clone(),
        );
        registry.register(
            "compatibility_checks",
            "Compatibility checks by verdict",
            metrics.checks.clone(),
        );
        registry.register(
            "large_work_in_progress",
            "Large texts being parsed or judged on a thread of their own",
            metrics.large_work.clone(),
        );
        registry.register(
            "compatibility_checks_abandoned",
            "Large checks given up because the client had left or the time was over",
            metrics.abandoned.clone(),
        );
        registry.register(
            "cache_lookups",
            "Answers and schemas sought in memory",
            metrics.cache.clone(),
        );
        registry.register(
            "cache_bytes",
            "Bytes that a cache holds, as it counts them against its limit",
            metrics.cache_bytes.clone(),
        );
        registry.register(
            "database_outages",
            "Requests refused because the database did not answer",
            metrics.outages.clone(),
        );
        Metrics { registry, ..metrics }
    }

    /// The counters of one route, made once when the router is.
    pub fn route(&self, template: &'static str) -> Route {
        Route {
            template,
            requests: self.requests.clone(),
            counters: Default::default(),
            seconds: self.seconds.get_or_create(&RouteLabel { route: template }).clone(),
        }
    }

    /// Counts a connection that was closed because its client did nothing.
    pub fn connection_closed(&self, reason: &'static str) {
        self.closed.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// Counts a registration: `new`, `known`, `incompatible` or `invalid`.
    pub fn registered(&self, outcome: &'static str) {
        self.registrations.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// Counts a compatibility check by its verdict.
    pub fn checked(&self, outcome: &'static str) {
        self.checks.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// The counter of a cache's hits and that of its misses.
    pub fn cache(&self, cache: &'static str) -> (Counter<u64, AtomicU64>, Counter<u64, AtomicU64>) {
        let counter = |outcome| self.cache.get_or_create(&CacheLabels { cache, outcome }).clone();
        (counter("hit"), counter("miss"))
    }

    /// Says how many bytes a cache holds.
    pub fn cache_holds(&self, cache: &'static str, bytes: u64) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.cache_bytes.get_or_create(&CacheLabel { cache }).set(bytes);
    }

    /// The text that Prometheus reads.
    ///
    /// # Errors
    /// None that a text in memory could have.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::with_capacity(16 << 10);
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

/// The counters of one route: found without a look-up when a request is answered.
pub struct Route {
    template: &'static str,
    requests: Family<RequestLabels, Counter>,
    counters: [[OnceLock<Counter>; CLASSES.len()]; METHODS.len() + 1],
    seconds: Histogram,
}

impl Route {
    /// The template, for instance `/subjects/{subject}`.
    pub fn template(&self) -> &'static str {
        self.template
    }

    /// Counts one answer: its method, the class of its status (2 for 200 to 299) and the time it took in seconds.
    pub fn answered(&self, method: &str, class: usize, seconds: f64) {
        let place = METHODS
            .iter()
            .position(|&known| known == method)
            .unwrap_or(METHODS.len());
        let class = class.min(CLASSES.len() - 1);
        self.counters[place][class]
            .get_or_init(|| {
                let labels = RequestLabels {
                    route: self.template,
                    method: METHODS.get(place).copied().unwrap_or("other"),
                    status: CLASSES[class],
                };
                self.requests.get_or_create(&labels).clone()
            })
            .inc();
        self.seconds.observe(seconds);
    }
}
