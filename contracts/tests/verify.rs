//! What is found wrong when a contract is published, and what the less usual entries mean.

use expect_test::{Expect, expect};
use treaty_contracts::published::{PinnedSchema, ReferencedText, Role};
use treaty_contracts::{Standing, assess, verify};
use treaty_schemas::Budget;
use treaty_schemas::Format;

use crate::requirement::{derive, publish, requirements, schema};

const ORDER: &str = r#"{
  "type": "record", "name": "Order", "namespace": "com.acme", "fields": [
    { "name": "orderId", "type": "string" },
    { "name": "total", "aliases": ["amount"], "type": "long" },
    { "name": "coupon", "type": "string", "default": "" },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["PLACED", "PAID", "LOST"] } },
    { "name": "customer", "type": ["null", {
      "type": "record", "name": "Customer", "fields": [
        { "name": "email", "type": "string" },
        { "name": "level", "type": "int", "default": 0 }
      ] }], "default": null },
    { "name": "lines", "type": { "type": "array", "items": {
      "type": "record", "name": "Line", "fields": [{ "name": "sku", "type": "string" }, { "name": "qty", "type": "int" }] } } },
    { "name": "tags", "type": { "type": "map", "values": "string" } },
    { "name": "payment", "type": [
      { "type": "record", "name": "Card", "fields": [{ "name": "number", "type": "string" }] },
      { "type": "record", "name": "Cash", "fields": [{ "name": "till", "type": "int" }] } ] }
  ]
}"#;

fn contract(rest: &str) -> String {
    format!(
        "contract: 1\napplication: billing\nreceives:\n  - event: com.acme.Order\n    subject: orders-value\n{rest}"
    )
}

fn reads(entries: &[&str]) -> String {
    let entries: String = entries.iter().map(|entry| format!("      - {entry}\n")).collect();
    contract(&format!(
        "    builtAgainst: 3\n    decode: projected\n    reads:\n{entries}"
    ))
}

fn refused(contract: &str, expected: Expect) {
    let error = derive(contract, ORDER).expect_err("this contract does not fit");
    let described: String = error.problems.iter().map(|problem| format!("{problem}\n")).collect();
    expected.assert_eq(&described);
}

#[test]
fn what_does_not_fit_is_told_at_its_place() {
    refused(
        &reads(&[
            "orderID",
            "amount",
            "customer.e_mail",
            "lines.sku",
            "lines[].skku",
            "tags.colour",
            "tags[]",
            "orderId.length",
            "status.(string)",
            "payment.(Crad).number",
            "payment.pin",
            "nothingLikeIt",
        ]),
        expect![[r#"
            treaty.yaml:9:9: `orderID` cannot be read of orders-value@3: `com.acme.Order` has no field `orderID` (did you mean `orderId`?)
            treaty.yaml:10:9: `amount` cannot be read of orders-value@3: `com.acme.Order` has no field `amount` (it is called `total` now)
            treaty.yaml:11:18: `customer.e_mail` cannot be read of orders-value@3: no branch of the union [null, com.acme.Customer] has a field `e_mail` (did you mean `email`?)
            treaty.yaml:12:15: `lines.sku` cannot be read of orders-value@3: `lines` is an array (write `lines[].sku`)
            treaty.yaml:13:17: `lines[].skku` cannot be read of orders-value@3: `com.acme.Line` has no field `skku` (did you mean `sku`?)
            treaty.yaml:14:14: `tags.colour` cannot be read of orders-value@3: `tags` is a map (write `tags{}.colour`)
            treaty.yaml:15:13: `tags[]` cannot be read of orders-value@3: `tags` is a map (end the path here)
            treaty.yaml:16:17: `orderId.length` cannot be read of orders-value@3: `orderId` is a string (end the path here)
            treaty.yaml:17:16: `status.(string)` cannot be read of orders-value@3: `status` is an enum (com.acme.Status) (this is no union: write `status`)
            treaty.yaml:18:17: `payment.(Crad).number` cannot be read of orders-value@3: the union [com.acme.Card, com.acme.Cash] has no branch `Crad` (did you mean `Card`?)
            treaty.yaml:19:17: `payment.pin` cannot be read of orders-value@3: no branch of the union [com.acme.Card, com.acme.Cash] has a field `pin` (known are `number`, `till`)
            treaty.yaml:20:9: `nothingLikeIt` cannot be read of orders-value@3: `com.acme.Order` has no field `nothingLikeIt` (known are `orderId`, `total`, `coupon`, `status`, `customer`, `lines`, `tags`, `payment`)
        "#]],
    );
    refused(
        &reads(&[
            "{ path: orderId, handles: [A] }",
            "{ path: total, onMissing: default }",
            "{ path: 'tags{}', onMissing: default }",
            "{ path: status, handles: [PAID, PAID] }",
            "{ path: lines, otherwise: ignore }",
        ]),
        expect![[r#"
            treaty.yaml:9:17: `orderId` cannot be read of orders-value@3: symbols are handled of an enum, but this is a string (leave `handles` and `otherwise` out)
            treaty.yaml:10:9: `onMissing: default`, but orders-value@3 gives `total` no default (say `onMissing: null` if the application takes null for it, or leave `onMissing` out)
            treaty.yaml:11:9: `onMissing: default` is said of a field, but `tags{}` is none (say `onMissing: null` if the application takes null for it, or leave `onMissing` out)
            treaty.yaml:12:41: `PAID` is handled twice (name each symbol once, or leave `handles` out if all are handled)
            treaty.yaml:13:17: `lines` cannot be read of orders-value@3: other symbols or types are ignored of an enum or a union, but this is an array (leave `otherwise` out)
        "#]],
    );
}

#[test]
fn what_leads_somewhere_is_taken() {
    for path in [
        "orderId",
        "customer",
        "customer.email",
        "customer.(com.acme.Customer).email",
        "customer.(Customer).email",
        "customer.(null)",
        "lines",
        "lines[]",
        "lines[].sku",
        "tags{}",
        "payment.number",
        "payment.(Card)",
        "payment.(Cash).till",
    ] {
        let [requirement] = &requirements(&reads(&[path]), ORDER)[..] else {
            panic!("one event is received");
        };
        let itself = verify(requirement, &Budget::unlimited()).expect("it was built against a schema");
        assert_eq!(
            (itself.standing, itself.findings.len()),
            (Standing::Compatible, 0),
            "{path}"
        );
    }
}

#[test]
fn symbols_that_may_come_have_to_be_handled_from_the_start() {
    let verified = |entry: &str| {
        let [requirement] = &requirements(&reads(&[entry]), ORDER)[..] else {
            panic!("one event is received");
        };
        let verified = verify(requirement, &Budget::unlimited()).expect("it was built against a schema");
        let described: Vec<String> = verified
            .findings
            .iter()
            .map(|found| found.finding.message.to_string())
            .collect();
        (verified.standing, described.join("\n"))
    };
    let (standing, described) = verified("{ path: status, handles: [PLACED, PAID] }");
    assert_eq!(standing, Standing::Incompatible);
    expect!["billing reads `status`, which may be a symbol in orders-value@3 that it does not handle: the reader's `com.acme.Status` does not know `LOST` and has no default"].assert_eq(&described);
    let (standing, described) = verified("{ path: status, handles: [PLACED, PAID], otherwise: ignore }");
    assert_eq!((standing, described.as_str()), (Standing::Compatible, ""));
    let (standing, described) = verified("{ path: status, handles: [PLACED, PAID, LSOT], otherwise: ignore }");
    assert_eq!(standing, Standing::Compatible);
    expect!["billing handles `LSOT` of `status`, which orders-value@3 never has"].assert_eq(&described);
}

/// The standing of one entry under a change of the order.
fn standing(entries: &[&str], from: &str, to: &str) -> Standing {
    assert_eq!(ORDER.matches(from).count(), 1, "{from}");
    let [requirement] = &requirements(&reads(entries), ORDER)[..] else {
        panic!("one event is received");
    };
    assess(
        requirement,
        &schema("orders-value@4", &ORDER.replace(from, to)),
        &Budget::unlimited(),
    )
    .standing
}

#[test]
fn tolerances_reach_as_far_as_they_say() {
    const COUPON: &str = r#"    { "name": "coupon", "type": "string", "default": "" },
"#;
    const TOTAL: &str = r#""type": "long" }"#;
    for (entries, from, to, expected) in [
        (&["coupon"][..], COUPON, "", Standing::Silent),
        (
            &["{ path: coupon, onMissing: default }"],
            COUPON,
            "",
            Standing::Compatible,
        ),
        (&["{ path: coupon, onMissing: null }"], COUPON, "", Standing::Compatible),
        // A default for what is missing is no room for null.
        (
            &["{ path: coupon, onMissing: default }"],
            r#""string", "default": "" }"#,
            r#"["null", "string"] }"#,
            Standing::Incompatible,
        ),
        (
            &["{ path: total, onMissing: null }"],
            TOTAL,
            r#""type": ["null", "long"] }"#,
            Standing::Compatible,
        ),
        (
            &["{ path: total, onMissing: null }"],
            TOTAL,
            r#""type": "string" }"#,
            Standing::Incompatible,
        ),
        // What is on the way may be null if everything that is read of it may be.
        (
            &["{ path: 'lines[].sku', onMissing: null }"],
            r#"{ "type": "array""#,
            r#"["null", { "type": "array""#,
            Standing::Compatible,
        ),
        (
            &["{ path: 'lines[].sku', onMissing: null }", "'lines[].qty'"],
            r#"{ "type": "array""#,
            r#"["null", { "type": "array""#,
            Standing::Incompatible,
        ),
        // A whole record that is read as its default is silent for what is read of it.
        (
            &["customer.email"],
            r#"    { "name": "customer""#,
            r#"    { "name": "client""#,
            Standing::Silent,
        ),
        (
            &["{ path: customer.email, onMissing: default }", "customer.level"],
            r#"    { "name": "customer""#,
            r#"    { "name": "client""#,
            Standing::Silent,
        ),
        (
            &["{ path: customer.level, onMissing: default }"],
            r#"    { "name": "customer""#,
            r#"    { "name": "client""#,
            Standing::Compatible,
        ),
        (
            &["{ path: status, otherwise: ignore }"],
            r#""LOST"]"#,
            r#""LOST", "HELD"]"#,
            Standing::Compatible,
        ),
        (
            &["payment.(Card).number"],
            r#""name": "till", "type": "int""#,
            r#""name": "till", "type": "string""#,
            Standing::Compatible,
        ),
        (
            &["payment.(Card).number"],
            r#""name": "Cash""#,
            r#""name": "Coins""#,
            Standing::Incompatible,
        ),
    ] {
        // Wrapping the array's type in a union needs its end, too.
        let (from, to) = if to.starts_with(r#"["null", { "type": "array""#) {
            let whole = &ORDER[ORDER.find(from).expect("the array")..];
            let end = whole.find("] } }").expect("its end") + 5;
            (whole[..end].to_owned(), format!("[\"null\", {}]", &whole[..end]))
        } else {
            (from.to_owned(), to.to_owned())
        };
        assert_eq!(standing(entries, &from, &to), expected, "{entries:?}: {from} -> {to}");
    }
}

#[test]
fn the_whole_schema_may_be_read() {
    let all = contract("    builtAgainst: 3\n    reads: all\n");
    let [requirement] = &requirements(&all, ORDER)[..] else {
        panic!("one event is received");
    };
    assert_eq!(
        verify(requirement, &Budget::unlimited()).map(|verified| verified.standing),
        Some(Standing::Compatible)
    );
    let without = ORDER.replace("{ \"name\": \"sku\", \"type\": \"string\" }, ", "");
    let assessment = assess(requirement, &schema("orders-value@4", &without), &Budget::unlimited());
    let [found] = &assessment.findings[..] else {
        panic!("one finding");
    };
    assert_eq!(
        (assessment.standing, found.path.as_str()),
        (Standing::Incompatible, "lines[].sku")
    );
    assert_eq!(found.contract.point().to_string(), "7:12");
}

#[test]
fn who_does_not_say_what_it_reads_is_not_judged() {
    let [requirement] = &requirements(&contract(""), ORDER)[..] else {
        panic!("one event is received");
    };
    let assessment = assess(requirement, &schema("orders-value@4", ORDER), &Budget::unlimited());
    assert_eq!(
        (assessment.standing, assessment.undecided),
        (Standing::Undeclared, None)
    );
    assert_eq!(verify(requirement, &Budget::unlimited()), None);
}

#[test]
fn an_own_reader_is_taken_as_it_is() {
    const READER: &str = r#"{ "type": "record", "name": "Order", "namespace": "com.acme", "fields": [
      { "name": "orderId", "type": "string" },
      { "name": "coupon", "type": "string", "default": "" },
      { "name": "note", "type": "string", "default": "" } ] }"#;
    let without_coupon = schema(
        "orders-value@4",
        &ORDER.replace(
            r#"    { "name": "coupon", "type": "string", "default": "" },
"#,
            "",
        ),
    );
    // Nobody knows whether there ever was data behind its defaults: worth a note.
    let alone = contract("    reader: reader.avsc\n");
    let [requirement] = &requirements(&alone, READER)[..] else {
        panic!("one event is received");
    };
    let assessment = assess(requirement, &without_coupon, &Budget::unlimited());
    assert_eq!(
        (assessment.standing, assessment.findings.len()),
        (Standing::Compatible, 2)
    );
    // With the schema that it was built against it is known: of `coupon` there was, of `note` there never was.
    let mut published = publish(&contract("    builtAgainst: 3\n    reader: reader.avsc\n"), READER);
    for pinned in &mut published.schemas {
        if pinned.role == Role::BuiltAgainst {
            pinned.schema = ORDER.into();
        }
    }
    let (_, requirements) = published
        .open(&Budget::unlimited())
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        verify(&requirements[0], &Budget::unlimited()).map(|verified| verified.standing),
        Some(Standing::Compatible)
    );
    let assessment = assess(&requirements[0], &without_coupon, &Budget::unlimited());
    let paths: Vec<&str> = assessment.findings.iter().map(|found| found.path.as_str()).collect();
    assert_eq!((assessment.standing, &paths[..]), (Standing::Silent, &["coupon"][..]));
}

#[test]
fn what_is_published_has_to_be_whole() {
    let whole = publish(&reads(&["orderId"]), ORDER);
    let described = |change: fn(&mut treaty_contracts::PublishedContract)| {
        let mut published = whole.clone();
        change(&mut published);
        match published.open(&Budget::unlimited()) {
            Ok(_) => "fine".to_owned(),
            Err(error) => error.to_string(),
        }
    };
    let stranger = |entry, role| PinnedSchema {
        entry,
        role,
        name: "stranger".into(),
        schema_type: Format::Avro,
        schema: "\"string\"".into(),
        references: Vec::new(),
    };
    let all = [
        described(|_| {}),
        described(|published| published.schemas.clear()),
        described(|published| published.schemas[0].schema = "{".into()),
        described(|published| {
            published.schemas[0].references.push(ReferencedText {
                import: None,
                name: "r".into(),
                text: "[".into(),
            })
        }),
        described(|published| published.schemas.push(published.schemas[0].clone())),
        {
            let mut published = whole.clone();
            published.schemas.push(stranger(7, Role::BuiltAgainst));
            published.schemas.push(stranger(0, Role::Reader));
            published
                .open(&Budget::unlimited())
                .map_or_else(|error| error.to_string(), |_| "fine".into())
        },
        described(|published| published.file.text = "contract: 1".into()),
    ];
    expect![[r#"
        fine
        treaty.yaml:6:19: the schema that `builtAgainst` names did not come with the contract (publish the contract with the schemas that it names)
        orders-value@3:1:2: the text ends where a key in double quotes was expected
        r:1:2: the text ends where a JSON value was expected
        treaty.yaml:1:1: the schema `orders-value@3` came with the contract twice (send one schema for each `builtAgainst` and each `reader`)
        treaty.yaml:1:1: the schema `stranger` came with the contract, but no entry of `receives` names it (send one schema for each `builtAgainst` and each `reader`); treaty.yaml:1:1: the schema `stranger` came with the contract, but no entry of `receives` names it (send one schema for each `builtAgainst` and each `reader`)
        treaty.yaml:1:1: `application` is missing (add `application`: the name of the service whose contract this is)"#]].assert_eq(&all.join("\n"));
}

#[test]
fn thousands_of_reads_that_all_break_are_told_in_time() {
    let field = |number: usize| format!(r#"{{"name":"f{number}","type":"long"}}"#);
    let all: Vec<String> = (0..5_000).map(field).collect();
    let wide = format!(r#"{{"type":"record","name":"Wide","fields":[{}]}}"#, all.join(","));
    let entries: String = (0..5_000).map(|number| format!("      - f{number}\n")).collect();
    let reads = contract(&format!(
        "    builtAgainst: 3\n    decode: projected\n    reads:\n{entries}"
    ));
    let [requirement] = &requirements(&reads, &wide)[..] else {
        panic!("one event is received");
    };
    let empty = schema("orders-value@4", r#"{"type":"record","name":"Wide","fields":[]}"#);
    let assessment = assess(requirement, &empty, &Budget::unlimited());
    assert_eq!(
        (assessment.standing, assessment.findings.len()),
        (Standing::Incompatible, 5_000)
    );
}
