//! `treaty sample`: payloads that a schema allows, and some that it just does not.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;
use treaty_schemas::Format as SchemaFormat;
use treaty_schemas::sample::{Sample, Sampler};

use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};
use crate::terminal::Terminal;
use crate::{input, references};

/// What `treaty sample` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  treaty sample order.proto --count 100 > orders.ndjson
  treaty sample order.avsc --boundary          each symbol, branch and case, the smallest and the largest
  treaty sample order.proto --near-miss --format json
                                               with the constraint that each breaks, and its bytes in base64")]
pub struct Arguments {
    /// The schema
    #[arg(value_name = "FILE")]
    pub schema: PathBuf,
    /// A file or directory with types that the schema uses
    #[arg(long = "reference", value_name = "PATH")]
    pub references: Vec<PathBuf>,
    /// The message of a Protobuf schema; the first one otherwise
    #[arg(long, value_name = "NAME")]
    pub message: Option<String>,
    /// How many; of boundary samples and near misses all, if it is not said
    #[arg(long, value_name = "COUNT")]
    pub count: Option<u64>,
    /// The same seed gives the same samples
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub seed: u64,
    /// What is at the edge of what the schema allows
    #[arg(long, conflicts_with = "near_miss")]
    pub boundary: bool,
    /// What the schema just does not allow
    #[arg(long)]
    pub near_miss: bool,
}

/// A sample for programs.
#[derive(Serialize)]
struct Printed<'s> {
    #[serde(skip_serializing_if = "str::is_empty")]
    what: &'s str,
    json: Option<&'s RawValue>,
    binary: Option<String>,
}

/// Does it.
///
/// # Errors
/// The schema cannot be read, or there is no such message.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let options = global.options();
    let references = references::load(&arguments.references, &options, global)?;
    let source = input::text(&arguments.schema, options.limits.bytes)?;
    let schema = references.parse(SchemaFormat::of_source(&source), &source, &options)?;
    let mut sampler = Sampler::new(&schema, arguments.message.as_deref(), arguments.seed).map_err(|error| {
        let failure = Failure::usage(error.to_string());
        match error.known.is_empty() {
            true => failure,
            false => failure.help(format!("its messages are {}", error.known.join(", "))),
        }
    })?;
    let mut left_out = 0u64;
    if arguments.boundary || arguments.near_miss {
        let samples = match arguments.boundary {
            true => sampler.boundary(),
            false => sampler.near_misses(),
        };
        let count = arguments.count.unwrap_or(u64::MAX);
        for sample in samples.iter().take(usize::try_from(count).unwrap_or(usize::MAX)) {
            left_out += u64::from(!print(sample, global.format, terminal)?);
        }
    } else {
        for _ in 0..arguments.count.unwrap_or(10) {
            left_out += u64::from(!print(&sampler.ordinary(), global.format, terminal)?);
        }
    }
    if left_out > 0 {
        terminal.say(&format!(
            "{left_out} samples that only bytes can tell were left out; --format json has them in base64"
        ));
    }
    Ok(Exit::Fine)
}

/// Prints a sample as a line; says whether that could be done.
fn print(sample: &Sample, format: Format, terminal: &mut Terminal) -> Result<bool, Failure> {
    let failed = |error: serde_json::Error| Failure::unknown(format!("could not write a sample as JSON: {error}"));
    match (format, &sample.json) {
        (Format::Text, None) => return Ok(false),
        (Format::Text, Some(json)) => terminal.json_line(json)?,
        (Format::Json, json) => {
            let raw = match json {
                Some(json) => Some(RawValue::from_string(json.clone()).map_err(failed)?),
                None => None,
            };
            let printed = Printed {
                what: &sample.what,
                json: raw.as_deref(),
                binary: sample.binary.as_ref().map(|bytes| STANDARD.encode(bytes)),
            };
            terminal.json_line(&serde_json::to_string(&printed).map_err(failed)?)?;
        }
    }
    Ok(true)
}
