//! What was measured, as a table: goal, what, the samples' spread, the goal's number, met or not.

use std::fmt;

/// What a goal asks of the median.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// This much or less.
    AtMost(f64),
    /// This much or more.
    AtLeast(f64),
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    goal: &'static str,
    what: String,
    unit: &'static str,
    samples: Vec<f64>,
    asked: Goal,
    beside: String,
}

impl Row {
    /// A ratio: each sample is one repetition of ours over the same repetition of what it is measured against.
    pub fn ratio(goal: &'static str, what: impl Into<String>, samples: Vec<f64>, asked: Goal) -> Row {
        Row::of("×", goal, what, samples, asked)
    }

    /// An amount in a unit; for goals that name one.
    pub fn of(unit: &'static str, goal: &'static str, what: impl Into<String>, samples: Vec<f64>, asked: Goal) -> Row {
        let mut samples = samples;
        samples.sort_by(f64::total_cmp);
        Row {
            goal,
            what: what.into(),
            unit,
            samples,
            asked,
            beside: String::new(),
        }
    }

    /// Adds what the reader may want to know beside the ratio: the amounts behind it.
    #[must_use]
    pub fn beside(self, beside: impl Into<String>) -> Row {
        Row {
            beside: beside.into(),
            ..self
        }
    }

    fn met(&self) -> bool {
        let median = median(&self.samples);
        match self.asked {
            Goal::AtMost(limit) => median <= limit,
            Goal::AtLeast(limit) => median >= limit,
        }
    }
}

/// The middle of samples in any order; of an even number the mean of both middle ones. Not a number when there are none.
pub fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[length / 2],
        length => (sorted[length / 2 - 1] + sorted[length / 2]) / 2.0,
    }
}

/// Three figures are all that a measurement on a shared machine is worth.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The head of the table.
pub const HEAD: &str = "| goal | what | min | median | max | asked | met | beside |\n|---|---|---|---|---|---|---|---|";

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edge = |sample: Option<&f64>| figure(sample.copied().unwrap_or(f64::NAN));
        let (sign, asked) = match self.asked {
            Goal::AtMost(limit) => ('≤', limit),
            Goal::AtLeast(limit) => ('≥', limit),
        };
        write!(
            f,
            "| {} | {} | {} | **{}** | {} | {sign} {asked} {} | {} | {} |",
            self.goal,
            self.what,
            edge(self.samples.first()),
            figure(median(&self.samples)),
            edge(self.samples.last()),
            self.unit,
            if self.met() { "yes" } else { "**no**" },
            self.beside,
        )
    }
}
