//! Verdicts over contracts before decoders of others, with schemas, changes and reads that a program of another hand draws: it does
//! not share a line with the engine, cuts readers down by itself, and decodes with a library of somebody else.
//!
//! Whatever it finds that is no fault of ours is in [`ACCEPTED`], with the reason.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use treaty_contracts::{Assessment, Requirement, Standing, assess};
use treaty_schemas::{Budget, Evidence, Format, Options, Schema, Severity, Source, Strictness};

use crate::random::setting;
use crate::requirement::publish_in;

/// Cases of each language in a usual run; `ci/conformance` and `ci/soak` ask for more.
const CASES: u64 = 2_000;

/// A case, as the program draws it.
#[derive(Debug, Deserialize)]
struct Case {
    built: String,
    candidate: String,
    decode: String,
    reads: Vec<String>,
    /// What the program itself keeps of the schemas, as it wrote it.
    #[serde(default)]
    model: String,
    /// Events of the writer in hex, each with how the consumer is hurt by it, if it is.
    events: BTreeMap<String, Option<String>>,
}

/// A case with events of ours.
#[derive(Serialize)]
struct Asked<'c> {
    built: &'c str,
    candidate: &'c str,
    decode: &'c str,
    reads: &'c [String],
    model: &'c str,
    events: BTreeMap<String, Option<String>>,
}

/// What is otherwise than the engine says and no fault of it: the rule or `compatible`, what the decoder says, and why.
const ACCEPTED: &[(Format, &str, &str, &str)] = &[];

/// A program that draws and judges.
struct Stranger {
    format: Format,
    program: &'static str,
    decoder: &'static str,
}

impl Stranger {
    fn command(&self, arguments: &[&str]) -> Option<Command> {
        let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/judges");
        // An installation that failed half-way leaves much behind, but not this.
        if !installed.join("python.done").is_file() {
            eprintln!("skipped: {} is not installed; ci/judges does it", self.decoder);
            return None;
        }
        let mut command = Command::new(installed.join("python/bin/python"));
        command.arg(self.path()).args(arguments);
        Some(command)
    }

    fn path(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/strangers")
            .join(self.program)
    }

    /// Draws cases.
    fn cases(&self, seed: u64, count: u64) -> Option<Vec<Case>> {
        let mut command = self.command(&["generate", &seed.to_string(), &count.to_string()])?;
        let output = command.stderr(Stdio::inherit()).output().expect("it runs");
        assert!(output.status.success(), "{} failed", self.program);
        let text = String::from_utf8(output.stdout).expect("text");
        let cases = text.lines().map(|line| serde_json::from_str(line).expect("a case"));
        Some(cases.collect())
    }

    /// What happens to the consumers of these cases, event by event.
    fn judge(&self, asked: &[Asked<'_>]) -> Vec<BTreeMap<String, Option<String>>> {
        let mut command = self.command(&["judge"]).expect("it is installed");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let lines: Vec<String> = asked
            .iter()
            .map(|asked| serde_json::to_string(asked).expect("it is JSON"))
            .collect();
        let mut input = child.stdin.take().expect("the input is a pipe");
        // It answers while it is asked, so both are done at once.
        let asking = std::thread::spawn(move || input.write_all((lines.join("\n") + "\n").as_bytes()));
        let output = child.wait_with_output().expect("it answers");
        assert!(asking.join().expect("asking does not panic").is_ok() && output.status.success());
        let text = String::from_utf8(output.stdout).expect("text");
        let answers: Vec<_> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("an answer"))
            .collect();
        assert_eq!(answers.len(), asked.len(), "{} answers every line", self.program);
        answers
    }

    fn accepts(&self, rule: &str, said: &str) -> Option<&'static str> {
        let mut known = ACCEPTED.iter().filter(|(format, ..)| *format == self.format);
        let known = known.find(|(_, known, what, _)| *known == rule && said.contains(what));
        known.map(|(.., why)| *why)
    }
}

fn requirement(format: Format, case: &Case) -> Result<Requirement, String> {
    let reads: String = case.reads.iter().map(|read| format!("      - '{read}'\n")).collect();
    let contract = format!(
        "contract: 1\napplication: reader\nreceives:\n  - event: Ev\n    subject: s\n    builtAgainst: 1\n    decode: {}\n    reads:\n{reads}",
        case.decode
    );
    let opened = publish_in(format, &contract, &case.built).open(&Budget::unlimited());
    let (_, mut requirements) = opened.map_err(|error| error.to_string())?;
    requirements.pop().ok_or_else(|| "nothing is received".to_owned())
}

/// The events that show errors, in hex, each with its rule.
fn witnesses(assessment: &Assessment) -> Vec<(String, &'static str)> {
    let errors = assessment
        .findings
        .iter()
        .filter(|found| found.finding.severity == Severity::Error);
    errors
        .filter_map(|found| match &found.finding.evidence {
            Evidence::Witness(witness) => Some((hex(&witness.bytes), found.finding.rule.id)),
            _ => None,
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn described(case: &Case) -> String {
    format!(
        "built:  {}\nwriter: {}\ndecode: {}, reads {:?}",
        case.built, case.candidate, case.decode, case.reads
    )
}

fn hold(stranger: &Stranger) {
    let (seed, count) = (setting("TREATY_SOAK_SEED", 2026), setting("TREATY_STRANGERS", CASES));
    let Some(cases) = stranger.cases(seed, count) else {
        return;
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: &str| *counts.entry(what.to_owned()).or_default() += 1;
    let mut wrong = Vec::new();
    let mut shown: Vec<(&Case, Vec<(String, &'static str)>)> = Vec::new();
    for case in &cases {
        let options = Options {
            strictness: Strictness::Stored,
            ..Options::default()
        };
        let candidate = Schema::parse(
            stranger.format,
            &Source::new("s@2", case.candidate.as_str()),
            &[],
            &options,
        );
        let (Ok(candidate), Ok(requirement)) = (candidate, requirement(stranger.format, case)) else {
            count("not taken by us");
            continue;
        };
        let assessment = assess(&requirement, &candidate, &Budget::unlimited());
        count(assessment.standing.name());
        match assessment.standing {
            Standing::Compatible => {
                let hurt = case.events.values().flatten().next();
                match hurt.map(|hurt| (hurt, stranger.accepts("compatible", hurt))) {
                    Some((_, Some(why))) => count(&format!("accepted: {why}")),
                    Some((hurt, None)) => wrong.push(format!("{}\ncompatible, but {hurt}", described(case))),
                    None => {}
                }
            }
            Standing::Silent | Standing::Incompatible => {
                let shown_here = witnesses(&assessment);
                if shown_here.is_empty() {
                    count("hurt without a witness");
                }
                shown.push((case, shown_here));
            }
            Standing::Undeclared | Standing::Unknown => {
                wrong.push(format!("{}\n{:?}", described(case), assessment.undecided));
            }
        }
    }
    let asked: Vec<Asked<'_>> = shown
        .iter()
        .map(|(case, witnesses)| Asked {
            built: &case.built,
            candidate: &case.candidate,
            decode: &case.decode,
            reads: &case.reads,
            model: &case.model,
            events: witnesses.iter().map(|(bytes, _)| (bytes.clone(), None)).collect(),
        })
        .collect();
    for ((case, witnesses), answers) in shown.iter().zip(stranger.judge(&asked)) {
        for (bytes, rule) in witnesses {
            if answers[bytes].is_some() {
                count("witnesses confirmed");
                continue;
            }
            match stranger.accepts(rule, "") {
                Some(why) => count(&format!("accepted: {why}")),
                None => wrong.push(format!("{}\n{rule}: {bytes} hurts nobody", described(case))),
            }
        }
    }
    eprintln!("{}: {counts:#?}", stranger.decoder);
    assert!(
        wrong.is_empty(),
        "{} wrong, for instance\n{}",
        wrong.len(),
        wrong[..wrong.len().min(8)].join("\n\n")
    );
    let accepted: usize = counts
        .iter()
        .filter(|(what, _)| what.starts_with("accepted"))
        .map(|(_, count)| count)
        .sum();
    assert!(
        accepted * 100 <= cases.len(),
        "more than one in a hundred is accepted: {counts:#?}"
    );
    let of = |what: &str| counts.get(what).copied().unwrap_or_default();
    assert!(
        of("compatible") * 5 > cases.len() && of("witnesses confirmed") * 5 > cases.len(),
        "{counts:#?}"
    );
}

#[test]
fn avro_before_fastavro() {
    hold(&Stranger {
        format: Format::Avro,
        program: "avro.py",
        decoder: "fastavro",
    });
}

#[test]
fn protobuf_before_upb() {
    hold(&Stranger {
        format: Format::Protobuf,
        program: "protobuf.py",
        decoder: "upb",
    });
}
