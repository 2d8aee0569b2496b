//! YAML as it is written, every value with its place.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DefaultMessageFormatter, Error, MessageFormatter, Spanned};

use super::{MAX_BYTES, MAX_PATHS, paths};
use crate::text::shorten::shortened;
use crate::text::shown::Line;
use crate::text::source::{ParseError, Problem, Source, Span};
use crate::text::yaml;
use crate::to_line;

/// Events of the YAML reader that aliases may repeat.
const MAX_REPEATED: usize = 100_000;

/// A value and its bytes in the text.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub value: Node,
    pub span: Span,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Text(String),
    List(Vec<Entry>),
    Map(Vec<(Entry, Entry)>),
    /// A number.
    Other,
}

impl Entry {
    /// A map with nothing in it, in place of one that is left out.
    pub fn whole(root: &Entry) -> Entry {
        Entry {
            value: Node::Map(Vec::new()),
            span: root.span,
        }
    }
}

/// The value of a key.
pub(super) fn find<'e>(entries: &'e [(Entry, Entry)], key: &str) -> Option<&'e Entry> {
    let is_key = |entry: &Entry| matches!(&entry.value, Node::Text(text) if text == key);
    entries.iter().find(|(name, _)| is_key(name)).map(|(_, value)| value)
}

/// Reads the text into a tree.
pub(super) fn parse(source: &Source) -> Result<Entry, ParseError> {
    let text = source.text();
    let refused = |message: String, span: Span, help: &str| {
        ParseError::from(Problem {
            message: message.into(),
            source: source.clone(),
            span,
            help: Some(help.into()),
        })
    };
    if text.len() > MAX_BYTES {
        let message = format!(
            "the file has {} bytes, more than the {MAX_BYTES} that are allowed",
            text.len()
        );
        return Err(refused(message, Span::default(), "is this a buf.yaml?"));
    }
    let read: Result<Raw, Error> = serde_saphyr::from_str_with_options(text, yaml::bounds(MAX_BYTES, MAX_REPEATED));
    match read {
        Ok(raw) => Ok(entry(source, raw)),
        Err(error) => {
            let error = yaml::innermost(&error);
            let span = error
                .location()
                .map_or_else(Span::default, |location| yaml::span(source, &location));
            let (message, help) = match error {
                Error::DuplicateMappingKey { key, .. } => (
                    format!("the key `{}` stands twice", shortened(key.as_deref().unwrap_or("?"))),
                    "keep one of them",
                ),
                other => (
                    DefaultMessageFormatter.format_message(other).into_owned(),
                    "check indentation (spaces, no tabs), and put text with `:` or `#` in it between quotes",
                ),
            };
            Err(refused(message, span, help))
        }
    }
}

/// A value as the YAML reader gives it.
type Raw = Spanned<RawNode>;

enum RawNode {
    Null,
    Bool(bool),
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
    Other,
}

/// The depth is bounded by the reader's budget.
fn entry(source: &Source, raw: Raw) -> Entry {
    let span = yaml::span(source, &raw.referenced);
    let value = match raw.value {
        RawNode::Null => Node::Null,
        RawNode::Bool(value) => Node::Bool(value),
        RawNode::Text(text) => Node::Text(text),
        RawNode::Other => Node::Other,
        RawNode::List(items) => Node::List(items.into_iter().map(|item| entry(source, item)).collect()),
        RawNode::Map(items) => {
            let key = |key: Spanned<String>| Entry {
                span: yaml::span(source, &key.referenced),
                value: Node::Text(key.value),
            };
            Node::Map(
                items
                    .into_iter()
                    .map(|(name, value)| (key(name), entry(source, value)))
                    .collect(),
            )
        }
    };
    Entry { value, span }
}

impl<'de> Deserialize<'de> for RawNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen;
        impl<'de> Visitor<'de> for Seen {
            type Value = RawNode;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<RawNode, E> {
                Ok(RawNode::Null)
            }
            fn visit_none<E>(self) -> Result<RawNode, E> {
                Ok(RawNode::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<RawNode, E> {
                Ok(RawNode::Bool(value))
            }
            fn visit_str<E>(self, text: &str) -> Result<RawNode, E> {
                Ok(RawNode::Text(text.to_owned()))
            }
            fn visit_u64<E>(self, _: u64) -> Result<RawNode, E> {
                Ok(RawNode::Other)
            }
            fn visit_i64<E>(self, _: i64) -> Result<RawNode, E> {
                Ok(RawNode::Other)
            }
            fn visit_f64<E>(self, _: f64) -> Result<RawNode, E> {
                Ok(RawNode::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawNode, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(RawNode::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawNode, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = map.next_entry()? {
                    items.push(item);
                }
                Ok(RawNode::Map(items))
            }
        }
        deserializer.deserialize_any(Seen)
    }
}

/// Reads the tree, and gathers what is wrong with it.
pub(super) struct Reader<'a> {
    source: &'a Source,
    pub problems: Vec<Problem>,
    pub notes: Vec<Problem>,
    /// Paths that may still be kept.
    room: usize,
}

/// Of each kind no more are gathered than this; some of them are alike, as what holds for all modules is read with each.
const GATHERED: usize = 1_000;

impl<'a> Reader<'a> {
    pub fn new(source: &'a Source) -> Self {
        Reader {
            source,
            problems: Vec::new(),
            notes: Vec::new(),
            room: MAX_PATHS,
        }
    }

    /// Whether nobody would hear of another problem.
    pub fn is_full(&self) -> bool {
        self.problems.len() >= GATHERED
    }

    /// Whether so many more paths may be kept; if not, that is a problem of `entry`.
    pub fn has_room(&mut self, entry: &Entry, paths: usize) -> bool {
        if let Some(room) = self.room.checked_sub(paths) {
            self.room = room;
            return true;
        }
        self.room = 0;
        let message = format!("the modules have more than {MAX_PATHS} paths, each counted for every rule and module");
        self.problem(entry, message, "name directories in the place of their files");
        false
    }

    pub fn problem(&mut self, entry: &Entry, message: impl Into<Line>, help: impl Into<Line>) {
        self.problem_at(entry.span, message, help);
    }

    pub fn problem_at(&mut self, span: Span, message: impl Into<Line>, help: impl Into<Line>) {
        if self.is_full() {
            return;
        }
        self.problems.push(Problem {
            message: message.into(),
            source: self.source.clone(),
            span,
            help: Some(help.into()),
        });
    }

    /// Notes something that is not wrong.
    pub fn note(&mut self, entry: &Entry, message: impl Into<Line>, help: impl Into<Line>) {
        if self.notes.len() < GATHERED {
            self.notes.push(Problem {
                message: message.into(),
                source: self.source.clone(),
                span: entry.span,
                help: Some(help.into()),
            });
        }
    }

    /// Notes the keys of a map that are not among these.
    pub fn known(&mut self, entry: &Entry, known: &[&str]) {
        let Node::Map(entries) = &entry.value else { return };
        for (key, _) in entries {
            if let Node::Text(name) = &key.value
                && !known.contains(&name.as_str())
            {
                let message = to_line!("the key `{}` is not known here", shortened(name));
                self.note(key, message, to_line!("known are {}", known.join(", ")));
            }
        }
    }

    /// The entries of a map; of nothing, none.
    pub fn map<'e>(&mut self, entry: &'e Entry) -> Option<&'e [(Entry, Entry)]> {
        match &entry.value {
            Node::Map(entries) => Some(entries),
            Node::Null => Some(&[]),
            _ => {
                self.problem(entry, "keys with values were expected", "write `key: value`");
                None
            }
        }
    }

    /// The entries of a list; of nothing, none.
    pub fn list<'e>(&mut self, entry: &'e Entry) -> &'e [Entry] {
        match &entry.value {
            Node::List(items) => items,
            Node::Null => &[],
            _ => {
                self.problem(entry, "a list was expected", "begin each entry with `- `");
                &[]
            }
        }
    }

    pub fn text<'e>(&mut self, entry: &'e Entry) -> Option<&'e str> {
        match &entry.value {
            Node::Text(text) => Some(text),
            _ => {
                self.problem(entry, "a text was expected", "put it between quotes");
                None
            }
        }
    }

    pub fn flag(&mut self, entry: Option<&Entry>) -> bool {
        let Some(entry) = entry else { return false };
        match entry.value {
            Node::Bool(value) => value,
            Node::Null => false,
            _ => {
                self.problem(
                    entry,
                    "`true` or `false` was expected",
                    "write one of the two, without quotes",
                );
                false
            }
        }
    }

    pub fn path(&mut self, entry: &Entry) -> Option<Box<str>> {
        match paths::normal(self.text(entry)?) {
            Ok(path) => Some(path),
            Err(why) => {
                self.problem(
                    entry,
                    why,
                    "write it from the directory of the buf.yaml, as in `proto/acme`",
                );
                None
            }
        }
    }

    pub fn paths(&mut self, list: &Entry) -> Vec<Box<str>> {
        let items = self.list(list);
        items.iter().filter_map(|item| self.path(item)).collect()
    }
}
