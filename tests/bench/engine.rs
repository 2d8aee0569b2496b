//! G13 and G14: a wide record against its whole history, beside apache-avro.

use apache_avro::schema_compatibility::SchemaCompatibility;
use treaty_schemas::{Budget, Format, Mode, Options, RuleSet, Schema, Source, Verdict, judge};

use crate::clock::cpu;
use crate::table::{Goal, Row, median};
use crate::{Measured, REPETITIONS, wide};

/// The check with every version of the history parsed before; the proposed text is parsed in it.
pub fn warm(versions: usize) -> Measured<Vec<Row>> {
    let texts: Vec<String> = (0..versions).map(wide::version).collect();
    let proposed = wide::version(versions);
    let history = texts
        .iter()
        .map(|text| parse(text))
        .collect::<Measured<Vec<Schema>>>()?;
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    check(&proposed, &history)?;
    for _ in 0..REPETITIONS {
        let (our_time, outcome) = cpu(|| check(&proposed, &history));
        outcome?;
        let (their_time, outcome) = cpu(|| apache_check(&proposed, &texts));
        outcome?;
        ours.push(our_time * 1e3);
        theirs.push(their_time * 1e3);
        ratios.push(their_time / our_time);
    }
    let beside = format!(
        "ours {:.2} ms, apache-avro's parse + check {:.0} ms",
        median(&ours),
        median(&theirs)
    );
    let what = format!("{versions} parsed versions of {} fields", wide::FIELDS);
    let limit = if versions <= 100 { 1.0 } else { 5.0 };
    Ok(vec![
        Row::of("ms", "G13", format!("{what}: CPU"), ours, Goal::AtMost(limit)),
        Row::ratio(
            "G13",
            format!("{what}: faster than apache-avro"),
            ratios,
            Goal::AtLeast(100.0),
        )
        .beside(beside),
    ])
}

/// The check with nothing parsed before.
pub fn cold(versions: usize) -> Measured<Vec<Row>> {
    let texts: Vec<String> = (0..versions).map(wide::version).collect();
    let proposed = wide::version(versions);
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let (our_time, outcome) = cpu(|| {
            let history = texts
                .iter()
                .map(|text| parse(text))
                .collect::<Measured<Vec<Schema>>>()?;
            check(&proposed, &history)
        });
        outcome?;
        let (their_time, outcome) = cpu(|| apache_parse(&texts));
        outcome?;
        ours.push(our_time * 1e6 / versions as f64);
        theirs.push(their_time * 1e6 / versions as f64);
        ratios.push(our_time / their_time);
    }
    let beside = format!(
        "per version: ours {:.0} µs, apache-avro's parse {:.0} µs",
        median(&ours),
        median(&theirs)
    );
    let what = format!("{versions} versions of {} fields, nothing parsed before", wide::FIELDS);
    Ok(vec![Row::ratio("G14", what, ratios, Goal::AtMost(1.0)).beside(beside)])
}

fn parse(text: &str) -> Measured<Schema> {
    let options = Options::default();
    Ok(Schema::parse(
        Format::Avro,
        &Source::new("wide.avsc", text),
        &[],
        &options,
    )?)
}

fn check(proposed: &str, history: &[Schema]) -> Measured<()> {
    let judgement = judge(
        Mode::BackwardTransitive,
        &parse(proposed)?,
        history,
        &Budget::unlimited(),
    );
    let verdicts = [RuleSet::Confluent, RuleSet::Semantic].map(|rules| judgement.verdict(rules));
    if judgement.checked.len() == history.len() && verdicts == [Verdict::Compatible; 2] {
        Ok(())
    } else {
        Err(format!("the versions should read each other, but the verdicts are {verdicts:?}").into())
    }
}

fn apache_parse(texts: &[String]) -> Measured<Vec<apache_avro::Schema>> {
    Ok(texts
        .iter()
        .map(|text| apache_avro::Schema::parse_str(text))
        .collect::<Result<_, _>>()?)
}

fn apache_check(proposed: &str, texts: &[String]) -> Measured<()> {
    let proposed = apache_avro::Schema::parse_str(proposed)?;
    for text in texts {
        let version = apache_avro::Schema::parse_str(text)?;
        SchemaCompatibility::can_read(&version, &proposed)?;
    }
    Ok(())
}
