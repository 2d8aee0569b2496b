//! The pages of buf's rules: each case is two trees of files and what the page's rule finds between them.
//!
//! ```` ```proto previous ```` and ```` ```proto current ```` open a file of a tree; a path may follow, and is `acme.proto`
//! otherwise.

use std::ops::Range;
use std::path::PathBuf;

use treaty_schemas::Source;
use treaty_schemas::protobuf::judgement::breaking::rules::{self, ALL};
use treaty_schemas::protobuf::judgement::breaking::{self, Element, Place, Positions, Selection, Version};
use treaty_schemas::protobuf::judgement::side::{Files, Of};
use treaty_schemas::protobuf::language::schema::FileSet;
use treaty_schemas::protobuf::{Limits, compile_tree};

/// A rule that only keeps its name.
const NEVER_FOUND: &str = "buf/MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT";

struct Case {
    title: String,
    previous: Vec<(Box<str>, Source)>,
    current: Vec<(Box<str>, Source)>,
    expected: String,
    /// The byte range of the findings in the page.
    at: Range<usize>,
}

fn cases(page: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut at = 0;
    // The block that is open: its words, and where its text starts.
    let mut block: Option<(Vec<&str>, usize)> = None;
    for line in page.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if let Some(title) = line.strip_prefix("### ") {
            cases.push(Case {
                title: title.trim().to_owned(),
                previous: Vec::new(),
                current: Vec::new(),
                expected: String::new(),
                at: 0..0,
            });
        } else if let Some(fence) = line.strip_prefix("```") {
            let Some((words, from)) = block.take() else {
                block = Some((fence.split_whitespace().collect(), at));
                continue;
            };
            let case = cases.last_mut().expect("a case");
            let text = &page[from..start];
            let path = words.get(2).copied().unwrap_or("acme.proto");
            let file = (Box::from(path), Source::new(path, text));
            match words[..2] {
                ["proto", "previous"] => case.previous.push(file),
                ["proto", "current"] => case.current.push(file),
                ["text", "finds"] => (case.expected, case.at) = (text.to_owned(), from..start),
                _ => panic!("{}: a block of {words:?}", case.title),
            }
        }
    }
    cases
}

fn tree(files: Vec<(Box<str>, Source)>) -> FileSet {
    compile_tree(files, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn shown<S>(place: Option<Of<S, Place>>, files: Files<'_, S>) -> String {
    let Some(place) = place.map(|place| files.own(place)) else {
        return "(nowhere)".to_owned();
    };
    let at = Positions::new(files.set()).of(&place);
    let path = &files.set().file(place.file).path;
    format!("{path}:{}:{}", at.start_line, at.start_column)
}

#[test]
fn every_case_finds_what_its_page_says() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut failures = Vec::new();
    for &rule in ALL {
        let path = folder.join(format!("{}.md", rule.id));
        let mut page = std::fs::read_to_string(&path).expect("the page");
        for heading in ["## Why it breaks", "## How to fix it", "## Cases"] {
            assert!(page.contains(heading), "{} lacks {heading}", rule.id);
        }
        let mut selection = Selection::default();
        selection.add(rule);
        let mut fired = false;
        for case in cases(&page).into_iter().rev() {
            let (previous, current) = (tree(case.previous), tree(case.current));
            let annotations = breaking::check(&current, &previous, &selection);
            fired |= !annotations.is_empty();
            let mut found = String::new();
            for annotation in &annotations {
                let now = shown(annotation.current, Files::new(&current));
                let before = shown(annotation.previous, Files::new(&previous));
                found += &format!("{now}: {}\n  previously {before}\n", annotation.message);
            }
            if found.is_empty() {
                found += "nothing\n";
            }
            if found == case.expected {
                continue;
            }
            if std::env::var_os("UPDATE").is_some() {
                page.replace_range(case.at, &found);
            } else {
                let (id, title) = (rule.id, &case.title);
                failures.push(format!(
                    "{id}: {title}\nthe page says:\n{}but found:\n{found}",
                    case.expected
                ));
            }
        }
        assert_eq!(
            fired,
            rule.id != NEVER_FOUND,
            "{} fires in its own cases, or does not",
            rule.id
        );
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, page).expect("the page is written");
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_page_names_the_categories_of_its_rule_and_says_whether_data_shows_it() {
    for &rule in ALL {
        let names: Vec<&str> = rules::categories(rule, Version::V2)
            .iter()
            .map(|category| category.name())
            .collect();
        let told = match names.as_slice() {
            [] => "no category".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        };
        let shown = match rules::concern(rule).shows_in_data() {
            true => "A payload can show it.",
            false => "A payload cannot show it.",
        };
        let line = format!("\nPart of {told}. {shown}\n");
        assert!(rule.page.contains(&line), "{}: {line}", rule.id);
    }
}

/// A line of schema in a help is one that compiles, and is about the number or the name in question.
#[test]
fn every_line_of_schema_in_a_help_is_of_this_change() {
    let mut lines = 0;
    for &rule in ALL {
        let mut selection = Selection::default();
        selection.add(rule);
        for case in cases(rule.page) {
            let syntax = case.current.iter().map(|(_, source)| source.text().to_owned()).next();
            let syntax = syntax.unwrap_or_default();
            let (previous, current) = (tree(case.previous), tree(case.current));
            for annotation in breaking::check(&current, &previous, &selection) {
                let help = breaking::help(&annotation, &current, &previous);
                let code = help
                    .split('`')
                    .skip(1)
                    .step_by(2)
                    .filter(|code| code.ends_with([';', ']']));
                for code in code {
                    lines += 1;
                    compiles(code, &syntax, &annotation.element);
                    if let Element::Field(_, number) | Element::Value(_, number) = annotation.element {
                        let is_of_number = code.contains(&number.to_string());
                        let is_of_name = code.contains("json_name") || code.contains("allow_alias");
                        let names = names(&previous, &annotation.element);
                        let is_of_name = is_of_name || names.iter().any(|name| code.contains(name.as_str()));
                        assert!(is_of_number || is_of_name, "{}: {help}", rule.id);
                    }
                }
            }
        }
    }
    assert!(lines >= 13, "only {lines}");
}

/// The names that an element has, to be looked for in a line.
fn names(previous: &FileSet, element: &Element) -> Vec<String> {
    let files = Files::new(previous);
    match *element {
        Element::Field(message, number) => {
            let fields = files
                .message(message)
                .fields
                .iter()
                .filter(|field| field.number == number);
            fields.map(|field| field.name.to_string()).collect()
        }
        Element::Value(id, number) => {
            let values = previous.enumeration(files.own(id)).values.iter();
            let values = values.filter(|value| value.number == number);
            values.map(|value| value.name.to_string()).collect()
        }
        _ => Vec::new(),
    }
}

/// Puts a line where it belongs in an otherwise empty file, which then has to compile.
fn compiles(code: &str, text: &str, element: &Element) {
    let syntax = text
        .lines()
        .find(|line| line.starts_with("syntax") || line.starts_with("edition"));
    let syntax = syntax.unwrap_or_default();
    let text = match element {
        _ if code.starts_with('[') => format!("{syntax} message M {{ {} string a = 1 {code}; }}", label(syntax)),
        Element::Value(..) if code.contains("allow_alias") => format!("{syntax} enum E {{ {code} A = 0; B = 0; }}"),
        Element::Value(..) | Element::Enum(_) if code.contains("= 0") => format!("{syntax} enum E {{ {code} }}"),
        Element::Value(..) | Element::Enum(_) => format!("{syntax} enum E {{ ZERO_OF_ALL = 0; {code} }}"),
        Element::Service => format!("{syntax} service S {{ {code} }}"),
        _ => format!("{syntax} message M {{ {code} }}"),
    };
    let source = Source::new("help.proto", text.as_str());
    let result = compile_tree(vec![(Box::from("help.proto"), source)], &Limits::default());
    // Types of the real file are not here.
    if let Err(error) = result {
        let is_of_types =
            |message: &str| message.contains("no type") || message.contains("unknown") || message.contains("not found");
        let messages: Vec<String> = error
            .problems
            .iter()
            .map(|problem| problem.message.to_string())
            .collect();
        assert!(
            messages.iter().all(|message| is_of_types(message)),
            "{text}\n{messages:?}"
        );
    }
}

fn label(syntax: &str) -> &'static str {
    if syntax.contains("proto2") { "optional" } else { "" }
}
