//! Trees of `.proto` files against trees: buf's breaking rules, and what data shows of what they find.
//!
//! Whose rules are asked for decides: buf's, and what can happen to data only where a mode is asked for.

mod told;

use std::path::Path;

use treaty_api::report::Subject;
use treaty_schemas::protobuf::Limits;
use treaty_schemas::protobuf::breaking::{self, Annotation, Place, Selection, rules};
use treaty_schemas::protobuf::buf_yaml::Module;
use treaty_schemas::protobuf::check::tree::{Proofs, Trees, prove};
use treaty_schemas::protobuf::schema::FileId;
use treaty_schemas::{Mode, Source};

use super::Arguments;
use crate::args::Global;
use crate::exit::Failure;
use crate::input;
use crate::terminal::Terminal;
use crate::tree::{EXTENSIONS, Tree};

/// Whether a directory holds files that are judged as a tree.
pub(super) fn is_tree(directory: &Path) -> Result<bool, Failure> {
    Ok(directory.is_dir() && !input::files_below(directory, EXTENSIONS)?.is_empty())
}

/// Judges a tree against an earlier one.
pub(super) fn judge(
    new: &Path,
    old: &Path,
    arguments: &Arguments,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Subject, Failure> {
    // Files of a tree may be larger than what a registry takes.
    let usual = Limits::default();
    let limits = Limits {
        bytes: usual.bytes.max(global.max_schema_bytes),
        ..usual
    };
    let old_includes = match arguments.against_includes.as_slice() {
        [] => &arguments.includes,
        own => own,
    };
    // The earlier tree may have had its roots elsewhere; the rules are those of the new one.
    let config = global.config.as_deref();
    let old_config = config.filter(|_| !old.join("buf.yaml").is_file());
    let current = Tree::read(new, config, &arguments.includes, &limits, terminal)?;
    let previous = Tree::read(old, old_config, old_includes, &limits, terminal)?;
    let (annotations, rules) = match arguments.category {
        Some(category) => {
            let selection = Selection::from(category);
            let annotations = breaking::check(&current.set, &previous.set, &selection);
            (annotations, format!("buf's rules of category {category}"))
        }
        None => (configured(&current, &previous), "buf's rules".to_owned()),
    };
    // What stands in place of a text where there is none: the directory.
    let nowhere = [&current, &previous].map(|tree| Source::new(tree.directory.display().to_string(), ""));
    let mode = arguments.mode.unwrap_or(Mode::Full);
    let proofs = match mode {
        Mode::None => None,
        _ => Some(proofs(&current, &previous, &nowhere[0], &annotations)),
    };
    let name = arguments.subject.clone().unwrap_or_else(|| new.display().to_string());
    let judged = told::Judged {
        rules: &rules,
        mode,
        is_mode_asked_for: arguments.mode.is_some(),
        annotations: &annotations,
        proofs: proofs.as_ref(),
        trees: [&current, &previous],
        nowhere: &nowhere,
    };
    Ok(judged.subject(&name))
}

/// What data shows, in files that the configuration does not leave alone.
fn proofs(current: &Tree, previous: &Tree, nowhere: &Source, annotations: &[Annotation]) -> Proofs {
    let trees = Trees {
        current: &current.set,
        previous: &previous.set,
        nowhere,
    };
    prove(trees, annotations, |now, before| {
        let module = module(current, previous, now, before);
        let judges = |tree: &Tree, file: Option<FileId>| {
            file.is_none_or(|file| {
                let file = tree.set.file(file);
                !module.selection.leaves_alone(&file.path, &file.package)
            })
        };
        judges(current, now) && judges(previous, before)
    })
}

/// The module that judges what stands in these files: what is gone belongs to the module of the same root.
fn module<'t>(current: &'t Tree, previous: &Tree, now: Option<FileId>, before: Option<FileId>) -> &'t Module {
    let gone = |file: FileId| {
        let before = previous.module(file);
        current.modules().iter().find(|module| module.path == before.path)
    };
    match (now, before) {
        (Some(file), _) => current.module(file),
        (None, before) => before.and_then(gone).unwrap_or(&current.modules()[0]),
    }
}

/// What the rules find that each module asks for.
fn configured(current: &Tree, previous: &Tree) -> Vec<Annotation> {
    if let [module] = current.modules() {
        return breaking::check(&current.set, &previous.set, &module.selection);
    }
    let mut any = Selection::default();
    for rule in rules::ALL {
        if current.modules().iter().any(|module| module.selection.has(rule)) {
            any.add(rule);
        }
    }
    let mut annotations = breaking::check(&current.set, &previous.set, &any);
    annotations.retain(|annotation| {
        let file = |place: Option<Place>| place.map(|place| place.file);
        let module = module(current, previous, file(annotation.current), file(annotation.previous));
        let judges = |tree: &Tree, place: Option<Place>| {
            place.is_none_or(|place| {
                let file = tree.set.file(place.file);
                module.selection.judges(annotation.rule, &file.path, &file.package)
            })
        };
        module.selection.has(annotation.rule)
            && judges(current, annotation.current)
            && judges(previous, annotation.previous)
    });
    annotations
}
