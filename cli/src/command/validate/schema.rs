//! The schema that payloads are validated against: a file, a version, an id, or the one that a message names.

use std::collections::HashMap;
use std::rc::Rc;

use treaty_schemas::Format;
use treaty_schemas::validate::{PayloadKind, Validator};

use super::Arguments;
use crate::client::Client;
use crate::exit::Failure;
use crate::global::Global;
use crate::{input, references, registered};

/// Schemas of messages that are kept ready.
const KEPT: usize = 1000;

/// Finds the schema for a payload.
pub(super) struct Schemas<'a> {
    /// The one that the command line names.
    chosen: Option<Rc<Validator>>,
    arguments: &'a Arguments,
    global: &'a Global,
    /// Those that messages name.
    by_id: HashMap<u32, Rc<Validator>>,
    client: Option<Client>,
}

impl<'a> Schemas<'a> {
    pub fn new(arguments: &'a Arguments, global: &'a Global) -> Result<Schemas<'a>, Failure> {
        let mut schemas = Schemas {
            chosen: None,
            arguments,
            global,
            by_id: HashMap::new(),
            client: None,
        };
        let chosen = if let Some(path) = &arguments.schema {
            let options = global.options();
            let references = references::load(&arguments.references, &options, global)?;
            let source = input::text(path, options.limits.bytes)?;
            references.parse(Format::of_source(&source), &source, &options)?
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

    /// The schema for a payload of this kind that begins so; `None` for a container, which carries its own.
    pub fn choose(&mut self, name: &str, kind: PayloadKind, head: &[u8]) -> Result<Option<Rc<Validator>>, Failure> {
        if let Some(chosen) = &self.chosen {
            return Ok(Some(Rc::clone(chosen)));
        }
        match (kind, head) {
            (PayloadKind::Container, _) => Ok(None),
            (PayloadKind::Wire, [0, a, b, c, d, ..]) => self.named(u32::from_be_bytes([*a, *b, *c, *d])).map(Some),
            _ => Err(Failure::usage(format!(
                "`{name}` ({}) does not say which schema it belongs to",
                kind.name()
            ))
            .help("name it with --schema FILE, --subject SUBJECT or --id ID")),
        }
    }

    fn named(&mut self, id: u32) -> Result<Rc<Validator>, Failure> {
        if let Some(known) = self.by_id.get(&id) {
            return Ok(Rc::clone(known));
        }
        let schema = registered::id(self.client()?, id)?.parse()?;
        let validator = Rc::new(self.arguments.validator(&schema)?);
        if self.by_id.len() < KEPT {
            self.by_id.insert(id, Rc::clone(&validator));
        }
        Ok(validator)
    }

    fn client(&mut self) -> Result<&Client, Failure> {
        let client = match self.client.take() {
            Some(client) => client,
            None => Client::new(self.global)?,
        };
        Ok(self.client.insert(client))
    }
}
