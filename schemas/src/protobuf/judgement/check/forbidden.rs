//! What Confluent's registry forbids though no data is affected, as findings: without them its refusal would have no place.

use rustc_hash::{FxHashMap, FxHashSet};

use super::confluent::About;
use super::field_view::Container;
use super::label::{at_message, label};
use super::paths::Paths;
use super::walk::Found;
use super::{at_file, rules};
use crate::data_path::{DataPath, DataStep};
use crate::finding::{Evidence, Finding, Label, Severity};
use crate::protobuf::language::schema::{Field, FileSet, MessageId, Schema};
use crate::text::shown::Line;
use crate::to_line;
use crate::verdict::Difference;

/// More than these are not told of one comparison; the list of differences has all.
const MAX_REPORTED: usize = 1_000;

const UNAFFECTED: &str = "every payload can be read; only Confluent's rules forbid it";
const PART: &str = "a part is read by the number of its field; only Confluent's rules ask for its name";

/// The fields of the writer that errors were found of, and the messages, whose number is 0.
#[derive(Default)]
pub(super) struct ErrorIndex(FxHashSet<(MessageId, i32)>);

impl ErrorIndex {
    /// Events of a message are refused.
    pub fn message(&mut self, id: MessageId) {
        self.0.insert((id, 0));
    }

    /// A mismatch that is an error.
    pub fn mismatch(&mut self, paths: &Paths<'_>, found: &Found<'_>) {
        match found.writer {
            Container::Message(id) => {
                let members = found.mismatch.members().unwrap_or_default();
                let sides = [found.slots.reader(), found.slots.writer()];
                let slots = sides.into_iter().flatten().chain(members);
                self.0.extend(slots.map(|slot| (id, slot.number)));
            }
            // What is in an entry is said of the map.
            Container::Entry { .. } => {
                if let Some(link) = paths.upwards(found.node).next()
                    && let Container::Message(id) = link.within
                {
                    self.0.insert((id, link.writer.number));
                }
            }
        }
    }
}

/// The differences that no error reports.
pub(super) fn findings(
    reader: &Schema,
    writer: &Schema,
    differences: &[(Difference, Option<About>)],
    errors: &ErrorIndex,
) -> Vec<Finding> {
    let mut sides = [Fields::of(&reader.set), Fields::of(&writer.set)];
    let of = differences
        .iter()
        .filter_map(|(difference, about)| Some((difference, (*about)?)));
    let unaffected = of.filter(|(_, about)| !errors.0.contains(&(about.writer, about.number.unwrap_or(0))));
    let reported = unaffected.take(MAX_REPORTED).map(|(difference, about)| {
        let [ours, theirs] = &mut sides;
        let mine = about
            .reader
            .zip(about.number)
            .and_then(|(id, number)| ours.field(id, number));
        let their = about.number.and_then(|number| theirs.field(about.writer, number));
        let here = match about.reader {
            Some(id) => place(&reader.set, id, mine, "the reader's"),
            None => at_file(reader, "not in here"),
        };
        let description = difference
            .template
            .replace("{reader}", "reader's")
            .replace("{writer}", "writer's");
        Finding {
            rule: &rules::FORBIDDEN_BY_CONFLUENT,
            effect: rules::FORBIDDEN_BY_CONFLUENT.effect,
            outcome: rules::FORBIDDEN_BY_CONFLUENT.outcome,
            severity: Severity::Error,
            message: to_line!(
                "Confluent's registry calls this {}: {}",
                difference.kind,
                lower(&description)
            ),
            reader: here,
            writer: place(&writer.set, about.writer, their, "the writer's"),
            help: "keep it as it was where registries judge by Confluent's rules; data does not mind".into(),
            evidence: Evidence::Policy(match about.number {
                Some(_) => UNAFFECTED,
                None => PART,
            }),
            also: Vec::new(),
            never_written: false,
            data_path: their.or(mine).map_or_else(Line::default, |field| (&*field.name).into()),
            reader_path: DataPath::beginning(mine.map(|field| DataStep::field(&field.name))),
        }
    });
    reported.collect()
}

/// A field's type, or the message that does not have it.
fn place(set: &FileSet, id: MessageId, field: Option<&Field>, whose: &str) -> Label {
    match field {
        Some(field) => label(set, set.message(id).file, field.spans.kind, whose),
        None => at_message(set, id, whose),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The fields of messages by number, as they are asked for.
struct Fields<'s> {
    set: &'s FileSet,
    known: FxHashMap<MessageId, FxHashMap<i32, &'s Field>>,
}

impl<'s> Fields<'s> {
    fn of(set: &'s FileSet) -> Self {
        Fields {
            set,
            known: FxHashMap::default(),
        }
    }

    fn field(&mut self, id: MessageId, number: i32) -> Option<&'s Field> {
        let set = self.set;
        let fields = self.known.entry(id).or_insert_with(|| {
            let fields = &set.message(id).fields;
            fields.iter().map(|field| (field.number, field)).collect()
        });
        fields.get(&number).copied()
    }
}
