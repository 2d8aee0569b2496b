//! A validation for people: each defect when it is found, and in the end what it came to.

use treaty_schemas::validate::Defect;

use crate::plain;
use crate::validation::Validation;

/// A defect, with a line end.
pub fn defect(file: &str, defect: &Defect) -> String {
    let space = if defect.point.is_some() { "" } else { " " };
    format!("{}\n", plain(&format!("{file}:{space}{defect}")))
}

/// What it came to, with a line end.
pub fn summary(validation: &Validation) -> String {
    let outcome = match validation.found {
        0 => "all valid".to_owned(),
        found => count(found, "defect"),
    };
    let stopped = if validation.complete {
        ""
    } else {
        "; stopped there, see --max-errors"
    };
    let unknown = match validation.unknown {
        0 => String::new(),
        unknown => format!("; {} that the schema does not know", count(unknown, "field")),
    };
    let (records, files) = (count(validation.records, "record"), count(validation.files, "file"));
    format!("{records} in {files}: {outcome}{unknown}{stopped}\n")
}

fn count(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}
