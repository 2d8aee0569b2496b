//! The same finding against several versions is told once.

use std::collections::HashMap;

use treaty_schemas::Judgement;

use super::{Finding, Texts};

/// Every finding of a judgement, the worst first, otherwise in the order of the pairs.
pub(super) fn findings(subject: &str, judgement: &Judgement, versions: &[u32]) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut texts = Texts::default();
    for checked in &judgement.checked {
        let version = versions.get(checked.earlier).copied();
        for found in &checked.comparison.findings {
            let finding = Finding::new(&[subject], checked.direction.into(), found, version, &mut texts);
            // Two places of one schema may share a fingerprint (one type used twice); they stay apart.
            let key = match version {
                Some(_) => format!(
                    "{}{}{}",
                    finding.fingerprint,
                    finding.proposed().line,
                    finding.proposed().column
                ),
                None => format!("{}{}", finding.fingerprint, merged.len()),
            };
            match known.get(&key).and_then(|&index| merged.get_mut(index)) {
                Some(first) if !first.against.contains(&version.unwrap_or_default()) => first.against.extend(version),
                Some(_) => {}
                None => {
                    known.insert(key, merged.len());
                    merged.push(finding);
                }
            }
        }
    }
    merged.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    merged
}
