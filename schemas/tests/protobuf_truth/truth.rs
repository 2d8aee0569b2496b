//! What a reader's program sees of what was written, decided by decoding.

use std::collections::BTreeSet;

use treaty_schemas::Budget;
use treaty_schemas::Source;
use treaty_schemas::protobuf::language::schema::{
    Cardinality, Default, EnumId, Field, FileSet, Kind, MapValue, MessageId, Scalar,
};
use treaty_schemas::protobuf::{self, DataLimits, FieldValue, MessageValue, Schema, Value};
use treaty_schemas::text::json;

use super::classes::Class;
use super::meaning::{
    Holds, Meant, arrives, elements, holds, is_pair, is_same, is_zero, meant, same_wire, special, value_holds, wire,
    wire_of,
};
use super::payload::{Payload, counterpart, field, fields, messages};

/// Everything that happens to these values.
pub fn of(reader: &Schema, writer: &Schema, payloads: &[Payload]) -> BTreeSet<Class> {
    let mut classes: BTreeSet<Class> = payloads
        .iter()
        .flat_map(|payload| of_one(reader, writer, payload))
        .collect();
    for message in messages(writer) {
        let is_part = |kind: Kind| match kind {
            Kind::Map {
                value: MapValue::Message(id),
                ..
            } => id == message,
            kind => matches!(holds(kind), Holds::Message(id) if id == message),
        };
        let is_part = (0u32..)
            .zip(&writer.set.messages)
            .any(|(id, other)| MessageId(id) != message && other.fields.iter().any(|field| is_part(field.kind)))
            || writer
                .set
                .extensions
                .iter()
                .any(|extension| is_part(extension.field.kind));
        let has_values = protobuf::minimal(&writer.set, message).is_some();
        if counterpart(reader, writer, message).is_none() && !is_part && has_values {
            classes.insert(Class::TypeMissing);
        }
    }
    classes
}

/// What happens to one value.
pub fn of_one(reader: &Schema, writer: &Schema, payload: &Payload) -> BTreeSet<Class> {
    let mut classes = BTreeSet::new();
    let Some(to) = counterpart(reader, writer, payload.message) else {
        return classes;
    };
    match protobuf::decode(&reader.set, to, &payload.bytes, &DataLimits::default()) {
        Err(_) => {
            classes.insert(Class::DecodeError);
        }
        Ok(read) => {
            let both = Both {
                reader: &reader.set,
                writer: &writer.set,
            };
            both.messages(to, payload.message, &payload.value, &read, &mut classes);
        }
    }
    classes
}

/// Whether a field of the writer, at any depth, has a number that the reader's message lacks.
pub fn reader_lacks(reader: &Schema, writer: &Schema) -> bool {
    let comparison = protobuf::check_with_notes(reader, writer, &Budget::unlimited());
    comparison
        .findings
        .iter()
        .any(|finding| finding.rule.id == "protobuf/field-unknown")
}

/// Why ProtoJSON of a value is not to the reader what its bytes are.
pub fn json_differs(reader: &Schema, writer: &Schema, payload: &Payload) -> Option<String> {
    let to = counterpart(reader, writer, payload.message)?;
    let read = protobuf::decode(&reader.set, to, &payload.bytes, &DataLimits::default()).ok()?;
    let text = protobuf::to_json(&writer.set, payload.message, &payload.value).ok()?;
    let source = Source::new("value", text.clone());
    match protobuf::from_json(&reader.set, to, &source, &json::Limits::default()) {
        Err(error) => Some(format!("{text}: {error}")),
        Ok(other) if other.fields != read.fields => Some(format!("{text} is {other:?}, and not {read:?}")),
        Ok(_) => None,
    }
}

struct Both<'s> {
    reader: &'s FileSet,
    writer: &'s FileSet,
}

impl Both<'_> {
    fn messages(
        &self,
        to: MessageId,
        from: MessageId,
        written: &MessageValue,
        read: &MessageValue,
        out: &mut BTreeSet<Class>,
    ) {
        let (ours, theirs) = (fields(self.reader, to), fields(self.writer, from));
        let our = |number: i32| ours.iter().copied().find(|seen| seen.number == number);
        for &field in &theirs {
            let seen = our(field.number);
            // An extension is another thing than a field of the same name.
            let is_own = |set: &FileSet, id, number| set.message(id).fields.iter().any(|own| own.number == number);
            let is_moved = ours.iter().any(|seen| {
                seen.name == field.name
                    && seen.number != field.number
                    && is_own(self.reader, to, seen.number) == is_own(self.writer, from, field.number)
            });
            if is_moved && written.fields.contains_key(&field.number) {
                out.insert(Class::Moved);
            }
            match (written.fields.get(&field.number), seen) {
                (Some(value), Some(seen)) => self.field(to, seen, field, value, written, read, out),
                (Some(_), None) if !is_moved => {
                    let shares = |other: &&&Field| {
                        other.oneof == field.oneof
                            && our(other.number).is_some_and(|seen| seen.oneof.is_some() && arrives(seen, other))
                    };
                    if field.oneof.is_some()
                        && let Some(shared) = theirs.iter().find(shares)
                    {
                        let oneof = our(shared.number).and_then(|seen| seen.oneof);
                        let is_set = ours
                            .iter()
                            .any(|seen| seen.oneof == oneof && read.fields.contains_key(&seen.number));
                        if !is_set {
                            out.insert(Class::CaseLost);
                        }
                    }
                }
                // A zero that is not written.
                (None, Some(seen)) if field.cardinality == Cardinality::Implicit => {
                    self.zero(to, seen, field, read, out);
                }
                _ => {}
            }
        }
    }

    fn zero(&self, to: MessageId, seen: &Field, field: &Field, read: &MessageValue, out: &mut BTreeSet<Class>) {
        let is_case_of_another = seen.oneof.is_some()
            && self
                .reader
                .message(to)
                .fields
                .iter()
                .any(|other| other.oneof == seen.oneof && read.fields.contains_key(&other.number));
        if is_case_of_another
            || read.fields.contains_key(&seen.number)
            || !arrives(seen, field)
            || wire(seen.kind) != wire(field.kind)
        {
            return;
        }
        match (seen.cardinality, holds(seen.kind), holds(field.kind)) {
            (Cardinality::Explicit, Holds::Enum(id), _) => {
                let first = match &seen.default {
                    Some(Default::Enum(number, _)) => *number,
                    _ => self.reader.enumeration(id).values[0].number,
                };
                if first != 0 {
                    out.insert(Class::ValueChanged);
                } else if let Holds::Enum(from) = holds(field.kind)
                    && self.is_renumbered(id, from, 0)
                {
                    out.insert(Class::ValueChanged);
                }
            }
            (Cardinality::Explicit, Holds::Scalar(to), Holds::Scalar(from)) => {
                // Kinds whose numbers are understood in two ways are another matter.
                let is_real = |scalar| matches!(scalar, Scalar::Float | Scalar::Double);
                if is_real(to) == is_real(from) && seen.default.as_ref().is_some_and(|default| !is_zero(default)) {
                    out.insert(Class::ValueChanged);
                }
            }
            (Cardinality::Explicit, Holds::Scalar(_), Holds::Enum(_))
                if seen.default.as_ref().is_some_and(|default| !is_zero(default)) =>
            {
                out.insert(Class::ValueChanged);
            }
            (Cardinality::Implicit, Holds::Enum(to), Holds::Enum(from)) if self.is_renumbered(to, from, 0) => {
                out.insert(Class::ValueChanged);
            }
            _ => {}
        }
    }

    #[allow(clippy::too_many_arguments, reason = "both sides of a field, and what is around it")]
    fn field(
        &self,
        to: MessageId,
        seen: &Field,
        field: &Field,
        value: &FieldValue,
        written: &MessageValue,
        read: &MessageValue,
        out: &mut BTreeSet<Class>,
    ) {
        let sent = elements(value);
        let got = read.fields.get(&field.number).map(elements).unwrap_or_default();
        let is_aside = read.unknown.iter().any(|unknown| unknown.number == field.number);
        if is_aside {
            out.insert(match arrives(seen, field) {
                true => self.aside(holds(seen.kind), holds(field.kind), sent),
                false => Class::FieldLost,
            });
            return;
        }
        if got.is_empty() {
            let cleared = self.reader.message(to).fields.iter().any(|other| {
                other.oneof.is_some()
                    && other.oneof == seen.oneof
                    && other.number != seen.number
                    && read.fields.contains_key(&other.number)
                    && written.fields.contains_key(&other.number)
            });
            if cleared {
                out.insert(Class::CaseLost);
                return;
            }
            // Absent is zero.
            let as_bytes = matches!(holds(seen.kind), Holds::Scalar(Scalar::Bytes));
            if let ([Meant::Message(message)], true) = (&sent[..], as_bytes)
                && message.fields.is_empty()
            {
                // The bytes of an empty message are none.
                out.insert(Class::AsBytes);
                return;
            }
            let zero = match &sent[..] {
                [Meant::Whole(0) | Meant::Real(0)] => true,
                [Meant::Bytes(bytes)] => bytes.is_empty(),
                _ => false,
            };
            let takes_zero = seen.cardinality == Cardinality::Implicit
                && matches!(holds(seen.kind), Holds::Scalar(_) | Holds::Enum(_));
            if zero && takes_zero {
                if let (Holds::Enum(to), Holds::Enum(from)) = (holds(seen.kind), holds(field.kind))
                    && self.is_renumbered(to, from, 0)
                {
                    out.insert(Class::ValueChanged);
                }
            } else {
                out.insert(Class::ValueChanged);
            }
            return;
        }
        let (to, from) = (holds(seen.kind), holds(field.kind));
        let is_no_map = match (to, from) {
            (Holds::Entry(..), Holds::Message(id)) => {
                field.cardinality != Cardinality::Repeated || !is_pair(self.writer.message(id), 2)
            }
            (Holds::Message(id), Holds::Entry(..)) => !is_pair(self.reader.message(id), usize::MAX),
            _ => false,
        };
        if is_no_map {
            out.insert(Class::ValueChanged);
        }
        if sent.len() != got.len() {
            if let (Holds::Entry(to, _), Holds::Entry(from, _)) = (to, from)
                && !same_wire(Holds::Scalar(to), Holds::Scalar(from))
            {
                // All keys are one.
                out.insert(Class::FieldLost);
                return;
            }
            let is_list_of_pairs = matches!((to, from), (Holds::Entry(..), Holds::Message(id))
                if field.cardinality == Cardinality::Repeated && is_pair(self.writer.message(id), 2));
            out.insert(match is_list_of_pairs {
                true => Class::Collapse,
                false => Class::ValueChanged,
            });
            // Which of them is which cannot be told.
            return;
        }
        if sent.len() > 1 && (matches!(value, FieldValue::Map(_)) || matches!(to, Holds::Entry(..))) {
            // Entries may come in another order; they are looked at one by one elsewhere.
            return;
        }
        for (sent, got) in sent.iter().zip(&got) {
            self.element(to, from, sent, got, out);
        }
    }

    fn element(&self, to: Holds, from: Holds, sent: &Meant<'_>, got: &Meant<'_>, out: &mut BTreeSet<Class>) {
        let same = match (sent, got) {
            (Meant::Whole(sent), Meant::Whole(got)) => {
                if let (Holds::Enum(to), true) = (to, sent == got)
                    && let Ok(number) = i32::try_from(*got)
                {
                    if self
                        .reader
                        .enumeration(to)
                        .values
                        .iter()
                        .all(|value| value.number != number)
                    {
                        out.insert(match from {
                            Holds::Enum(from) if self.is_moved(to, from, number) => Class::ValueChanged,
                            _ => Class::NumberUnknown,
                        });
                    } else if let Holds::Enum(from) = from
                        && self.is_renumbered(to, from, number)
                    {
                        out.insert(Class::ValueChanged);
                    }
                }
                sent == got
            }
            (Meant::Message(_), Meant::Bytes(_)) if matches!(to, Holds::Scalar(Scalar::Bytes)) => {
                out.insert(Class::AsBytes);
                true
            }
            (Meant::Entry(..), Meant::Bytes(_)) if matches!(to, Holds::Scalar(Scalar::Bytes)) => {
                out.insert(Class::AsBytes);
                true
            }
            (Meant::Message(sent), Meant::Message(got)) => {
                if let (Holds::Message(to), Holds::Message(from)) = (to, from) {
                    let meaning = |set: &FileSet, id| special(&set.message(id).name).to_owned();
                    if meaning(self.reader, to) != meaning(self.writer, from) {
                        out.insert(Class::ValueChanged);
                    }
                    self.messages(to, from, sent, got, out);
                    return;
                }
                false
            }
            (Meant::Entry(key, value), Meant::Entry(got_key, got_value)) => {
                if let (Holds::Entry(to_key, to), Holds::Entry(from_key, from)) = (to, from) {
                    let (to_key, from_key) = (Holds::Scalar(to_key), Holds::Scalar(from_key));
                    for (to, from, sent, got) in [
                        (to_key, from_key, key, got_key),
                        (value_holds(to), value_holds(from), *value, *got_value),
                    ] {
                        // What does not fit is skipped, and the entry has a zero instead.
                        if same_wire(to, from) {
                            self.element(to, from, &meant(sent), &meant(got), out);
                        } else if !is_same(&meant(sent), &meant(got)) {
                            out.insert(Class::FieldLost);
                        }
                    }
                    return;
                }
                false
            }
            (Meant::Entry(key, value), Meant::Message(got)) => {
                if let (Holds::Message(to), Holds::Entry(from_key, from)) = (to, from) {
                    for (number, sent, from) in [(1, key, Holds::Scalar(from_key)), (2, *value, value_holds(from))] {
                        self.member(to, number, from, sent, got, out);
                    }
                    return;
                }
                false
            }
            (Meant::Message(sent), Meant::Entry(key, value)) => {
                if let (Holds::Entry(to_key, to), Holds::Message(from)) = (to, from) {
                    for (number, got, to) in [(1, key, Holds::Scalar(to_key)), (2, *value, value_holds(to))] {
                        let Some(field) = field(self.writer, from, number) else {
                            continue;
                        };
                        let Some(sent) = sent.fields.get(&number) else {
                            continue;
                        };
                        let is_packed = field.cardinality == Cardinality::Repeated && field.is_packed;
                        let (got, items) = (meant(got), elements(sent));
                        match &items[..] {
                            // What does not fit is skipped, and the entry has a zero instead.
                            [sent] if (if is_packed { 2 } else { wire(field.kind) }) != wire_of(to) => {
                                if !is_same(sent, &got) {
                                    out.insert(Class::FieldLost);
                                }
                            }
                            _ if (if is_packed { 2 } else { wire(field.kind) }) != wire_of(to) => {
                                out.insert(Class::FieldLost);
                            }
                            [sent] if !is_packed => self.element(to, holds(field.kind), sent, &got, out),
                            _ => {
                                out.insert(Class::ValueChanged);
                            }
                        }
                    }
                    return;
                }
                false
            }
            // Empty text and an empty message are the same bytes, and not the same thing.
            _ => is_same(sent, got),
        };
        if !same {
            out.insert(Class::ValueChanged);
        }
    }

    /// What has become of a field that was put aside.
    fn aside(&self, to: Holds, from: Holds, sent: Vec<Meant<'_>>) -> Class {
        let closed = match to {
            Holds::Enum(id) | Holds::Entry(_, MapValue::Enum(id)) => !self.reader.enumeration(id).is_open,
            _ => false,
        };
        if !closed {
            return Class::FieldLost;
        }
        // Of an entry it is the value that is put aside.
        let (to, from, sent) = match (to, from) {
            (Holds::Entry(_, to), Holds::Entry(_, from)) => {
                let values = sent.iter().filter_map(|sent| match sent {
                    Meant::Entry(_, value) => Some(meant(value)),
                    _ => None,
                });
                (value_holds(to), value_holds(from), values.collect())
            }
            (Holds::Entry(_, to), Holds::Message(id)) => {
                let Some(from) = field(self.writer, id, 2) else {
                    return Class::NumberLost;
                };
                let values = sent.iter().filter_map(|sent| match sent {
                    Meant::Message(sent) => sent.fields.get(&2),
                    _ => None,
                });
                (value_holds(to), holds(from.kind), values.flat_map(elements).collect())
            }
            _ => (to, from, sent),
        };
        let fits = |meant: &Meant<'_>| !matches!(meant, Meant::Whole(number) if i32::try_from(*number).is_err());
        let is_zigzag = matches!(from, Holds::Scalar(Scalar::Sint32 | Scalar::Sint64));
        // A list of packed numbers may be taken for one of others.
        match !same_wire(to, from) || is_zigzag || !sent.iter().all(fits) {
            true => Class::ValueChanged,
            false => Class::NumberLost,
        }
    }

    /// The key or the value of an entry, as a field of a message.
    fn member(
        &self,
        to: MessageId,
        number: i32,
        from: Holds,
        sent: &Value,
        got: &MessageValue,
        out: &mut BTreeSet<Class>,
    ) {
        let Some(seen) = field(self.reader, to, number) else {
            return;
        };
        if got.unknown.iter().any(|unknown| unknown.number == number) {
            let takes_packed = seen.cardinality == Cardinality::Repeated && wire_of(from) == 2;
            out.insert(match takes_packed || same_wire(holds(seen.kind), from) {
                true => self.aside(holds(seen.kind), from, vec![meant(sent)]),
                false => Class::FieldLost,
            });
            return;
        }
        match got.fields.get(&number) {
            Some(got) => {
                for got in elements(got) {
                    self.element(holds(seen.kind), from, &meant(sent), &got, out);
                }
            }
            // The bytes of an empty message are none.
            None if matches!(sent, Value::Message(sent) if sent.is_empty())
                && matches!(seen.kind, Kind::Scalar(Scalar::Bytes)) =>
            {
                out.insert(Class::AsBytes);
            }
            // Zero and absent are one; a list of nothing is not.
            None if sent.is_zero() && seen.cardinality == Cardinality::Implicit => {}
            None => {
                let fields = &self.reader.message(to).fields;
                let cleared = seen.oneof.is_some()
                    && fields
                        .iter()
                        .any(|other| other.oneof == seen.oneof && got.fields.contains_key(&other.number));
                out.insert(if cleared { Class::CaseLost } else { Class::ValueChanged });
            }
        }
    }

    /// The reader has one of the writer's names for the number, and means another number.
    fn is_moved(&self, to: EnumId, from: EnumId, number: i32) -> bool {
        let (ours, theirs) = (self.reader.enumeration(to), self.writer.enumeration(from));
        let sent = theirs.values.iter().filter(|value| value.number == number);
        sent.into_iter().any(|sent| {
            ours.values
                .iter()
                .any(|value| value.name == sent.name && value.number != number)
        })
    }

    /// A name that one side has for the number stands for another on the other side, and none stands for it on both.
    fn is_renumbered(&self, to: EnumId, from: EnumId, number: i32) -> bool {
        let (ours, theirs) = (self.reader.enumeration(to), self.writer.enumeration(from));
        let names = |of: &treaty_schemas::protobuf::language::schema::Enum| -> BTreeSet<String> {
            let values = of.values.iter().filter(|value| value.number == number);
            values.map(|value| value.name.to_string()).collect()
        };
        let (seen, sent) = (names(ours), names(theirs));
        let knows = |of: &treaty_schemas::protobuf::language::schema::Enum, name: &String| {
            of.values.iter().any(|value| *value.name == **name)
        };
        if seen.is_empty() || sent.is_empty() {
            return false;
        }
        self.is_moved(to, from, number)
            || seen.is_disjoint(&sent)
                && (sent.iter().any(|name| knows(ours, name)) || seen.iter().any(|name| knows(theirs, name)))
    }
}
