//! Field masks: paths with commas between them, each name in lowerCamel in JSON and in snake_case in the message.

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
pub(super) fn paths(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(to_snake).collect()
}

fn to_snake(path: &str) -> Result<String, String> {
    let mut snake = String::with_capacity(path.len() + 4);
    for char in path.chars() {
        match char {
            _ if char.is_ascii_uppercase() => {
                snake.push('_');
                snake.push(char.to_ascii_lowercase());
            }
            _ if char.is_ascii_alphanumeric() || char == '.' => snake.push(char),
            _ => {
                return Err(format!(
                    "a field mask names fields in lowerCamel with commas between them; {char:?} does not belong there"
                ));
            }
        }
    }
    if snake.is_empty() {
        return Err("a field mask has an empty path between its commas".into());
    }
    Ok(snake)
}
