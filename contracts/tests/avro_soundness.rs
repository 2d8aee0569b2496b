//! Is what is said of consumers true? Random schemas, random reads of them and random changes, judged by decoding.
//!
//! What the decoder yields is compared with what was written, field by field: a default in place of data shows.

#[path = "../../schemas/tests/avro_soundness/mutate.rs"]
#[allow(dead_code, reason = "the engine's tests use the rest")]
mod mutate;
#[path = "../../schemas/tests/avro_soundness/values.rs"]
mod values;

use std::collections::BTreeMap;

use mutate::Drawer;
use treaty_contracts::{Assessment, Requirement, Standing, assess, verify};
use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::avro::{self, Limits, Value};
use treaty_schemas::{Budget, Format, Options, Origin, Schema, Severity, Source, Strictness};
use values::draw;

use crate::random::Random;
use crate::requirement::derive;

const VALUES: usize = 8;

fn parse(name: &str, text: &str) -> Option<Schema> {
    let options = Options {
        strictness: Strictness::Stored,
        origin: Origin::Files,
        ..Options::default()
    };
    Schema::parse(Format::Avro, &Source::new(name, text), &[], &options).ok()
}

/// A way into the data of a schema, as a contract spells it; branches of unions are named only sometimes.
fn path(schema: &avro::Schema, random: &mut Random) -> String {
    let mut path = String::new();
    let mut at = schema.root();
    for _ in 0..8 {
        match &schema.get(at).kind {
            Kind::Record(record) if !record.fields().is_empty() => {
                let field = &record.fields()[random.below(record.fields().len())];
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&field.name);
                at = field.ty;
            }
            Kind::Array(items) => {
                path.push_str("[]");
                at = *items;
            }
            Kind::Map(values) => {
                path.push_str("{}");
                at = *values;
            }
            Kind::Union(branches) if !branches.is_empty() => {
                at = branches[random.below(branches.len())];
                let kind = &schema.get(at).kind;
                if matches!(kind, Kind::Null) {
                    break;
                }
                if random.one_in(2) {
                    let name = kind.named().map_or(kind.name(), |named| named.name.full());
                    path.push_str(&format!(".({name})"));
                }
            }
            _ => break,
        }
        if random.one_in(4) && !path.is_empty() {
            break;
        }
    }
    path
}

fn contract(reads: &[String]) -> String {
    format!(
        "contract: 1\napplication: reader\nreceives:\n  - event: e\n    subject: s\n    builtAgainst: 1\n    reads:\n{}",
        reads.concat()
    )
}

/// Whether the reader sees what was written: no default in place of a field or a symbol.
fn sees(reader: (&avro::Schema, TypeId, &Value), writer: (&avro::Schema, TypeId, &Value)) -> bool {
    let (reader_schema, reader_type, read) = reader;
    let (writer_schema, writer_type, written) = writer;
    if let (Kind::Union(branches), Value::Union(number, inner)) = (&writer_schema.get(writer_type).kind, written) {
        return sees(reader, (writer_schema, branches[*number as usize], inner));
    }
    if let (Kind::Union(branches), Value::Union(number, inner)) = (&reader_schema.get(reader_type).kind, read) {
        return sees((reader_schema, branches[*number as usize], inner), writer);
    }
    let below = |r: TypeId, read, w: TypeId, written| sees((reader_schema, r, read), (writer_schema, w, written));
    match (
        (&reader_schema.get(reader_type).kind, read),
        (&writer_schema.get(writer_type).kind, written),
    ) {
        ((Kind::Array(r), Value::Array(read)), (Kind::Array(w), Value::Array(written))) => {
            read.len() == written.len()
                && read
                    .iter()
                    .zip(written)
                    .all(|(read, written)| below(*r, read, *w, written))
        }
        ((Kind::Map(r), Value::Map(read)), (Kind::Map(w), Value::Map(written))) => {
            read.len() == written.len()
                && read
                    .iter()
                    .zip(written)
                    .all(|(read, written)| below(*r, &read.1, *w, &written.1))
        }
        ((Kind::Record(r), Value::Record(read)), (Kind::Record(w), Value::Record(written))) => {
            r.fields().iter().zip(read).all(|(field, read)| {
                let names = std::iter::once(&field.name).chain(&field.aliases);
                let found = names.filter_map(|name| w.field(name)).next();
                found.is_some_and(|index| below(field.ty, read, w.fields()[index].ty, &written[index]))
            })
        }
        ((Kind::Enum(r), Value::Enum(read)), (Kind::Enum(w), Value::Enum(written))) => {
            r.symbols()[*read as usize] == w.symbols()[*written as usize]
        }
        _ => true,
    }
}

/// Decodes random events of the candidate with the requirement's reader; the first that is not seen as it was written.
fn affected(
    requirement: &Requirement,
    candidate: &Schema,
    random: &mut Random,
    strictly: bool,
) -> (usize, Option<String>) {
    let need = requirement.need.as_ref().expect("it reads");
    let (Schema::Avro(reader), Schema::Avro(writer)) = (&need.reader, candidate) else {
        panic!("all schemas here are of Avro");
    };
    let mut tried = 0;
    for _ in 0..VALUES {
        let Some(value) = draw(writer, writer.root(), random, 5) else {
            continue;
        };
        tried += 1;
        let bytes = avro::encode(writer, &value).expect("a drawn value fits its type");
        let described = || avro::to_json(writer, &value);
        match avro::resolve(reader, writer, &bytes, &Limits::default()) {
            Err(error) => return (tried, Some(format!("{}: {error}", described()))),
            Ok(read) if strictly && !sees((reader, reader.root(), &read), (writer, writer.root(), &value)) => {
                return (
                    tried,
                    Some(format!("{} is seen as {}", described(), avro::to_json(reader, &read))),
                );
            }
            Ok(_) => {}
        }
    }
    (tried, None)
}

fn proved(assessment: &Assessment) -> bool {
    assessment
        .findings
        .iter()
        .filter(|found| found.finding.severity == Severity::Error)
        .any(|found| found.finding.evidence.payload().is_some())
}

#[test]
fn what_is_compatible_reads_what_was_written() {
    let mut random = Random::new(2026);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for _ in 0..4_000 {
        let (first, second) = {
            let mut drawer = Drawer::new(&mut random);
            let first = drawer.record(3);
            let second = drawer.mutate(&first);
            (mutate::text(&first), mutate::text(&second))
        };
        let (Some(built), Some(candidate)) = (parse("s@1", &first), parse("s@2", &second)) else {
            *counts.entry("mutations that are no schema".into()).or_default() += 1;
            continue;
        };
        let Schema::Avro(avro) = &built else {
            panic!("all schemas here are of Avro");
        };
        let mut paths: Vec<String> = (0..1 + random.below(3)).map(|_| path(avro, &mut random)).collect();
        paths.sort_unstable();
        paths.dedup();
        let tolerant = random.one_in(3);
        let reads: Vec<String> = paths
            .iter()
            .map(|path| match random.below(4) {
                0 if tolerant => format!("      - {{ path: '{path}', onMissing: null }}\n"),
                1 if tolerant => format!("      - {{ path: '{path}', onMissing: default }}\n"),
                2 if tolerant => format!("      - {{ path: '{path}', otherwise: ignore }}\n"),
                _ => format!("      - '{path}'\n"),
            })
            .collect();
        let requirements = match derive(&contract(&reads), &first) {
            Ok(requirements) => requirements,
            // A tolerance need not fit the field: no default, no enum.
            Err(error) if tolerant => {
                assert!(!error.problems.is_empty());
                *counts.entry("tolerances that do not fit".into()).or_default() += 1;
                continue;
            }
            Err(error) => panic!("{first}\n{reads:?}\n{error}"),
        };
        let [requirement] = &requirements[..] else {
            panic!("one event is received");
        };
        let itself = verify(requirement, &Budget::unlimited()).expect("it was built against a schema");
        // Aliases may make a schema that cannot even read itself.
        if itself
            .findings
            .iter()
            .any(|found| found.finding.rule.id == "contract/read-field-ambiguous")
        {
            *counts.entry("ambiguous to begin with".into()).or_default() += 1;
            continue;
        }
        if itself.standing != Standing::Compatible {
            wrong.push(format!(
                "{first}\n{reads:?}\ndoes not hold against itself: {:?}",
                itself.findings
            ));
        }
        let assessment = assess(requirement, &candidate, &Budget::unlimited());
        *counts.entry(assessment.standing.to_string()).or_default() += 1;
        match assessment.standing {
            Standing::Compatible => {
                let (tried, fault) = affected(requirement, &candidate, &mut random, !tolerant);
                *counts.entry("events read".into()).or_default() += tried;
                if let Some(fault) = fault {
                    wrong.push(format!(
                        "built:  {first}\nwriter: {second}\nreads:  {reads:?}\ncompatible, but {fault}"
                    ));
                }
            }
            Standing::Silent => {
                let (_, fault) = affected(requirement, &candidate, &mut random, false);
                if let Some(fault) = fault {
                    wrong.push(format!(
                        "built:  {first}\nwriter: {second}\nreads:  {reads:?}\nsilent, but {fault}"
                    ));
                }
                *counts.entry("silent with a witness".into()).or_default() += usize::from(proved(&assessment));
            }
            Standing::Incompatible => {
                *counts.entry("incompatible with a witness".into()).or_default() += usize::from(proved(&assessment));
            }
            Standing::Undeclared | Standing::Unknown => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong, for instance\n{}",
        wrong.len(),
        wrong[..wrong.len().min(5)].join("\n\n")
    );
    let of = |name: &str| counts.get(name).copied().unwrap_or_default();
    assert!(
        of("compatible") > 500 && of("incompatible") > 500 && of("silent") > 20,
        "{counts:#?}"
    );
    assert_eq!(of("silent"), of("silent with a witness"));
    assert_eq!(of("incompatible"), of("incompatible with a witness"));
    assert_eq!(of("unknown"), 0);
}
