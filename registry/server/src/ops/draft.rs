//! A schema in a request, understood: what is registered, looked up or checked.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use tokio::time::Instant;
use treaty_api::schemas::Reference as Asked;
use treaty_api::subjects::NewSchema;
use treaty_schemas::text::json;
use treaty_schemas::{Format, Options, Origin, ParseError, Reference as Text, Schema, Source, Strictness};
use treaty_store::{Content, Guid, Identity, Reference, Resolved, StoredSchema};

use crate::call::Call;
use crate::ops::documents::{self, Documents};
use crate::ops::references::{self, Bounds};
use crate::ops::together::Together;
use crate::ops::weight;
use crate::problem::Problem;

/// What people see as the name of the text in messages.
const NAME: &str = "schema";

/// The most memory that reading a text may take, in bytes.
const MOST: usize = 320 << 20;

/// Problems that a message repeats; the rest is counted.
const MAX_PROBLEMS: usize = 5;

/// A schema that was understood.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it means.
    pub schema: Schema,
    /// The text that would be stored.
    pub text: String,
    /// The text that counts, where the one that is stored may say more.
    identity: Option<String>,
    /// What it refers to, completed, and what that was.
    pub references: Vec<Resolved>,
    /// The first reference to a version that was soft-deleted when the references were read.
    deleted: Option<Reference>,
    /// What it refers to, as it was asked for.
    asked: Vec<Asked>,
    /// What came with it.
    pub documents: Documents,
    /// Shared by all drafts of one text.
    normalized: Arc<OnceLock<[u8; 32]>>,
}

impl Draft {
    /// Understands a request. An empty text is refused: there is nothing that it could mean.
    ///
    /// # Errors
    /// 42201 with every problem at its line and column, 42210 for the rule set.
    pub async fn parse(call: &Call, new: NewSchema, normalize: bool, strictness: Strictness) -> Result<Draft, Problem> {
        Draft::named(call, NAME, new, normalize, strictness).await
    }

    /// As [`Draft::parse`], the text called by a name of the client's.
    ///
    /// # Errors
    /// As there.
    pub async fn named(
        call: &Call,
        name: &str,
        new: NewSchema,
        normalize: bool,
        strictness: Strictness,
    ) -> Result<Draft, Problem> {
        let mut new = new;
        let (format, text, documents) = Draft::parts(&mut new)?;
        let asked = new.references.unwrap_or_default();
        Draft::understand(
            call,
            format,
            Source::new(name, text),
            asked,
            documents,
            normalize,
            strictness,
        )
        .await
    }

    /// As [`Draft::named`] of a new schema, with what is proposed together with it in the place of what is registered. It is judged
    /// and never written.
    ///
    /// # Errors
    /// As there.
    pub async fn together(
        call: &Call,
        name: &str,
        new: NewSchema,
        normalize: bool,
        together: &Together,
    ) -> Result<Draft, Problem> {
        if together.is_empty() {
            return Draft::named(call, name, new, normalize, Strictness::New).await;
        }
        let mut new = new;
        let (format, text, documents) = Draft::parts(&mut new)?;
        let mut asked = new.references.unwrap_or_default();
        if normalize {
            references::normalize(&mut asked);
        }
        let found = together.references(call, format, &asked).await?;
        let names = asked.iter().filter_map(|asked| asked.name.clone()).collect();
        let source = Source::new(name, text);
        let (schema, text, identity) =
            read(call, format, source, found.texts, names, Strictness::New, normalize).await?;
        Ok(Draft {
            schema,
            text,
            identity,
            references: Vec::new(),
            deleted: None,
            asked,
            documents,
            normalized: Arc::default(),
        })
    }

    /// The language of what a request brings, its text, and what comes with it.
    fn parts(new: &mut NewSchema) -> Result<(Format, String, Documents), Problem> {
        let documents = Documents::new(new.metadata.take(), new.rule_set.take());
        documents.rule_set.as_ref().map_or(Ok(()), documents::validate)?;
        let format = format(new.schema_type.as_deref())?;
        let text = new.schema.take().filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| Problem::InvalidSchema("Empty schema".to_owned()))?;
        admit(format, &text)?;
        Ok((format, text, documents))
    }

    /// The same request, understood anew: what it refers to may be something else by now.
    ///
    /// # Errors
    /// As for [`Draft::parse`].
    pub async fn again(&self, call: &Call, normalize: bool, strictness: Strictness) -> Result<Draft, Problem> {
        Draft::understand(
            call,
            self.schema.format(),
            self.schema.source().clone(),
            self.asked.clone(),
            self.documents.clone(),
            normalize,
            strictness,
        )
        .await
    }

    async fn understand(
        call: &Call,
        format: Format,
        source: Source,
        asked: Vec<Asked>,
        documents: Documents,
        normalize: bool,
        strictness: Strictness,
    ) -> Result<Draft, Problem> {
        let until = Instant::now() + call.config.request_timeout;
        let mut sought = asked.clone();
        if normalize {
            references::normalize(&mut sought);
        }
        let (references, ids, deleted, _room, sources) = loop {
            let mut references = references::complete(call, &sought).await?;
            if normalize {
                // `latest` may be a version that is named as well.
                let mut known = HashSet::new();
                references.retain(|reference| known.insert(reference.clone()));
            }
            let plan = references::plan(call, format, &references, Bounds::of_requests(call)).await?;
            let room = match plan.weight() {
                0 => None,
                weight => Some(call.rooms.references.take(weight).await?),
            };
            let (ids, deleted) = (plan.ids.clone(), plan.deleted.clone());
            match plan.read(call).await {
                // One was removed between the two reads: what the references name by now is read anew.
                Err(Problem::Contended) if Instant::now() < until => {}
                sources => break (references, ids, deleted, room, sources?),
            }
        };
        let names: Vec<String> = references.iter().map(|reference| reference.name.clone()).collect();
        let (schema, text, identity) = read(call, format, source, sources, names, strictness, normalize).await?;
        let most = call.config.max_body_bytes.saturating_mul(2);
        if text.len() > most {
            return Err(Problem::InvalidSchema(format!(
                "Invalid schema of type {format}, details: written out in full the text has {} bytes, at most {most} are kept",
                text.len()
            )));
        }
        Ok(Draft {
            schema,
            text,
            identity,
            references: references
                .into_iter()
                .zip(ids)
                .map(|(reference, id)| Resolved { reference, id })
                .collect(),
            deleted,
            asked,
            documents,
            normalized: Arc::default(),
        })
    }

    /// The same schema with these documents.
    pub fn with(&self, documents: Documents) -> Draft {
        Draft {
            documents,
            ..self.clone()
        }
    }

    /// The text that counts.
    fn meant(&self) -> &str {
        self.identity.as_ref().unwrap_or(&self.text)
    }

    /// Whether its language has what is kept and does not count, so that a schema that is the same may have another text.
    pub fn may_have_comments(&self) -> bool {
        self.identity.is_some()
    }

    /// Whether a stored schema is this one, whose identity the caller has computed, part by part.
    ///
    /// # Errors
    /// When stored documents cannot be read.
    pub fn is(&self, own: Identity, stored: &StoredSchema) -> Result<bool, Problem> {
        if let Some(identity) = stored.identity {
            return Ok(identity == own);
        }
        // It was stored before there were identities.
        Ok(stored.format == self.schema.format().name()
            && (stored.text == self.meant() || stored.text == self.text)
            && self.refers_to(&stored.references)
            && self.documents == Documents::read(stored.metadata.as_deref(), stored.rule_set.as_deref())?)
    }

    /// Refuses to be registered anew with a reference to a version that was soft-deleted.
    ///
    /// # Errors
    /// 42201 if there is one.
    pub fn refuse_deleted(&self) -> Result<(), Problem> {
        references::refuse_deleted(self.deleted.as_ref())
    }

    /// Whether these are its references.
    pub fn refers_to(&self, references: &[Reference]) -> bool {
        self.references.iter().map(|each| &each.reference).eq(references)
    }

    /// What decides whether another schema is this one.
    ///
    /// # Errors
    /// None that documents can have.
    pub fn identity(&self) -> Result<Identity, Problem> {
        let [metadata, rule_set] = self.documents.json()?;
        Ok(Identity::of(Content {
            format: self.schema.format().name(),
            text: self.meant(),
            metadata: metadata.as_deref(),
            rule_set: rule_set.as_deref(),
            references: &self.references,
        }))
    }

    /// The digest of the normalised text: equal for schemas that differ in spelling only.
    pub fn normalized(&self) -> &[u8; 32] {
        self.normalized
            .get_or_init(|| Sha256::digest(self.schema.normalized()).into())
    }

    /// Whether the digest of the normalised text is known already.
    pub fn normalized_before(&self) -> bool {
        self.normalized.get().is_some()
    }

    /// Confluent's name of the content.
    pub fn guid(&self) -> Guid {
        let references: Vec<_> = self
            .references
            .iter()
            .map(|Resolved { reference, .. }| treaty_schemas::guid::Reference {
                name: &reference.name,
                subject: &reference.subject,
                version: reference.version,
            })
            .collect();
        Guid(treaty_schemas::guid::guid_with(
            self.meant(),
            &references,
            &self.documents.for_guid(),
        ))
    }
}

/// Refuses a text that takes too much memory to be read.
///
/// # Errors
/// 42201.
pub fn admit(format: Format, text: &str) -> Result<(), Problem> {
    if weight::of_text(format, text) > MOST {
        return Err(Problem::InvalidSchema(format!(
            "Invalid schema of type {format}, details: the text has more parts than this registry takes: \
             to read it would take more than {} MB",
            MOST >> 20
        )));
    }
    Ok(())
}

/// Reads a text: the schema, the text that is kept, and the one that counts where that is another. `names` are those of its references.
async fn read(
    call: &Call,
    format: Format,
    source: Source,
    references: Vec<Text>,
    names: Vec<String>,
    strictness: Strictness,
    normalize: bool,
) -> Result<(Schema, String, Option<String>), Problem> {
    let options = options(call, strictness);
    let size = source.text().len() + references::size(&references);
    let work = move || {
        let schema = Schema::parse(format, &source, &references, &options)
            .map_err(|error| Problem::InvalidSchema(invalid(format, &error, &names)))?;
        let identity = if normalize {
            schema.normalized()
        } else {
            schema.canonical()
        };
        Ok::<_, Problem>(match schema.kept(normalize) {
            Some(text) => (schema, text, Some(identity)),
            None => (schema, identity, None),
        })
    };
    call.workers.linear(size, work).await?
}

/// How texts are read here.
pub fn options(call: &Call, strictness: Strictness) -> Options {
    Options {
        limits: json::Limits {
            bytes: call.config.max_body_bytes,
            depth: call.config.max_schema_depth,
        },
        strictness,
        origin: Origin::Registry,
    }
}

fn format(name: Option<&str>) -> Result<Format, Problem> {
    match name {
        None | Some("") => Ok(Format::DEFAULT),
        Some(name) => name.parse().map_err(|_| {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            Problem::InvalidSchema(format!("Invalid schema type {shown}"))
        }),
    }
}

fn invalid(format: Format, error: &ParseError, references: &[String]) -> String {
    let mut reported: Vec<String> = error
        .problems
        .iter()
        .take(MAX_PROBLEMS)
        .map(ToString::to_string)
        .collect();
    if error.problems.len() > MAX_PROBLEMS {
        reported.push(format!("and {} more", error.problems.len() - MAX_PROBLEMS));
    }
    let mut message = format!("Invalid schema of type {format}, details: {}", reported.join("; "));
    if !references.is_empty() {
        message.push_str(&format!("; the references given are {}", references.join(", ")));
    }
    message
}
