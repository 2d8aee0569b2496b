//! What is wrong with what the check says of a pair, by the values that its writer may write.

use treaty_schemas::avro::{self, Schema, Value};
use treaty_schemas::{Comparison, Evidence, Observed, RuleSet, Severity, Verdict};

use super::exhaustive::{affected, unproven};

/// Something that the check should not have said, or should have.
pub struct Fault {
    /// What kind of fault it is; what is shrunk must stay of this kind.
    pub sort: &'static str,
    /// The rest of it.
    pub told: String,
}

/// What is wrong with a comparison of this pair.
pub fn faults(reader: &Schema, writer: &Schema, values: &[(Value, Vec<u8>)], comparison: &Comparison) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |sort, told| faults.push(Fault { sort, told });
    match comparison.verdict(RuleSet::Semantic) {
        Verdict::Compatible => {
            if let Some(truth) = affected(reader, writer, values) {
                fault("compatible, but a value is refused or changed", truth);
            }
        }
        Verdict::Undecided => fault("undecided", format!("{:?}", comparison.undecided)),
        Verdict::Incompatible => {
            for finding in unproven(comparison) {
                fault("an error without evidence", finding);
            }
            let witnesses = witnesses(comparison);
            let is_refused = witnesses
                .iter()
                .any(|witness| matches!(witness.observed, Observed::Refused(_)));
            let in_java = comparison
                .findings
                .iter()
                .filter_map(|finding| match &finding.evidence {
                    Evidence::AvroJava(witness) => Some(&**witness),
                    _ => None,
                });
            let in_java: Vec<_> = in_java.collect();
            for witness in &in_java {
                let again = avro::resolve_as_java(reader, writer, &witness.bytes, &avro::Limits::default());
                if matches!(witness.observed, Observed::Refused(_)) && again.is_ok() {
                    fault("a witness that Avro Java reads", witness.value.clone());
                }
            }
            if witnesses.is_empty() && in_java.is_empty() {
                fault("incompatible without a witness", String::new());
            }
            for witness in witnesses {
                let again = avro::resolve(reader, writer, &witness.bytes, &avro::Limits::default());
                let is_confirmed = match witness.observed {
                    Observed::Refused(_) => again.is_err(),
                    // Another finding may stop the payload before.
                    Observed::Changed(_) => again.is_ok() || is_refused,
                };
                if !is_confirmed {
                    fault("a witness that the decoder does not confirm", witness.value.clone());
                }
            }
        }
    }
    faults
}

/// The witnesses of errors.
pub fn witnesses(comparison: &Comparison) -> Vec<&treaty_schemas::Witness> {
    let errors = comparison
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let of = errors.filter_map(|finding| match &finding.evidence {
        Evidence::Witness(witness) => Some(&**witness),
        _ => None,
    });
    of.collect()
}
