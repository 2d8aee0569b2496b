//! G9: validating an object container, beside apache-avro's reader and a walk written by hand for that one schema.

use std::ops::ControlFlow;

use treaty_schemas::validate::Limits;
use treaty_schemas::validate::{Defect, LogicalTypes, Observer, validate_container};

use crate::clock::cpu;
use crate::orders;
use crate::table::{Goal, Row, median};
use crate::{Measured, REPETITIONS};

/// Megabytes per second of CPU, of a container of order events without a codec.
pub fn validate(bytes: usize) -> Measured<Vec<Row>> {
    let (file, count) = orders::container(bytes);
    let megabytes = file.len() as f64 / 1e6;
    let (mut rates, mut to_walk, mut to_reader) = ([const { Vec::new() }; 3], Vec::new(), Vec::new());
    for repetition in 0..=REPETITIONS {
        let (walk, walked) = cpu(|| orders::walk(&file));
        let (ours, validated) = cpu(|| ours(&file));
        let (reader, read) = cpu(|| apache(&file));
        let counts = [walked.ok_or("the walk by hand found a fault")?, validated?, read?];
        if counts != [count; 3] {
            return Err(format!("{count} orders were written, but {counts:?} were found").into());
        }
        // The first round warms up.
        if repetition > 0 {
            to_walk.push(walk / ours);
            to_reader.push(reader / ours);
            for (rates, seconds) in rates.iter_mut().zip([walk, ours, reader]) {
                rates.push(megabytes / seconds);
            }
        }
    }
    let [walk, ours, reader] = rates.map(|rates| median(&rates));
    let beside = format!("MB/s: ours {ours:.0}, walk by hand {walk:.0}, apache-avro {reader:.0}");
    let what = format!("Avro container, {megabytes:.0} MB of orders");
    Ok(vec![
        Row::ratio(
            "G9",
            format!("{what}: of the walk by hand"),
            to_walk,
            Goal::AtLeast(0.7),
        )
        .beside(beside),
        Row::ratio(
            "G9",
            format!("{what}: of apache-avro's reader"),
            to_reader,
            Goal::AtLeast(2.5),
        ),
    ])
}

fn ours(file: &[u8]) -> Measured<u64> {
    struct First(Option<Defect>);
    impl Observer for First {
        fn defect(&mut self, defect: Defect) -> ControlFlow<()> {
            self.0 = Some(defect);
            ControlFlow::Break(())
        }
    }
    let mut first = First(None);
    let summary = validate_container(file, &Limits::default(), LogicalTypes::Ignored, &mut first)?;
    match first.0 {
        Some(defect) => Err(defect.to_string().into()),
        None => Ok(summary.records),
    }
}

fn apache(file: &[u8]) -> Measured<u64> {
    let mut count = 0;
    for value in apache_avro::Reader::new(file)? {
        std::hint::black_box(value?);
        count += 1;
    }
    Ok(count)
}
