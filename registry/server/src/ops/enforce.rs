//! Whether published consumers forbid a schema: asked where the settings of its subject say `contracts: enforce`.

use treaty_api::settings::Contracts;
use treaty_api::subject::Subject;
use treaty_report::{Consumer, Standing};

use crate::call::Call;
use crate::ops::consumers::{self, Before};
use crate::ops::draft::Draft;
use crate::ops::history::History;
use crate::problem::Problem;

/// Consumers that are named in a message; the rest is counted.
const NAMED: usize = 20;

/// The reasons against a schema, in the form of Confluent's messages; empty where there are none, or where nobody is asked.
///
/// # Errors
/// When the store does not answer, or it takes longer than a request may.
pub async fn messages(
    call: &Call,
    subject: &Subject,
    history: &History,
    draft: &Draft,
) -> Result<Vec<String>, Problem> {
    match history.settings.contracts {
        Contracts::Enforce => {}
        Contracts::Warn | Contracts::Ignore => return Ok(Vec::new()),
    }
    let mut steps = call.workers.steps();
    let judged = async {
        let before = Before::latest(call, history).await?;
        consumers::judge(call, subject, &draft.schema, before, &mut steps).await
    };
    let judged = tokio::time::timeout(call.config.request_timeout, judged).await;
    let consumers = judged.unwrap_or(Err(Problem::CheckTimedOut))?;
    let hurt: Vec<&Consumer> = consumers.iter().filter(|consumer| is_hurt(consumer)).collect();
    let mut messages: Vec<String> = hurt.iter().take(NAMED).map(|consumer| message(consumer)).collect();
    if let Some(more @ 1..) = hurt.len().checked_sub(NAMED) {
        messages.push(format!("{{moreConsumers: {more}}}"));
    }
    if !messages.is_empty() {
        messages.push("{contracts: 'enforce'}".to_owned());
    }
    Ok(messages)
}

/// What could not be decided is not let pass.
fn is_hurt(consumer: &Consumer) -> bool {
    match consumer.verdict {
        Standing::Incompatible | Standing::Silent | Standing::Unknown => true,
        Standing::Compatible | Standing::Undeclared => false,
    }
}

fn message(consumer: &Consumer) -> String {
    let (kind, what) = match consumer.verdict {
        Standing::Unknown => ("CONTRACT_UNDECIDED", "undecided for the consumer"),
        _ => ("CONTRACT_BROKEN", "breaks the consumer"),
    };
    let why = consumer.findings.first().map(|finding| finding.message.as_str());
    let why = why.or(consumer.undecided.as_deref()).unwrap_or_default();
    format!(
        "{{errorType:'{kind}', description:'{what} {}: {why}', additionalInfo:'{}'}}",
        consumer.title(),
        consumer.entry
    )
}
