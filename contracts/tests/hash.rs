//! The hash of a requirement names what is needed: it stays where nothing that matters changes, and only there.

use treaty_schemas::Format;

use crate::requirement::requirements;

fn field(name: &str, ty: &str, rest: &str) -> String {
    format!(r#"{{"name":"{name}","type":{ty}{rest}}}"#)
}

fn order(fields: &[String], rest: &str) -> String {
    format!(
        r#"{{"type":"record","name":"Order","namespace":"com.acme"{rest},"fields":[{}]}}"#,
        fields.join(",")
    )
}

/// Fields of every kind, with what matters and what does not.
fn fields(doc: &str) -> Vec<String> {
    let doc = if doc.is_empty() {
        String::new()
    } else {
        format!(r#","doc":"{doc}","owner":"{doc}""#)
    };
    vec![
        field("id", r#""string""#, &doc),
        field(
            "total",
            r#"{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}"#,
            &format!(r#","aliases":["amount"]{doc}"#),
        ),
        field("coupon", r#""string""#, &format!(r#","default":""{doc}"#)),
        field(
            "status",
            &format!(r#"{{"type":"enum","name":"Status","symbols":["A","B"],"default":"A"{doc}}}"#),
            &doc,
        ),
        field(
            "customer",
            &format!(
                r#"["null",{{"type":"record","name":"Customer"{doc},"fields":[{{"name":"email","type":"string"}},{{"name":"boss","type":["null","Customer"]}}]}}]"#
            ),
            "",
        ),
        field("unread", r#""int""#, &doc),
    ]
}

const READS: [&str; 5] = ["id", "total", "coupon", "status", "customer"];

fn contract(reads: &[&str], version: u32, rest: &str) -> String {
    let reads: String = reads.iter().map(|read| format!("      - {read}\n")).collect();
    format!(
        "contract: 1\napplication: billing\nowner: us{version}\nreceives:\n  - event: Order\n    subject: orders-value\n    builtAgainst: {version}\n    decode: projected\n    reads:\n{reads}{rest}"
    )
}

fn hash(contract: &str, schema: &str) -> String {
    let [requirement] = &requirements(contract, schema)[..] else {
        panic!("one event is received");
    };
    assert_eq!(
        requirement.need.as_ref().map(|need| need.reader.format()),
        Some(Format::Avro)
    );
    requirement.hash().to_owned()
}

#[test]
fn order_docs_versions_owners_and_what_is_not_read_do_not_count() {
    let base = hash(&contract(&READS, 3, ""), &order(&fields(""), ""));
    assert_eq!(base.len(), 64);
    let mut turned = fields("");
    for turn in 0..turned.len() {
        turned.rotate_left(1);
        let mut reads = READS.to_vec();
        reads.rotate_right(turn % READS.len());
        let doc = format!("about {turn}");
        let mut documented = fields(&doc);
        documented.rotate_left((turn + 1) % turned.len());
        assert_eq!(hash(&contract(&reads, 3, ""), &order(&turned, "")), base);
        assert_eq!(
            hash(&contract(&reads, 7, ""), &order(&documented, r#","doc":"an order""#)),
            base
        );
    }
    let more: Vec<String> = fields("")
        .into_iter()
        .chain([field("more", r#""string""#, "")])
        .collect();
    assert_eq!(hash(&contract(&READS, 4, ""), &order(&more, "")), base);
    assert_eq!(
        hash(
            &contract(&READS, 3, "    from: retained\n    group: g\n"),
            &order(&fields(""), "")
        ),
        base
    );
}

#[test]
fn whatever_decides_what_is_read_counts() {
    let base = hash(&contract(&READS, 3, ""), &order(&fields(""), ""));
    let text = order(&fields(""), "");
    for (from, to) in [
        (r#""default":"""#, r#""default":"x""#),
        (r#","default":"""#, ""),
        (r#""aliases":["amount"]"#, r#""aliases":["sum"]"#),
        (r#""default":"A""#, r#""default":"B""#),
        (r#"["A","B"]"#, r#"["A","B","C"]"#),
        (r#""scale":2"#, r#""scale":3"#),
        (r#""precision":9"#, r#""precision":8"#),
        (r#""name":"id","type":"string""#, r#""name":"id","type":"bytes""#),
        (r#""name":"Customer""#, r#""name":"Customer","aliases":["Client"]"#),
        (r#"["null","Customer"]"#, r#"["Customer","null"]"#),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        assert_ne!(
            hash(&contract(&READS, 3, ""), &text.replace(from, to)),
            base,
            "{from} -> {to}"
        );
    }
    for other in [
        contract(&READS[1..], 3, ""),
        contract(
            &[
                "id",
                "total",
                "{ path: coupon, onMissing: default }",
                "status",
                "customer",
            ],
            3,
            "",
        ),
        contract(
            &["id", "total", "{ path: coupon, onMissing: null }", "status", "customer"],
            3,
            "",
        ),
        contract(
            &[
                "id",
                "total",
                "coupon",
                "{ path: status, otherwise: ignore }",
                "customer",
            ],
            3,
            "",
        ),
        contract(
            &["id", "total", "coupon", "{ path: status, handles: [A] }", "customer"],
            3,
            "",
        ),
        contract(&["id", "total", "coupon", "status", "customer.email"], 3, ""),
        contract(&READS, 3, "    from: all\n"),
        contract(&READS, 3, "    unknownFields: reject\n"),
        contract(&READS, 3, "").replace("event: Order", "event: Other"),
        contract(&READS, 3, "").replace("orders-value", "others-value"),
    ] {
        assert_ne!(hash(&other, &text), base, "{other}");
    }
}
