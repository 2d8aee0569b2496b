//! Texts that are made to hurt: refused in a moment, without growing.

use treaty_schemas::Source;
use treaty_schemas::protobuf::{Limits, compile_tree, parse};

fn first(text: &str) -> String {
    let source = Source::new("main.proto", text);
    match compile_tree(vec![("main.proto".into(), source)], &Limits::default()) {
        Ok(_) => "fine".into(),
        Err(error) => {
            assert!(error.problems.len() <= 100, "{}", error.problems.len());
            let problem = &error.problems[0];
            format!("{}: {}", problem.point(), problem.message)
        }
    }
}

#[test]
fn messages_in_messages() {
    let deep = |levels: usize| format!("{}{}", "message M{".repeat(levels), "}".repeat(levels));
    let proto3 = |text: String| format!("syntax = \"proto3\";{text}");
    assert_eq!(first(&proto3(deep(64))), "fine");
    assert_eq!(
        first(&proto3(deep(65))),
        "1:668: declarations are nested more than 64 levels deep"
    );
    assert_eq!(
        first(&proto3(deep(10_000))),
        "1:668: declarations are nested more than 64 levels deep"
    );
    assert_eq!(
        first(&"message M{".repeat(100_000)),
        "1:650: declarations are nested more than 64 levels deep"
    );
}

#[test]
fn values_in_values() {
    let text = format!("option (a) = {}{};", "{a:".repeat(100_000), "}".repeat(100_000));
    assert_eq!(first(&text), "1:206: the value is nested more than 64 levels deep");
    let text = format!("option (a) = {{a:{}", "[".repeat(100_000));
    assert_eq!(first(&text), "1:18: expected a value, found `[`");
}

#[test]
fn many_fields() {
    let mut text = String::from("syntax = \"proto3\";\nmessage M {\n");
    for number in 20_000..120_000 {
        text.push_str(&format!("  string f{number} = {number};\n"));
    }
    assert_eq!(first(&format!("{text}}}")), "fine");
    text.push_str("  string again = 20000;\n}");
    assert_eq!(first(&text), "100003:18: the number 20000 is that of `f20000` already");
}

#[test]
fn many_of_everything() {
    let mut text = String::from("syntax = \"proto2\";\nmessage M {\n");
    for number in 0..20_000 {
        text.push_str(&format!(
            "  extensions {number}0001;\n  reserved {number}5000, 2{number};\n  reserved \"r{number}\";\n"
        ));
    }
    text.push_str("}\nextend M {\n");
    for number in 0..20_000 {
        text.push_str(&format!("  optional string e{number} = {number}0002;\n"));
    }
    text.push_str("}\nenum E {\n");
    for number in 0..50_000 {
        text.push_str(&format!("  V{number} = {number};\n"));
    }
    text.push_str("}\nmessage D {\n");
    for number in 20_000..70_000 {
        text.push_str(&format!(
            "  optional E d{number} = {number} [default = V{}];\n",
            number - 20_000
        ));
    }
    text.push('}');
    assert!(first(&text).contains("is reserved"), "{}", first(&text));
}

#[test]
fn mistakes_without_end() {
    assert_eq!(first(&"}".repeat(1_000_000)), "1:1: this `}` closes nothing");
    assert_eq!(
        first(&"\u{1}".repeat(1_000_000)),
        "1:1: a control character is not allowed here"
    );
    assert_eq!(
        first(&"\u{1} ".repeat(500_000)),
        "1:1: a control character is not allowed here"
    );
    assert_eq!(
        first(&"message A { X x = 1; }\n".repeat(50_000)),
        "1:13: the field has no label"
    );
    let unknown = "syntax = \"proto3\"; message A {\n".to_owned()
        + &(20_000..70_000)
            .map(|number| format!("Xxxxxxx{number} x{number} = {number};\n"))
            .collect::<String>()
        + "}";
    assert_eq!(first(&unknown), "2:1: could not resolve type `Xxxxxxx20000`");
}

#[test]
fn unclosed_and_binary() {
    assert_eq!(
        first(&format!("/*{}", "x".repeat(1_000_000))),
        "1:1: the comment is never closed"
    );
    assert_eq!(
        first(&format!("import \"{}", "x".repeat(1_000_000))),
        "1:8: the string is not closed on its line"
    );
    assert_eq!(
        first("syntax = \"proto3\";\0"),
        "1:19: a control character is not allowed here"
    );
    assert_eq!(first("import \"a\0b\";"), "1:8: a string has a NUL byte in it");
    let digits = first(&"9".repeat(1_000_000));
    assert!(
        digits.starts_with("1:1: expected a declaration") && digits.len() < 200,
        "{digits}"
    );
    let digits = format!("option (a) = {};", "9".repeat(1_000_000));
    assert_eq!(first(&digits), "1:8: could not resolve option `a`");
    let names = format!("message {} {{}}", "a".repeat(1_000_000));
    assert_eq!(first(&names), "fine");
    let strings = format!("option java_package = {};", "\"x\"".repeat(300_000));
    assert_eq!(first(&strings), "fine");
    let dots = format!("message A {{ optional {}A a = 1; }}", "A.".repeat(300_000));
    assert!(
        first(&dots).contains("could not resolve type"),
        "{}",
        &first(&dots)[..60]
    );
}

#[test]
fn size_is_limited() {
    let source = Source::new("main.proto", "syntax = \"proto3\";");
    let limits = Limits {
        bytes: 10,
        ..Limits::default()
    };
    let error = parse(&source, "main.proto", &limits).expect_err("it is too large");
    assert_eq!(
        error.to_string(),
        "main.proto:1:1: the text has 18 bytes; 10 are allowed"
    );
}

/// What was probably meant is looked for among names of any length: a table of the one by the other would take all memory.
#[test]
fn long_names_that_are_nearly_right() {
    let (one, other) = ("a".repeat(400_000), "b".repeat(400_000));
    let proto2 = |text: String| format!("syntax = \"proto2\"; {text}");
    let descriptor = "import \"google/protobuf/descriptor.proto\";";
    for (text, expected) in [
        (
            format!("message {one} {{}} message M {{ optional {other} m = 1; }}"),
            "could not resolve type",
        ),
        (
            format!("enum E {{ {one} = 0; }} message M {{ optional E e = 1 [default = {other}]; }}"),
            "the default of this field must be",
        ),
        (
            format!(
                "{descriptor} message O {{ optional int32 {one} = 1; }} extend google.protobuf.FileOptions {{ optional O o = 50001; }} option (o).{other} = 1;"
            ),
            "has no field",
        ),
        (format!("import \"{other}.proto\";"), "is not there"),
        (
            format!("message M {{ optional int32 {one} = 1; optional int32 {one} = 2; }}"),
            "twice",
        ),
    ] {
        let told = first(&proto2(text));
        assert!(told.contains(expected), "{}", &told[..told.len().min(300)]);
        assert!(told.len() < 2_000, "{} bytes", told.len());
    }
}

#[test]
fn a_long_package_is_not_worth_many_times_its_text() {
    let messages: String = (0..20_000).map(|number| format!("message M{number}{{}}")).collect();
    let long = format!("syntax = \"proto3\";package a{};{messages}", "a".repeat(400_000));
    let parts = format!("syntax = \"proto3\";package a{};{messages}", ".a".repeat(200_000));
    for text in [long, parts] {
        let problem = first(&text);
        assert!(problem.contains("many times longer than the text"), "{problem}");
    }
}
