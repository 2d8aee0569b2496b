//! Where in a witness the place of a finding is.

use super::super::paths::Paths;
use super::super::walk::Found;
use crate::decode_error::DecodeError;

/// The names in ProtoJSON of the fields that lead from the event to the writer's field.
pub(super) fn steps<'s>(paths: &Paths<'s>, found: &Found<'s>) -> Vec<&'s str> {
    let fields = paths.upwards(found.node).filter(|link| !link.writer.in_entry);
    let mut steps: Vec<&str> = fields.map(|link| &*link.writer.field.json_name).collect();
    steps.reverse();
    let last = found.slots.writer().filter(|slot| !slot.in_entry);
    steps.extend(last.map(|slot| &*slot.field.json_name));
    steps
}

/// Where these steps lead in a value as ProtoJSON, in bytes: to the name of the last member that is there.
pub(super) fn json_place(json: &str, steps: &[&str]) -> usize {
    let mut at = 0;
    for step in steps {
        match member(json, at, step) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// The member of this name in the first object from `from` on, or in an element or entry of what begins there.
fn member(json: &str, from: usize, name: &str) -> Option<usize> {
    let quoted = format!("{name:?}:");
    let (mut in_string, mut escaped, mut depth) = (false, false, 0usize);
    for (at, byte) in json.bytes().enumerate().skip(from) {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_string = false,
            (true, _) => {}
            (false, b'"') if at > from && json[at..].starts_with(&quoted) => return Some(at),
            (false, b'"') => in_string = true,
            (false, b'{' | b'[') => depth += 1,
            // The end of what the step leads into.
            (false, b'}' | b']') if depth <= 1 => return None,
            (false, b'}' | b']') => depth -= 1,
            (false, _) => {}
        }
    }
    None
}

/// Whether an error is about the place of the finding, or about something in it.
pub(super) fn is_within(paths: &Paths<'_>, found: &Found<'_>, error: &DecodeError) -> bool {
    let place = paths.reader_path(found.node, found.slots.reader(), false).to_string();
    // What is wrong in an entry is said of its map: the key may not be known yet.
    let place = place.strip_suffix("{}").unwrap_or(&place);
    let path = without_elements(&error.path);
    match path.strip_prefix(&*without_elements(place)) {
        Some(rest) => rest.is_empty() || rest.starts_with(['.', '[', '{']),
        None => false,
    }
}

/// A path without the indexes and the keys that it has in brackets.
fn without_elements(path: &str) -> String {
    let (mut inside, mut short) = (false, String::with_capacity(path.len()));
    for char in path.chars() {
        match char {
            '[' | '{' => {
                short.push(char);
                inside = true;
            }
            ']' | '}' => {
                short.push(char);
                inside = false;
            }
            char if !inside => short.push(char),
            _ => {}
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::json_place;

    #[test]
    fn a_place_is_found_by_the_names_that_lead_to_it() {
        let json = r#"{"b":{"c":"\"a\":"},"list":[{"x":1,"a":2}],"a":3}"#;
        let at = |steps: &[&str]| &json[json_place(json, steps)..];
        assert!(at(&["list", "a"]).starts_with(r#""a":2"#));
        assert!(at(&["b", "c"]).starts_with(r#""c":"#));
        assert!(at(&["list", "none"]).starts_with(r#""list":"#));
        assert_eq!(json_place(json, &[]), 0);
    }
}
