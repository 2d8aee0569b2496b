//! `treaty sample`: payloads that a schema allows, and some that it just does not.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::builder::PossibleValuesParser;
use clap::{ArgGroup, Args};
use serde::Serialize;
use serde_json::value::RawValue;
use treaty_schemas::Schema;
use treaty_schemas::sample::{Sample, Sampler};

use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};
use crate::terminal::Terminal;
use crate::{input, output, references, registered};

/// What `treaty sample` takes.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").args(["schema", "subject"]).required(true))]
#[command(after_help = "\
Examples:
  treaty sample order.proto --count 100 > orders.ndjson
  treaty sample order.avsc --boundary          each symbol, branch and case, the smallest and the largest
  treaty sample --subject orders.placed-value --as container > orders.avro
  treaty sample order.avsc --as binary --out samples/
                                               a file for each
  treaty sample order.proto --near-miss --format json
                                               with the constraint that each breaks, and its bytes in base64")]
pub struct Arguments {
    /// The schema
    #[arg(value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// The schema of this subject of the registry
    #[arg(long, value_name = "SUBJECT")]
    pub subject: Option<String>,
    /// The version of the subject: a number or `latest`
    #[arg(long, value_name = "VERSION", requires = "subject", default_value = "latest")]
    pub version: String,
    /// A file or directory with types that the schema uses
    #[arg(long = "reference", value_name = "PATH", requires = "schema")]
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
    /// What the samples come in: lines of JSON, one payload or files of them, or a stream (of Avro an object container, of
    /// Protobuf messages each after its length)
    #[arg(long = "as", value_name = "KIND", default_value = "ndjson", value_parser = PossibleValuesParser::new(KINDS))]
    pub kind: String,
    /// Write into this file, or of binary samples each into a file of its own in this directory
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

/// What samples may come in.
const KINDS: [&str; 4] = ["ndjson", "binary", "container", "delimited"];

/// Binary samples are held together; more are not made.
const MAX_COUNT: u64 = 100_000;

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
/// The schema cannot be had, there is no such message, or a file cannot be written.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let schema = schema(arguments, global, terminal)?;
    let mut sampler = Sampler::new(&schema, arguments.message.as_deref(), arguments.seed).map_err(|error| {
        let failure = Failure::usage(error.to_string());
        match error.known.is_empty() {
            true => failure,
            false => failure.help(format!("its messages are {}", error.known.join(", "))),
        }
    })?;
    match arguments.kind.as_str() {
        "ndjson" => lines(arguments, &mut sampler, global, terminal)?,
        "binary" => binary(arguments, &mut sampler, terminal)?,
        kind => stream(kind, arguments, &mut sampler, terminal)?,
    }
    Ok(Exit::Fine)
}

fn schema(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Schema, Failure> {
    if let Some(subject) = &arguments.subject {
        return registered::version(&Client::new(global)?, subject, &arguments.version)?.parse();
    }
    let options = global.options();
    let references = references::load(&arguments.references, &options, global)?;
    let path = arguments.schema.as_deref().unwrap_or_else(|| Path::new("-"));
    let source = input::text(path, options.limits.bytes)?;
    Ok(references.parse_leniently(&source, &options, terminal)?)
}

/// Shows each wanted sample until that fails.
fn each(
    arguments: &Arguments,
    sampler: &mut Sampler,
    mut show: impl FnMut(Sample) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if arguments.boundary || arguments.near_miss {
        let samples = match arguments.boundary {
            true => sampler.boundary(),
            false => sampler.near_misses(),
        };
        let count = usize::try_from(arguments.count.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        return samples.into_iter().take(count).try_for_each(show);
    }
    (0..arguments.count.unwrap_or(10)).try_for_each(|_| show(sampler.ordinary()))
}

fn lines(
    arguments: &Arguments,
    sampler: &mut Sampler,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut out = match &arguments.out {
        Some(path) => Some(output::create(path)?),
        None => None,
    };
    let mut left_out = 0u64;
    each(arguments, sampler, |sample| {
        let Some(line) = line(&sample, global.format)? else {
            left_out += 1;
            return Ok(());
        };
        match (&mut out, &arguments.out) {
            (Some(file), Some(path)) => writeln!(file, "{line}").map_err(|error| output::unwritable(path, &error)),
            _ => terminal.json_line(&line),
        }
    })?;
    if let (Some(mut file), Some(path)) = (out, &arguments.out) {
        file.flush().map_err(|error| output::unwritable(path, &error))?;
    }
    if left_out > 0 {
        terminal.say(&format!(
            "{left_out} samples that only bytes can tell were left out; --format json has them in base64"
        ));
    }
    Ok(())
}

/// The samples that have a binary form, all of them held: a stream has to be known before it is written.
fn held(arguments: &Arguments, sampler: &mut Sampler) -> Result<Vec<Sample>, Failure> {
    if arguments.count.is_some_and(|count| count > MAX_COUNT) {
        return Err(Failure::usage(format!(
            "no more than {MAX_COUNT} binary samples are made"
        )));
    }
    let mut samples = Vec::new();
    each(arguments, sampler, |sample| {
        if sample.binary.is_some() {
            samples.push(sample);
        }
        Ok(())
    })?;
    Ok(samples)
}

fn binary(arguments: &Arguments, sampler: &mut Sampler, terminal: &mut Terminal) -> Result<(), Failure> {
    let samples = held(arguments, sampler)?;
    let payloads = samples.iter().filter_map(|sample| sample.binary.as_deref());
    match (&arguments.out, samples.as_slice()) {
        (Some(directory), _) => {
            output::directory(directory)?;
            for (number, payload) in (1..).zip(payloads) {
                output::write(&directory.join(format!("{number:05}.bin")), payload)?;
            }
            Ok(())
        }
        (None, [_]) => payloads.into_iter().try_for_each(|payload| terminal.bytes(payload)),
        (None, _) => Err(
            Failure::usage("binary samples have no ends that a stream of them would show").help(
                "write each into a file with --out DIR, ask for one with --count 1, or for --as container or delimited",
            ),
        ),
    }
}

fn stream(kind: &str, arguments: &Arguments, sampler: &mut Sampler, terminal: &mut Terminal) -> Result<(), Failure> {
    let able = sampler.stream_kind().name();
    if kind != able {
        return Err(
            Failure::usage(format!("samples of this schema do not come as `{kind}`"))
                .help(format!("write --as {able}")),
        );
    }
    if arguments.near_miss {
        return Err(Failure::usage("what is not valid does not come as a stream").help("write --as binary --out DIR"));
    }
    let samples = held(arguments, sampler)?;
    let bytes = sampler
        .stream(&samples)
        .map_err(|error| Failure::unknown(format!("could not write the samples: {error}")))?;
    match &arguments.out {
        Some(path) => output::write(path, &bytes),
        None => terminal.bytes(&bytes),
    }
}

/// A sample as a line; none if JSON cannot say it.
fn line(sample: &Sample, format: Format) -> Result<Option<String>, Failure> {
    let failed = |error: serde_json::Error| Failure::unknown(format!("could not write a sample as JSON: {error}"));
    if format == Format::Text {
        return Ok(sample.json.clone());
    }
    let raw = match &sample.json {
        Some(json) => Some(RawValue::from_string(json.clone()).map_err(failed)?),
        None => None,
    };
    let printed = Printed {
        what: &sample.what,
        json: raw.as_deref(),
        binary: sample.binary.as_ref().map(|bytes| STANDARD.encode(bytes)),
    };
    serde_json::to_string(&printed).map(Some).map_err(failed)
}
