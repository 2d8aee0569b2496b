//! Metadata and rule sets: how they are validated, merged and made part of a schema's identity.

use std::collections::{BTreeSet, HashSet};

use treaty_api::metadata::Metadata;
use treaty_api::rule_set::{Rule, RuleSet};

use crate::problem::Problem;

/// The metadata property in which Confluent's registry keeps the version of a schema that names one.
pub const VERSION_PROPERTY: &str = "confluent:version";

/// What comes with a schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents {
    /// Tags and properties.
    pub metadata: Option<Metadata>,
    /// Rules that clients execute.
    pub rule_set: Option<RuleSet>,
}

impl Documents {
    /// Those of a request, in their one form: what is empty is as if it were missing, as in what is stored.
    pub fn new(mut metadata: Option<Metadata>, mut rule_set: Option<RuleSet>) -> Documents {
        if let Some(metadata) = &mut metadata {
            tidy(metadata);
        }
        if let Some(rules) = &mut rule_set {
            for list in [
                &mut rules.migration_rules,
                &mut rules.domain_rules,
                &mut rules.encoding_rules,
            ] {
                for rule in list.iter_mut().flatten() {
                    rule.tags.take_if(|tags| tags.is_empty());
                    rule.params.take_if(|params| params.is_empty());
                }
                list.take_if(|rules| rules.is_empty());
            }
        }
        Documents { metadata, rule_set }
    }

    /// Both as the store keeps and compares them: as JSON text, of which each has one form.
    ///
    /// # Errors
    /// None that these types can have.
    pub fn json(&self) -> Result<[Option<String>; 2], Problem> {
        let failed = |error: serde_json::Error| Problem::internal(error.to_string());
        Ok([
            self.metadata
                .as_ref()
                .map(serde_json::to_string)
                .transpose()
                .map_err(failed)?,
            self.rule_set
                .as_ref()
                .map(serde_json::to_string)
                .transpose()
                .map_err(failed)?,
        ])
    }

    /// Whether looking for these finds a version that has `stored`: they are the same, apart from the property in which
    /// Confluent's registry keeps the number of a version that was asked for by its number. Where only the version has it, it
    /// does not count; where only the request has it, it has to be the number of the version.
    pub fn find(&self, stored: &Documents, version: i32) -> bool {
        let metadata = match (self.property(VERSION_PROPERTY), stored.property(VERSION_PROPERTY)) {
            (Some(asked), None) if asked.parse() != Ok(version) => false,
            (Some(_), None) | (None, Some(_)) => self.without_version() == stored.without_version(),
            _ => self.metadata == stored.metadata,
        };
        metadata && self.rule_set == stored.rule_set
    }

    /// The metadata without the number of the version; none when nothing else is in it.
    fn without_version(&self) -> Option<Metadata> {
        let mut metadata = self.metadata.clone()?;
        metadata
            .properties
            .iter_mut()
            .for_each(|properties| drop(properties.remove(VERSION_PROPERTY)));
        tidy(&mut metadata);
        Some(metadata).filter(|metadata| *metadata != Metadata::default())
    }

    /// The same, without the number of the version.
    #[must_use]
    pub fn of_any_version(&self) -> Documents {
        Documents {
            metadata: self.without_version(),
            rule_set: self.rule_set.clone(),
        }
    }

    /// Notes the number of the version.
    pub fn set_version(&mut self, version: i32) {
        let metadata = self.metadata.get_or_insert_with(Metadata::default);
        let properties = metadata.properties.get_or_insert_default();
        properties.insert(VERSION_PROPERTY.to_owned(), version.to_string());
    }

    /// Reads them as the store keeps them.
    ///
    /// # Errors
    /// When they are none: then somebody else wrote them.
    pub fn read(metadata: Option<&str>, rule_set: Option<&str>) -> Result<Documents, Problem> {
        let broken = |error| Problem::internal(format!("a stored document: {error}"));
        Ok(Documents {
            metadata: metadata.map(serde_json::from_str).transpose().map_err(broken)?,
            rule_set: rule_set.map(serde_json::from_str).transpose().map_err(broken)?,
        })
    }

    /// These, with what they leave open taken from `below`.
    #[must_use]
    pub fn over(self, below: Documents) -> Documents {
        Documents {
            metadata: either(below.metadata, self.metadata, merge_metadata),
            rule_set: either(below.rule_set, self.rule_set, merge_rules),
        }
    }

    /// The bytes that follow text and references in what Confluent's guid is computed from, in its order. They have no
    /// separators, so different documents may have the same.
    pub fn for_guid(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some(metadata) = &self.metadata {
            bytes.push(1);
            for (name, tags) in metadata.tags.iter().flatten() {
                put(&mut bytes, name);
                tags.iter().for_each(|tag| put(&mut bytes, tag));
            }
            for (name, value) in metadata.properties.iter().flatten() {
                put(&mut bytes, name);
                put(&mut bytes, value);
            }
            metadata
                .sensitive
                .iter()
                .flatten()
                .for_each(|name| put(&mut bytes, name));
        }
        if let Some(rules) = &self.rule_set {
            bytes.push(1);
            each(rules).for_each(|rule| put_rule(&mut bytes, rule));
            rules.enable_at.iter().for_each(|word| put(&mut bytes, word));
        }
        bytes
    }

    /// Whether one of the rules is for this executor.
    pub fn have_rule_of(&self, executor: &str) -> bool {
        let mut rules = self.rule_set.iter().flat_map(each);
        rules.any(|rule| rule.executor.as_deref() == Some(executor))
    }

    /// The value of a metadata property.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.metadata
            .as_ref()?
            .properties
            .as_ref()?
            .get(name)
            .map(String::as_str)
    }
}

fn tidy(metadata: &mut Metadata) {
    metadata.tags.take_if(|tags| tags.is_empty());
    metadata.properties.take_if(|properties| properties.is_empty());
    metadata.sensitive.take_if(|names| names.is_empty());
}

fn put(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(text.as_bytes());
}

fn put_rule(bytes: &mut Vec<u8>, rule: &Rule) {
    rule.name.iter().chain(&rule.doc).for_each(|text| put(bytes, text));
    put(bytes, rule.kind.name());
    put(bytes, rule.mode.name());
    rule.executor.iter().for_each(|text| put(bytes, text));
    rule.tags.iter().flatten().for_each(|tag| put(bytes, tag));
    for (name, value) in rule.params.iter().flatten() {
        put(bytes, name);
        put(bytes, value);
    }
    let rest = rule.expr.iter().chain(&rule.on_success).chain(&rule.on_failure);
    rest.for_each(|text| put(bytes, text));
    if rule.disabled {
        bytes.push(1);
    }
}

fn each(rules: &RuleSet) -> impl Iterator<Item = &Rule> {
    [&rules.migration_rules, &rules.domain_rules, &rules.encoding_rules]
        .into_iter()
        .flatten()
        .flatten()
}

fn either<T>(below: Option<T>, above: Option<T>, merge: impl FnOnce(T, T) -> T) -> Option<T> {
    match (below, above) {
        (Some(below), Some(above)) => Some(merge(below, above)),
        (below, above) => above.or(below),
    }
}

fn merge_metadata(below: Metadata, above: Metadata) -> Metadata {
    Metadata {
        tags: either(below.tags, above.tags, |mut below, above| {
            below.extend(above);
            below
        }),
        properties: either(below.properties, above.properties, |mut below, above| {
            below.extend(above);
            below
        }),
        sensitive: either(below.sensitive, above.sensitive, |mut below, above| {
            below.extend(above);
            below
        }),
    }
}

fn merge_rules(below: RuleSet, above: RuleSet) -> RuleSet {
    let list = |below: Option<Vec<Rule>>, above: Option<Vec<Rule>>| {
        either(below, above, |mut below, above| {
            let newer: HashSet<Option<String>> = above.iter().map(|rule| rule.name.clone()).collect();
            below.retain(|rule| !newer.contains(&rule.name));
            below.extend(above);
            below
        })
    };
    RuleSet {
        migration_rules: list(below.migration_rules, above.migration_rules),
        domain_rules: list(below.domain_rules, above.domain_rules),
        encoding_rules: list(below.encoding_rules, above.encoding_rules),
        enable_at: above.enable_at.or(below.enable_at),
    }
}

/// Checks a rule set.
///
/// # Errors
/// 42210 with the rule that is wrong.
pub fn validate(rules: &RuleSet) -> Result<(), Problem> {
    let refuse = |why: String| Err(Problem::InvalidRuleSet(why));
    let mut names = BTreeSet::new();
    for rule in each(rules) {
        let Some(name) = rule.name.as_deref().filter(|name| !name.is_empty()) else {
            return refuse("Missing rule name".to_owned());
        };
        if !names.insert(name) {
            return refuse(format!("Found rule with duplicate name '{name}'"));
        }
        if rule.executor.as_deref().is_none_or(str::is_empty) {
            return refuse(format!("Missing rule type (rule '{name}')"));
        }
        for action in [&rule.on_success, &rule.on_failure].into_iter().flatten() {
            let actions = action.split(',').count();
            if actions > 2 || (actions == 2 && !rule.mode.is_pair()) {
                return refuse(format!(
                    "Rule '{name}' has {actions} actions in '{action}' for mode {}",
                    rule.mode.name()
                ));
            }
        }
    }
    if rules
        .migration_rules
        .iter()
        .flatten()
        .any(|rule| !rule.mode.is_migration())
    {
        return refuse("Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN".to_owned());
    }
    let others = [&rules.domain_rules, &rules.encoding_rules];
    if others
        .into_iter()
        .flatten()
        .flatten()
        .any(|rule| rule.mode.is_migration())
    {
        return refuse("Domain and encoding rules can only be WRITE, READ, WRITEREAD".to_owned());
    }
    match rules.enable_at.as_deref() {
        None | Some("ALL" | "CLIENT" | "GATEWAY" | "SERVER" | "NONE") => Ok(()),
        Some(other) => refuse(format!(
            "enableAt '{other}' is none of ALL, CLIENT, GATEWAY, SERVER, NONE"
        )),
    }
}
