//! Which of many texts a text imports.

use std::collections::HashSet;

use super::limits::Limits;
use super::parse::parse;
use crate::options::Options;
use crate::reference::Reference;
use crate::text::source::Source;

/// The files that a text imports, directly and through others: a file is imported by the path from its directory or, if it was
/// named itself, by any end of its path.
pub(crate) fn imported(known: &[Reference], source: &Source, options: &Options) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut todo = vec![source.clone()];
    while let Some(text) = todo.pop() {
        for import in imports(&text, options) {
            if !seen.insert(import.clone()) {
                continue;
            }
            let same = known.iter().find(|reference| *reference.import == import);
            let ends = || known.iter().find(|reference| ends_with(&reference.import, &import));
            if let Some(reference) = same.or_else(ends) {
                todo.push(reference.source.clone());
                found.push(Reference {
                    import: import.into(),
                    source: reference.source.clone(),
                });
            }
        }
    }
    found
}

/// The paths that a text imports; none if it cannot be read, which whoever compiles it reports.
fn imports(source: &Source, options: &Options) -> Vec<String> {
    match parse(source, source.name(), &Limits::from(options.limits)) {
        Ok(file) => file
            .imports
            .iter()
            .map(|import| import.path.value.to_string())
            .collect(),
        Err(_) => Vec::new(),
    }
}

fn ends_with(path: &str, import: &str) -> bool {
    path.strip_suffix(import).is_some_and(|before| before.ends_with('/'))
}
