//! Texts: whether UTF-8 is checked, here and in Java, and which type C++ gives them.

use super::annotation::Annotations;
use super::features;
use super::rules;
use super::tree::{FieldView, Held};
use crate::protobuf::language::schema::Scalar;
use crate::protobuf::language::syntax::Syntax;

pub(super) fn check(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    let scalar = |field: FieldView<'_>| match field.held() {
        Held::Scalar(scalar @ (Scalar::String | Scalar::Bytes)) => Some(scalar),
        Held::Scalar(_) | Held::Message | Held::Group | Held::Enum(_) => None,
    };
    let (Some(is), Some(was)) = (scalar(now), scalar(before)) else {
        return;
    };
    if is == Scalar::String && was == Scalar::String {
        utf8(found, now, before);
        java_utf8(found, now, before);
    }
    // Nobody can say which type the parts of an entry get.
    if !(now.is_map_part() && before.is_map_part()) {
        cpp_type(found, now, before);
    }
}

fn utf8(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    let (is, was) = (features::utf8_validation(&now), features::utf8_validation(&before));
    if is != was {
        let place = |field: &FieldView<'_>| Some(field.option_place(&[features::UTF8_VALIDATION]));
        found.add(
            &rules::FIELD_SAME_UTF8_VALIDATION,
            before.element(),
            place(&now),
            place(&before),
            || format!("{} changed UTF8 validation from {was} to {is}.", now.description()),
        );
    }
}

/// In Java a file's option or a feature of Java may ask for the check where the language does not.
fn java_utf8_validation<'a>(field: &FieldView<'a>) -> &'a str {
    let file = field.file();
    let option = file.options.get(JAVA_CHECK);
    let asked = match file.syntax {
        Syntax::Edition(_) if option.is_none() => features::of(field, features::JAVA_UTF8_VALIDATION) == Some("VERIFY"),
        Syntax::Proto2 | Syntax::Proto3 | Syntax::Edition(_) => option.is_some_and(|option| &*option.value == "true"),
    };
    match asked {
        true => "VERIFY",
        false => features::utf8_validation(field),
    }
}

const JAVA_CHECK: &str = "java_string_check_utf8";

fn java_utf8(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    let (is, was) = (java_utf8_validation(&now), java_utf8_validation(&before));
    if is == was {
        return;
    }
    let place = |field: &FieldView<'_>| {
        Some(match field.file().options.get(JAVA_CHECK) {
            Some(option) => field.at(option.span),
            None => field.feature_place(&[features::JAVA_UTF8_VALIDATION]),
        })
    };
    found.add(
        &rules::FIELD_SAME_JAVA_UTF8_VALIDATION,
        before.element(),
        place(&now),
        place(&before),
        || {
            format!(
                "{} changed Java string UTF8 validation from \"{was}\" to \"{is}\".",
                now.description()
            )
        },
    );
}

/// The type that C++ gives a text. `STRING_PIECE` is an old name that behaves like `STRING`.
fn cpp_string_type<'a>(field: &FieldView<'a>) -> &'a str {
    let syntax = field.file().syntax;
    let ctype = field.declaration().options.get("ctype").map(|option| &*option.value);
    match (syntax, ctype) {
        (Syntax::Edition(2024..), _) | (_, None) => {}
        (_, Some(ctype)) => return ctype,
    }
    let unset = match syntax {
        Syntax::Edition(2024..) => "VIEW",
        Syntax::Proto2 | Syntax::Proto3 | Syntax::Edition(_) => "STRING",
    };
    features::of(field, features::CPP_STRING_TYPE).unwrap_or(unset)
}

fn cpp_type(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    let (is, was) = (cpp_string_type(&now), cpp_string_type(&before));
    let is_allowed = was == "STRING_PIECE" && is == "STRING";
    if is == was || is_allowed {
        return;
    }
    let place = |field: &FieldView<'_>| Some(field.feature_place(&["ctype", features::CPP_STRING_TYPE]));
    found.add(
        &rules::FIELD_SAME_CPP_STRING_TYPE,
        before.element(),
        place(&now),
        place(&before),
        || {
            format!(
                "{} changed C++ string type from \"{was}\" to \"{is}\".",
                now.description()
            )
        },
    );
}
