//! `GET /schemas/types`.

use treaty_schemas::Format;

use crate::answer::Answer;
use crate::problem::Problem;

/// The schema languages that can be registered here.
pub async fn list() -> Result<Answer, Problem> {
    Answer::changing(&Format::ALL.map(Format::name))
}
