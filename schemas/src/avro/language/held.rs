//! How much memory a parsed schema takes.

use super::named::{FullName, Named};
use super::schema::{Kind, Props, Schema, Type, TypeId};
use crate::text::json::{Member, Node, Value};
use crate::text::source::{Source, Step};

/// What an allocation takes beside what was asked for, on average.
const ALLOCATION: usize = 16;

impl Schema {
    /// Bytes that this schema holds, by estimate on the safe side: its texts and everything that was read from them.
    pub fn held(&self) -> usize {
        let sources = self
            .sources
            .iter()
            .map(|source| size_of::<Source>() + source.text().len());
        let names = self
            .names
            .keys()
            .map(|name| text(name) + 2 * size_of::<(Box<str>, TypeId)>());
        let types = self.types.iter().map(of_type);
        size_of::<Schema>() + sources.sum::<usize>() + names.sum::<usize>() + types.sum::<usize>()
    }
}

fn of_type(ty: &Type) -> usize {
    // Lists of types grow by doubling.
    let kind = match &ty.kind {
        Kind::Union(branches) => ALLOCATION + size_of_val(&**branches),
        Kind::Record(record) => {
            let fields = record.fields().iter().map(|field| {
                // Its place in the order of names, and its shape.
                let beside = size_of_val(field) + size_of::<(u32, u32)>() + size_of::<u128>();
                let aliases: usize = field.aliases.iter().map(|alias| size_of_val(alias) + text(alias)).sum();
                let default = field.default.as_deref().map_or(0, of_node);
                beside + text(&field.name) + aliases + default + optional(&field.doc) + of_props(&field.props)
            });
            named(&record.named) + fields.sum::<usize>()
        }
        Kind::Enum(symbols) => {
            let each = symbols.symbols().iter();
            let texts = each.map(|symbol| size_of_val(symbol) + size_of::<u32>() + text(symbol));
            named(&symbols.named) + optional(&symbols.default) + texts.sum::<usize>()
        }
        Kind::Fixed(fixed) => named(&fixed.named),
        _ => 0,
    };
    2 * size_of::<Type>() + kind + of_props(&ty.props)
}

fn named(named: &Named) -> usize {
    let aliases = named
        .aliases
        .iter()
        .map(|alias| size_of::<FullName>() + text(alias.full()));
    let steps = named.place.path.steps().iter().map(|step| {
        size_of::<Step>()
            + match step {
                Step::Key(key) | Step::Name(key) => text(key),
                Step::Index(_) => 0,
            }
    });
    let own = 4 * ALLOCATION + size_of::<Named>() + text(named.name.full()) + optional(&named.doc);
    // A path grows by doubling.
    own + aliases.sum::<usize>() + 2 * steps.sum::<usize>()
}

fn of_props(props: &Props) -> usize {
    let each = props
        .iter()
        .map(|(name, value)| size_of::<Box<str>>() + text(name) + of_node(value));
    each.sum()
}

fn of_node(node: &Node) -> usize {
    // The depth of a text is limited before it is read.
    size_of::<Node>()
        + match &node.value {
            Value::Null | Value::Bool(_) => 0,
            Value::Number(digits) => text(digits),
            Value::String(string) => text(string),
            Value::Array(items) => {
                let spare = (items.capacity() - items.len()) * size_of::<Node>();
                ALLOCATION + spare + items.iter().map(of_node).sum::<usize>()
            }
            Value::Object(members) => {
                let spare = (members.capacity() - members.len()) * size_of::<Member>();
                let beside = size_of::<Member>() - size_of::<Node>();
                let each = members
                    .iter()
                    .map(|member| beside + text(&member.key) + of_node(&member.value));
                ALLOCATION + spare + each.sum::<usize>()
            }
        }
}

fn text(text: &str) -> usize {
    ALLOCATION + text.len()
}

fn optional(of: &Option<Box<str>>) -> usize {
    of.as_deref().map_or(0, text)
}
