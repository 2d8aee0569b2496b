//! What a finding says: who reads what, and who has to do what first.

use std::collections::BTreeSet;

use treaty_schemas::{Evidence, Finding, Label, Line, Rule, Schema, Severity, to_line};

use super::Translation;
use crate::assessment::ReadFinding;
use crate::contract::{Placed, Read, fault};
use crate::rules;
use crate::standing::Standing;

impl Translation<'_> {
    pub(super) fn message(&self, rule: &'static Rule, path: &str, finding: &Finding) -> String {
        let who = self.requirement.title();
        let candidate = self.candidate.source().name();
        let reads = match path {
            "" => format!("{who} receives `{}`", self.requirement.event),
            path => format!("{who} reads `{path}`"),
        };
        let engine = &finding.message;
        let is_protobuf = matches!(self.need.reader, Schema::Protobuf(_));
        if *rule == rules::READ_FIELD_REMOVED {
            format!("{reads}, which {candidate} does not have")
        } else if *rule == rules::READ_FIELD_SILENT_DEFAULT {
            format!("{reads}, which {candidate} does not have: it would take the default for data")
        } else if *rule == rules::READ_FIELD_NULLABLE {
            let lacking = if is_protobuf { "left out" } else { "null" };
            format!("{reads}, which may be {lacking} in {candidate}")
        } else if *rule == rules::READ_ENUM_VALUE_ADDED {
            format!("{reads}, which may be a symbol in {candidate} that it does not handle: {engine}")
        } else if *rule == rules::READ_VARIANT_ADDED && is_protobuf {
            format!("{reads}, which another field may stand in for in {candidate}: {engine}")
        } else if *rule == rules::READ_VARIANT_ADDED {
            format!("{reads}, which may be of one more type in {candidate}: {engine}")
        } else if *rule == rules::READ_FORMAT_CHANGED {
            format!("{reads}, which means something else in {candidate}: {engine}")
        } else if *rule == rules::READ_TYPE_LOSSY && is_protobuf {
            format!("{reads}, which does not always come through from {candidate}: {engine}")
        } else if *rule == rules::READ_TYPE_LOSSY {
            format!("{reads}, which loses digits from {candidate}: {engine}")
        } else if *rule == rules::READ_FIELD_AMBIGUOUS {
            format!("{reads}, which could be two fields of {candidate}: {engine}")
        } else {
            format!("{reads}, which is of another type in {candidate}: {engine}")
        }
    }

    /// Who has to do what first: expand, move, contract.
    pub(super) fn help(&self, rule: &'static Rule, path: &str) -> String {
        let app = &self.requirement.application;
        let whom = self.requirement.owner.as_ref().unwrap_or(app);
        let what = if path.is_empty() {
            "the event".to_owned()
        } else {
            format!("`{path}`")
        };
        if *rule == rules::READ_FIELD_REMOVED {
            format!(
                "keep {what} beside whatever replaces it, let {whom} move to that, and remove it when {app} no longer reads it"
            )
        } else if *rule == rules::READ_FIELD_SILENT_DEFAULT {
            format!(
                "keep {what} until {app} no longer reads it; if {app} is content with the default, let {whom} say `onMissing: default`"
            )
        } else if *rule == rules::READ_FIELD_NULLABLE {
            format!("let {whom} take null first (`onMissing: null`), then send it")
        } else if *rule == rules::READ_ENUM_VALUE_ADDED {
            format!("let {whom} handle it first (`handles`, or `otherwise: ignore`), then send it")
        } else if *rule == rules::READ_VARIANT_ADDED {
            format!("let {whom} build against a schema that has the type first, then send it")
        } else if *rule == rules::READ_TYPE_LOSSY {
            format!("fine for measurements; for ids, counts and money let {whom} read the wider type first")
        } else if *rule == rules::READ_FIELD_AMBIGUOUS {
            "drop the alias from the reader, or give the new field another name".into()
        } else {
            format!(
                "send the new type in a field of its own beside {what}, let {whom} move to it, and remove {what} when {app} no longer reads it"
            )
        }
    }

    /// A symbol that is handled and that the candidate does not have; with `search` with what may have been meant.
    pub fn symbol_gone(
        &self,
        read: &Read,
        gone: &Placed<String>,
        symbols: &BTreeSet<&str>,
        [reader, writer]: [Label; 2],
        search: bool,
    ) -> ReadFinding {
        let near = search
            .then(|| fault::nearest(&gone.value, symbols.iter().copied()))
            .flatten();
        ReadFinding {
            finding: Finding {
                rule: &rules::READ_ENUM_VALUE_REMOVED,
                severity: Severity::Note,
                message: to_line!(
                    "{} handles `{}` of `{}`, which {} never has",
                    self.requirement.title(),
                    gone.value,
                    read.path,
                    self.candidate.source().name()
                ),
                reader,
                writer,
                help: match near {
                    Some(near) => to_line!("did you mean `{near}`? otherwise nothing breaks"),
                    None => "nothing breaks; drop it from `handles` unless it is expected to come".into(),
                },
                evidence: Evidence::None,
                also: Vec::new(),
                data_path: Line::new(&read.path),
                never_written: false,
                reader_path: read.path.clone(),
            },
            contract: self.requirement.label(gone.span, "handled here"),
            path: read.path.to_string(),
            standing: Standing::Compatible,
        }
    }

    /// A field that the consumer does not know, where it refuses such. The engine was asked the other way round: its
    /// reader is the candidate, its writer what the consumer was built against.
    pub fn unknown_field(&self, finding: Finding) -> ReadFinding {
        let path = finding.reader_path.to_string();
        let candidate = self.candidate.source().name();
        let whom = self.requirement.owner.as_ref().unwrap_or(&self.requirement.application);
        let mut reader = finding.writer;
        let mut writer = finding.reader;
        reader.note = to_line!("no `{path}` in here");
        writer.note = "the writer may send this".into();
        ReadFinding {
            finding: Finding {
                rule: &rules::UNKNOWN_FIELD_REJECTED,
                severity: Severity::Error,
                message: to_line!(
                    "{} refuses fields that it does not know, and {candidate} adds `{path}`",
                    self.requirement.title()
                ),
                reader,
                writer,
                help: to_line!(
                    "let {whom} say `unknownFields: ignore`, or build against a schema that has the field, first"
                ),
                evidence: Evidence::Omitted(
                    "the decoder skips the field; the contract says that the application does not".into(),
                ),
                also: Vec::new(),
                data_path: (&path).into(),
                never_written: false,
                reader_path: finding.reader_path,
            },
            contract: self.requirement.label(self.requirement.span, "refuses unknown fields"),
            path,
            standing: Standing::Incompatible,
        }
    }
}
