//! What a contract names and nothing has: it would protect nobody, and nobody would notice.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;
use treaty_api::subjects::NewSchema;
use treaty_contracts::PublishedContract;
use treaty_contracts::contract::Pin;
use treaty_contracts::published::Role;
use treaty_report::plain;
use treaty_schemas::text::likeness::nearest;
use treaty_schemas::{Format, Line, Problem, Severity, Source, Span, to_line};

use crate::client::Client;
use crate::exit::Failure;
use crate::received::{Received, of_versions};
use crate::workspace::Workspace;

/// Findings of one entry that are told.
const FINDINGS: usize = 20;

/// What is to be said of a contract, one line each.
///
/// # Errors
/// The registry cannot be asked.
pub(super) fn of(
    workspace: &Workspace,
    published: &PublishedContract,
    client: &Client,
) -> Result<Vec<String>, Failure> {
    let contract = &workspace.contract;
    let source = &contract.source;
    let mut warnings = Vec::new();
    let subjects: Vec<String> = client.get(&["subjects"], &[])?;
    let known: HashSet<&str> = subjects.iter().map(String::as_str).collect();
    // What is sent with a schema is registered by the application itself.
    let sent = contract.sends.iter().filter(|entry| entry.schema.is_none());
    let named = sent.map(|entry| &entry.subject);
    let mut seen = HashSet::new();
    for subject in named.chain(contract.receives.iter().map(|entry| &entry.subject)) {
        if known.contains(subject.value.as_str()) || !seen.insert(subject.value.as_str()) {
            continue;
        }
        let meant = nearest(&subject.value, subjects.iter().map(String::as_str));
        warnings.push(line(&Problem {
            message: to_line!("the registry has no subject `{}`", subject.value),
            source: source.clone(),
            span: subject.span,
            help: meant.map(|meant| to_line!("did you mean `{meant}`?")),
        }));
    }
    for wanted in published
        .schemas
        .iter()
        .filter(|schema| schema.role == Role::BuiltAgainst)
    {
        let entry = &contract.receives[wanted.entry];
        let Some((Pin::File(file), span)) = entry.built_against.as_ref().map(|pin| (&pin.value, pin.span)) else {
            continue;
        };
        // What a file refers to has no names in the registry.
        if !wanted.references.is_empty() || !known.contains(entry.subject.value.as_str()) {
            continue;
        }
        let body = NewSchema {
            schema: Some(wanted.schema.to_string()),
            schema_type: Some(wanted.schema_type)
                .filter(|format| *format != Format::DEFAULT)
                .map(|format| format.name().to_owned()),
            ..NewSchema::default()
        };
        let path = ["subjects", entry.subject.value.as_str()];
        let found = client.send_json::<Value>(Method::POST, &path, &[("normalize", "true")], &body)?;
        if found.is_err_and(|refusal| refusal.code == 40403) {
            let message = to_line!("`{file}` is no version of `{}`", entry.subject.value);
            let help = "what the application was built against should be a version that was registered";
            warnings.push(at(source, span, message, Some(help.into())));
        }
    }
    let later = contract.not_judged();
    if let Some(first) = later.values().min_by_key(|span| span.start) {
        let keys: Vec<String> = later.keys().map(|key| format!("`{key}`")).collect();
        warnings.push(at(
            source,
            *first,
            to_line!("not judged yet: {}", keys.join(", ")),
            None,
        ));
    }
    Ok(warnings)
}

fn at(source: &Source, span: Span, message: Line, help: Option<Line>) -> String {
    line(&Problem {
        message,
        source: source.clone(),
        span,
        help,
    })
}

/// A warning in one line.
pub(super) fn line(problem: &Problem) -> String {
    plain(&format!("warning: {problem}")).into_owned()
}

/// What an application does not understand of what is sent already.
pub(super) fn misunderstood(received: &Received) -> Vec<String> {
    let consumer = &received.consumer;
    let findings = consumer.findings.iter().take(FINDINGS);
    let told = findings
        .filter(|finding| finding.severity > Severity::Note)
        .map(|finding| {
            let line = finding.contract.as_ref().map_or(0, |place| place.line);
            let file = finding
                .contract
                .as_ref()
                .map_or_else(Line::default, |place| place.file.clone());
            let versions = of_versions(&finding.against);
            let said = format!(
                "warning: {file}:{line}: {} ({versions} of {})",
                finding.message, received.subject
            );
            plain(&said).into_owned()
        });
    told.collect()
}
