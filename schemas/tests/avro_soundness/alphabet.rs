//! Small schemas that between them use every kind of type in every position.

pub const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

/// More than two hundred texts, all different.
pub fn schemas() -> Vec<String> {
    let mut all: Vec<String> = PRIMITIVES.iter().map(|name| format!("\"{name}\"")).collect();
    all.extend(
        [
            r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}"#,
            r#"{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}"#,
            r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":1}"#,
            r#"{"type":"fixed","name":"X","size":2,"logicalType":"decimal","precision":4,"scale":2}"#,
            r#"{"type":"fixed","name":"X","size":2,"logicalType":"decimal","precision":4,"scale":0}"#,
            r#"{"type":"int","logicalType":"date"}"#,
            r#"{"type":"int","logicalType":"time-millis"}"#,
            r#"{"type":"long","logicalType":"time-micros"}"#,
            r#"{"type":"long","logicalType":"timestamp-millis"}"#,
            r#"{"type":"long","logicalType":"timestamp-micros"}"#,
            r#"{"type":"string","logicalType":"uuid"}"#,
        ]
        .map(String::from),
    );
    all.extend(enums());
    all.extend(fixeds());
    let inner = inner();
    for ty in &inner {
        all.push(format!(r#"{{"type":"array","items":{ty}}}"#));
        all.push(format!(r#"{{"type":"map","values":{ty}}}"#));
        if ty != "\"null\"" {
            all.push(format!(r#"["null",{ty}]"#));
        }
        all.push(format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"a","type":{ty}}}]}}"#
        ));
    }
    all.extend(unions());
    all.extend(records());
    all.extend(recursive());
    all
}

fn inner() -> Vec<String> {
    let mut inner: Vec<String> = PRIMITIVES.iter().map(|name| format!("\"{name}\"")).collect();
    inner.extend(
        [
            r#"{"type":"enum","name":"E","symbols":["A","B"]}"#,
            r#"{"type":"enum","name":"E","symbols":["A"],"default":"A"}"#,
            r#"{"type":"fixed","name":"X","size":1}"#,
            r#"{"type":"enum","name":"E","symbols":["A","B","C"]}"#,
            r#"{"type":"fixed","name":"X","size":2}"#,
            r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}"#,
            r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":3}"#,
            r#"{"type":"long","logicalType":"timestamp-millis"}"#,
            r#"{"type":"long","logicalType":"timestamp-micros"}"#,
            r#"{"type":"array","items":"int"}"#,
            r#"{"type":"array","items":"string"}"#,
            r#"{"type":"array","items":["null","long"]}"#,
            r#"{"type":"map","values":"long"}"#,
            r#"{"type":"map","values":"boolean"}"#,
            r#"{"type":"record","name":"N","fields":[]}"#,
            r#"{"type":"record","name":"N","fields":[{"name":"b","type":"int"}]}"#,
            r#"{"type":"record","name":"N","fields":[{"name":"b","type":"int"},{"name":"c","type":"string"}]}"#,
        ]
        .map(String::from),
    );
    inner
}

fn enums() -> Vec<String> {
    [
        r#"{"type":"enum","name":"E","symbols":["A"]}"#,
        r#"{"type":"enum","name":"E","symbols":["B"]}"#,
        r#"{"type":"enum","name":"E","symbols":["A","B"]}"#,
        r#"{"type":"enum","name":"E","symbols":["B","A"]}"#,
        r#"{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}"#,
        r#"{"type":"enum","name":"E","symbols":["A","B","C"]}"#,
        r#"{"type":"enum","name":"E","symbols":["B"],"default":"B"}"#,
        r#"{"type":"enum","name":"F","symbols":["A","B"]}"#,
        r#"{"type":"enum","name":"F","symbols":["A"],"aliases":["E"]}"#,
        r#"{"type":"enum","name":"ns.E","symbols":["A","B"]}"#,
        r#"{"type":"enum","name":"E","symbols":[]}"#,
    ]
    .map(String::from)
    .into()
}

fn fixeds() -> Vec<String> {
    [
        r#"{"type":"fixed","name":"X","size":0}"#,
        r#"{"type":"fixed","name":"X","size":1}"#,
        r#"{"type":"fixed","name":"X","size":2}"#,
        r#"{"type":"fixed","name":"Y","size":1}"#,
        r#"{"type":"fixed","name":"Y","size":1,"aliases":["X"]}"#,
        r#"{"type":"fixed","name":"ns.X","size":1}"#,
    ]
    .map(String::from)
    .into()
}

fn unions() -> Vec<String> {
    let mut all: Vec<String> = [
        r#"[]"#,
        r#"["int"]"#,
        r#"["int","null"]"#,
        r#"["string","null"]"#,
        r#"["int","string"]"#,
        r#"["string","int"]"#,
        r#"["int","long"]"#,
        r#"["long","int"]"#,
        r#"["float","long"]"#,
        r#"["float","double"]"#,
        r#"["bytes","null"]"#,
        r#"["null","int","string","bytes"]"#,
        r#"["boolean",{"type":"array","items":"int"}]"#,
        r#"["boolean",{"type":"array","items":"long"}]"#,
        r#"["null",{"type":"map","values":"int"},{"type":"array","items":"string"}]"#,
    ]
    .map(String::from)
    .into();
    let card = r#"{"type":"record","name":"Card","fields":[{"name":"number","type":"string"}]}"#;
    let card_int = r#"{"type":"record","name":"Card","fields":[{"name":"number","type":"int"}]}"#;
    let other_card = r#"{"type":"record","name":"ns.Card","fields":[{"name":"number","type":"string"}]}"#;
    let cash = r#"{"type":"record","name":"Cash","fields":[{"name":"amount","type":"long"}]}"#;
    let renamed =
        r#"{"type":"record","name":"Plastic","aliases":["Card"],"fields":[{"name":"number","type":"string"}]}"#;
    let renamed_here = r#"{"type":"record","name":"Plastic","fields":[{"name":"number","type":"string"}]}"#;
    let suit = r#"{"type":"enum","name":"Suit","symbols":["A","B"]}"#;
    let suit_wide = r#"{"type":"enum","name":"Suit","symbols":["A","B","C"]}"#;
    let suit_default = r#"{"type":"enum","name":"Suit","symbols":["A"],"default":"A"}"#;
    for branches in [
        vec![card],
        vec![card, cash],
        vec![cash, card],
        vec![card_int, cash],
        vec![other_card, cash],
        vec![card_int, other_card],
        vec![other_card, card_int],
        vec![renamed, cash],
        vec![renamed_here, cash],
        vec!["\"null\"", suit],
        vec!["\"null\"", suit_wide],
        vec!["\"null\"", suit_default],
        vec![suit, "\"string\""],
        vec![card, suit_wide, "\"long\""],
    ] {
        all.push(format!("[{}]", branches.join(",")));
    }
    all.extend([card, card_int, other_card, cash, renamed].map(String::from));
    all
}

fn records() -> Vec<String> {
    let of = |fields: &str| format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#);
    let mut all: Vec<String> = [
        r#""#,
        r#"{"name":"b","type":"int"}"#,
        r#"{"name":"a","type":"int","default":7}"#,
        r#"{"name":"a","type":"string","default":"x"}"#,
        r#"{"name":"a","type":"bytes","default":"\u00ff"}"#,
        r#"{"name":"a","type":"double","default":1}"#,
        r#"{"name":"a","type":["null","int"],"default":null}"#,
        r#"{"name":"a","type":["int","null"],"default":7}"#,
        r#"{"name":"b","aliases":["a"],"type":"int"}"#,
        r#"{"name":"b","aliases":["a"],"type":"long"}"#,
        r#"{"name":"b","aliases":["a"],"type":"int","default":1}"#,
        r#"{"name":"a","type":"int"},{"name":"b","type":"int"}"#,
        r#"{"name":"b","type":"int"},{"name":"a","type":"int"}"#,
        r#"{"name":"a","type":"int"},{"name":"b","type":"string"}"#,
        r#"{"name":"a","type":"int"},{"name":"b","type":"int","default":3}"#,
        r#"{"name":"a","type":"int"},{"name":"c","type":"int","aliases":["b"]}"#,
        r#"{"name":"c","aliases":["a","b"],"type":"int"}"#,
        r#"{"name":"a","type":"int"},{"name":"d","type":"int","aliases":["a"]}"#,
        r#"{"name":"c","type":"int","aliases":["a"]},{"name":"d","type":"int","aliases":["a"]}"#,
        r#"{"name":"a","type":"int"},{"name":"b","type":{"type":"array","items":"R"}}"#,
        r#"{"name":"a","type":{"type":"array","items":{"type":"record","name":"N","fields":[]}}}"#,
        r#"{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}}"#,
        r#"{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":1}}"#,
        r#"{"name":"a","type":{"type":"long","logicalType":"timestamp-millis"}}"#,
        r#"{"name":"a","type":{"type":"long","logicalType":"timestamp-micros"}}"#,
        r#"{"name":"a","type":{"type":"map","values":["null","string"]}}"#,
        r#"{"name":"a","type":["null",{"type":"array","items":"int"}],"default":null}"#,
    ]
    .into_iter()
    .map(of)
    .collect();
    all.extend(
        [
            r#"{"type":"record","name":"S","fields":[{"name":"a","type":"int"}]}"#,
            r#"{"type":"record","name":"S","aliases":["R"],"fields":[{"name":"a","type":"int"}]}"#,
            r#"{"type":"record","name":"ns.R","fields":[{"name":"a","type":"int"}]}"#,
            r#"{"type":"error","name":"R","fields":[{"name":"a","type":"int"}]}"#,
            r#"{"type":"record","name":"P","fields":[{"name":"x","type":{"type":"record","name":"Money","fields":[{"name":"n","type":"int"}]}},{"name":"y","type":"Money"}]}"#,
            r#"{"type":"record","name":"P","fields":[{"name":"y","type":{"type":"record","name":"Money","fields":[{"name":"n","type":"int"}]}},{"name":"x","type":"Money"}]}"#,
            r#"{"type":"record","name":"P","fields":[{"name":"x","type":{"type":"record","name":"Money","fields":[{"name":"n","type":"long"}]}},{"name":"y","type":"Money"}]}"#,
            r#"{"type":"record","name":"P","fields":[{"name":"y","type":{"type":"record","name":"Money","fields":[{"name":"n","type":"long"}]}}]}"#,
        ]
        .map(String::from),
    );
    all
}

fn recursive() -> Vec<String> {
    let mut all: Vec<String> = ["int", "long", "string"]
        .iter()
        .map(|ty| {
            format!(
                r#"{{"type":"record","name":"L","fields":[{{"name":"v","type":"{ty}"}},{{"name":"next","type":["null","L"]}}]}}"#
            )
        })
        .collect();
    all.extend(
        [
            r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}"#,
            r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"],"default":null}]}"#,
            r#"{"type":"record","name":"L","fields":[{"name":"kids","type":{"type":"array","items":"L"}}]}"#,
            r#"{"type":"record","name":"L","fields":[{"name":"v","type":"int"},{"name":"kids","type":{"type":"map","values":"L"}}]}"#,
            // No value of these exists.
            r#"{"type":"record","name":"U","fields":[{"name":"u","type":"U"}]}"#,
            r#"{"type":"record","name":"U","fields":[{"name":"a","type":"int"},{"name":"u","type":"U"}]}"#,
            r#"["null",{"type":"record","name":"U","fields":[{"name":"u","type":"U"}]}]"#,
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":{"type":"enum","name":"E","symbols":[]}}}]}"#,
        ]
        .map(String::from),
    );
    all
}
