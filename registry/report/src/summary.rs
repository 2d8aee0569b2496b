//! A verdict in one sentence: what the mode says of the change, and whom it affects.

use treaty_contracts::Standing;
use treaty_schemas::{Line, Verdict, to_line};

use crate::consumer::titles;
use crate::{Consumer, Modes, RuleSets};

/// For instance `BACKWARD forbids this; no published consumer is affected`.
pub(crate) fn of(mode: Modes, rule_sets: RuleSets, consumers: Option<&[Consumer]>) -> Line {
    let ruled = ruling(mode, rule_sets);
    match consumers {
        None => ruled.into(),
        Some(consumers) => to_line!("{ruled}; {}", affected(consumers)),
    }
}

fn ruling(mode: Modes, rule_sets: RuleSets) -> String {
    match (rule_sets.confluent.unwrap_or(Verdict::Undecided), rule_sets.semantic) {
        _ if mode.allow_all() => "NONE allows everything".to_owned(),
        (Verdict::Compatible, Verdict::Compatible) => format!("{mode} allows this"),
        (Verdict::Compatible, Verdict::Incompatible) => {
            format!("{mode} allows this by Confluent's rules, but events would be refused or misread")
        }
        (Verdict::Incompatible, Verdict::Compatible) => {
            format!("{mode} forbids this by Confluent's rules, though no event would be refused or misread")
        }
        (Verdict::Incompatible, _) => format!("{mode} forbids this"),
        (Verdict::Compatible | Verdict::Undecided, _) => format!("{mode} could not be decided"),
    }
}

fn affected(consumers: &[Consumer]) -> String {
    let titles = titles(consumers);
    let all = |standing: Standing| -> Vec<Line> {
        let named = consumers.iter().zip(&titles);
        named
            .filter(|(consumer, _)| consumer.verdict == standing)
            .map(|(_, title)| title.clone())
            .collect()
    };
    let mut parts = Vec::new();
    let (broken, silent, unknown, undeclared) = (
        all(Standing::Incompatible),
        all(Standing::Silent),
        all(Standing::Unknown),
        all(Standing::Undeclared),
    );
    if !broken.is_empty() {
        parts.push(format!("it breaks {}", list(&broken)));
    }
    if !silent.is_empty() {
        parts.push(format!("it makes {} read a default for data", list(&silent)));
    }
    if !unknown.is_empty() {
        parts.push(format!("undecided for {}", list(&unknown)));
    }
    if parts.is_empty() {
        parts.push(match (consumers.len(), undeclared.len()) {
            (0, _) => "no contracts to check".to_owned(),
            (all, silent) if all == silent => "no consumer has published what it reads".to_owned(),
            _ => "no published consumer is affected".to_owned(),
        });
    }
    match undeclared.as_slice() {
        [] => {}
        [one] => parts.push(format!("{one} does not say what it reads")),
        several => parts.push(format!("{} do not say what they read", list(several))),
    }
    parts.join("; ")
}

/// No more names than these are listed.
const LISTED: usize = 20;

/// `a`, `a and b`, `a, b and c`; of many the first.
fn list(names: &[Line]) -> String {
    let joined = |names: &[Line]| names.iter().map(Line::as_str).collect::<Vec<&str>>().join(", ");
    match names {
        [] => String::new(),
        [only] => only.to_string(),
        names if names.len() > LISTED => format!("{} and {} others", joined(&names[..LISTED]), names.len() - LISTED),
        [first @ .., last] => format!("{} and {last}", joined(first)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Omitted;

    fn consumer(application: &str, verdict: Standing) -> Consumer {
        Consumer {
            application: application.into(),
            owner: Some(to_line!("team-{application}")),
            event: "shop.Order".into(),
            group: None,
            entry: Line::default(),
            decode: None,
            verdict,
            findings: Vec::new(),
            undecided: None,
            omitted: Omitted::default(),
        }
    }

    #[test]
    fn tells_what_the_mode_and_what_the_consumers_say() {
        use Standing::{Compatible as Fine, Incompatible as Broken, Silent, Undeclared, Unknown};
        use Verdict::{Compatible as Yes, Incompatible as No, Undecided};
        use treaty_schemas::Mode;
        let of = |mode, confluent, semantic, consumers: &[(&str, Standing)]| {
            let consumers: Vec<_> = consumers
                .iter()
                .map(|(name, verdict)| consumer(name, *verdict))
                .collect();
            super::of(
                Modes::from(mode),
                RuleSets {
                    confluent: Some(confluent),
                    semantic,
                    buf: None,
                },
                Some(&consumers),
            )
        };
        for (reported, expected) in [
            (
                of(Mode::Backward, No, No, &[("billing", Fine)]),
                "BACKWARD forbids this; no published consumer is affected",
            ),
            (
                of(Mode::Backward, Yes, Yes, &[("billing", Broken), ("mailer", Fine)]),
                "BACKWARD allows this; it breaks billing (team-billing)",
            ),
            (
                of(
                    Mode::Full,
                    No,
                    No,
                    &[("a", Broken), ("b", Broken), ("c", Broken), ("d", Silent)],
                ),
                "FULL forbids this; it breaks a (team-a), b (team-b) and c (team-c); it makes d (team-d) read a default for data",
            ),
            (
                of(Mode::Forward, Yes, No, &[]),
                "FORWARD allows this by Confluent's rules, but events would be refused or misread; no contracts to check",
            ),
            (
                of(Mode::Forward, No, Yes, &[("a", Unknown)]),
                "FORWARD forbids this by Confluent's rules, though no event would be refused or misread; undecided for a (team-a)",
            ),
            (
                of(Mode::Backward, Yes, Yes, &[("a", Fine), ("b", Undeclared)]),
                "BACKWARD allows this; no published consumer is affected; b (team-b) does not say what it reads",
            ),
            (
                of(Mode::Backward, Yes, Yes, &[("a", Undeclared), ("b", Undeclared)]),
                "BACKWARD allows this; no consumer has published what it reads; a (team-a) and b (team-b) do not say what they read",
            ),
            (
                of(Mode::Backward, Yes, Yes, &[("a", Broken), ("b", Undeclared)]),
                "BACKWARD allows this; it breaks a (team-a); b (team-b) does not say what it reads",
            ),
            (
                of(Mode::Forward, Yes, Undecided, &[]),
                "FORWARD could not be decided; no contracts to check",
            ),
        ] {
            assert_eq!(reported, expected);
        }
        let no_registry = RuleSets {
            confluent: Some(Yes),
            semantic: Yes,
            buf: None,
        };
        assert_eq!(
            super::of(Mode::None.into(), no_registry, None),
            "NONE allows everything"
        );
    }
}
