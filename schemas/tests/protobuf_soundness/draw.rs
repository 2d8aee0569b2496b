//! Random schemas: every scalar, cardinality and feature, types in types, some files with a second one.

use std::collections::BTreeMap;

use super::tree::{EXTENSIONS, Enum, Extension, Field, File, Home, Label, Message, Syntax, Tree, Type};
use crate::random::Random;

pub const SCALARS: [&str; 15] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64", "bool", "string", "bytes",
];
pub const KEYS: [&str; 12] = [
    "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool",
    "string",
];
pub const WELL_KNOWN: [&str; 5] = ["Timestamp", "Duration", "StringValue", "Int32Value", "Struct"];
const LETTERS: [&str; 5] = ["A", "B", "C", "D", "E"];

/// A schema of one or two files.
pub fn tree(random: &mut Random) -> Tree {
    let syntax = self::syntax(random);
    let mut files = vec![File {
        path: "main.proto",
        syntax,
        package: random.pick(&["", "test", "test", "test.v1"]),
    }];
    if random.chance(25) {
        files.push(File {
            path: "shared.proto",
            syntax: if random.chance(80) {
                syntax
            } else {
                self::syntax(random)
            },
            package: random.pick(&["", "shared", files[0].package]),
        });
    }
    let mut tree = Tree {
        files,
        messages: BTreeMap::new(),
        enums: BTreeMap::new(),
        extensions: Vec::new(),
    };
    for file in 0..tree.files.len() {
        for _ in 0..1 + random.below(3) {
            message(&mut tree, random, Home::File(file), 2);
        }
        for _ in 0..random.below(3) {
            enumeration(&mut tree, random, Home::File(file));
        }
    }
    let ids: Vec<usize> = tree.messages.keys().copied().collect();
    for id in ids {
        for _ in 0..random.below(6) {
            add_field(&mut tree, random, id);
        }
    }
    for _ in 0..random.below(3) {
        add_extension(&mut tree, random);
    }
    tree
}

pub fn syntax(random: &mut Random) -> Syntax {
    random.pick(&[
        Syntax::Proto2,
        Syntax::Proto2,
        Syntax::Proto3,
        Syntax::Proto3,
        Syntax::Edition2023,
    ])
}

fn message(tree: &mut Tree, random: &mut Random, home: Home, depth: usize) {
    let id = tree.free_id();
    let message = Message {
        name: format!("M{id}"),
        home,
        fields: Vec::new(),
        reserved: Vec::new(),
        is_extensible: random.chance(30),
    };
    tree.messages.insert(id, message);
    if depth > 0 && random.chance(25) {
        self::message(tree, random, Home::Message(id), depth - 1);
    }
    if random.chance(15) {
        enumeration(tree, random, Home::Message(id));
    }
}

/// A new enum; its number.
pub fn enumeration(tree: &mut Tree, random: &mut Random, home: Home) -> usize {
    let id = tree.free_id();
    let mut numbers = vec![0, 1, 2, -1, 2_000_000_000];
    if random.chance(30) {
        let start = random.below(numbers.len());
        numbers.rotate_left(start);
    }
    let values = LETTERS.iter().zip(numbers).take(1 + random.below(4));
    let of = Enum {
        name: format!("E{id}"),
        home,
        values: values
            .map(|(letter, number)| (format!("E{id}_{letter}"), number))
            .collect(),
        is_closed: random.one_in(3),
    };
    tree.enums.insert(id, of);
    id
}

/// A new field of a message.
pub fn add_field(tree: &mut Tree, random: &mut Random, id: usize) {
    let number = free_number(tree, random, id);
    let field = field(tree, random, id, number);
    if let Some(message) = tree.messages.get_mut(&id) {
        message.fields.push(field);
    }
}

/// A new extension of some message that may be extended.
pub fn add_extension(tree: &mut Tree, random: &mut Random) {
    let extensible: Vec<usize> = tree
        .messages
        .iter()
        .filter(|(_, message)| message.is_extensible)
        .map(|(id, _)| *id)
        .collect();
    if extensible.is_empty() {
        return;
    }
    let extendee = random.pick(&extensible);
    let taken = |number: &i32| {
        let of = tree
            .extensions
            .iter()
            .filter(|extension| extension.extendee == extendee);
        of.map(|extension| extension.field.number).any(|other| other == *number)
    };
    let Some(number) = EXTENSIONS.into_iter().find(|number| !taken(number)) else {
        return;
    };
    let mut field = field(tree, random, extendee, number);
    field.name = format!("x{}_{number}", tree.extensions.len());
    field.oneof = None;
    field.json_name = None;
    if field.label == Label::Required || matches!(field.ty, Type::Map(..)) {
        field.label = Label::Optional;
        field.ty = Type::Scalar(random.pick(&SCALARS));
    }
    let file = random.below(tree.files.len());
    tree.extensions.push(Extension { file, extendee, field });
}

/// A number that no field of the message has; most are small, so that others have them too.
pub fn free_number(tree: &Tree, random: &mut Random, id: usize) -> i32 {
    let fields = tree.messages.get(&id).map_or(&[][..], |message| &message.fields);
    let is_free = |number: i32| fields.iter().all(|field| field.number != number);
    let far = random.pick(&[16, 2047, 18_999, 536_870_911]);
    if random.chance(5) && is_free(far) {
        return far;
    }
    let from = 1 + random.below(3) as i32;
    (from..).find(|number| is_free(*number)).unwrap_or(from)
}

fn field(tree: &Tree, random: &mut Random, id: usize, number: i32) -> Field {
    let ty = ty(tree, random, Some(id));
    let label = match random.below(20) {
        0..=6 => Label::Plain,
        7..=11 => Label::Optional,
        12 | 13 => Label::Required,
        _ => Label::Repeated,
    };
    let mut field = Field::new(format!("f{number}"), number, label, ty);
    let fields = tree.messages.get(&id).map_or(&[][..], |message| &message.fields);
    if fields.iter().any(|other| other.name == field.name) {
        field.name = format!("f{number}_{}", fields.len());
    }
    field.oneof = random.chance(20).then(|| random.pick(&["o", "p"]).to_owned());
    field.default = random.one_in(4).then(|| random.below(5));
    field.packed = random.one_in(4).then(|| random.one_in(2));
    field.json_name = random.one_in(15).then(|| format!("json{number}"));
    field.is_unchecked = random.one_in(5);
    field.is_delimited = random.one_in(3);
    field
}

/// A type for a field of this message.
pub fn ty(tree: &Tree, random: &mut Random, of: Option<usize>) -> Type {
    match random.below(20) {
        0..=8 => Type::Scalar(random.pick(&SCALARS)),
        17 | 18 => {
            let value = loop {
                match ty(tree, random, of) {
                    Type::Map(..) => {}
                    value => break value,
                }
            };
            Type::Map(random.pick(&KEYS), Box::new(value))
        }
        19 if random.one_in(2) => Type::WellKnown(random.pick(&WELL_KNOWN)),
        choice => named(tree, random, choice < 12, of),
    }
}

/// A type of the tree that the message's file can see.
fn named(tree: &Tree, random: &mut Random, is_enum: bool, of: Option<usize>) -> Type {
    let file = of
        .and_then(|id| tree.file_of(tree.messages.get(&id)?.home))
        .unwrap_or(0);
    let sees = |home: Home| file == 0 || tree.file_of(home) == Some(file);
    let enums: Vec<usize> = tree
        .enums
        .iter()
        .filter(|(_, of)| sees(of.home))
        .map(|(id, _)| *id)
        .collect();
    let messages: Vec<usize> = tree
        .messages
        .iter()
        .filter(|(_, of)| sees(of.home))
        .map(|(id, _)| *id)
        .collect();
    if is_enum && !enums.is_empty() {
        return Type::Enum(random.pick(&enums));
    }
    match messages.is_empty() {
        true => Type::Scalar(random.pick(&SCALARS)),
        false => Type::Message(random.pick(&messages)),
    }
}
