//! What is the same thing in two trees: by full name over all files, fields and extensions by number.

use super::tree::{FieldView, MessageView, Tree};
use crate::protobuf::language::schema::{EnumId, Service};

/// The messages that both trees have, entries too.
pub(super) fn messages<'a>(
    current: &'a Tree<'a>,
    previous: &'a Tree<'a>,
) -> impl Iterator<Item = (MessageView<'a>, MessageView<'a>)> {
    previous
        .messages()
        .filter_map(|(name, before)| Some((current.message(name)?, before)))
}

/// The fields that both messages have, by number.
pub(super) fn fields<'a>(
    now: MessageView<'a>,
    before: MessageView<'a>,
) -> impl Iterator<Item = (FieldView<'a>, FieldView<'a>)> {
    let mut numbers = now.numbers();
    before
        .fields()
        .enumerate()
        .filter_map(move |(index, before)| Some((numbers.find(before.number(), index)?, before)))
}

/// The extensions that both trees have, by what they extend and their number.
pub(super) fn extensions<'a>(
    current: &'a Tree<'a>,
    previous: &'a Tree<'a>,
) -> impl Iterator<Item = (FieldView<'a>, FieldView<'a>)> {
    previous.extensions.iter().filter_map(move |(key, before)| {
        let now = current.extensions.get(key)?;
        Some((
            FieldView::extension(current, now),
            FieldView::extension(previous, before),
        ))
    })
}

/// The enums that both trees have, by their indexes.
pub(super) fn enums<'a>(current: &'a Tree<'a>, previous: &'a Tree<'a>) -> impl Iterator<Item = (EnumId, EnumId)> {
    (0..).map(EnumId).zip(&previous.set.enums).filter_map(|(id, before)| {
        let now = current.enumeration(&before.name)?;
        Some((now, id))
    })
}

/// The services that both trees have.
pub(super) fn services<'a>(
    current: &'a Tree<'a>,
    previous: &'a Tree<'a>,
) -> impl Iterator<Item = (&'a Service, &'a Service)> {
    previous
        .set
        .services
        .iter()
        .filter_map(|before| Some((*current.services.get(&*before.name)?, before)))
}
