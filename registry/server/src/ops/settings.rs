//! The settings that apply to a subject, and how they are changed (`confluent-api` §1.6 and §1.8 by behaviour).
//!
//! A subject's own settings win; what they leave open of the switches comes from those of the registry, while the level,
//! the defaults and the overrides do not.

use treaty_api::config::{Config, ConfigChange, Other};
use treaty_api::settings::Contracts;
use treaty_api::subject::Subject;
use treaty_schemas::{Line, Mode};
use treaty_store::{Scope, SubjectHead};

use crate::call::Call;
use crate::ops::documents;
use crate::ops::write::write;
use crate::problem::Problem;
use crate::workers;

pub mod own;

/// The compatibility policies. They make a difference to JSON Schema only.
const POLICIES: [&str; 2] = ["STRICT", "LENIENT"];

/// What applies to a subject.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The compatibility level.
    pub level: Mode,
    /// Everything else that Confluent's API sets.
    pub other: Other,
    /// What becomes of a schema that hurts a published consumer.
    pub contracts: Contracts,
}

/// Reads settings as the store keeps them.
///
/// # Errors
/// When they are none: then somebody else wrote them.
pub fn read(stored: Option<&str>) -> Result<Option<Config>, Problem> {
    stored
        .map(|text| serde_json::from_str(text).map_err(|error| Problem::internal(format!("stored settings: {error}"))))
        .transpose()
}

/// Settings as they are answered: with the level that applies where none is set.
pub fn or_default(call: &Call, config: Option<Config>) -> Config {
    let mut config = config.unwrap_or_default();
    config.compatibility_level.get_or_insert(call.config.level());
    config
}

/// What applies to the subject with this head. Large settings are read on a thread for work.
///
/// # Errors
/// When the stored settings cannot be read.
pub async fn effective(call: &Call, head: &SubjectHead) -> Result<Effective, Problem> {
    let (own, global) = (head.config.clone(), head.global_config.clone());
    let bytes = [&own, &global].into_iter().flatten().map(String::len).sum();
    let both = call.workers.linear(workers::as_json(bytes), move || {
        Ok::<_, Problem>((read(own.as_deref())?, read(global.as_deref())?))
    });
    let (own, global) = both.await??;
    let contracts = own::contracts(own::effective(head)?);
    let Some(own) = own else {
        let config = or_default(call, global);
        return Ok(Effective {
            level: config.compatibility_level.unwrap_or_default(),
            other: config.other,
            contracts,
        });
    };
    let global = global.unwrap_or_default().other;
    Ok(Effective {
        level: own.compatibility_level.unwrap_or(call.config.level()),
        other: Other {
            normalize: own.other.normalize.or(global.normalize),
            validate_fields: own.other.validate_fields.or(global.validate_fields),
            validate_new_schemas: own.other.validate_new_schemas.or(global.validate_new_schemas),
            validate_rules: own.other.validate_rules.or(global.validate_rules),
            compatibility_policy: own.other.compatibility_policy.or(global.compatibility_policy),
            compatibility_group: own.other.compatibility_group.or(global.compatibility_group),
            ..own.other
        },
        contracts,
    })
}

/// What is set for a subject, with the level that applies to it, or with `default_to_global` all that applies to it.
///
/// # Errors
/// 40408 when nothing is set and nothing else was asked for.
pub async fn of_subject(call: &Call, subject: &Subject, default_to_global: bool) -> Result<Config, Problem> {
    let head = call.store.head(&subject.context, &subject.name).await?;
    if default_to_global {
        let Effective { level, other, .. } = effective(call, &head).await?;
        return Ok(Config {
            compatibility_level: Some(level),
            other,
        });
    }
    let own = read(head.config.as_deref())?.ok_or_else(|| Problem::NoSubjectConfig(subject.to_string()))?;
    Ok(with_level(call, own))
}

/// The settings of a subject as they are answered. As in Confluent's registry, with the level that applies where the subject has other
/// settings only: that of the server, and not the one that is set for all subjects.
pub fn with_level(call: &Call, own: Config) -> Config {
    let level = own.compatibility_level.unwrap_or(call.config.level());
    Config {
        compatibility_level: Some(level),
        ..own
    }
}

/// The most bytes of one change: what is set is read for every registration that it applies to.
const MOST: usize = 64 << 10;

/// Refuses a change that is too large, before it is understood.
///
/// # Errors
/// 422.
pub fn admit(body: &[u8]) -> Result<(), Problem> {
    if body.len() > MOST {
        return Err(Problem::BadValue(format!(
            "settings of {} bytes are not kept, at most {MOST} can be set at a time",
            body.len()
        )));
    }
    Ok(())
}

/// Changes what the request names and keeps the rest. Answers what is set now, and in a line what of the request has no effect.
///
/// # Errors
/// 42203 for a level or a policy that is none, 42210 for a rule set that cannot be, 422 for a setting that is not offered.
pub async fn change(
    call: &Call,
    subject: Option<&Subject>,
    mut change: ConfigChange,
) -> Result<(Config, Option<Line>), Problem> {
    let warning = without_effect(&change);
    let level = match change.compatibility.as_ref().or(change.compatibility_level.as_ref()) {
        Some(Some(name)) => Some(Some(name.parse::<Mode>().map_err(|_| Problem::InvalidLevel)?)),
        Some(None) => Some(None),
        None => None,
    };
    if let Some(Some(policy)) = &mut change.compatibility_policy {
        // As with levels, Confluent's registry takes a name in any case and answers it in capitals.
        policy.make_ascii_uppercase();
        if !POLICIES.contains(&policy.as_str()) {
            return Err(Problem::InvalidPolicy);
        }
    }
    if matches!(change.alias, Some(Some(_))) {
        return Err(Problem::BadValue("`alias` is not offered by this registry".to_owned()));
    }
    for rules in [&change.default_rule_set, &change.override_rule_set]
        .into_iter()
        .flatten()
        .flatten()
    {
        documents::validate(rules)?;
    }
    let edited = edit(call, subject, move |stored| {
        // What cannot be read is replaced: the reading endpoints report it, and a change has to be able to mend it.
        let mut config: Config = stored
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        apply(&mut config, level, change);
        // Settings that were all cleared are as if they had never been set. A struct of the API always serialises.
        if config == Config::default() {
            None
        } else {
            serde_json::to_string(&config).ok()
        }
    })
    .await?;
    let bytes = edited.current.as_ref().map_or(0, String::len);
    let now = call
        .workers
        .linear(workers::as_json(bytes), move || read(edited.current.as_deref()))
        .await??;
    Ok((now.unwrap_or_default(), warning))
}

/// So many members that nobody knows are named; the rest is counted.
const NAMED: usize = 5;

/// What of a change is taken and makes no difference.
fn without_effect(change: &ConfigChange) -> Option<Line> {
    let mut parts = Vec::new();
    if let (Some(counts), Some(other)) = (&change.compatibility, &change.compatibility_level)
        && counts != other
    {
        parts.push("`compatibilityLevel` has no effect beside `compatibility`".to_owned());
    }
    if change.compatibility_policy.as_ref().is_some_and(Option::is_some) {
        parts.push("`compatibilityPolicy` is kept, but it is about JSON Schema alone".to_owned());
    }
    if change.validate_rules == Some(Some(false)) {
        parts.push("`validateRules` is kept, but rule sets are always validated".to_owned());
    }
    if !change.unknown.is_empty() {
        let mut names: Vec<String> = change
            .unknown
            .iter()
            .take(NAMED)
            .map(|name| format!("`{name}`"))
            .collect();
        let more = change.unknown.len().saturating_sub(NAMED);
        if more > 0 {
            names.push(format!("{more} more"));
        }
        parts.push(format!("no setting is called {}", names.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join("; ").into())
}

/// Removes the settings. Answers what was set.
///
/// # Errors
/// Those of the store.
pub async fn clear(call: &Call, subject: Option<&Subject>) -> Result<Option<Config>, Problem> {
    read(edit(call, subject, |_| None).await?.previous.as_deref())
}

async fn edit(
    call: &Call,
    subject: Option<&Subject>,
    edit: impl FnOnce(Option<&str>) -> Option<String> + Send + 'static,
) -> Result<treaty_store::Edited, Problem> {
    let change = match subject {
        Some(subject) => call.generations.change(subject, false),
        None => call.generations.change_settings(),
    };
    let store = call.store.clone();
    let context = subject.map_or(&call.context, |subject| &subject.context).clone();
    let name = subject.map(|subject| subject.name.clone());
    let work = async move {
        let scope = name.as_deref().map_or(Scope::Global, Scope::Subject);
        store.edit_config(&context, scope, edit).await
    };
    let edited = write(call, change, work).await?;
    match subject {
        Some(subject) => call.changed("settings were changed", subject),
        None => call.changed("settings were changed", &call.context),
    }
    Ok(edited)
}

fn apply(config: &mut Config, level: Option<Option<Mode>>, change: ConfigChange) {
    fn set<T>(place: &mut Option<T>, change: Option<Option<T>>) {
        if let Some(value) = change {
            *place = value;
        }
    }
    let other = &mut config.other;
    set(&mut config.compatibility_level, level);
    set(&mut other.normalize, change.normalize);
    set(&mut other.validate_fields, change.validate_fields);
    set(&mut other.validate_new_schemas, change.validate_new_schemas);
    set(&mut other.validate_rules, change.validate_rules);
    set(&mut other.compatibility_policy, change.compatibility_policy);
    set(&mut other.compatibility_group, change.compatibility_group);
    set(&mut other.default_metadata, change.default_metadata);
    set(&mut other.override_metadata, change.override_metadata);
    set(&mut other.default_rule_set, change.default_rule_set);
    set(&mut other.override_rule_set, change.override_rule_set);
}
