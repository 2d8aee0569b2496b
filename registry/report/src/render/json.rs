//! Answers for programs.

use std::borrow::Cow;
use std::fmt::Write;

use serde::Serialize;
use treaty_schemas::text::shown::REPORT_BYTES;

use crate::plain::{is_harmful, replaced};

/// A value as JSON, without a line end.
///
/// # Errors
/// The value has no form in JSON; reports have one.
pub fn render(value: &impl Serialize) -> serde_json::Result<String> {
    let text = match serde_json::to_string_pretty(value)? {
        // What is as large as a report may be has no room for indentation.
        text if text.len() > REPORT_BYTES => serde_json::to_string(value)?,
        text => text,
    };
    Ok(escaped(&text).into_owned())
}

/// JSON in which no character steers a terminal. Such characters can only stand in strings, where an escape means the same;
/// line ends between values stay.
pub fn escaped(json: &str) -> Cow<'_, str> {
    // JSON itself escapes what is below a space in strings, and all that is harmful has no more than 16 bits.
    let in_string = |c: char| is_harmful(c) && c >= '\u{7f}';
    replaced(json, in_string, |c, safe| {
        let mut units = [0; 2];
        c.encode_utf16(&mut units)
            .iter()
            .try_for_each(|unit| write!(safe, "\\u{unit:04x}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_what_it_is() {
        let value = serde_json::json!({ "a": "é\u{7f}\u{90}b\u{9b}31m\u{202e}\u{1b}[2J\u{1f6dc}\u{e0041}" });
        let json = serde_json::to_string_pretty(&value).expect("JSON");
        let safe = escaped(&json);
        assert!(!safe.contains(|c| is_harmful(c) && c != '\n'), "{safe:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).expect("JSON"), value);
    }
}
