//! The schema that payloads are validated against: a file, a version, an id, or the one that a message names.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use treaty_schemas::validate::{PayloadKind, Validator};

use super::Arguments;
use crate::client::Client;
use crate::exit::Failure;
use crate::global::Global;
use crate::terminal::Terminal;
use crate::{input, references, registered};

/// Schemas of messages that are kept ready.
const KEPT: usize = 1000;

/// Earlier versions that are tried.
const MAX_EARLIER: usize = 20;

/// Finds the schema for a payload.
pub(super) struct Schemas<'a> {
    /// The one that the command line names.
    chosen: Option<Rc<Validator>>,
    arguments: &'a Arguments,
    global: &'a Global,
    /// Those that messages name.
    by_id: HashMap<u32, Rc<Validator>>,
    /// Versions before the one in question, once they are asked for, and those that were made ready.
    versions: Option<Vec<u32>>,
    by_version: HashMap<u32, Option<Rc<Validator>>>,
    /// Ids that the registry does not know.
    unknown: HashSet<u32>,
    /// Whether versions of the subject that the command line names have these ids.
    of_subject: HashMap<u32, bool>,
    client: Option<Client>,
}

/// What is known of the schema that a message names.
pub(super) enum Chosen {
    /// All messages are judged by this.
    Only(Rc<Validator>),
    /// The message is judged by this.
    Schema(Rc<Validator>),
    /// It is no message of the subject that is asked about, for this reason.
    Foreign(Rc<Validator>, String),
    /// Nobody can read it, for this reason.
    Unknown(String),
}

impl<'a> Schemas<'a> {
    pub fn new(arguments: &'a Arguments, global: &'a Global, terminal: &mut Terminal) -> Result<Schemas<'a>, Failure> {
        let mut schemas = Schemas {
            chosen: None,
            arguments,
            global,
            by_id: HashMap::new(),
            versions: None,
            by_version: HashMap::new(),
            unknown: HashSet::new(),
            of_subject: HashMap::new(),
            client: None,
        };
        let chosen = if let Some(path) = &arguments.schema {
            let options = global.options();
            let references = references::load(&arguments.references, &options, global)?;
            let source = input::text(path, options.limits.bytes)?;
            references.parse_leniently(&source, &options, terminal)?
        } else if let Some(subject) = &arguments.subject {
            registered::version(schemas.client()?, subject, &arguments.version)?.parse()?
        } else if let Some(id) = arguments.id {
            registered::id(schemas.client()?, id)?.parse()?
        } else {
            return Ok(schemas);
        };
        schemas.chosen = Some(Rc::new(arguments.validator(&chosen)?));
        Ok(schemas)
    }

    /// The schema for a payload of this kind; `None` for a container, which carries its own.
    pub fn choose(&mut self, name: &str, kind: PayloadKind) -> Result<Option<Rc<Validator>>, Failure> {
        if let Some(chosen) = &self.chosen {
            return Ok(Some(Rc::clone(chosen)));
        }
        match kind {
            PayloadKind::Container => Ok(None),
            _ => Err(Failure::usage(format!(
                "`{name}` ({}) does not say which schema it belongs to",
                kind.name()
            ))
            .help("name it with --schema FILE, --subject SUBJECT or --id ID")),
        }
    }

    /// The schema for a message that names this id: the file's, where one is given, or else the one of this id. What a version of a
    /// subject has written is read with that version.
    pub fn of_message(&mut self, id: u32) -> Result<Chosen, Failure> {
        if let (Some(chosen), None) = (&self.chosen, &self.arguments.subject) {
            return Ok(Chosen::Only(Rc::clone(chosen)));
        }
        let Some(validator) = self.of_id(id)? else {
            return Ok(Chosen::Unknown(format!("the registry has no schema of its id, {id}")));
        };
        match self.arguments.subject.clone() {
            Some(subject) if !self.is_of(id, &subject)? => Ok(Chosen::Foreign(
                validator,
                format!("its schema id is {id}, which no version of `{subject}` has"),
            )),
            _ => Ok(Chosen::Schema(validator)),
        }
    }

    /// The schema of an id; `None` where the registry does not know it.
    fn of_id(&mut self, id: u32) -> Result<Option<Rc<Validator>>, Failure> {
        if let Some(known) = self.by_id.get(&id) {
            return Ok(Some(Rc::clone(known)));
        }
        if self.unknown.contains(&id) {
            return Ok(None);
        }
        let Some(registered) = registered::find_id(self.client()?, id)? else {
            if self.unknown.len() < KEPT {
                self.unknown.insert(id);
            }
            return Ok(None);
        };
        let validator = Rc::new(self.arguments.validator(&registered.parse()?)?);
        if self.by_id.len() < KEPT {
            self.by_id.insert(id, Rc::clone(&validator));
        }
        Ok(Some(validator))
    }

    /// The schema of this id, if a message has named it before.
    pub fn known(&self, id: u32) -> Option<&Rc<Validator>> {
        self.by_id.get(&id)
    }

    /// The subject that the command line names, with the versions before the one in question, the newest first.
    pub fn earlier(&mut self) -> Result<Option<(String, Vec<u32>)>, Failure> {
        let Some(subject) = self.arguments.subject.clone() else {
            return Ok(None);
        };
        let wanted = self.arguments.version.parse::<u32>().ok();
        if self.versions.is_none() {
            let mut versions: Vec<u32> = self.client()?.get(&["subjects", &subject, "versions"], &[])?;
            versions.sort_unstable_by(|one, other| other.cmp(one));
            match wanted {
                Some(wanted) => versions.retain(|version| *version < wanted),
                None => versions = versions.split_off(1.min(versions.len())),
            }
            versions.truncate(MAX_EARLIER);
            self.versions = Some(versions);
        }
        Ok(self.versions.clone().map(|versions| (subject, versions)))
    }

    /// An earlier version made ready; none if it is not understood, or has not the message that is asked for.
    pub fn version(&mut self, subject: &str, version: u32) -> Result<Option<Rc<Validator>>, Failure> {
        if let Some(known) = self.by_version.get(&version) {
            return Ok(known.clone());
        }
        let registered = registered::version(self.client()?, subject, &version.to_string())?;
        let validator = registered.parse().and_then(|schema| self.arguments.validator(&schema));
        let validator = validator.ok().map(Rc::new);
        self.by_version.insert(version, validator.clone());
        Ok(validator)
    }

    /// Whether a version of the subject has this id.
    fn is_of(&mut self, id: u32, subject: &str) -> Result<bool, Failure> {
        if let Some(known) = self.of_subject.get(&id) {
            return Ok(*known);
        }
        let is_of = registered::is_of(self.client()?, id, subject)?;
        if self.of_subject.len() < KEPT {
            self.of_subject.insert(id, is_of);
        }
        Ok(is_of)
    }

    fn client(&mut self) -> Result<&Client, Failure> {
        let client = match self.client.take() {
            Some(client) => client,
            None => Client::new(self.global)?,
        };
        Ok(self.client.insert(client))
    }
}
