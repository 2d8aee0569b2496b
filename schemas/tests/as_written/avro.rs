//! Avro, kind by kind.

use treaty_schemas::{Format, Schema};

fn of(ty: &str) -> Schema {
    super::parse(
        Format::Avro,
        &format!(r#"{{"type":"record","name":"M","fields":[{{"name":"f","type":{ty}}}]}}"#),
    )
}

fn found(pinned: &str, writer: &str) -> Vec<String> {
    super::found(&of(pinned), &of(writer), &[])
}

fn one(pinned: &str, writer: &str) -> String {
    let found = found(pinned, writer);
    assert_eq!(found.len(), 1, "{pinned} {writer}: {found:?}");
    found[0].clone()
}

const STATUS: &str = r#"{"type":"enum","name":"Status","symbols":["A","B"]}"#;

#[test]
fn numbers() {
    let types = ["int", "long", "float", "double"].map(|name| format!("\"{name}\""));
    let expected = [
        ["", "Narrowed", "OtherType", "OtherType"],
        ["", "", "OtherType", "OtherType"],
        ["Lossy", "Lossy", "", "OtherType"],
        ["", "Lossy", "", ""],
    ];
    for (pinned, row) in types.iter().zip(expected) {
        for (writer, effect) in types.iter().zip(row) {
            let found = found(pinned, writer);
            let effects: Vec<&str> = found.iter().filter_map(|found| found.split(' ').nth(1)).collect();
            let expected: Vec<&str> = Some(effect).filter(|effect| !effect.is_empty()).into_iter().collect();
            assert_eq!(effects, expected, "{pinned} {writer}");
        }
    }
    assert_eq!(
        one("\"double\"", "\"long\""),
        "warning Lossy at f: `f` is the long 9007199254740993, which double cannot hold exactly"
    );
    assert_eq!(
        one("\"int\"", "\"long\""),
        "error Narrowed at f: `f` is the long 2147483648, which does not fit int"
    );
}

#[test]
fn other_types() {
    let fixed = |size: u32| format!(r#"{{"type":"fixed","name":"F","size":{size}}}"#);
    let record = r#"{"type":"record","name":"R","fields":[]}"#;
    let types = [
        "\"string\"",
        "\"bytes\"",
        "\"boolean\"",
        "\"int\"",
        "\"null\"",
        STATUS,
        &fixed(2),
        &fixed(3),
        record,
        r#"{"type":"array","items":"int"}"#,
        r#"{"type":"map","values":"int"}"#,
    ];
    for (at, pinned) in types.iter().enumerate() {
        for (other, writer) in types.iter().enumerate() {
            let found = found(pinned, writer);
            match at == other {
                true => assert!(found.is_empty(), "{pinned}: {found:?}"),
                false => assert!(found[0].starts_with("error OtherType at f: "), "{found:?}"),
            }
        }
    }
}

#[test]
fn names_count_only_where_a_union_has_several_types() {
    let record = |name: &str| format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"x","type":"int"}}]}}"#);
    let (a, b) = (record("A"), record("B"));
    assert!(found(&a, &b).is_empty());
    assert!(found(&a, &format!("[{b}]")).is_empty());
    assert!(found(&format!(r#"["null",{a}]"#), &format!(r#"["null",{b}]"#)).is_empty());
    assert_eq!(
        one(&format!(r#"["string",{a}]"#), &format!(r#"["string",{b}]"#)),
        r#"error OtherBranch at f: `f` is the record {"x":0}"#
    );
    // Who reads a type by its name tells types apart by it.
    let (pinned, writer) = (of(&format!(r#"["null",{a}]"#)), of(&format!(r#"["null",{b}]"#)));
    assert!(super::found(&pinned, &writer, &["f.x"]).is_empty());
    assert_eq!(super::found(&pinned, &writer, &["f.(A).x"]).len(), 1);
}

#[test]
fn branches_and_null() {
    assert_eq!(
        one("\"string\"", r#"["null","string"]"#),
        "error Null at f: `f` is null"
    );
    assert_eq!(
        one("\"string\"", r#"["string","int"]"#),
        "error OtherBranch at f: `f` is the int 0"
    );
    // Fewer types, or the numbers of a narrower one.
    assert!(found(r#"["null","string","long"]"#, "\"string\"").is_empty());
    assert!(found(r#"["null","string","long"]"#, r#"["int","null"]"#).is_empty());
    assert!(found(r#"["null","int","double"]"#, r#"["float","int"]"#).is_empty());
    assert_eq!(
        one(r#"["string","int"]"#, r#"["string","long"]"#),
        "error Narrowed at f.(int): `f.(int)` is the long 2147483648, which does not fit int"
    );
    // In lists and maps too.
    let list = |items: &str| format!(r#"{{"type":"array","items":{items}}}"#);
    assert_eq!(
        one(&list("\"string\""), &list(r#"["string","null"]"#)),
        "error Null at f[]: `f[]` is null"
    );
}

#[test]
fn logical_types() {
    let decimal = |precision, scale| {
        format!(r#"{{"type":"bytes","logicalType":"decimal","precision":{precision},"scale":{scale}}}"#)
    };
    assert!(found(&decimal(10, 2), &decimal(20, 2)).is_empty());
    assert!(found(&decimal(20, 2), &decimal(10, 2)).is_empty());
    assert_eq!(
        one(&decimal(10, 2), &decimal(10, 4)),
        "error OtherMeaning at f: `f` is 0.0001"
    );
    let long = |logical| format!(r#"{{"type":"long","logicalType":"{logical}"}}"#);
    for (pinned, writer) in [
        (long("timestamp-millis"), long("timestamp-micros")),
        (long("timestamp-millis"), "\"long\"".into()),
        ("\"long\"".into(), long("timestamp-millis")),
        (decimal(10, 2), "\"bytes\"".into()),
        (r#"{"type":"string","logicalType":"uuid"}"#.into(), "\"string\"".into()),
        ("\"long\"".into(), r#"{"type":"int","logicalType":"date"}"#.into()),
    ] {
        assert!(
            one(&pinned, &writer).starts_with("error OtherMeaning at f: "),
            "{pinned} {writer}"
        );
    }
}

#[test]
fn symbols_that_are_handled() {
    let more = STATUS.replace("\"B\"", "\"B\",\"C\",\"D\"");
    assert_eq!(one(STATUS, &more), "error UnknownSymbol at f: `f` is `C`");
    let (pinned, writer) = (of(STATUS), of(&more));
    let found = |reads: &[&str]| super::found(&pinned, &writer, reads);
    assert!(found(&["f otherwise"]).is_empty());
    assert!(found(&["f handles A,B,C,D"]).is_empty());
    assert_eq!(found(&["f handles A,C,D"]), ["error UnknownSymbol at f: `f` is `B`"]);
    assert!(found(&["f handles A otherwise"]).is_empty());
    // A default of the enum is for readers: nobody applies it here.
    let open = STATUS.replace("]}", "],\"default\":\"A\"}");
    assert_eq!(one(&open, &more), "error UnknownSymbol at f: `f` is `C`");
    let list = |items: &str| of(&format!(r#"{{"type":"array","items":{items}}}"#));
    assert!(super::found(&list(STATUS), &list(&more), &["f otherwise"]).is_empty());
    assert!(super::found(&list(STATUS), &list(&more), &["f[] otherwise"]).is_empty());
    assert_eq!(super::found(&list(STATUS), &list(&more), &["f[]"]).len(), 1);
}

#[test]
fn what_takes_null_and_what_needs_more() {
    let customer = |fields: &str| format!(r#"{{"type":"record","name":"C","fields":[{fields}]}}"#);
    let (name, email) = (
        r#"{"name":"name","type":"string"}"#,
        r#"{"name":"email","type":"string"}"#,
    );
    let both = of(&customer(&format!("{name},{email}")));
    let nullable = of(&format!(r#"["null",{}]"#, customer(&format!("{name},{email}"))));
    assert!(super::found(&both, &nullable, &["f.email null"]).is_empty());
    assert!(super::found(&both, &nullable, &["f null"]).is_empty());
    assert_eq!(
        super::found(&both, &nullable, &["f.email null", "f.name"]),
        ["error Null at f: `f` is null"]
    );
    let gone = of(&customer(name));
    assert!(super::found(&both, &gone, &["f.email null"]).is_empty());
    // Null stands for the customer, not for what is in it.
    assert_eq!(
        super::found(&both, &gone, &["f null"]),
        ["error Missing at f.email: `f.email` is not there"]
    );
    assert_eq!(
        super::found(&both, &gone, &["f.name", "f.email"]),
        ["error Missing at f.email: `f.email` is not there"]
    );
    assert!(super::found(&both, &gone, &["f.name"]).is_empty());
}

#[test]
fn one_type_in_two_places_is_found_in_both() {
    let schema = |street: &str| {
        super::parse(
            Format::Avro,
            &format!(
                r#"{{"type":"record","name":"M","fields":[
                    {{"name":"a","type":{{"type":"record","name":"A","fields":[
                        {{"name":"c","type":{{"type":"record","name":"C","fields":[{{"name":"x","type":"{street}"}}]}}}}]}}}},
                    {{"name":"b","type":"A"}}]}}"#
            ),
        )
    };
    let (pinned, writer) = (schema("int"), schema("long"));
    let places: Vec<String> = super::found(&pinned, &writer, &["a", "b"])
        .iter()
        .filter_map(|found| Some(found.split_once(':')?.0.to_owned()))
        .collect();
    assert_eq!(places, ["error Narrowed at a.c.x", "error Narrowed at b.c.x"]);
}

#[test]
fn types_that_have_no_values_send_nothing() {
    let endless =
        r#"["null",{"type":"record","name":"E","fields":[{"name":"e","type":"E"},{"name":"x","type":"int"}]}]"#;
    let other = endless.replace("\"int\"", "\"string\"");
    let options = treaty_schemas::Options {
        strictness: treaty_schemas::Strictness::Stored,
        ..treaty_schemas::Options::default()
    };
    let parse = |ty: &str| {
        let text = format!(r#"{{"type":"record","name":"M","fields":[{{"name":"f","type":{ty}}}]}}"#);
        Schema::parse(Format::Avro, &treaty_schemas::Source::new("test", text), &[], &options).expect("a schema")
    };
    assert!(super::found(&parse(endless), &parse(&other), &[]).is_empty());
}
