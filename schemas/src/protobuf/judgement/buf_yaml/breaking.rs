//! The `breaking` part of a configuration: rules that are used, rules that are not, files that they leave alone.

use super::node::{self, Entry, Node, Reader};
use super::paths;
use crate::finding::Rule;
use crate::protobuf::judgement::breaking::{Selection, Version};
use crate::text::shorten::shortened;

/// How the rules of a module are read.
pub(super) struct Rules<'a> {
    pub version: Version,
    /// The root of the module, from the directory of the file.
    pub root: &'a str,
    /// Whether the rules are those of all modules, so that a path may lie in another one.
    pub is_for_all: bool,
}

impl Rules<'_> {
    pub fn read(&self, reader: &mut Reader<'_>, breaking: Option<&Entry>) -> Selection {
        let mut selection = Selection::default();
        let mut entries: &[(Entry, Entry)] = &[];
        if let Some(breaking) = breaking {
            let known = [
                "use",
                "except",
                "ignore",
                "ignore_only",
                "ignore_unstable_packages",
                "disable_builtin",
            ];
            reader.known(breaking, &known);
            entries = reader.map(breaking).unwrap_or_default();
        }
        let used = node::find(entries, "use").map_or(&[][..], |list| reader.list(list));
        let mut rules: Vec<&'static Rule> = used.iter().flat_map(|name| self.rules(reader, name)).collect();
        if used.is_empty() {
            rules = Selection::named("FILE", self.version).unwrap_or_default();
        }
        if reader.flag(node::find(entries, "disable_builtin")) {
            rules.clear();
        }
        for rule in rules {
            selection.add(rule);
        }
        let except = node::find(entries, "except").map_or(&[][..], |list| reader.list(list));
        for name in except {
            for rule in self.rules(reader, name) {
                selection.remove(rule);
            }
        }
        if let Some(list) = node::find(entries, "ignore") {
            for path in self.paths(reader, list) {
                selection.ignore(path);
            }
        }
        let ignored = node::find(entries, "ignore_only").map_or(&[][..], |map| reader.map(map).unwrap_or_default());
        for (name, list) in ignored {
            let paths = self.paths(reader, list);
            let rules = self.rules(reader, name);
            if !reader.has_room(list, rules.len().saturating_mul(paths.len())) {
                break;
            }
            for rule in rules {
                for path in &paths {
                    selection.ignore_by(rule, path.clone());
                }
            }
        }
        if reader.flag(node::find(entries, "ignore_unstable_packages")) {
            selection.ignore_unstable_packages();
        }
        selection
    }

    /// The rules that a name stands for.
    fn rules(&self, reader: &mut Reader<'_>, name: &Entry) -> Vec<&'static Rule> {
        let Some(text) = reader.text(name) else {
            return Vec::new();
        };
        if reader.is_full() {
            return Vec::new();
        }
        match Selection::named(text, self.version) {
            Ok(rules) => rules,
            Err(unknown) => {
                let help = unknown.help.clone();
                let help =
                    help.unwrap_or_else(|| "known are FILE, PACKAGE, WIRE_JSON, WIRE and the ids of rules".into());
                reader.problem(name, unknown.to_string(), help);
                Vec::new()
            }
        }
    }

    /// Paths from the root of the module.
    fn paths(&self, reader: &mut Reader<'_>, list: &Entry) -> Vec<Box<str>> {
        let items = reader.list(list);
        if !reader.has_room(list, items.len()) {
            return Vec::new();
        }
        let mut below = Vec::with_capacity(items.len());
        for item in items.iter().filter(|item| !matches!(item.value, Node::Null)) {
            let Some(path) = reader.path(item) else { continue };
            match paths::below(self.root, &path) {
                Some(path) => below.push(path.into()),
                // As for buf: neither the directory of a module nor one around it stands for the module.
                None if self.is_for_all => {}
                None => reader.problem(
                    item,
                    format!(
                        "`{}` does not lie in the module `{}`",
                        shortened(&path),
                        shortened(self.root)
                    ),
                    "paths start at the directory of the buf.yaml, also for a module",
                ),
            }
        }
        below
    }
}
