//! Why a judge sees something else than we do, where that is known of it.

use serde_json::Value as Json;
use treaty_schemas::protobuf::{DecodeError, DecodeErrorKind};

use crate::judges::Judge;

/// What a judge sees, or why it refuses.
pub type Seen<'a> = Result<&'a Json, &'a str>;

const PUT_ASIDE: &str = "with an entry that has unknown fields, which is put aside whole";
const CLEARED: &str = "with a case of a oneof that is put aside, which clears the others";
const WHATEVER: &str = "with entries of a map, which it reads whatever their wire type";

/// The cause of a difference, in words that follow a count.
pub fn cause(judge: Judge, ours: &Result<Json, DecodeError>, theirs: Seen<'_>) -> Option<&'static str> {
    match (judge, ours, theirs) {
        // upb takes them in, and Python cannot take them out.
        (Judge::Upb, Ok(_), Ok(theirs)) if theirs.get("~").is_some() => {
            Some("with text in a map that is not UTF-8, which cannot be shown")
        }
        (Judge::Python, Ok(_), Err(error)) if error.contains("codec can't decode") => {
            Some("refused for text of proto2 that is not UTF-8")
        }
        (Judge::Upb, Err(error), Ok(_)) if is_required_in_map(error) => Some(PUT_ASIDE),
        (Judge::Python | Judge::Protobufjs, Err(error), Ok(_)) if is_required_in_map(error) => {
            Some("without required fields in a map, for which it does not look")
        }
        (Judge::Python, Ok(_), Err("a case of a oneof that was put aside")) => Some(CLEARED),
        (Judge::Protobufjs, Ok(_), Err("a map holds zero twice")) => Some("with a map that holds zero twice"),
        // It asks for them after each part that it reads, and not when all is read; what it takes for a group it has not read.
        (Judge::Protobufjs, Ok(_), Err(error)) if error.starts_with("missing required") => {
            Some("refused for what is missing in a part that is cleared, or read on elsewhere")
        }
        (_, Err(error), Ok(_)) if error.message.contains("a varint has more than 64 bits") => {
            Some("with a varint of more than 64 bits, some of which it drops")
        }
        (Judge::Upb | Judge::Protobufjs, Err(error), Ok(_)) if error.message.contains("has the field number 0") => {
            Some("with field number 0, which it takes for unknown")
        }
        (Judge::Python, Err(error), Ok(_)) if error.message.starts_with("a tag ") => {
            Some("with a longer tag than others take")
        }
        // It looks for the end of such a group by another number.
        (Judge::Protobufjs, Ok(ours), Err("invalid end group tag")) if ours.to_string().contains("{\"?\":") => {
            Some("refused for an unknown group in a message without fields")
        }
        (Judge::Protobufjs, Err(error), Ok(theirs))
            if error.kind == DecodeErrorKind::Required
                && (theirs.to_string().contains("\"?\":[") || holds_a_message(theirs)) =>
        {
            Some("without what is required of a field of a group's type, which it takes for a group too")
        }
        (_, Ok(ours), Ok(theirs)) => {
            let mut places = Vec::new();
            differences(ours, theirs, &mut places);
            let mut causes = places.iter().map(|place| known(judge, place));
            let first = causes.next()?;
            causes.all(|cause| cause.is_some()).then_some(first?)
        }
        _ => None,
    }
}

/// Whether what is missing is missed in a value of a map, whose place has the key in braces.
fn is_required_in_map(error: &DecodeError) -> bool {
    error.kind == DecodeErrorKind::Required && error.to_string().contains('{')
}

/// Why prost-reflect sees something else. It looks at a field's wire type only to refuse it, and at no requirement.
pub fn of_prost(ours: &Result<Json, DecodeError>, theirs: Seen<'_>, has_maps: bool) -> Option<&'static str> {
    match (ours, theirs) {
        (Ok(_), Err(error)) if error.contains("invalid wire type") || error.contains("delimited length exceeded") => {
            Some("refused for a wire type that does not fit")
        }
        (Ok(_), Err(error)) if error.contains("not UTF-8") => Some("refused for text of proto2 that is not UTF-8"),
        (Err(error), Ok(_)) if error.kind == DecodeErrorKind::Required => {
            Some("without required fields, which it does not ask for")
        }
        (Ok(ours), Ok(theirs)) => {
            let mut places = Vec::new();
            differences(ours, theirs, &mut places);
            // After such an entry it is somewhere within the bytes.
            if places.iter().any(|place| has_more_entries(place.theirs, place.ours)) {
                return Some(WHATEVER);
            }
            let mut causes = places.iter().map(of_prost_at);
            let first = causes.next()?;
            causes.all(|cause| cause.is_some()).then_some(first?)
        }
        _ if has_maps => Some(WHATEVER),
        _ => None,
    }
}

/// A field that two judges see differently.
struct Place<'a> {
    ours: Option<&'a Json>,
    theirs: Option<&'a Json>,
    /// Whether the number is among the unknown ones.
    ours_unknown: bool,
    theirs_unknown: bool,
    /// Whether we put something aside in the same message.
    beside_unknown: bool,
}

fn differences<'a>(ours: &'a Json, theirs: &'a Json, places: &mut Vec<Place<'a>>) {
    if let (Json::Array(ours), Json::Array(theirs)) = (ours, theirs)
        && ours.len() == theirs.len()
    {
        ours.iter()
            .zip(theirs)
            .for_each(|(ours, theirs)| differences(ours, theirs, places));
        return;
    }
    let (Json::Object(one), Json::Object(other)) = (ours, theirs) else {
        if ours != theirs {
            places.push(Place {
                ours: Some(ours),
                theirs: Some(theirs),
                ours_unknown: false,
                theirs_unknown: false,
                beside_unknown: false,
            });
        }
        return;
    };
    let is_unknown = |of: &Json, number: &str| {
        let listed = of.get("?").and_then(Json::as_array);
        listed.is_some_and(|listed| listed.iter().any(|other| other.as_i64() == number.parse().ok()))
    };
    let unknown = [ours, theirs]
        .into_iter()
        .filter_map(|of| of.get("?")?.as_array())
        .flatten();
    let numbers = one.keys().chain(other.keys()).filter(|name| *name != "?").cloned();
    let mut numbers: Vec<String> = numbers.chain(unknown.map(Json::to_string)).collect();
    numbers.sort();
    numbers.dedup();
    for number in numbers {
        let (ours_unknown, theirs_unknown) = (is_unknown(ours, &number), is_unknown(theirs, &number));
        match (one.get(&number), other.get(&number)) {
            (Some(ours), Some(theirs))
                if ours_unknown == theirs_unknown
                    && ours.is_object()
                    && theirs.is_object()
                    && keys(ours) == keys(theirs) =>
            {
                differences(ours, theirs, places);
            }
            (Some(ours), Some(theirs)) if ours_unknown == theirs_unknown && ours.is_array() && theirs.is_array() => {
                differences(ours, theirs, places);
            }
            (ours, theirs) if ours != theirs || ours_unknown != theirs_unknown => places.push(Place {
                ours,
                theirs,
                ours_unknown,
                theirs_unknown,
                beside_unknown: one.contains_key("?"),
            }),
            _ => {}
        }
    }
}

/// The keys of a map; none of a message, whose fields are compared one by one.
fn keys(of: &Json) -> Vec<&String> {
    let names = of.as_object().into_iter().flat_map(|object| object.keys());
    names.filter(|name| name.starts_with('=')).collect()
}

/// Whether it is a map, or part of one that has all these entries and more.
fn has_more_entries(more: Option<&Json>, less: Option<&Json>) -> bool {
    let is_map = more.is_some_and(|more| !keys(more).is_empty());
    let within = less.is_none_or(|less| {
        keys(less)
            .iter()
            .all(|key| more.is_some_and(|more| more.get(*key).is_some()))
    });
    is_map && within
}

fn is_of_messages(of: &Json) -> bool {
    match of {
        Json::Array(items) => items.iter().all(is_of_messages),
        of => of.is_object() && keys(of).is_empty(),
    }
}

fn holds_a_message(of: &Json) -> bool {
    of.as_object()
        .is_some_and(|fields| fields.values().any(Json::is_object))
}

fn known(judge: Judge, place: &Place<'_>) -> Option<&'static str> {
    let Place {
        ours,
        theirs,
        ours_unknown,
        theirs_unknown,
        beside_unknown,
    } = *place;
    match judge {
        Judge::Upb if theirs_unknown && has_more_entries(ours, theirs) => Some(PUT_ASIDE),
        Judge::Protobufjs if theirs_unknown && theirs.is_none() && ours.is_some_and(is_of_messages) => {
            Some("with a field of a group's type, which it takes for a group too")
        }
        Judge::Protobufjs if ours_unknown && ours.is_none() && theirs.is_some_and(is_of_messages) => {
            Some("with a field of a group's type, which it takes for a group too")
        }
        Judge::Protobufjs if theirs.is_some_and(|theirs| theirs.to_string().contains("efbfbd")) => {
            Some("with a replacement for text that is not UTF-8")
        }
        Judge::Python if beside_unknown && !ours_unknown && theirs.is_none() => Some(CLEARED),
        Judge::Python if ours_unknown && has_more_entries(theirs, ours) => {
            Some("with an entry whose number a closed enum does not have, which is read as zero")
        }
        _ => None,
    }
}

fn of_prost_at(place: &Place<'_>) -> Option<&'static str> {
    let Place {
        ours,
        theirs,
        ours_unknown,
        beside_unknown,
        ..
    } = *place;
    let negative_zero = Some("f8000000000000000");
    match (ours, theirs) {
        (Some(ours), None) if ours.as_str() == negative_zero => {
            Some("with a negative zero, which it takes for absence")
        }
        _ if ours_unknown && theirs.is_some() => Some("with numbers that a closed enum does not have, which it keeps"),
        // It keeps the number, and then another case clears it.
        (Some(_), None) if beside_unknown => Some("with numbers that a closed enum does not have, which it keeps"),
        (None, None) if ours_unknown => Some("with numbers that a closed enum does not have, which it keeps"),
        (ours, theirs) if has_more_entries(ours, theirs) => Some(WHATEVER),
        _ => None,
    }
}
