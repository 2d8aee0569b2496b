//! The settings that Confluent's API does not have. Those of the subject count before those of the registry.

use treaty_api::settings::{Contracts, Settings, SettingsChange};
use treaty_api::subject::Subject;
use treaty_store::{Scope, SubjectHead};

use crate::call::Call;
use crate::ops::write::write;
use crate::problem::Problem;

/// What applies to the subject with this head.
///
/// # Errors
/// When the stored settings cannot be read.
pub fn effective(head: &SubjectHead) -> Result<Settings, Problem> {
    let (own, global) = (read(head.settings.as_deref())?, read(head.global_settings.as_deref())?);
    Ok(applied(Settings {
        contracts: own.contracts.or(global.contracts),
    }))
}

/// What applies to a subject, or to all that have no settings of their own.
///
/// # Errors
/// As [`effective`], and those of the store.
pub async fn of(call: &Call, subject: Option<&Subject>) -> Result<Settings, Problem> {
    match subject {
        Some(subject) => effective(&call.store.head(&subject.context, &subject.name).await?),
        None => {
            let stored = call.store.settings(&call.context, Scope::Global).await?;
            Ok(applied(read(stored.as_deref())?))
        }
    }
}

/// Changes what the request names and keeps the rest. Answers what applies now.
///
/// # Errors
/// Those of the store.
pub async fn change(call: &Call, subject: Option<&Subject>, change: SettingsChange) -> Result<Settings, Problem> {
    edit(call, subject, move |stored| {
        // What cannot be read is replaced: the reading endpoints report it, and a change has to be able to mend it.
        let mut settings: Settings = stored
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        if let Some(contracts) = change.contracts {
            settings.contracts = contracts;
        }
        match settings == Settings::default() {
            true => None,
            false => serde_json::to_string(&settings).ok(),
        }
    })
    .await?;
    of(call, subject).await
}

/// Removes the settings. Answers what applies without them.
///
/// # Errors
/// Those of the store.
pub async fn clear(call: &Call, subject: Option<&Subject>) -> Result<Settings, Problem> {
    edit(call, subject, |_| None).await?;
    of(call, subject).await
}

/// With the defaults of what is not set.
fn applied(settings: Settings) -> Settings {
    Settings {
        contracts: Some(settings.contracts.unwrap_or_default()),
    }
}

fn read(stored: Option<&str>) -> Result<Settings, Problem> {
    let Some(text) = stored else {
        return Ok(Settings::default());
    };
    serde_json::from_str(text).map_err(|error| Problem::internal(format!("stored settings: {error}")))
}

async fn edit(
    call: &Call,
    subject: Option<&Subject>,
    edit: impl FnOnce(Option<&str>) -> Option<String> + Send + 'static,
) -> Result<(), Problem> {
    let change = match subject {
        Some(subject) => call.generations.change(subject, false),
        None => call.generations.change_settings(),
    };
    let store = call.store.clone();
    let context = subject.map_or(&call.context, |subject| &subject.context).clone();
    let name = subject.map(|subject| subject.name.clone());
    let work = async move {
        let scope = name.as_deref().map_or(Scope::Global, Scope::Subject);
        store.edit_settings(&context, scope, edit).await
    };
    write(call, change, work).await?;
    match subject {
        Some(subject) => call.changed("settings were changed", subject),
        None => call.changed("settings were changed", &call.context),
    }
    Ok(())
}

/// What applies of the contracts.
pub fn contracts(settings: Settings) -> Contracts {
    settings.contracts.unwrap_or_default()
}
