//! The settings of a server: flags, and the variables that stand for them.
//!
//! Invariant: no secret is ever printed. A password in the database URL appears neither in `Debug` nor in a log.

use std::ffi::OsStr;
use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{FalseyValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, ValueEnum};
use treaty_schemas::Mode;

/// How `treaty serve` is configured. Every flag has a variable; what Confluent's images call `SCHEMA_REGISTRY_*` is understood
/// where it means the same, and our own name wins.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "TREATY_LISTEN", value_name = "HOST:PORT")]
    pub listen: Option<Listen>,

    /// Confluent's name for the address: URLs, the first with http is taken.
    #[arg(long, env = "SCHEMA_REGISTRY_LISTENERS", hide = true)]
    pub listeners: Option<Listeners>,

    /// Where everything is kept: `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(
        long,
        env = "TREATY_DATABASE",
        value_name = "URL",
        default_value = "sqlite:treaty.db",
        hide_env_values = true,
        value_parser = DatabaseParser
    )]
    pub database: Database,

    /// Longest time that the database may take for one operation, in seconds; then the request is refused (503).
    #[arg(long, env = "TREATY_DATABASE_TIMEOUT", value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub database_timeout: Duration,

    /// PostgreSQL: connections that this server opens at most.
    #[arg(
        long,
        env = "TREATY_DATABASE_CONNECTIONS",
        value_name = "COUNT",
        default_value_t = 16
    )]
    pub database_connections: u32,

    /// Compatibility level of subjects where none is set: NONE, BACKWARD, FORWARD, FULL, or one of the last three with _TRANSITIVE.
    #[arg(long, env = "TREATY_COMPATIBILITY", value_name = "LEVEL")]
    pub compatibility: Option<Mode>,

    /// Confluent's name for the level.
    #[arg(long, env = "SCHEMA_REGISTRY_SCHEMA_COMPATIBILITY_LEVEL", hide = true)]
    pub schema_compatibility_level: Option<Mode>,

    /// Confluent's former name for the level.
    #[arg(long, env = "SCHEMA_REGISTRY_AVRO_COMPATIBILITY_LEVEL", hide = true)]
    pub avro_compatibility_level: Option<Mode>,

    /// The `error_code` of an incompatible schema (HTTP 409): 409 as Confluent up to 8.1, 40901 as Confluent from 8.2.
    #[arg(long, env = "TREATY_INCOMPATIBLE_CODE", value_name = "CODE", default_value = "409", value_parser = incompatible_code)]
    pub incompatible_code: u32,

    /// What a check makes of a consumer whose contract does not say what it reads.
    #[arg(long, env = "TREATY_UNDECLARED_READS", value_enum, value_name = "WHAT", default_value_t = UndeclaredReads::Warn)]
    pub undeclared_reads: UndeclaredReads,

    /// Largest body of a request, in bytes.
    #[arg(long, env = "TREATY_MAX_BODY_BYTES", value_name = "BYTES", default_value_t = 4 << 20)]
    pub max_body_bytes: usize,

    /// Arrays and objects inside one another in the text of a schema; at most 512.
    #[arg(long, env = "TREATY_MAX_SCHEMA_DEPTH", value_name = "LEVELS", default_value_t = 256, value_parser = depth)]
    pub max_schema_depth: usize,

    /// Longest name of a subject, in bytes of UTF-8; at most 1024.
    #[arg(long, env = "TREATY_MAX_SUBJECT_LENGTH", value_name = "BYTES", default_value_t = 1024, value_parser = subject_length)]
    pub max_subject_length: usize,

    /// Schemas that one schema may refer to, directly and through others.
    #[arg(long, env = "TREATY_MAX_REFERENCES", value_name = "COUNT", default_value_t = 1000)]
    pub max_references: usize,

    /// Steps of work that comparing schemas may take for one request; a step is about 50 nanoseconds.
    #[arg(
        long,
        env = "TREATY_MAX_CHECK_STEPS",
        value_name = "COUNT",
        default_value_t = 50_000_000
    )]
    pub max_check_steps: u64,

    /// Memory for finished answers, in bytes.
    #[arg(long, env = "TREATY_ANSWER_CACHE_BYTES", value_name = "BYTES", default_value_t = 64 << 20)]
    pub answer_cache_bytes: u64,

    /// Memory for parsed schemas, in bytes (estimated from their texts).
    #[arg(long, env = "TREATY_SCHEMA_CACHE_BYTES", value_name = "BYTES", default_value_t = 64 << 20)]
    pub schema_cache_bytes: u64,

    /// Memory for published contracts that were opened, in bytes (estimated from their texts).
    #[arg(long, env = "TREATY_CONTRACT_CACHE_BYTES", value_name = "BYTES", default_value_t = 32 << 20)]
    pub contract_cache_bytes: u64,

    /// Longest time that one request may take to arrive, and then to be judged, in seconds.
    #[arg(long, env = "TREATY_REQUEST_TIMEOUT", value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub request_timeout: Duration,

    /// Longest time that requests in flight are waited for when the server is told to stop, in seconds; then they are cut.
    #[arg(long, env = "TREATY_SHUTDOWN_TIMEOUT", value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub shutdown_timeout: Duration,

    /// Connections that may be open at one time; for more, those that have rested longest are closed. Fewer where the limit of
    /// open files (`ulimit -n`) is lower.
    #[arg(long, env = "TREATY_MAX_CONNECTIONS", value_name = "COUNT", default_value_t = 8192)]
    pub max_connections: usize,

    /// Write a line for every request.
    #[arg(long, env = "TREATY_ACCESS_LOG", value_parser = FalseyValueParser::new())]
    pub access_log: bool,

    /// How log lines look.
    #[arg(long, env = "TREATY_LOG_FORMAT", value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// What is logged, as a level (error, warn, info, debug) or as directives of tracing's EnvFilter.
    #[arg(long, env = "TREATY_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
}

impl Config {
    /// The address to listen on.
    pub fn address(&self) -> Listen {
        let confluent = self.listeners.as_ref().map(|listeners| listeners.0.clone());
        self.listen.clone().or(confluent).unwrap_or_default()
    }

    /// The compatibility level where none is set.
    pub fn level(&self) -> Mode {
        self.compatibility
            .or(self.schema_compatibility_level)
            .or(self.avro_compatibility_level)
            .unwrap_or_default()
    }
}

impl Default for Config {
    /// What no flag and no variable says.
    fn default() -> Config {
        Config {
            listen: None,
            listeners: None,
            database: Database("sqlite:treaty.db".to_owned()),
            database_timeout: Duration::from_secs(10),
            database_connections: 16,
            compatibility: None,
            schema_compatibility_level: None,
            avro_compatibility_level: None,
            incompatible_code: 409,
            undeclared_reads: UndeclaredReads::Warn,
            max_body_bytes: 4 << 20,
            max_schema_depth: 256,
            max_subject_length: 1024,
            max_references: 1000,
            max_check_steps: 50_000_000,
            answer_cache_bytes: 64 << 20,
            schema_cache_bytes: 64 << 20,
            contract_cache_bytes: 32 << 20,
            request_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(10),
            max_connections: 8192,
            access_log: false,
            log_format: LogFormat::Text,
            log: "info".to_owned(),
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// What a check makes of a consumer whose contract does not say what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UndeclaredReads {
    /// It is reported, and the subject's mode protects it as it protects those without a contract.
    Warn,
    /// The verdict is undecided, so that a gate does not let the change pass until the contract says what is read.
    Undecided,
}

/// An address to listen on: host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen(String);

impl Listen {
    /// The socket addresses that the name stands for.
    ///
    /// # Errors
    /// When the host is not known.
    pub fn resolve(&self) -> std::io::Result<Vec<SocketAddr>> {
        Ok(self.0.to_socket_addrs()?.collect())
    }
}

impl Default for Listen {
    fn default() -> Listen {
        Listen("127.0.0.1:8081".to_owned())
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Listen, String> {
        let (host, port) = text
            .rsplit_once(':')
            .ok_or_else(|| format!("`{text}` has no port; write HOST:PORT, for instance 127.0.0.1:8081"))?;
        if host.is_empty() {
            return Err(format!(
                "`{text}` has no host; write 0.0.0.0:{port} to listen on every address"
            ));
        }
        port.parse::<u16>()
            .map_err(|_| format!("`{port}` is no port; one from 0 (any that is free) to 65535 is expected"))?;
        Ok(Listen(text.to_owned()))
    }
}

/// Confluent's list of listeners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listeners(Listen);

impl FromStr for Listeners {
    type Err = String;

    fn from_str(text: &str) -> Result<Listeners, String> {
        let plain = text
            .split(',')
            .find_map(|listener| listener.trim().strip_prefix("http://"))
            .ok_or_else(|| {
                format!("none of `{text}` begins with http://; TLS is not offered here, put a proxy in front")
            })?;
        let address = plain.trim_end_matches('/');
        let address = if address.contains(':') {
            address.to_owned()
        } else {
            format!("{address}:8081")
        };
        address.parse().map(Listeners)
    }
}

/// A database URL. It may hold a password, so it shows itself without.
#[derive(Clone, PartialEq, Eq)]
pub struct Database(String);

impl Database {
    /// The URL with its password, for the driver alone.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl FromStr for Database {
    type Err = String;

    fn from_str(url: &str) -> Result<Database, String> {
        // The value itself is not repeated: it may hold a password.
        match url.split_once(':') {
            Some(("sqlite" | "postgres" | "postgresql", rest)) if !rest.is_empty() => Ok(Database(url.to_owned())),
            _ => Err("the URL begins neither with sqlite: nor with postgres:".to_owned()),
        }
    }
}

/// Reads a database URL from the command line. An error of clap's own would repeat the value, which may hold a password.
#[derive(Debug, Clone, Copy)]
struct DatabaseParser;

impl TypedValueParser for DatabaseParser {
    type Value = Database;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<Database, clap::Error> {
        let parsed = value.to_str().map_or(Err("the URL is no UTF-8".to_owned()), str::parse);
        parsed.map_err(|why| {
            let reported = format!("invalid value for '--database <URL>' or TREATY_DATABASE: {why}\n");
            clap::Error::raw(ErrorKind::ValueValidation, reported).with_cmd(command)
        })
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.starts_with("sqlite:") {
            return f.write_str(&self.0);
        }
        // Everything before the last @ of the authority may be secret, and so may parameters be (`?password=`).
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("postgres", ""));
        let rest = rest.split('?').next().unwrap_or_default();
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        write!(f, "{scheme}://{place}")
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}

fn incompatible_code(text: &str) -> Result<u32, String> {
    match text {
        "409" => Ok(409),
        "40901" => Ok(40901),
        other => Err(format!("`{other}` is neither 409 nor 40901")),
    }
}

fn depth(text: &str) -> Result<usize, String> {
    within(text, 1, treaty_schemas::text::json::Limits::MAX_DEPTH)
}

fn subject_length(text: &str) -> Result<usize, String> {
    within(text, 1, treaty_store::NAME_BYTES)
}

fn seconds(text: &str) -> Result<Duration, String> {
    within(text, 1, 86_400).map(|seconds| Duration::from_secs(seconds as u64))
}

fn within(text: &str, least: usize, most: usize) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("`{text}` is no number from {least} to {most}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://me:s3cret@db:5432/treaty", "postgres://db:5432/treaty"),
            ("postgres://me:p@ss@db/treaty", "postgres://db/treaty"),
            (
                "postgresql://db/treaty?user=me&password=s3cret",
                "postgresql://db/treaty",
            ),
            ("sqlite:treaty.db", "sqlite:treaty.db"),
        ] {
            let database: Database = url.parse().unwrap();
            assert_eq!(database.to_string(), shown);
            assert_eq!(format!("{database:?}"), format!("Database({shown})"));
        }
        let refused = "mysql://me:s3cret@db".parse::<Database>().unwrap_err();
        assert!(!refused.contains("s3cret"), "{refused}");
    }

    #[test]
    fn listeners_of_confluent() {
        for (listeners, address) in [
            ("http://0.0.0.0:8081", "0.0.0.0:8081"),
            ("https://0.0.0.0:8443, http://[::]:8082/", "[::]:8082"),
            ("http://localhost", "localhost:8081"),
        ] {
            assert_eq!(listeners.parse::<Listeners>().unwrap().0.to_string(), address);
        }
        assert!("https://0.0.0.0:8443".parse::<Listeners>().is_err());
    }
}
