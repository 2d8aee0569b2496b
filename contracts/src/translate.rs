//! From what the engine finds between a reader and a writer to what it means for a consumer: which entry of its
//! contract, which rule, and how bad it is.

use treaty_schemas::{Budget, DataPath, DataStep, Effect, Finding, Outcome, Schema, Severity, to_line};

use crate::assessment::{ReadFinding, severity};
use crate::contract::{Decode, OnLoss, OnMissing, Otherwise, Read, fault};
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

fn places<'a>(requirement: &Requirement, need: &Need, reads: &'a [Read]) -> Places<'a> {
    Places::new(reads, |read| need.schema.choice(&requirement.event, &read.path))
}

/// What a finding was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decodes {
    /// The schema that the consumer decodes whole events with.
    Whole,
    /// No more than what the contract says that it reads and handles.
    Reads,
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
            places: places(requirement, need, &need.reads),
        }
    }

    /// The same for some of the contract's entries alone.
    pub fn of(&self, reads: &'a [Read]) -> Translation<'a> {
        Translation {
            places: places(self.requirement, self.need, reads),
            ..*self
        }
    }

    /// The finding as the contract's; `None` where the contract allows it, or where nothing that is read is touched.
    pub fn read_finding(&self, finding: Finding, decodes: Decodes) -> Option<ReadFinding> {
        let place = self.place(&finding.reader_path);
        let standing = self.standing(&finding, &place)?;
        let rule = ContractRule::of(finding.effect);
        let path = self.spelt(&finding.reader_path, &place);
        let is_unread = place.position == Position::Beside;
        let message = match is_unread {
            true => self.message_of_unread(&path, &finding),
            false => self.message(&path, &finding),
        };
        let help = match is_unread {
            true => self.help_of_unread(),
            false => {
                let is_refused = match rule {
                    // No word of the contract makes a decoder take a type that its schema does not have.
                    ContractRule::ReadVariantAdded => !self.can_ignore(&finding, &place),
                    _ => decodes == Decodes::Whole && finding.outcome == Outcome::Refused,
                };
                let ignores = place.read.is_some_and(|read| read.otherwise == Otherwise::Ignore);
                self.help(rule, &path, is_refused, ignores)
            }
        };
        let severity = match standing {
            // An error always makes a consumer incompatible or silent.
            Standing::Compatible => finding.severity.min(Severity::Warning),
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
            Position::Beside => "reads only this, and decodes the whole event".to_owned(),
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

    /// How bad a finding is; `None` where the contract allows it, or nothing that is read is touched.
    fn standing(&self, finding: &Finding, place: &Place<'_>) -> Option<Standing> {
        if self.need.decode == Decode::Writer {
            return self.standing_as_written(finding, place);
        }
        // The decoder takes all of an event or none of it.
        if finding.outcome == Outcome::Refused && finding.severity == Severity::Error {
            return Some(Standing::Incompatible);
        }
        let is_read = place.is_read();
        match finding.effect {
            // A consumer decodes binary data with the schema that it has: names and JSON are not its concern, nor what it does
            // not know. Whether a zero can be told from nothing is neither: who reads a field has to take both.
            Effect::UnknownField | Effect::Presence | Effect::Name | Effect::JsonForm | Effect::Policy => None,
            Effect::ReadAsDefault => self.missing(finding, place),
            Effect::UnknownSymbol => self.unknown_symbol(finding, place),
            _ if self.accepts_loss(finding.effect, place) => None,
            // The last digits are rounded.
            Effect::Lossy => is_read.then_some(Standing::Compatible),
            Effect::OtherCase if self.places.ignores(finding.reader_path.steps()) => None,
            // A number comes out as another one; the same bytes mean something else. Where nobody reads it, nothing happens.
            Effect::Narrowed | Effect::OtherMeaning if !is_read && !is_held(finding, place) => None,
            Effect::Missing
            | Effect::Null
            | Effect::LeftOut
            | Effect::OtherBranch
            | Effect::OtherCase
            | Effect::CaseLost
            | Effect::OtherType
            | Effect::OtherMeaning
            | Effect::Narrowed
            | Effect::Ambiguous => match finding.severity {
                Severity::Error => Some(Standing::Incompatible),
                Severity::Warning | Severity::Note => is_read.then_some(Standing::Compatible),
            },
        }
    }

    /// The same where no schema of the consumer's decodes: the engine was asked for what is read and for nothing else, and knows
    /// what is ignored and where null is taken.
    fn standing_as_written(&self, finding: &Finding, place: &Place<'_>) -> Option<Standing> {
        let is_content = match finding.effect {
            // Nothing is put in its place: only the contract can say that the consumer does without.
            Effect::Missing => place.position != Position::Beside && self.does_without(finding, place),
            Effect::Lossy | Effect::Narrowed => self.accepts_loss(finding.effect, place),
            Effect::ReadAsDefault
            | Effect::Null
            | Effect::LeftOut
            | Effect::UnknownSymbol
            | Effect::OtherBranch
            | Effect::OtherCase
            | Effect::CaseLost
            | Effect::OtherType
            | Effect::OtherMeaning
            | Effect::Ambiguous
            | Effect::UnknownField
            | Effect::Presence
            | Effect::Name
            | Effect::JsonForm
            | Effect::Policy => false,
        };
        match finding.severity {
            _ if is_content => None,
            Severity::Error => Some(Standing::Incompatible),
            Severity::Warning | Severity::Note => Some(Standing::Compatible),
        }
    }

    /// Whether the contract could say `otherwise: ignore` of what may come instead.
    fn can_ignore(&self, finding: &Finding, place: &Place<'_>) -> bool {
        let is_decoded = finding.outcome != Outcome::Refused;
        let has_choice = || {
            let choice = |read: &Read| self.need.schema.choice(&self.requirement.event, &read.path);
            place.read.and_then(choice).is_some()
        };
        match finding.effect {
            Effect::OtherBranch => is_decoded,
            Effect::OtherCase => is_decoded && has_choice(),
            _ => false,
        }
    }

    /// Whether the contract can do with numbers that come out as others.
    fn accepts_loss(&self, effect: Effect, place: &Place<'_>) -> bool {
        let here = place.read.filter(|_| place.is_read());
        let is_accepted =
            self.need.on_loss == OnLoss::Accept || here.is_some_and(|read| read.on_loss == OnLoss::Accept);
        is_accepted && matches!(effect, Effect::Lossy | Effect::Narrowed)
    }

    /// Whether everything that is read of a missing field takes something else for it.
    fn does_without(&self, finding: &Finding, place: &Place<'_>) -> bool {
        match place.position {
            Position::Beside => true,
            // What is said of a place holds for all that is in it.
            Position::Inside => place.read.is_some_and(|read| read.on_missing != OnMissing::Fail),
            Position::At | Position::Above => self.places.is_tolerant(finding.reader_path.steps()),
        }
    }

    /// A field is read as its default: allowed where everything that is read of it says so, silent where not.
    fn missing(&self, finding: &Finding, place: &Place<'_>) -> Option<Standing> {
        self.defaulted(finding, self.does_without(finding, place))
    }

    /// A symbol that the reader does not know: what its decoder gives then decides.
    fn unknown_symbol(&self, finding: &Finding, place: &Place<'_>) -> Option<Standing> {
        let ignores = place.read.is_some_and(|read| {
            // What is said of a list or a map is said of what it holds.
            let is_value = place.position != Position::Inside || is_held_by(finding.reader_path.steps(), &read.path);
            read.otherwise == Otherwise::Ignore && is_value
        });
        let is_tolerated = place.position == Position::Beside || ignores;
        match finding.outcome {
            Outcome::Same => None,
            Outcome::Refused => Some(Standing::Incompatible),
            // The reader's schema says what stands for other symbols.
            Outcome::DefaultTaken if place.is_read() => self.defaulted(finding, ignores),
            Outcome::DefaultTaken => None,
            // The field looks unset.
            Outcome::Nothing => (!is_tolerated).then_some(Standing::Silent),
            // The application sees a symbol without a name.
            Outcome::OtherValue => (!is_tolerated).then_some(Standing::Incompatible),
        }
    }

    fn defaulted(&self, finding: &Finding, allowed: bool) -> Option<Standing> {
        let event = &self.requirement.event;
        if allowed || self.need.expects_default(event, &finding.reader_path, self.budget) {
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

/// Whether the steps lead to what this path leads to, or to an item or a branch of it.
/// Whether what is read is held by the place of a finding, and so is part of another thing now. A branch of a union holds nothing of
/// the others.
fn is_held(finding: &Finding, place: &Place<'_>) -> bool {
    let is_branch = matches!(finding.reader_path.steps().last(), Some(DataStep::Branch(_)));
    place.position == Position::Above && !is_branch
}

fn is_held_by(steps: &[DataStep], path: &DataPath) -> bool {
    let is_named = |step: &&DataStep| !matches!(step, DataStep::Branch(_));
    let count = path.steps().iter().filter(is_named).count();
    let mut beyond = steps.iter().filter(is_named).skip(count);
    beyond.all(|step| matches!(step, DataStep::Item | DataStep::Entry))
}
