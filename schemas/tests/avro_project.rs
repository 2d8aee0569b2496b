//! Projection: what is left of a schema when only some of it is read, also of schemas and reads made to hurt.

use std::fmt::Write;

use expect_test::expect;
use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::avro::{Schema, check_with_notes, parse, project};
use treaty_schemas::reads::{Misreads, Read};
use treaty_schemas::text::json::Limits;
use treaty_schemas::{Budget, Comparison, DataPath, Options, ProjectError, Source};

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

/// The reads that do not fit, whatever the budget.
fn misreads(schema: &Schema, reads: &[Read<'_>]) -> Option<Misreads> {
    match project(schema, reads, &Budget::unlimited()) {
        Ok(_) => None,
        Err(ProjectError::Misread(misreads)) => Some(misreads),
        Err(ProjectError::Exhausted(why)) => panic!("{why}"),
    }
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
    let faults = misreads(&branching, &[plain(&path)]).expect("two to the sixtieth places");
    let message = &faults.described[0].message;
    assert!(message.contains("more than the 1000000 steps"), "{message}");
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

fn fields(count: usize, ty: &str) -> String {
    let fields: Vec<String> = (0..count)
        .map(|number| format!(r#"{{"name":"f{number}","type":{ty}}}"#))
        .collect();
    fields.join(",")
}

/// A path for each text.
fn paths(texts: impl Iterator<Item = String>) -> Vec<DataPath> {
    texts
        .map(|text| DataPath::parse(&text).unwrap_or_else(|error| panic!("{error}")))
        .collect()
}

#[test]
fn reads_that_do_not_fit_are_counted_and_the_first_are_described() {
    let wide = schema(&format!(
        r#"{{"type":"record","name":"Wide","fields":[{}]}}"#,
        fields(10_000, "\"long\"")
    ));
    let paths = paths((0..2_000).map(|number| format!("g{number}")));
    let faults = misreads(&wide, &paths.iter().map(plain).collect::<Vec<_>>()).expect("no such fields");
    assert_eq!((faults.described.len(), faults.more), (20, 1_980));
    assert_eq!(faults.described[19].message, "`Wide` has no field `g19`");
    assert_eq!(faults.described[19].known.len(), 10_000);
}

/// Each of these would make of a text of a few hundred kilobytes a reader of gigabytes.
#[test]
fn what_reads_copy_is_bounded() {
    let count = 2_000;
    let outer = |ty: &str| format!(r#"{{"type":"record","name":"Outer","fields":[{}]}}"#, fields(count, ty));
    let of_one = |inner: &str| {
        let first = format!(r#"{{"name":"first","type":{inner}}}"#);
        let rest: String = fields(count, "\"R\"");
        schema(&format!(
            r#"{{"type":"record","name":"Outer","fields":[{first},{rest}]}}"#
        ))
    };
    let refused = |schema: &Schema, paths: &[DataPath], other_symbols: bool| {
        let read = |path| Read {
            other_symbols,
            ..plain(path)
        };
        let reads: Vec<Read<'_>> = paths.iter().map(read).collect();
        misreads(schema, &reads).map(|faults| faults.described[0].message.clone())
    };
    let too_many = Some("the reads take more than the 1000000 steps through the schema that are allowed".into());

    // A record that is read whole and in part is copied with all its fields, for each place that it has.
    let wide = of_one(&format!(
        r#"{{"type":"record","name":"R","fields":[{}]}}"#,
        fields(count, "\"int\"")
    ));
    let whole_and_part = paths((0..count).flat_map(|number| [format!("f{number}"), format!("f{number}.f0")]));
    assert_eq!(refused(&wide, &whole_and_part, false), too_many);
    // In part alone it is small.
    let part = paths((0..count).map(|number| format!("f{number}.f0")));
    assert_eq!(refused(&wide, &part, false), None);

    // So is a default.
    let default = vec!["0"; 10_000].join(",");
    let heavy = of_one(&format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"f0","type":{{"type":"array","items":"int"}},"default":[{default}]}}]}}"#
    ));
    assert_eq!(refused(&heavy, &part, false), too_many);

    // A union with all its branches.
    let branches: Vec<String> = (0..count)
        .map(|number| format!(r#"{{"type":"record","name":"B{number}","fields":[]}}"#))
        .collect();
    let union = of_one(&format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"f0","type":[{}]}}]}}"#,
        branches.join(",")
    ));
    let branch = paths((0..count).map(|number| format!("f{number}.f0.(B7)")));
    assert_eq!(refused(&union, &branch, false), too_many);

    // An enum of which all symbols stay is copied once.
    let symbols: Vec<String> = (0..count).map(|number| format!("\"S{number}\"")).collect();
    let of_enum = of_one(&format!(
        r#"{{"type":"enum","name":"R","symbols":[{}]}}"#,
        symbols.join(",")
    ));
    let each = paths((0..count).map(|number| format!("f{number}")));
    assert_eq!(refused(&of_enum, &each, true), None);

    // A long documentation is no part of a reader.
    let doc = "x".repeat(200_000);
    let documented = of_one(&format!(
        r#"{{"type":"record","name":"R","doc":"{doc}","fields":[{{"name":"f0","type":"int","doc":"{doc}"}}]}}"#
    ));
    assert_eq!(refused(&documented, &part, false), None);
    assert_eq!(refused(&schema(&outer("\"int\"")), &each, false), None);
}
