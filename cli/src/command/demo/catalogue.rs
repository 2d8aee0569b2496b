//! The catalogue that the program carries: real event families with their histories.

use std::io;
use std::path::Path;

use serde::Deserialize;

use crate::exit::Failure;

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// An event with its history.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    /// Its directory in the catalogue.
    #[serde(skip)]
    pub directory: String,
    /// How many versions it has.
    #[serde(skip)]
    pub versions: u32,
    /// How its schemas' files end.
    #[serde(skip)]
    extension: &'static str,
    /// The directory of its payloads.
    #[serde(skip)]
    samples: &'static str,
    pub subject: String,
    pub level: String,
    #[serde(default, rename = "reference")]
    references: Vec<Reference>,
}

/// A type that is registered under a subject of its own.
#[derive(Debug, Deserialize)]
struct Reference {
    name: String,
    subject: String,
    version: u32,
    /// The versions of the event that use it; all where it is missing.
    versions: Option<Vec<u32>>,
}

/// Writes it into a directory.
pub(super) fn unpack(directory: &Path) -> io::Result<()> {
    for (path, text) in FILES {
        let file = directory.join(path);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(file, text)?;
    }
    Ok(())
}

/// Every event, each after those that it refers to.
pub(super) fn events() -> Result<Vec<Event>, Failure> {
    let mut waiting = Vec::new();
    for (path, text) in FILES {
        let avro = path.strip_suffix("/avro.toml");
        let protobuf = path.strip_suffix("/protobuf.toml");
        let (directory, extension, samples) = match (avro, protobuf) {
            (Some(directory), _) => (directory, "avsc", "payloads"),
            (_, Some(directory)) => (directory, "proto", "payloads/protobuf"),
            _ => continue,
        };
        let mut event: Event = toml::from_str(text)
            .map_err(|error| Failure::unknown(format!("the catalogue's {path} is not understood: {error}")))?;
        event.directory = directory.to_owned();
        (event.extension, event.samples) = (extension, samples);
        event.versions = (1..).take_while(|version| has(&event.file(*version))).count() as u32;
        waiting.push(event);
    }
    let mut ready: Vec<Event> = Vec::new();
    while !waiting.is_empty() {
        let known = |subject: &str| ready.iter().any(|event| event.subject == subject);
        let (free, bound): (Vec<Event>, Vec<Event>) = waiting
            .into_iter()
            .partition(|event| event.references.iter().all(|reference| known(&reference.subject)));
        if free.is_empty() {
            return Err(Failure::unknown(
                "the catalogue's events refer to each other in a circle",
            ));
        }
        ready.extend(free);
        waiting = bound;
    }
    Ok(ready)
}

/// Every contract: its path.
pub(super) fn contracts() -> impl Iterator<Item = &'static str> {
    FILES
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| path.ends_with(".yaml"))
}

fn has(path: &str) -> bool {
    FILES.binary_search_by(|(known, _)| (*known).cmp(path)).is_ok()
}

impl Event {
    /// The file of a version.
    pub fn file(&self, version: u32) -> String {
        format!("{}/v{version}.{}", self.directory, self.extension)
    }

    /// The file of a proposal.
    pub fn proposal(&self, name: &str) -> String {
        format!("{}/proposals/{name}.{}", self.directory, self.extension)
    }

    /// The directory of a version's payloads, where it has some.
    pub fn payloads(&self, version: u32) -> Option<String> {
        let directory = format!("{}/{}/v{version}", self.directory, self.samples);
        let inside = format!("{directory}/");
        FILES
            .iter()
            .any(|(path, _)| path.starts_with(&inside))
            .then_some(directory)
    }

    /// The payloads that a version must refuse.
    pub fn invalid(&self, version: u32) -> impl Iterator<Item = &'static str> {
        let begin = format!("{}/{}/invalid/v{version}-", self.directory, self.samples);
        FILES
            .iter()
            .map(|(path, _)| *path)
            .filter(move |path| path.starts_with(&begin))
    }

    /// What the command line says of a version's references: nothing where there are none.
    pub fn references(&self, version: u32) -> String {
        let used = self.references.iter().filter(|reference| {
            let versions = reference.versions.as_ref();
            versions.is_none_or(|versions| versions.contains(&version))
        });
        let used: Vec<String> = used
            .map(|reference| format!(" {}={}:{}", reference.name, reference.subject, reference.version))
            .collect();
        match used.is_empty() {
            true => String::new(),
            false => format!(" --references{}", used.concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_whole_and_in_an_order_that_can_be_registered() {
        let events = events().unwrap();
        assert!(FILES.is_sorted(), "files are looked up by their paths");
        assert!(events.len() > 60, "{}", events.len());
        assert!(
            events
                .iter()
                .all(|event| event.versions > 0 && !event.directory.contains(char::is_whitespace))
        );
        let placed = events
            .iter()
            .find(|event| event.subject == "orders.placed-value")
            .unwrap();
        assert_eq!(placed.references(1), "");
        assert_eq!(
            placed.references(3),
            " --references com.acme.common.Address=com.acme.common.Address:1"
        );
        assert!(contracts().count() > 5);
    }
}
