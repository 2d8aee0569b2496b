//! Which rules are asked for, and which files they leave alone.

use rustc_hash::{FxHashMap, FxHashSet};

use super::category::{Category, Version};
use super::rules;
use super::stability::is_unstable;
use crate::finding::Rule;
use crate::text::likeness::nearest;
use crate::text::shorten::shortened;

/// Which rules are asked for, and which files they leave alone.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The ids of the rules that are asked for.
    rules: FxHashSet<&'static str>,
    /// Files and directories that no rule judges.
    ignored: Vec<Box<str>>,
    /// Files and directories that a rule does not judge, by its id.
    ignored_by: FxHashMap<&'static str, Vec<Box<str>>>,
    ignores_unstable: bool,
    /// More rules, with what they leave alone.
    others: Vec<Selection>,
}

/// A configuration names a rule or category that its version does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no breaking rule or category of version {}", version.name())]
pub struct UnknownRule {
    /// The name; of a long one the beginning.
    pub name: String,
    /// The version of the configuration.
    pub version: Version,
    /// What was perhaps meant, or how to mend it.
    pub help: Option<String>,
}

impl From<Category> for Selection {
    /// Every rule of a category, by the newest version.
    fn from(category: Category) -> Selection {
        Selection {
            rules: rules::of(category, Version::V2).map(|rule| rule.id).collect(),
            ..Selection::default()
        }
    }
}

impl Selection {
    /// The rules that these names of rules and categories stand for. Names of old rules stand for those that replaced them.
    ///
    /// # Errors
    /// The version knows no such name.
    pub fn named(name: &str, version: Version) -> Result<Vec<&'static Rule>, UnknownRule> {
        if let Some(category) = Category::ALL.into_iter().find(|category| category.name() == name)
            && (category != Category::Csr || version == Version::V2)
        {
            return Ok(rules::of(category, version).collect());
        }
        if let Some(rule) = rules::named(name).filter(|rule| rules::exists(rule, version)) {
            return Ok(vec![rule]);
        }
        if version < Version::V2
            && let Some(replacements) = rules::replacements(name)
        {
            return Ok(replacements.to_vec());
        }
        Err(UnknownRule {
            name: shortened(name),
            version,
            help: instead(name, version),
        })
    }

    /// How many paths it keeps, each counted for every rule that it is kept for.
    pub(in crate::protobuf) fn paths(&self) -> usize {
        let own = self.ignored.len() + self.ignored_by.values().map(Vec::len).sum::<usize>();
        own + self.others.iter().map(Selection::paths).sum::<usize>()
    }

    /// Asks for what another selection asks for too: what one of them leaves alone the other may judge.
    pub fn join(&mut self, other: Selection) {
        self.others.push(other);
    }

    /// Asks for a rule.
    pub fn add(&mut self, rule: &'static Rule) {
        self.rules.insert(rule.id);
    }

    /// No longer asks for a rule.
    pub fn remove(&mut self, rule: &'static Rule) {
        self.rules.remove(rule.id);
    }

    /// Leaves a file or a whole directory alone, by its path from the root of the tree; `.` is the whole tree.
    pub fn ignore(&mut self, path: impl Into<Box<str>>) {
        self.ignored.push(path.into());
    }

    /// Has one rule leave a file or a whole directory alone.
    pub fn ignore_by(&mut self, rule: &'static Rule, path: impl Into<Box<str>>) {
        self.ignored_by.entry(rule.id).or_default().push(path.into());
    }

    /// Leaves packages alone whose last part is a version that is not stable (`v1beta1`).
    pub fn ignore_unstable_packages(&mut self) {
        self.ignores_unstable = true;
    }

    /// Whether a rule is asked for.
    pub fn has(&self, rule: &Rule) -> bool {
        self.rules.contains(rule.id) || self.others.iter().any(|other| other.has(rule))
    }

    /// The ids of the rules that are asked for, in alphabetical order.
    pub fn ids(&self) -> Vec<&'static str> {
        let mut ids: Vec<&str> = self.rules.iter().copied().collect();
        ids.extend(self.others.iter().flat_map(Selection::ids));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Whether a rule judges what stands in this file.
    pub fn judges(&self, rule: &Rule, path: &str, package: &str) -> bool {
        let ignored = self.ignored_by.get(rule.id);
        let is_asked = self.others.is_empty() || self.rules.contains(rule.id);
        let is_left = self.ignores(path, package) || ignored.is_some_and(|ignored| is_among(ignored, path));
        let mut others = self.others.iter();
        (is_asked && !is_left) || others.any(|other| other.has(rule) && other.judges(rule, path, package))
    }

    /// Whether no rule judges what stands in this file.
    pub fn leaves_alone(&self, path: &str, package: &str) -> bool {
        let mut others = self.others.iter().filter(|other| !other.rules.is_empty());
        self.ignores(path, package) && others.all(|other| other.leaves_alone(path, package))
    }

    fn ignores(&self, path: &str, package: &str) -> bool {
        is_among(&self.ignored, path) || (self.ignores_unstable && is_unstable(package))
    }
}

/// Whether a path is one of these files, or lies in one of these directories.
fn is_among(ignored: &[Box<str>], path: &str) -> bool {
    ignored.iter().any(|ignored| holds(ignored, path))
}

/// Whether a path is this file, or lies in this directory.
fn holds(directory: &str, path: &str) -> bool {
    directory == "."
        || path
            .strip_prefix(directory)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || directory.ends_with('/'))
}

/// What to write in place of a name that nobody knows.
fn instead(name: &str, version: Version) -> Option<String> {
    if let Some(replacements) = rules::replacements(name) {
        let ids: Vec<&str> = replacements.iter().map(|rule| rules::bare(rule)).collect();
        return Some(match ids.as_slice() {
            [] => "the rule is gone; leave it out".to_owned(),
            ids => format!("it is now {}", ids.join(", ")),
        });
    }
    if rules::named(name).is_some() || name == Category::Csr.name() {
        return Some("a later version knows it: write `version: v2`".to_owned());
    }
    let known = rules::ALL
        .iter()
        .filter(|rule| rules::exists(rule, version))
        .map(|rule| rules::bare(rule))
        .chain(Category::ALL.map(Category::name));
    nearest(name, known).map(|known| format!("did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(name: &str, version: Version) -> usize {
        Selection::named(name, version).map_or(0, |rules| rules.len())
    }

    #[test]
    fn categories_have_as_many_rules_as_they_should() {
        for (name, rules) in [
            ("FILE", 51),
            ("PACKAGE", 51),
            ("WIRE_JSON", 22),
            ("WIRE", 15),
            ("CSR", 32),
        ] {
            assert_eq!(count(name, Version::V2), rules, "{name}");
        }
        for (name, v1, v1beta1) in [
            ("FILE", 49, 49),
            ("PACKAGE", 49, 48),
            ("WIRE_JSON", 21, 21),
            ("WIRE", 14, 14),
            ("CSR", 0, 0),
        ] {
            assert_eq!(
                (count(name, Version::V1), count(name, Version::V1Beta1)),
                (v1, v1beta1),
                "{name}"
            );
        }
    }

    #[test]
    fn old_names_stand_for_new_rules() {
        let ids = |name, version| {
            Selection::named(name, version).map(|rules| rules.iter().map(|rule| rules::bare(rule)).collect::<Vec<_>>())
        };
        assert_eq!(
            ids("FIELD_SAME_CTYPE", Version::V1),
            Ok(vec!["FIELD_SAME_CPP_STRING_TYPE"])
        );
        assert_eq!(ids("FIELD_SAME_LABEL", Version::V1Beta1).map(|ids| ids.len()), Ok(3));
        assert_eq!(ids("FILE_SAME_PHP_GENERIC_SERVICES", Version::V1), Ok(vec![]));
        let help = |name, version| ids(name, version).unwrap_err().help.unwrap_or_default();
        assert_eq!(
            help("FIELD_SAME_CTYPE", Version::V2),
            "it is now FIELD_SAME_CPP_STRING_TYPE"
        );
        assert_eq!(
            help("EXTENSION_NO_DELETE", Version::V1),
            "a later version knows it: write `version: v2`"
        );
        assert_eq!(help("FIELD_NO_DELTE", Version::V2), "did you mean `FIELD_NO_DELETE`?");
        assert_eq!(help("nonsense", Version::V2), "");
    }

    #[test]
    fn directories_are_not_prefixes() {
        for (ignored, path, is_held) in [
            ("a/b", "a/b/c.proto", true),
            ("a/b", "a/bc.proto", false),
            ("a/b/", "a/b/c.proto", true),
            ("a/b.proto", "a/b.proto", true),
            (".", "x.proto", true),
            ("b", "a/b/c.proto", false),
        ] {
            assert_eq!(holds(ignored, path), is_held, "{ignored} {path}");
        }
    }
}
