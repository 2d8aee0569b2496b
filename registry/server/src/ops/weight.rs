//! The memory that a request takes, estimated from its body.

use std::collections::{BTreeMap, BTreeSet};

use treaty_api::check::ProposedSchema;
use treaty_api::metadata::Metadata;
use treaty_api::rule_set::{Rule, RuleSet};
use treaty_api::subjects::NewSchema;
use treaty_schemas::{Format, Weight};

/// Texts up to this many bytes are taken for the worst: to look at them would take longer than it is worth.
const UNSEEN: usize = 4 << 10;
const WORST: usize = 128;

/// How often a text is there besides: in the body and the key of an answer, as it is sent to the store, and in the answer.
const TEXTS: usize = 8;

/// What each text in a document takes besides its bytes.
const ENTRY: usize = 80;

/// How many times documents are there: as they came, merged with others, as text, and in the answer.
const COPIES: usize = 4;

/// Something that a request brings.
pub trait Weighed {
    /// Bytes that it takes until the request is answered, by estimate.
    fn weight(&self) -> usize;
}

impl Weighed for NewSchema {
    fn weight(&self) -> usize {
        let text = self.schema.as_deref().unwrap_or_default();
        let format = self.schema_type.as_deref().and_then(|name| name.parse().ok());
        let references = self.references.iter().flatten().map(|each| {
            let texts = [&each.name, &each.subject].into_iter().flatten();
            2 * ENTRY + texts.map(String::len).sum::<usize>()
        });
        let documents = self.metadata.as_ref().map_or(0, of_metadata) + self.rule_set.as_ref().map_or(0, of_rules);
        of_text(format.unwrap_or(Format::DEFAULT), text) + COPIES * (references.sum::<usize>() + documents)
    }
}

impl Weighed for ProposedSchema {
    fn weight(&self) -> usize {
        self.schema.weight()
    }
}

/// What a text takes while it is read as a schema.
pub fn of_text(format: Format, text: &str) -> usize {
    if text.len() <= UNSEEN {
        return text.len() * WORST;
    }
    Weight::of(format, text).reading + text.len() * TEXTS
}

fn of_metadata(metadata: &Metadata) -> usize {
    let tags = metadata
        .tags
        .iter()
        .flatten()
        .map(|(name, tags)| entry(name) + of_set(tags));
    let properties = metadata.properties.as_ref().map_or(0, of_map);
    tags.sum::<usize>() + properties + metadata.sensitive.as_ref().map_or(0, of_set)
}

fn of_rules(rules: &RuleSet) -> usize {
    let all = [&rules.migration_rules, &rules.domain_rules, &rules.encoding_rules];
    all.into_iter().flatten().flatten().map(of_rule).sum()
}

fn of_rule(rule: &Rule) -> usize {
    let texts = [
        &rule.name,
        &rule.doc,
        &rule.executor,
        &rule.expr,
        &rule.on_success,
        &rule.on_failure,
    ];
    size_of::<Rule>()
        + texts.into_iter().flatten().map(String::len).sum::<usize>()
        + rule.tags.as_ref().map_or(0, of_set)
        + rule.params.as_ref().map_or(0, of_map)
}

fn of_map(map: &BTreeMap<String, String>) -> usize {
    map.iter().map(|(name, value)| entry(name) + value.len()).sum()
}

fn of_set(set: &BTreeSet<String>) -> usize {
    set.iter().map(|text| entry(text)).sum()
}

fn entry(text: &str) -> usize {
    ENTRY + text.len()
}
