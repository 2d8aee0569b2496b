//! The smallest value of each message: what witnesses and samples are made of.
//!
//! Only required fields must be there, so that it is empty but for those. A message that requires itself has no value at
//! all: everything is true of it, and no payload can fail.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::json_encoding::WellKnown;
use super::value::{FieldValue, MAX_DEPTH, MessageValue, Value};
use crate::protobuf::language::schema::{Cardinality, Field, FileSet, Kind, Message, MessageId};

/// Values of more parts than this are not built.
const MAX_PARTS: u64 = 20_000;
/// The cost of a message that has no value.
const NEVER: u64 = u64::MAX;

/// The smallest value of a message; none if there is none, or it is too large or too deep to be shown. To ask for more than
/// one message of a set, make a [`Minimal`].
pub fn minimal(set: &FileSet, message: MessageId) -> Option<MessageValue> {
    Minimal::new(set).value(message)
}

/// For each message of a set, how many parts its smallest value has.
#[derive(Debug)]
pub struct Minimal<'s> {
    set: &'s FileSet,
    cost: Vec<u64>,
    /// The indexes of the required fields of each message.
    required: Vec<Box<[u32]>>,
}

impl<'s> Minimal<'s> {
    /// Knuth's generalisation of Dijkstra's algorithm: the cost of a message is known once that of all that it requires is;
    /// no recursion, so cycles are no danger.
    pub fn new(set: &'s FileSet) -> Self {
        let count = set.messages.len();
        let mut parents: Vec<Vec<u32>> = vec![Vec::new(); count];
        let mut pending = vec![0usize; count];
        let mut sum = vec![1u64; count];
        let mut cost = vec![NEVER; count];
        let mut heap = BinaryHeap::new();
        for (index, message) in (0u32..).zip(&set.messages) {
            for (_, field) in required(&message.fields) {
                match field.kind {
                    Kind::Message(part) | Kind::Group(part) => {
                        pending[index as usize] += 1;
                        parents[part.0 as usize].push(index);
                    }
                    _ => sum[index as usize] += 1,
                }
            }
            if pending[index as usize] == 0 {
                heap.push(Reverse((sum[index as usize], index)));
            }
        }
        while let Some(Reverse((value, index))) = heap.pop() {
            cost[index as usize] = value;
            for &parent in &parents[index as usize] {
                let up = parent as usize;
                pending[up] -= 1;
                sum[up] = sum[up].saturating_add(value).min(NEVER - 1);
                if pending[up] == 0 {
                    heap.push(Reverse((sum[up], parent)));
                }
            }
        }
        let of = |message: &Message| required(&message.fields).map(|(index, _)| index).collect();
        Minimal {
            set,
            cost,
            required: set.messages.iter().map(of).collect(),
        }
    }

    /// Whether the message has any value.
    pub fn exists(&self, message: MessageId) -> bool {
        self.cost[message.0 as usize] != NEVER
    }

    /// How many parts the smallest value has; none are built where those are too many.
    pub(crate) fn parts(&self, message: MessageId) -> usize {
        match self.cost[message.0 as usize] {
            parts @ ..=MAX_PARTS => parts as usize,
            _ => 1,
        }
    }

    /// The smallest value, unless there is none or it is too large or too deep to be shown.
    pub fn value(&self, message: MessageId) -> Option<MessageValue> {
        (self.cost[message.0 as usize] <= MAX_PARTS)
            .then(|| self.build(message, MAX_DEPTH))
            .flatten()
    }

    /// The smallest value that a field can have if it is there: one item or entry where there may be many.
    pub fn field(&self, field: &Field) -> Option<Value> {
        Some(match field.kind {
            Kind::Scalar(scalar) => Value::zero(scalar),
            Kind::Enum(id) => Value::Enum(self.set.enumeration(id).values.first()?.number),
            Kind::Message(id) | Kind::Group(id) => Value::Message(Box::new(self.value(id)?)),
            Kind::Map { .. } => return None,
        })
    }

    /// Recurses no deeper than a value may be.
    fn build(&self, message: MessageId, depth: usize) -> Option<MessageValue> {
        let mut value = MessageValue::default();
        // A `Value` that is nothing is none, and has no form in JSON.
        if WellKnown::of(self.set, message) == Some(WellKnown::Value) {
            return Some(value.with(1, Value::Enum(0)));
        }
        let fields = &self.set.message(message).fields;
        for field in self.required[message.0 as usize]
            .iter()
            .map(|index| &fields[*index as usize])
        {
            let part = match field.kind {
                Kind::Message(part) | Kind::Group(part) => {
                    Value::Message(Box::new(self.build(part, depth.checked_sub(1)?)?))
                }
                _ => self.field(field)?,
            };
            value.fields.insert(field.number, FieldValue::Single(part));
        }
        Some(value)
    }
}

fn required(fields: &[Field]) -> impl Iterator<Item = (u32, &Field)> {
    let numbered = (0u32..).zip(fields);
    numbered.filter(|(_, field)| field.cardinality == Cardinality::Required)
}
