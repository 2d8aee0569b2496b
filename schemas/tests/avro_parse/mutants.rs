//! Mutated schemas: a seeded source of texts that are nearly right.

use serde_json::{Map, Value};

pub use crate::random::Random;

pub const SEEDS: &[&str] = &[
    r#""string""#,
    r#"["null",{"type":"map","values":"long"},{"type":"array","items":"double"}]"#,
    r#"{"type":"record","name":"Order","namespace":"com.acme","doc":"An order.","aliases":["Purchase","old.Order"],
        "fields":[{"name":"id","type":{"type":"string","logicalType":"uuid","avro.java.string":"String"}},
        {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
        {"name":"sku","type":"string","aliases":["article"]},{"name":"count","type":"int","default":1}]}}},
        {"name":"total","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
        {"name":"first","type":["null","Line"],"default":null}]}"#,
    r#"{"type":"record","name":"Tree","fields":[{"name":"value","type":"long","order":"descending"},
        {"name":"left","type":["null","Tree"],"default":null},{"name":"right","type":["null","Tree"],"default":null}]}"#,
    r#"{"type":"enum","name":"Suit","namespace":"cards","symbols":["SPADES","HEARTS","CLUBS"],"default":"HEARTS"}"#,
    r#"{"type":"record","name":"Money","fields":[{"name":"amount","type":{"type":"fixed","name":"Amount","size":12,
        "logicalType":"decimal","precision":20,"scale":4}},{"name":"currency","type":{"type":"enum","name":"Currency",
        "symbols":["EUR","USD"]},"default":"EUR"},{"name":"rate","type":"double","default":1.5},
        {"name":"tags","type":{"type":"map","values":["int","string"]},"default":{"a":1}}]}"#,
    r#"{"type":"record","name":"a.b.Outer","fields":[{"name":"inner","type":{"type":"record","name":"Inner",
        "namespace":"c","fields":[{"name":"o","type":["null","a.b.Outer"]}]}},{"name":"again","type":"c.Inner"},
        {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
        {"name":"when","type":{"type":"fixed","name":"Span","size":12,"logicalType":"duration"}}]}"#,
    r#"{"type":"record","name":"Defaults","fields":[{"name":"n","type":"null","default":null},
        {"name":"b","type":"boolean","default":true},{"name":"f","type":"float","default":0.25},
        {"name":"x","type":"bytes","default":"\u00ff"},{"name":"y","type":{"type":"fixed","name":"Two","size":2},
        "default":"ab"},{"name":"l","type":{"type":"array","items":"int"},"default":[1,2]},
        {"name":"r","type":{"type":"record","name":"Point","fields":[{"name":"x","type":"int","default":0},
        {"name":"y","type":"int"}]},"default":{"y":5}}]}"#,
];

const WORDS: &[&str] = &[
    "null",
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "bytes",
    "string",
    "record",
    "enum",
    "fixed",
    "array",
    "map",
    "error",
    "Order",
    "Line",
    "Tree",
    "Suit",
    "com.acme.Line",
    "c.Inner",
    "",
    "a-b",
    "ü",
    "1x",
    "ascending",
    "ignore",
    "uuid",
    "date",
    "decimal",
    "SPADES",
    "HEARTS",
    "x",
    "id",
    "a..b",
    ".Tree",
];

const KEYS: &[&str] = &[
    "type",
    "name",
    "namespace",
    "doc",
    "aliases",
    "fields",
    "symbols",
    "items",
    "values",
    "size",
    "default",
    "order",
    "logicalType",
    "precision",
    "scale",
    "custom",
];

/// One of the seeds with a few changes.
pub fn mutant(random: &mut Random) -> String {
    let seed = random.below(SEEDS.len());
    let mut value: Value = serde_json::from_str(SEEDS[seed]).expect("the seeds are JSON");
    for _ in 0..1 + random.below(3) {
        let count = count(&value);
        let mut at = random.below(count);
        change(&mut value, &mut at, random);
    }
    let mut text = value.to_string();
    if random.below(20) == 0 {
        let mut at = random.below(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.insert_str(at, random.pick(&["\"", "{", "]", ",", "\\", "0", "\u{0}", "é", "null"]));
    }
    text
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Changes the value that is number `at` in the order of a walk.
fn change(value: &mut Value, at: &mut usize, random: &mut Random) -> bool {
    if *at == 0 {
        mutate(value, random);
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| change(item, at, random)),
        Value::Object(members) => members.values_mut().any(|member| change(member, at, random)),
        _ => false,
    }
}

fn mutate(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(members) if random.below(4) > 0 => {
            let keys: Vec<String> = members.keys().cloned().collect();
            match random.below(3) {
                0 if !keys.is_empty() => {
                    members.remove(&keys[random.below(keys.len())]);
                }
                1 if !keys.is_empty() => {
                    let moved = members.remove(&keys[random.below(keys.len())]).unwrap_or_default();
                    members.insert((random.pick(KEYS)).into(), moved);
                }
                _ => {
                    let any = any(random);
                    members.insert((random.pick(KEYS)).into(), any);
                }
            }
        }
        Value::Array(items) if random.below(4) > 0 => match random.below(3) {
            0 if !items.is_empty() => {
                items.remove(random.below(items.len()));
            }
            1 if !items.is_empty() => {
                let again = items[random.below(items.len())].clone();
                items.push(again);
            }
            _ => items.push(any(random)),
        },
        other => *other = any(random),
    }
}

fn any(random: &mut Random) -> Value {
    match random.below(12) {
        0 => Value::Null,
        1 => Value::Bool(true),
        2 => serde_json::from_str(random.pick(&["1.5", "-1", "0", "12", "16", "3000000000"])).unwrap_or_default(),
        3 => Value::Array(vec![]),
        4 => Value::Object(Map::new()),
        5 => serde_json::json!({"type": random.pick(WORDS)}),
        6 => serde_json::json!([random.pick(WORDS), random.pick(WORDS)]),
        7 => serde_json::from_str(random.pick(SEEDS)).expect("the seeds are JSON"),
        _ => Value::String((random.pick(WORDS)).into()),
    }
}
