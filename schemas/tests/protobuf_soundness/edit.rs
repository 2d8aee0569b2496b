//! The changes that people make to a schema, one at a time. Some lead to what is no schema.

use super::draw::{self, SCALARS};
use super::tree::{Field, Home, Label, Syntax, Tree, Type};
use crate::random::Random;

type Edit = fn(&mut Tree, &mut Random);

/// Every kind of change, each about as often as its weight says.
const EDITS: &[(usize, Edit)] = &[
    (8, scalar_changed),
    (5, type_changed),
    (3, number_changed),
    (2, numbers_swapped),
    (2, field_renamed),
    (5, label_changed),
    (5, oneof_changed),
    (3, field_removed),
    (3, field_added),
    (6, values_changed),
    (2, map_or_list),
    (2, type_moved),
    (1, type_renamed),
    (1, type_removed),
    (2, default_changed),
    (3, packing_changed),
    (2, encoding_changed),
    (1, json_name_changed),
    (1, syntax_changed),
    (1, package_changed),
    (2, enum_opened_or_closed),
    (2, extension_changed),
    (1, extension_and_field),
    (1, field_wrapped),
];

/// One change.
pub fn edit(tree: &mut Tree, random: &mut Random) {
    let whole: usize = EDITS.iter().map(|(weight, _)| weight).sum();
    let mut at = random.below(whole);
    for (weight, edit) in EDITS {
        match at.checked_sub(*weight) {
            Some(left) => at = left,
            None => return edit(tree, random),
        }
    }
}

/// A message that has fields.
fn message(tree: &Tree, random: &mut Random) -> Option<usize> {
    let full = tree.messages.iter().filter(|(_, message)| !message.fields.is_empty());
    let ids: Vec<usize> = full.map(|(id, _)| *id).collect();
    (!ids.is_empty()).then(|| random.pick(&ids))
}

fn any_message(tree: &Tree, random: &mut Random) -> Option<usize> {
    let ids: Vec<usize> = tree.messages.keys().copied().collect();
    (!ids.is_empty()).then(|| random.pick(&ids))
}

/// A field of a message, now and then an extension.
fn field<'t>(tree: &'t mut Tree, random: &mut Random) -> Option<&'t mut Field> {
    if !tree.extensions.is_empty() && random.one_in(6) {
        let at = random.below(tree.extensions.len());
        return Some(&mut tree.extensions[at].field);
    }
    let id = message(tree, random)?;
    let fields = &mut tree.messages.get_mut(&id)?.fields;
    let at = random.below(fields.len());
    fields.get_mut(at)
}

/// One whose type is told by `is_meant`, or any.
fn field_of<'t>(tree: &'t mut Tree, random: &mut Random, is_meant: fn(&Field) -> bool) -> Option<&'t mut Field> {
    let count = tree.fields().filter(|field| is_meant(field)).count();
    if count == 0 {
        return None;
    }
    let at = random.below(count);
    tree.fields_mut().filter(|field| is_meant(field)).nth(at)
}

fn scalar_changed(tree: &mut Tree, random: &mut Random) {
    const ALIKE: [&[&str]; 4] = [
        &["int32", "int64", "uint32", "uint64", "sint32", "sint64", "bool"],
        &["fixed32", "sfixed32", "float"],
        &["fixed64", "sfixed64", "double"],
        &["string", "bytes"],
    ];
    let scalar = |field: &Field| match &field.ty {
        Type::Scalar(_) => true,
        Type::Map(_, value) => matches!(**value, Type::Scalar(_)),
        _ => false,
    };
    let Some(field) = field_of(tree, random, scalar) else {
        return;
    };
    let mut change = |name: &mut &'static str| {
        let alike = ALIKE
            .iter()
            .find(|alike| alike.contains(name))
            .filter(|_| !random.one_in(4));
        *name = match alike {
            Some(alike) => random.pick(alike),
            None => random.pick(&SCALARS),
        };
    };
    match &mut field.ty {
        Type::Scalar(name) => change(name),
        Type::Map(key, value) => match &mut **value {
            Type::Scalar(name) if !matches!(*key, "string") => change(name),
            _ => *key = random.pick(&draw::KEYS),
        },
        _ => {}
    }
}

fn type_changed(tree: &mut Tree, random: &mut Random) {
    let ty = match random.below(6) {
        0 => Type::Scalar("bytes"),
        1 => Type::Scalar("int32"),
        _ => draw::ty(tree, random, None),
    };
    if let Some(field) = field(tree, random) {
        field.ty = match (&field.ty, random.one_in(3)) {
            (Type::Map(key, _), true) if !matches!(ty, Type::Map(..)) => Type::Map(key, Box::new(ty)),
            _ => ty,
        };
    }
}

fn number_changed(tree: &mut Tree, random: &mut Random) {
    let Some(id) = message(tree, random) else { return };
    let number = draw::free_number(tree, random, id);
    if let Some(message) = tree.messages.get_mut(&id) {
        let at = random.below(message.fields.len());
        let old = std::mem::replace(&mut message.fields[at].number, number);
        if random.one_in(2) {
            message.reserved.push(old);
        }
    }
}

fn numbers_swapped(tree: &mut Tree, random: &mut Random) {
    let Some(id) = message(tree, random) else { return };
    let Some(message) = tree.messages.get_mut(&id) else {
        return;
    };
    let (one, other) = (random.below(message.fields.len()), random.below(message.fields.len()));
    let number = message.fields[one].number;
    message.fields[one].number = std::mem::replace(&mut message.fields[other].number, number);
}

fn field_renamed(tree: &mut Tree, random: &mut Random) {
    if let Some(field) = field(tree, random) {
        field.name.push('x');
    }
}

fn label_changed(tree: &mut Tree, random: &mut Random) {
    let label = random.pick(&[Label::Plain, Label::Optional, Label::Required, Label::Repeated]);
    if let Some(field) = field(tree, random) {
        field.label = label;
    }
}

fn oneof_changed(tree: &mut Tree, random: &mut Random) {
    let Some(id) = message(tree, random) else { return };
    let Some(message) = tree.messages.get_mut(&id) else {
        return;
    };
    let count = if random.one_in(2) { 1 } else { message.fields.len() };
    let at = random.below(message.fields.len());
    let oneof = random.pick(&[None, Some("o"), Some("p"), Some("q")]);
    for field in message.fields.iter_mut().skip(at).take(count) {
        field.oneof = oneof.map(str::to_owned);
    }
}

fn field_removed(tree: &mut Tree, random: &mut Random) {
    let Some(id) = message(tree, random) else { return };
    let Some(message) = tree.messages.get_mut(&id) else {
        return;
    };
    let field = message.fields.remove(random.below(message.fields.len()));
    if random.one_in(2) {
        message.reserved.push(field.number);
    }
}

fn field_added(tree: &mut Tree, random: &mut Random) {
    if let Some(id) = any_message(tree, random) {
        draw::add_field(tree, random, id);
    }
}

fn values_changed(tree: &mut Tree, random: &mut Random) {
    let ids: Vec<usize> = tree.enums.keys().copied().collect();
    if ids.is_empty() {
        return;
    }
    let Some(of) = tree.enums.get_mut(&random.pick(&ids)) else {
        return;
    };
    let at = random.below(of.values.len());
    let values = &mut of.values;
    let number = random.pick(&[0, 1, 2, 3, 4, -1, i32::MAX]);
    match random.below(7) {
        0 => values.push((format!("{}_NEW", of.name), number)),
        1 if values.len() > 1 => {
            values.remove(at);
        }
        2 => values[at].1 = number,
        3 => values[at].0.push('x'),
        4 => {
            let number = values[at].1;
            values.insert(at, (format!("{}_ALIAS", of.name), number));
        }
        5 => {
            let other = random.below(values.len());
            let number = values[at].1;
            values[at].1 = std::mem::replace(&mut values[other].1, number);
        }
        _ => values.rotate_left(at),
    }
}

/// A map becomes a list of entries, or such a list a map.
fn map_or_list(tree: &mut Tree, random: &mut Random) {
    let id = tree.free_id();
    let map = |field: &Field| matches!(field.ty, Type::Map(..));
    if tree.fields().any(map) && random.one_in(2) {
        let Some(field) = field_of(tree, random, map) else {
            return;
        };
        let Type::Map(key, value) = field.ty.clone() else {
            return;
        };
        field.ty = Type::Message(id);
        field.label = Label::Repeated;
        let label = random.pick(&[Label::Plain, Label::Optional, Label::Repeated]);
        let entry = super::tree::Message {
            name: format!("M{id}"),
            home: Home::File(0),
            fields: vec![
                Field::new("key", 1, label, Type::Scalar(key)),
                Field::new("value", 2, Label::Optional, *value),
            ],
            reserved: Vec::new(),
            is_extensible: false,
        };
        tree.messages.insert(id, entry);
        return;
    }
    let value = match draw::ty(tree, random, None) {
        Type::Map(_, value) => *value,
        ty => ty,
    };
    let key = random.pick(&draw::KEYS);
    let list = |field: &Field| matches!(field.ty, Type::Message(_)) && field.label == Label::Repeated;
    let message = |field: &Field| matches!(field.ty, Type::Message(_));
    let lists = tree.fields().any(list);
    let Some(field) = field_of(tree, random, if lists { list } else { message }) else {
        return;
    };
    let Type::Message(entry) = field.ty else { return };
    let entry = tree.messages.get(&entry);
    let of = |number: i32| Some(entry?.fields.iter().find(|field| field.number == number)?.ty.clone());
    let key = match of(1) {
        Some(Type::Scalar(name)) if draw::KEYS.contains(&name) => name,
        _ => key,
    };
    let value = of(2).filter(|ty| !matches!(ty, Type::Map(..))).unwrap_or(value);
    if let Some(field) = field_of(tree, random, if lists { list } else { message }) {
        field.ty = Type::Map(key, Box::new(value));
    }
}

fn type_moved(tree: &mut Tree, random: &mut Random) {
    let home = match (any_message(tree, random), random.one_in(2)) {
        (Some(outer), true) => Home::Message(outer),
        _ => Home::File(random.below(tree.files.len())),
    };
    let enums: Vec<usize> = tree.enums.keys().copied().collect();
    if !enums.is_empty() && random.one_in(2) {
        if let Some(of) = tree.enums.get_mut(&random.pick(&enums)) {
            of.home = home;
        }
    } else if let Some(id) = any_message(tree, random)
        && home != Home::Message(id)
        && let Some(message) = tree.messages.get_mut(&id)
    {
        message.home = home;
    }
}

fn type_renamed(tree: &mut Tree, random: &mut Random) {
    if let Some(id) = any_message(tree, random)
        && let Some(message) = tree.messages.get_mut(&id)
    {
        message.name.push('x');
    }
}

fn type_removed(tree: &mut Tree, random: &mut Random) {
    if let Some(id) = any_message(tree, random) {
        tree.remove(id);
    }
}

fn default_changed(tree: &mut Tree, random: &mut Random) {
    let default = random.pick(&[None, Some(0), Some(1), Some(2)]);
    if let Some(field) = field_of(tree, random, |field| {
        !matches!(field.ty, Type::Message(_) | Type::Map(..))
    }) {
        field.default = default;
        if field.label == Label::Repeated {
            field.label = Label::Optional;
        }
    }
}

fn packing_changed(tree: &mut Tree, random: &mut Random) {
    let packed = random.pick(&[None, Some(true), Some(false)]);
    if let Some(field) = field_of(tree, random, |field| field.label == Label::Repeated) {
        field.packed = packed;
    }
}

fn encoding_changed(tree: &mut Tree, random: &mut Random) {
    if random.one_in(3) {
        let text = |field: &Field| matches!(field.ty, Type::Scalar("string") | Type::Map(..));
        if let Some(field) = field_of(tree, random, text) {
            field.is_unchecked = !field.is_unchecked;
        }
    } else if let Some(field) = field_of(tree, random, |field| matches!(field.ty, Type::Message(_))) {
        field.is_delimited = !field.is_delimited;
    }
}

fn json_name_changed(tree: &mut Tree, random: &mut Random) {
    let name = random.pick(&[None, Some("json1"), Some("other")]);
    if let Some(field) = field(tree, random) {
        field.json_name = name.map(str::to_owned);
    }
}

fn syntax_changed(tree: &mut Tree, random: &mut Random) {
    let syntax = random.pick(&[Syntax::Proto2, Syntax::Proto3, Syntax::Edition2023]);
    let only = random.below(2 * tree.files.len());
    for (index, file) in tree.files.iter_mut().enumerate() {
        if only >= index {
            file.syntax = syntax;
        }
    }
}

fn package_changed(tree: &mut Tree, random: &mut Random) {
    let at = random.below(tree.files.len());
    tree.files[at].package = random.pick(&["", "test", "test.v2", "shared"]);
}

fn enum_opened_or_closed(tree: &mut Tree, random: &mut Random) {
    let ids: Vec<usize> = tree.enums.keys().copied().collect();
    if !ids.is_empty()
        && let Some(of) = tree.enums.get_mut(&random.pick(&ids))
    {
        of.is_closed = !of.is_closed;
    }
}

fn extension_changed(tree: &mut Tree, random: &mut Random) {
    if tree.extensions.is_empty() || random.one_in(3) {
        draw::add_extension(tree, random);
    } else {
        let at = random.below(tree.extensions.len());
        match random.below(3) {
            0 => {
                tree.extensions.remove(at);
            }
            1 => tree.extensions[at].file = random.below(tree.files.len()),
            _ => tree.extensions[at].field.number = 100 + random.below(3) as i32,
        }
    }
}

/// What was an extension becomes a field of the message itself.
fn extension_and_field(tree: &mut Tree, random: &mut Random) {
    if tree.extensions.is_empty() {
        return;
    }
    let extension = tree.extensions.remove(random.below(tree.extensions.len()));
    tree.extensions.retain(|other| other.extendee != extension.extendee);
    if let Some(message) = tree.messages.get_mut(&extension.extendee) {
        message.is_extensible = false;
        message.fields.push(extension.field);
    }
}

/// A field moves into a message of its own, which takes its number.
fn field_wrapped(tree: &mut Tree, random: &mut Random) {
    let Some(outer) = message(tree, random) else { return };
    let id = tree.free_id();
    let Some(message) = tree.messages.get_mut(&outer) else {
        return;
    };
    let at = random.below(message.fields.len());
    let wrapper = Field::new(
        message.fields[at].name.clone(),
        message.fields[at].number,
        Label::Optional,
        Type::Message(id),
    );
    let mut inner = std::mem::replace(&mut message.fields[at], wrapper);
    inner.oneof = None;
    inner.number = 1;
    let inside = super::tree::Message {
        name: format!("M{id}"),
        home: Home::Message(outer),
        fields: vec![inner],
        reserved: Vec::new(),
        is_extensible: false,
    };
    tree.messages.insert(id, inside);
}
