//! Features of editions that hold for a field: what it sets itself, else what its file sets, else what the edition says.

use super::tree::FieldView;
use crate::protobuf::syntax::Syntax;

/// Whether readers refuse texts that are not UTF-8.
pub(super) const UTF8_VALIDATION: &str = "features.utf8_validation";
/// The same, asked for in Java alone.
pub(super) const JAVA_UTF8_VALIDATION: &str = "features.(pb.java).utf8_validation";
/// The type of texts in C++.
pub(super) const CPP_STRING_TYPE: &str = "features.(pb.cpp).string_type";
/// Several features in one option, in braces.
pub(super) const AGGREGATE: &str = "features";

/// The value of a feature that the field or its file sets. None of these can be set in between.
pub(super) fn of<'a>(field: &FieldView<'a>, feature: &str) -> Option<&'a str> {
    // What a map field sets holds for the parts of its entry.
    let own = field.declaration().options.get(feature);
    let set = own.or_else(|| field.file().options.get(feature));
    set.map(|option| &*option.value)
}

/// `VERIFY` or `NONE`.
pub(super) fn utf8_validation<'a>(field: &FieldView<'a>) -> &'a str {
    match field.file().syntax {
        Syntax::Proto2 => "NONE",
        Syntax::Proto3 => "VERIFY",
        Syntax::Edition(_) => of(field, UTF8_VALIDATION).unwrap_or("VERIFY"),
    }
}
