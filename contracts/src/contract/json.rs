//! The document as JSON: its meaning, without places.

use serde_json::{Map, Value, json};

use super::{Contract, Placed, Read, Reads, Receives, Reference, ReferenceTarget, Sends, VERSION};

pub(super) fn contract(contract: &Contract) -> Value {
    let mut object = object([
        ("contract", Some(json!(VERSION))),
        ("application", Some(json!(contract.application.value))),
        ("owner", text(contract.owner.as_ref())),
    ]);
    object.insert("sends".into(), contract.sends.iter().map(sends).collect());
    object.insert("receives".into(), contract.receives.iter().map(receives).collect());
    Value::Object(object)
}

fn sends(sends: &Sends) -> Value {
    let mut object = object([
        ("event", Some(json!(sends.event.value))),
        ("subject", Some(json!(sends.subject.value))),
        ("channel", text(sends.channel.as_ref())),
        ("schema", text(sends.schema.as_ref())),
        ("references", references(&sends.references)),
        (
            "retention",
            sends
                .retention
                .as_ref()
                .map(|retention| json!(retention.value.to_string())),
        ),
        ("mode", sends.mode.as_ref().map(|mode| json!(mode.value))),
    ]);
    if !sends.examples.is_empty() {
        object.insert(
            "examples".into(),
            sends.examples.iter().map(|file| json!(file.value)).collect(),
        );
    }
    object.extend(sends.later.clone());
    Value::Object(object)
}

fn receives(receives: &Receives) -> Value {
    let pin = receives.built_against.as_ref().map(|pin| match &pin.value {
        super::Pin::Version(version) => json!(version),
        super::Pin::File(file) => json!(file),
    });
    // Where `reader` names a schema, nothing else decodes.
    let decode = receives.reader.is_none().then(|| json!(receives.decode.name()));
    let mut object = object([
        ("event", Some(json!(receives.event.value))),
        ("subject", Some(json!(receives.subject.value))),
        ("channel", text(receives.channel.as_ref())),
        ("builtAgainst", pin),
        ("reader", text(receives.reader.as_ref())),
        ("references", references(&receives.references)),
        ("from", Some(json!(receives.from.name()))),
        ("group", text(receives.group.as_ref())),
        ("decode", decode),
        ("onLoss", Some(json!(receives.on_loss.name()))),
        ("reads", reads(&receives.reads)),
        ("unknownFields", Some(json!(receives.unknown_fields.name()))),
    ]);
    object.extend(receives.later.clone());
    Value::Object(object)
}

fn reads(reads: &Reads) -> Option<Value> {
    match reads {
        Reads::Undeclared => None,
        Reads::All(_) => Some(json!("all")),
        Reads::Fields(fields) => Some(fields.iter().map(read).collect()),
    }
}

fn read(read: &Read) -> Value {
    let handles = read
        .handles
        .as_ref()
        .map(|symbols| symbols.iter().map(|symbol| json!(symbol.value)).collect());
    Value::Object(object([
        ("path", Some(json!(read.path.to_string()))),
        ("handles", handles),
        ("otherwise", Some(json!(read.otherwise.name()))),
        ("onMissing", Some(json!(read.on_missing.name()))),
        ("onLoss", Some(json!(read.on_loss.name()))),
    ]))
}

fn references(references: &[Reference]) -> Option<Value> {
    if references.is_empty() {
        return None;
    }
    let spelt = references.iter().map(|reference| match &reference.target {
        ReferenceTarget::File(file) => json!(file),
        ReferenceTarget::Registered { name, subject, version } => {
            json!({ "name": name, "subject": subject, "version": version })
        }
    });
    Some(spelt.collect())
}

fn text(placed: Option<&Placed<String>>) -> Option<Value> {
    placed.map(|placed| json!(placed.value))
}

fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Map<String, Value> {
    members
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| (key.to_owned(), value)))
        .collect()
}
