//! Databases with many schemas, written through the store; kept under the build directory for the next run.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::task::JoinSet;
use treaty_schemas::guid::guid;
use treaty_schemas::{Format, Options, Schema, Source};
use treaty_store::{Append, Content, Guid, HeadRevision, Identity, Store};

use crate::Measured;

/// Schemas under one subject.
const VERSIONS: usize = 10;

/// Subjects that are written at one time; as many jobs share a transaction.
const WRITERS: usize = 512;

/// The subject of which a seeded id is a version. Ids count from 1 in no order that is known beforehand.
pub fn subject(number: usize) -> String {
    format!("seeded-{number:07}-value")
}

/// A version of a small event. All versions of a name read each other.
pub fn event(name: &str, version: usize) -> String {
    let mut text = format!(
        r#"{{"type":"record","name":"{name}","namespace":"com.acme.events","fields":[{{"name":"id","type":"string"}},{{"name":"at","type":{{"type":"long","logicalType":"timestamp-millis"}}}},{{"name":"amount","type":"long"}}"#
    );
    for added in 0..version {
        text.push_str(&format!(
            r#",{{"name":"note_{added}","type":["null","string"],"default":null}}"#
        ));
    }
    text.push_str("]}");
    text
}

/// A directory on the disk of the build, for the databases of one run.
pub fn scratch() -> Measured<TempDir> {
    Ok(TempDir::with_prefix_in("bench-", env!("CARGO_TARGET_TMPDIR"))?)
}

/// A database with so many schemas, ten to a subject.
pub fn database(schemas: usize) -> Measured<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("seeded-{schemas}.db"));
    if path.exists() {
        return Ok(path);
    }
    eprintln!("storing {schemas} schemas in {}", path.display());
    let half = path.with_extension("half");
    for ending in ["half", "half-wal", "half-shm"] {
        // What an interrupted run left; usually nothing.
        let _ = fs::remove_file(path.with_extension(ending));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(fill(&half, schemas / VERSIONS))?;
    fs::rename(&half, &path)?;
    // The lock of a name that is no more.
    fs::remove_file(path.with_extension("half-lock"))?;
    Ok(path)
}

async fn fill(path: &Path, subjects: usize) -> Measured<()> {
    let store = Store::open(&format!("sqlite:{}", path.display()), &treaty_store::Options::default()).await?;
    let mut writers = JoinSet::new();
    for number in 0..subjects {
        if writers.len() == WRITERS {
            writers.join_next().await.transpose()?.transpose()?;
        }
        writers.spawn(history(store.clone(), number));
    }
    while let Some(written) = writers.join_next().await {
        written??;
    }
    store.close().await;
    Ok(())
}

async fn history(store: Store, number: usize) -> Measured<()> {
    let mut expected = HeadRevision::default();
    for version in 0..VERSIONS {
        let source = Source::new("seed", event(&format!("Event{number}"), version));
        let text = Schema::parse(Format::Avro, &source, &[], &Options::default())?.canonical();
        let append = Append {
            context: ".".to_owned(),
            subject: subject(number),
            expected,
            identity: Identity::of(Content {
                format: Format::Avro.name(),
                text: &text,
                metadata: None,
                rule_set: None,
                references: &[],
            }),
            guid: Guid(guid(&text, &[])),
            format: Format::Avro.name().to_owned(),
            text,
            metadata: None,
            rule_set: None,
            references: Vec::new(),
            now: 1_790_000_000_000,
        };
        expected = store.append(append).await?.head;
    }
    Ok(())
}
