//! The twelve changes and four consumers once more, in Protobuf: what the modes of a registry say of a change, what it does
//! to each of the consumers, and why it is not what it would be in Avro.

use expect_test::expect;
use treaty_contracts::{ReadFinding, Standing, assess};
use treaty_schemas::protobuf::{self, DataLimits, FieldValue, Value};
use treaty_schemas::{Budget, Evidence, Observed, Schema, Severity};

use crate::requirement::{self, proto, proto_requirements};
use crate::verdicts::{Consumer, contract, contract_of, only, table};

const V1: &str = r#"syntax = "proto3";
package com.acme.orders;

message OrderPlaced {
  string order_id = 1;
  double amount = 2;
  optional string coupon = 3;
  Status status = 4;
  int32 qty = 5;
  Customer customer = 6;
}

message Customer {
  string name = 1;
  string email = 2;
}

enum Status {
  STATUS_UNSPECIFIED = 0;
  PLACED = 1;
  PAID = 2;
  SHIPPED = 3;
}
"#;

/// A change is a part of the first version and what stands there in the second, and why the verdicts are what they are.
const CHANGES: [(&str, &str, &str); 12] = [
    // An absent field is zero: billing would take 0 for an amount. No decoder complains.
    ("delete amount", "  double amount = 2;\n", "  reserved 2;\n"),
    // The same, though billing can see that it is absent: the contract must say that this is fine (`onMissing`).
    (
        "delete coupon (optional)",
        "  optional string coupon = 3;\n",
        "  reserved 3;\n",
    ),
    ("delete customer.email", "  string email = 2;\n", "  reserved 2;\n"),
    // Fields that nobody reads are passed on unread; there are no fields without a default.
    (
        "add note",
        "  int32 qty = 5;\n",
        "  int32 qty = 5;\n  string note = 7;\n",
    ),
    (
        "add note, optional",
        "  int32 qty = 5;\n",
        "  int32 qty = 5;\n  optional string note = 7;\n",
    ),
    // An open enum has a number without a name, for which search has no answer.
    (
        "enum: add ON_HOLD",
        "  SHIPPED = 3;\n",
        "  SHIPPED = 3;\n  ON_HOLD = 4;\n",
    ),
    // Both are varints: stock sees other numbers from 2^31 on, which is a warning.
    ("qty int32 -> int64", "int32 qty", "int64 qty"),
    // The wire types differ: stock sees nothing.
    ("qty int32 -> string", "int32 qty", "string qty"),
    // Absent is zero, as it always was to billing.
    ("amount -> optional", "  double amount", "  optional double amount"),
    // The number is the field.
    ("rename amount -> total", "double amount", "double total"),
    // Another number is another field, whatever its name.
    ("amount = 2 -> amount = 8", "double amount = 2", "double amount = 8"),
    (
        "reorder fields",
        "  string order_id = 1;\n  double amount = 2;\n",
        "  double amount = 2;\n  string order_id = 1;\n",
    ),
];

const CONSUMERS: [Consumer<'_>; 4] = [
    ("billing", "order_id, amount, coupon"),
    ("mailer", "order_id, customer.email"),
    ("search", "order_id, status"),
    ("stock", "order_id, qty"),
];

fn changed(change: &(&str, &str, &str)) -> Schema {
    let (name, from, to) = change;
    assert_eq!(V1.matches(from).count(), 1, "{name}");
    proto("orders.placed-value@2", &V1.replace(from, to))
}

/// The table for consumers that decode so, and how many findings were confirmed.
fn twelve_changes(decode: &str, confirm: fn(&Schema, &Schema, &ReadFinding)) -> (String, usize) {
    let v1 = proto("orders.placed-value@1", V1);
    let changes = CHANGES.map(|change| (change.0, changed(&change)));
    let requirement = |consumer: &Consumer<'_>| only(proto_requirements(&contract_of(consumer, decode), V1));
    let consumers = CONSUMERS.map(|consumer| (consumer, requirement(&consumer)));
    table(&v1, &changes, &consumers, confirm)
}

#[test]
fn twelve_changes_and_four_consumers() {
    let (table, witnessed) = twelve_changes("projected", confirm);
    assert_eq!(witnessed, 7, "one witness for each cell that is not ok");
    expect![[r#"
        change V1 -> V2           BACKWARD  FORWARD  FULL |          billing           mailer           search            stock
        delete amount                 pass     pass  pass |   SILENT-DEFAULT               ok               ok               ok
        delete coupon (optional)      pass     pass  pass |   SILENT-DEFAULT               ok               ok               ok
        delete customer.email         pass     pass  pass |               ok   SILENT-DEFAULT               ok               ok
        add note                      pass     pass  pass |               ok               ok               ok               ok
        add note, optional            pass     pass  pass |               ok               ok               ok               ok
        enum: add ON_HOLD             pass     pass  pass |               ok               ok           BREAKS               ok
        qty int32 -> int64            pass     pass  pass |               ok               ok               ok           BREAKS
        qty int32 -> string           FAIL     FAIL  FAIL |               ok               ok               ok           BREAKS
        amount -> optional            pass     pass  pass |               ok               ok               ok               ok
        rename amount -> total        pass     pass  pass |               ok               ok               ok               ok
        amount = 2 -> amount = 8      pass     pass  pass |   SILENT-DEFAULT               ok               ok               ok
        reorder fields                pass     pass  pass |               ok               ok               ok               ok
    "#]].assert_eq(&table);
}

/// The same consumers with generated classes: their decoders know the whole first version.
#[test]
fn twelve_changes_and_four_pinned_consumers() {
    let (table, witnessed) = twelve_changes("pinned", confirm);
    assert_eq!(witnessed, 7, "one witness for each cell that is not ok");
    expect![[r#"
        change V1 -> V2           BACKWARD  FORWARD  FULL |          billing           mailer           search            stock
        delete amount                 pass     pass  pass |   SILENT-DEFAULT               ok               ok               ok
        delete coupon (optional)      pass     pass  pass |   SILENT-DEFAULT               ok               ok               ok
        delete customer.email         pass     pass  pass |               ok   SILENT-DEFAULT               ok               ok
        add note                      pass     pass  pass |               ok               ok               ok               ok
        add note, optional            pass     pass  pass |               ok               ok               ok               ok
        enum: add ON_HOLD             pass     pass  pass |               ok               ok           BREAKS               ok
        qty int32 -> int64            pass     pass  pass |               ok               ok               ok           BREAKS
        qty int32 -> string           FAIL     FAIL  FAIL |               ok               ok               ok           BREAKS
        amount -> optional            pass     pass  pass |               ok               ok               ok               ok
        rename amount -> total        pass     pass  pass |               ok               ok               ok               ok
        amount = 2 -> amount = 8      pass     pass  pass |   SILENT-DEFAULT               ok               ok               ok
        reorder fields                pass     pass  pass |               ok               ok               ok               ok
    "#]].assert_eq(&table);
}

/// The same consumers with dynamic messages: nothing but the writer's schema decodes, and fields are looked up by their names.
///
/// By hand: what is gone breaks whoever reads it, a zero or not (rows 1 to 3). Symbols, larger numbers and text reach the
/// application as they are (rows 6 to 8). A field without presence and one with it are read alike (row 9). A new name is another
/// field (row 10), a new number is not (row 11).
#[test]
fn twelve_changes_and_four_consumers_that_decode_as_it_is_written() {
    let (table, witnessed) = twelve_changes("writer", confirm_as_written);
    assert_eq!(witnessed, 7, "one witness for each cell that is not ok");
    expect![[r#"
        change V1 -> V2           BACKWARD  FORWARD  FULL |          billing           mailer           search            stock
        delete amount                 pass     pass  pass |           BREAKS               ok               ok               ok
        delete coupon (optional)      pass     pass  pass |           BREAKS               ok               ok               ok
        delete customer.email         pass     pass  pass |               ok           BREAKS               ok               ok
        add note                      pass     pass  pass |               ok               ok               ok               ok
        add note, optional            pass     pass  pass |               ok               ok               ok               ok
        enum: add ON_HOLD             pass     pass  pass |               ok               ok           BREAKS               ok
        qty int32 -> int64            pass     pass  pass |               ok               ok               ok           BREAKS
        qty int32 -> string           FAIL     FAIL  FAIL |               ok               ok               ok           BREAKS
        amount -> optional            pass     pass  pass |               ok               ok               ok               ok
        rename amount -> total        pass     pass  pass |           BREAKS               ok               ok               ok
        amount = 2 -> amount = 8      pass     pass  pass |               ok               ok               ok               ok
        reorder fields                pass     pass  pass |               ok               ok               ok               ok
    "#]].assert_eq(&table);
}

/// The witness, decoded with the writer's schema, has at the place what the finding says of it.
fn confirm_as_written(_: &Schema, writer: &Schema, found: &ReadFinding) {
    let Schema::Protobuf(writer) = writer else {
        panic!("another format");
    };
    let Evidence::Witness(witness) = &found.finding.evidence else {
        panic!("no witness: {found}");
    };
    let mut id = writer
        .message_named("com.acme.orders.OrderPlaced")
        .expect("the message");
    let mut value = protobuf::decode(&writer.set, id, &witness.bytes, &DataLimits::default())
        .expect("the writer's schema allows it");
    let mut seen = None;
    for name in found.path.split('.') {
        let field = writer.set.message(id).fields.iter().find(|field| &*field.name == name);
        seen = field.map(|field| value.fields.get(&field.number).cloned());
        if let (Some(field), Some(Some(FieldValue::Single(Value::Message(inner))))) = (field, &seen) {
            id = field.kind.message().expect("it holds a message");
            value = (**inner).clone();
        }
    }
    let expected = match found.path.as_str() {
        "amount" | "coupon" | "customer.email" => None,
        "status" => Some(Value::Enum(4)),
        "qty" if found.finding.rule.id == "contract/read-type-lossy" => Some(Value::Int64(1 << 31)),
        "qty" => Some(Value::String("a".into())),
        other => panic!("{other}: {found}"),
    };
    assert_eq!(seen, expected.map(|value| Some(FieldValue::Single(value))), "{found}");
    assert!(matches!(witness.observed, Observed::Changed(_)), "{found}");
    assert_eq!(found.standing, Standing::Incompatible, "{found}");
}

/// The decoder agrees: the witness is the writer's, and the reader refuses it or sees something else.
fn confirm(reader: &Schema, writer: &Schema, found: &ReadFinding) {
    let (Schema::Protobuf(reader), Schema::Protobuf(writer)) = (reader, writer) else {
        panic!("another format");
    };
    let Evidence::Witness(witness) = &found.finding.evidence else {
        panic!("no witness: {found}");
    };
    let event = reader.event.as_ref().expect("it is what is read").message;
    let sent = protobuf::judgement::project::event(writer, &reader.set.message(event).name).expect("the message");
    protobuf::decode(&writer.set, sent, &witness.bytes, &DataLimits::default()).expect("the writer's schema allows it");
    let read = protobuf::decode(&reader.set, event, &witness.bytes, &DataLimits::default());
    assert_eq!(
        read.is_err(),
        matches!(witness.observed, Observed::Refused(_)),
        "{found}"
    );
}

fn described(application: &str, reads: &str, built: &str, candidate: &str) -> String {
    let requirement = only(proto_requirements(&contract_of(&(application, reads), "pinned"), built));
    let assessment = assess(
        &requirement,
        &proto("orders.placed-value@2", candidate),
        &Budget::unlimited(),
    );
    let findings: String = assessment.findings.iter().map(|found| format!("{found}\n")).collect();
    format!("{}\n{findings}", assessment.standing)
}

const PAYMENT: &str = "syntax = \"proto3\";\npackage com.acme.orders;\nmessage OrderPlaced {\n  string order_id = 1;\n  oneof payment {\n    string card = 2;\n    string cash = 3;\n  }\n  string note = 4;\n}\n";

#[test]
fn members_of_a_oneof_are_ordinary_fields() {
    // What was known when the contract was made is no news.
    assert_eq!(described("billing", "card", PAYMENT, PAYMENT), "compatible\n");
}

#[test]
fn a_new_case_of_a_oneof() {
    let more = PAYMENT.replace(
        "    string cash = 3;\n",
        "    string cash = 3;\n    string points = 5;\n",
    );
    expect![[r#"
        incompatible
        error[contract/read-variant-added]: billing (team-billing) reads `card`, which another field may stand in for in orders.placed-value@2: the writer may send `points` instead of `card`, and the reader's oneof `payment` then looks unset
          contract treaty.yaml:8:13: reads `card`
          reader orders.placed-value@1:5:9: no field 5 in here
          writer orders.placed-value@2:8:12: the writer may send this
          witness com.acme.orders.OrderPlaced {"points":"a"}
          changed: {}
          help: let team-billing handle it first, and build against a schema that has it, then send it; if billing passes over what it does not know, let team-billing say `otherwise: ignore`
    "#]].assert_eq(&described("billing", "card", PAYMENT, &more));
    // Who reads nothing of the oneof does not care.
    assert_eq!(described("search", "order_id", PAYMENT, &more), "compatible\n");
}

#[test]
fn joining_a_oneof() {
    let joined = PAYMENT
        .replace("  string note = 4;\n", "")
        .replace("    string cash = 3;\n", "    string cash = 3;\n    string note = 4;\n");
    expect![[r#"
        incompatible
        error[contract/read-variant-added]: search (team-search) reads `note`, which another field may stand in for in orders.placed-value@2: the writer may send `card` instead of `note`, which then looks unset to the reader
          contract treaty.yaml:8:13: reads `note`
          reader orders.placed-value@1:9:10: no field 2 in here
          writer orders.placed-value@2:6:12: the writer may send this
          witness com.acme.orders.OrderPlaced {"card":"a"}
          changed: {}
          help: let team-search build against a schema that has the type first, then send it
    "#]]
    .assert_eq(&described("search", "note", PAYMENT, &joined));
}

#[test]
fn leaving_a_oneof() {
    let left = PAYMENT
        .replace("  oneof payment {\n", "")
        .replace("    string cash = 3;\n  }\n", "    string cash = 3;\n");
    expect![[r#"
        incompatible
        error[contract/read-variant-added]: billing (team-billing) reads `card`, which another field may stand in for in orders.placed-value@2: the writer may set `card` and `cash` together, and the reader's oneof `payment` keeps one of them
          contract treaty.yaml:8:13: reads `card`
          reader orders.placed-value@1:5:9: keeps the last one
          writer orders.placed-value@2:5:12: is set beside the others
          witness com.acme.orders.OrderPlaced {"card":"a","cash":"a"}
          changed: {"cash":"a"}
          help: let team-billing build against a schema that has the type first, then send it
    "#]].assert_eq(&described("billing", "card", PAYMENT, &left));
    // Encoders may write fields in any order, so the member of the greatest number is lost too, by an event that shows it.
    expect![[r#"
        incompatible
        error[contract/read-variant-added]: billing (team-billing) reads `cash`, which another field may stand in for in orders.placed-value@2: the writer may set `cash` and `card` together, and the reader's oneof `payment` keeps one of them
          contract treaty.yaml:8:13: reads `cash`
          reader orders.placed-value@1:5:9: keeps the last one
          writer orders.placed-value@2:6:12: is set beside the others
          witness com.acme.orders.OrderPlaced {"card":"a","cash":"a"}
          changed: {"card":"a"}
          help: let team-billing build against a schema that has the type first, then send it
    "#]].assert_eq(&described("billing", "cash", PAYMENT, &left));
}

#[test]
fn a_list_becomes_a_member_of_a_oneof() {
    let list = PAYMENT.replace("  string note = 4;\n", "  repeated string note = 4;\n");
    let joined = PAYMENT
        .replace("  string note = 4;\n", "")
        .replace("    string cash = 3;\n", "    string cash = 3;\n    string note = 4;\n");
    expect![[r#"
        incompatible
        error[contract/read-variant-added]: search (team-search) reads `note`, which another field may stand in for in orders.placed-value@2: the writer may send `card` instead of `note`, which then looks unset to the reader
          contract treaty.yaml:8:13: reads `note[]` through `note`
          reader orders.placed-value@1:9:19: no field 2 in here
          writer orders.placed-value@2:6:12: the writer may send this
          witness com.acme.orders.OrderPlaced {"card":"a"}
          changed: {}
          help: let team-search build against a schema that has the type first, then send it
    "#]].assert_eq(&described("search", "note[]", &list, &joined));
}

#[test]
fn a_list_is_read_as_one_and_one_as_a_list() {
    let list = PAYMENT.replace("  string note", "  repeated string note");
    expect![[r#"
        incompatible
        error[contract/read-type-changed]: search (team-search) reads `note`, which is of another type in orders.placed-value@2: of several values of `note` the reader keeps the last: it takes string, the writer sends repeated string
          contract treaty.yaml:8:13: reads `note`
          reader orders.placed-value@1:9:3: takes string
          writer orders.placed-value@2:9:12: sends repeated string
          witness com.acme.orders.OrderPlaced {"note":["a","b"]}
          changed: {"note":"b"}
          help: send the new type in a field of its own beside `note`, let team-search move to it, and remove `note` when search no longer reads it
    "#]].assert_eq(&described("search", "note", PAYMENT, &list));
    expect![[r#"
        compatible
    "#]]
    .assert_eq(&described("search", "note[]", &list, PAYMENT));
}

#[test]
fn a_closed_enum_and_what_the_contract_says_of_it() {
    let closed = "syntax = \"proto2\";\npackage com.acme.orders;\nmessage OrderPlaced {\n  required string order_id = 1;\n  optional Status status = 2;\n}\nenum Status {\n  PLACED = 1;\n  PAID = 2;\n}\n";
    let more = closed.replace("  PAID = 2;\n", "  PAID = 2;\n  ON_HOLD = 3;\n");
    expect![[r#"
        silent
        error[contract/read-enum-value-added]: search (team-search) reads `status`, which may be a symbol in orders.placed-value@2 that it does not handle: the reader's `Status` does not know `ON_HOLD`, and puts it aside, so that the field looks unset
          contract treaty.yaml:8:13: reads `status`
          reader orders.placed-value@1:7:6: no `ON_HOLD` in here
          writer orders.placed-value@2:10:3: the writer may send this
          witness com.acme.orders.OrderPlaced {"orderId":"","status":"ON_HOLD"}
          changed: {}
          help: let team-search handle it first (`handles`, or `otherwise: ignore`), then send it
    "#]].assert_eq(&described("search", "status", closed, &more));
    // A required field that is not read is still required by the decoder.
    let freed = closed.replace("required string", "optional string");
    expect![[r#"
        incompatible
        error[contract/read-field-nullable]: search (team-search) does not read `order_id`, but its decoder does, and refuses events of orders.placed-value@2: the reader requires `order_id`, which the writer may leave out
          contract treaty.yaml:8:13: reads only this, and decodes the whole event
          reader orders.placed-value@1:4:19: required
          writer orders.placed-value@2:4:19: may be left out
          witness com.acme.orders.OrderPlaced {}
          refused: the required field `order_id` of `com.acme.orders.OrderPlaced` is missing (at byte 0)
          help: let team-search build against a schema that can decode such events first; if search decodes with no more than what it reads, let team-search say `decode: projected`
    "#]].assert_eq(&described("search", "status", closed, &freed));
    let lenient = contract(&("search", "")).replace(
        "    reads: \"\"\n",
        "    reads:\n      - { path: status, handles: [PAID], otherwise: ignore }\n",
    );
    let requirement = only(proto_requirements(&lenient, closed));
    assert_eq!(
        assess(&requirement, &proto("v2", &more), &Budget::unlimited()).standing,
        Standing::Compatible,
        "other values are ignored"
    );
    let fewer = closed.replace("  PAID = 2;\n", "");
    let assessment = assess(&requirement, &proto("v2", &fewer), &Budget::unlimited());
    let gone: Vec<&str> = assessment.findings.iter().map(|found| found.finding.rule.id).collect();
    assert_eq!(gone, ["contract/read-enum-value-removed"]);
    assert!(
        assessment
            .findings
            .iter()
            .all(|found| found.finding.severity == Severity::Note)
    );
}

#[test]
fn unknown_fields_may_be_refused() {
    let strict = contract(&("billing", "order_id")).replace("    reads:", "    unknownFields: reject\n    reads:");
    let requirement = only(proto_requirements(&strict, V1));
    let assessment = assess(&requirement, &changed(&CHANGES[3]), &Budget::unlimited());
    let found: Vec<String> = assessment
        .findings
        .iter()
        .map(|found| format!("{} {}", found.finding.rule.id, found.path))
        .collect();
    assert_eq!(found, ["contract/unknown-field-rejected note"]);
    assert_eq!(
        assess(&requirement, &proto("v1", V1), &Budget::unlimited()).standing,
        Standing::Compatible
    );
}

#[test]
fn paths_that_lead_nowhere_are_told_at_their_place() {
    let wrong = contract(&("mailer", "customer.mail, status.name, lines[].sku, customer{}.name"));
    let error = requirement::publish_in(treaty_schemas::Format::Protobuf, &wrong, V1)
        .open(&Budget::unlimited())
        .expect_err("they name what is not there");
    expect![[r#"
        treaty.yaml:8:22: `customer.mail` cannot be read of orders.placed-value@1: `Customer` has no field `mail` (did you mean `email`?)
        treaty.yaml:8:35: `status.name` cannot be read of orders.placed-value@1: `status` has no fields (end the path here)
        treaty.yaml:8:41: `lines[].sku` cannot be read of orders.placed-value@1: `OrderPlaced` has no field `lines` (known are `order_id`, `amount`, `coupon`, `status`, `qty`, `customer`)
        treaty.yaml:8:62: `customer{}.name` cannot be read of orders.placed-value@1: `customer` is one message, `Customer` (name a field of it)
    "#]].assert_eq(
        &error
            .problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect::<String>(),
    );
}

#[test]
fn the_hash_names_what_is_needed_and_nothing_else() {
    let hash = |reads: &str, built: &str| {
        proto_requirements(&contract(&("billing", reads)), built)[0]
            .hash()
            .to_owned()
    };
    let base = hash("order_id, amount", V1);
    for change in [&CHANGES[1], &CHANGES[3], &CHANGES[5], &CHANGES[6], &CHANGES[11]] {
        assert_eq!(
            hash("order_id, amount", &V1.replace(change.1, change.2)),
            base,
            "{}",
            change.0
        );
    }
    for change in [&CHANGES[8], &CHANGES[10]] {
        assert_ne!(
            hash("order_id, amount", &V1.replace(change.1, change.2)),
            base,
            "{}",
            change.0
        );
    }
    assert_ne!(hash("order_id", V1), base);
}

#[test]
fn the_event_is_one_message_of_the_file() {
    let more = format!("{V1}message Audit {{\n  int32 who = 1;\n}}\n");
    let all = contract(&("billing", "")).replace("    reads: \"\"\n", "    reads: all\n");
    let requirement = only(proto_requirements(&all, &more));
    // What happens to other messages is nobody's business here.
    let other = more.replace("int32 who", "string who");
    assert_eq!(
        assess(&requirement, &proto("v2", &other), &Budget::unlimited()).standing,
        Standing::Compatible
    );
    let gone = more.replace("message OrderPlaced", "message OrderCreated");
    let assessment = assess(&requirement, &proto("v2", &gone), &Budget::unlimited());
    assert_eq!(assessment.standing, Standing::Incompatible);
    assert_eq!(assessment.findings[0].finding.rule.id, "contract/read-field-removed");
}
