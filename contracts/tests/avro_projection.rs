//! Twelve changes and four consumers: what the modes of a registry say of a change, and what it does to each of them.

use expect_test::expect;
use treaty_contracts::{Standing, assess, assess_all};
use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::avro::{Limits, Value, decode, resolve};
use treaty_schemas::{Budget, Evidence, Observed, Schema};

use crate::requirement::{publish, requirements, schema};
use crate::verdicts::{Consumer, contract, contract_of, only, table};

const V1: &str = r#"{
  "type": "record", "name": "OrderPlaced", "namespace": "com.acme.orders",
  "fields": [
    { "name": "orderId", "type": "string" },
    { "name": "amount", "type": "double" },
    { "name": "coupon", "type": "string", "default": "" },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["PLACED", "PAID", "SHIPPED"] } },
    { "name": "qty", "type": "int" },
    { "name": "customer", "type": {
      "type": "record", "name": "Customer", "fields": [
        { "name": "name", "type": "string" },
        { "name": "email", "type": "string" }
      ] } }
  ]
}"#;

/// A change is a part of the first version and what stands there in the second.
const CHANGES: [(&str, &str, &str); 12] = [
    (
        "delete amount (no default)",
        "    { \"name\": \"amount\", \"type\": \"double\" },\n",
        "",
    ),
    (
        "delete coupon (has default)",
        "    { \"name\": \"coupon\", \"type\": \"string\", \"default\": \"\" },\n",
        "",
    ),
    (
        "delete customer.email",
        "        { \"name\": \"name\", \"type\": \"string\" },\n        { \"name\": \"email\", \"type\": \"string\" }\n",
        "        { \"name\": \"name\", \"type\": \"string\" }\n",
    ),
    (
        "add note, no default",
        "    { \"name\": \"qty\"",
        "    { \"name\": \"note\", \"type\": \"string\" },\n    { \"name\": \"qty\"",
    ),
    (
        "add note, default \"\"",
        "    { \"name\": \"qty\"",
        "    { \"name\": \"note\", \"type\": \"string\", \"default\": \"\" },\n    { \"name\": \"qty\"",
    ),
    ("enum: add ON_HOLD", "\"SHIPPED\"]", "\"SHIPPED\", \"ON_HOLD\"]"),
    ("qty int -> long", "\"int\"", "\"long\""),
    ("qty int -> string", "\"int\"", "\"string\""),
    ("amount -> nullable", "\"double\"", "[\"null\", \"double\"]"),
    ("rename amount -> total (no alias)", "\"amount\"", "\"total\""),
    (
        "rename amount -> total + alias",
        "\"name\": \"amount\"",
        "\"name\": \"total\", \"aliases\": [\"amount\"]",
    ),
    (
        "reorder fields",
        "    { \"name\": \"orderId\", \"type\": \"string\" },\n    { \"name\": \"amount\", \"type\": \"double\" },\n",
        "    { \"name\": \"amount\", \"type\": \"double\" },\n    { \"name\": \"orderId\", \"type\": \"string\" },\n",
    ),
];

const CONSUMERS: [Consumer<'_>; 4] = [
    ("billing", "orderId, amount, coupon"),
    ("mailer", "orderId, customer.email"),
    ("search", "orderId, status"),
    ("stock", "orderId, qty"),
];

fn changed(change: &(&str, &str, &str)) -> Schema {
    let (name, from, to) = change;
    assert_eq!(V1.matches(from).count(), 1, "{name}");
    schema("orders.placed-value@2", &V1.replace(from, to))
}

/// The table for consumers that decode so, and how many findings were confirmed.
fn twelve_changes(decode: &str, confirm: fn(&Schema, &Schema, &treaty_contracts::ReadFinding)) -> (String, usize) {
    let v1 = schema("orders.placed-value@1", V1);
    let changes = CHANGES.map(|change| (change.0, changed(&change)));
    let requirement = |consumer: &Consumer<'_>| only(requirements(&contract_of(consumer, decode), V1));
    let consumers = CONSUMERS.map(|consumer| (consumer, requirement(&consumer)));
    table(&v1, &changes, &consumers, confirm)
}

#[test]
fn twelve_changes_and_four_consumers() {
    let (table, witnessed) = twelve_changes("projected", confirm);
    assert_eq!(witnessed, 9, "one witness for each cell that is not ok");
    expect![[r#"
        change V1 -> V2                    BACKWARD  FORWARD  FULL |          billing           mailer           search            stock
        delete amount (no default)             pass     FAIL  FAIL |           BREAKS               ok               ok               ok
        delete coupon (has default)            pass     pass  pass |   SILENT-DEFAULT               ok               ok               ok
        delete customer.email                  pass     FAIL  FAIL |               ok           BREAKS               ok               ok
        add note, no default                   FAIL     pass  FAIL |               ok               ok               ok               ok
        add note, default ""                   pass     pass  pass |               ok               ok               ok               ok
        enum: add ON_HOLD                      pass     FAIL  FAIL |               ok               ok           BREAKS               ok
        qty int -> long                        pass     FAIL  FAIL |               ok               ok               ok           BREAKS
        qty int -> string                      FAIL     FAIL  FAIL |               ok               ok               ok           BREAKS
        amount -> nullable                     pass     FAIL  FAIL |           BREAKS               ok               ok               ok
        rename amount -> total (no alias)      FAIL     FAIL  FAIL |           BREAKS               ok               ok               ok
        rename amount -> total + alias         pass     FAIL  FAIL |           BREAKS               ok               ok               ok
        reorder fields                         pass     pass  pass |               ok               ok               ok               ok
    "#]].assert_eq(&table);
}

/// The same consumers with generated classes: their decoders know the whole first version.
#[test]
fn twelve_changes_and_four_pinned_consumers() {
    let (table, witnessed) = twelve_changes("pinned", confirm);
    assert_eq!(witnessed, 33, "one witness for each cell that is not ok");
    expect![[r#"
        change V1 -> V2                    BACKWARD  FORWARD  FULL |          billing           mailer           search            stock
        delete amount (no default)             pass     FAIL  FAIL |           BREAKS           BREAKS           BREAKS           BREAKS
        delete coupon (has default)            pass     pass  pass |   SILENT-DEFAULT               ok               ok               ok
        delete customer.email                  pass     FAIL  FAIL |           BREAKS           BREAKS           BREAKS           BREAKS
        add note, no default                   FAIL     pass  FAIL |               ok               ok               ok               ok
        add note, default ""                   pass     pass  pass |               ok               ok               ok               ok
        enum: add ON_HOLD                      pass     FAIL  FAIL |           BREAKS           BREAKS           BREAKS           BREAKS
        qty int -> long                        pass     FAIL  FAIL |           BREAKS           BREAKS           BREAKS           BREAKS
        qty int -> string                      FAIL     FAIL  FAIL |           BREAKS           BREAKS           BREAKS           BREAKS
        amount -> nullable                     pass     FAIL  FAIL |           BREAKS           BREAKS           BREAKS           BREAKS
        rename amount -> total (no alias)      FAIL     FAIL  FAIL |           BREAKS           BREAKS           BREAKS           BREAKS
        rename amount -> total + alias         pass     FAIL  FAIL |           BREAKS           BREAKS           BREAKS           BREAKS
        reorder fields                         pass     pass  pass |               ok               ok               ok               ok
    "#]].assert_eq(&table);
}

/// The same consumers without a schema of their own: generic records, decoded with the writer's schema.
///
/// By hand: a field that is gone or renamed breaks whoever reads it, also where the first version has a default or the second an
/// alias, since nobody applies them (rows 1, 2, 3, 10, 11). A symbol, a null, a long or a string reaches the application as it is
/// (rows 6 to 9). Fields that are added, moved or not read reach nobody.
#[test]
fn twelve_changes_and_four_consumers_that_decode_as_it_is_written() {
    let (table, witnessed) = twelve_changes("writer", confirm_as_written);
    assert_eq!(witnessed, 9, "one witness for each cell that is not ok");
    expect![[r#"
        change V1 -> V2                    BACKWARD  FORWARD  FULL |          billing           mailer           search            stock
        delete amount (no default)             pass     FAIL  FAIL |           BREAKS               ok               ok               ok
        delete coupon (has default)            pass     pass  pass |           BREAKS               ok               ok               ok
        delete customer.email                  pass     FAIL  FAIL |               ok           BREAKS               ok               ok
        add note, no default                   FAIL     pass  FAIL |               ok               ok               ok               ok
        add note, default ""                   pass     pass  pass |               ok               ok               ok               ok
        enum: add ON_HOLD                      pass     FAIL  FAIL |               ok               ok           BREAKS               ok
        qty int -> long                        pass     FAIL  FAIL |               ok               ok               ok           BREAKS
        qty int -> string                      FAIL     FAIL  FAIL |               ok               ok               ok           BREAKS
        amount -> nullable                     pass     FAIL  FAIL |           BREAKS               ok               ok               ok
        rename amount -> total (no alias)      FAIL     FAIL  FAIL |           BREAKS               ok               ok               ok
        rename amount -> total + alias         pass     FAIL  FAIL |           BREAKS               ok               ok               ok
        reorder fields                         pass     pass  pass |               ok               ok               ok               ok
    "#]].assert_eq(&table);
}

/// The witness, decoded with the writer's schema, has at the place what the finding says of it.
fn confirm_as_written(_: &Schema, writer: &Schema, found: &treaty_contracts::ReadFinding) {
    let Schema::Avro(writer) = writer else {
        panic!("all schemas here are of Avro");
    };
    let Evidence::Witness(witness) = &found.finding.evidence else {
        panic!("no witness: {found}");
    };
    let value = decode(writer, &witness.bytes, &Limits::default()).expect("the writer's schema allows it");
    let seen = seen(writer, writer.root(), &value, found.path.split('.'));
    let expected = match found.path.as_str() {
        "amount" if found.finding.rule.id == "contract/read-field-nullable" => Some("null"),
        "amount" | "coupon" | "customer.email" => None,
        "status" => Some("ON_HOLD"),
        "qty" if found.finding.rule.id == "contract/read-type-lossy" => Some("2147483648"),
        "qty" => Some("\"\""),
        other => panic!("{other}: {found}"),
    };
    assert_eq!(seen.as_deref(), expected, "{found}");
    assert!(matches!(witness.observed, Observed::Changed(_)), "{found}");
    assert_eq!(found.standing, Standing::Incompatible, "{found}");
}

/// What an application finds at a path of fields.
fn seen<'p>(
    schema: &treaty_schemas::avro::Schema,
    ty: TypeId,
    value: &Value,
    mut path: impl Iterator<Item = &'p str>,
) -> Option<String> {
    match (&schema.get(ty).kind, value) {
        (Kind::Union(branches), Value::Union(number, value)) => seen(schema, branches[*number as usize], value, path),
        (Kind::Record(record), Value::Record(values)) => {
            let index = record.field(path.next()?)?;
            seen(schema, record.fields()[index].ty, &values[index], path)
        }
        (Kind::Enum(symbols), Value::Enum(number)) => Some(symbols.symbols()[*number as usize].to_string()),
        (_, Value::Long(number)) => Some(number.to_string()),
        (_, Value::String(text)) => Some(format!("{text:?}")),
        (_, Value::Null) => Some("null".into()),
        (_, other) => Some(format!("{other:?}")),
    }
}

/// The decoder agrees: the witness is the writer's, and the reader refuses it or sees something else.
fn confirm(reader: &Schema, writer: &Schema, found: &treaty_contracts::ReadFinding) {
    let (Schema::Avro(reader), Schema::Avro(writer)) = (reader, writer) else {
        panic!("all schemas here are of Avro");
    };
    let Evidence::Witness(witness) = &found.finding.evidence else {
        panic!("no witness: {found}");
    };
    decode(writer, &witness.bytes, &Limits::default()).expect("the writer's schema allows it");
    let read = resolve(reader, writer, &witness.bytes, &Limits::default());
    match (&witness.observed, found.standing) {
        (Observed::Refused(_), Standing::Incompatible) => assert!(read.is_err(), "{found}"),
        (Observed::Changed(_), Standing::Silent) => assert!(read.is_ok(), "{found}"),
        other => panic!("{other:?}: {found}"),
    }
}

#[test]
fn those_that_break_come_first() {
    let all: Vec<_> = CONSUMERS
        .iter()
        .flat_map(|consumer| requirements(&contract(consumer), V1))
        .collect();
    let assessments = assess_all(&all, &changed(&CHANGES[6]), &Budget::unlimited());
    let described: Vec<String> = assessments
        .iter()
        .map(|assessment| format!("{} {}", assessment.application, assessment.standing))
        .collect();
    assert_eq!(
        described,
        [
            "stock incompatible",
            "billing compatible",
            "mailer compatible",
            "search compatible"
        ]
    );
    let [found] = &assessments[0].findings[..] else {
        panic!("one finding");
    };
    expect![[r#"
        error[contract/read-type-changed]: stock (team-stock) reads `qty`, which is of another type in orders.placed-value@2: the reader takes int, the writer sends long
          contract treaty.yaml:8:22: reads `qty`
          reader orders.placed-value@1:8:30: takes int
          writer orders.placed-value@2:8:30: sends long
          witness {"orderId":"","amount":0.0,"coupon":"","status":"PLACED","qty":0,"customer":{"name":"","email":""}}
          refused: qty: the reader wants `int`, the writer wrote `long` (at byte 11)
          help: send the new type in a field of its own beside `qty`, let team-stock move to it, and remove `qty` when stock no longer reads it"#]].assert_eq(&found.to_string());
}

#[test]
fn places_stay_those_of_the_whole_schema() {
    let requirement = only(requirements(&contract(&("mailer", "customer.email")), V1));
    let assessment = assess(&requirement, &changed(&CHANGES[2]), &Budget::unlimited());
    let [found] = &assessment.findings[..] else {
        panic!("one finding");
    };
    assert_eq!(found.path, "customer.email");
    assert_eq!(found.finding.reader.point().to_string(), "12:19", "{found}");
    assert_eq!(found.finding.writer.source.name(), "orders.placed-value@2");
}

#[test]
fn a_published_contract_survives_its_journey() {
    let published = publish(&contract(&("billing", "orderId, amount")), V1);
    let json = serde_json::to_string(&published).expect("it is JSON");
    let arrived: treaty_contracts::PublishedContract = serde_json::from_str(&json).expect("it comes back");
    assert_eq!(arrived, published);
    assert_eq!(arrived.hash(), published.hash());
    let (contract, requirements) = arrived.open(&Budget::unlimited()).expect("it is whole");
    assert_eq!(contract.application.value, "billing");
    assert_eq!(requirements.len(), 1);
}
