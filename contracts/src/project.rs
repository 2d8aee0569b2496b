//! From what a contract reads to the reader that it describes: R = project(schema@builtAgainst, reads).
//!
//! `handles` leaves an enum only the symbols that are handled; with `otherwise: ignore` the others are read as its
//! default, so that they stop nobody. `onMissing: null` makes a field nullable with the default null: the contract
//! says that null is taken, whatever the pinned schema says. Field defaults of the pinned schema stay, so that a
//! field that is silently read as its default can be told from one that is missed.

use treaty_schemas::reads::{Misread, Read as Selection};
use treaty_schemas::{Budget, DataStep, Exhausted, ParseError, Problem, ProjectError, Schema, Span};

use crate::avro;
use crate::contract::{Contract, OnMissing, Otherwise, Read, fault};

/// The reader that these reads of an event describe.
pub(crate) fn reader(
    contract: &Contract,
    event: &str,
    built: &Schema,
    reads: &[Read],
    budget: &Budget,
) -> Result<Schema, ParseError> {
    let handled: Vec<Option<Vec<&str>>> = reads
        .iter()
        .map(|read| {
            let symbols = read.handles.as_ref()?;
            Some(symbols.iter().map(|symbol| symbol.value.as_str()).collect())
        })
        .collect();
    let selections: Vec<Selection<'_>> = reads
        .iter()
        .zip(&handled)
        .map(|(read, handled)| Selection {
            path: &read.path,
            symbols: handled.as_deref(),
            other_symbols: read.otherwise == Otherwise::Ignore,
            null: read.on_missing == OnMissing::Null,
        })
        .collect();
    let mut problems: Vec<Problem> = reads
        .iter()
        .filter_map(|read| defaultless(contract, built, read))
        .chain(reads.iter().filter_map(|read| repeated_symbol(contract, read)))
        .collect();
    let projected = built.project(event, Some(&selections), budget);
    match &projected {
        Ok(_) => {}
        Err(ProjectError::Misread(misreads)) => {
            problems.extend(misreads.iter().map(|misread| problem(contract, built, reads, misread)));
        }
        Err(ProjectError::Exhausted(why)) => return Err(ended(contract, *why, reads)),
    }
    match projected {
        Ok(reader) if problems.is_empty() => Ok(reader),
        _ => {
            problems.sort_by_key(|problem| problem.span.start);
            Err(ParseError { problems })
        }
    }
}

/// A contract that takes more work than is allowed, at the first of the reads that were under way.
fn ended(contract: &Contract, why: Exhausted, reads: &[Read]) -> ParseError {
    ParseError::from(Problem {
        message: why.to_string(),
        source: contract.source.clone(),
        span: reads.first().map_or_else(Span::default, |read| read.span),
        help: Some("name fewer fields, or read whole ones".into()),
    })
}

/// A wrong read, at its place in the contract.
fn problem(contract: &Contract, built: &Schema, reads: &[Read], misread: &Misread) -> Problem {
    let read = &reads[misread.read];
    let place = read.path_span;
    // Only a path that the file spells as it is can be pointed into.
    let spelt = contract.source.text().get(place.start..place.end) == Some(read.path.to_string().as_str());
    let span = match spelt {
        true => Span {
            start: place.start + misread.span.start,
            end: place.start + misread.span.end,
        },
        false => place,
    };
    let given = contract.source.text().get(span.start..span.end).unwrap_or_default();
    let given = given.trim_matches(['.', '(', ')']);
    let known: Vec<&str> = misread.known.iter().map(String::as_str).collect();
    // A type may be meant by its name without the namespace.
    let names = known
        .iter()
        .flat_map(|name| [*name, name.rsplit('.').next().unwrap_or(name)]);
    let help = match fault::nearest(given, names) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if !misread.help.is_empty() => Some(misread.help.clone()),
        None if !known.is_empty() => Some(format!("known are {}", fault::list(&known))),
        None => None,
    };
    Problem {
        message: format!(
            "`{}` cannot be read of {}: {}",
            read.path,
            built.source().name(),
            misread.message
        ),
        source: contract.source.clone(),
        span,
        help,
    }
}

/// `onMissing: default` promises that there is a default.
fn defaultless(contract: &Contract, built: &Schema, read: &Read) -> Option<Problem> {
    if read.on_missing != OnMissing::Default {
        return None;
    }
    let Schema::Avro(schema) = built else { return None };
    let steps = read.path.steps();
    let message = if !matches!(steps.last(), Some(DataStep::Field(_))) {
        format!("`onMissing: default` is said of a field, but `{}` is none", read.path)
    } else {
        // The default of something on the way stands in for all that it holds.
        let fields: Vec<_> = (1..=steps.len())
            .flat_map(|end| avro::fields_at(schema, &steps[..end]))
            .collect();
        if fields.is_empty() || fields.iter().any(|field| field.default.is_some()) {
            return None;
        }
        format!(
            "`onMissing: default`, but {} gives `{}` no default",
            built.source().name(),
            read.path
        )
    };
    Some(Problem {
        message,
        source: contract.source.clone(),
        span: read.span,
        help: Some("say `onMissing: null` if the application takes null for it, or leave `onMissing` out".into()),
    })
}

fn repeated_symbol(contract: &Contract, read: &Read) -> Option<Problem> {
    let symbols = read.handles.as_ref()?;
    let (message, span) = if symbols.is_empty() {
        ("no symbol is handled".to_owned(), read.span)
    } else {
        let mut seen = std::collections::HashSet::new();
        let twice = symbols.iter().find(|symbol| !seen.insert(&symbol.value))?;
        (format!("`{}` is handled twice", twice.value), twice.span)
    };
    Some(Problem {
        message,
        source: contract.source.clone(),
        span,
        help: Some("name each symbol once, or leave `handles` out if all are handled".into()),
    })
}
