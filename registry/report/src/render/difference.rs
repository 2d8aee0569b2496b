//! A difference for people: a line for each edit, and below it whom it affects.

use crate::ChangeKind;
use crate::difference::{Difference, Edit};
use crate::{Breaks, plain};

/// All of it. What `undecided` says is for standard error.
pub fn render(difference: &Difference) -> String {
    let mut text: String = difference.changes.iter().map(edit).collect();
    let counts = difference.counts;
    text += &match counts.changes {
        0 => "no difference\n".to_owned(),
        all => {
            let changes = if all == 1 { "change" } else { "changes" };
            let (old, new) = (counts.old_consumers, counts.new_consumers);
            match difference.has_consumers {
                true => format!("{all} {changes}; {old} break old consumers, {new} break new ones\n"),
                false => format!("{all} {changes}\n"),
            }
        }
    };
    text
}

fn edit(edit: &Edit) -> String {
    let sign = match edit.change {
        ChangeKind::Added => '+',
        ChangeKind::Removed => '-',
        ChangeKind::Changed => '~',
    };
    let place = match edit.data_path.as_str() {
        "" => String::new(),
        path => format!("{path}: "),
    };
    let at = match edit.new.as_ref().or(edit.old.as_ref()) {
        Some(place) => format!("  ({}:{}:{})", place.file, place.line, place.column),
        None => String::new(),
    };
    let mut text = plain(&format!("{sign} {place}{}{at}", edit.message)).into_owned();
    text.push('\n');
    for broken in &edit.breaks {
        let whom = match broken.whom {
            Breaks::OldConsumers => "consumers with the old schema, when they read new events",
            Breaks::NewConsumers => "consumers with the new schema, when they read old events",
        };
        text += &format!("    breaks {whom}: {}\n", broken.rule);
    }
    text
}
