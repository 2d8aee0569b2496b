//! Inputs to begin with, from what the repository has, and what several targets ask of an answer.

use std::path::{Path, PathBuf};

use treaty_schemas::sample::Sampler;
use treaty_schemas::{ParseError, Schema, Source};

/// Longer ones are left out: mutants of them are slow to try and rarely hit what matters.
const LARGEST: usize = 8 << 10;

/// The files below `folder` of this crate with this ending, in the order of their paths.
pub fn files(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), ending, &mut paths);
    paths.sort();
    let read = paths.iter().map(|path| std::fs::read(path).expect("it can be read"));
    read.filter(|bytes| bytes.len() <= LARGEST).collect()
}

fn gather(folder: &Path, ending: &str, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            gather(&path, ending, paths);
        } else if path.to_string_lossy().ends_with(ending) {
            paths.push(path);
        }
    }
}

/// What the rules' pages have between fences of this name: pairs, reader first.
pub fn pairs(folder: &str, fence: &str) -> Vec<Vec<u8>> {
    let mut pairs = Vec::new();
    for page in files(folder, ".md") {
        let page = String::from_utf8(page).expect("pages are text");
        let blocks = |side: &str| -> Vec<String> {
            let open = format!("```{fence} {side}\n");
            let parts = page.split(&open).skip(1);
            parts
                .filter_map(|part| Some(part.split_once("```")?.0.to_owned()))
                .collect()
        };
        for (reader, writer) in blocks("reader").into_iter().zip(blocks("writer")) {
            pairs.push(pair(&reader, &writer));
        }
    }
    pairs
}

/// What stands between the two texts of a pair.
const BETWEEN: &str = "\n====\n";

/// Two texts as one input.
pub fn pair(reader: &str, writer: &str) -> Vec<u8> {
    format!("{reader}{BETWEEN}{writer}").into_bytes()
}

/// The texts of an input.
pub fn apart(input: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(input);
    text.split(BETWEEN).map(str::to_owned).collect()
}

/// An input as a text.
pub fn source(input: &[u8]) -> Source {
    Source::new("input", String::from_utf8_lossy(input))
}

/// What must hold of every refusal: a reason, and places that lie in their texts.
pub fn refused(error: &ParseError) -> bool {
    assert!(!error.problems.is_empty(), "a refusal without a reason");
    assert!(error.problems.len() <= 100, "{} problems", error.problems.len());
    for problem in &error.problems {
        let (text, span) = (problem.source.text(), problem.span);
        assert!(!problem.message.is_empty(), "a problem without a message");
        assert!(
            span.start <= span.end && span.end <= text.len(),
            "{span:?} of {}",
            text.len()
        );
        assert!(
            text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
            "{span:?} cuts a character"
        );
        assert!(
            problem.to_string().len() < 20_000,
            "a problem of {} bytes",
            problem.to_string().len()
        );
    }
    false
}

/// Payloads of several schemas, each after the number of its schema; `take` picks which form.
pub fn payloads(schemas: &[Schema], take: fn(treaty_schemas::sample::Sample) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut payloads = Vec::new();
    for (number, schema) in (0u8..).zip(schemas) {
        let mut sampler = Sampler::new(schema, None, 7).expect("the schema has values");
        let ordinary: Vec<_> = (0..6).map(|_| sampler.ordinary()).collect();
        let boundary = sampler.boundary().into_iter().take(30);
        let near_misses = sampler.near_misses().into_iter().take(20);
        for payload in ordinary.into_iter().chain(boundary).chain(near_misses).filter_map(take) {
            if payload.len() <= LARGEST {
                payloads.push([&[number], &payload[..]].concat());
            }
        }
    }
    payloads
}

/// Which of the schemas a payload is of, and the payload.
pub fn of<'s, 'i, S>(schemas: &'s [S], input: &'i [u8]) -> Option<(&'s S, &'i [u8])> {
    let (number, payload) = input.split_first()?;
    Some((&schemas[usize::from(*number) % schemas.len()], payload))
}
