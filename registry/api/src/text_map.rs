//! Maps from names to texts, in which a client may write a number or a boolean: a property `version: 2` of YAML, for instance.
//!
//! Confluent's registry keeps such a value as its text. Here that is done as long as no digit can be lost; any other number has to
//! be written as a text.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A text, or a scalar that becomes one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

/// From here on a number with a point may be another than the one that was written.
const EXACT: f64 = 9_007_199_254_740_992.0;

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<String, E> {
        if value.abs() < EXACT {
            // With its point: `1.0` is `1.0`.
            return Ok(format!("{value:?}"));
        }
        Err(E::custom(format_args!(
            "the number {value:e} would lose digits; write it as a string"
        )))
    }
}

/// A map or `null`.
pub(crate) fn maybe<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    let map = Option::<BTreeMap<String, Text>>::deserialize(deserializer)?;
    Ok(map.map(|map| map.into_iter().map(|(name, Text(text))| (name, text)).collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::metadata::Metadata;
    use crate::rule_set::Rule;

    #[test]
    fn scalars_become_texts() {
        let text = r#"{"properties":{"a":1,"b":-2,"c":1.0,"d":2.5,"e":true,"f":"x","g":18446744073709551615}}"#;
        let metadata: Metadata = serde_json::from_str(text).expect("metadata");
        let expected =
            json!({"a": "1", "b": "-2", "c": "1.0", "d": "2.5", "e": "true", "f": "x", "g": "18446744073709551615"});
        assert_eq!(json!(metadata)["properties"], expected);
        let rule: Rule = serde_json::from_str(r#"{"params":{"limit":7}}"#).expect("a rule");
        assert_eq!(json!(rule)["params"], json!({"limit": "7"}));
    }

    #[test]
    fn what_has_no_text_is_refused() {
        for value in ["null", "[]", "{}", "123456789012345678901234567890", "1e300"] {
            let text = format!(r#"{{"properties":{{"a":{value}}}}}"#);
            assert!(serde_json::from_str::<Metadata>(&text).is_err(), "{value}");
        }
    }
}
