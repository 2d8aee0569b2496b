//! `treaty validate`: are these payloads what the schema allows?
//!
//! Invariant: memory does not grow with the payloads. Lines, blocks and files are read one at a time, and no more
//! defects are kept than are shown.

use std::path::PathBuf;

use clap::{ArgGroup, Args, builder::PossibleValuesParser};
use treaty_schemas::Schema;
use treaty_schemas::validate::{Limits, LogicalTypes, PayloadKind, Validator};

use crate::exit::{Exit, Failure};
use crate::global::Global;
use crate::terminal::Terminal;

mod earlier;
mod messages;
mod payloads;
mod reporting;
mod run;
mod schema;

/// What `treaty validate` takes.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").args(["schema", "subject", "id"]))]
#[command(after_help = "\
Examples:
  treaty validate orders.ndjson --schema order.avsc
  treaty validate samples/ --subject orders.placed-value --version 3
  treaty validate orders.delimited --schema order.proto --message acme.OrderPlaced
  treaty validate dump.avro                      a container, against the schema that it carries
  kcat -C -e -t orders -f '%s' -c 1 | treaty validate -
                                                 a message in Confluent's wire format, by the id in it")]
pub struct Arguments {
    /// Payloads, or directories of them; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub payloads: Vec<PathBuf>,
    /// Validate against this file
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// A file or directory with named types that the schema uses
    #[arg(long = "reference", value_name = "PATH", requires = "schema")]
    pub references: Vec<PathBuf>,
    /// Validate against this subject of the registry
    #[arg(long, value_name = "SUBJECT")]
    pub subject: Option<String>,
    /// The version of the subject: a number or `latest`
    #[arg(long, value_name = "VERSION", requires = "subject", default_value = "latest")]
    pub version: String,
    /// Validate against the schema with this id
    #[arg(long, value_name = "ID")]
    pub id: Option<u32>,
    /// Payload format; set it when detection guesses wrong
    #[arg(long = "as", visible_alias = "kind", value_name = "KIND", value_parser = PossibleValuesParser::new(PayloadKind::ALL.map(PayloadKind::name)))]
    pub kind: Option<String>,
    /// The message that the payloads are, of a Protobuf schema; the first one otherwise
    #[arg(long, value_name = "NAME")]
    pub message: Option<String>,
    /// Refuse fields that a Protobuf schema does not know, instead of counting them
    #[arg(long)]
    pub deny_unknown: bool,
    /// Take every value of the underlying type where Avro's schema names a logical type: uuids of another form, decimals beyond
    /// their precision, times beyond a day
    #[arg(long)]
    pub ignore_logical_types: bool,
    /// Stop after so many defects
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub max_errors: u64,
}

impl Arguments {
    /// A schema made ready as these arguments want it.
    fn validator(&self, schema: &Schema) -> Result<Validator, Failure> {
        let mut validator = Validator::new(schema, Limits::default()).with_logical_types(self.logical_types());
        if let Some(name) = &self.message {
            validator = validator.with_message(name).map_err(|error| {
                let failure = Failure::usage(error.to_string());
                match error.known.is_empty() {
                    true => failure,
                    false => failure.help(format!("its messages are {}", error.known.join(", "))),
                }
            })?;
        }
        Ok(match self.deny_unknown {
            true => validator.deny_unknown(),
            false => validator,
        })
    }

    fn logical_types(&self) -> LogicalTypes {
        match self.ignore_logical_types {
            true => LogicalTypes::Ignored,
            false => LogicalTypes::Checked,
        }
    }

    /// What the payloads come in, where the command line says it.
    fn kind(&self) -> Option<PayloadKind> {
        let wanted = self.kind.as_deref()?;
        PayloadKind::ALL.into_iter().find(|kind| kind.name() == wanted)
    }
}

/// Does it.
///
/// # Errors
/// A file cannot be read, the schema cannot be had, or it is not said which one counts.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let payloads = payloads::find(&arguments.payloads, global.follow_links)?;
    let mut schemas = schema::Schemas::new(arguments, global, terminal)?;
    let mut report = reporting::Reporting::new(global.format);
    let is_unknown = run::all(&payloads, arguments, &mut schemas, &mut report, terminal)?;
    // What is known to be wrong weighs more than what is not known.
    Ok(match report.finish(terminal)? {
        Exit::Fine if is_unknown => Exit::Unknown,
        exit => exit,
    })
}
