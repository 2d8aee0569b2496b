//! The smallest pair that still shows a fault.

use super::mutate::{Field, Shape};

/// Makes both schemas smaller, one step after the other, as long as `fails` says that they still show it.
pub fn shrink(writer: Shape, reader: Shape, fails: &mut dyn FnMut(&Shape, &Shape) -> bool) -> (Shape, Shape) {
    let mut best = (writer, reader);
    'smaller: loop {
        let (writers, readers) = (smaller(&best.0), smaller(&best.1));
        // What one side has the other mostly has at the same place.
        let both = writers.iter().cloned().zip(readers.iter().cloned());
        let one = writers.iter().map(|writer| (writer.clone(), best.1.clone()));
        let other = readers.iter().map(|reader| (best.0.clone(), reader.clone()));
        for next in both.chain(one).chain(other) {
            if fails(&next.0, &next.1) {
                best = next;
                continue 'smaller;
            }
        }
        return best;
    }
}

/// Every shape that has a little less. Each step ends: there are fewer parts, or a part is plainer.
fn smaller(shape: &Shape) -> Vec<Shape> {
    let mut all = Vec::new();
    match shape {
        Shape::Primitive("int" | "null") | Shape::Back(_) => {}
        Shape::Primitive(_) | Shape::Logical(..) | Shape::Decimal { .. } | Shape::Fixed { .. } => {
            all.push(Shape::Primitive("int"));
        }
        Shape::Array(inner) => {
            all.push((**inner).clone());
            all.extend(smaller(inner).into_iter().map(|inner| Shape::Array(Box::new(inner))));
        }
        Shape::Map(inner) => {
            all.push((**inner).clone());
            all.extend(smaller(inner).into_iter().map(|inner| Shape::Map(Box::new(inner))));
        }
        Shape::Union(branches) => {
            all.extend(branches.iter().cloned());
            for (at, branch) in branches.iter().enumerate() {
                all.push(Shape::Union(without(branches, at)));
                let with = |branch| Shape::Union(replaced(branches, at, branch));
                all.extend(smaller(branch).into_iter().map(with));
            }
        }
        Shape::Enum {
            name,
            aliases,
            symbols,
            default,
        } => {
            let with = |aliases: &[String], symbols: Vec<String>, default: &Option<String>| Shape::Enum {
                name: name.clone(),
                aliases: aliases.to_vec(),
                default: default.clone().filter(|default| symbols.contains(default)),
                symbols,
            };
            for at in 1..symbols.len() {
                all.push(with(aliases, without(symbols, at), default));
            }
            if !aliases.is_empty() {
                all.push(with(&[], symbols.clone(), default));
            }
            if default.is_some() {
                all.push(with(aliases, symbols.clone(), &None));
            }
        }
        Shape::Record { name, aliases, fields } => {
            let with = |aliases: &[String], fields: Vec<Field>| Shape::Record {
                name: name.clone(),
                aliases: aliases.to_vec(),
                fields,
            };
            for (at, field) in fields.iter().enumerate() {
                all.push(with(aliases, without(fields, at)));
                let with = |field| with(aliases, replaced(fields, at, field));
                all.extend(
                    smaller(&field.shape)
                        .into_iter()
                        .map(|shape| with(Field { shape, ..field.clone() })),
                );
                if field.default {
                    all.push(with(Field {
                        default: false,
                        ..field.clone()
                    }));
                }
                if !field.aliases.is_empty() {
                    all.push(with(Field {
                        aliases: Vec::new(),
                        ..field.clone()
                    }));
                }
            }
            if !aliases.is_empty() {
                all.push(with(&[], fields.clone()));
            }
        }
    }
    all
}

fn without<T: Clone>(items: &[T], at: usize) -> Vec<T> {
    [&items[..at], &items[at + 1..]].concat()
}

fn replaced<T: Clone>(items: &[T], at: usize, item: T) -> Vec<T> {
    let mut items = items.to_vec();
    items[at] = item;
    items
}
