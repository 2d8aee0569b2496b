//! What a finding says: who reads what, and who has to do what first.

use treaty_schemas::reads::Unread;
use treaty_schemas::text::likeness::nearest;
use treaty_schemas::{Effect, EnumPair, Evidence, Finding, Label, Line, Severity, to_line};

use super::Translation;
use crate::assessment::ReadFinding;
use crate::contract::{Decode, Placed, Read};
use crate::rules::ContractRule;
use crate::standing::Standing;

impl Translation<'_> {
    pub(super) fn message(&self, path: &str, finding: &Finding) -> String {
        let who = self.requirement.title();
        let candidate = self.candidate.source().name();
        let reads = match path {
            "" => format!("{who} receives `{}`", self.requirement.event),
            path => format!("{who} reads `{path}`"),
        };
        let engine = &finding.message;
        match finding.effect {
            Effect::Missing => format!("{reads}, which {candidate} does not have"),
            Effect::ReadAsDefault => {
                format!("{reads}, which {candidate} does not have: it would take the default for data")
            }
            Effect::Null => format!("{reads}, which may be null in {candidate}"),
            Effect::LeftOut => format!("{reads}, which may be left out in {candidate}"),
            Effect::UnknownSymbol => {
                format!("{reads}, which may be a symbol in {candidate} that it does not handle: {engine}")
            }
            Effect::OtherCase | Effect::CaseLost => {
                format!("{reads}, which another field may stand in for in {candidate}: {engine}")
            }
            Effect::OtherBranch => format!("{reads}, which may be of one more type in {candidate}: {engine}"),
            Effect::OtherMeaning => format!("{reads}, which means something else in {candidate}: {engine}"),
            Effect::Narrowed => format!("{reads}, which does not always come through from {candidate}: {engine}"),
            Effect::Lossy => format!("{reads}, which loses digits from {candidate}: {engine}"),
            Effect::Ambiguous => format!("{reads}, which could be two fields of {candidate}: {engine}"),
            Effect::OtherType
            | Effect::UnknownField
            | Effect::Presence
            | Effect::Name
            | Effect::JsonForm
            | Effect::Policy => format!("{reads}, which is of another type in {candidate}: {engine}"),
        }
    }

    /// The event is refused for what is not read of it.
    pub(super) fn message_of_unread(&self, path: &str, finding: &Finding) -> String {
        let who = self.requirement.title();
        let place = match path {
            "" => "all of the event".to_owned(),
            path => format!("`{path}`"),
        };
        format!(
            "{who} does not read {place}, but its decoder does, and refuses events of {}: {}",
            self.candidate.source().name(),
            finding.message
        )
    }

    /// What can be done about it.
    pub(super) fn help_of_unread(&self) -> String {
        let app = &self.requirement.application;
        let whom = self.requirement.owner.as_ref().unwrap_or(app);
        let or = match self.need.decode {
            Decode::Pinned => {
                format!("; if {app} decodes with no more than what it reads, let {whom} say `decode: projected`")
            }
            Decode::Reader => "; or leave out of the `reader` schema what is not read".to_owned(),
            Decode::Projected | Decode::Writer => String::new(),
        };
        format!("let {whom} build against a schema that can decode such events first{or}")
    }

    /// Who has to do what first: expand, move, contract. `is_refused` says that the decoder takes nothing of the event, whatever the
    /// contract says; `ignores`, that the contract says `otherwise: ignore`.
    pub(super) fn help(&self, rule: ContractRule, path: &str, is_refused: bool, ignores: bool) -> String {
        let app = &self.requirement.application;
        let whom = self.requirement.owner.as_ref().unwrap_or(app);
        let what = if path.is_empty() {
            "the event".to_owned()
        } else {
            format!("`{path}`")
        };
        match rule {
            // What the contract says of a value counts only where the event is decoded.
            ContractRule::ReadFieldNullable if is_refused => {
                format!("let {whom} build against a schema in which {what} may be null first, then send it")
            }
            ContractRule::ReadEnumValueAdded if is_refused => {
                format!(
                    "let {whom} build against a schema that knows it, or whose enum has a default, first; then send it"
                )
            }
            ContractRule::ReadFieldRemoved if self.need.decode == Decode::Writer => format!(
                "keep {what} beside whatever replaces it until {app} no longer reads it: who decodes with the writer's schema has no default and no alias; if {app} can do without it, let {whom} say `onMissing: null`"
            ),
            ContractRule::ReadFieldRemoved => format!(
                "keep {what} beside whatever replaces it, let {whom} move to that, and remove it when {app} no longer reads it"
            ),
            ContractRule::ReadFieldSilentDefault => format!(
                "keep {what} until {app} no longer reads it; if {app} is content with the default, let {whom} say `onMissing: default`"
            ),
            ContractRule::ReadFieldNullable => {
                format!("let {whom} take null first (`onMissing: null`), then send it")
            }
            ContractRule::ReadEnumValueAdded => {
                format!("let {whom} handle it first (`handles`, or `otherwise: ignore`), then send it")
            }
            ContractRule::ReadEnumValueRemoved => {
                "nothing breaks; drop it from `handles` unless it is expected to come".into()
            }
            ContractRule::ReadVariantAdded if is_refused => {
                let vain = match ignores {
                    true => "; `otherwise: ignore` speaks of events that were decoded, as with `decode: writer`",
                    false => "",
                };
                format!("let {whom} build against a schema that has the type first, then send it{vain}")
            }
            ContractRule::ReadVariantAdded => format!(
                "let {whom} handle it first, and build against a schema that has it, then send it; if {app} passes over what it does not know, let {whom} say `otherwise: ignore`"
            ),
            ContractRule::ReadTypeLossy => {
                format!(
                    "for ids, counts and money let {whom} read the wider type first; if {app} can do with the other number, let {whom} say `onLoss: accept`"
                )
            }
            ContractRule::ReadFieldAmbiguous => {
                "drop the alias from the reader, or give the new field another name".into()
            }
            ContractRule::UnknownFieldRejected => {
                format!("let {whom} say `unknownFields: ignore`, or build against a schema that has the field, first")
            }
            ContractRule::ReadTypeChanged | ContractRule::ReadFormatChanged => format!(
                "send the new type in a field of its own beside {what}, let {whom} move to it, and remove {what} when {app} no longer reads it"
            ),
        }
    }

    /// A symbol that is handled and that the candidate's enum does not have; with `search` with what may have been meant.
    pub fn symbol_gone(
        &self,
        read: &Read,
        gone: &Placed<String>,
        enums: &EnumPair<'_, '_>,
        search: bool,
    ) -> ReadFinding {
        let near = search
            .then(|| nearest(&gone.value, enums.sent.iter().copied()))
            .flatten();
        let rule = ContractRule::ReadEnumValueRemoved;
        ReadFinding {
            finding: Finding {
                rule: rule.rule(),
                effect: rule.rule().effect,
                outcome: rule.rule().outcome,
                severity: Severity::Note,
                message: to_line!(
                    "{} handles `{}` of `{}`, which {} never has",
                    self.requirement.title(),
                    gone.value,
                    read.path,
                    self.candidate.source().name()
                ),
                reader: Label {
                    note: "what it was built against".into(),
                    ..enums.reader.clone()
                },
                writer: Label {
                    note: to_line!("no `{}` in here", gone.value),
                    ..enums.writer.clone()
                },
                help: match near {
                    Some(near) => to_line!("did you mean `{near}`? otherwise nothing breaks"),
                    None => self.help(rule, "", false, false).into(),
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

    /// A field that the consumer does not know, where it refuses such.
    pub fn unknown_field(&self, unread: Unread) -> ReadFinding {
        let path = unread.path.to_string();
        let candidate = self.candidate.source().name();
        let rule = ContractRule::UnknownFieldRejected;
        let (mut reader, mut writer) = (unread.reader, unread.writer);
        reader.note = to_line!("no `{path}` in here");
        writer.note = "the writer may send this".into();
        ReadFinding {
            finding: Finding {
                rule: rule.rule(),
                effect: rule.rule().effect,
                outcome: rule.rule().outcome,
                severity: Severity::Error,
                message: to_line!(
                    "{} refuses fields that it does not know, and {candidate} adds `{path}`",
                    self.requirement.title()
                ),
                reader,
                writer,
                help: self.help(rule, &path, false, false).into(),
                evidence: Evidence::Omitted(
                    "the decoder skips the field; the contract says that the application does not".into(),
                ),
                also: Vec::new(),
                data_path: (&path).into(),
                never_written: false,
                reader_path: unread.path,
            },
            contract: self.requirement.label(self.requirement.span, "refuses unknown fields"),
            path,
            standing: Standing::Incompatible,
        }
    }
}
