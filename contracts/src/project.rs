//! From what a contract reads to the reader that it describes: R = project(schema@builtAgainst, reads).
//!
//! `handles` leaves an enum only the symbols that are handled; with `otherwise: ignore` the others are read as its
//! default, so that they stop nobody. `onMissing: null` makes a field nullable with the default null: the contract
//! says that null is taken, whatever the pinned schema says. Field defaults of the pinned schema stay, so that a
//! field that is silently read as its default can be told from one that is missed.

use treaty_schemas::reads::{Misread, Read as Selection};
use treaty_schemas::text::likeness::nearest;
use treaty_schemas::{Budget, Fallback, ProjectError, Schema, Span};

use crate::contract::fault::{self, Faults};
use crate::contract::{Contract, OnMissing, Otherwise, Read};

/// What a contract reads, as the engine is asked for it.
pub(crate) struct Selections<'a> {
    reads: &'a [Read],
    handled: Vec<Option<Vec<&'a str>>>,
}

impl<'a> Selections<'a> {
    pub fn of(reads: &'a [Read]) -> Self {
        let handled = reads.iter().map(|read| {
            let symbols = read.handles.as_ref()?;
            Some(symbols.iter().map(|symbol| symbol.value.as_str()).collect())
        });
        Selections {
            reads,
            handled: handled.collect(),
        }
    }

    pub fn as_reads(&self) -> Vec<Selection<'_>> {
        let reads = self.reads.iter().zip(&self.handled);
        reads
            .map(|(read, handled)| Selection {
                path: &read.path,
                symbols: handled.as_deref(),
                other_symbols: read.otherwise == Otherwise::Ignore,
                null: read.on_missing == OnMissing::Null,
            })
            .collect()
    }
}

/// The reader that these reads of an event describe; none where they do not fit the schema, which is a fault, or where the
/// budget has ended.
pub(crate) fn reader(
    contract: &Contract,
    event: &str,
    built: &Schema,
    reads: &[Read],
    budget: &Budget,
    faults: &mut Faults,
) -> Option<Schema> {
    let projected = projected(built, event, reads, budget);
    let mut is_right = true;
    // What is asked of each read takes about as many steps as to project it.
    let is_bounded = match &projected {
        Ok(_) => true,
        Err(ProjectError::Misread(misreads)) => !misreads.is_cut,
        Err(ProjectError::Exhausted(_)) => false,
    };
    for read in reads.iter().filter(|_| is_bounded) {
        is_right &= has_default(contract, built, read, faults) & handles_each_once(contract, read, faults);
    }
    match projected {
        Ok(reader) => is_right.then_some(reader),
        Err(ProjectError::Exhausted(_)) => None,
        Err(ProjectError::Misread(misreads)) => {
            for misread in &misreads.described {
                add(contract, built, reads, misread, faults);
            }
            if let Some(last) = misreads.described.last() {
                faults.count(&contract.source, reads[last.read].path_span, misreads.more);
            }
            None
        }
    }
}

/// What these reads leave of a schema.
///
/// # Errors
/// Those that do not fit it.
pub(crate) fn projected(schema: &Schema, event: &str, reads: &[Read], budget: &Budget) -> Result<Schema, ProjectError> {
    let selections = Selections::of(reads);
    schema.project(event, Some(&selections.as_reads()), budget)
}

/// What is read and what it is never set together with: the members of each oneof on the way to it. None where there is no such.
pub(crate) fn with_alternatives(schema: &Schema, event: &str, read: &Read, budget: &Budget) -> Option<Schema> {
    let others = schema.alternatives(event, &read.path, budget).ok()?;
    if others.is_empty() {
        return None;
    }
    let selections: Vec<Selection<'_>> = std::iter::once(&read.path)
        .chain(&others)
        .map(|path| Selection {
            path,
            symbols: None,
            other_symbols: false,
            null: false,
        })
        .collect();
    schema.project(event, Some(&selections), budget).ok()
}

/// Adds a wrong read, at its place in the contract.
fn add(contract: &Contract, built: &Schema, reads: &[Read], misread: &Misread, faults: &mut Faults) {
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
    faults.add(&contract.source, span, |search| {
        let given = contract.source.text().get(span.start..span.end).unwrap_or_default();
        let given = given.trim_matches(['.', '(', ')']);
        let known: Vec<&str> = misread.known.iter().map(String::as_str).collect();
        // A type may be meant by its name without the namespace.
        let simple = known.iter().filter_map(|name| Some(name.rsplit_once('.')?.1));
        let names = known.iter().copied().chain(simple);
        let help = match search.then(|| nearest(given, names)).flatten() {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if !misread.help.is_empty() => Some(misread.help.to_string()),
            None if !known.is_empty() => Some(format!("known are {}", fault::list(&known))),
            None => None,
        };
        let message = format!(
            "`{}` cannot be read of {}: {}",
            fault::shorten(&read.path.to_string()),
            built.source().name(),
            misread.message
        );
        (message, help)
    });
}

/// `onMissing: default` promises that there is a default.
fn has_default(contract: &Contract, built: &Schema, read: &Read, faults: &mut Faults) -> bool {
    if read.on_missing != OnMissing::Default {
        return true;
    }
    let is_field = match built.fallback(&read.path) {
        // What is said of a place holds for the fields inside of it, which may have defaults.
        Fallback::Default | Fallback::Inside => return true,
        Fallback::None => true,
        Fallback::NotAField => false,
    };
    faults.add(&contract.source, read.span, |_| {
        let path = read.path.to_string();
        let path = fault::shorten(&path);
        let message = match is_field {
            false => format!("`onMissing: default` is said of a field, but `{path}` is none"),
            true => format!(
                "`onMissing: default`, but {} gives `{path}` no default",
                built.source().name(),
            ),
        };
        let help = "say `onMissing: null` if the application takes null for it, or leave `onMissing` out";
        (message, Some(help.into()))
    });
    false
}

fn handles_each_once(contract: &Contract, read: &Read, faults: &mut Faults) -> bool {
    let Some(symbols) = &read.handles else { return true };
    let mut seen = std::collections::HashSet::new();
    let twice = symbols.iter().find(|symbol| !seen.insert(&symbol.value));
    if twice.is_none() && !symbols.is_empty() {
        return true;
    }
    let span = twice.map_or(read.span, |symbol| symbol.span);
    faults.add(&contract.source, span, |_| {
        let message = match twice {
            Some(symbol) => format!("`{}` is handled twice", fault::shorten(&symbol.value)),
            None => "no symbol is handled".to_owned(),
        };
        let help = "name each symbol once, or leave `handles` out if all are handled";
        (message, Some(help.into()))
    });
    false
}
