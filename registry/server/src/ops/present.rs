//! From what the store keeps to what clients read.

use std::sync::Arc;

use treaty_api::schemas::{Reference, SchemaString};
use treaty_api::subjects::{Registered, Version};
use treaty_schemas::Format;
use treaty_store::{StoredSchema, StoredVersion};

use crate::call::Call;
use crate::ops::documents::Documents;
use crate::ops::register::Outcome;
use crate::ops::{history, weight};
use crate::problem::Problem;

/// The text in the form that was asked for; `None` is the stored one. Forms that are not known are the stored one too.
///
/// # Errors
/// 40403 when it was removed meanwhile; when the stored schema cannot be read.
pub async fn text(call: &Call, stored: &StoredSchema, format: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(form) = format.filter(|form| is_form(stored, form)) else {
        return Ok(None);
    };
    let _room;
    let known = match call.schemas.get(&call.context, stored.id) {
        Some(known) => known,
        None => {
            let format: Format = stored.format.parse().unwrap_or(Format::DEFAULT);
            _room = call.rooms.stored.take(weight::of_text(format, &stored.text)).await?;
            match history::parse(call, stored.clone()).await {
                // It was removed after it had been read.
                Err(Problem::Contended) => return Err(Problem::SchemaNotFound(Some(stored.id.to_string()))),
                known => Arc::new(known?),
            }
        }
    };
    let form = form.to_owned();
    call.workers
        .linear(known.text_bytes, move || known.schema.in_form(&form))
        .await
}

/// Whether there is anything to compute: what has no references is resolved as it is.
fn is_form(stored: &StoredSchema, form: &str) -> bool {
    let format = stored.format.parse();
    format.is_ok_and(|format: Format| format.has_form(form, !stored.references.is_empty()))
}

/// A version, with another form of its text if one was asked for.
///
/// # Errors
/// When stored documents cannot be read.
pub fn version(stored: StoredVersion, text: Option<String>) -> Result<Version, Problem> {
    let StoredVersion {
        subject,
        version,
        deleted,
        registered_at,
        schema,
    } = stored;
    let documents = Documents::read(schema.metadata.as_deref(), schema.rule_set.as_deref())?;
    Ok(Version {
        subject,
        version,
        id: schema.id,
        guid: schema.guid.to_string(),
        schema_type: schema.format,
        references: Some(references(schema.references)),
        metadata: documents.metadata,
        rule_set: documents.rule_set,
        schema: text.unwrap_or(schema.text),
        ts: registered_at,
        deleted,
    })
}

/// What an id names, with another form of its text if one was asked for.
///
/// # Errors
/// When stored documents cannot be read.
pub fn schema(stored: StoredSchema, text: Option<String>) -> Result<SchemaString, Problem> {
    let documents = Documents::read(stored.metadata.as_deref(), stored.rule_set.as_deref())?;
    Ok(SchemaString {
        subject: None,
        version: None,
        guid: stored.guid.to_string(),
        schema_type: stored.format,
        schema: text.unwrap_or(stored.text),
        references: Some(references(stored.references)),
        metadata: documents.metadata,
        rule_set: documents.rule_set,
        max_id: None,
    })
}

/// What registering answers.
///
/// # Errors
/// When stored documents cannot be read.
pub fn registered(outcome: Outcome) -> Result<Registered, Problem> {
    Ok(Registered {
        id: outcome.id,
        version: outcome.version,
        guid: outcome.guid.to_string(),
        schema_type: outcome.format,
        references: Some(references(outcome.references)),
        metadata: outcome.documents.metadata,
        rule_set: outcome.documents.rule_set,
        schema: outcome.text,
    })
}

fn references(stored: Vec<treaty_store::Reference>) -> Vec<Reference> {
    let each = stored.into_iter().map(|each| Reference {
        name: Some(each.name),
        subject: Some(each.subject),
        version: Some(each.version),
    });
    each.collect()
}
