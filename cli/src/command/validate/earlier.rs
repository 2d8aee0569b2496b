//! Which earlier version of a subject takes a payload that the one in question refuses.

use std::ops::ControlFlow;

use treaty_schemas::validate::{Defect, Observer, PayloadKind};
use treaty_schemas::{Line, to_line};

use super::payloads::Payload;
use super::schema::Schemas;
use crate::exit::Failure;

/// Payloads for which earlier versions are tried.
pub(super) const MAX_PAYLOADS: usize = 20;

/// Stops at the first defect.
#[derive(Default)]
struct Any {
    is_found: bool,
}

impl Observer for Any {
    fn defect(&mut self, _: Defect) -> ControlFlow<()> {
        self.is_found = true;
        ControlFlow::Break(())
    }
}

/// The newest earlier version that takes all of a payload; none of standard input, which is read once.
///
/// # Errors
/// The registry cannot be asked.
pub(super) fn version(
    payload: &Payload,
    kind: PayloadKind,
    schemas: &mut Schemas<'_>,
) -> Result<Option<Line>, Failure> {
    if !payload.is_file() {
        return Ok(None);
    }
    let Some((subject, versions)) = schemas.earlier()? else {
        return Ok(None);
    };
    for version in versions {
        let Some(validator) = schemas.version(&subject, version)? else {
            continue;
        };
        let mut any = Any::default();
        let read = payload
            .open()
            .map(|input| validator.stream(kind, input, &mut any).is_ok());
        if read? && !any.is_found {
            return Ok(Some(to_line!(
                "version {version} of `{subject}` takes all of `{}`",
                payload.name
            )));
        }
    }
    Ok(None)
}
