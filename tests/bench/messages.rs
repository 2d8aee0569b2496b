//! G11: validating a stream of Protobuf messages, beside prost-reflect and a walk written by hand for that one schema.

use std::ops::ControlFlow;

use prost_reflect::{DescriptorPool, DynamicMessage};
use treaty_schemas::validate::{Defect, Limits, Observer, PayloadKind, Validator};
use treaty_schemas::{Format, Options, Schema, Source};

use crate::clock::cpu;
use crate::table::{Goal, Row, median};
use crate::{Measured, REPETITIONS};

/// The schema that [`order`] writes and [`Walk`] walks.
const SCHEMA: &str = r#"syntax = "proto3";
package acme.orders;
message OrderPlaced {
  string order_id = 1;
  int64 customer_id = 2;
  int64 placed_at = 3;
  Status status = 4;
  string currency = 5;
  sint64 total = 6;
  repeated Item items = 7;
  Address address = 8;
  double discount = 9;
  string note = 10;
  bool gift = 11;
  map<string, string> attributes = 16;
  repeated int32 flags = 17;
}
message Item { string sku = 1; string title = 2; int32 quantity = 3; int64 price = 4; }
message Address { string name = 1; string street = 2; string city = 3; string postal_code = 4; string country = 5; }
enum Status { PLACED = 0; PAID = 1; SHIPPED = 2; CANCELLED = 3; }
"#;

/// Megabytes per second of CPU, of order messages with their lengths before them.
pub fn validate(bytes: usize) -> Measured<Vec<Row>> {
    let (stream, count) = stream(bytes);
    let megabytes = stream.len() as f64 / 1e6;
    let options = Options::default();
    let schema = Schema::parse(Format::Protobuf, &Source::new("orders.proto", SCHEMA), &[], &options)?;
    let validator = Validator::new(&schema, Limits::default());
    let pool = DescriptorPool::from_file_descriptor_set(descriptors()?)?;
    let descriptor = pool
        .get_message_by_name("acme.orders.OrderPlaced")
        .ok_or("the message is not there")?;
    let (mut rates, mut to_walk, mut to_reader) = ([const { Vec::new() }; 3], Vec::new(), Vec::new());
    for repetition in 0..=REPETITIONS {
        let (walk, walked) = cpu(|| walk(&stream));
        let (ours, validated) = cpu(|| ours(&validator, &stream));
        let (reader, read) = cpu(|| {
            each(&stream, |message| {
                DynamicMessage::decode(descriptor.clone(), message).is_ok_and(|value| {
                    std::hint::black_box(value);
                    true
                })
            })
        });
        let counts = [
            walked.ok_or("the walk by hand found a fault")?,
            validated?,
            read.ok_or("prost-reflect found a fault")?,
        ];
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
    let beside = format!("MB/s: ours {ours:.0}, walk by hand {walk:.0}, prost-reflect {reader:.0}");
    let what = format!("Protobuf stream, {megabytes:.0} MB of orders");
    Ok(vec![
        Row::ratio(
            "G11",
            format!("{what}: of the walk by hand"),
            to_walk,
            Goal::AtLeast(0.6),
        )
        .beside(beside),
        Row::ratio(
            "G11",
            format!("{what}: of prost-reflect"),
            to_reader,
            Goal::AtLeast(4.0),
        ),
    ])
}

fn descriptors() -> Measured<prost_reflect::prost_types::FileDescriptorSet> {
    struct One;
    impl protox::file::FileResolver for One {
        fn open_file(&self, name: &str) -> Result<protox::file::File, protox::Error> {
            protox::file::File::from_source(name, SCHEMA)
        }
    }
    let mut compiler = protox::Compiler::with_file_resolver(One);
    compiler.open_file("orders.proto")?;
    Ok(compiler.file_descriptor_set())
}

fn ours(validator: &Validator, stream: &[u8]) -> Measured<u64> {
    struct First(Option<Defect>);
    impl Observer for First {
        fn defect(&mut self, defect: Defect) -> ControlFlow<()> {
            self.0 = Some(defect);
            ControlFlow::Break(())
        }
    }
    let mut first = First(None);
    let summary = validator.stream(PayloadKind::Delimited, stream, &mut first)?;
    match first.0 {
        Some(defect) => Err(defect.to_string().into()),
        None => Ok(summary.records),
    }
}

/// Calls with each message; none where one is refused.
fn each(stream: &[u8], mut visit: impl FnMut(&[u8]) -> bool) -> Option<u64> {
    let (mut at, mut count) = (0, 0);
    while at < stream.len() {
        let message = part(stream, &mut at)?;
        if !visit(message) {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// The least that a validator of this one schema must do: bounds, wire types and UTF-8.
fn walk(stream: &[u8]) -> Option<u64> {
    each(stream, |message| order_is_good(message).is_some())
}

fn order_is_good(message: &[u8]) -> Option<()> {
    let mut at = 0;
    while at < message.len() {
        match varint(message, &mut at)? {
            0x0a | 0x2a | 0x52 => text(message, &mut at)?,
            0x10 | 0x18 | 0x20 | 0x30 | 0x58 | 0x88 => {
                varint(message, &mut at)?;
            }
            0x3a => item_is_good(part(message, &mut at)?)?,
            0x42 => texts_are_good(part(message, &mut at)?, 5)?,
            0x49 => at = at.checked_add(8).filter(|at| *at <= message.len())?,
            0x82 => texts_are_good(part(message, &mut at)?, 2)?,
            0x8a => {
                let run = part(message, &mut at)?;
                let mut at = 0;
                while at < run.len() {
                    varint(run, &mut at)?;
                }
            }
            _ => return None,
        }
    }
    Some(())
}

fn item_is_good(message: &[u8]) -> Option<()> {
    let mut at = 0;
    while at < message.len() {
        match varint(message, &mut at)? {
            0x0a | 0x12 => text(message, &mut at)?,
            0x18 | 0x20 => {
                varint(message, &mut at)?;
            }
            _ => return None,
        }
    }
    Some(())
}

fn texts_are_good(message: &[u8], fields: u64) -> Option<()> {
    let mut at = 0;
    while at < message.len() {
        let tag = varint(message, &mut at)?;
        if tag & 7 != 2 || tag >> 3 == 0 || tag >> 3 > fields {
            return None;
        }
        text(message, &mut at)?;
    }
    Some(())
}

#[inline]
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for (index, byte) in bytes.get(*at..)?.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            *at += index + 1;
            return Some(value);
        }
    }
    None
}

#[inline]
fn part<'a>(bytes: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let length = usize::try_from(varint(bytes, at)?).ok()?;
    let part = bytes.get(*at..at.checked_add(length)?)?;
    *at += length;
    Some(part)
}

#[inline]
fn text(bytes: &[u8], at: &mut usize) -> Option<()> {
    std::str::from_utf8(part(bytes, at)?).ok().map(|_| ())
}

/// At least so many bytes of messages, and how many they are.
fn stream(bytes: usize) -> (Vec<u8>, u64) {
    let mut stream = Vec::with_capacity(bytes + 1_000);
    let (mut message, mut number) = (Vec::new(), 0);
    while stream.len() < bytes {
        message.clear();
        order(&mut message, number);
        put(&mut stream, message.len() as u64);
        stream.extend_from_slice(&message);
        number += 1;
    }
    (stream, number)
}

fn put(out: &mut Vec<u8>, value: u64) {
    let mut rest = value;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn put_text(out: &mut Vec<u8>, tag: u64, text: &str) {
    put_part(out, tag, text.as_bytes());
}

fn put_part(out: &mut Vec<u8>, tag: u64, part: &[u8]) {
    put(out, tag);
    put(out, part.len() as u64);
    out.extend_from_slice(part);
}

fn put_number(out: &mut Vec<u8>, tag: u64, value: u64) {
    put(out, tag);
    put(out, value);
}

fn order(out: &mut Vec<u8>, number: u64) {
    const TITLES: [&str; 5] = [
        "Teapot, enamelled, 1.2 l",
        "Löffel",
        "Espresso cups (set of six) in a wooden box",
        "Tea towel",
        "急須 with strainer",
    ];
    // Multiplying by a large odd number scatters the bits; the figures need no more than that.
    let chance = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    put_text(
        out,
        0x0a,
        &format!("{:08x}-1c2d-4e3f-8a9b-{:012x}", chance >> 32, number),
    );
    put_number(out, 0x10, chance >> 40);
    put_number(out, 0x18, 1_790_000_000_000 + number * 731);
    put_number(out, 0x20, chance >> 13 & 3);
    put_text(out, 0x2a, ["EUR", "USD", "JPY"][(chance % 3) as usize]);
    put_number(out, 0x30, chance >> 44);
    for item in 0..1 + (chance >> 20 & 3) {
        let mut part = Vec::new();
        put_text(
            &mut part,
            0x0a,
            &format!("SKU-{:06}", (chance >> 33).wrapping_add(item) % 1_000_000),
        );
        put_text(&mut part, 0x12, TITLES[((chance >> 8).wrapping_add(item) % 5) as usize]);
        put_number(&mut part, 0x18, 1 + (chance >> 5 & 7));
        put_number(&mut part, 0x20, chance >> 48);
        put_part(out, 0x3a, &part);
    }
    let mut address = Vec::new();
    put_text(&mut address, 0x0a, "Ada Lovelace");
    put_text(&mut address, 0x12, &format!("St. James's Square {}", number % 900));
    put_text(&mut address, 0x1a, "London");
    put_text(&mut address, 0x22, "SW1Y 4JH");
    put_text(&mut address, 0x2a, "GB");
    put_part(out, 0x42, &address);
    if chance & 1 == 1 {
        put(out, 0x49);
        out.extend_from_slice(&0.15f64.to_le_bytes());
    }
    if chance & 6 == 6 {
        put_text(out, 0x52, "Please leave it with the neighbour, the bell is broken.");
    }
    put_number(out, 0x58, chance >> 3 & 1);
    for key in 0..chance >> 17 & 3 {
        let mut entry = Vec::new();
        put_text(&mut entry, 0x0a, ["channel", "campaign", "referrer"][key as usize % 3]);
        put_text(
            &mut entry,
            0x12,
            ["web", "spring-sale-2026", "newsletter"][(chance >> key) as usize % 3],
        );
        put_part(out, 0x82, &entry);
    }
    put_part(out, 0x8a, &[1, 2, 3, 5, 8]);
}
