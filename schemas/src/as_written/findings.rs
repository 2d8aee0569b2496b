//! From what the walk meets to findings: each with its places, its sentences and an event that shows it.

use std::rc::Rc;

use super::places::{PlaceId, Places, data_path, reader_path};
use super::shape::{Event, Kind, Meaning, NodeId, Seed, Shaped, Spot, Step};
use crate::budget::{Budget, Exhausted};
use crate::data_path::DataPath;
use crate::effect::{Effect, Outcome};
use crate::finding::{Evidence, Finding, Label, Observed, Severity};
use crate::text::shown::Line;
use crate::to_line;
use crate::verdict::Comparison;

/// All events of one comparison together have no more bytes than this; the findings beyond it go without.
const BYTES: usize = 4 * 1024 * 1024;

/// What a finding costs beside its event and the ways to it, in steps.
const FINDING: usize = 64;

/// Symbols that are named in a message.
const LISTED: usize = 5;

const LARGE: &str = "the smallest payload that shows it is too large or too deep to be shown";
const SPENT: &str = "the findings before this one already carry as many events as are made for one comparison";

/// What the walk has met.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// The types differ.
    Type,
    /// The keys of the maps differ.
    Key,
    /// The writer's record does not have this field of the application's.
    Field(u32),
    /// The writer may send null.
    Null,
    /// The writer may send one more type.
    Branch,
    /// The writer may send these symbols.
    Symbols(Rc<[u32]>),
    /// This field and one before it, which the application's oneof keeps apart, may be set together.
    Apart(u32, u32),
    /// This field and one before it, which the application sees together, are in one oneof of the writer.
    Joined(u32, u32),
}

/// The way to a record, and the smallest event that has one there, unless it is too large to be shown.
type Smallest = (Vec<(NodeId, Step)>, Option<Event>);

/// Makes the findings of one comparison.
pub(super) struct Builder<'w, 's> {
    pinned: &'w (dyn Shaped<'s> + 's),
    writer: &'w (dyn Shaped<'s> + 's),
    budget: &'w Budget,
    spent: usize,
    /// The smallest event that has this record: fields that are missing side by side share it.
    smallest: Option<Smallest>,
}

impl<'w, 's> Builder<'w, 's> {
    pub fn new(pinned: &'w (dyn Shaped<'s> + 's), writer: &'w (dyn Shaped<'s> + 's), budget: &'w Budget) -> Self {
        Builder {
            pinned,
            writer,
            budget,
            spent: 0,
            smallest: None,
        }
    }

    /// What was met at a place, as a finding.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn finding(
        &mut self,
        places: &Places,
        place: PlaceId,
        effect: Effect,
        found: Found,
        seed: &Seed,
    ) -> Result<Finding, Exhausted> {
        let hop = places.get(place);
        self.budget.spend(FINDING + hop.depth)?;
        let (pinned_trail, writer_trail) = (places.pinned_trail(place), places.writer_trail(place));
        let shape = self.pinned.shape();
        let last = match (&found, &shape.node(hop.pinned).kind) {
            (Found::Field(index) | Found::Apart(index, _) | Found::Joined(index, _), Kind::Record(record)) => {
                Some(&*record.fields[*index as usize].name)
            }
            _ => None,
        };
        let path = reader_path(shape, &pinned_trail, last);
        let words = self.words(&found, effect, hop.pinned, hop.writer);
        let event = self.event(&writer_trail, hop.writer, seed)?;
        let evidence = match event {
            Err(why) => Evidence::Omitted(why.into()),
            Ok(event) => {
                let seen = self.seen(&found, effect, &path, &event, hop.pinned);
                Evidence::witness(event.json, event.bytes, Observed::Changed(seen))
            }
        };
        let (pinned_spot, writer_spot) = match &found {
            Found::Field(index) | Found::Apart(index, _) | Found::Joined(index, _) => {
                (Spot::Field(*index), Spot::Fields)
            }
            Found::Symbols(symbols) => (Spot::Whole, symbols.first().map_or(Spot::Whole, |at| Spot::Symbol(*at))),
            Found::Type | Found::Key | Found::Null | Found::Branch => (Spot::Whole, Spot::Whole),
        };
        Ok(Finding {
            rule: self.writer.rule(effect),
            effect,
            outcome: match effect {
                Effect::Missing => Outcome::Nothing,
                _ => Outcome::OtherValue,
            },
            severity: match effect {
                Effect::Lossy => Severity::Warning,
                _ => Severity::Error,
            },
            message: words.message,
            reader: self.pinned.label(&pinned_trail, hop.pinned, pinned_spot, words.pinned),
            writer: self.writer.label(&writer_trail, hop.writer, writer_spot, words.writer),
            help: words.help.into(),
            evidence,
            also: Vec::new(),
            data_path: data_path(self.writer.shape(), &writer_trail),
            never_written: matches!(found, Found::Field(_)),
            reader_path: path,
        })
    }

    /// A smallest event that has this at the place; or why none is shown.
    fn event(
        &mut self,
        trail: &[(NodeId, Step)],
        node: NodeId,
        seed: &Seed,
    ) -> Result<Result<Event, &'static str>, Exhausted> {
        if self.spent > BYTES {
            return Ok(Err(SPENT));
        }
        let is_smallest = matches!(seed, Seed::Fields(fields) if fields.is_empty());
        let known = self
            .smallest
            .as_ref()
            .filter(|(known, _)| is_smallest && known == trail);
        let event = match known {
            Some((_, event)) => event.clone(),
            None => self.writer.event(trail, node, seed, self.budget)?,
        };
        if is_smallest {
            self.smallest = Some((trail.to_vec(), event.clone()));
        }
        let bytes = event.as_ref().map_or(0, |event| event.json.len() + event.bytes.len());
        self.spent += 64 + bytes;
        self.budget.spend(bytes / 16)?;
        Ok(event.ok_or(LARGE))
    }

    /// What the application sees at the place.
    fn seen(&self, found: &Found, effect: Effect, path: &DataPath, event: &Event, pinned: NodeId) -> Line {
        let place = match path.steps().is_empty() {
            true => "the event".to_owned(),
            false => format!("`{path}`"),
        };
        let value = &event.value;
        match (found, effect) {
            (Found::Field(_), _) => to_line!("{place} is not there"),
            (Found::Null, _) => to_line!("{place} is null"),
            (Found::Symbols(_), _) => to_line!("{place} is `{value}`"),
            (Found::Apart(_, other), _) => to_line!("{place} and `{}` are both set", self.field(pinned, *other)),
            (Found::Joined(_, other), _) => to_line!("{place} is not set where `{}` is", self.field(pinned, *other)),
            (Found::Key, _) => to_line!("{place} has the key {value}"),
            (Found::Type, Effect::Narrowed) => {
                to_line!("{place} is {value}, which does not fit {}", self.pinned.words(pinned))
            }
            (Found::Type, Effect::Lossy) => {
                to_line!(
                    "{place} is {value}, which {} cannot hold exactly",
                    self.pinned.words(pinned)
                )
            }
            (Found::Type | Found::Branch, _) => to_line!("{place} is {value}"),
        }
    }

    /// The name of a field of the application's.
    fn field(&self, record: NodeId, index: u32) -> &str {
        match &self.pinned.shape().node(record).kind {
            Kind::Record(record) => &record.fields[index as usize].name,
            _ => "",
        }
    }

    fn words(&self, found: &Found, effect: Effect, pinned: NodeId, writer: NodeId) -> Words {
        let (expected, sent) = (self.pinned.words(pinned), self.writer.words(writer));
        match found {
            Found::Type => {
                let (known, written) = (self.pinned.shape().node(pinned), self.writer.shape().node(writer));
                let message = match (effect, known.meaning, written.meaning) {
                    (
                        Effect::OtherMeaning,
                        Some(Meaning::Decimal { scale: expected }),
                        Some(Meaning::Decimal { scale: sent }),
                    ) => to_line!(
                        "the writer sends decimals with {sent} digits after the point, the application expects {expected}"
                    ),
                    _ => to_line!("the writer sends {sent}, the application expects {expected}"),
                };
                Words {
                    message,
                    pinned: to_line!("expects {expected}"),
                    writer: to_line!("sends {sent}"),
                    help: "send the new type in a field of its own, and remove the old one when nobody reads it",
                }
            }
            Found::Key => Words {
                message: to_line!("the writer sends {sent}, the application expects {expected}: the keys differ"),
                pinned: to_line!("expects {expected}"),
                writer: to_line!("sends {sent}"),
                help: "send the new type in a field of its own, and remove the old one when nobody reads it",
            },
            Found::Field(index) => {
                let name = self.field(pinned, *index);
                Words {
                    message: to_line!("the writer's schema has no field `{name}`"),
                    pinned: to_line!("`{name}` is expected"),
                    writer: to_line!("no `{name}` in here"),
                    help: "keep the field until no application reads it; aliases and defaults do not help who decodes with the writer's schema",
                }
            }
            Found::Null => Words {
                message: to_line!("the writer may send null, the application expects {expected}"),
                pinned: to_line!("expects {expected}"),
                writer: "sends null".into(),
                help: "let the application take null first, then send it",
            },
            Found::Branch => Words {
                message: to_line!("the writer may send {sent}, the application expects {expected}"),
                pinned: to_line!("expects {expected}"),
                writer: to_line!("sends {sent}"),
                help: "let the application take the type first, then send it",
            },
            Found::Symbols(symbols) => {
                let list = match &self.writer.shape().node(writer).kind {
                    Kind::Enum(of) => listed(symbols, &of.symbols),
                    _ => Line::default(),
                };
                Words {
                    message: to_line!("the application does not handle {list}"),
                    pinned: to_line!("expects {expected}"),
                    writer: "the writer may send this".into(),
                    help: "let the application handle the symbol first, then send it",
                }
            }
            Found::Apart(index, other) => {
                let (name, other) = (self.field(pinned, *index), self.field(pinned, *other));
                Words {
                    message: to_line!(
                        "the writer may set `{other}` and `{name}` together, and the application expects one of them"
                    ),
                    pinned: to_line!("`{name}` and `{other}` are in one oneof"),
                    writer: to_line!("`{name}` and `{other}` are not"),
                    help: "keep the fields in their oneof",
                }
            }
            Found::Joined(index, other) => {
                let (name, other) = (self.field(pinned, *index), self.field(pinned, *other));
                Words {
                    message: to_line!(
                        "the writer never sets `{other}` and `{name}` together, and the application reads both"
                    ),
                    pinned: to_line!("`{name}` and `{other}` are not in one oneof"),
                    writer: to_line!("`{name}` and `{other}` are"),
                    help: "keep the fields out of the oneof",
                }
            }
        }
    }
}

struct Words {
    message: Line,
    pinned: Line,
    writer: Line,
    help: &'static str,
}

/// Symbols, a few of them by name.
fn listed(indexes: &[u32], symbols: &[&str]) -> Line {
    let named = indexes.iter().take(LISTED);
    let named: Vec<String> = named
        .map(|index| to_line!("`{}`", symbols[*index as usize]).to_string())
        .collect();
    match indexes.len().checked_sub(LISTED) {
        None | Some(0) => to_line!("{}", named.join(", ")),
        Some(more) => to_line!("{} and {more} more", named.join(", ")),
    }
}

/// The writer's schema has no message for the event.
pub(super) fn no_event<'s>(pinned: &(dyn Shaped<'s> + 's), writer: Label) -> Comparison {
    let root = pinned.shape().root;
    let name = pinned.shape().node(root).name;
    let finding = Finding {
        rule: pinned.rule(Effect::Policy),
        effect: Effect::Missing,
        outcome: Outcome::Nothing,
        severity: Severity::Error,
        message: to_line!("the writer's schema has no message `{name}`"),
        reader: pinned.label(&[], root, Spot::Whole, "expects this message".into()),
        writer: Label {
            note: to_line!("no `{name}` in here"),
            ..writer
        },
        help: "keep the message until no application reads it".into(),
        evidence: Evidence::Omitted("the writer's schema has no message of which an event could be shown".into()),
        also: Vec::new(),
        data_path: Line::default(),
        never_written: true,
        reader_path: DataPath::whole(),
    };
    Comparison {
        findings: vec![finding],
        ..Comparison::default()
    }
}
