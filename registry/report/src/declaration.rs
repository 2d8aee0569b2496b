//! What a schema declares at a place, however it is written: for the identity of findings, not for people.

use treaty_schemas::text::json::{Node, Value};
use treaty_schemas::{At, Label, Path, Span, Step};

use crate::Texts;

/// The members that distinguish the types of a JSON schema.
const MEMBERS: [&str; 7] = ["type", "namespace", "name", "logicalType", "precision", "scale", "size"];

/// Types within types beyond this depth are not looked at.
const DEPTH: usize = 3;

/// Branches of a union beyond these are not looked at.
const BRANCHES: usize = 32;

/// Bytes that are taken of a text.
const BYTES: usize = 256;

/// The type or the name that stands at a place, without white space, documentation and what else is beside it. Empty where
/// a place is a whole file.
pub(crate) fn at(label: &Label, texts: &mut Texts) -> String {
    match &label.at {
        At::Path(path) => match texts.root(&label.source) {
            Some(root) => json(root, path),
            None => String::new(),
        },
        At::Span(span) => statement(label.source.text(), *span),
    }
}

fn json(root: &Node, path: &Path) -> String {
    let mut node = root;
    for step in path.steps() {
        let next = match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.as_array().and_then(|items| items.get(*index)),
            Step::Name(name) => return beginning(name).to_owned(),
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    words(node, DEPTH)
}

fn words(node: &Node, depth: usize) -> String {
    if depth == 0 {
        return String::new();
    }
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(digits) => beginning(digits).to_owned(),
        Value::String(text) => beginning(text).to_owned(),
        Value::Array(branches) => {
            let branches = branches.iter().take(BRANCHES).map(|branch| words(branch, depth - 1));
            format!("[{}]", branches.collect::<Vec<String>>().join(","))
        }
        Value::Object(_) => {
            let members = MEMBERS.iter().filter_map(|member| Some((member, node.get(member)?)));
            let members = members.map(|(member, value)| format!("{member}={}", words(value, depth - 1)));
            members.collect::<Vec<String>>().join(" ")
        }
    }
}

/// The head of a declaration in Protobuf's language: `message Order`, `int64 total = 3`.
fn statement(text: &str, span: Span) -> String {
    let text = text.get(span.start..span.end).unwrap_or_default();
    let mut head = String::new();
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if matches!(c, '{' | ';' | '[') => break,
            None => {}
        }
        match quote.is_none() && c.is_whitespace() {
            true if head.ends_with(' ') => {}
            true => head.push(' '),
            false => head.push(c),
        }
        if head.len() >= BYTES {
            break;
        }
    }
    head.trim().to_owned()
}

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use treaty_schemas::{Line, Source};

    fn declared(text: &str, at: At) -> String {
        let label = Label {
            source: Source::new("a", text),
            at,
            note: Line::default(),
        };
        super::at(&label, &mut Texts::default())
    }

    #[test]
    fn of_json_only_what_makes_the_type() {
        let text = r#"{"type": "record", "doc": "Said at length", "name": "A", "fields": [
            {"name": "a", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2, "doc": "money"}},
            {"name": "b", "type": ["null", "string"]}]}"#;
        let field = |index| Path::root().key("fields").index(index).key("type");
        assert_eq!(declared(text, At::Path(Path::root())), "type=record name=A");
        assert_eq!(
            declared(text, At::Path(field(0))),
            "type=bytes logicalType=decimal precision=9 scale=2"
        );
        assert_eq!(declared(text, At::Path(field(1))), "[null,string]");
        let key = Path::root().with(Step::Name("doc".into()));
        assert_eq!(declared(text, At::Path(key)), "doc");
        assert_eq!(declared("no JSON", At::Path(Path::root())), "");
    }

    #[test]
    fn of_protobuf_the_head_of_the_declaration() {
        let of = |text: &str| {
            let span = Span {
                start: 0,
                end: text.len(),
            };
            declared(text, At::Span(span))
        };
        assert_eq!(of("message  Order\n{ int32 a = 1; }"), "message Order");
        assert_eq!(of("int64 total =\n  3 [deprecated = true];"), "int64 total = 3");
        assert_eq!(of("option go_package = \"a;  b\";"), "option go_package = \"a;  b\"");
        assert_eq!(of("sint32"), "sint32");
        assert_eq!(declared("message A {}", At::Span(Span::default())), "");
    }
}
