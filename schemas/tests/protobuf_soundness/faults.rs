//! What is wrong with what the check says of a pair, by the values that its writer may write.

use std::collections::BTreeMap;

use treaty_schemas::protobuf::{self, DataLimits, MessageId, MessageValue, Schema};
use treaty_schemas::{Budget, Evidence, Finding, Observed, RuleSet, Severity, Verdict, Witness};

use crate::protobuf_truth::classes::{self, Class};
use crate::protobuf_truth::payload::{self, Payload};
use crate::protobuf_truth::truth;

/// Something that the check should not have said, or should have.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What kind of fault it is; what is shrunk must stay of this kind.
    pub sort: String,
    /// The rest of it.
    pub told: String,
    /// The message and the bytes that show it.
    pub payload: Option<(String, Vec<u8>)>,
}

/// How often something was seen.
pub type Counts = BTreeMap<&'static str, usize>;

/// Judges the pair, and then every payload without the check.
pub fn faults(reader: &Schema, writer: &Schema, payloads: &[Payload], counts: &mut Counts) -> Vec<Fault> {
    let comparison = protobuf::check(reader, writer, &Budget::unlimited());
    let said = classes::said(&comparison);
    // Contents that have nothing in common are now refused and now taken for others: one witness shows one of the two.
    let is_content = |finding: &Finding| finding.rule.id == "protobuf/content-reinterpreted";
    let may_be_refused = said.contains(&Class::DecodeError) || comparison.findings.iter().any(is_content);
    let verdict = comparison.verdict(RuleSet::Semantic);
    let mut faults = Vec::new();
    let mut fault = |sort: String, told: String, payload: Option<&Payload>| {
        let payload = payload.map(|payload| (name(writer, payload.message), payload.bytes.clone()));
        faults.push(Fault { sort, told, payload });
    };
    *counts.entry(verdict.name()).or_default() += 1;
    if let Some(why) = &comparison.undecided {
        fault("undecided".into(), why.to_string(), None);
    }
    let is_warned = comparison
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Warning);
    let json_is_told = is_warned || verdict != Verdict::Compatible || truth::reader_lacks(reader, writer);
    for payload in payloads {
        *counts.entry("values").or_default() += 1;
        match protobuf::decode(&writer.set, payload.message, &payload.bytes, &DataLimits::default()) {
            Ok(value) if value == payload.value => {}
            other => fault(
                "the writer does not read its own value".into(),
                format!("{other:?}"),
                Some(payload),
            ),
        }
        for class in truth::of_one(reader, writer, payload) {
            // Where payloads are refused, only their first fault can be seen.
            if class.hurts() && verdict == Verdict::Compatible {
                fault(format!("compatible, but {class:?}"), String::new(), Some(payload));
            } else if !said.contains(&class) && !may_be_refused {
                fault(format!("{class:?} is not said"), String::new(), Some(payload));
            }
        }
        if !json_is_told && let Some(why) = truth::json_differs(reader, writer, payload) {
            fault("ProtoJSON differs and nothing is said".into(), why, Some(payload));
        }
    }
    for finding in &comparison.findings {
        let is_error = finding.severity == Severity::Error;
        match &finding.evidence {
            Evidence::Witness(witness) => {
                if is_error {
                    *counts.entry("witnesses of errors").or_default() += 1;
                }
                if let Err(why) = confirm(reader, writer, finding, witness) {
                    let sort = format!("the witness of {} is not confirmed: {why}", finding.rule.id);
                    fault(sort, finding.to_string(), None);
                }
            }
            // Another finding stops every payload before: it refuses them, or they are a case that is lost.
            Evidence::None if is_error && !may_be_refused && !said.contains(&Class::CaseLost) => {
                fault(
                    format!("{} has no evidence", finding.rule.id),
                    finding.to_string(),
                    None,
                );
            }
            Evidence::Omitted(_) if is_error => {
                fault(format!("{} has no witness", finding.rule.id), finding.to_string(), None);
            }
            _ => {}
        }
    }
    faults
}

/// The events of the writer that a witness is, each with its value: the bytes are what it writes, and the JSON is theirs.
pub fn events_of(writer: &Schema, witness: &Witness) -> Vec<(MessageId, MessageValue)> {
    let read = |message: MessageId| {
        let value = protobuf::decode(&writer.set, message, &witness.bytes, &DataLimits::default()).ok()?;
        let again = protobuf::encode(&writer.set, message, &value).ok()?;
        let shown = protobuf::to_json(&writer.set, message, &value);
        let is_shown = shown.map_or(witness.value.starts_with("0x"), |json| json == witness.value);
        (again == witness.bytes && is_shown).then_some((message, value))
    };
    let named = |message: &MessageId| witness.message.as_deref() == Some(&*name(writer, *message));
    let messages = payload::messages(writer).into_iter().filter(named);
    messages
        .filter_map(|message| Some((message, read(message)?.1)))
        .collect()
}

/// The witnesses of a pair.
pub fn witnesses(reader: &Schema, writer: &Schema) -> Vec<Payload> {
    let findings = protobuf::check(reader, writer, &Budget::unlimited())
        .findings
        .into_iter();
    let of = findings.filter_map(|finding| match finding.evidence {
        Evidence::Witness(witness) => Some(*witness),
        _ => None,
    });
    let payload = |witness: Witness| {
        let (message, value) = events_of(writer, &witness).into_iter().next()?;
        Some(Payload {
            message,
            value,
            bytes: witness.bytes,
        })
    };
    of.filter_map(payload).collect()
}

/// Decodes a witness as its writer and as its reader do, and looks whether that is what the finding says.
fn confirm(reader: &Schema, writer: &Schema, finding: &Finding, witness: &Witness) -> Result<(), String> {
    let events = events_of(writer, witness);
    if events.is_empty() {
        return Err("it is no event of the writer".into());
    }
    let mut why = String::new();
    for (message, value) in events {
        let payload = Payload {
            message,
            value,
            bytes: witness.bytes.clone(),
        };
        match confirm_as(reader, writer, finding, witness, &payload) {
            Ok(()) => return Ok(()),
            Err(error) => why = error,
        }
    }
    Err(why)
}

fn confirm_as(
    reader: &Schema,
    writer: &Schema,
    finding: &Finding,
    witness: &Witness,
    payload: &Payload,
) -> Result<(), String> {
    let to = payload::counterpart(reader, writer, payload.message);
    let Some(to) = to else {
        return match finding.rule.id {
            "protobuf/type-missing" => Ok(()),
            _ => Err("the reader has no such message".into()),
        };
    };
    let read = protobuf::decode(&reader.set, to, &witness.bytes, &DataLimits::default());
    match (&witness.observed, read) {
        (Observed::Refused(why), _) if why.starts_with("as ProtoJSON") => truth::json_differs(reader, writer, payload)
            .map(|_| ())
            .ok_or("its ProtoJSON is read alike".into()),
        (Observed::Changed(seen), _) if seen.starts_with("as ProtoJSON") => {
            truth::json_differs(reader, writer, payload)
                .map(|_| ())
                .ok_or("its ProtoJSON is read alike".into())
        }
        (Observed::Refused(why), Err(error)) if error.to_string() == *why => Ok(()),
        // Of several required fields that are missing the decoder names the first, and the finding its own.
        (Observed::Refused(why), Err(error)) => match is_missing(why) && is_missing(&error.to_string()) {
            true => Ok(()),
            false => Err("it is refused for another reason".into()),
        },
        (Observed::Refused(_), Ok(_)) => Err("the reader takes it".into()),
        (Observed::Changed(_), Err(_)) => Err("the reader refuses it".into()),
        (Observed::Changed(_), Ok(_)) => {
            let happens = truth::of_one(reader, writer, payload);
            match classes::of(finding) {
                // What stands in a case that is lost has met no reader of its own.
                Some(_) if happens.contains(&Class::CaseLost) => Ok(()),
                Some(class) if !happens.contains(&class) => Err(format!("not {class:?} but {happens:?}")),
                _ => Ok(()),
            }
        }
    }
}

fn is_missing(why: &str) -> bool {
    why.contains("the required field `") && why.contains("` is missing")
}

/// The full name of a message.
pub fn name(schema: &Schema, message: MessageId) -> String {
    schema.set.message(message).name.to_string()
}
