//! What an application sees that decodes with the writer's schema alone: each kind of change, in both languages, and random
//! pairs of schemas judged by decoded events.

mod avro;
mod hostile;
mod protobuf;
mod random;

use treaty_schemas::reads::Read;
use treaty_schemas::{Budget, DataPath, Evidence, Format, Observed, Options, Schema, Source, as_written};

fn parse(format: Format, text: &str) -> Schema {
    let source = Source::new("test", text);
    Schema::parse(format, &source, &[], &Options::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Each finding in a line: what it does, where, and what the application sees there. `reads` are paths; a path may be followed by
/// `null`, `handles A,B` or `otherwise`.
fn found(pinned: &Schema, writer: &Schema, reads: &[&str]) -> Vec<String> {
    struct Asked<'a> {
        path: DataPath,
        symbols: Option<Vec<&'a str>>,
        words: Vec<&'a str>,
    }
    let asked = reads.iter().map(|text| {
        let mut words: Vec<&str> = text.split(' ').collect();
        let path = DataPath::parse(words.remove(0)).expect("it is a path");
        let handles = words.iter().position(|word| *word == "handles");
        let symbols = handles.map(|at| words[at + 1].split(',').collect());
        Asked { path, symbols, words }
    });
    let asked: Vec<Asked<'_>> = asked.collect();
    let reads: Vec<Read<'_>> = asked
        .iter()
        .map(|read| Read {
            path: &read.path,
            symbols: read.symbols.as_deref(),
            other_symbols: read.words.contains(&"otherwise"),
            null: read.words.contains(&"null"),
        })
        .collect();
    let reads = (!reads.is_empty()).then_some(&reads[..]);
    let comparison = as_written(pinned, writer, "M", reads, &Budget::unlimited());
    assert_eq!(comparison.undecided, None);
    let findings = comparison.findings.iter();
    findings
        .map(|finding| {
            let seen = match &finding.evidence {
                Evidence::Witness(witness) => match &witness.observed {
                    Observed::Changed(seen) => seen.to_string(),
                    Observed::Refused(why) => panic!("nothing is refused: {why}"),
                },
                Evidence::Omitted(why) => format!("omitted: {why}"),
                other => panic!("{other:?}"),
            };
            let severity = finding.severity.name();
            format!("{severity} {:?} at {}: {seen}", finding.effect, finding.reader_path)
        })
        .collect()
}
