//! Projection: what is left of a schema when only some of it is read, also of schemas and reads made to hurt.

use std::fmt::Write;

use expect_test::expect;
use treaty_schemas::avro::schema::{Kind, TypeId};
use treaty_schemas::avro::{Schema, check_with_notes, parse, project};
use treaty_schemas::reads::Read;
use treaty_schemas::{Budget, Comparison, DataPath, Options, ProjectError, Source, json::Limits};

fn schema(text: &str) -> Schema {
    let options = Options {
        limits: Limits::UNBOUNDED_SIZE,
        ..Options::default()
    };
    parse(&Source::new("s@1", text), &[], &options).unwrap_or_else(|error| panic!("{error}"))
}

fn cut(schema: &Schema, paths: &[&str]) -> Schema {
    let paths: Vec<DataPath> = paths
        .iter()
        .map(|path| DataPath::parse(path).unwrap_or_else(|error| panic!("{error}")))
        .collect();
    let reads: Vec<Read<'_>> = paths.iter().map(plain).collect();
    project(schema, &reads, &Budget::unlimited()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn plain(path: &DataPath) -> Read<'_> {
    Read {
        path,
        symbols: None,
        other_symbols: false,
        null: false,
    }
}

/// The fields that are left, nested; a record inside itself is shown as `…`.
fn shown(schema: &Schema, id: TypeId, open: &mut Vec<TypeId>) -> String {
    match &schema.get(id).kind {
        Kind::Record(record) if open.contains(&id) => format!("{}…", record.named.name.simple()),
        Kind::Record(record) => {
            open.push(id);
            let fields: Vec<String> = record
                .fields()
                .iter()
                .map(|field| format!("{}: {}", field.name, shown(schema, field.ty, open)))
                .collect();
            open.pop();
            format!("{{{}}}", fields.join(", "))
        }
        Kind::Union(branches) => {
            let branches: Vec<String> = branches.iter().map(|branch| shown(schema, *branch, open)).collect();
            branches.join(" | ")
        }
        Kind::Array(items) => format!("[{}]", shown(schema, *items, open)),
        Kind::Map(values) => format!("<{}>", shown(schema, *values, open)),
        Kind::Enum(symbols) => format!("({})", symbols.symbols().join(" ")),
        kind => kind.name().to_owned(),
    }
}

const ORDER: &str = r#"{ "type": "record", "name": "Order", "fields": [
  { "name": "id", "type": "string" },
  { "name": "billing", "type": { "type": "record", "name": "Address", "fields": [
    { "name": "street", "type": "string" }, { "name": "zip", "type": "string" } ] } },
  { "name": "shipping", "type": "Address" },
  { "name": "lines", "type": { "type": "array", "items": { "type": "record", "name": "Line", "fields": [
    { "name": "sku", "type": "string" }, { "name": "qty", "type": "int" } ] } } },
  { "name": "parent", "type": ["null", "Order"] },
  { "name": "payment", "type": [
    { "type": "record", "name": "Card", "fields": [{ "name": "number", "type": "string" }, { "name": "ref", "type": "string" }] },
    { "type": "record", "name": "Cash", "fields": [{ "name": "till", "type": "int" }, { "name": "ref", "type": "string" }] },
    { "type": "map", "values": "string" } ] }
] }"#;

#[test]
fn only_what_is_read_is_left() {
    let order = schema(ORDER);
    let told: String = [
        &["id"][..],
        &["billing.zip", "shipping.street"],
        &["shipping"],
        &["lines[].sku", "id"],
        &["lines"],
        &["parent.id"],
        &["parent.parent.id", "id"],
        &["parent"],
        &["payment.(Card).number"],
        &["payment.ref"],
        &["payment.ref", "payment.(Cash)", "payment{}"],
    ]
    .iter()
    .map(|paths| {
        let cut = cut(&order, paths);
        assert_eq!(
            check_with_notes(&cut, &order, &Budget::unlimited()),
            Comparison::default(),
            "a projection reads its schema: {paths:?}"
        );
        format!("{}: {}\n", paths.join(" "), shown(&cut, cut.root(), &mut Vec::new()))
    })
    .collect();
    expect![[r#"
        id: {id: string}
        billing.zip shipping.street: {billing: {zip: string}, shipping: {street: string}}
        shipping: {shipping: {street: string, zip: string}}
        lines[].sku id: {id: string, lines: [{sku: string}]}
        lines: {lines: [{sku: string, qty: int}]}
        parent.id: {parent: null | {id: string}}
        parent.parent.id id: {id: string, parent: null | {parent: null | {id: string}}}
        parent: {parent: null | {id: string, billing: {street: string, zip: string}, shipping: {street: string, zip: string}, lines: [{sku: string, qty: int}], parent: null | Order…, payment: {number: string, ref: string} | {till: int, ref: string} | <string>}}
        payment.(Card).number: {payment: {number: string} | {} | <string>}
        payment.ref: {payment: {ref: string} | {ref: string} | <string>}
        payment.ref payment.(Cash) payment{}: {payment: {ref: string} | {till: int, ref: string} | <string>}
    "#]].assert_eq(&told);
}

#[test]
fn a_chain_of_many_types_is_cut_without_deep_recursion() {
    let mut text = String::from("[");
    for number in 0..20_000 {
        let next = if number == 0 {
            "\"int\"".into()
        } else {
            format!("\"R{}\"", number - 1)
        };
        write!(
            text,
            r#"{{"type":"record","name":"R{number}","fields":[{{"name":"f","type":{next}}}]}},"#
        )
        .expect("a string");
    }
    text.push_str("\"null\"]");
    let chain = schema(&text);
    let cut = cut(&chain, &["(R19999).f.f", "(R7).f"]);
    assert_eq!(check_with_notes(&cut, &chain, &Budget::unlimited()).findings, []);
}

#[test]
fn paths_that_leave_branches_out_cannot_multiply_without_end() {
    let text = r#"{ "type": "record", "name": "Root", "fields": [{ "name": "f", "type": [
      { "type": "record", "name": "A", "fields": [{ "name": "f", "type": ["null", "A", "B"] }] },
      { "type": "record", "name": "B", "fields": [{ "name": "f", "type": ["null", "B", "A"] }] } ] }] }"#;
    let branching = schema(text);
    let path = DataPath::parse(&["f"; 60].join(".")).unwrap_or_else(|error| panic!("{error}"));
    let ProjectError::Misread(faults) =
        project(&branching, &[plain(&path)], &Budget::unlimited()).expect_err("two to the sixtieth places")
    else {
        panic!("the budget has no end");
    };
    assert!(faults[0].message.contains("more than"), "{}", faults[0].message);
    let few = cut(&branching, &["f.f.f"]);
    assert_eq!(check_with_notes(&few, &branching, &Budget::unlimited()).findings, []);
}

#[test]
fn ten_thousand_reads_of_ten_thousand_fields() {
    let mut text = String::from(r#"{"type":"record","name":"Wide","fields":["#);
    for number in 0..10_000 {
        let comma = if number == 0 { "" } else { "," };
        write!(text, r#"{comma}{{"name":"f{number}","type":"long"}}"#).expect("a string");
    }
    text.push_str("]}");
    let wide = schema(&text);
    let names: Vec<String> = (0..10_000).rev().map(|number| format!("f{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let cut = cut(&wide, &names);
    assert_eq!(check_with_notes(&cut, &wide, &Budget::unlimited()).findings, []);
}
