//! A table of changes and consumers: what the modes of a registry say of each change, and what it does to each consumer.

use treaty_contracts::contract::Decode;
use treaty_contracts::{ReadFinding, Requirement, Standing, assess};
use treaty_schemas::{Budget, Mode, RuleSet, Schema, Verdict, judge};

/// A consumer and the fields that it reads.
pub type Consumer<'a> = (&'a str, &'a str);

/// The contract of a consumer that was built against the first version and decodes with what it reads.
pub fn contract(consumer: &Consumer<'_>) -> String {
    contract_of(consumer, "projected")
}

/// The contract of a consumer that was built against the first version.
pub fn contract_of((application, reads): &Consumer<'_>, decode: &str) -> String {
    format!(
        "contract: 1\napplication: {application}\nowner: team-{application}\nreceives:\n  - event: com.acme.orders.OrderPlaced\n    subject: orders.placed-value\n    builtAgainst: 1\n    reads: \"{reads}\"\n    decode: {decode}\n"
    )
}

/// The one requirement of a contract that receives one event.
pub fn only(requirements: Vec<Requirement>) -> Requirement {
    let [requirement] = <[Requirement; 1]>::try_from(requirements).expect("one event is received");
    requirement
}

/// The rows of the table, and how many findings `confirm` has been shown: of each, the reader, the writer and the finding.
pub fn table(
    v1: &Schema,
    changes: &[(&str, Schema)],
    consumers: &[(Consumer<'_>, Requirement)],
    confirm: impl Fn(&Schema, &Schema, &ReadFinding),
) -> (String, usize) {
    let width = changes.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let names: String = consumers.iter().map(|((name, _), _)| format!("{name:>17}")).collect();
    let head = "change V1 -> V2";
    let mut table = format!(
        "{head:<width$} {:>9} {:>8} {:>5} |{names}\n",
        "BACKWARD", "FORWARD", "FULL"
    );
    let mut confirmed = 0;
    for (name, v2) in changes {
        let [backward, forward, full] = [Mode::Backward, Mode::Forward, Mode::Full].map(|mode| {
            match judge(mode, v2, std::slice::from_ref(v1), &Budget::unlimited()).verdict(RuleSet::Confluent) {
                Verdict::Compatible => "pass",
                _ => "FAIL",
            }
        });
        table += &format!("{name:<width$} {backward:>9} {forward:>8} {full:>5} |");
        for ((application, _), requirement) in consumers {
            let assessment = assess(requirement, v2, &Budget::unlimited());
            let word = match assessment.standing {
                Standing::Compatible if !assessment.findings.is_empty() => "ok, warned",
                Standing::Compatible => "ok",
                Standing::Silent => "SILENT-DEFAULT",
                Standing::Incompatible => "BREAKS",
                Standing::Undeclared => "undeclared",
                Standing::Unknown => "unknown",
            };
            table += &format!("{word:>17}");
            for found in &assessment.findings {
                let need = requirement.need.as_ref().expect("it reads");
                let decoder = match need.decode {
                    Decode::Projected => need.reader.clone(),
                    _ => need
                        .schema
                        .project(&requirement.event, None, &Budget::unlimited())
                        .expect("it decodes"),
                };
                confirm(&decoder, v2, found);
                let whose =
                    ["reads", "does not read"].map(|reads| format!("{application} (team-{application}) {reads} `"));
                assert!(
                    whose.iter().any(|whose| found.finding.message.starts_with(whose)),
                    "{found}"
                );
                assert_eq!(found.contract.point().line, 8, "{found}");
                confirmed += 1;
            }
        }
        table.push('\n');
    }
    (table, confirmed)
}
