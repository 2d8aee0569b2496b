//! Trees of `.proto` files against trees: buf's breaking rules.

use std::collections::HashSet;
use std::path::Path;

use treaty_api::report::{Breaks, Finding, RuleSets, Subject, Texts};
use treaty_schemas::protobuf::Limits;
use treaty_schemas::protobuf::breaking::{self, Annotation, Extent, Place, Selection, rules};
use treaty_schemas::{At, DataPath, Evidence, Label, Mode, Severity, Source, Span, Verdict, finding};

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
    let name = arguments.subject.clone().unwrap_or_else(|| new.display().to_string());
    Ok(told(&name, &rules, &annotations, &current, &previous))
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
        let module = match (annotation.current, annotation.previous) {
            (Some(place), _) => Some(current.module(place.file)),
            // What is gone belongs to the module of the same root.
            (None, Some(place)) => {
                let before = previous.module(place.file);
                let modules = current.modules();
                modules
                    .iter()
                    .find(|module| module.path == before.path)
                    .or(modules.first())
            }
            (None, None) => None,
        };
        module.is_none_or(|module| {
            let judges = |tree: &Tree, place: Option<Place>| {
                place.is_none_or(|place| {
                    let file = tree.set.file(place.file);
                    module.selection.judges(annotation.rule, &file.path, &file.package)
                })
            };
            module.selection.has(annotation.rule)
                && judges(current, annotation.current)
                && judges(previous, annotation.previous)
        })
    });
    annotations
}

/// The report: the current tree is the reader, the previous one the writer.
fn told(name: &str, rules: &str, annotations: &[Annotation], current: &Tree, previous: &Tree) -> Subject {
    let mut texts = Texts::default();
    // What stands in place of a text where there is none: the directory.
    let nowhere = [current, previous].map(|tree| Source::new(tree.directory.display().to_string(), ""));
    let mut files: HashSet<&str> = HashSet::new();
    let mut findings = Vec::with_capacity(annotations.len());
    for annotation in annotations {
        let path = [(current, annotation.current), (previous, annotation.previous)]
            .into_iter()
            .find_map(|(tree, place)| Some(&*tree.set.file(place?.file).path))
            .unwrap_or_default();
        files.insert(path);
        let found = finding::Finding {
            rule: annotation.rule,
            severity: Severity::Error,
            message: annotation.message.clone(),
            reader: label(current, annotation.current, &nowhere[0], ["", "no longer here"]),
            writer: label(
                previous,
                annotation.previous,
                &nowhere[1],
                ["previously", "not here yet"],
            ),
            help: help(annotation.rule),
            evidence: Evidence::None,
            also: Vec::new(),
            data_path: String::new(),
            reader_path: DataPath::default(),
        };
        findings.push(Finding::new(
            &[name, path],
            Breaks::NewConsumers,
            &found,
            None,
            &mut texts,
        ));
    }
    let verdict = match findings.is_empty() {
        true => Verdict::Compatible,
        false => Verdict::Incompatible,
    };
    let summary = match (findings.len(), files.len()) {
        (0, _) => format!("{rules} allow this"),
        (1, _) => format!("{rules} forbid this in one place"),
        (places, 1) => format!("{rules} forbid this in {places} places of one file"),
        (places, files) => format!("{rules} forbid this in {places} places of {files} files"),
    };
    Subject {
        subject: name.to_owned(),
        mode: Mode::None,
        verdict,
        rule_sets: RuleSets {
            confluent: Verdict::Undecided,
            semantic: Verdict::Undecided,
            buf: Some(verdict),
        },
        summary,
        against: Vec::new(),
        findings,
        undecided: Vec::new(),
        consumers: None,
    }
}

/// A place, or the directory where there is none; `notes` say what it is and what it is not.
fn label(tree: &Tree, place: Option<Place>, nowhere: &Source, notes: [&str; 2]) -> Label {
    let (source, extent, note) = match place {
        Some(place) => (&tree.set.file(place.file).source, place.extent, notes[0]),
        None => (nowhere, Extent::File, notes[1]),
    };
    Label {
        source: source.clone(),
        at: At::Span(match extent {
            Extent::File => Span::default(),
            Extent::Span(span) => span,
        }),
        note: note.to_owned(),
    }
}

/// The first sentence of the part of the rule's page that says how to mend it.
fn help(rule: &finding::Rule) -> String {
    let part = rule.page.split("## How to fix it\n\n").nth(1).unwrap_or_default();
    let paragraph = part.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let sentence = paragraph.split(". ").next().unwrap_or_default();
    let mut letters = sentence.trim_end_matches('.').chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
