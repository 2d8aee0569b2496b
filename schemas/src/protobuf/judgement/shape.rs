//! What an application sees of a Protobuf event that was decoded as a dynamic message, with the writer's schema alone: fields and
//! symbols by their names, numbers and wire types no more.

mod event;

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::label::{at_enum, at_message, label};
use super::path_fields::event_of;
use super::rules;
use crate::as_written::shape::{
    Described, Enum, Event, Field as Part, Kind as Values, Meaning, Node, NodeId, Record, Root, Seed, Shape, Shaped,
    Spot, Step, Trail,
};
use crate::budget::{Budget, Exhausted};
use crate::effect::Effect;
use crate::finding::{Label, Rule};
use crate::protobuf::data::index::Index;
use crate::protobuf::data::json_encoding::WellKnown;
use crate::protobuf::data::minimal::Minimal;
use crate::protobuf::language::names::simple;
use crate::protobuf::language::schema::{
    Cardinality, EnumId, Extension, Field, FileId, Kind, MapValue, Message, MessageId, Scalar, Schema,
};
use crate::text::shown::Line;
use crate::text::source::Span;
use crate::to_line;

/// What a node is in the schema. Fields of one type share a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Type {
    Scalar(Scalar),
    Enum(EnumId),
    Message(MessageId),
    /// A repeated field of what these nodes are.
    List(NodeId),
    Map(Scalar, NodeId),
}

struct ProtobufShape<'s> {
    schema: &'s Schema,
    shape: Shape<'s>,
    /// What each node is.
    types: Vec<Type>,
    /// The extensions of each message: they come after its fields.
    extensions: FxHashMap<MessageId, Vec<&'s Extension>>,
    minimal: Minimal<'s>,
    index: Index<'s>,
}

impl Schema {
    /// What an application sees of an event of this schema.
    ///
    /// # Errors
    /// When the budget ends.
    pub(crate) fn described<'s>(&'s self, root: Root<'_>, budget: &Budget) -> Result<Described<'s>, Exhausted> {
        let message = match root {
            Root::Event(name) => event_of(self, name),
            Root::Like { name, package } => like(self, name, package),
        };
        let Some(message) = message else {
            return Ok(Described::NoEvent(label(&self.set, FileId(0), Span::default(), "")));
        };
        budget.spend(self.set.messages.len() + self.set.extensions.len())?;
        let mut nodes = Nodes {
            schema: self,
            types: Vec::new(),
            known: FxHashMap::default(),
        };
        let root = nodes.of(Type::Message(message));
        let extensions = self.set.extensions_of();
        let mut made = Vec::new();
        // Each node may ask for more of them; none is made within another.
        while let Some(ty) = nodes.types.get(made.len()).copied() {
            made.push(nodes.node(ty, &extensions, budget)?);
        }
        let types = nodes.types;
        Ok(Described::Shape(Box::new(ProtobufShape {
            schema: self,
            shape: Shape {
                nodes: made,
                root,
                package: &self.main().package,
            },
            types,
            extensions,
            minimal: Minimal::new(&self.set),
            index: Index::new(&self.set),
        })))
    }
}

/// The message that stands for one of another schema: of the same name, within another package if that differs.
fn like(schema: &Schema, name: &str, package: &str) -> Option<MessageId> {
    let within = match package {
        "" => name,
        package => name.strip_prefix(package)?.strip_prefix('.')?,
    };
    match &*schema.main().package {
        "" => schema.set.message_named(within),
        own => schema.set.message_named(&format!("{own}.{within}")),
    }
}

/// The nodes of a shape, as far as they are asked for.
struct Nodes<'s> {
    schema: &'s Schema,
    types: Vec<Type>,
    known: FxHashMap<Type, NodeId>,
}

impl<'s> Nodes<'s> {
    fn of(&mut self, ty: Type) -> NodeId {
        let next = NodeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX));
        let node = *self.known.entry(ty).or_insert(next);
        if node == next {
            self.types.push(ty);
        }
        node
    }

    fn node(
        &mut self,
        ty: Type,
        extensions: &FxHashMap<MessageId, Vec<&'s Extension>>,
        budget: &Budget,
    ) -> Result<Node<'s>, Exhausted> {
        let schema: &'s Schema = self.schema;
        budget.spend(1)?;
        let plain = |name, kind| Node {
            name,
            kind,
            meaning: None,
        };
        Ok(match ty {
            Type::Scalar(scalar) => plain(scalar.name(), values(scalar)),
            Type::List(items) => plain("repeated", Values::List(items)),
            Type::Map(key, value) => {
                let key = Some(self.of(Type::Scalar(key)));
                plain("map", Values::Map { key, value })
            }
            Type::Enum(id) => {
                let of = schema.set.enumeration(id);
                budget.spend(of.values.len())?;
                let mut numbers = FxHashSet::default();
                let seen = (0u32..)
                    .zip(&of.values)
                    .filter(|(_, value)| numbers.insert(value.number));
                let seen = seen.map(|(index, _)| index).collect();
                let symbols = of.values.iter().map(|value| &*value.name).collect();
                plain(&of.name, Values::Enum(Enum { symbols, seen }))
            }
            Type::Message(id) => {
                let message = schema.set.message(id);
                let more = extensions.get(&id).map_or(&[][..], Vec::as_slice);
                budget.spend(message.fields.len() + more.len())?;
                let mut fields: Vec<Part<'s>> = Vec::with_capacity(message.fields.len() + more.len());
                for field in &message.fields {
                    fields.push(Part {
                        name: Cow::Borrowed(&*field.name),
                        node: self.field(field),
                        oneof: field.oneof,
                    });
                }
                for extension in more {
                    fields.push(Part {
                        name: Cow::Owned(format!("({})", extension.name)),
                        node: self.field(&extension.field),
                        oneof: None,
                    });
                }
                Node {
                    name: &message.name,
                    kind: Values::Record(Record::new(fields)),
                    meaning: WellKnown::of(&schema.set, id).map(|known| Meaning::Named(name_of(known))),
                }
            }
        })
    }

    fn field(&mut self, field: &Field) -> NodeId {
        let element = match field.kind {
            Kind::Scalar(scalar) => Type::Scalar(scalar),
            Kind::Message(id) | Kind::Group(id) => Type::Message(id),
            Kind::Enum(id) => Type::Enum(id),
            Kind::Map { key, value } => {
                let value = self.of(match value {
                    MapValue::Scalar(scalar) => Type::Scalar(scalar),
                    MapValue::Message(id) => Type::Message(id),
                    MapValue::Enum(id) => Type::Enum(id),
                });
                return self.of(Type::Map(key, value));
            }
        };
        let element = self.of(element);
        match field.cardinality {
            Cardinality::Repeated => self.of(Type::List(element)),
            Cardinality::Implicit | Cardinality::Explicit | Cardinality::Required | Cardinality::Map => element,
        }
    }
}

fn values(scalar: Scalar) -> Values<'static> {
    let integer = |is_signed, bits| Values::Integer { is_signed, bits };
    match scalar {
        Scalar::Double => Values::Double,
        Scalar::Float => Values::Float,
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => integer(true, 32),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => integer(true, 64),
        Scalar::Uint32 | Scalar::Fixed32 => integer(false, 32),
        Scalar::Uint64 | Scalar::Fixed64 => integer(false, 64),
        Scalar::Bool => Values::Bool,
        Scalar::String => Values::Text,
        Scalar::Bytes => Values::Bytes,
    }
}

/// Runtimes give these messages methods of their own.
fn name_of(known: WellKnown) -> &'static str {
    match known {
        WellKnown::Any => "google.protobuf.Any",
        WellKnown::Timestamp => "google.protobuf.Timestamp",
        WellKnown::Duration => "google.protobuf.Duration",
        WellKnown::FieldMask => "google.protobuf.FieldMask",
        WellKnown::Struct => "google.protobuf.Struct",
        WellKnown::Value => "google.protobuf.Value",
        WellKnown::ListValue => "google.protobuf.ListValue",
        WellKnown::Wrapper(_) => "a wrapper of google.protobuf",
    }
}

impl<'s> Shaped<'s> for ProtobufShape<'s> {
    fn shape(&self) -> &Shape<'s> {
        &self.shape
    }

    fn words(&self, node: NodeId) -> Line {
        match self.type_of(node) {
            Type::Scalar(scalar) => scalar.name().into(),
            Type::Enum(id) => to_line!("enum {}", simple(&self.schema.set.enumeration(id).name)),
            Type::Message(id) => {
                let name = &self.schema.set.message(id).name;
                let is_known = self.shape.node(node).meaning.is_some();
                to_line!("message {}", if is_known { name } else { simple(name) })
            }
            Type::List(items) => to_line!("repeated {}", self.words(items)),
            Type::Map(key, value) => to_line!("map<{}, {}>", key.name(), self.words(value)),
        }
    }

    fn exists(&self, node: NodeId) -> bool {
        match self.type_of(node) {
            Type::Message(id) => self.minimal.exists(id),
            Type::Scalar(_) | Type::Enum(_) | Type::List(_) | Type::Map(..) => true,
        }
    }

    fn label(&self, trail: &Trail, node: NodeId, spot: Spot, note: Line) -> Label {
        let set = &self.schema.set;
        match (spot, self.type_of(node)) {
            (Spot::Field(index), Type::Message(id)) => {
                if let Some((field, file)) = self.field(id, index) {
                    return label(set, file, field.spans.name, note);
                }
            }
            (Spot::Symbol(index), Type::Enum(id)) => {
                let of = set.enumeration(id);
                let value = of.values.get(index as usize);
                return label(set, of.file, value.map_or(of.name_span, |value| value.name_span), note);
            }
            (Spot::Fields, Type::Message(id)) => return at_message(set, id, note),
            (Spot::Whole, Type::Message(id)) if trail.is_empty() => return at_message(set, id, note),
            (Spot::Whole | Spot::Fields | Spot::Field(_) | Spot::Symbol(_), _) => {}
        }
        // The field whose type it is, or that of its list or map.
        let above = trail
            .iter()
            .rev()
            .find_map(|(node, step)| match (step, self.type_of(*node)) {
                (Step::Field(index), Type::Message(id)) => self.field(id, *index),
                _ => None,
            });
        match (above, self.type_of(node)) {
            (Some((field, file)), _) => label(set, file, field.spans.kind, note),
            (None, Type::Enum(id)) => at_enum(set, id, note),
            (None, _) => label(set, FileId(0), Span::default(), note),
        }
    }

    fn event(&self, trail: &Trail, node: NodeId, seed: &Seed, budget: &Budget) -> Result<Option<Event>, Exhausted> {
        event::make(self, trail, node, seed, budget)
    }

    fn rule(&self, effect: Effect) -> &'static Rule {
        match effect {
            Effect::Missing | Effect::ReadAsDefault | Effect::Null | Effect::LeftOut => &rules::FIELD_READ_AS_DEFAULT,
            Effect::UnknownSymbol => &rules::ENUM_NUMBER_UNKNOWN,
            Effect::Narrowed => &rules::NUMBER_OUT_OF_RANGE,
            Effect::Lossy => &rules::NUMBER_REINTERPRETED,
            Effect::OtherBranch | Effect::OtherCase | Effect::CaseLost => &rules::ONEOF_CASE_UNKNOWN,
            // The message itself is missing.
            Effect::Policy => &rules::TYPE_MISSING,
            Effect::OtherType
            | Effect::OtherMeaning
            | Effect::Ambiguous
            | Effect::UnknownField
            | Effect::Presence
            | Effect::Name
            | Effect::JsonForm => &rules::CONTENT_REINTERPRETED,
        }
    }
}

impl<'s> ProtobufShape<'s> {
    fn type_of(&self, NodeId(index): NodeId) -> Type {
        self.types[index as usize]
    }

    /// The field of this index of a message, its extensions after its own, with the file that it is in.
    fn field(&self, id: MessageId, index: u32) -> Option<(&'s Field, FileId)> {
        let message: &'s Message = self.schema.set.message(id);
        let index = index as usize;
        match message.fields.get(index) {
            Some(field) => Some((field, message.file)),
            None => {
                let extension = self.extensions.get(&id)?.get(index - message.fields.len())?;
                Some((&extension.field, extension.file))
            }
        }
    }
}
