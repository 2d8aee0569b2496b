//! What the demo shows, in its order.

use std::path::Path;

use super::catalogue;
use super::shell::Shell;
use crate::exit::{Exit, Failure};

/// The event whose changes are judged in the end.
const EVENT: &str = "orders/order_placed";

/// Tells the story.
pub(super) fn tell(shell: &mut Shell<'_>, directory: &Path, exit: bool) -> Result<(), Failure> {
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

    let placed = events.iter().find(|event| event.directory == EVENT);
    let placed = placed.ok_or_else(|| Failure::unknown(format!("the catalogue has no {EVENT}")))?;
    let proposal = |verb: &str, name: &str| {
        let references = placed.references(placed.versions);
        format!(
            "treaty {verb} {EVENT}/proposals/{name}.avsc --subject {}{references}",
            placed.subject
        )
    };
    shell.say(
        "A field without a default: consumers with the new schema could not read the events that are stored. Refused.",
    )?;
    shell.run(&proposal("register", "total_without_default"), Exit::Findings)?;
    shell.say("Repaired: the field has a default. Accepted.")?;
    shell.run(&proposal("register", "total_with_default"), Exit::Fine)?;
    shell.say("A change that the level forbids, though it hurts no consumer that has published a contract.")?;
    shell.run(&proposal("check", "note_required"), Exit::Findings)?;
    shell.say("A change that the level allows, and that stops a consumer.")?;
    shell.run(&proposal("check", "amount_dropped"), Exit::Findings)?;

    shell.say(&format!("That was it. The registry is at {url}."))?;
    if !exit {
        shell.line(&format!("Look at it, for instance:  curl {url}/subjects"))?;
        shell.line("Ctrl-C ends it, and leaves nothing behind.")?;
    }
    Ok(())
}
