//! The language of paths through data: what is a path, what is none, and where it stops being one.

use expect_test::expect;
use treaty_schemas::DataPath;
use treaty_schemas::data_path::{MAX_BYTES, MAX_STEPS};

#[test]
fn a_path_is_shown_as_it_was_written() {
    for text in [
        "orderId",
        "customer.email",
        "lines[].sku",
        "tags{}",
        "matrix[][]",
        "payment.(com.acme.Card).number",
        "payment.(null)",
        "[].a",
        "{}",
        "(com.acme.A).b",
        "größe.名前",
        "with-dash.$x",
    ] {
        let path = DataPath::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(path.to_string(), text);
        assert_eq!(path.span_of(usize::MAX).end, text.len());
    }
}

#[test]
fn each_step_knows_its_place() {
    let text = "a.(b.C).d[]{}";
    let path = DataPath::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let steps: Vec<&str> = (0..path.steps().len())
        .map(|step| &text[path.span_of(step).start..path.span_of(step).end])
        .collect();
    assert_eq!(steps, ["a", "(b.C)", "d", "[]", "{}"]);
}

#[test]
fn what_is_no_path_is_told_with_its_place() {
    let told: String = [
        "", ".", ".a", "a.", "a..b", "a b", " a", "a,b", "a[", "a[0]", "a[].", "a[]b", "a{k}", "a}", "a.(", "a.()",
        "a.(B", "a.(B)c", "a(B)", "a.(B C)", "a\u{0}", "a\n",
    ]
    .iter()
    .map(|text| match DataPath::parse(text) {
        Ok(path) => format!("{text:?} is {path}\n"),
        Err(error) => format!("{text:?} {}..{} {}\n", error.span.start, error.span.end, error.message),
    })
    .collect();
    expect![[r#"
        "" 0..0 the path ends where a field's name was expected
        "." 0..1 a field's name was expected, not '.'
        ".a" 0..1 a field's name was expected, not '.'
        "a." 2..2 the path ends where a field's name was expected
        "a..b" 2..3 a field's name was expected, not '.'
        "a b" 1..2 `.`, `[]` or `{}` was expected, not ' '
        " a" 0..1 a field's name was expected, not ' '
        "a,b" 1..2 `.`, `[]` or `{}` was expected, not ','
        "a[" 1..2 `[]` was expected: it stands for every item of an array
        "a[0]" 1..2 `[]` was expected: it stands for every item of an array
        "a[]." 4..4 the path ends where a field's name was expected
        "a[]b" 3..4 `.`, `[]` or `{}` was expected, not 'b'
        "a{k}" 1..2 `{}` was expected: it stands for every value of a map
        "a}" 1..2 `.`, `[]` or `{}` was expected, not '}'
        "a.(" 3..3 the path ends where a type's name was expected
        "a.()" 3..4 a type's name was expected, not ')'
        "a.(B" 4..4 the union's branch is not closed
        "a.(B)c" 5..6 `.`, `[]` or `{}` was expected, not 'c'
        "a(B)" 1..2 `.`, `[]` or `{}` was expected, not '('
        "a.(B C)" 4..5 the union's branch is not closed
        "a\0" 1..2 `.`, `[]` or `{}` was expected, not '\0'
        "a\n" 1..2 `.`, `[]` or `{}` was expected, not '\n'
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_path_is_bounded() {
    let steps = |count: usize| vec!["a"; count].join(".");
    assert!(DataPath::parse(&steps(MAX_STEPS)).is_ok());
    for text in [
        steps(MAX_STEPS + 1),
        "a".repeat(MAX_BYTES + 1),
        "[]".repeat(MAX_STEPS + 1),
    ] {
        let error = DataPath::parse(&text).expect_err("too long");
        assert!(error.help.contains("nearer to the root"), "{error}");
    }
}
