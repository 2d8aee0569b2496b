//! One registered schema, with the texts that it refers to.

use std::sync::Arc;

use super::fold::folded;
use super::limits::Limits;
use super::link::link_from;
use super::parse::parse;
use super::schema::Schema;
use super::syntax::File;
use crate::options::{Options, Origin, Strictness};
use crate::reference::Reference;
use crate::text::source::{ParseError, Source};

/// Compiles a schema. `path` is what others would import it by; each reference is imported by [`Reference::import`].
///
/// # Errors
/// Everything that protoc would refuse, each at its place, also in a reference; of what comes from a registry, only what leaves
/// the meaning of data open.
pub fn compile(source: &Source, path: &str, references: &[Reference], options: &Options) -> Result<Schema, ParseError> {
    let meant = |tree: Arc<File>| match options.origin {
        Origin::Registry => folded(tree),
        Origin::Files => tree,
    };
    let written = Arc::new(parse(source, path, &Limits::from(options.limits))?);
    let folded = meant(Arc::clone(&written));
    let mut trees = Vec::with_capacity(references.len() + 1);
    trees.push(Arc::clone(&folded));
    for (number, reference) in references.iter().enumerate() {
        let is_repeated = references[..number]
            .iter()
            .any(|earlier| earlier.import == reference.import && earlier.source.text() == reference.source.text());
        // Two ways to one text: a diamond of references, nothing that is wrong.
        if !is_repeated {
            let tree = parse(&reference.source, &reference.import, &Limits::UNBOUNDED_SIZE)?;
            trees.push(meant(Arc::new(tree)));
        }
    }
    let checked = match options.strictness {
        Strictness::New => 1,
        Strictness::Stored => 0,
    };
    let (set, warnings) = link_from(options.origin, trees, 1, checked)?;
    Ok(Schema {
        set,
        written,
        folded,
        warnings,
        event: None,
    })
}
