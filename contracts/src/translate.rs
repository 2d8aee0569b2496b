//! From what the engine finds between a reader and a writer to what it means for a consumer: which entry of its
//! contract, which rule, and who has to do what first.

use std::collections::BTreeSet;

use treaty_schemas::avro::rules as engine;
use treaty_schemas::avro::schema::{Kind, TypeId};
use treaty_schemas::{DataPath, DataStep, Evidence, Finding, Label, Rule, Schema, Severity};

use crate::assessment::{ReadFinding, severity};
use crate::avro;
use crate::contract::{OnMissing, Otherwise, Placed, Read, fault};
use crate::requirement::{Need, Requirement};
use crate::rules;
use crate::standing::Standing;

/// One requirement against one candidate.
pub(crate) struct Translation<'a> {
    pub requirement: &'a Requirement,
    pub need: &'a Need,
    pub candidate: &'a Schema,
}

/// The entry of the contract that a finding belongs to, and how the two lie to one another.
struct Place<'a> {
    read: Option<&'a Read>,
    position: Position,
}

/// Where a finding lies, seen from what is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// At the very field that is read.
    At,
    /// In something that is read whole.
    Inside,
    /// On the way to a field that is read.
    Above,
    /// In something that is not read, but that has to be taken to get to what is read.
    Beside,
}

impl Translation<'_> {
    /// The finding as the contract's; `None` where the contract allows it, or where nothing that is read is touched.
    pub fn told(&self, finding: Finding) -> Option<ReadFinding> {
        let place = self.place(&finding.reader_path);
        let is_read = matches!(place.position, Position::At | Position::Inside);
        let standing = if *finding.rule == engine::FIELD_READ_AS_DEFAULT {
            self.missing(&finding, &place)?
        } else if *finding.rule == engine::SYMBOL_READ_AS_DEFAULT {
            self.other_symbol(&finding, &place).filter(|_| is_read)?
        } else if finding.severity == Severity::Error {
            Standing::Incompatible
        } else if is_read {
            Standing::Compatible
        } else {
            return None;
        };
        let rule = self.rule(&finding);
        let path = self.spelt(&finding.reader_path, &place);
        let message = self.message(rule, &path, &finding);
        let help = self.help(rule, &path);
        let severity = match standing {
            Standing::Compatible => finding.severity,
            worse => severity(worse),
        };
        let (span, entry) = match place.read {
            Some(read) => (read.span, read.path.to_string()),
            None => (self.need.whole, String::new()),
        };
        let note = match place.position {
            Position::At | Position::Inside if entry.is_empty() => "reads the whole event".to_owned(),
            Position::At | Position::Inside => format!("reads `{entry}`"),
            Position::Above if path.is_empty() => "reads this of the event".to_owned(),
            Position::Above => format!("reads `{entry}` through `{path}`"),
            Position::Beside => "reads this of the same event".to_owned(),
        };
        let mut finding = finding;
        if let Some(Read {
            handles: Some(handled), ..
        }) = place.read
            && *rule == rules::READ_ENUM_VALUE_ADDED
        {
            let handled: Vec<&str> = handled.iter().map(|symbol| symbol.value.as_str()).collect();
            finding.reader.note = format!("handles {} of these", fault::list(&handled));
        }
        Some(ReadFinding {
            finding: Finding {
                rule,
                severity,
                message,
                help,
                ..finding
            },
            contract: self.requirement.label(span, note),
            path,
            standing,
        })
    }

    /// A field is read as its default: allowed where everything that is read of it says so, silent where not.
    fn missing(&self, finding: &Finding, place: &Place<'_>) -> Option<Standing> {
        let allowed = match place.position {
            Position::Beside => true,
            Position::Inside => false,
            Position::At | Position::Above => {
                let steps = finding.reader_path.steps();
                let of_it = |read: &&Read| matches!(relate(read.path.steps(), steps).1, Position::At | Position::Above);
                let mut reads = self.need.reads.iter().filter(of_it);
                reads.all(|read| read.on_missing != OnMissing::Fail)
            }
        };
        self.defaulted(finding, allowed)
    }

    /// A symbol is read as the enum's default, likewise.
    fn other_symbol(&self, finding: &Finding, place: &Place<'_>) -> Option<Standing> {
        let allowed =
            place.position == Position::At && place.read.is_some_and(|read| read.otherwise == Otherwise::Ignore);
        self.defaulted(finding, allowed)
    }

    fn defaulted(&self, finding: &Finding, allowed: bool) -> Option<Standing> {
        if allowed || self.need.expected_defaults.contains(&finding.reader_path) {
            return None;
        }
        // Without the schema that it was built against nobody knows whether the reader ever saw data here.
        Some(match self.need.built {
            Some(_) => Standing::Silent,
            None => Standing::Compatible,
        })
    }

    /// The entry that the finding belongs to: the nearest one above it, else the first below, else the most alike.
    fn place(&self, path: &DataPath) -> Place<'_> {
        let whole = Place {
            read: None,
            position: Position::Inside,
        };
        let candidates = self.need.reads.iter().map(|read| {
            let (shared, position) = relate(read.path.steps(), path.steps());
            let rank = match position {
                Position::At => 3,
                Position::Inside => 2,
                Position::Above => 1,
                Position::Beside => 0,
            };
            (rank, shared, read, position)
        });
        candidates
            .reduce(|best, next| {
                if (next.0, next.1) > (best.0, best.1) {
                    next
                } else {
                    best
                }
            })
            .map_or(whole, |(_, _, read, position)| Place {
                read: Some(read),
                position,
            })
    }

    /// The path as the contract spells it where the finding is at an entry, else as the engine does.
    fn spelt(&self, path: &DataPath, place: &Place<'_>) -> String {
        match place.read {
            Some(read) if place.position == Position::At => read.path.to_string(),
            _ => path.to_string(),
        }
    }

    fn rule(&self, finding: &Finding) -> &'static Rule {
        let rule = finding.rule;
        let is = |candidates: &[&Rule]| candidates.iter().any(|candidate| **candidate == *rule);
        if is(&[&engine::FIELD_WITHOUT_DEFAULT]) {
            &rules::READ_FIELD_REMOVED
        } else if is(&[&engine::FIELD_READ_AS_DEFAULT]) {
            &rules::READ_FIELD_SILENT_DEFAULT
        } else if is(&[&engine::SYMBOL_UNKNOWN, &engine::SYMBOL_READ_AS_DEFAULT]) {
            &rules::READ_ENUM_VALUE_ADDED
        } else if is(&[&engine::AMBIGUOUS_ALIAS]) {
            &rules::READ_FIELD_AMBIGUOUS
        } else if is(&[&engine::DECIMAL_CHANGED, &engine::LOGICAL_TYPE_CHANGED]) {
            &rules::READ_FORMAT_CHANGED
        } else if is(&[&engine::LOSSY_PROMOTION]) {
            &rules::READ_TYPE_LOSSY
        } else if is(&[&engine::TYPE_MISMATCH, &engine::UNION_BRANCH_MISSING]) {
            self.branch_rule(&finding.data_path)
        } else {
            &rules::READ_TYPE_CHANGED
        }
    }

    /// What the writer may send now: null, one more type beside others, or simply another type.
    fn branch_rule(&self, data_path: &str) -> &'static Rule {
        let Schema::Avro(writer) = self.candidate;
        let is_null = |id: TypeId| matches!(writer.get(id).kind, Kind::Null);
        let Ok(path) = DataPath::parse(data_path) else {
            // The whole event, or deeper than any contract reads.
            return if is_null(writer.root()) {
                &rules::READ_FIELD_NULLABLE
            } else {
                &rules::READ_TYPE_CHANGED
            };
        };
        let Some((DataStep::Branch(name), above)) = path.steps().split_last() else {
            let ends = avro::types_at(writer, path.steps());
            return if ends.into_iter().all(is_null) {
                &rules::READ_FIELD_NULLABLE
            } else {
                &rules::READ_TYPE_CHANGED
            };
        };
        if &**name == "null" {
            return &rules::READ_FIELD_NULLABLE;
        }
        let others = avro::types_at(writer, above)
            .into_iter()
            .flat_map(|id| avro::with_branches(writer, id))
            .filter(|id| !is_null(*id))
            .count();
        if others > 1 {
            &rules::READ_VARIANT_ADDED
        } else {
            &rules::READ_TYPE_CHANGED
        }
    }

    fn message(&self, rule: &'static Rule, path: &str, finding: &Finding) -> String {
        let who = self.requirement.title();
        let candidate = self.candidate.source().name();
        let reads = match path {
            "" => format!("{who} receives `{}`", self.requirement.event),
            path => format!("{who} reads `{path}`"),
        };
        let engine = &finding.message;
        if *rule == rules::READ_FIELD_REMOVED {
            format!("{reads}, which {candidate} does not have")
        } else if *rule == rules::READ_FIELD_SILENT_DEFAULT {
            format!("{reads}, which {candidate} does not have: it would take the default for data")
        } else if *rule == rules::READ_FIELD_NULLABLE {
            format!("{reads}, which may be null in {candidate}")
        } else if *rule == rules::READ_ENUM_VALUE_ADDED {
            format!("{reads}, which may be a symbol in {candidate} that it does not handle: {engine}")
        } else if *rule == rules::READ_VARIANT_ADDED {
            format!("{reads}, which may be of one more type in {candidate}: {engine}")
        } else if *rule == rules::READ_FORMAT_CHANGED {
            format!("{reads}, which means something else in {candidate}: {engine}")
        } else if *rule == rules::READ_TYPE_LOSSY {
            format!("{reads}, which loses digits from {candidate}: {engine}")
        } else if *rule == rules::READ_FIELD_AMBIGUOUS {
            format!("{reads}, which could be two fields of {candidate}: {engine}")
        } else {
            format!("{reads}, which is of another type in {candidate}: {engine}")
        }
    }

    /// Who has to do what first: expand, move, contract.
    fn help(&self, rule: &'static Rule, path: &str) -> String {
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

    /// A symbol that is handled and that the candidate does not have.
    pub fn symbol_gone(
        &self,
        read: &Read,
        gone: &Placed<String>,
        symbols: &BTreeSet<&str>,
        [reader, writer]: [Label; 2],
    ) -> ReadFinding {
        let near = fault::nearest(&gone.value, symbols.iter().copied());
        ReadFinding {
            finding: Finding {
                rule: &rules::READ_ENUM_VALUE_REMOVED,
                severity: Severity::Note,
                message: format!(
                    "{} handles `{}` of `{}`, which {} never has",
                    self.requirement.title(),
                    gone.value,
                    read.path,
                    self.candidate.source().name()
                ),
                reader,
                writer,
                help: match near {
                    Some(near) => format!("did you mean `{near}`? otherwise nothing breaks"),
                    None => "nothing breaks; drop it from `handles` unless it is expected to come".into(),
                },
                evidence: Evidence::None,
                data_path: read.path.to_string(),
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
        reader.note = format!("no `{path}` in here");
        writer.note = "the writer may send this".into();
        ReadFinding {
            finding: Finding {
                rule: &rules::UNKNOWN_FIELD_REJECTED,
                severity: Severity::Error,
                message: format!(
                    "{} refuses fields that it does not know, and {candidate} adds `{path}`",
                    self.requirement.title()
                ),
                reader,
                writer,
                help: format!(
                    "let {whom} say `unknownFields: ignore`, or build against a schema that has the field, first"
                ),
                evidence: Evidence::Omitted(
                    "the decoder skips the field; the contract says that the application does not".into(),
                ),
                data_path: path.clone(),
                reader_path: finding.reader_path,
            },
            contract: self.requirement.label(self.requirement.span, "refuses unknown fields"),
            path,
            standing: Standing::Incompatible,
        }
    }
}

/// How many steps two paths share, and how a finding's lies to an entry's. A branch of a union counts only where both
/// name one: contracts may leave it out.
fn relate(entry: &[DataStep], finding: &[DataStep]) -> (usize, Position) {
    let (mut at, mut other, mut shared) = (0, 0, 0);
    loop {
        let position = match (entry.get(at), finding.get(other)) {
            (Some(DataStep::Branch(a)), Some(DataStep::Branch(b))) => {
                if a != b && b.rsplit('.').next() != Some(&**a) {
                    return (shared, Position::Beside);
                }
                (at, other) = (at + 1, other + 1);
                continue;
            }
            (_, Some(DataStep::Branch(_))) => {
                other += 1;
                continue;
            }
            (Some(DataStep::Branch(_)), Some(_)) => {
                at += 1;
                continue;
            }
            (Some(a), Some(b)) if a == b => {
                (at, other, shared) = (at + 1, other + 1, shared + 1);
                continue;
            }
            (None, None) => Position::At,
            (None, Some(_)) => Position::Inside,
            (Some(_), None) => Position::Above,
            (Some(_), Some(_)) => Position::Beside,
        };
        return (shared, position);
    }
}
