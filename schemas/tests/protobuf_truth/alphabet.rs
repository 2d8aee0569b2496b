//! Small messages that between them use every kind of field in every way.

const SCALARS: [&str; 15] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64", "bool", "string", "bytes",
];

/// A file with the message `M` first, and what else stands in it after.
fn file(syntax: &str, body: &str, rest: &str) -> String {
    format!("syntax = \"{syntax}\"; message M {{ {body} }} {rest}")
}

fn p2(body: &str, rest: &str) -> String {
    file("proto2", body, rest)
}

fn p3(body: &str, rest: &str) -> String {
    file("proto3", body, rest)
}

/// More than a hundred texts, all different.
pub fn messages() -> Vec<String> {
    let mut all = vec![p3("", ""), p3("int32 z = 9;", "")];
    for scalar in SCALARS {
        all.push(p3(&format!("{scalar} a = 1;"), ""));
        all.push(p3(&format!("optional {scalar} a = 1;"), ""));
        all.push(p3(&format!("repeated {scalar} a = 1;"), ""));
    }
    for scalar in ["int32", "fixed32", "double", "bool", "sint64"] {
        all.push(p3(&format!("repeated {scalar} a = 1 [packed = false];"), ""));
    }
    for scalar in ["int32", "string", "bytes", "bool", "fixed64"] {
        all.push(p2(&format!("required {scalar} a = 1;"), ""));
    }
    all.extend([
        p2("optional string a = 1;", ""),
        p2("repeated string a = 1;", ""),
        p2("optional int32 a = 1 [default = 7];", ""),
        p2("optional int32 a = 1 [default = 8];", ""),
        p2("optional int64 a = 1 [default = 7];", ""),
        p2("optional bool a = 1 [default = true];", ""),
        p2("optional string a = 1 [default = \"x\"];", ""),
        p2("optional float a = 1 [default = 1.5];", ""),
        p2("required int32 a = 1; optional int32 b = 2;", ""),
        p2("optional int32 a = 1; required string b = 2;", ""),
    ]);
    all.extend(enums());
    all.extend(nested());
    all.extend(maps());
    all.extend(oneofs());
    all
}

fn enums() -> Vec<String> {
    let mut all = Vec::new();
    for values in [
        "A = 0; B = 1;",
        "A = 0; B = 1; C = 2;",
        "B = 0; A = 1;",
        "A = 0; C = 1; B = 2;",
        "A = 0; X = 1;",
        "A = 0; N = -1;",
        "A = 0;",
        "option allow_alias = true; A = 0; B = 1; X = 1;",
        "A = 0; B = 2;",
        "A = 0; X = 1; B = 2;",
    ] {
        let rest = format!("enum E {{ {values} }}");
        all.push(p3("E a = 1;", &rest));
        all.push(p2("optional E a = 1;", &rest));
        if values.len() < 22 {
            all.push(p3("repeated E a = 1;", &rest));
            all.push(p3("map<string, E> a = 1;", &rest));
        }
    }
    for values in ["A = 1; B = 2;", "A = 1;", "B = 1; A = 2;", "B = 2; A = 1; Z = 0;"] {
        let rest = format!("enum E {{ {values} }}");
        all.push(p2("optional E a = 1;", &rest));
        all.push(p2("repeated E a = 1;", &rest));
        all.push(p2("required E a = 1;", &rest));
        all.push(p2("repeated E a = 1 [packed = true];", &rest));
    }
    for values in ["A = 0;", "A = 0; B = 1;", "B = 0; A = 1;"] {
        all.push(p2("map<int32, E> a = 1;", &format!("enum E {{ {values} }}")));
    }
    all.push(p2("optional E a = 1 [default = B];", "enum E { A = 0; B = 1; }"));
    all
}

fn nested() -> Vec<String> {
    let mut all = Vec::new();
    for parts in [
        "",
        "int32 b = 1;",
        "int64 b = 1;",
        "string b = 1;",
        "int32 b = 1; string c = 2;",
        "bool b = 1;",
        "repeated int32 b = 1;",
        "repeated int32 b = 1 [packed = false];",
        "N b = 1;",
        "oneof o { int32 b = 1; string c = 2; }",
    ] {
        let rest = format!("message N {{ {parts} }}");
        all.push(p3("N a = 1;", &rest));
        all.push(p3("repeated N a = 1;", &rest));
    }
    for parts in [
        "required int32 b = 1;",
        "optional int32 b = 1;",
        "optional N b = 1;",
        "required N b = 1;",
        "optional bytes b = 1;",
    ] {
        let rest = format!("message N {{ {parts} }}");
        all.push(p2("optional N a = 1;", &rest));
        all.push(p2("required N a = 1;", &rest));
        all.push(p2("repeated N a = 1;", &rest));
    }
    for parts in [
        "optional int32 b = 1;",
        "optional string b = 1;",
        "required int32 b = 1;",
    ] {
        all.push(p2(&format!("optional group N = 1 {{ {parts} }}"), ""));
        all.push(p2(&format!("repeated group N = 1 {{ {parts} }}"), ""));
    }
    all.extend([
        p3("M a = 1; int32 b = 2;", ""),
        p3("repeated M a = 1; int32 b = 2;", ""),
        p3("M a = 1; int64 b = 2;", ""),
        p3("M a = 1; string b = 2;", ""),
    ]);
    all
}

fn maps() -> Vec<String> {
    let mut all = Vec::new();
    for entry in [
        "string, int32",
        "string, int64",
        "string, string",
        "string, bytes",
        "int32, string",
        "int64, string",
        "uint32, string",
        "sint32, string",
        "bool, string",
        "fixed32, string",
        "string, bool",
        "string, double",
        "string, N",
        "int32, N",
    ] {
        all.push(p3(&format!("map<{entry}> a = 1;"), "message N { int32 b = 1; }"));
    }
    all.push(p2("map<string, N> a = 1;", "message N { required int32 b = 1; }"));
    all.push(p2("map<string, N> a = 1;", "message N { optional int64 b = 1; }"));
    for parts in [
        "string b = 1; int32 c = 2;",
        "optional string b = 1; optional int32 c = 2;",
        "string b = 1; string c = 2;",
        "int32 b = 1; string c = 2;",
        "string b = 1;",
        "int32 c = 2;",
        "string b = 1; int32 c = 2; bool d = 3;",
        "oneof o { string b = 1; int32 c = 2; }",
    ] {
        let rest = format!("message N {{ {parts} }}");
        all.push(p3("repeated N a = 1;", &rest));
        all.push(p3("N a = 1;", &rest));
    }
    all
}

fn oneofs() -> Vec<String> {
    [
        "int32 a = 1; string b = 2;",
        "string b = 1; int32 a = 2;",
        "int32 a = 2;",
        "optional int32 a = 1; optional string b = 2;",
        "oneof o { int32 a = 1; string b = 2; }",
        "oneof o { int32 a = 1; string b = 2; bool c = 3; }",
        "oneof o { int32 a = 1; }",
        "oneof o { string b = 2; }",
        "oneof o { int64 a = 1; string b = 2; }",
        "oneof o { string a = 1; int32 b = 2; }",
        "oneof o { int32 a = 1; string b = 2; } bool c = 3;",
        "int32 a = 1; oneof o { string b = 2; bool c = 3; }",
        "int32 a = 1; string b = 2; bool c = 3;",
        "oneof o { int32 a = 1; bool c = 3; } string b = 2;",
        "oneof o { int32 a = 1; } oneof p { string b = 2; bool c = 3; }",
        "repeated int32 a = 1; string b = 2;",
        "repeated int32 a = 1 [packed = false]; string b = 2;",
        "oneof o { M a = 1; string b = 2; }",
        "oneof o { M a = 1; bytes b = 2; bool d = 4; }",
    ]
    .map(|body| p3(body, ""))
    .into_iter()
    .chain([
        p2("oneof o { E a = 1; string b = 2; }", "enum E { A = 1; }"),
        p2("oneof o { E a = 1; string b = 2; }", "enum E { A = 1; B = 2; }"),
        p2("optional E a = 1; optional string b = 2;", "enum E { A = 1; B = 2; }"),
    ])
    .collect()
}
