//! From files as they are written to what they mean: names resolved, features decided, everything that protoc refuses
//! refused at its place.
//!
//! Four passes: imports (which files there are, what each of them sees), declarations (every name gets an index), then file by
//! file, each after those that it imports, the types of fields and methods and last the options.
//!
//! Invariants: nothing is looked for in a list within a loop over another one, so work is linear in the texts. Recursion
//! follows nested declarations, whose depth the parser bounds; imports and types are followed with work lists. A tree is
//! dropped as soon as its file is done.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::parse::MAX_PROBLEMS;
use super::schema::{FileId, FileSet, TypeId};
use super::syntax;
use crate::options::Origin;
use crate::text::shown::Line;
use crate::text::source::{ParseError, Problem, Source, Span};

mod declarations;
mod declare;
mod default;
mod enumeration;
mod features;
mod field;
mod imports;
pub(in crate::protobuf) mod json_name;
mod kind;
mod members;
mod naming;
mod numbers;
mod options;
mod scope;
mod service;
mod siblings;

pub(in crate::protobuf) use declare::{TopLevel, top_level};
use imports::Imports;
pub(in crate::protobuf) use options::{Target, scalar_value};
use scope::Symbols;

/// Links files. The first `own` were asked for; the others are what they import. What is imported and not among the files is
/// looked for among the built-in files ([`super::builtin`]). Each file that nobody else holds is given up as soon as it is done.
///
/// # Errors
/// Everything that protoc would refuse, at most a hundred problems, in the order of files and texts.
pub fn link(files: Vec<Arc<syntax::File>>, own: usize) -> Result<FileSet, ParseError> {
    link_owned(files, own, own)
}

/// Like [`link`], but only the first `checked` files are asked everything that protoc asks (options must exist and fit, types be
/// visible): what was accepted earlier, or elsewhere, may have been read by somebody who does not look at them.
pub(crate) fn link_owned(files: Vec<Arc<syntax::File>>, own: usize, checked: usize) -> Result<FileSet, ParseError> {
    link_from(Origin::Files, files, own, checked).map(|(set, _)| set)
}

/// Like [`link_owned`], of files that may come from a registry: then what says nothing of data (options that are not known, files
/// that are not there and that no type is in) is no more than a warning.
pub(crate) fn link_from(
    origin: Origin,
    files: Vec<Arc<syntax::File>>,
    own: usize,
    checked: usize,
) -> Result<(FileSet, Box<[Problem]>), ParseError> {
    let mut problems = Problems::default();
    let mut missing = Problems::default();
    let imports = Imports::gather(files, checked, &mut problems, &mut missing);
    if origin == Origin::Files {
        problems.0.append(&mut missing.0);
    }
    problems.end()?;
    let Imports {
        mut trees,
        files,
        order,
        visible,
    } = imports;
    let text: usize = files.iter().map(|file| file.source.text().len()).sum();
    let mut linker = Linker {
        room: text.saturating_mul(ROOM_PER_BYTE).saturating_add(ROOM),
        set: FileSet {
            files,
            own_files: own,
            messages: Vec::new(),
            enums: Vec::new(),
            extensions: Vec::new(),
            services: Vec::new(),
            types: Default::default(),
        },
        symbols: Symbols::new(visible),
        origin,
        problems,
        warnings: Problems::default(),
        checked: checked as u32,
        local: FxHashSet::default(),
        declarations: Default::default(),
        extension_numbers: Default::default(),
        extendable: Default::default(),
        enum_values: Default::default(),
    };
    let mut starts = Vec::with_capacity(trees.len());
    for (index, tree) in trees.iter().enumerate() {
        if let Some(tree) = tree {
            starts.push(linker.start());
            linker.declare_file(FileId(index as u32), tree);
        }
    }
    linker.problems.end()?;
    for id in order {
        if let (Some(tree), Some(start)) = (trees[id.0 as usize].take(), starts.get(id.0 as usize)) {
            linker.link_file(id, &tree, *start);
        }
    }
    if !linker.problems.0.is_empty() {
        // Perhaps because of the files that are not there.
        linker.problems.0.append(&mut missing.0);
    }
    linker.problems.end()?;
    linker.set.types = linker.symbols.into_types();
    let mut warnings = linker.warnings;
    warnings.0.append(&mut missing.0);
    Ok((linker.set, warnings.in_order()))
}

/// Full names may have so many bytes together, whatever the texts, and so many more for each byte of the texts. Every name within
/// a scope repeats that of the scope: a text of a long package and many short names would otherwise be worth many times its size.
const ROOM: usize = 1 << 20;
const ROOM_PER_BYTE: usize = 32;

/// What is known while files are linked.
struct Linker {
    /// Bytes of full names that may still be made or looked for.
    room: usize,
    set: FileSet,
    symbols: Symbols,
    origin: Origin,
    problems: Problems,
    warnings: Problems,
    /// The number of files whose options are checked; they are the first.
    checked: u32,
    /// Types that other files cannot use.
    local: FxHashSet<TypeId>,
    declarations: declarations::Declarations,
    /// Where each number of an extended message was taken by an extension.
    extension_numbers: field::ExtensionNumbers,
    /// The extension ranges of messages that are extended.
    extendable: field::Extendable,
    /// The values of enums by name, where a default was looked for.
    enum_values: default::EnumValues,
}

/// The indexes that the first of a file's declarations get; the passes meet declarations in the same order.
#[derive(Debug, Clone, Copy)]
struct Start {
    message: u32,
    enumeration: u32,
    extension: u32,
    service: u32,
}

impl Linker {
    fn start(&self) -> Start {
        Start {
            message: self.set.messages.len() as u32,
            enumeration: self.set.enums.len() as u32,
            extension: self.set.extensions.len() as u32,
            service: self.set.services.len() as u32,
        }
    }

    /// The full name of something that is declared. Where no room is left for it, that is a problem, and the name is the one
    /// within its scope.
    fn full_name(&mut self, scope: &str, name: &str, file: FileId, span: Span) -> Box<str> {
        match self.take_room(scope.len() + 1 + name.len(), file, span) {
            true => full_name(scope, name),
            false => name.into(),
        }
    }

    /// Takes room for full names, if there is enough; that there is not is reported once.
    fn take_room(&mut self, bytes: usize, file: FileId, span: Span) -> bool {
        if let Some(room) = self.room.checked_sub(bytes) {
            self.room = room;
            return true;
        }
        if std::mem::take(&mut self.room) > 0 {
            let message = "the full names of what is declared are many times longer than the text itself";
            let help = "shorten the package, or names that others are within".to_owned();
            self.problem(file, span, message, help);
        }
        false
    }

    /// Whether everything that protoc refuses is refused in this file.
    fn is_checked(&self, file: FileId) -> bool {
        file.0 < self.checked
    }

    fn source(&self, file: FileId) -> &Source {
        &self.set.file(file).source
    }

    fn problem(&mut self, file: FileId, span: Span, message: impl Into<Line>, help: impl Into<Option<String>>) {
        let source = &self.set.files[file.0 as usize].source;
        self.problems.add(file, source, span, message, help);
    }

    /// `orders.proto:12:3`, for messages that point to a second place. Finding it reads the text, so nothing is found once
    /// no more problems are reported.
    fn place(&self, file: FileId, span: Span) -> String {
        if self.problems.is_full() {
            return String::new();
        }
        let source = self.source(file);
        format!("{}:{}", source.name(), source.point(span.start))
    }
}

/// What is wrong with which file.
#[derive(Default)]
struct Problems(Vec<(FileId, Problem)>);

impl Problems {
    fn add(
        &mut self,
        file: FileId,
        source: &Source,
        span: Span,
        message: impl Into<Line>,
        help: impl Into<Option<String>>,
    ) {
        if !self.is_full() {
            let problem = Problem {
                message: message.into(),
                source: source.clone(),
                span,
                help: help.into().map(Line::from),
            };
            self.0.push((file, problem));
        }
    }

    fn is_full(&self) -> bool {
        self.0.len() >= MAX_PROBLEMS
    }

    /// Ends linking if something is wrong.
    fn end(&mut self) -> Result<(), ParseError> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(ParseError {
            problems: std::mem::take(self).in_order().into(),
        })
    }

    /// In the order of files and texts, at most as many as are reported.
    fn in_order(mut self) -> Box<[Problem]> {
        self.0.sort_by_key(|(file, problem)| (*file, problem.span.start));
        self.0.truncate(MAX_PROBLEMS);
        self.0.into_iter().map(|(_, problem)| problem).collect()
    }
}

/// The full name of something in a scope; a scope without a name is that of files without a package.
pub(in crate::protobuf) fn full_name(scope: &str, name: &str) -> Box<str> {
    if scope.is_empty() {
        name.into()
    } else {
        let mut full = String::with_capacity(scope.len() + 1 + name.len());
        full.push_str(scope);
        full.push('.');
        full.push_str(name);
        full.into_boxed_str()
    }
}
