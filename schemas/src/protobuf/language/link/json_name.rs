//! Names in ProtoJSON, and those that implementations derive from names.

/// `order_id` becomes `orderId`.
pub(in crate::protobuf) fn of_field(name: &str) -> String {
    camel_case(name, false)
}

/// The message that a map field's entries are: `prices_by_day` becomes `PricesByDayEntry`.
pub(in crate::protobuf) fn map_entry(name: &str) -> String {
    camel_case(name, true) + "Entry"
}

/// Underscores go, and the letter after each becomes a capital.
fn camel_case(name: &str, capital: bool) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut capital = capital;
    for char in name.chars() {
        if char == '_' {
            capital = true;
        } else if capital {
            camel.push(char.to_ascii_uppercase());
            capital = false;
        } else {
            camel.push(char);
        }
    }
    camel
}

/// What is left of an enum value's name without the prefix that repeats the enum's name, case and underscores:
/// `ORDER_STATE_PAID` of `OrderState` becomes `Paid`.
pub(in crate::protobuf) fn of_enum_value(name: &str, enumeration: &str) -> String {
    let prefix = enumeration
        .bytes()
        .filter(|byte| *byte != b'_')
        .map(|byte| byte.to_ascii_lowercase());
    let mut rest = name.char_indices();
    let mut stripped = true;
    'prefix: for wanted in prefix {
        loop {
            match rest.next() {
                Some((_, '_')) => {}
                Some((_, char)) if char.to_ascii_lowercase() == char::from(wanted) => break,
                _ => {
                    stripped = false;
                    break 'prefix;
                }
            }
        }
    }
    let left = if stripped {
        rest.as_str().trim_start_matches('_')
    } else {
        ""
    };
    // A name that is nothing but the prefix keeps it.
    let left = if left.is_empty() { name } else { left };
    pascal_case(left)
}

/// As implementations spell an enum's values: a capital after each underscore, all else in lower case.
fn pascal_case(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    let mut capital = true;
    for char in name.chars() {
        if char == '_' {
            capital = true;
        } else if capital {
            pascal.push(char.to_ascii_uppercase());
            capital = false;
        } else {
            pascal.push(char.to_ascii_lowercase());
        }
    }
    pascal
}
