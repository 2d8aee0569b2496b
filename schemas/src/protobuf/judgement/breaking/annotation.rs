//! What a rule found, and where.

use super::element::Element;
use super::selection::Selection;
use super::tree::Tree;
use crate::finding::Rule;
use crate::protobuf::judgement::side::{Current, Files, Of, Previous};
use crate::protobuf::language::schema::{FileId, FileSet};
use crate::text::shown::Line;
use crate::text::source::Span;

/// One thing by which the current tree breaks with the previous one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The rule.
    pub rule: &'static Rule,
    /// What it is about.
    pub element: Element,
    /// What is wrong, in buf's words.
    pub message: Line,
    /// The place in the current tree; none where the whole file or package is gone.
    pub current: Option<Of<Current, Place>>,
    /// The place in the previous tree; none for what was added.
    pub previous: Option<Of<Previous, Place>>,
}

/// A place in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub extent: Extent,
}

/// How much of a file is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extent {
    /// All of it: the text has no words for what is meant.
    File,
    /// These bytes.
    Span(Span),
}

impl Place {
    /// A whole file.
    pub(super) fn file(file: FileId) -> Place {
        Place {
            file,
            extent: Extent::File,
        }
    }

    /// Bytes of a file.
    pub(super) fn span(file: FileId, span: Span) -> Place {
        Place {
            file,
            extent: Extent::Span(span),
        }
    }

    /// Bytes of a file, or the whole file where there are none.
    pub(super) fn of(file: FileId, span: Option<Span>) -> Place {
        match span {
            Some(span) => Place::span(file, span),
            None => Place::file(file),
        }
    }

    /// The first byte of it.
    pub fn start(&self) -> usize {
        match self.extent {
            Extent::File => 0,
            Extent::Span(span) => span.start,
        }
    }
}

/// What was found so far in two trees.
pub(super) struct Annotations<'a> {
    pub current: &'a Tree<'a>,
    pub previous: &'a Tree<'a>,
    selection: &'a Selection,
    found: Vec<Annotation>,
}

impl<'a> Annotations<'a> {
    pub fn new(current: &'a Tree<'a>, previous: &'a Tree<'a>, selection: &'a Selection) -> Self {
        Annotations {
            current,
            previous,
            selection,
            found: Vec::new(),
        }
    }

    /// Keeps what a rule found, unless the selection leaves it out; the words are made only when it is kept.
    pub fn add(
        &mut self,
        rule: &'static Rule,
        element: Element,
        current: Option<Place>,
        previous: Option<Place>,
        message: impl FnOnce() -> String,
    ) {
        let keeps = |set: &FileSet, place: Option<Place>| {
            place.is_none_or(|place| {
                let file = set.file(place.file);
                self.selection.judges(rule, &file.path, &file.package)
            })
        };
        let wanted = self.selection.has(rule) && keeps(self.current.set, current) && keeps(self.previous.set, previous);
        if wanted {
            self.found.push(Annotation {
                rule,
                element,
                message: message().into(),
                current: current.map(Of::new),
                previous: previous.map(Of::new),
            });
        }
    }

    /// All of it, in order and each once.
    pub fn sorted(mut self) -> Vec<Annotation> {
        let files = Files::new(self.current.set);
        let place = |annotation: &Annotation| {
            let current = files.own(annotation.current?);
            Some((&*files.set().file(current.file).path, current.start()))
        };
        self.found
            .sort_by(|a, b| (place(a), a.rule.id, &a.message).cmp(&(place(b), b.rule.id, &b.message)));
        self.found
            .dedup_by(|a, b| a.rule == b.rule && a.current == b.current && a.message == b.message);
        self.found
    }
}
