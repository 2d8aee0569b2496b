//! A file with messages in Confluent's wire format, each of which says by its id which schema it was written with.

use std::ops::ControlFlow;
use std::rc::Rc;

use treaty_schemas::Line;
use treaty_schemas::validate::{Defect, Effort, Observer, Summary, Validator};
use treaty_schemas::wire;

use super::schema::{Chosen, Schemas};
use crate::exit::Failure;

/// Judges each message of a file, of which no more than `limit` bytes and one are given.
///
/// # Errors
/// The registry cannot be asked.
pub(super) fn each(
    bytes: &[u8],
    limit: usize,
    schemas: &mut Schemas<'_>,
    observer: &mut dyn Observer,
) -> Result<Summary, Failure> {
    let mut summary = Summary {
        bytes: bytes.len() as u64,
        ..Summary::default()
    };
    if bytes.len() > limit {
        summary.records = 1;
        summary.defects = 1;
        let flow = observer.defect(Defect {
            record: Some(1),
            offset: 0,
            point: None,
            message: format!("the payload has more than the {limit} bytes that are allowed").into(),
            help: None,
        });
        summary.complete = flow.is_continue();
        return Ok(summary);
    }
    let mut effort = Effort::for_bytes(bytes.len());
    let mut start = 0;
    loop {
        summary.records += 1;
        let rest = &bytes[start..];
        let (wrong, next) = match wire::split(rest) {
            // It is no message: whichever schema is asked for says what is wrong.
            Err(error) => (Some((0, error.message.into())), None),
            Ok((id, _)) => match schemas.of_message(id)? {
                Chosen::Only(validator) => {
                    effort.of_one_schema(id);
                    judged(&validator, rest, &mut effort, &mut summary, observer)
                }
                Chosen::Schema(validator) => judged(&validator, rest, &mut effort, &mut summary, observer),
                Chosen::Foreign(validator, message) => {
                    (Some((1, message.into())), validator.message(rest, &mut effort).next)
                }
                Chosen::Unknown(message) => (Some((1, message.into())), next_known(rest, schemas, &mut effort)),
            },
        };
        if let Some((offset, message)) = wrong {
            summary.defects += 1;
            let flow = observer.defect(Defect {
                record: Some(summary.records),
                offset: start as u64 + offset,
                point: None,
                message,
                help: None,
            });
            if flow == ControlFlow::Break(()) {
                return Ok(summary);
            }
        }
        match next {
            Some(next) => start += next,
            None => break,
        }
    }
    summary.complete = true;
    Ok(summary)
}

/// Where a message is wrong and why; and where the next one begins.
type Judged = (Option<(u64, Line)>, Option<usize>);

fn judged(
    validator: &Validator,
    rest: &[u8],
    effort: &mut Effort,
    summary: &mut Summary,
    observer: &mut dyn Observer,
) -> Judged {
    let message = validator.message(rest, effort);
    message.note.into_iter().for_each(|note| observer.note(note));
    match message.outcome {
        Ok(unknown) => {
            summary.unknown += unknown;
            (None, message.next)
        }
        Err(defect) => (Some((defect.offset, defect.message)), message.next),
    }
}

/// Behind a message of an unknown schema, whose end nobody knows: the next good message of a schema that is known by now.
fn next_known(rest: &[u8], schemas: &Schemas<'_>, effort: &mut Effort) -> Option<usize> {
    let ids = rest.windows(wire::PREFIX).enumerate().skip(wire::PREFIX);
    let known = ids.filter_map(|(place, prefix)| {
        let (id, _) = wire::split(prefix).ok()?;
        schemas.known(id).map(|validator| (place, Rc::clone(validator)))
    });
    let mut known = known.take(64);
    known.find_map(|(place, validator)| validator.begins_with_message(&rest[place..], effort).then_some(place))
}
