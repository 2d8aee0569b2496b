//! A contract with the texts of all schemas that it names: from files beside it, and from the registry.

use std::collections::HashSet;

use treaty_contracts::PublishedContract;
use treaty_contracts::contract::{Pin, Reference, ReferenceTarget};
use treaty_contracts::published::{PinnedSchema, ReferencedText, SchemaRequest, Shared, Text as NamedText};
use treaty_schemas::{Format, Reference as Text, Source};

use crate::client::Client;
use crate::exit::Failure;
use crate::global::Global;
use crate::registered;
use crate::workspace::Workspace;

/// The contract with every schema that it names.
///
/// # Errors
/// A file cannot be read, a version is not there, or the registry cannot be asked.
pub fn gather(workspace: &Workspace, client: &Client, global: &Global) -> Result<PublishedContract, Failure> {
    let source = &workspace.contract.source;
    let mut schemas = Vec::new();
    let mut shared = Shared::default();
    for wanted in workspace.contract.schema_requests() {
        schemas.push(pinned(&wanted, workspace, client, global, &mut shared)?);
    }
    Ok(PublishedContract {
        file: named_text(source),
        schemas,
    })
}

fn pinned(
    wanted: &SchemaRequest<'_>,
    workspace: &Workspace,
    client: &Client,
    global: &Global,
    shared: &mut Shared,
) -> Result<PinnedSchema, Failure> {
    let (source, format, references) = match &wanted.pin {
        Pin::Version(version) => {
            let registered = registered::version(client, &wanted.receives.subject.value, &version.to_string());
            let registered = registered.map_err(|failure| workspace.placed(failure, wanted.span))?;
            (registered.source, registered.format, registered.references)
        }
        Pin::File(file) => {
            let source = workspace.text(file, global.max_schema_bytes);
            let source = source.map_err(|failure| {
                let failure = match wanted.pin.meant_version() {
                    Some(version) => failure.help(format!(
                        "write `builtAgainst: {version}`, without quotes, for version {version} of the subject"
                    )),
                    None => failure,
                };
                workspace.placed(failure, wanted.span)
            })?;
            let format = Format::of_source(&source);
            let references = beside(format, &wanted.receives.references, workspace, client, global)?;
            (source, format, references)
        }
    };
    Ok(PinnedSchema {
        entry: wanted.entry,
        role: wanted.role,
        name: source.name().to_owned(),
        schema_type: format,
        schema: shared.one(source.text()),
        references: references
            .iter()
            .map(|reference| ReferencedText::new(format, reference, shared))
            .collect(),
    })
}

/// What a schema in a file refers to: other files, and registered versions with what those refer to.
fn beside(
    format: Format,
    references: &[Reference],
    workspace: &Workspace,
    client: &Client,
    global: &Global,
) -> Result<Vec<Text>, Failure> {
    let mut texts: Vec<Text> = Vec::new();
    // Of Protobuf, what has one name for imports is one file, as in a registry.
    let mut imported: HashSet<String> = HashSet::new();
    for reference in references {
        let found = match &reference.target {
            ReferenceTarget::File(file) if format.imports_by_path() && !imported.insert(file.clone()) => continue,
            ReferenceTarget::File(file) => vec![Text {
                import: file.as_str().into(),
                source: workspace.text(file, global.max_schema_bytes)?,
            }],
            ReferenceTarget::Registered { name, subject, version } => {
                if format.imports_by_path() && !imported.insert(name.clone()) {
                    continue;
                }
                let version = version.to_string();
                let registered = registered::version_beside(client, subject, &version, &mut imported)?;
                let mut found = registered.references;
                found.push(Text {
                    import: name.as_str().into(),
                    source: registered.source,
                });
                found
            }
        };
        for text in found {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    Ok(texts)
}

fn named_text(source: &Source) -> NamedText {
    NamedText {
        name: source.name().to_owned(),
        text: source.text().to_owned(),
    }
}
