//! A stream of delimited messages that never lay in a file: validated in memory that does not grow with it, and told where it
//! is damaged.
//!
//! `TREATY_TEST_STREAM_MB` says how many megabytes the long one has; `ci/soak` asks for a gigabyte.

use std::io::Write;
use std::process::Stdio;

use crate::support::cli::Cli;

const SCHEMA: &str = "\
syntax = \"proto3\";
message Reading {
  string sensor = 1;
  repeated double values = 2;
  map<string, int64> counts = 3;
  Reading before = 4;
}
";

const MEGABYTE: usize = 1024 * 1024;

/// A thousand messages of 10,000 bytes at most, each after its length.
fn messages() -> (Vec<u8>, usize) {
    let mut stream = Vec::new();
    let count = 1000;
    for index in 0..count {
        let values = [
            &[0x12, 0x10][..],
            &1.5f64.to_le_bytes(),
            &f64::from(index).to_le_bytes(),
        ]
        .concat();
        let counts = [0x1a, 0x05, 0x0a, 0x01, b'k', 0x10, 0x07];
        let inner = [&[0x0a, 0x02], &b"a1"[..], &values, &counts].concat();
        let before = [&[0x22, u8::try_from(inner.len()).unwrap()], &inner[..]].concat();
        let sensor = vec![b's'; usize::try_from(index * 9).unwrap()];
        let length = |bytes: usize| {
            [
                u8::try_from(bytes & 0x7f).unwrap() | 0x80,
                u8::try_from(bytes >> 7).unwrap(),
            ]
        };
        let message = [&[0x0a][..], &length(sensor.len()), &sensor, &inner, &before].concat();
        stream.extend(length(message.len()));
        stream.extend(message);
    }
    (stream, usize::try_from(count).unwrap())
}

/// What a run says of so many bytes at least and this damage behind them, how many bytes and messages there were, and the
/// memory that it took at its peak.
fn validate(least: usize, damage: &[u8]) -> (String, usize, usize, Option<u64>) {
    let cli = Cli::new().file("reading.proto", SCHEMA);
    let mut child = cli
        .command(&["validate", "-", "--kind", "delimited", "--schema", "reading.proto"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let (part, count) = messages();
    let parts = least.div_ceil(part.len());
    for _ in 0..parts {
        input.write_all(&part).unwrap();
    }
    // All but what the pipe holds was taken.
    let peak = peak(child.id());
    input.write_all(damage).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(i32::from(!damage.is_empty())), "{told}");
    (told, parts * part.len(), parts * count, peak)
}

/// The largest memory that a process has had, in bytes, where the system tells it.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[test]
fn memory_does_not_grow_with_a_stream() {
    let megabytes = std::env::var("TREATY_TEST_STREAM_MB").map_or(64, |text| text.parse().expect("megabytes"));
    let (.., short) = validate(4 * MEGABYTE, b"");
    let (told, _, messages, long) = validate(megabytes * MEGABYTE, b"");
    assert_eq!(told, format!("{messages} records in 1 file: all valid\n"));
    if let (Some(short), Some(long)) = (short, long) {
        assert!(
            long < short + 4 * MEGABYTE as u64,
            "{short} bytes for the short one, {long} for the long"
        );
    }
}

#[test]
fn a_damaged_stream_is_told_where_it_is_damaged() {
    for (damage, what) in [
        (
            &b"\x05\x0a\x03a"[..],
            "a message of 5 bytes is announced, but the stream ends after 3 of them",
        ),
        (b"\xff\xff", "the stream ends within the length of a message"),
        (&[0xff; 12], "the length of a message has more than 64 bits"),
        (
            b"\xff\xff\xff\xff\x7f",
            "a message of 34359738367 bytes is announced, more than the 67108864 that are allowed",
        ),
    ] {
        let (told, bytes, messages, _) = validate(6 * MEGABYTE, damage);
        let expected = format!("standard input: byte {bytes}: {what}\n{messages} records in 1 file: 1 defect\n");
        assert_eq!(told, expected);
    }
}

/// A length that is wrong but can be read shifts everything after it: the records before it count, and what follows is told
/// where it is.
#[test]
fn a_wrong_length_is_told_at_the_record_that_it_begins() {
    let (told, bytes, messages, _) = validate(MEGABYTE, b"\x03\x0a\x02ab");
    let expected = format!(
        "standard input: record {}, byte {}: sensor: the length is 2, but 1 byte is left\n\
         standard input: byte {}: a message of 98 bytes is announced, but the stream ends after 0 of them\n\
         {} records in 1 file: 2 defects\n",
        messages + 1,
        bytes + 2,
        bytes + 4,
        messages + 1
    );
    assert_eq!(told, expected);
}
