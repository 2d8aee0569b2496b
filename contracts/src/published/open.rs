//! From a published contract to what each of its entries needs.
//!
//! Invariants: a schema that many entries name is parsed once. No more than what the entry under way needs is held: what
//! is parsed is given up after the last entry that names it, and each requirement is the caller's.

use std::collections::HashMap;
use std::ops::ControlFlow;

use treaty_schemas::text::json::Limits;
use treaty_schemas::{
    Budget, Exhausted, Format, Line, Options, Origin, ParseError, Problem, Schema, Source, Span, Strictness,
};

use super::{PinnedSchema, PublishedContract, ReferencedText, Role};
use crate::contract::Contract;
use crate::contract::fault::Faults;
use crate::requirement::{Forms, Pinned, Requirement};

/// More texts that one schema refers to, directly and through others, are refused.
pub const MAX_REFERENCES: usize = 1000;
/// More texts that all schemas of a contract refer to together are refused, each counted in each of its places.
pub const MAX_ALL_REFERENCES: usize = 50_000;
/// More bytes of schemas are refused, each with what it refers to and counted once for each name that it has: they are
/// parsed under each.
pub const MAX_SCHEMA_BYTES: usize = 256 << 20;

/// So many bytes of a text that is parsed cost a step.
const BYTES: usize = 4;

/// Which schema an entry needs for each role: an index into those that are parsed.
type Slots = [Option<usize>; 2];

impl PublishedContract {
    /// Reads what was published.
    ///
    /// # Errors
    /// What is wrong with the file, with a schema that came with it, or between the two: the first twenty faults, and how
    /// many more there are. Where the budget ends, that it did: [`Budget::exhausted`] then says why.
    pub fn open(&self, budget: &Budget) -> Result<(Contract, Vec<Requirement>), ParseError> {
        budget
            .spend(self.file.text.len() / BYTES)
            .map_err(|why| ended(&self.source(), why))?;
        let contract = self.contract()?;
        let requirements = self.requirements(&contract, budget)?;
        Ok((contract, requirements))
    }

    /// What each entry of its contract, which was read already, needs; in the order of the file.
    ///
    /// # Errors
    /// Those of [`PublishedContract::each`].
    pub fn requirements(&self, contract: &Contract, budget: &Budget) -> Result<Vec<Requirement>, ParseError> {
        let mut requirements = Vec::new();
        let take = |entry, requirement| {
            requirements.push((entry, requirement));
            ControlFlow::Continue(())
        };
        self.each(contract, |_| true, budget, take)?;
        requirements.sort_by_key(|(entry, _)| *entry);
        Ok(requirements.into_iter().map(|(_, requirement)| requirement).collect())
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Those of [`Contract::read`].
    pub fn contract(&self) -> Result<Contract, ParseError> {
        Contract::read(&self.source())
    }

    fn source(&self) -> Source {
        Source::new(self.file.name.as_str(), self.file.text.as_str())
    }

    /// Hands over what each entry of its contract needs, one after the other, with the number of the entry: those of the
    /// entries, by number, that are `wanted`. Entries that name one schema come one after another.
    ///
    /// # Errors
    /// Those of [`PublishedContract::open`] that have to do with the schemas, once all entries were looked at; or that the budget
    /// has ended.
    pub fn each(
        &self,
        contract: &Contract,
        wanted: impl Fn(usize) -> bool,
        budget: &Budget,
        mut take: impl FnMut(usize, Requirement) -> ControlFlow<()>,
    ) -> Result<(), ParseError> {
        let mut faults = Faults::default();
        let references: usize = self.schemas.iter().map(|schema| schema.references.len()).sum();
        if references > MAX_ALL_REFERENCES {
            faults.add(&contract.source, Span::default(), |_| {
                let message = format!(
                    "the schemas that came with the contract refer to {references} texts, more than the {MAX_ALL_REFERENCES} that are allowed"
                );
                (message, Some("let one application have one contract".into()))
            });
            return Err(faults.finish());
        }
        let (slots, distinct) = self.place(contract, &mut faults);
        // That a misplaced schema is lacking would be reported as well otherwise.
        if !faults.is_empty() {
            return Err(faults.finish());
        }
        let mut entries: Vec<usize> = (0..slots.len()).filter(|entry| wanted(*entry)).collect();
        entries.sort_by_key(|entry| slots[*entry]);
        let mut uses = vec![0usize; distinct.len()];
        for index in entries.iter().flat_map(|entry| slots[*entry]).flatten() {
            uses[index] += 1;
        }
        let needed = distinct.iter().zip(&uses).filter(|(_, uses)| **uses > 0);
        if needed.map(|(schema, _)| schema.bytes()).sum::<usize>() > MAX_SCHEMA_BYTES {
            faults.add(&contract.source, Span::default(), |_| {
                let message = format!(
                    "the schemas that came with the contract have more than the {MAX_SCHEMA_BYTES} bytes that are allowed"
                );
                (message, Some("let one application have one contract".into()))
            });
            return Err(faults.finish());
        }
        let mut parsed: Vec<Option<Schema>> = vec![None; distinct.len()];
        let mut forms = Forms::default();
        let mut is_broken = vec![false; distinct.len()];
        for entry in entries {
            let mut schemas = [None, None];
            for (schema, index) in schemas.iter_mut().zip(slots[entry]) {
                let Some(index) = index else { continue };
                if parsed[index].is_none() && !is_broken[index] {
                    let steps = distinct[index].bytes() / BYTES;
                    budget.spend(steps).map_err(|why| ended(&contract.source, why))?;
                    match distinct[index].parse() {
                        Ok(found) => parsed[index] = Some(found),
                        Err(error) => {
                            faults.extend(error);
                            is_broken[index] = true;
                        }
                    }
                }
                uses[index] -= 1;
                *schema = match uses[index] {
                    0 => parsed[index].take(),
                    _ => parsed[index].clone(),
                };
            }
            // A schema that cannot be read is the cause of what else is wrong with its entries.
            if slots[entry].into_iter().flatten().any(|index| is_broken[index]) {
                continue;
            }
            let [built, reader] = schemas;
            let pinned = Pinned { built, reader };
            let receives = &contract.receives[entry];
            let requirement = Requirement::derive_or_add(contract, receives, pinned, budget, &mut faults, &mut forms);
            if let Some(why) = budget.exhausted() {
                return Err(ended(&contract.source, why));
            }
            if let Some(requirement) = requirement
                && take(entry, requirement).is_break()
            {
                break;
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults.finish())
        }
    }

    /// Which schema each entry needs, and the schemas, each once.
    fn place<'c>(&'c self, contract: &Contract, faults: &mut Faults) -> (Vec<Slots>, Vec<&'c PinnedSchema>) {
        let mut slots: Vec<Slots> = vec![[None, None]; contract.receives.len()];
        let mut indexes: HashMap<Content<'_>, usize> = HashMap::new();
        let mut distinct = Vec::new();
        for schema in &self.schemas {
            if let Err(why) = schema.check_place(contract, &slots) {
                faults.add(&contract.source, Span::default(), |_| {
                    let help = "send one schema for each `builtAgainst` and each `reader`";
                    (why(&schema.name), Some(help.into()))
                });
                continue;
            }
            let index = *indexes.entry(Content::of(schema)).or_insert_with(|| {
                distinct.push(schema);
                distinct.len() - 1
            });
            slots[schema.entry][schema.role as usize] = Some(index);
        }
        (slots, distinct)
    }
}

fn ended(source: &Source, why: Exhausted) -> ParseError {
    ParseError::from(Problem {
        message: Line::new(why),
        source: source.clone(),
        span: Span::default(),
        help: None,
    })
}

/// What decides what a schema is parsed to. Texts are compared by their addresses: one text is kept once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Content<'c> {
    format: Format,
    name: &'c str,
    text: *const u8,
    references: Vec<(&'c str, Option<&'c str>, *const u8)>,
}

impl<'c> Content<'c> {
    pub(super) fn of(schema: &'c PinnedSchema) -> Content<'c> {
        let place = |reference: &'c ReferencedText| {
            let import = reference.import.as_deref();
            (reference.name.as_str(), import, reference.text.as_ptr())
        };
        Content {
            format: schema.schema_type,
            name: &schema.name,
            text: schema.schema.as_ptr(),
            references: schema.references.iter().map(place).collect(),
        }
    }
}

impl PinnedSchema {
    /// Whether some entry names it, and no other schema in its stead; otherwise how to say so.
    fn check_place(&self, contract: &Contract, slots: &[Slots]) -> Result<(), fn(&str) -> String> {
        let named = contract
            .receives
            .get(self.entry)
            .is_some_and(|receives| match self.role {
                Role::BuiltAgainst => receives.built_against.is_some(),
                Role::Reader => receives.reader.is_some(),
            });
        if !named {
            return Err(|name| {
                format!("the schema `{name}` came with the contract, but no entry of `receives` names it")
            });
        }
        if slots[self.entry][self.role as usize].is_some() {
            return Err(|name| format!("the schema `{name}` came with the contract twice"));
        }
        if self.references.len() > MAX_REFERENCES {
            return Err(|name| {
                format!("the schema `{name}` came with more than the {MAX_REFERENCES} texts that one may refer to")
            });
        }
        Ok(())
    }

    fn parse(&self) -> Result<Schema, ParseError> {
        let source = Source::new(self.name.as_str(), std::sync::Arc::clone(&self.schema));
        // It was accepted where it comes from; whoever takes the whole document has bounded its size.
        let options = Options {
            limits: Limits::UNBOUNDED_SIZE,
            strictness: Strictness::Stored,
            origin: Origin::Registry,
        };
        Schema::parse(self.schema_type, &source, &self.references(), &options)
    }
}
