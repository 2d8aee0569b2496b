//! Which of many texts a schema uses: the types that a text defines and those that it mentions, by their names.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use rustc_hash::{FxHashMap, FxHashSet};

use super::parse::{full_name, parse, primitive};
use crate::options::{Options, Strictness};
use crate::reference::Reference;
use crate::text::json::{self, Node, Value};
use crate::text::likeness::nearest;
use crate::text::shorten::beginning;
use crate::text::source::{ParseError, Problem, Source, Span};
use crate::to_line;

/// Texts by the types that they define.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    texts: Vec<(Reference, Names)>,
    /// The texts that define a type, of the places that are looked at first.
    by_name: HashMap<String, Vec<usize>>,
    /// The first text that defines a type whose name ends so.
    simple_names: BTreeMap<String, usize>,
    /// What is wrong with the first text that could not be looked into.
    unreadable: Option<ParseError>,
}

/// For so many undefined types the likely meaning is looked for.
const MEANT: usize = 10;

/// The texts that a schema uses, while they are collected.
#[derive(Debug, Clone, Default)]
struct Used {
    texts: Vec<Reference>,
    /// Each text that was come upon, and whether all that it uses is in `texts`.
    entered: FxHashMap<usize, bool>,
}

/// What stands in a text.
#[derive(Debug, Clone, Default)]
struct Names {
    /// Full names of types.
    defined: Vec<String>,
    /// Types that are mentioned and defined elsewhere.
    mentioned: Vec<Mention>,
}

/// A type that a text mentions.
#[derive(Debug, Clone)]
struct Mention {
    /// In its namespace, and as it is written.
    names: [String; 2],
    span: Span,
}

impl Index {
    /// Looks into the texts. A name is looked up in those of the lowest `place` that define it.
    pub(crate) fn new(texts: &[(usize, Reference)], options: &Options) -> Index {
        let mut index = Index::default();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (place, reference) in texts {
            let Some(names) = Names::of(&reference.source) else {
                let unreadable = || parse(&reference.source, &[], &stored(options)).err();
                index.unreadable = index.unreadable.take().or_else(unreadable);
                continue;
            };
            let number = index.texts.len();
            for name in &names.defined {
                index.simple_names.entry(simple(name).to_owned()).or_insert(number);
                let first = *places.entry(name.clone()).or_insert(*place);
                let known = index.by_name.entry(name.clone()).or_default();
                if first == *place && known.last() != Some(&number) {
                    known.push(number);
                }
            }
            index.texts.push((reference.clone(), names));
        }
        index
    }

    /// The texts that a schema uses, directly and through others, each after those that it uses itself. Where several define a type
    /// all of them are used: the parser compares them.
    ///
    /// # Errors
    /// A type is in none of the texts, and one of them is no JSON; or two texts use each other, which no parser of Java before 1.12
    /// and no registry takes.
    pub(crate) fn used_by(&self, source: &Source) -> Result<Vec<Reference>, ParseError> {
        // What is wrong with the schema itself is told when it is parsed.
        let Some(own) = Names::of(source) else {
            return Ok(Vec::new());
        };
        let mut used = Used::default();
        let mut unknown: Vec<&Mention> = Vec::new();
        for mention in &own.mentioned {
            let definers = self.definers(mention)?;
            if definers.is_empty() {
                unknown.push(mention);
            }
            self.enter(definers, &mut used)?;
        }
        // It will be refused. What was probably meant is there for the parser to find.
        for mention in unknown.into_iter().take(MEANT) {
            let simple = simple(&mention.names[1]);
            let meant = nearest(simple, self.simple_names.keys().map(String::as_str));
            if let Some(&text) = meant.and_then(|meant| self.simple_names.get(meant)) {
                let mut more = used.clone();
                if self.enter(&[text], &mut more).is_ok() {
                    used = more;
                }
            }
        }
        Ok(used.texts)
    }

    /// Adds texts with all that they use.
    fn enter(&self, texts: &[usize], used: &mut Used) -> Result<(), ParseError> {
        // A stack of our own: texts use one another as deep as there are many. `true` marks a way back up.
        let mut stack: Vec<(usize, bool)> = texts.iter().rev().map(|&text| (text, false)).collect();
        while let Some((number, leaving)) = stack.pop() {
            let (reference, names) = &self.texts[number];
            if leaving {
                used.texts.push(reference.clone());
                used.entered.insert(number, true);
            } else if let Entry::Vacant(vacant) = used.entered.entry(number) {
                vacant.insert(false);
                stack.push((number, true));
                for mention in names.mentioned.iter().rev() {
                    for &text in self.definers(mention)?.iter().rev() {
                        if used.entered.get(&text) == Some(&false) {
                            return Err(each_other(&reference.source, mention, &self.texts[text].0.source));
                        }
                        stack.push((text, false));
                    }
                }
            }
        }
        Ok(())
    }

    fn definers(&self, mention: &Mention) -> Result<&[usize], ParseError> {
        let found = mention.names.iter().find_map(|name| self.by_name.get(name));
        match (found, &self.unreadable) {
            (Some(found), _) => Ok(found),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Ok(&[]),
        }
    }
}

fn simple(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn each_other(source: &Source, mention: &Mention, other: &Source) -> ParseError {
    Problem {
        message: to_line!(
            "`{}` is defined in `{}`, which uses types of this file in turn",
            beginning(&mention.names[1], 60),
            other.name()
        ),
        source: source.clone(),
        span: mention.span,
        help: Some("define types that use each other in one file".into()),
    }
    .into()
}

fn stored(options: &Options) -> Options {
    Options {
        strictness: Strictness::Stored,
        ..*options
    }
}

impl Names {
    /// `None` of a text that is no JSON.
    fn of(source: &Source) -> Option<Names> {
        let limits = json::Limits::UNBOUNDED_SIZE;
        let node = json::parse_as(source.text(), &limits, json::Dialect::LENIENT).ok()?;
        let mut names = Names::default();
        names.read(&node, "");
        let defined: FxHashSet<&str> = names.defined.iter().map(String::as_str).collect();
        let elsewhere = |mention: &Mention| !mention.names.iter().any(|name| defined.contains(name.as_str()));
        let mut mentioned = std::mem::take(&mut names.mentioned);
        mentioned.retain(elsewhere);
        names.mentioned = mentioned;
        Some(names)
    }

    /// Recurses along the text, whose depth is bounded.
    fn read(&mut self, node: &Node, namespace: &str) {
        match &node.value {
            Value::String(written) if primitive(written).is_none() => {
                self.mentioned.push(Mention {
                    names: [full_name(written, namespace), written.clone()],
                    span: node.span,
                });
            }
            Value::Array(branches) => branches.iter().for_each(|branch| self.read(branch, namespace)),
            Value::Object(_) => self.read_object(node, namespace),
            _ => {}
        }
    }

    fn read_object(&mut self, node: &Node, namespace: &str) {
        let Some(ty) = node.get("type") else { return };
        match ty.as_str() {
            Some("array") => self.read_part(node, "items", namespace),
            Some("map") => self.read_part(node, "values", namespace),
            Some("record" | "error" | "enum" | "fixed") => {
                let within = node.get("namespace").and_then(Node::as_str).unwrap_or(namespace);
                let Some(name) = node.get("name").and_then(Node::as_str) else {
                    return;
                };
                let name = full_name(name, within);
                let inner = name.rsplit_once('.').map_or("", |(namespace, _)| namespace).to_owned();
                self.defined.push(name);
                if let Some(Value::Array(fields)) = node.get("fields").map(|fields| &fields.value) {
                    fields.iter().for_each(|field| self.read_part(field, "type", &inner));
                }
            }
            _ => self.read(ty, namespace),
        }
    }

    fn read_part(&mut self, node: &Node, key: &str, namespace: &str) {
        if let Some(part) = node.get(key) {
            self.read(part, namespace);
        }
    }
}
