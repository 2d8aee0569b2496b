//! Field masks: paths with commas between them, each name in lowerCamel in JSON and in snake_case in the message.

use super::misread::Misread;

/// How a field mask is written.
pub(super) const HELP: &str = "write the names of fields in lowerCamel, as in `orderId,lines.sku`";

/// A path of a message as JSON spells it; none where it could not be read back.
pub(super) fn to_camel(path: &str) -> Option<String> {
    let mut camel = String::with_capacity(path.len());
    let mut chars = path.chars();
    while let Some(char) = chars.next() {
        match char {
            '_' => camel.push(chars.next().filter(char::is_ascii_lowercase)?.to_ascii_uppercase()),
            _ if char.is_ascii_lowercase() || char.is_ascii_digit() || char == '.' => camel.push(char),
            _ => return None,
        }
    }
    Some(camel).filter(|camel| !camel.is_empty())
}

/// The paths of a mask as the message spells them.
///
/// # Errors
/// A message about the first path that is not spelt as JSON spells them.
pub(super) fn paths(text: &str) -> Result<Vec<String>, Misread> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(to_snake).collect()
}

fn to_snake(path: &str) -> Result<String, Misread> {
    let mut snake = String::with_capacity(path.len() + 4);
    for char in path.chars() {
        match char {
            _ if char.is_ascii_uppercase() => {
                snake.push('_');
                snake.push(char.to_ascii_lowercase());
            }
            _ if char.is_ascii_alphanumeric() || char == '.' => snake.push(char),
            _ => {
                let message = format!("{char:?} does not belong into a field mask");
                return Err(Misread::new(message, HELP));
            }
        }
    }
    if snake.is_empty() {
        return Err(Misread::new("a field mask has an empty path between its commas", HELP));
    }
    Ok(snake)
}
