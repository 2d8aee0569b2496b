//! Schemas that are proposed together: one that refers to a subject whose schema is proposed as well refers to the proposed text,
//! whatever version it names. So one change can change a type and those who use it before anything is registered.
//!
//! Invariants: nothing is written; each text is read once, after those that it uses itself; what is proposed is bounded by the size
//! of a request, and what it leads to in the store as for a registration.

use std::collections::{HashMap, HashSet};

use treaty_api::check::ProposedSubject;
use treaty_api::schemas::Reference as Asked;
use treaty_schemas::{Format, Reference as Text, Source};

use crate::call::Call;
use crate::ops::draft;
use crate::ops::references::{self, Bounds};
use crate::problem::Problem;
use crate::rooms::Taken;

/// The proposed schemas of other subjects.
#[derive(Debug, Clone, Default)]
pub struct Together {
    by_subject: HashMap<String, ProposedSubject>,
}

/// What a proposed schema refers to.
#[derive(Default)]
pub struct Found {
    /// The texts, each after those that it uses itself.
    pub texts: Vec<Text>,
    /// The room that the registered ones take.
    rooms: Vec<Taken>,
}

impl Together {
    /// Of what a request proposes beside its own schema.
    pub fn new(proposed: Vec<ProposedSubject>) -> Together {
        let by_subject = proposed.into_iter().map(|each| (each.subject.clone(), each));
        Together {
            by_subject: by_subject.collect(),
        }
    }

    /// Whether nothing else is proposed.
    pub fn is_empty(&self) -> bool {
        self.by_subject.is_empty()
    }

    /// Whether a schema of this subject is proposed as well.
    pub fn has(&self, subject: &str) -> bool {
        self.by_subject.contains_key(subject)
    }

    /// What a proposed schema refers to, with what is proposed in the place of what is registered.
    ///
    /// # Errors
    /// 42201 for a reference that names nothing, and when they are too many or too large.
    pub async fn references(&self, call: &Call, format: Format, asked: &[Asked]) -> Result<Found, Problem> {
        let mut found = Found::default();
        let mut named: HashSet<String> = HashSet::new();
        // A stack of our own: references may be nested as deep as there are many.
        let mut todo: Vec<Step<'_>> = asked.iter().rev().cloned().map(Step::Ask).collect();
        while let Some(step) = todo.pop() {
            let (import, proposed) = match step {
                Step::Ask(asked) => match asked
                    .subject
                    .as_deref()
                    .and_then(|subject| self.by_subject.get(subject))
                {
                    Some(proposed) => (asked.name.unwrap_or_default(), proposed),
                    None => {
                        let texts = self.registered(call, format, &asked, &named, &mut found).await?;
                        todo.extend(texts.into_iter().rev());
                        continue;
                    }
                },
                Step::Text(text, Some(proposed)) => (text.import.to_string(), proposed),
                Step::Text(text, None) => {
                    let name = match format.imports_by_path() {
                        true => text.import.to_string(),
                        false => text.source.name().to_owned(),
                    };
                    if named.insert(name) {
                        found.add(call, text)?;
                    }
                    continue;
                }
                Step::Leave(import, proposed) => {
                    let file = proposed.file.as_deref().unwrap_or(&proposed.subject);
                    let text = proposed.schema.schema.clone().unwrap_or_default();
                    draft::admit(format, &text)?;
                    let text = Text {
                        import: import.into(),
                        source: Source::new(file, text),
                    };
                    found.add(call, text)?;
                    continue;
                }
            };
            let name = match format.imports_by_path() {
                true => import.clone(),
                false => proposed.subject.clone(),
            };
            if named.insert(name) {
                todo.push(Step::Leave(import, proposed));
                let inner = proposed.schema.references.as_deref().unwrap_or_default();
                todo.extend(inner.iter().rev().cloned().map(Step::Ask));
            }
        }
        Ok(found)
    }

    /// What a reference to a registered version leads to.
    async fn registered<'t>(
        &'t self,
        call: &Call,
        format: Format,
        asked: &Asked,
        named: &HashSet<String>,
        found: &mut Found,
    ) -> Result<Vec<Step<'t>>, Problem> {
        let complete = references::complete(call, std::slice::from_ref(asked)).await?;
        let plan = references::plan_beside(call, format, &complete, Bounds::of_requests(call), named).await?;
        found.rooms.push(call.rooms.references.take(plan.weight()).await?);
        let subjects = plan.subjects();
        let texts = plan.read(call).await?.into_iter().zip(subjects);
        let steps = texts.map(|(text, subject)| Step::Text(text, self.by_subject.get(&subject)));
        Ok(steps.collect())
    }
}

impl Found {
    fn add(&mut self, call: &Call, text: Text) -> Result<(), Problem> {
        if self.texts.len() == call.config.max_references {
            return Err(Problem::InvalidSchema(format!(
                "Invalid schema: it refers to more than {} schemas, directly and through others; --max-references raises the limit",
                call.config.max_references
            )));
        }
        self.texts.push(text);
        Ok(())
    }
}

enum Step<'a> {
    /// Find what a reference leads to.
    Ask(Asked),
    /// Keep a registered text, or what is proposed for its subject.
    Text(Text, Option<&'a ProposedSubject>),
    /// Keep a proposed text, under this name: what it refers to is kept.
    Leave(String, &'a ProposedSubject),
}
