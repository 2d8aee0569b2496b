//! What is wrong with a JSON text that is read by a schema: each problem with its place in the text and in the data.

use super::{Limits, Node, parse};
use crate::data_place::{Segment, path_text};
use crate::text::shown::Line;
use crate::text::source::{ParseError, Problem, Source, Span};
use crate::to_line;

/// After this many problems reading stops.
const MOST: usize = 20;

/// Problems that were found so far, and where the reader is.
pub(crate) struct Problems<'a> {
    text: &'a Source,
    found: Vec<Problem>,
    /// The place in the data; the reader keeps it.
    pub path: Vec<Segment<'a>>,
}

impl<'a> Problems<'a> {
    /// None yet.
    pub fn new(text: &'a Source) -> Self {
        Problems {
            text,
            found: Vec::new(),
            path: Vec::new(),
        }
    }

    /// The text as JSON.
    ///
    /// # Errors
    /// It is no JSON, larger or deeper than `limits`.
    pub fn node(text: &Source, limits: &Limits) -> Result<Node, ParseError> {
        let node = parse(text.text(), limits).map_err(|error| Problem {
            message: error.message,
            source: text.clone(),
            span: error.span,
            help: None,
        })?;
        Ok(node)
    }

    /// No more are reported than there are.
    pub fn is_enough(&self) -> bool {
        self.found.len() >= MOST
    }

    /// One more, at the reader's place. It answers none, for what could not be read.
    pub fn add<T>(&mut self, span: Span, message: impl Into<Line>, help: Option<String>) -> Option<T> {
        if !self.is_enough() {
            let path = path_text(&self.path);
            self.found.push(Problem {
                message: if path.is_empty() {
                    message.into()
                } else {
                    to_line!("{path}: {}", message.into())
                },
                source: self.text.clone(),
                span,
                help: help.map(Line::from),
            });
        }
        None
    }

    /// What was read, unless there are problems: these in the order of the text.
    pub fn finish<T>(mut self, read: Option<T>) -> Result<T, ParseError> {
        match read {
            Some(read) if self.found.is_empty() => Ok(read),
            _ => {
                // Unknown members were found before what is wrong within the known ones.
                self.found.sort_by_key(|problem| problem.span.start);
                Err(ParseError { problems: self.found })
            }
        }
    }
}
