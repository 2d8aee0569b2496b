//! What the demo shows, in its order.

use std::path::Path;

use super::catalogue::{self, Event};
use super::shell::Shell;
use crate::exit::{Exit, Failure};

/// The event whose changes are judged in the end, in both languages.
const AVRO: &str = "orders.placed-value";
const PROTOBUF: &str = "orders.placed-proto-value";

/// Another one, of which a change looks harmless.
const RESERVED: &str = "orders.inventory-reserved-proto-value";

/// The command that does something with a proposal for the latest version of an event.
fn propose(event: &Event, verb: &str, name: &str) -> String {
    let references = event.references(event.versions);
    format!(
        "treaty {verb} {} --subject {}{references}",
        event.proposal(name),
        event.subject
    )
}

/// Tells the story.
pub(super) fn play(shell: &mut Shell<'_>, directory: &Path, exit: bool) -> Result<(), Failure> {
    let url = shell.url().to_owned();
    let events = catalogue::events()?;

    shell.say("A registry is up, on a file of its own. From a shell:")?;
    shell.line(&format!(
        "$ treaty serve --listen {} --database sqlite:treaty.db",
        url.trim_start_matches("http://")
    ))?;
    shell.line(&format!("$ export TREATY_REGISTRY={url}"))?;
    shell.line(&format!("$ cd {}", directory.join("catalogue").display()))?;

    shell.say("The catalogue is registered: each subject with its level, each version in its order.")?;
    for event in &events {
        shell.set_level(&event.subject, &event.level)?;
        for version in 1..=event.versions {
            let (file, references) = (event.file(version), event.references(version));
            shell.run_briefly(
                &format!("treaty register {file} --subject {}{references}", event.subject),
                Exit::Fine,
            )?;
        }
    }

    shell
        .say("Its payloads are valid for the versions that they belong to, and what is meant to be wrong is found.")?;
    for event in &events {
        for version in 1..=event.versions {
            let which = format!("--subject {} --version {version}", event.subject);
            if let Some(payloads) = event.payloads(version) {
                shell.run_briefly(&format!("treaty validate {payloads} {which}"), Exit::Fine)?;
            }
            for invalid in event.invalid(version) {
                shell.run_briefly(&format!("treaty validate {invalid} {which}"), Exit::Findings)?;
            }
        }
    }

    shell.say("Services publish what they send, what they receive, and which fields they read.")?;
    for contract in catalogue::contracts() {
        shell.run_briefly(&format!("treaty contract publish {contract}"), Exit::Fine)?;
    }

    let find = |subject: &str| {
        let found = events.iter().find(|event| event.subject == subject);
        found.ok_or_else(|| Failure::unknown(format!("the catalogue has no {subject}")))
    };
    let (avro, protobuf, reserved) = (find(AVRO)?, find(PROTOBUF)?, find(RESERVED)?);
    let proposal = |verb: &str, name: &str| propose(avro, verb, name);
    shell.say(
        "A field without a default: consumers with the new schema could not read the events that are stored. Refused.",
    )?;
    shell.run(&proposal("register", "total_without_default"), Exit::Findings)?;
    shell.say("Repaired: the field has a default. Accepted.")?;
    shell.run(&proposal("register", "total_with_default"), Exit::Fine)?;
    shell.say("A change that the level forbids, though it affects no consumer that has published a contract.")?;
    shell.run(&proposal("check", "note_required"), Exit::Findings)?;
    shell.say("A change that the level allows, and that stops a consumer.")?;
    shell.run(&proposal("check", "amount_dropped"), Exit::Findings)?;

    shell.say("The same event in Protobuf: a quantity becomes a text, and what is stored holds a number. Refused.")?;
    shell.run(&propose(protobuf, "register", "quantity_as_string"), Exit::Findings)?;
    shell.say("Another one, whose quantity is cut to fewer bits. Confluent's rules let it pass; the data does not.")?;
    shell.run(&propose(reserved, "check", "quantity_narrowed"), Exit::Findings)?;

    shell.say(&format!("That was it. The registry is at {url}."))?;
    if !exit {
        shell.line(&format!("Look at it, for instance:  curl {url}/subjects"))?;
        shell.line("Ctrl-C ends it, and leaves nothing behind.")?;
    }
    Ok(())
}
