//! A schema that somebody wants to register: from the command line, or from what `treaty.yaml` sends.

use std::collections::HashSet;
use std::path::Path;

use reqwest::Method;
use treaty_api::check::{ProposedSchema, ProposedSubject};
use treaty_api::schemas::Reference;
use treaty_api::subjects::NewSchema;
use treaty_contracts::contract::{ReferenceTarget, Sends};
use treaty_report::Report;
use treaty_schemas::{Format, Mode, Options, Origin, Problem, Schema, Source, to_line};

use crate::client::{Client, Refusal};
use crate::exit::Failure;
use crate::global::Global;
use crate::workspace::Workspace;
use crate::{input, registered};

/// A proposed schema.
pub struct Proposal {
    /// The subject that it is for.
    pub subject: String,
    /// The text.
    pub source: Source,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// The level that `treaty.yaml` wants for the subject.
    pub mode: Option<Mode>,
}

impl Proposal {
    /// A file for a subject.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn file(path: &Path, subject: &str, references: Vec<Reference>, global: &Global) -> Result<Proposal, Failure> {
        let source = input::text(path, global.max_schema_bytes)?;
        Ok(Proposal::of(source, subject, references))
    }

    fn of(source: Source, subject: &str, references: Vec<Reference>) -> Proposal {
        Proposal {
            subject: subject.to_owned(),
            source,
            references,
            mode: None,
        }
    }

    /// Everything that a service sends and has the schema of.
    ///
    /// # Errors
    /// There is nothing, or a file cannot be read.
    pub fn sent(workspace: &Workspace, global: &Global) -> Result<Vec<Proposal>, Failure> {
        let mut proposals = Vec::new();
        for sends in &workspace.contract.sends {
            let Some(schema) = &sends.schema else { continue };
            let references = registered_references(workspace, sends)?;
            let source = workspace.text(&schema.value, global.max_schema_bytes);
            let source = source.map_err(|failure| workspace.placed(failure, schema.span))?;
            proposals.push(Proposal {
                mode: sends.mode.as_ref().map(|mode| mode.value),
                ..Proposal::of(source, &sends.subject.value, references)
            });
        }
        if proposals.is_empty() {
            let file = workspace.contract.source.name();
            return Err(
                Failure::usage(format!("`{file}` names no schema that the service sends"))
                    .help("add an entry to `sends` with `event` and `schema`"),
            );
        }
        Ok(proposals)
    }

    /// Parses it here, where its places can be shown better than the registry can. `together` are those that it refers to and that
    /// are proposed as well.
    ///
    /// # Errors
    /// It is no schema, or what it refers to is not registered.
    pub fn parse(&self, together: &[&Proposal], client: &Client, global: &Global) -> Result<Schema, Failure> {
        let proposed = |subject: &str| {
            let proposal = together.iter().find(|proposal| proposal.subject == subject)?;
            Some((proposal.source.clone(), proposal.wanted()))
        };
        let (name, format) = (self.source.name(), self.format());
        let references =
            registered::references_with(client, format, name, self.wanted(), &mut HashSet::new(), proposed)?;
        let options = Options {
            origin: Origin::Registry,
            ..global.options()
        };
        Ok(Schema::parse(format, &self.source, &references, &options)?)
    }

    fn wanted(&self) -> Vec<registered::Reference> {
        let wanted = self.references.iter().map(|reference| registered::Reference {
            name: reference.name.clone().unwrap_or_default(),
            subject: reference.subject.clone().unwrap_or_default(),
            version: i64::from(reference.version.unwrap_or(-1)),
        });
        wanted.collect()
    }

    /// The schema language.
    fn format(&self) -> Format {
        Format::of_source(&self.source)
    }

    /// As a registry takes it.
    pub fn body(&self) -> NewSchema {
        // The default goes without saying, also for registries that know nothing else.
        let other = Some(self.format()).filter(|format| *format != Format::DEFAULT);
        NewSchema {
            schema: Some(self.source.text().to_owned()),
            schema_type: other.map(|format| format.name().to_owned()),
            references: Some(self.references.clone()),
            ..NewSchema::default()
        }
    }

    /// Has the registry judge it, with those that it refers to and that are proposed as well.
    ///
    /// # Errors
    /// The registry could not be asked.
    pub fn check(&self, together: &[&Proposal], client: &Client) -> Result<Result<Report, Refusal>, Failure> {
        let together = together.iter().map(|proposal| ProposedSubject {
            subject: proposal.subject.clone(),
            schema: proposal.body(),
            file: Some(proposal.source.name().to_owned()),
        });
        let body = ProposedSchema {
            schema: self.body(),
            file: Some(self.source.name().to_owned()),
            mode: self.mode,
            together: together.collect(),
        };
        client.send_json(
            Method::POST,
            &["api", "v1", "subjects", &self.subject, "check"],
            &[],
            &body,
        )
    }
}

/// What an entry's schema refers to. In a registry it can only refer to what is registered.
fn registered_references(workspace: &Workspace, sends: &Sends) -> Result<Vec<Reference>, Failure> {
    let mut references = Vec::new();
    for reference in &sends.references {
        match &reference.target {
            ReferenceTarget::Registered { name, subject, version } => references.push(Reference {
                name: Some(name.clone()),
                subject: Some(subject.clone()),
                version: i32::try_from(*version).ok(),
            }),
            ReferenceTarget::File(file) => {
                return Err(Problem {
                    message: to_line!("the registry cannot refer to the file `{file}`"),
                    source: workspace.contract.source.clone(),
                    span: reference.span,
                    help: Some(
                        "register it under a subject of its own and write { name, subject, version } here".into(),
                    ),
                }
                .into());
            }
        }
    }
    Ok(references)
}

/// `NAME=SUBJECT:VERSION`, as the command line takes it. The subject may hold colons.
///
/// # Errors
/// It is not of this form.
pub fn reference(text: &str) -> Result<Reference, String> {
    let parts = text.split_once('=').and_then(|(name, target)| {
        target
            .rsplit_once(':')
            .map(|(subject, version)| (name, subject, version))
    });
    match parts {
        Some((name, subject, version)) if !name.is_empty() && !subject.is_empty() => Ok(Reference {
            name: Some(name.to_owned()),
            subject: Some(subject.to_owned()),
            version: Some(version.parse().map_err(|_| format!("`{version}` is no version"))?),
        }),
        _ => Err("write it as NAME=SUBJECT:VERSION, for instance com.acme.Money=com.acme.Money:2".to_owned()),
    }
}
