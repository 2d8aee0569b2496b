//! Two fields of one number: does what the writer candidates in the one come out of the other?

use rustc_hash::FxHashMap;

use super::field_view::{Container, ElementType, FieldView, Presence};
use super::mismatch::{Compared, Mismatch, Numbers};
use super::number::{Carried, Layout, Number, carried, layout};
use super::{enumeration, well_known};
use crate::budget::{Budget, Exhausted};
use crate::protobuf::language::schema::{Default, EnumId, FileSet, MessageId, Scalar};

/// Compares fields; remembers pairs of enums, which may be large and are met often.
pub(super) struct Fields<'s> {
    reader: &'s FileSet,
    writer: &'s FileSet,
    budget: &'s Budget,
    enums: FxHashMap<(EnumId, EnumId), enumeration::Numbers>,
    /// What becomes of an enum's numbers in a reader's scalar.
    carried: FxHashMap<(EnumId, Scalar), Carried>,
    /// A number of a writer's scalar that a reader's enum does not name.
    unnamed: FxHashMap<EnumId, i32>,
    /// Whether a writer's enum has nothing but zeros.
    zeros: FxHashMap<EnumId, bool>,
}

/// How one element of a field lies on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Number(Layout),
    /// A length, and so many bytes.
    Bytes,
    /// Between a start and an end tag.
    Group,
}

fn wire(holds: ElementType) -> Wire {
    match holds {
        ElementType::Scalar(scalar) => layout(scalar).map_or(Wire::Bytes, Wire::Number),
        ElementType::Enum(_) => Wire::Number(Layout::Varint),
        ElementType::Container(_) => Wire::Bytes,
        ElementType::Group(_) => Wire::Group,
    }
}

impl<'s> Fields<'s> {
    /// For these two sets.
    pub fn new(reader: &'s FileSet, writer: &'s FileSet, budget: &'s Budget) -> Self {
        Fields {
            reader,
            writer,
            budget,
            enums: FxHashMap::default(),
            carried: FxHashMap::default(),
            unnamed: FxHashMap::default(),
            zeros: FxHashMap::default(),
        }
    }

    /// Whether any value of the writer has the field. A zero without presence is not written, and a message that must contain
    /// itself cannot be.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn is_ever_written(
        &mut self,
        exists: &dyn Fn(MessageId) -> bool,
        slot: &FieldView<'_>,
    ) -> Result<bool, Exhausted> {
        Ok(match slot.holds {
            ElementType::Enum(id) if slot.occurs == Presence::Implicit => !self.is_zero(id)?,
            ElementType::Group(id) => exists(id),
            ElementType::Container(body) => body.message().is_none_or(exists),
            ElementType::Scalar(_) | ElementType::Enum(_) => true,
        })
    }

    /// Whether the writer's enum has nothing but zeros.
    fn is_zero(&mut self, id: EnumId) -> Result<bool, Exhausted> {
        if let Some(known) = self.zeros.get(&id) {
            return Ok(*known);
        }
        let values = &self.writer.enumeration(id).values;
        self.budget.spend(values.len())?;
        let is_zero = values.iter().all(|value| value.number == 0);
        self.zeros.insert(id, is_zero);
        Ok(is_zero)
    }

    /// What becomes of the writer's field in the reader's.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn compare(&mut self, reader: &FieldView<'s>, writer: &FieldView<'s>) -> Result<Compared<'s>, Exhausted> {
        let mut mismatches = Vec::new();
        let mut inside = None;
        let (from, to) = (wire(writer.holds), wire(reader.holds));
        let is_packed = writer.is_packed && writer.is_many() && matches!(from, Wire::Number(_));
        let takes_packed = reader.is_many() && matches!(to, Wire::Number(_));
        let mut arrives = match (from, to) {
            (Wire::Number(_), Wire::Number(_)) if is_packed && !takes_packed => false,
            (Wire::Number(from), Wire::Number(to)) => {
                // Packed numbers of another layout are still read as packed numbers.
                match (from == to, is_packed) {
                    (true, _) => self.numbers(reader, writer, &mut mismatches)?,
                    (false, true) => mismatches.push(Mismatch::Content),
                    (false, false) => {}
                }
                from == to || is_packed
            }
            (Wire::Number(_), Wire::Bytes) if is_packed => {
                mismatches.push(Mismatch::Content);
                true
            }
            (Wire::Bytes, Wire::Number(_)) if takes_packed => {
                mismatches.push(Mismatch::Content);
                true
            }
            (Wire::Bytes, Wire::Bytes) => {
                inside = content(reader, writer, &mut mismatches);
                self.messages(reader, writer, &mut mismatches)?;
                true
            }
            (Wire::Group, Wire::Group) => {
                if let (ElementType::Group(to), ElementType::Group(from)) = (reader.holds, writer.holds) {
                    inside = Some((Container::Message(to), Container::Message(from)));
                    self.meanings(to, from, &mut mismatches);
                }
                true
            }
            _ => false,
        };
        if !arrives && !self.is_zero_in_entry(reader, writer)? {
            mismatches.push(Mismatch::WireType);
        }
        self.occurrence(reader, writer, arrives, &mut mismatches);
        if !mismatches.iter().any(Mismatch::is_error) {
            self.json(reader, writer, &mut mismatches);
        }
        arrives &= !self.is_put_aside(reader, writer)?;
        Ok(Compared {
            mismatches,
            inside,
            arrives,
        })
    }

    /// Messages and entries whose bytes are laid out alike, and which are different things.
    fn messages(
        &self,
        reader: &FieldView<'s>,
        writer: &FieldView<'s>,
        mismatches: &mut Vec<Mismatch<'s>>,
    ) -> Result<(), Exhausted> {
        let (ElementType::Container(to), ElementType::Container(from)) = (reader.holds, writer.holds) else {
            return Ok(());
        };
        match (to, from) {
            (Container::Entry { .. }, Container::Message(id)) => {
                self.budget.spend(self.writer.message(id).fields.len())?;
                if !writer.is_many() || !well_known::is_entry(self.writer.message(id), true) {
                    mismatches.push(Mismatch::NotAnEntry);
                }
            }
            (Container::Message(id), Container::Entry { .. }) => {
                self.budget.spend(self.reader.message(id).fields.len())?;
                if !well_known::is_entry(self.reader.message(id), false) {
                    mismatches.push(Mismatch::NotAnEntry);
                }
            }
            (Container::Message(to), Container::Message(from)) => self.meanings(to, from, mismatches),
            (Container::Entry { .. }, Container::Entry { .. }) => {}
        }
        Ok(())
    }

    /// Messages of which one is a well-known type, with a length before them or as groups.
    fn meanings(&self, to: MessageId, from: MessageId, mismatches: &mut Vec<Mismatch<'s>>) {
        let (to, from) = (self.reader.message(to), self.writer.message(from));
        if well_known::meaning(&to.name) != well_known::meaning(&from.name) {
            mismatches.push(Mismatch::OtherWellKnown);
        }
    }

    /// Whether the reader's enum is closed and has none of the numbers that are written.
    fn is_put_aside(&self, reader: &FieldView<'_>, writer: &FieldView<'_>) -> Result<bool, Exhausted> {
        let ElementType::Enum(known) = reader.holds else {
            return Ok(false);
        };
        let values = &self.reader.enumeration(known).values;
        let has = |number: i32| values.iter().any(|value| value.number == number);
        let (zero, more) = match writer.holds {
            ElementType::Enum(sent) => match self.enums.get(&(known, sent)) {
                Some(numbers) => (numbers.share_zero, numbers.share_more),
                None => return Ok(false),
            },
            ElementType::Scalar(Scalar::Bool) => {
                self.budget.spend(values.len())?;
                (has(0), has(1))
            }
            ElementType::Scalar(_) | ElementType::Container(_) | ElementType::Group(_) => return Ok(false),
        };
        let is_closed = !self.reader.enumeration(known).is_open;
        Ok(is_closed && !more && (!zero || writer.occurs == Presence::Implicit))
    }

    /// Whether the writer has nothing but a zero to send, and the reader, an entry's key or value, has a zero for what does
    /// not arrive.
    fn is_zero_in_entry(&mut self, reader: &FieldView<'_>, writer: &FieldView<'_>) -> Result<bool, Exhausted> {
        let ElementType::Enum(sent) = writer.holds else {
            return Ok(false);
        };
        let takes_zero = match reader.holds {
            ElementType::Scalar(scalar) => {
                layout(scalar).is_some() && !matches!(scalar, Scalar::Float | Scalar::Double)
            }
            ElementType::Enum(_) | ElementType::Container(_) | ElementType::Group(_) => false,
        };
        Ok(reader.in_entry && !writer.is_many() && takes_zero && self.is_zero(sent)?)
    }

    /// Numbers that are laid out alike.
    fn numbers(
        &mut self,
        reader: &FieldView<'s>,
        writer: &FieldView<'s>,
        mismatches: &mut Vec<Mismatch<'s>>,
    ) -> Result<(), Exhausted> {
        let (Some(from), Some(to)) = (number(self.writer, writer.holds), number(self.reader, reader.holds)) else {
            return Ok(());
        };
        let carried = match (writer.holds, reader.holds) {
            (ElementType::Enum(id), ElementType::Scalar(scalar)) => {
                if !self.carried.contains_key(&(id, scalar)) {
                    self.budget.spend(self.writer.enumeration(id).values.len())?;
                }
                *self.carried.entry((id, scalar)).or_insert_with(|| carried(from, to))
            }
            _ => carried(from, to),
        };
        match carried {
            Carried::Exactly => {}
            Carried::Narrowed(number) => mismatches.push(Mismatch::Narrowed(number)),
            Carried::Reread(meant) => {
                mismatches.push(Mismatch::Reinterpreted(meant));
                return Ok(());
            }
        }
        let ElementType::Enum(known) = reader.holds else {
            return Ok(());
        };
        let closed = !self.reader.enumeration(known).is_open;
        // A zero that is not written is no item of a list.
        let is_implicit = writer.occurs == Presence::Implicit;
        let unseen = is_implicit && reader.is_many();
        // A zero that is not written meets no enum; what is read for it is the default's affair, unless the application does not
        // handle it.
        let is_unmet = is_implicit && (reader.is_many() || !self.reader.enumeration(known).is_projected);
        let mut numbers = match writer.holds {
            ElementType::Enum(enumeration) => {
                let (writer, reader) = (self.writer, self.reader);
                if !self.enums.contains_key(&(known, enumeration)) {
                    let values = |set: &FileSet, id| set.enumeration(id).values.len();
                    self.budget.spend(values(writer, enumeration) + values(reader, known))?;
                }
                let numbers = self.enums.entry((known, enumeration)).or_insert_with(|| {
                    enumeration::compare(writer.enumeration(enumeration), reader.enumeration(known))
                });
                let reported = |numbers: &[i32]| Numbers {
                    reader: known,
                    writer: Some(enumeration),
                    numbers: numbers
                        .iter()
                        .copied()
                        .filter(|number| *number != 0 || !unseen)
                        .collect(),
                };
                let (renumbered, renamed) = (reported(&numbers.renumbered), reported(&numbers.renamed));
                let mut moved = reported(&numbers.moved);
                moved.numbers.retain(|number| *number != 0 || !is_unmet);
                if !moved.numbers.is_empty() {
                    mismatches.push(match closed {
                        true => Mismatch::MovedNumbersDropped(moved),
                        false => Mismatch::MovedNumbersKept(moved),
                    });
                }
                if !renumbered.numbers.is_empty() {
                    mismatches.push(Mismatch::Renumbered(renumbered));
                }
                if !renamed.numbers.is_empty() {
                    mismatches.push(Mismatch::Renamed(renamed));
                }
                let reported = [&numbers.renumbered, &numbers.renamed, &numbers.moved, &numbers.unknown];
                self.budget.spend(reported.map(Vec::len).iter().sum())?;
                numbers.unknown.clone()
            }
            ElementType::Scalar(Scalar::Bool) => {
                let known = self.reader.enumeration(known);
                self.budget.spend(known.values.len())?;
                let names = |number: &i32| known.values.iter().any(|value| value.number == *number);
                [1, 0].into_iter().filter(|number| !names(number)).collect()
            }
            ElementType::Scalar(_) | ElementType::Container(_) | ElementType::Group(_) => {
                let of = self.reader.enumeration(known);
                if !self.unnamed.contains_key(&known) {
                    self.budget.spend(of.values.len())?;
                }
                vec![*self.unnamed.entry(known).or_insert_with(|| enumeration::unnamed(of, 1))]
            }
        };
        if is_unmet {
            numbers.retain(|number| *number != 0);
        }
        if !numbers.is_empty() {
            let unknown = Numbers {
                reader: known,
                writer: match writer.holds {
                    ElementType::Enum(id) => Some(id),
                    ElementType::Scalar(_) | ElementType::Container(_) | ElementType::Group(_) => None,
                },
                numbers,
            };
            mismatches.push(match closed {
                true => Mismatch::UnknownNumbersDropped(unknown),
                false => Mismatch::UnknownNumbersKept(unknown),
            });
        }
        Ok(())
    }

    /// How often the fields may occur, and what is seen when they do not.
    fn occurrence(
        &self,
        reader: &FieldView<'s>,
        writer: &FieldView<'s>,
        arrives: bool,
        mismatches: &mut Vec<Mismatch<'s>>,
    ) {
        if reader.is_required && writer.occurs != Presence::Always {
            mismatches.push(Mismatch::RequiredLeftOut);
        }
        if !arrives {
            return;
        }
        let is_content = mismatches.iter().any(Mismatch::is_of_content);
        match (writer.is_many(), reader.is_many()) {
            _ if is_content => {}
            (true, false) => mismatches.push(Mismatch::ListAsOne),
            (true, true) if reader.is_map() && !writer.is_map() => mismatches.push(Mismatch::EntriesCollapse),
            _ => {}
        }
        if writer.is_many() || mismatches.iter().any(Mismatch::is_of_meaning) {
            return;
        }
        if reader.is_many() {
            if writer.occurs == Presence::Implicit {
                mismatches.push(Mismatch::ZeroUnseen);
            }
            return;
        }
        let (written, seen) = (self.default(self.writer, writer), self.default(self.reader, reader));
        let same_default = match (&written, &seen) {
            (Some(written), Some(seen)) => written == seen,
            _ => true,
        };
        let zero = |value: &Option<Absent>| value.as_ref().is_none_or(Absent::is_zero);
        match (writer.occurs, reader.occurs) {
            (Presence::Implicit, Presence::Explicit) if !zero(&seen) => mismatches.push(Mismatch::ZeroAsDefault),
            (Presence::Implicit, Presence::Explicit) => mismatches.push(Mismatch::ZeroUnseen),
            (Presence::Explicit, Presence::Explicit | Presence::Implicit) if !same_default => {
                mismatches.push(Mismatch::OtherDefault)
            }
            (Presence::Explicit, Presence::Implicit) => mismatches.push(Mismatch::AbsenceUnseen),
            _ => {}
        }
    }

    /// What a program sees in a field that is not there; `None` of messages, which are then not there either.
    fn default(&self, set: &FileSet, slot: &FieldView<'_>) -> Option<Absent> {
        if let (Some(default), Presence::Explicit) = (slot.default, slot.occurs) {
            return Some(match default {
                Default::Signed(number) => Absent::Whole(i128::from(*number)),
                Default::Unsigned(number) => Absent::Whole(i128::from(*number)),
                Default::Float(number) => Absent::Real(number.to_bits()),
                Default::Bool(value) => Absent::Whole(i128::from(*value)),
                Default::Bytes(bytes) => Absent::Bytes(bytes.to_vec()),
                Default::Enum(number, _) => Absent::Whole(i128::from(*number)),
            });
        }
        match slot.holds {
            ElementType::Scalar(Scalar::String | Scalar::Bytes) => Some(Absent::Bytes(Vec::new())),
            ElementType::Scalar(Scalar::Float | Scalar::Double) => Some(Absent::Real(0)),
            ElementType::Scalar(_) => Some(Absent::Whole(0)),
            ElementType::Enum(id) => {
                let first = set.enumeration(id).values.first()?;
                Some(Absent::Whole(i128::from(first.number)))
            }
            ElementType::Container(_) | ElementType::Group(_) => None,
        }
    }

    /// What differs in ProtoJSON alone.
    fn json(&self, reader: &FieldView<'s>, writer: &FieldView<'s>, mismatches: &mut Vec<Mismatch<'s>>) {
        let written = &*writer.field.json_name;
        if writer.in_entry || reader.in_entry {
            // An entry's members have no names in ProtoJSON.
        } else if writer.is_extension || reader.is_extension {
            if (writer.is_extension, writer.name) != (reader.is_extension, reader.name) {
                mismatches.push(Mismatch::JsonName);
            }
        } else if written != &*reader.field.json_name && written != &*reader.field.name {
            mismatches.push(Mismatch::JsonName);
        }
        let reported = mismatches.iter().any(Mismatch::is_of_bytes);
        if !reported && !self.same_form(reader, writer) {
            mismatches.push(Mismatch::JsonForm);
        }
    }

    /// Whether ProtoJSON of the writer's field has a form that the reader's takes.
    fn same_form(&self, reader: &FieldView<'s>, writer: &FieldView<'s>) -> bool {
        if (writer.is_many(), writer.is_map()) != (reader.is_many(), reader.is_map()) {
            return false;
        }
        let (from, to) = (form(self.writer, writer.holds), form(self.reader, reader.holds));
        // Numbers of an enum are taken where its names are.
        from == to || (from == Form::Number && to == Form::Name)
    }
}

/// What a value looks like in ProtoJSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form<'s> {
    Number,
    Bool,
    Text,
    Base64,
    Name,
    Object,
    /// A message of `google.protobuf` with a form of its own.
    Special(&'s str),
}

fn form(set: &FileSet, holds: ElementType) -> Form<'_> {
    match holds {
        ElementType::Scalar(Scalar::Bool) => Form::Bool,
        ElementType::Scalar(Scalar::String) => Form::Text,
        ElementType::Scalar(Scalar::Bytes) => Form::Base64,
        ElementType::Scalar(_) => Form::Number,
        ElementType::Enum(id) if &*set.enumeration(id).name == "google.protobuf.NullValue" => {
            Form::Special("google.protobuf.NullValue")
        }
        ElementType::Enum(_) => Form::Name,
        ElementType::Container(Container::Message(id)) | ElementType::Group(id) => {
            let name = &*set.message(id).name;
            let is_special = well_known::has_own_form(name);
            match is_special {
                true => Form::Special(name),
                false => Form::Object,
            }
        }
        ElementType::Container(Container::Entry { .. }) => Form::Object,
    }
}

/// What is seen in a field that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Absent {
    Whole(i128),
    /// The bits of a `double`.
    Real(u64),
    Bytes(Vec<u8>),
}

impl Absent {
    fn is_zero(&self) -> bool {
        match self {
            Absent::Whole(number) => *number == 0,
            Absent::Real(bits) => *bits == 0,
            Absent::Bytes(bytes) => bytes.is_empty(),
        }
    }
}

fn number(set: &FileSet, holds: ElementType) -> Option<Number<'_>> {
    match holds {
        ElementType::Scalar(scalar) => layout(scalar).map(|_| Number::Scalar(scalar)),
        ElementType::Enum(id) => Some(Number::Enum(set.enumeration(id))),
        ElementType::Container(_) | ElementType::Group(_) => None,
    }
}

/// Fields that are both bytes with a length in front. What is in them, if both are messages.
fn content<'s>(
    reader: &FieldView<'s>,
    writer: &FieldView<'s>,
    mismatches: &mut Vec<Mismatch<'s>>,
) -> Option<(Container, Container)> {
    match (writer.holds, reader.holds) {
        (ElementType::Container(from), ElementType::Container(to)) => return Some((to, from)),
        (ElementType::Container(_), ElementType::Scalar(Scalar::Bytes)) => mismatches.push(Mismatch::MessageAsBytes),
        (ElementType::Scalar(Scalar::Bytes), ElementType::Scalar(Scalar::String)) => {
            mismatches.push(match reader.validates_utf8 {
                true => Mismatch::BytesAsString,
                false => Mismatch::BytesAsUncheckedString,
            })
        }
        (ElementType::Scalar(Scalar::String), ElementType::Scalar(Scalar::String))
            if reader.validates_utf8 && !writer.validates_utf8 =>
        {
            mismatches.push(Mismatch::UncheckedString);
        }
        (ElementType::Scalar(_), ElementType::Scalar(_)) => {}
        _ => mismatches.push(Mismatch::Content),
    }
    None
}
