//! The smallest pair that still shows a fault: whatever can be left out or made plain is, as long as the fault stays.

use super::pair::Texts;
use super::pairs::Pair;
use super::text::texts;
use super::tree::{Field, Home, Label, Message, Syntax, Tree, Type};

/// Shrinks a pair. `fails` says whether texts of a writer and a reader still show it.
pub fn shrink(pair: &Pair, fails: &mut dyn FnMut(&Texts, &Texts) -> bool) -> (Tree, Tree) {
    let mut best = (pair.writer.clone(), pair.reader.clone());
    loop {
        let mut is_smaller = false;
        for step in steps(&best) {
            let mut next = best.clone();
            step(&mut next.0, &mut next.1);
            if next != best && fails(&texts(&next.0), &texts(&next.1)) {
                best = next;
                is_smaller = true;
            }
        }
        if !is_smaller {
            return best;
        }
    }
}

type Step = Box<dyn Fn(&mut Tree, &mut Tree)>;

/// Everything that may be left out of either side or of both, the largest first.
fn steps((old, new): &(Tree, Tree)) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut both = |change: Box<dyn Fn(&mut Tree)>| {
        let change = std::rc::Rc::new(change);
        let (one, other) = (change.clone(), change.clone());
        steps.push(Box::new(move |old, new| {
            change(old);
            change(new);
        }));
        steps.push(Box::new(move |old, _| one(old)));
        steps.push(Box::new(move |_, new| other(new)));
    };
    both(Box::new(into_one_file));
    let messages: std::collections::BTreeSet<usize> = old.messages.keys().chain(new.messages.keys()).copied().collect();
    let enums: std::collections::BTreeSet<usize> = old.enums.keys().chain(new.enums.keys()).copied().collect();
    for &id in messages.iter().chain(&enums) {
        both(Box::new(move |tree| tree.remove(id)));
    }
    for at in 0..old.extensions.len().max(new.extensions.len()) {
        both(Box::new(move |tree| {
            if at < tree.extensions.len() {
                tree.extensions.remove(at);
            }
        }));
    }
    for id in messages {
        let numbers = |tree: &Tree| -> Vec<i32> {
            let fields = tree.messages.get(&id).map_or(&[][..], |message| &message.fields);
            fields.iter().map(|field| field.number).collect()
        };
        let numbers: std::collections::BTreeSet<i32> = numbers(old).into_iter().chain(numbers(new)).collect();
        for number in numbers {
            both(Box::new(move |tree| {
                of(tree, id, |message| {
                    message.fields.retain(|field| field.number != number)
                })
            }));
            for plain in PLAINER {
                both(Box::new(move |tree| {
                    of(tree, id, |message| {
                        let meant = message.fields.iter_mut().filter(|field| field.number == number);
                        meant.for_each(plain);
                    });
                }));
            }
        }
        both(Box::new(move |tree| {
            of(tree, id, |message| message.home = Home::File(0))
        }));
        both(Box::new(move |tree| {
            of(tree, id, |message| {
                message.is_extensible = false;
                message.reserved.clear();
            });
        }));
    }
    for id in enums {
        both(Box::new(move |tree| {
            if let Some(of) = tree.enums.get_mut(&id) {
                of.home = Home::File(0);
            }
        }));
        for at in 0..8 {
            both(Box::new(move |tree| {
                if let Some(of) = tree.enums.get_mut(&id)
                    && at < of.values.len()
                    && of.values.len() > 1
                {
                    of.values.remove(at);
                }
            }));
        }
    }
    both(Box::new(|tree| {
        tree.files.iter_mut().for_each(|file| file.package = "")
    }));
    // Never back again, or there would be no end.
    for (from, to) in [
        (Syntax::Edition2023, Syntax::Proto2),
        (Syntax::Edition2023, Syntax::Proto3),
        (Syntax::Proto2, Syntax::Proto3),
    ] {
        both(Box::new(move |tree| {
            let files = tree.files.iter_mut().filter(|file| file.syntax == from);
            files.for_each(|file| file.syntax = to);
        }));
    }
    steps
}

fn into_one_file(tree: &mut Tree) {
    let messages = tree.messages.values_mut().map(|message| &mut message.home);
    let homes = messages.chain(tree.enums.values_mut().map(|of| &mut of.home));
    for home in homes.filter(|home| matches!(home, Home::File(_))) {
        *home = Home::File(0);
    }
    for extension in &mut tree.extensions {
        extension.file = 0;
    }
    tree.files.truncate(1);
}

fn of(tree: &mut Tree, id: usize, change: impl FnOnce(&mut Message)) {
    if let Some(message) = tree.messages.get_mut(&id) {
        change(message);
    }
}

/// What makes a field plainer.
const PLAINER: &[fn(&mut Field)] = &[
    |field| {
        field.default = None;
        field.packed = None;
        field.json_name = None;
        field.is_unchecked = false;
        field.is_delimited = false;
    },
    |field| field.default = None,
    |field| field.packed = None,
    |field| field.json_name = None,
    |field| field.is_unchecked = false,
    |field| field.is_delimited = false,
    |field| field.oneof = None,
    |field| field.name = format!("f{}", field.number),
    |field| field.label = Label::Optional,
    |field| {
        if !matches!(field.ty, Type::Scalar(_)) {
            field.ty = Type::Scalar("int32");
        }
    },
    |field| {
        if let Type::Map(_, value) = &field.ty {
            field.ty = (**value).clone();
            field.label = Label::Repeated;
        }
    },
    |field| {
        if let Type::Map(key, value) = &mut field.ty {
            *key = "string";
            **value = Type::Scalar("int32");
        }
    },
];
