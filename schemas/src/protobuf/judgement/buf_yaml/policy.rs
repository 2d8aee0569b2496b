//! Policies: breaking rules that a `buf.yaml` takes from another file, usually a `buf.policy.yaml`.

use super::breaking::Rules;
use super::node::{self, Entry, Node, Reader};
use crate::finding::Rule;
use crate::protobuf::judgement::breaking::{Selection, Version};
use crate::text::source::{ParseError, Problem, Source, Span};

/// A policy as a `buf.yaml` names it.
#[derive(Debug, Clone)]
pub struct Policy {
    /// A path from the directory of the `buf.yaml`, or the name of one in a registry of buf.
    pub name: Box<str>,
    /// Where it is named.
    pub span: Span,
    /// Files and directories that it leaves alone, by the paths that import them.
    ignored: Vec<Box<str>>,
    /// Files and directories that one of its rules leaves alone.
    ignored_by: Vec<(Vec<&'static Rule>, Vec<Box<str>>)>,
}

/// Policies that a configuration names.
pub(super) fn policies(reader: &mut Reader<'_>, list: &Entry) -> Vec<Policy> {
    let mut policies = Vec::new();
    for entry in reader.list(list) {
        reader.known(entry, &["policy", "ignore", "ignore_only"]);
        let entries = reader.map(entry).unwrap_or_default();
        let Some(name) = node::find(entries, "policy") else {
            reader.problem(entry, "the policy has no name", "write `- policy: buf.policy.yaml`");
            continue;
        };
        let Some(text) = reader.text(name) else { continue };
        let ignored = node::find(entries, "ignore").map_or_else(Vec::new, |list| reader.paths(list));
        let mut ignored_by = Vec::new();
        let by_rule = node::find(entries, "ignore_only").map_or(&[][..], |map| reader.map(map).unwrap_or_default());
        for (rule, list) in by_rule {
            let paths = reader.paths(list);
            // A name that is no breaking rule may be one for linting.
            if let Node::Text(rule) = &rule.value
                && let Ok(rules) = Selection::named(rule, Version::V2)
                && reader.has_room(list, rules.len().saturating_mul(paths.len()))
            {
                ignored_by.push((rules, paths));
            }
        }
        policies.push(Policy {
            name: text.into(),
            span: name.span,
            ignored,
            ignored_by,
        });
    }
    policies
}

impl Policy {
    /// The rules in the text of the policy.
    ///
    /// # Errors
    /// Something is wrong with the text, or it has rules that need another program.
    pub fn selection(&self, source: &Source) -> Result<Selection, ParseError> {
        let root = node::parse(source)?;
        let mut reader = Reader::new(source);
        let entries = reader.map(&root).unwrap_or_default();
        match node::find(entries, "version").map(|version| &version.value) {
            Some(Node::Text(version)) if version == Version::V2.name() => {}
            _ => reader.problem(&root, "a policy has version v2", "begin the file with `version: v2`"),
        }
        if let Some(plugins) = node::find(entries, "plugins").filter(|plugins| !matches!(plugins.value, Node::Null)) {
            reader.problem(plugins, "plugins are not run here", "buf runs them");
        }
        let breaking = node::find(entries, "breaking");
        let ignores = breaking.and_then(|breaking| match &breaking.value {
            Node::Map(entries) => node::find(entries, "ignore").or_else(|| node::find(entries, "ignore_only")),
            _ => None,
        });
        if let Some(ignores) = ignores {
            let help = "name the files in the buf.yaml, beside the policy";
            reader.problem(ignores, "a policy leaves no files alone by itself", help);
        }
        let rules = Rules {
            version: Version::V2,
            root: ".",
            is_for_all: true,
        };
        let mut selection = rules.read(&mut reader, breaking);
        for path in &self.ignored {
            selection.ignore(path.clone());
        }
        for (rules, paths) in &self.ignored_by {
            for rule in rules {
                for path in paths {
                    selection.ignore_by(rule, path.clone());
                }
            }
        }
        match reader.problems.is_empty() {
            true => Ok(selection),
            false => Err(ParseError {
                problems: reader.problems,
            }),
        }
    }

    /// What is said of one that is not read.
    pub fn unread(&self, source: &Source, why: impl Into<crate::text::shown::Line>) -> Problem {
        Problem {
            message: why.into(),
            source: source.clone(),
            span: self.span,
            help: Some("the verdict is open until its rules are known: give the file, or let buf judge".into()),
        }
    }
}
