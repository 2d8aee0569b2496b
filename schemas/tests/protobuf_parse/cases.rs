//! Small files in one text: a line `=== title` begins a case, a line `--- path` another file of it. A case's first file is
//! `main.proto`. A line `syntax = "proto3";` goes before a file that declares none, on its first line, so that places do not move.

use treaty_schemas::Source;
use treaty_schemas::protobuf::language::schema::FileSet;
use treaty_schemas::protobuf::{Limits, compile_tree};

pub struct Case {
    pub title: String,
    pub files: Vec<(String, String)>,
}

impl Case {
    pub fn compile(&self) -> Result<FileSet, treaty_schemas::ParseError> {
        let files = self.files.iter();
        let files = files.map(|(path, text)| (path.as_str().into(), Source::new(path.as_str(), text.as_str())));
        compile_tree(files.collect(), &Limits::default())
    }

    /// The title, and each problem with its help in lines of their own.
    pub fn render(&self) -> String {
        let mut text = format!("{}\n", self.title);
        match self.compile() {
            Ok(_) => text.push_str("  fine\n"),
            Err(error) => {
                for problem in error.problems {
                    let place = format!("{}:{}", problem.source.name(), problem.point());
                    let wrong = &problem.source.text()[problem.span.start..problem.span.end];
                    let wrong = wrong.lines().next().unwrap_or("");
                    text.push_str(&format!("  {place} [{wrong}] {}\n", problem.message));
                    if let Some(help) = problem.help {
                        text.push_str(&format!("    {help}\n"));
                    }
                }
            }
        }
        text
    }
}

pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("=== ") {
            cases.push(Case {
                title: title.into(),
                files: vec![("main.proto".into(), String::new())],
            });
        } else if let Some(case) = cases.last_mut() {
            if let Some(path) = line.strip_prefix("--- ") {
                case.files.push((path.into(), String::new()));
            } else if let Some((_, text)) = case.files.last_mut() {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    for (_, text) in cases.iter_mut().flat_map(|case| &mut case.files) {
        if !text.contains("syntax = \"") && !text.contains("edition = \"") {
            text.insert_str(0, "syntax = \"proto3\"; ");
        }
    }
    cases
}
