//! What a walk looks up: for each message what to do with each field number.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::protobuf::data::cursor::WireType;
use crate::protobuf::language::schema::{Cardinality, EnumId, Field, FileSet, Kind, MapValue, MessageId, Scalar};

/// How to go behind a field's value. Those in the plural may be packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Op {
    /// The message has no such field.
    #[default]
    Unknown,
    Varint,
    Varints,
    Fixed32,
    Fixed32s,
    Fixed64,
    Fixed64s,
    Bytes,
    /// UTF-8.
    String,
    /// A closed enum; open ones are varints.
    Enum,
    Enums,
    Message,
    Group,
    Map,
}

/// What to do with a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Its bit among the required fields; 0 if it is not required.
    pub required: u64,
    /// The table of the message or the map's entry, or the enum's id.
    pub target: u32,
    pub op: Op,
    /// The wire type of a single value; [`NO_WIRE`] for an unknown field.
    pub wire: u8,
}

/// No field has this wire type.
pub(super) const NO_WIRE: u8 = u8::MAX;

impl Default for Entry {
    fn default() -> Self {
        Entry {
            required: 0,
            target: 0,
            op: Op::Unknown,
            wire: NO_WIRE,
        }
    }
}

/// A message, or the entry of a map.
#[derive(Debug)]
pub(super) struct Table {
    /// None for a map's entry.
    pub message: Option<MessageId>,
    /// By number, where numbers are small.
    dense: Box<[Entry]>,
    sparse: FxHashMap<i32, Entry>,
    /// The bits of all required fields.
    pub required: u64,
    /// Of a message: it requires more fields than there are bits. Of an entry: its value requires fields, so that it must
    /// be there.
    pub requires_more: bool,
}

/// All that is looked up.
#[derive(Debug)]
pub(super) struct Tables {
    /// Those of messages have the ids of the messages; those of maps' entries follow.
    pub tables: Vec<Table>,
    /// The numbers that closed enums have, by id; empty for open ones.
    enums: Vec<FxHashSet<i32>>,
}

/// Numbers below this are looked up by index.
const DENSE: i32 = 256;

impl Entry {
    /// Whether many values may stand behind one length.
    pub fn may_be_packed(self) -> bool {
        matches!(self.op, Op::Varints | Op::Fixed32s | Op::Fixed64s | Op::Enums)
    }
}

impl Op {
    /// How a single value is framed.
    fn wire(self) -> u8 {
        match self {
            Op::Unknown => NO_WIRE,
            Op::Varint | Op::Varints | Op::Enum | Op::Enums => WireType::Varint.number(),
            Op::Fixed32 | Op::Fixed32s => WireType::Fixed32.number(),
            Op::Fixed64 | Op::Fixed64s => WireType::Fixed64.number(),
            Op::Bytes | Op::String | Op::Message | Op::Map => WireType::Length.number(),
            Op::Group => WireType::StartGroup.number(),
        }
    }
}

impl Table {
    #[inline]
    pub fn entry(&self, number: i32) -> Entry {
        match self.dense.get(number as usize) {
            Some(entry) => *entry,
            None => self.sparse.get(&number).copied().unwrap_or_default(),
        }
    }

    /// The name of the message, for people.
    pub fn name<'s>(&self, set: &'s FileSet) -> &'s str {
        match self.message {
            Some(id) => &set.message(id).name,
            None => "the entry of a map",
        }
    }

    fn new(message: Option<MessageId>, entries: Vec<(i32, Entry)>) -> Table {
        let end = entries
            .iter()
            .map(|(number, _)| *number + 1)
            .filter(|end| *end <= DENSE)
            .max()
            .unwrap_or(0);
        let mut dense = vec![Entry::default(); end as usize];
        let mut sparse = FxHashMap::default();
        let mut required = 0;
        for (number, entry) in entries {
            required |= entry.required;
            match dense.get_mut(number as usize) {
                Some(place) => *place = entry,
                None => {
                    sparse.insert(number, entry);
                }
            }
        }
        Table {
            message,
            dense: dense.into(),
            sparse,
            required,
            requires_more: false,
        }
    }
}

impl Tables {
    pub fn new(set: &FileSet) -> Tables {
        let mut entries: Vec<Vec<(i32, Entry)>> = vec![Vec::new(); set.messages.len()];
        let mut of_maps = Vec::new();
        let mut bits = vec![0u32; set.messages.len()];
        let own = (0u32..)
            .zip(&set.messages)
            .flat_map(|(id, message)| message.fields.iter().map(move |field| (id as usize, field)));
        let of_others = set
            .extensions
            .iter()
            .map(|extension| (extension.extendee.0 as usize, &extension.field));
        for (message, field) in own.chain(of_others) {
            let mut entry = self::entry(set, field, &mut of_maps);
            if field.cardinality == Cardinality::Required {
                entry.required = 1u64.checked_shl(bits[message]).unwrap_or(0);
                bits[message] += 1;
            }
            entries[message].push((field.number, entry));
        }
        let mut tables: Vec<Table> = (0u32..)
            .zip(entries)
            .map(|(id, entries)| Table::new(Some(MessageId(id)), entries))
            .collect();
        for (table, bits) in tables.iter_mut().zip(bits) {
            table.requires_more = bits > u64::BITS;
        }
        for entries in of_maps {
            let mut table = Table::new(None, entries);
            let value = table.entry(2);
            if value.op == Op::Message {
                let value = &tables[value.target as usize];
                table.requires_more = value.required != 0 || value.requires_more;
            }
            tables.push(table);
        }
        let enums = set
            .enums
            .iter()
            .map(|of| match of.is_open {
                true => FxHashSet::default(),
                false => of.values.iter().map(|value| value.number).collect(),
            })
            .collect();
        Tables { tables, enums }
    }

    /// Whether a closed enum has this number.
    #[inline]
    pub fn takes(&self, id: u32, number: i32) -> bool {
        self.enums
            .get(id as usize)
            .is_some_and(|numbers| numbers.contains(&number))
    }
}

/// The entry of a field; of a map, the entries of its own table are put behind the others.
fn entry(set: &FileSet, field: &Field, of_maps: &mut Vec<Vec<(i32, Entry)>>) -> Entry {
    let is_repeated = field.cardinality == Cardinality::Repeated;
    match field.kind {
        Kind::Scalar(kind) => scalar(kind, is_repeated, field.validates_utf8),
        Kind::Enum(id) => enumeration(set, id, is_repeated),
        Kind::Message(id) => to(Op::Message, id.0),
        Kind::Group(id) => to(Op::Group, id.0),
        Kind::Map { key, value } => {
            let key = scalar(key, false, field.validates_utf8);
            let value = match value {
                MapValue::Scalar(kind) => scalar(kind, false, field.validates_utf8),
                MapValue::Enum(id) => enumeration(set, id, false),
                MapValue::Message(id) => to(Op::Message, id.0),
            };
            of_maps.push(vec![(1, key), (2, value)]);
            to(Op::Map, (set.messages.len() + of_maps.len() - 1) as u32)
        }
    }
}

fn to(op: Op, target: u32) -> Entry {
    Entry {
        op,
        target,
        required: 0,
        wire: op.wire(),
    }
}

fn enumeration(set: &FileSet, id: EnumId, is_repeated: bool) -> Entry {
    match (set.enumeration(id).is_open, is_repeated) {
        (true, false) => to(Op::Varint, 0),
        (true, true) => to(Op::Varints, 0),
        (false, false) => to(Op::Enum, id.0),
        (false, true) => to(Op::Enums, id.0),
    }
}

fn scalar(kind: Scalar, is_repeated: bool, validates_utf8: bool) -> Entry {
    let op = match (WireType::of_scalar(kind), is_repeated) {
        (WireType::Fixed64, false) => Op::Fixed64,
        (WireType::Fixed64, true) => Op::Fixed64s,
        (WireType::Fixed32, false) => Op::Fixed32,
        (WireType::Fixed32, true) => Op::Fixed32s,
        (WireType::Length, _) if kind == Scalar::String && validates_utf8 => Op::String,
        (WireType::Length, _) => Op::Bytes,
        (_, false) => Op::Varint,
        (_, true) => Op::Varints,
    };
    to(op, 0)
}
