//! Options as fields of google.protobuf.FileOptions and its siblings; custom ones as their extensions.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::bytes::Bytes;
use crate::protobuf::language::builtin;
use crate::protobuf::language::link::{Target, scalar_value};
use crate::protobuf::language::schema::{
    Cardinality, Default, EnumId, Extension, Field, FileId, FileSet, Kind, MapValue, MessageId, Scalar,
};
use crate::protobuf::language::syntax::{AggregateField, OptionEntry, OptionValue};

/// A message that is put together; its fields in the order of their numbers.
#[derive(Default)]
pub(super) struct Node(BTreeMap<u32, Slot>);

/// What a field is set to.
enum Slot {
    /// Values as they stand behind their tags, and the wire type.
    Values(u32, Vec<Vec<u8>>),
    /// Numbers in one piece.
    Packed(Vec<u8>),
    /// Messages.
    Messages(Vec<Node>),
    /// Groups.
    Groups(Vec<Node>),
}

impl Node {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn write(&self, bytes: &mut Bytes) {
        for (number, slot) in &self.0 {
            match slot {
                Slot::Values(wire_type, values) => {
                    for value in values {
                        bytes.tag(*number, *wire_type);
                        bytes.0.extend_from_slice(value);
                    }
                }
                Slot::Packed(values) => bytes.bytes(*number, values),
                Slot::Messages(nodes) => {
                    for node in nodes {
                        bytes.message(*number, |inner| node.write(inner));
                    }
                }
                Slot::Groups(nodes) => {
                    for node in nodes {
                        bytes.tag(*number, 3);
                        node.write(bytes);
                        bytes.tag(*number, 4);
                    }
                }
            }
        }
    }

    fn value(&mut self, field: &Field, wire_type: u32, value: Vec<u8>) {
        let number = field.number as u32;
        let is_repeated = field.cardinality == Cardinality::Repeated;
        if is_repeated && field.is_packed {
            match self.0.entry(number).or_insert(Slot::Packed(Vec::new())) {
                Slot::Packed(values) => values.extend(value),
                other => *other = Slot::Packed(value),
            }
            return;
        }
        match self.0.entry(number).or_insert(Slot::Values(wire_type, Vec::new())) {
            Slot::Values(_, values) if is_repeated => values.push(value),
            other => *other = Slot::Values(wire_type, vec![value]),
        }
    }

    /// The message in a field: a new one where there may be several.
    fn message(&mut self, number: u32, is_group: bool, is_repeated: bool) -> Option<&mut Node> {
        let slot = self.0.entry(number).or_insert_with(|| match is_group {
            true => Slot::Groups(Vec::new()),
            false => Slot::Messages(Vec::new()),
        });
        match slot {
            Slot::Messages(nodes) | Slot::Groups(nodes) => {
                if is_repeated || nodes.is_empty() {
                    nodes.push(Node::default());
                }
                nodes.last_mut()
            }
            Slot::Values(..) | Slot::Packed(_) => None,
        }
    }
}

/// A message of the set itself or of the built-in descriptor.proto.
#[derive(Clone, Copy)]
struct Place {
    is_own: bool,
    id: MessageId,
}

/// Writes the options of the files of one set, which have been linked: everything in them exists and fits.
pub(super) struct OptionWriter<'a> {
    set: &'a FileSet,
    standard: Option<&'static FileSet>,
    /// The extensions that the file sees, by full name.
    extensions: FxHashMap<&'a str, &'a Extension>,
}

impl<'a> OptionWriter<'a> {
    pub fn new(set: &'a FileSet, file: FileId) -> Self {
        let is_own = set.message_named(Target::File.message()).is_some();
        OptionWriter {
            set,
            standard: if is_own { None } else { builtin::descriptor() },
            extensions: set.extensions_seen_by(file),
        }
    }

    fn set_of(&self, is_own: bool) -> &'a FileSet {
        match self.standard {
            Some(standard) if !is_own => standard,
            _ => self.set,
        }
    }

    /// The options of one declaration; `scope` is where the names of custom options are looked for first.
    pub fn node<'o>(&self, target: Target, scope: &str, options: impl Iterator<Item = &'o OptionEntry>) -> Node {
        let mut node = Node::default();
        let set = self.standard.unwrap_or(self.set);
        if let Some(id) = set.message_named(target.message()) {
            let root = Place {
                is_own: self.standard.is_none(),
                id,
            };
            for option in options {
                let _ = self.option(&mut node, root, scope, option);
            }
        }
        node
    }

    fn option(&self, node: &mut Node, root: Place, scope: &str, option: &OptionEntry) -> Option<()> {
        let (mut node, mut place) = (node, root);
        for (index, part) in option.name.iter().enumerate() {
            let (field, is_own) = match part.is_extension {
                true => (self.extension(&part.name, scope)?, true),
                false => (self.field(place, &part.name)?, place.is_own),
            };
            if is_for_source(field) {
                return Some(());
            }
            if index + 1 == option.name.len() {
                return self.put(node, field, is_own, scope, &option.value);
            }
            let (Kind::Message(id) | Kind::Group(id)) = field.kind else {
                return None;
            };
            let is_group = matches!(field.kind, Kind::Group(_));
            node = node.message(field.number as u32, is_group, false)?;
            place = Place { is_own, id };
        }
        None
    }

    fn field(&self, place: Place, name: &str) -> Option<&'a Field> {
        self.set_of(place.is_own)
            .message(place.id)
            .fields
            .iter()
            .find(|field| &*field.name == name)
    }

    /// The innermost extension of this name.
    fn extension(&self, name: &str, scope: &str) -> Option<&'a Field> {
        if let Some(absolute) = name.strip_prefix('.') {
            return self.extensions.get(absolute).map(|extension| &extension.field);
        }
        let mut scope = scope;
        loop {
            let full = if scope.is_empty() {
                name.to_owned()
            } else {
                format!("{scope}.{name}")
            };
            if let Some(extension) = self.extensions.get(full.as_str()) {
                return Some(&extension.field);
            }
            if scope.is_empty() {
                return None;
            }
            scope = scope.rfind('.').map_or("", |dot| &scope[..dot]);
        }
    }

    fn put(&self, node: &mut Node, field: &Field, is_own: bool, scope: &str, value: &OptionValue) -> Option<()> {
        if let OptionValue::List(items) = value {
            for item in items {
                self.put(node, field, is_own, scope, item)?;
            }
            return Some(());
        }
        match field.kind {
            Kind::Scalar(scalar) => {
                let (wire_type, bytes) = scalar_bytes(scalar, value)?;
                node.value(field, wire_type, bytes);
            }
            Kind::Enum(id) => {
                let mut bytes = Bytes::default();
                bytes.varint(self.enum_number(is_own, id, value)? as i64 as u64);
                node.value(field, 0, bytes.0);
            }
            Kind::Message(id) | Kind::Group(id) => {
                let OptionValue::Aggregate(fields) = value else {
                    return None;
                };
                let is_group = matches!(field.kind, Kind::Group(_));
                let is_repeated = field.cardinality == Cardinality::Repeated;
                let inner = node.message(field.number as u32, is_group, is_repeated)?;
                self.fill(inner, Place { is_own, id }, scope, fields)?;
            }
            Kind::Map { key, value: kind } => {
                let OptionValue::Aggregate(fields) = value else {
                    return None;
                };
                let inner = node.message(field.number as u32, false, true)?;
                self.entry(inner, is_own, key, kind, scope, fields)?;
            }
        }
        Some(())
    }

    /// The depth of a value is bounded by the parser.
    fn fill(&self, node: &mut Node, place: Place, scope: &str, fields: &[AggregateField]) -> Option<()> {
        let set = self.set_of(place.is_own);
        let message = set.message(place.id);
        for written in fields {
            if written.is_bracketed && written.name.contains('/') {
                self.any(node, scope, written)?;
                continue;
            }
            let (field, is_own) = if written.is_bracketed {
                (self.extension(&written.name, &message.name)?, true)
            } else {
                let lower = written.name.to_ascii_lowercase();
                let field = self.field(place, &written.name).or_else(|| self.field(place, &lower))?;
                (field, place.is_own)
            };
            if !is_for_source(field) {
                self.put(node, field, is_own, scope, &written.value)?;
            }
        }
        Some(())
    }

    fn entry(
        &self,
        node: &mut Node,
        is_own: bool,
        key: Scalar,
        kind: MapValue,
        scope: &str,
        fields: &[AggregateField],
    ) -> Option<()> {
        for field in fields {
            let (number, wire_type, bytes) = match (&*field.name, kind) {
                ("key", _) => {
                    let (wire_type, bytes) = scalar_bytes(key, &field.value)?;
                    (1, wire_type, bytes)
                }
                (_, MapValue::Scalar(scalar)) => {
                    let (wire_type, bytes) = scalar_bytes(scalar, &field.value)?;
                    (2, wire_type, bytes)
                }
                (_, MapValue::Enum(id)) => {
                    let mut bytes = Bytes::default();
                    bytes.varint(self.enum_number(is_own, id, &field.value)? as i64 as u64);
                    (2, 0, bytes.0)
                }
                (_, MapValue::Message(id)) => {
                    let OptionValue::Aggregate(fields) = &field.value else {
                        return None;
                    };
                    let inner = node.message(2, false, false)?;
                    self.fill(inner, Place { is_own, id }, scope, fields)?;
                    continue;
                }
            };
            node.0.insert(number, Slot::Values(wire_type, vec![bytes]));
        }
        Some(())
    }

    /// `[type.googleapis.com/acme.Order] { … }`: the URL and the bytes.
    fn any(&self, node: &mut Node, scope: &str, written: &AggregateField) -> Option<()> {
        let name = written.name.rsplit('/').next()?;
        let id = self.set.message_named(name)?;
        let OptionValue::Aggregate(fields) = &written.value else {
            return None;
        };
        let mut inner = Node::default();
        self.fill(&mut inner, Place { is_own: true, id }, scope, fields)?;
        let mut value = Bytes::default();
        inner.write(&mut value);
        for (number, bytes) in [(1, written.name.as_bytes()), (2, &value.0[..])] {
            let mut framed = Bytes::default();
            framed.varint(bytes.len() as u64);
            framed.0.extend_from_slice(bytes);
            node.0.insert(number, Slot::Values(2, vec![framed.0]));
        }
        Some(())
    }

    fn enum_number(&self, is_own: bool, id: EnumId, value: &OptionValue) -> Option<i32> {
        let enumeration = self.set_of(is_own).enumeration(id);
        match value {
            OptionValue::Identifier(name) => enumeration
                .values
                .iter()
                .find(|known| known.name == *name)
                .map(|known| known.number),
            OptionValue::Bytes(name) => enumeration
                .values
                .iter()
                .find(|known| known.name.as_bytes() == &**name)
                .map(|known| known.number),
            OptionValue::Unsigned(number) => i32::try_from(*number).ok(),
            OptionValue::Negative(number) => i32::try_from(*number).ok(),
            _ => None,
        }
    }
}

/// A scalar behind its tag, and the wire type.
fn scalar_bytes(scalar: Scalar, value: &OptionValue) -> Option<(u32, Vec<u8>)> {
    let mut bytes = Bytes::default();
    let value = scalar_value(scalar, value)?;
    let wire_type = match (scalar, value) {
        (Scalar::Double, Default::Float(value)) => {
            bytes.0.extend_from_slice(&value.to_le_bytes());
            1
        }
        (Scalar::Float, Default::Float(value)) => {
            bytes.0.extend_from_slice(&(value as f32).to_le_bytes());
            5
        }
        (Scalar::Fixed32 | Scalar::Sfixed32, Default::Signed(value)) => {
            bytes.0.extend_from_slice(&(value as i32).to_le_bytes());
            5
        }
        (Scalar::Fixed32 | Scalar::Sfixed32, Default::Unsigned(value)) => {
            bytes.0.extend_from_slice(&(value as u32).to_le_bytes());
            5
        }
        (Scalar::Fixed64 | Scalar::Sfixed64, Default::Signed(value)) => {
            bytes.0.extend_from_slice(&value.to_le_bytes());
            1
        }
        (Scalar::Fixed64 | Scalar::Sfixed64, Default::Unsigned(value)) => {
            bytes.0.extend_from_slice(&value.to_le_bytes());
            1
        }
        (Scalar::Sint32 | Scalar::Sint64, Default::Signed(value)) => {
            bytes.varint((value << 1 ^ value >> 63) as u64);
            0
        }
        (_, Default::Signed(value)) => {
            bytes.varint(value as u64);
            0
        }
        (_, Default::Unsigned(value)) => {
            bytes.varint(value);
            0
        }
        (_, Default::Bool(value)) => {
            bytes.varint(value.into());
            0
        }
        (_, Default::Bytes(value)) => {
            bytes.varint(value.len() as u64);
            bytes.0.extend_from_slice(&value);
            2
        }
        (_, Default::Float(_) | Default::Enum(..)) => return None,
    };
    Some((wire_type, bytes.0))
}

/// Whether an option is for whoever reads the text alone: protoc leaves it out of descriptors.
fn is_for_source(field: &Field) -> bool {
    let retention = field.options.get("retention");
    retention.is_some_and(|option| &*option.value == "RETENTION_SOURCE")
}
