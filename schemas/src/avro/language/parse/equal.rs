//! Whether two definitions of one name are the same.

use crate::avro::language::java_names::are_equal_props;
use crate::avro::language::named::{Field, Named};
use crate::avro::language::schema::{Kind, Type};

/// Whether two named types have the same fields, symbols or size, aliases, defaults and attributes. Documentation may differ.
///
/// What they are made of is compared by its ids: types of one name are one type by then, and types without a name that are equal have
/// one id.
pub(super) fn are_equal(one: &Type, other: &Type) -> bool {
    if !are_equal_props(&one.props, &other.props) {
        return false;
    }
    match (&one.kind, &other.kind) {
        (Kind::Record(one), Kind::Record(other)) => {
            let (left, right) = (one.fields(), other.fields());
            same_names(&one.named, &other.named)
                && one.is_error == other.is_error
                && left.len() == right.len()
                && left.iter().zip(right).all(|(one, other)| same_fields(one, other))
        }
        (Kind::Enum(one), Kind::Enum(other)) => {
            same_names(&one.named, &other.named) && one.symbols() == other.symbols() && one.default == other.default
        }
        (Kind::Fixed(one), Kind::Fixed(other)) => same_names(&one.named, &other.named) && one.size == other.size,
        _ => false,
    }
}

fn same_names(one: &Named, other: &Named) -> bool {
    let aliases = |of: &Named| {
        of.aliases
            .iter()
            .map(|alias| alias.full().to_owned())
            .collect::<Vec<_>>()
    };
    one.name.full() == other.name.full() && aliases(one) == aliases(other)
}

fn same_fields(one: &Field, other: &Field) -> bool {
    let default = |field: &Field| field.default.as_ref().map(ToString::to_string);
    one.name == other.name
        && one.ty == other.ty
        && one.aliases == other.aliases
        && one.order == other.order
        && default(one) == default(other)
        && are_equal_props(&one.props, &other.props)
}
