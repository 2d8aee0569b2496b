//! The compatibility levels that a change has to keep: that of its subject, and the one that its sender wants.

use std::fmt;

use treaty_schemas::Mode;

/// The level of a subject, and the one that a `treaty.yaml` wants for it. Both have to allow a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// The level of the subject.
    pub level: Mode,
    /// What the sender wants, where it is another one.
    pub wanted: Option<Mode>,
}

impl Modes {
    /// Of a level and what the sender wants.
    pub fn new(level: Mode, wanted: Option<Mode>) -> Modes {
        Modes {
            level,
            wanted: wanted.filter(|wanted| *wanted != level),
        }
    }

    /// Whether one of them asks for every earlier version.
    pub fn is_transitive(self) -> bool {
        self.each().any(Mode::is_transitive)
    }

    /// What both together ask of one version: of the newest, if `is_newest`, or of one before it.
    pub fn of_version(self, is_newest: bool) -> Mode {
        let asked = || self.each().filter(|mode| is_newest || mode.is_transitive());
        let asks = |one: Mode| asked().any(|mode| mode.directions().contains(&one.directions()[0]));
        match (asks(Mode::Backward), asks(Mode::Forward)) {
            (true, true) => Mode::Full,
            (true, false) => Mode::Backward,
            (false, true) => Mode::Forward,
            (false, false) => Mode::None,
        }
    }

    /// Whether neither forbids anything.
    pub fn allow_all(self) -> bool {
        self.each().all(|mode| mode == Mode::None)
    }

    fn each(self) -> impl Iterator<Item = Mode> {
        std::iter::once(self.level).chain(self.wanted)
    }
}

impl From<Mode> for Modes {
    fn from(level: Mode) -> Modes {
        Modes { level, wanted: None }
    }
}

impl fmt::Display for Modes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.wanted {
            None => write!(f, "{}", self.level),
            Some(wanted) => write!(f, "{} with {wanted} of treaty.yaml", self.level),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_levels_are_asked_of_the_versions_that_they_speak_of() {
        use Mode::{Backward, BackwardTransitive, Forward, Full, FullTransitive, None as Nothing};
        for (level, wanted, newest, others) in [
            (Backward, None, Backward, Nothing),
            (Backward, Some(Forward), Full, Nothing),
            (BackwardTransitive, Some(Forward), Full, Backward),
            (Nothing, Some(FullTransitive), Full, Full),
            (Full, Some(Nothing), Full, Nothing),
        ] {
            let modes = Modes::new(level, wanted);
            assert_eq!(
                [modes.of_version(true), modes.of_version(false)],
                [newest, others],
                "{modes}"
            );
        }
        assert_eq!(Modes::new(Full, Some(Full)).to_string(), "FULL");
        assert_eq!(
            Modes::new(Backward, Some(Full)).to_string(),
            "BACKWARD with FULL of treaty.yaml"
        );
    }
}
