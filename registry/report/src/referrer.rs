//! A subject whose schema refers to the one that is judged: its consumers are hurt when it takes the new version.

use serde::{Deserialize, Serialize};
use treaty_schemas::{Line, to_line};

use crate::Consumer;
use crate::consumer::titles;

/// What becomes of a subject that refers to the judged one, once it refers to the proposed version. It weighs as a warning: as long
/// as it names an earlier version, nothing changes for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Referrer {
    /// The subject that refers.
    pub subject: Line,
    /// Its latest version.
    pub version: u32,
    /// Those of its consumers that would be hurt.
    #[serde(default)]
    pub consumers: Vec<Consumer>,
    /// Why it could not be judged, where it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<Line>,
}

impl Referrer {
    /// For instance `when payments.captured-value takes money-value, billing (team-money) breaks`.
    pub fn sentence(&self, subject: &str) -> Line {
        let takes = to_line!("when {} takes the proposed version of {subject}", self.subject);
        let hurt = titles(&self.consumers);
        match (&hurt[..], &self.undecided) {
            ([], Some(why)) => to_line!("{takes}: undecided: {why}"),
            ([], None) => to_line!("{takes}, nobody is hurt"),
            ([one], _) => to_line!("{takes}, {one} breaks"),
            ([first, rest @ ..], _) => {
                let rest: Vec<&str> = rest.iter().map(Line::as_str).collect();
                to_line!("{takes}, {first} and {} break", rest.join(", "))
            }
        }
    }
}
