//! The compatibility levels: which of the proposed and the earlier schemas must read which.
//!
//! Only this file knows that BACKWARD means *the proposed schema reads the latest one*.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A compatibility level, as Confluent's API spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// Nothing is required.
    None,
    /// The proposed schema reads what the latest one wrote: consumers may be upgraded first.
    #[default]
    Backward,
    /// The proposed schema reads what every earlier one wrote.
    BackwardTransitive,
    /// The latest schema reads what the proposed one writes: producers may be upgraded first.
    Forward,
    /// Every earlier schema reads what the proposed one writes.
    ForwardTransitive,
    /// Both with the latest.
    Full,
    /// Both with every earlier one.
    FullTransitive,
}

/// Who reads whom in a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The proposed schema reads data of an earlier one. A failure breaks new readers on old events.
    Backward,
    /// An earlier schema reads data of the proposed one. A failure breaks old readers on new events.
    Forward,
}

impl Direction {
    /// The one of two schemas that reads, and the one that writes.
    pub fn reader_and_writer<T>(self, proposed: T, earlier: T) -> (T, T) {
        match self {
            Direction::Backward => (proposed, earlier),
            Direction::Forward => (earlier, proposed),
        }
    }
}

impl Mode {
    /// Every mode, in the order in which they are listed to people.
    pub const ALL: [Mode; 7] = [
        Mode::None,
        Mode::Backward,
        Mode::BackwardTransitive,
        Mode::Forward,
        Mode::ForwardTransitive,
        Mode::Full,
        Mode::FullTransitive,
    ];

    /// The word that Confluent's API uses.
    pub fn name(self) -> &'static str {
        match self {
            Mode::None => "NONE",
            Mode::Backward => "BACKWARD",
            Mode::BackwardTransitive => "BACKWARD_TRANSITIVE",
            Mode::Forward => "FORWARD",
            Mode::ForwardTransitive => "FORWARD_TRANSITIVE",
            Mode::Full => "FULL",
            Mode::FullTransitive => "FULL_TRANSITIVE",
        }
    }

    /// Whether every earlier version counts, not only the latest.
    pub fn is_transitive(self) -> bool {
        matches!(
            self,
            Mode::BackwardTransitive | Mode::ForwardTransitive | Mode::FullTransitive
        )
    }

    /// The directions in which a pair is checked; forward first, as Confluent reports them.
    pub fn directions(self) -> &'static [Direction] {
        match self {
            Mode::None => &[],
            Mode::Backward | Mode::BackwardTransitive => &[Direction::Backward],
            Mode::Forward | Mode::ForwardTransitive => &[Direction::Forward],
            Mode::Full | Mode::FullTransitive => &[Direction::Forward, Direction::Backward],
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name given is no compatibility level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown compatibility level `{0}`; known are {known}", known = Mode::ALL.map(Mode::name).join(", "))]
pub struct UnknownMode(pub String);

impl FromStr for Mode {
    type Err = UnknownMode;

    /// Upper and lower case are the same, as in Confluent's API.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Mode::ALL
            .into_iter()
            .find(|mode| mode.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownMode(name.to_owned()))
    }
}
