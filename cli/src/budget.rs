//! How much work one comparison on the command line may take.

use treaty_schemas::{Budget, Exhausted};

use crate::exit::Failure;

/// Steps of work for one comparison: some minutes. Schemas that people write take some thousands.
pub const STEPS: u64 = 2_000_000_000;

/// The budget of one comparison.
pub fn budget() -> Budget {
    Budget::steps(STEPS)
}

impl From<Exhausted> for Failure {
    fn from(why: Exhausted) -> Failure {
        Failure::unknown(format!("{why}: {STEPS} steps were taken"))
            .help("compare smaller schemas, or leave out what did not change")
    }
}
