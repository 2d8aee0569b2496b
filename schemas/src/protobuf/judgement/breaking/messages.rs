//! What is said of a message that both trees have: its fields and oneofs, what it reserves, its options.

use rustc_hash::FxHashSet;

use super::annotation::Annotations;
use super::features;
use super::ranges::{self, Holder, Numbers};
use super::rules;
use super::tree::MessageView;
use crate::protobuf::language::schema::{JsonFormat, SetOption};
use crate::protobuf::language::syntax::Syntax;

pub(super) fn check(found: &mut Annotations<'_>, now: MessageView<'_>, before: MessageView<'_>) {
    deleted_fields(found, now, before);
    required_fields(found, now, before);
    deleted_oneofs(found, now, before);
    json_format(found, now, before);
    if let (Some(is), Some(was)) = (now.message(), before.message()) {
        let holder = Holder {
            word: "message",
            name: is.simple_name(),
            element: before.element(),
            places: (now.place(), before.place()),
        };
        let extensions = (now.extension_ranges(), before.extension_ranges());
        ranges::check(
            found,
            &rules::EXTENSION_MESSAGE_NO_DELETE,
            "extension",
            &holder,
            extensions,
        );
        ranges::check_reserved(
            found,
            &rules::RESERVED_MESSAGE_NO_DELETE,
            &holder,
            &is.reserved,
            &was.reserved,
        );

        let accessor = |option: Option<&SetOption>| option.map(|option| option.span);
        let name = "no_standard_descriptor_accessor";
        let is_set = |option: Option<&SetOption>| option.is_some_and(|option| &*option.value == "true");
        let (is, was) = (is.options.get(name), was.options.get(name));
        if is_set(is) && !is_set(was) {
            let places = (
                accessor(is).map(|span| now.at(span)),
                accessor(was).map(|span| before.at(span)),
            );
            let rule = &rules::MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR;
            found.add(rule, before.element(), places.0, places.1, || {
                format!("Message option \"{name}\" changed from \"false\" to \"true\".")
            });
        }
    }
}

fn deleted_fields(found: &mut Annotations<'_>, now: MessageView<'_>, before: MessageView<'_>) {
    let mut present = now.numbers();
    let mut reserved: Option<(Numbers, FxHashSet<&str>)> = None;
    for (index, field) in before.fields().enumerate() {
        let number = field.number();
        if present.find(number, index).is_some() {
            continue;
        }
        let (numbers, names) = reserved.get_or_insert_with(|| match now.reserved() {
            Some(reserved) => (
                Numbers::new(&reserved.ranges),
                reserved.names.iter().map(|(name, _)| &**name).collect(),
            ),
            None => Default::default(),
        });
        let places = (Some(now.place()), Some(before.place()));
        let reported = |suffix: &str| {
            let what = field.description();
            format!(
                "Previously present f{} was deleted{suffix}.",
                what.trim_start_matches('F')
            )
        };
        found.add(&rules::FIELD_NO_DELETE, field.element(), places.0, places.1, || {
            reported("")
        });
        if !numbers.hold(number) {
            found.add(
                &rules::FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED,
                field.element(),
                places.0,
                places.1,
                || reported(&format!(" without reserving the number \"{number}\"")),
            );
        }
        if !names.contains(field.name()) {
            found.add(
                &rules::FIELD_NO_DELETE_UNLESS_NAME_RESERVED,
                field.element(),
                places.0,
                places.1,
                || reported(&format!(" without reserving the name \"{}\"", field.name())),
            );
        }
    }
}

fn required_fields(found: &mut Annotations<'_>, now: MessageView<'_>, before: MessageView<'_>) {
    let why = "Required fields must always be sent, so if one side does not know about the required field, this will result in a breakage.";
    let required = |view: MessageView<'_>| -> FxHashSet<i32> {
        view.fields()
            .filter(|field| field.is_labelled_required())
            .map(|field| field.number())
            .collect()
    };
    let (is, was) = (required(now), required(before));
    let rule = &rules::MESSAGE_SAME_REQUIRED_FIELDS;
    for number in was.difference(&is) {
        found.add(
            rule,
            before.field_element(*number),
            Some(now.place()),
            Some(before.place()),
            || {
                format!(
                    "Message \"{}\" had required field \"{number}\" deleted. {why}",
                    before.name()
                )
            },
        );
    }
    if is.is_subset(&was) {
        return;
    }
    for field in now
        .fields()
        .filter(|field| field.is_labelled_required() && !was.contains(&field.number()))
    {
        let element = before.field_element(field.number());
        found.add(rule, element, Some(field.place()), None, || {
            format!(
                "Message \"{}\" had required field \"{}\" added. {why}",
                now.name(),
                field.number()
            )
        });
    }
}

fn deleted_oneofs(found: &mut Annotations<'_>, now: MessageView<'_>, before: MessageView<'_>) {
    if before.oneofs().is_empty() {
        return;
    }
    // As for buf, the oneof that a descriptor has for a field with `optional` keeps the name.
    let synthetic = match now.message() {
        Some(message) if now.tree().set.file(now.file()).syntax == Syntax::Proto3 => message.synthetic_oneofs(),
        _ => Vec::new(),
    };
    let declared = now.oneofs().iter().map(|oneof| &*oneof.name);
    let names: FxHashSet<&str> = declared.chain(synthetic.iter().map(String::as_str)).collect();
    for (index, oneof) in (0..)
        .zip(before.oneofs())
        .filter(|(_, oneof)| !names.contains(&*oneof.name))
    {
        found.add(
            &rules::ONEOF_NO_DELETE,
            before.oneof_element(index),
            Some(now.place()),
            Some(before.place()),
            || {
                format!(
                    "Previously present oneof \"{}\" on message \"{}\" was deleted.",
                    oneof.name,
                    now.name()
                )
            },
        );
    }
}

fn json_format(found: &mut Annotations<'_>, now: MessageView<'_>, before: MessageView<'_>) {
    if before.json_format() == JsonFormat::Allow && now.json_format() != JsonFormat::Allow {
        let place = |view: &MessageView<'_>| {
            let option = view
                .message()
                .and_then(|message| message.options.get("features.json_format"));
            option.map_or_else(
                || view.place(),
                |option| view.at(features::span(view.tree().set.file(view.file()), option)),
            )
        };
        let places = (place(&now), place(&before));
        found.add(
            &rules::MESSAGE_SAME_JSON_FORMAT,
            before.element(),
            Some(places.0),
            Some(places.1),
            || {
                format!(
                    "Message \"{}\" JSON format support changed from ALLOW to LEGACY_BEST_EFFORT.",
                    now.name()
                )
            },
        );
    }
}
