//! From what the engine finds between a reader and a writer to what it means for a consumer: which entry of its
//! contract, which rule, and how bad it is.

use treaty_schemas::avro::rules as engine;
use treaty_schemas::avro::schema::{Kind, TypeId};
use treaty_schemas::{Budget, DataPath, DataStep, Finding, Rule, Schema, Severity, to_line};

use crate::assessment::{ReadFinding, severity};
use crate::avro;
use crate::contract::{Otherwise, Read, fault};
use crate::requirement::{Need, Requirement};
use crate::rules;
use crate::standing::Standing;

mod places;
mod protobuf;
mod words;

use places::{Places, Position};

/// One requirement against one candidate.
pub(crate) struct Translation<'a> {
    pub requirement: &'a Requirement,
    pub need: &'a Need,
    pub candidate: &'a Schema,
    pub budget: &'a Budget,
    places: Places<'a>,
}

/// The entry of the contract that a finding belongs to, and how the two lie to one another.
struct Place<'a> {
    read: Option<&'a Read>,
    position: Position,
}

impl<'a> Translation<'a> {
    /// Of a requirement that says what it needs.
    pub fn new(requirement: &'a Requirement, need: &'a Need, candidate: &'a Schema, budget: &'a Budget) -> Self {
        Translation {
            requirement,
            need,
            candidate,
            budget,
            places: Places::new(&need.reads),
        }
    }

    /// The finding as the contract's; `None` where the contract allows it, or where nothing that is read is touched.
    pub fn told(&self, finding: Finding) -> Option<ReadFinding> {
        let place = self.place(&finding.reader_path);
        let is_read = matches!(place.position, Position::At | Position::Inside);
        let is_protobuf = matches!(self.need.reader, Schema::Protobuf(_));
        let standing = if is_protobuf {
            self.protobuf_standing(&finding, &place)?
        } else if *finding.rule == engine::FIELD_READ_AS_DEFAULT {
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
        let rule = match is_protobuf {
            true => self.protobuf_rule(&finding),
            false => self.rule(&finding),
        };
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
            finding.reader.note = to_line!("handles {} of these", fault::list(&handled));
        }
        Some(ReadFinding {
            finding: Finding {
                rule,
                severity,
                message: message.into(),
                help: help.into(),
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
            Position::At | Position::Above => self.places.is_tolerant(finding.reader_path.steps()),
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

    /// The entry that the finding belongs to.
    fn place(&self, path: &DataPath) -> Place<'a> {
        match self.places.find(path.steps()) {
            Some((read, position)) => Place {
                read: Some(read),
                position,
            },
            // Everything is read.
            None => Place {
                read: None,
                position: Position::Inside,
            },
        }
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
        let Schema::Avro(writer) = self.candidate else {
            return &rules::READ_TYPE_CHANGED;
        };
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
}
