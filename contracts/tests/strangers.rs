//! Verdicts over contracts and over pairs of schemas before decoders of others, with schemas, changes and reads that a program of
//! another hand draws: it does not share a line with the engine, cuts readers down by itself, and decodes with a library of
//! somebody else.
//!
//! Where a decoder reads what others refuse, the finding has to say so: [`ACCEPTED`] lists how, with the reason.

#![allow(clippy::print_stderr)] // A test that is skipped says so, and how much was tried.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use treaty_contracts::{Requirement, Standing, assess};
use treaty_schemas::{Budget, Evidence, Finding, Format, Options, Origin, Schema, Severity, Source, Strictness, check};

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
    /// Events of the writer in hex, each with how the reader is hurt by it, if it is.
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
    events: BTreeMap<&'c str, Option<String>>,
    /// Of these the messages that they are.
    messages: BTreeMap<&'c str, &'c str>,
}

/// A decoder reads what others refuse, and the finding says so.
struct Accepted {
    decoder: Decoder,
    /// In the message of the finding.
    says: &'static str,
    /// For whoever reads this table, and in what is printed.
    why: &'static str,
}

/// Where a witness may hurt nobody who decodes with this.
const ACCEPTED: [Accepted; 3] = [
    Accepted {
        decoder: Decoder::AvroJava,
        says: "Avro Java reads it",
        why: "a record of another name: the specification, fastavro and Python's avro refuse it",
    },
    Accepted {
        decoder: Decoder::AvroJava,
        says: "Avro Java may take it",
        why: "a record in a union under another name: Avro Java takes one with the same fields",
    },
    Accepted {
        decoder: Decoder::AvroJava,
        says: "Avro Java puts",
        why: "text that is not UTF-8: Avro Java puts another character there, which nobody may read",
    },
];

/// A library of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decoder {
    Fastavro,
    AvroJava,
    Upb,
}

impl Decoder {
    fn format(self) -> Format {
        match self {
            Decoder::Fastavro | Decoder::AvroJava => Format::Avro,
            Decoder::Upb => Format::Protobuf,
        }
    }

    /// The program that draws and judges with it; `None` where it is not installed.
    fn command(self) -> Option<Command> {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
        let installed = crates.join("../target/judges");
        // An installation that failed half-way leaves much behind, but not these.
        let needed: &[&str] = match self {
            Decoder::Fastavro | Decoder::Upb => &["python.done"],
            Decoder::AvroJava => &["python.done", "java.done"],
        };
        if !needed.iter().all(|done| installed.join(done).is_file()) {
            eprintln!("skipped: {self:?} is not installed; ci/judges does it");
            return None;
        }
        let mut command = Command::new(installed.join("python/bin/python"));
        command.arg(crates.join("tests/strangers").join(match self {
            Decoder::Fastavro | Decoder::AvroJava => "avro.py",
            Decoder::Upb => "protobuf.py",
        }));
        if self == Decoder::AvroJava {
            command.env("AVRO_JAVA", installed.join("java"));
        }
        Some(command)
    }

    /// Draws cases.
    fn cases(self, what: What, seed: u64, count: u64) -> Option<Vec<Case>> {
        let mut command = self.command()?;
        command.args([what.word(), &seed.to_string(), &count.to_string()]);
        let output = command.stderr(Stdio::inherit()).output().expect("it runs");
        assert!(output.status.success(), "the program of {self:?} failed");
        let text = String::from_utf8(output.stdout).expect("text");
        let cases = text.lines().map(|line| serde_json::from_str(line).expect("a case"));
        Some(cases.collect())
    }

    /// What happens to the readers of these cases, event by event.
    fn judge(self, asked: &[Asked<'_>]) -> Vec<BTreeMap<String, Option<String>>> {
        let mut command = self.command().expect("it is installed");
        let mut child = command
            .arg("judge")
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
        assert_eq!(answers.len(), asked.len(), "{self:?} answers every line");
        answers
    }

    /// The events that show errors, as far as this decoder is one of those that they break.
    fn witnesses<'f>(self, findings: impl Iterator<Item = &'f Finding>) -> Vec<Shown> {
        let errors = findings.filter(|finding| finding.severity == Severity::Error);
        errors
            .filter_map(|finding| match &finding.evidence {
                Evidence::Witness(witness) => Some((witness, finding)),
                Evidence::AvroJava(witness) if self == Decoder::AvroJava => Some((witness, finding)),
                _ => None,
            })
            .map(|(witness, finding)| Shown {
                bytes: hex(&witness.bytes),
                message: witness.message.as_deref().map(str::to_owned),
                rule: finding.rule.id,
                accepted: ACCEPTED
                    .iter()
                    .find(|accepted| accepted.decoder == self && finding.message.contains(accepted.says))
                    .map(|accepted| accepted.why),
            })
            .collect()
    }
}

/// An event that shows an error.
struct Shown {
    /// In hex.
    bytes: String,
    /// The message that it is, in Protobuf.
    message: Option<String>,
    rule: &'static str,
    /// Why this decoder may not mind.
    accepted: Option<&'static str>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Contracts,
    /// A reader of all of its schema, and a writer.
    Pairs,
}

impl What {
    fn word(self) -> &'static str {
        match self {
            What::Contracts => "generate",
            What::Pairs => "pairs",
        }
    }
}

/// What the engine says.
struct Verdict {
    is_compatible: bool,
    /// One word for it.
    word: &'static str,
    findings: Vec<Finding>,
}

impl Case {
    /// `None` where the engine does not take a schema or the contract.
    fn verdict(&self, format: Format, what: What) -> Option<Verdict> {
        let options = Options {
            strictness: Strictness::Stored,
            origin: Origin::Files,
            ..Options::default()
        };
        let parse = |name: &str, text: &str| Schema::parse(format, &Source::new(name, text), &[], &options).ok();
        let candidate = parse("s@2", &self.candidate)?;
        Some(match what {
            What::Pairs => {
                let comparison = check(&parse("s@1", &self.built)?, &candidate, &Budget::unlimited());
                let findings = comparison.findings;
                assert!(
                    comparison.undecided.is_none(),
                    "{}\n{:?}",
                    self.described(),
                    comparison.undecided
                );
                // What a rule forbids without harm hurts nobody.
                let harms = |finding: &&Finding| {
                    finding.severity == Severity::Error && !matches!(finding.evidence, Evidence::Policy(_))
                };
                let is_compatible = !findings.iter().any(|finding| harms(&finding));
                Verdict {
                    is_compatible,
                    word: if is_compatible { "compatible" } else { "incompatible" },
                    findings,
                }
            }
            What::Contracts => {
                let requirement = self.requirement(format).ok()?;
                let assessment = assess(&requirement, &candidate, &Budget::unlimited());
                let is_decided = !matches!(assessment.standing, Standing::Undeclared | Standing::Unknown);
                assert!(is_decided, "{}\n{:?}", self.described(), assessment.undecided);
                Verdict {
                    is_compatible: assessment.standing == Standing::Compatible,
                    word: assessment.standing.name(),
                    findings: assessment.findings.into_iter().map(|found| found.finding).collect(),
                }
            }
        })
    }

    fn requirement(&self, format: Format) -> Result<Requirement, String> {
        let reads: String = self.reads.iter().map(|read| format!("      - '{read}'\n")).collect();
        let contract = format!(
            "contract: 1\napplication: reader\nreceives:\n  - event: Ev\n    subject: s\n    builtAgainst: 1\n    decode: {}\n    reads:\n{reads}",
            self.decode
        );
        let opened = publish_in(format, &contract, &self.built).open(&Budget::unlimited());
        let (_, mut requirements) = opened.map_err(|error| error.to_string())?;
        requirements.pop().ok_or_else(|| "nothing is received".to_owned())
    }

    fn described(&self) -> String {
        format!(
            "built:  {}\nwriter: {}\ndecode: {}, reads {:?}",
            self.built, self.candidate, self.decode, self.reads
        )
    }
}

fn hold(decoder: Decoder, what: What) {
    let (seed, count) = (setting("TREATY_SOAK_SEED", 2026), setting("TREATY_STRANGERS", CASES));
    let Some(cases) = decoder.cases(what, seed, count) else {
        return;
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: &str| *counts.entry(what.to_owned()).or_default() += 1;
    let mut wrong = Vec::new();
    let mut shown: Vec<(&Case, Vec<Shown>)> = Vec::new();
    for case in &cases {
        let Some(verdict) = case.verdict(decoder.format(), what) else {
            count("not taken by us");
            continue;
        };
        count(verdict.word);
        let witnesses = decoder.witnesses(verdict.findings.iter());
        if !verdict.is_compatible {
            let is_shown = |finding: &Finding| finding.evidence.payload().is_some();
            if !verdict.findings.iter().any(is_shown) {
                wrong.push(format!("{}\nhurt without a witness", case.described()));
            }
            shown.push((case, witnesses));
        } else if let Some(hurt) = case.events.values().flatten().next() {
            wrong.push(format!("{}\ncompatible, but {hurt}", case.described()));
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
            events: witnesses.iter().map(|shown| (shown.bytes.as_str(), None)).collect(),
            messages: witnesses
                .iter()
                .filter_map(|shown| Some((shown.bytes.as_str(), shown.message.as_deref()?)))
                .collect(),
        })
        .collect();
    for ((case, witnesses), answers) in shown.iter().zip(decoder.judge(&asked)) {
        for shown in witnesses {
            if answers[&shown.bytes].is_some() {
                count("witnesses confirmed");
                continue;
            }
            match shown.accepted {
                Some(why) => count(why),
                None => wrong.push(format!(
                    "{}\n{}: {} hurts nobody",
                    case.described(),
                    shown.rule,
                    shown.bytes
                )),
            }
        }
    }
    eprintln!("{decoder:?}, {what:?}: {counts:#?}");
    assert!(
        wrong.is_empty(),
        "{} wrong, for instance\n{}",
        wrong.len(),
        wrong[..wrong.len().min(8)].join("\n\n")
    );
    let of = |what: &str| counts.get(what).copied().unwrap_or_default();
    // Most of what is drawn is put to the test, and of each kind there is enough.
    assert!(
        of("compatible") * 5 > cases.len() && of("witnesses confirmed") * 10 > cases.len(),
        "{counts:#?}"
    );
}

#[test]
fn avro_contracts_before_fastavro() {
    hold(Decoder::Fastavro, What::Contracts);
}

#[test]
fn avro_contracts_before_avro_java() {
    hold(Decoder::AvroJava, What::Contracts);
}

#[test]
fn avro_pairs_before_fastavro() {
    hold(Decoder::Fastavro, What::Pairs);
}

#[test]
fn avro_pairs_before_avro_java() {
    hold(Decoder::AvroJava, What::Pairs);
}

#[test]
fn protobuf_contracts_before_upb() {
    hold(Decoder::Upb, What::Contracts);
}

#[test]
fn protobuf_pairs_before_upb() {
    hold(Decoder::Upb, What::Pairs);
}
