//! From JSON text to a [`Schema`], with every problem at its place.
//!
//! Rules are those of Avro 1.12 as Java applies them: a type may be mentioned before it is defined, names without a
//! dot take the enclosing namespace, attributes that the specification does not know are kept.
//!
//! Invariants: nothing is global, a schema means what its own text and its references say. Recursion follows the
//! text only, which [`json::Limits::depth`] bounds, never a resolved reference. Work is linear in the text.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::schema::{Place, Schema, Type, TypeId};
use crate::options::{Options, Strictness};
use crate::reference::Reference;
use crate::text::json;
use crate::text::shorten::beginning;
use crate::text::shown::Line;
use crate::text::source::{ParseError, Path, Problem, Source, Span, Step};
use crate::to_line;

mod attributes;
mod defaults;
mod equal;
mod fields;
mod interner;
mod logical;
mod names;
mod shape;
mod types;

pub(crate) use names::{full_name, primitive};
pub(crate) use shape::seal;

use interner::Interner;
use names::Entry;

/// More problems than this are not reported of one text.
const MAX_PROBLEMS: usize = 100;

/// The places of all named types together may have this many steps. Real schemas stay below a thousandth of it; a
/// text made of nothing but deeply nested definitions would otherwise hold a hundred times its size in places.
const MAX_PLACE_STEPS: usize = 1_000_000;

/// Full names may have so many bytes together, whatever the texts, and so many more for each byte of the texts. Every name without
/// a namespace of its own repeats the one around it: a long namespace and many short names would otherwise be worth many times
/// their text.
const ROOM: usize = 1 << 20;
const ROOM_PER_BYTE: usize = 32;

/// Parses a schema.
///
/// `references` are the texts whose named types this one may use, each after those that it uses itself. Of several with one
/// reference name that define a type differently, as two versions of a subject may, the first counts.
///
/// # Errors
/// All problems that could be told apart, at most a hundred, in the order of the text.
pub fn parse(source: &Source, references: &[Reference], options: &Options) -> Result<Schema, ParseError> {
    let mut parser = Parser::new(source, references);
    for number in 1..parser.sources.len() {
        // Two names for one text: a diamond of references, nothing that is wrong.
        if parser.sources[1..number]
            .iter()
            .any(|earlier| earlier.text() == parser.sources[number].text())
        {
            continue;
        }
        let read = parser.read(number, &json::Limits::UNBOUNDED_SIZE, Strictness::Stored);
        match parser.superseded_by.take() {
            Some(earlier) => parser.leave_out(number, earlier, &references[number - 1].import),
            None => {
                read?;
            }
        }
    }
    let root = parser.read(0, &options.limits, options.strictness)?;
    let forward = parser.forward;
    let mut schema = seal(parser.sources, parser.types, root);
    parser.warnings.sort_by_key(|warning| warning.span.start);
    schema.warnings = parser.warnings;
    if forward && options.strictness == Strictness::New {
        let depth = options.limits.depth.min(json::Limits::MAX_DEPTH);
        let nested = nesting(&schema.canonical());
        if nested > depth {
            return Err(Problem {
                message: to_line!(
                    "with each type written where it is first mentioned, as registries store it, the schema is nested \
                     {nested} levels deep; {depth} are allowed"
                ),
                source: source.clone(),
                span: Span { start: 0, end: 1 },
                help: Some("define types before they are mentioned".into()),
            }
            .into());
        }
    }
    Ok(schema)
}

/// How deep arrays and objects are nested in a JSON text that is known to be well formed.
fn nesting(text: &str) -> usize {
    let (mut deepest, mut depth, mut quoted, mut escaped) = (0usize, 0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A step of the way from a text's root to where the parser is.
#[derive(Clone, Copy)]
enum At {
    Key(&'static str),
    Index(usize),
}

/// What is known while texts are read, one after the other, into one arena.
struct Parser {
    /// The schema's own text first.
    sources: Vec<Source>,
    /// The text that is being read.
    current: usize,
    strict: bool,
    types: Vec<Type>,
    names: FxHashMap<Box<str>, Entry>,
    /// Names of the text being read that were mentioned before they were defined.
    pending: Vec<names::Pending>,
    /// Whether a problem kept definitions from being read, so that names may only seem undefined.
    skipped: bool,
    /// The earlier text of the same reference name that defines a type of the text being read differently.
    superseded_by: Option<usize>,
    /// The reference name of each text; the schema's own has none.
    imports: Vec<Option<Arc<str>>>,
    /// Whether the own text mentions a type before it defines it.
    forward: bool,
    interner: Interner,
    path: Vec<At>,
    /// Bytes of full names that may still be made.
    room: usize,
    place_steps: usize,
    problems: Vec<Problem>,
    /// What is taken in the schema's own text and may surprise.
    warnings: Vec<Problem>,
}

/// Something is wrong; the problem has been noted.
struct Refused;

type Parsed<T> = Result<T, Refused>;

impl Parser {
    fn new(source: &Source, references: &[Reference]) -> Self {
        let sources = references.iter().map(|reference| reference.source.clone());
        let sources: Vec<Source> = std::iter::once(source.clone()).chain(sources).collect();
        let imports = references.iter().map(|reference| Some(Arc::clone(&reference.import)));
        let imports = std::iter::once(None).chain(imports).collect();
        let text: usize = sources.iter().map(|source| source.text().len()).sum();
        let room = text.saturating_mul(ROOM_PER_BYTE).saturating_add(ROOM);
        Parser {
            sources,
            current: 0,
            strict: true,
            types: Vec::new(),
            names: FxHashMap::default(),
            pending: Vec::new(),
            skipped: false,
            superseded_by: None,
            imports,
            forward: false,
            interner: Interner::default(),
            path: Vec::new(),
            room,
            place_steps: 0,
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Reads one of the texts; its problems end the parse.
    fn read(&mut self, number: usize, limits: &json::Limits, strictness: Strictness) -> Result<TypeId, ParseError> {
        self.current = number;
        self.strict = strictness == Strictness::New;
        self.path.clear();
        let first = self.types.len();
        if u16::try_from(number).is_err() {
            self.problem(
                Span::default(),
                "a schema cannot refer to more than 65,535 others",
                None,
            );
            return Err(self.take_problems());
        }
        let source = self.sources[number].clone();
        let dialect = json::Dialect {
            comments: true,
            repeated_keys: !self.strict,
        };
        let parsed = match json::parse_as(source.text(), limits, dialect) {
            Ok(node) => self.ty(node, ""),
            Err(error) => self.refuse(error.span, error.message, None),
        };
        self.report_undefined();
        if number == 0 {
            self.forward = !self.pending.is_empty();
        }
        self.pending.clear();
        if self.problems.is_empty() && (self.strict || number == 0) {
            self.check_defaults(first);
        }
        match parsed {
            Ok(root) if self.problems.is_empty() => Ok(root),
            _ => Err(self.take_problems()),
        }
    }

    /// Forgets a referenced text again: the earlier one of its reference name counts.
    fn leave_out(&mut self, number: usize, earlier: usize, import: &str) {
        // Its types stay in the arena, where nothing refers to them.
        self.names
            .retain(|_, entry| entry.source().is_some_and(|source| source != number));
        self.skipped = false;
        if self.warnings.len() < MAX_PROBLEMS {
            let (first, second) = (self.sources[earlier].name(), self.sources[number].name());
            self.warnings.push(Problem {
                message: to_line!(
                    "the reference {} leads to {} and to {}, which differ: the first is used, as in Confluent's registry",
                    quote(import),
                    quote(first),
                    quote(second)
                ),
                source: self.sources[0].clone(),
                span: Span { start: 0, end: 1 },
                help: Some("refer to one version in all schemas".into()),
            });
        }
    }

    fn take_problems(&mut self) -> ParseError {
        let mut problems = std::mem::take(&mut self.problems);
        problems.sort_by_key(|problem| problem.span.start);
        ParseError { problems }
    }

    /// Notes a problem of the text that is being read.
    fn problem(&mut self, span: Span, message: impl Into<Line>, help: Option<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem {
                message: message.into(),
                source: self.sources[self.current].clone(),
                span,
                help: help.map(Line::from),
            });
        }
    }

    /// Notes something that is taken and may surprise, in the schema's own text.
    fn warning(&mut self, span: Span, message: impl Into<Line>, help: Option<String>) {
        if self.current == 0 && self.warnings.len() < MAX_PROBLEMS {
            self.warnings.push(Problem {
                message: message.into(),
                source: self.sources[0].clone(),
                span,
                help: help.map(Line::from),
            });
        }
    }

    /// Notes a problem that leaves nothing to go on with.
    fn refuse<T>(&mut self, span: Span, message: impl Into<Line>, help: Option<&str>) -> Parsed<T> {
        self.problem(span, message, help.map(str::to_owned));
        Err(Refused)
    }

    /// Adds a type to the arena.
    fn add(&mut self, ty: Type) -> TypeId {
        // A text of 4 GiB would be needed to have more types than ids.
        let id = TypeId(self.types.len() as u32);
        self.types.push(ty);
        id
    }

    /// Where the parser is.
    fn place(&mut self, span: Span) -> Parsed<Place> {
        self.place_steps += self.path.len();
        if self.place_steps > MAX_PLACE_STEPS {
            return self.refuse(
                span,
                "too many definitions are nested too deep",
                Some("define types side by side and refer to them by name"),
            );
        }
        let mut path = Path::root();
        for at in &self.path {
            path.push(match at {
                At::Key(key) => Step::Key((*key).into()),
                At::Index(index) => Step::Index(*index),
            });
        }
        Ok(Place {
            source: self.current as u16,
            path,
        })
    }

    /// Parses what stands one step below.
    fn below<T>(&mut self, at: At, parse: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(at);
        let parsed = parse(self);
        self.path.pop();
        parsed
    }
}

/// A name or text as messages show it: in backticks, its beginning.
fn quote(text: &str) -> String {
    format!("`{}`", beginning(text, 60))
}

/// Whether a text begins as a schema does, which is JSON.
pub(crate) fn begins(text: &str) -> bool {
    text.starts_with(['{', '[', '"'])
}
