//! What breaks between two trees, as buf 1.75 says it: its own cases where they lie beside the checkout, and cases of ours.
//!
//! buf's cases (Apache-2.0) are looked for in the folder that TREATY_SHARED names, else in `../shared`; without them the
//! tests of them say so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use treaty_schemas::Source;
use treaty_schemas::protobuf::judgement::breaking::{self, Annotation, Category, Positions, Selection};
use treaty_schemas::protobuf::judgement::buf_yaml::BufYaml;
use treaty_schemas::protobuf::judgement::side::Files;
use treaty_schemas::protobuf::language::schema::FileSet;
use treaty_schemas::protobuf::{Limits, compile_tree};

// A skipped test says so.
#[allow(clippy::print_stdout)]
fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("TREATY_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let found = root.join("conformance/buf");
    if found.is_dir() {
        return Some(found);
    }
    println!("skipped: buf's cases are not here; set TREATY_SHARED to the folder that holds them");
    None
}

/// The `.proto` files below a folder, by their paths from the roots that its `buf.yaml` names.
fn tree(root: &Path) -> FileSet {
    let config = match std::fs::read_to_string(root.join("buf.yaml")) {
        Ok(text) => BufYaml::parse(&Source::new("buf.yaml", text)).unwrap_or_else(|error| panic!("{error}")),
        Err(_) => BufYaml::default(),
    };
    let mut files = Vec::new();
    let mut todo = vec![root.to_owned()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|ending| ending == "proto") {
                let name = path.strip_prefix(root).expect("below").display().to_string();
                if let Some(import) = config.modules.iter().find_map(|module| module.path_of(&name)) {
                    let text = std::fs::read_to_string(&path).expect("a text");
                    files.push((import.into(), Source::new(name, text)));
                }
            }
        }
    }
    compile_tree(files, &Limits::default()).unwrap_or_else(|error| panic!("{}: {error}", root.display()))
}

/// An annotation as buf tells it: path, start and end, rule, message.
type Told = (String, [u64; 4], String, String);

fn told(annotations: &[Annotation], current: &FileSet) -> Vec<Told> {
    let mut positions = Positions::new(current);
    annotations
        .iter()
        .map(|annotation| {
            let files = Files::new(current);
            let (path, place) = match annotation.current {
                Some(place) => {
                    let place = files.own(place);
                    let at = positions.of(&place);
                    let numbers = [at.start_line, at.start_column, at.end_line, at.end_column];
                    (current.file(place.file).path.to_string(), numbers.map(|n| n as u64))
                }
                None => (String::new(), [1; 4]),
            };
            let rule = annotation.rule.id.trim_start_matches("buf/").to_owned();
            (path, place, rule, annotation.message.to_string())
        })
        .collect()
}

fn expected(file: &Path) -> Vec<Told> {
    let text = std::fs::read_to_string(file).expect("the expected annotations");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let told = |annotation: &Value| {
        let number = |name: &str| annotation[name].as_u64().expect("a number");
        let word = |name: &str| annotation[name].as_str().unwrap_or_default().to_owned();
        (
            word("path"),
            [
                number("start_line"),
                number("start_column"),
                number("end_line"),
                number("end_column"),
            ],
            word("type"),
            word("message"),
        )
    };
    value["annotations"]
        .as_array()
        .expect("a list")
        .iter()
        .map(told)
        .collect()
}

#[test]
fn every_case_has_the_annotations_of_buf() {
    let Some(shared) = shared() else { return };
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut differences, mut other_words) = (Vec::new(), Vec::new());
    let mut cases: Vec<PathBuf> = std::fs::read_dir(shared.join("cases"))
        .expect("the cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.sort();
    for case in &cases {
        let (current, previous) = (tree(&case.join("current")), tree(&case.join("previous")));
        for category in Category::ALL {
            let found = told(
                &breaking::check(&current, &previous, &Selection::from(category)),
                &current,
            );
            let wanted = expected(&case.join(format!("expected_{category}.json")));
            let key = |told: &Told| (told.0.clone(), told.1[0], told.1[1], told.2.clone());
            let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) =
                (found.iter().map(key).collect(), wanted.iter().map(key).collect());
            let name = case.file_name().expect("a name").to_string_lossy();
            for missing in theirs.difference(&ours) {
                differences.push(format!("{name} {category}: missing {missing:?}"));
            }
            for extra in ours.difference(&theirs) {
                differences.push(format!("{name} {category}: extra {extra:?}"));
            }
            let count = counts.entry(category.name()).or_default();
            count.0 += theirs.intersection(&ours).count();
            count.1 += theirs.union(&ours).count();
            let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) =
                (found.into_iter().collect(), wanted.into_iter().collect());
            for missing in theirs.difference(&ours) {
                other_words.push(format!("{name} {category}: {missing:?}"));
            }
        }
    }
    let (equal, all) = counts
        .values()
        .fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    for (category, (equal, all)) in &counts {
        println!("buf {category}: {equal} of {all} annotations equal");
    }
    println!("buf: {equal} of {all} annotations equal over {} cases", cases.len());
    println!(
        "with another end or other words: {}\n{}",
        other_words.len(),
        other_words.join("\n")
    );
    println!("differences: {}\n{}", differences.len(), differences.join("\n"));
    assert!(cases.len() >= 34, "the cases are not whole");
    assert!(differences.is_empty() && other_words.is_empty(), "see above");
}

#[test]
fn every_change_of_type_has_the_verdict_of_buf() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("type-matrix");
    let (current, previous) = (tree(&folder.join("current")), tree(&folder.join("previous")));
    let text = std::fs::read_to_string(folder.join("matrix.json")).expect("the matrix");
    let matrix: BTreeMap<String, BTreeMap<String, Vec<String>>> = serde_json::from_str(&text).expect("JSON");
    let (mut equal, mut wrong) = (0, Vec::new());
    for category in Category::ALL {
        let found = breaking::check(&current, &previous, &Selection::from(category));
        let mut rules: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for annotation in &found {
            // `Field "1" with name "f" on message "M"`, or `message "M.FEntry" was deleted`.
            let name = annotation.message.rsplit("message \"").next().unwrap_or_default();
            let name = name.split(['"', '.']).next().unwrap_or_default();
            let rule = annotation.rule.id.trim_start_matches("buf/");
            rules.entry(name).or_default().insert(rule);
        }
        for (name, verdicts) in &matrix {
            let wanted: BTreeSet<&str> = verdicts[category.name()].iter().map(String::as_str).collect();
            let got = rules.get(name.as_str()).cloned().unwrap_or_default();
            if got == wanted {
                equal += 1;
            } else {
                wrong.push(format!("{name} {category}: {got:?}, not {wanted:?}"));
            }
        }
    }
    println!(
        "buf's matrix: {equal} of {} equal\n{}",
        equal + wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(matrix.len(), 617, "the matrix is not whole");
    assert!(wrong.is_empty(), "see above");
}

fn one_file(text: String) -> FileSet {
    compile_tree(
        vec![("a.proto".into(), Source::new("a.proto", text))],
        &Limits::default(),
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn large_files_are_judged_in_time_that_grows_with_them() {
    const MANY: usize = 100_000;
    // 19,000 to 19,999 cannot be used.
    const FIRST: usize = 20_000;
    let numbers = FIRST..FIRST + MANY;
    let fields: String = numbers
        .clone()
        .map(|n| {
            format!(
                "string f{n} = {n};
"
            )
        })
        .collect();
    let message = |fields: &str| one_file(format!("syntax = \"proto3\";\nmessage M {{\n{fields}}}\n"));
    // Every field is gone, and every number is reserved on its own.
    let reserved: String = numbers.clone().map(|n| format!("reserved {n};\n")).collect();
    let (full, empty) = (message(&fields), message(&reserved));
    assert_eq!(
        breaking::check(&empty, &full, &Selection::from(Category::File)).len(),
        MANY
    );
    assert_eq!(breaking::check(&empty, &full, &Selection::from(Category::Wire)), []);
    // The same fields in the opposite order.
    let backwards: String = numbers.rev().map(|n| format!("string f{n} = {n};\n")).collect();
    assert_eq!(
        breaking::check(&message(&backwards), &full, &Selection::from(Category::File)),
        []
    );
    // Each of many names for one number is told, but no message lists all of them.
    let names = |skip: usize| -> String { (skip..20_000).map(|n| format!("V{n} = 0;\n")).collect() };
    let item = |skip: usize| {
        one_file(format!(
            "syntax = \"proto3\";\nenum E {{\noption allow_alias = true;\n{}}}\n",
            names(skip)
        ))
    };
    let found = breaking::check(&item(1), &item(0), &Selection::from(Category::WireJson));
    assert_eq!(found.len(), 19_999);
    assert!(found.iter().all(|annotation| annotation.message.len() < 5_000));
    // As many messages, all of them in another file now.
    let messages: String = (0..MANY).map(|n| format!("message M{n} {{}}\n")).collect();
    let text = format!("syntax = \"proto3\";\n{messages}");
    let moved = compile_tree(
        vec![("b.proto".into(), Source::new("b.proto", text.clone()))],
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(
        breaking::check(&moved, &one_file(text), &Selection::from(Category::File)).len(),
        1
    );
}
