//! A schema in a request, understood: what is registered, looked up or checked.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use treaty_api::subjects::NewSchema;
use treaty_schemas::{Format, Options, ParseError, Schema, Source, Strictness, json};
use treaty_store::{Guid, Reference};

use crate::app::App;
use crate::ops::documents::{self, Documents};
use crate::ops::{references, work};
use crate::problem::Problem;

/// What people see as the name of the text in messages.
const NAME: &str = "schema";

/// Problems that a message repeats; the rest is counted.
const TOLD: usize = 5;

/// A schema that was understood.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it means.
    pub schema: Schema,
    /// The text that would be stored.
    pub text: String,
    /// The text that is its identity, where the one that is stored says more.
    identity: Option<String>,
    /// What it refers to, completed.
    pub references: Vec<Reference>,
    /// What came with it.
    pub documents: Documents,
    normalized: OnceLock<[u8; 32]>,
}

impl Draft {
    /// Understands a request. An empty text is refused: there is nothing that it could mean.
    ///
    /// # Errors
    /// 42201 with every problem at its line and column, 42210 for the rule set.
    pub async fn parse(app: &App, new: NewSchema, normalize: bool, strictness: Strictness) -> Result<Draft, Problem> {
        Draft::named(app, NAME, new, normalize, strictness).await
    }

    /// As [`Draft::parse`], the text called by a name of the client's.
    ///
    /// # Errors
    /// As there.
    pub async fn named(
        app: &App,
        name: &str,
        new: NewSchema,
        normalize: bool,
        strictness: Strictness,
    ) -> Result<Draft, Problem> {
        let documents = Documents {
            metadata: new.metadata,
            rule_set: new.rule_set,
        };
        documents.rule_set.as_ref().map_or(Ok(()), documents::validate)?;
        let format = format(new.schema_type.as_deref())?;
        let text = new
            .schema
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Problem::InvalidSchema("Empty schema".to_owned()))?;
        let references = references::complete(app, &new.references.unwrap_or_default()).await?;
        let sources = references::sources(app, format, &references).await?;
        let options = options(app, strictness);
        let size = text.len() + references::size(&sources);
        let source = Source::new(name, text);
        let names: Vec<String> = references.iter().map(|reference| reference.name.clone()).collect();
        let (schema, text, identity) = work::linear(app, size, move || {
            let schema = Schema::parse(format, &source, &sources, &options)
                .map_err(|error| Problem::InvalidSchema(invalid(format, &error, &names)))?;
            let identity = if normalize {
                schema.normalized()
            } else {
                schema.canonical()
            };
            Ok::<_, Problem>(match schema.kept(normalize) {
                Some(text) if text != identity => (schema, text, Some(identity)),
                _ => (schema, identity, None),
            })
        })
        .await??;
        Ok(Draft {
            schema,
            text,
            identity,
            references,
            documents,
            normalized: OnceLock::new(),
        })
    }

    /// Stores the text of an equal schema instead of its own.
    pub fn keep(&mut self, text: &str) {
        let own = std::mem::replace(&mut self.text, text.to_owned());
        self.identity.get_or_insert(own);
    }

    /// Whether a stored schema is this one, apart from what its identity leaves out.
    pub fn is_identical(&self, stored: &Schema) -> bool {
        let text = self.identity.as_ref().unwrap_or(&self.text);
        self.schema.format() == stored.format() && (stored.canonical() == *text || stored.normalized() == *text)
    }

    /// The digest of the normalised text: equal for schemas that differ in spelling only.
    pub fn normalized(&self) -> &[u8; 32] {
        self.normalized
            .get_or_init(|| Sha256::digest(self.schema.normalized()).into())
    }

    /// The identity of the content.
    pub fn guid(&self) -> Guid {
        let references: Vec<_> = self
            .references
            .iter()
            .map(|each| treaty_schemas::guid::Reference {
                name: &each.name,
                subject: &each.subject,
                version: each.version,
            })
            .collect();
        Guid(treaty_schemas::guid::guid_with(
            self.identity.as_ref().unwrap_or(&self.text),
            &references,
            &self.documents.identity(),
        ))
    }
}

/// How texts are read here.
pub fn options(app: &App, strictness: Strictness) -> Options {
    Options {
        limits: json::Limits {
            bytes: app.config.max_body_bytes,
            depth: app.config.max_schema_depth,
        },
        strictness,
    }
}

fn format(name: Option<&str>) -> Result<Format, Problem> {
    match name {
        None | Some("") => Ok(Format::Avro),
        Some(name) => name.parse().map_err(|_| {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            Problem::InvalidSchema(format!("Invalid schema type {shown}"))
        }),
    }
}

fn invalid(format: Format, error: &ParseError, references: &[String]) -> String {
    let mut told: Vec<String> = error.problems.iter().take(TOLD).map(ToString::to_string).collect();
    if error.problems.len() > TOLD {
        told.push(format!("and {} more", error.problems.len() - TOLD));
    }
    let mut message = format!("Invalid schema of type {format}, details: {}", told.join("; "));
    if !references.is_empty() {
        message.push_str(&format!("; the references given are {}", references.join(", ")));
    }
    message
}
