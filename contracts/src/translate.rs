//! From what the engine finds between a reader and a writer to what it means for a consumer: which entry of its
//! contract, which rule, and how bad it is.

use treaty_schemas::{Budget, DataPath, DataStep, Effect, Evidence, Finding, Outcome, Schema, Severity, to_line};

use crate::assessment::{ReadFinding, severity};
use crate::contract::{Otherwise, Read, fault};
use crate::requirement::{Need, Requirement};
use crate::rules::ContractRule;
use crate::standing::Standing;

mod places;
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

impl Place<'_> {
    /// Whether it is the very place that is read, or in it.
    fn is_read(&self) -> bool {
        matches!(self.position, Position::At | Position::Inside)
    }
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
    pub fn read_finding(&self, finding: Finding) -> Option<ReadFinding> {
        let place = self.place(&finding.reader_path);
        let standing = self.standing(&finding, &place)?;
        let rule = ContractRule::of(finding.effect);
        let path = self.spelt(&finding.reader_path, &place);
        let message = self.message(&path, &finding);
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
            && rule == ContractRule::ReadEnumValueAdded
        {
            let handled: Vec<&str> = handled.iter().map(|symbol| symbol.value.as_str()).collect();
            finding.reader.note = to_line!("handles {} of these", fault::list(&handled));
        }
        Some(ReadFinding {
            finding: Finding {
                rule: rule.rule(),
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

    /// Of what the whole event that the consumer was built against would suffer, that which concerns it too: payloads that
    /// its decoder refuses, and fields that displace one that it reads. The consumer decodes all of the event, however little
    /// of it it reads.
    pub fn of_whole_event(&self, mut finding: Finding, built: &Schema) -> Option<Finding> {
        let is_shown = matches!(finding.evidence, Evidence::Witness(_) | Evidence::AvroJava(_));
        if is_shown && finding.outcome == Outcome::Refused && finding.severity == Severity::Error {
            let place = self.place(&finding.reader_path);
            return (place.position == Position::Beside).then_some(finding);
        }
        match finding.effect {
            // The member that is read may be put aside by one that is not.
            Effect::CaseLost => {}
            Effect::Missing
            | Effect::ReadAsDefault
            | Effect::Null
            | Effect::LeftOut
            | Effect::UnknownSymbol
            | Effect::OtherBranch
            | Effect::OtherCase
            | Effect::OtherType
            | Effect::OtherMeaning
            | Effect::Narrowed
            | Effect::Lossy
            | Effect::Ambiguous
            | Effect::UnknownField
            | Effect::Presence
            | Effect::Name
            | Effect::JsonForm
            | Effect::Policy => return None,
        }
        let (_, above) = finding.reader_path.steps().split_last()?;
        let members = built.alternatives(&self.requirement.event, &finding.reader_path);
        self.budget.spend(members.len()).ok()?;
        let read = members.into_iter().find_map(|member| {
            let path = [above, &[DataStep::Field(member)]].concat();
            let path = DataPath::of(path);
            (self.place(&path).position != Position::Beside).then_some(path)
        })?;
        finding.reader_path = read;
        Some(finding)
    }

    /// How bad a finding is; `None` where the contract allows it, or nothing that is read is touched.
    fn standing(&self, finding: &Finding, place: &Place<'_>) -> Option<Standing> {
        let is_read = place.is_read();
        match finding.effect {
            // A consumer decodes binary data with the schema that it has: names and JSON are not its concern, nor what it does
            // not know. Whether a zero can be told from nothing is neither: who reads a field has to take both.
            Effect::UnknownField | Effect::Presence | Effect::Name | Effect::JsonForm | Effect::Policy => None,
            Effect::ReadAsDefault => self.missing(finding, place),
            Effect::UnknownSymbol => self.unknown_symbol(finding, place),
            // Nearly all values are as they were.
            Effect::Lossy | Effect::Narrowed => is_read.then_some(Standing::Compatible),
            Effect::Missing
            | Effect::Null
            | Effect::LeftOut
            | Effect::OtherBranch
            | Effect::OtherCase
            | Effect::CaseLost
            | Effect::OtherType
            | Effect::OtherMeaning
            | Effect::Ambiguous => match finding.severity {
                Severity::Error => Some(Standing::Incompatible),
                Severity::Warning | Severity::Note => is_read.then_some(Standing::Compatible),
            },
        }
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

    /// A symbol that the reader does not know: what its decoder gives then decides.
    fn unknown_symbol(&self, finding: &Finding, place: &Place<'_>) -> Option<Standing> {
        let ignores = place.read.is_some_and(|read| read.otherwise == Otherwise::Ignore);
        let is_tolerated = place.position == Position::Beside || (ignores && place.position != Position::Inside);
        match finding.outcome {
            Outcome::Same => None,
            Outcome::Refused => Some(Standing::Incompatible),
            // The reader's schema says what stands for other symbols.
            Outcome::DefaultTaken if place.is_read() => {
                self.defaulted(finding, ignores && place.position == Position::At)
            }
            Outcome::DefaultTaken => None,
            // The field looks unset.
            Outcome::Nothing => (!is_tolerated).then_some(Standing::Silent),
            // The application sees a symbol without a name.
            Outcome::OtherValue => (!is_tolerated).then_some(Standing::Incompatible),
        }
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
}
