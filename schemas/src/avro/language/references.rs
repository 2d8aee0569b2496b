//! The order of texts that use each other's types.

use super::parse::parse;
use crate::options::Options;
use crate::reference::Reference;
use crate::text::source::{ParseError, Source};

/// Puts each text after those that it uses, by trying which of them can be parsed with those that already are.
///
/// # Errors
/// One of them is no schema, or two use each other.
pub(crate) fn ordered(mut waiting: Vec<Reference>, options: &Options) -> Result<Vec<Reference>, ParseError> {
    let mut ready: Vec<Reference> = Vec::with_capacity(waiting.len());
    let mut texts: Vec<Source> = Vec::with_capacity(waiting.len());
    loop {
        let before = waiting.len();
        let mut first: Option<ParseError> = None;
        waiting.retain(|text| match parse(&text.source, &texts, options) {
            Ok(_) => {
                ready.push(text.clone());
                texts.push(text.source.clone());
                false
            }
            Err(error) => {
                first.get_or_insert(error);
                true
            }
        });
        match first {
            None => return Ok(ready),
            Some(error) if waiting.len() == before => return Err(error),
            Some(_) => {}
        }
    }
}
