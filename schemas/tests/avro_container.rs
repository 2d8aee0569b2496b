//! Object container files: ours and apache-avro's, whole and damaged.

// The counts are part of what a test run tells.
#![allow(clippy::print_stdout)]

use std::io::Read;
use std::ops::ControlFlow;

use expect_test::expect;
use treaty_schemas::Options;
use treaty_schemas::avro::data::container::{Codec, ContainerError, Reader, write};
use treaty_schemas::avro::{Limits, Schema, Value, decode};

use crate::apache::{same, to_apache};
use crate::generate::avro::{schema, schema_text, value};
use crate::judges::Judge;
use crate::random::Random;

/// All objects, in the order of the file.
fn read(bytes: &[u8]) -> Result<Vec<Value>, ContainerError> {
    let limits = Limits::default();
    let mut reader = Reader::open(bytes, &Options::default(), &limits)?;
    let schema = reader.schema().clone();
    let mut values = Vec::new();
    let flow = reader.visit::<()>(|object| {
        assert_eq!(object.number, values.len() as u64 + 1);
        values.push(decode(&schema, object.bytes, &limits).unwrap());
        ControlFlow::Continue(())
    })?;
    assert!(flow.is_continue());
    assert_eq!(reader.offset(), bytes.len() as u64);
    Ok(values)
}

fn apache_codec(codec: Codec) -> apache_avro::Codec {
    match codec {
        Codec::Null => apache_avro::Codec::Null,
        Codec::Deflate => apache_avro::Codec::Deflate(Default::default()),
        Codec::Snappy => apache_avro::Codec::Snappy,
        Codec::Zstandard => apache_avro::Codec::Zstandard(Default::default()),
        Codec::Bzip2 => apache_avro::Codec::Bzip2(Default::default()),
        Codec::Xz => apache_avro::Codec::Xz(Default::default()),
    }
}

#[test]
fn apache_avro_and_we_read_each_others_files() {
    let mut random = Random::new(5);
    let mut objects = 0;
    for round in 0..120 {
        let text = schema_text(&mut random);
        let ours = schema(&text);
        let Ok(theirs) = apache_avro::Schema::parse_str(&text) else {
            continue;
        };
        let codec = Codec::ALL[round % Codec::ALL.len()];
        let values: Vec<Value> = (0..random.below(40)).map(|_| value(&mut random, &ours)).collect();
        let expected: Vec<_> = values
            .iter()
            .map(|value| to_apache(&ours, ours.root(), value))
            .collect();

        let file = write(&ours, codec, &values, 7).unwrap();
        let read_by_them: Vec<_> = apache_avro::Reader::new(&file[..])
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .map(|value| value.unwrap_or_else(|error| panic!("{text}: {codec:?}: {error}")))
            .collect();
        assert_eq!(read_by_them.len(), expected.len());
        assert!(
            read_by_them.iter().zip(&expected).all(|(one, other)| same(one, other)),
            "{text}"
        );

        let mut writer = apache_avro::Writer::with_codec(&theirs, Vec::new(), apache_codec(codec)).unwrap();
        for (index, value) in expected.iter().enumerate() {
            writer.append_value(value.clone()).unwrap();
            if index % 5 == 4 {
                writer.flush().unwrap();
            }
        }
        let file = writer.into_inner().unwrap();
        let read_by_us = read(&file).unwrap_or_else(|error| panic!("{text}: {codec:?}: {error}"));
        assert_eq!(read_by_us.len(), expected.len());
        let read_by_us = read_by_us.iter().map(|value| to_apache(&ours, ours.root(), value));
        assert!(
            read_by_us.zip(&expected).all(|(one, other)| same(&one, other)),
            "{text}"
        );
        objects += expected.len();
    }
    println!("{objects} objects both ways");
    assert!(objects > 1_000, "{objects}");
}

const ORDER: &str = r#"{"type":"record","name":"Order","fields":[
    {"name":"id","type":"long"},{"name":"sku","type":"string"},{"name":"paid","type":"boolean"}]}"#;

fn orders(schema_text: &str, count: i64) -> (Schema, Vec<Value>) {
    let values = (0..count)
        .map(|id| {
            Value::Record(vec![
                Value::Long(id),
                Value::String(format!("sku-{id}")),
                Value::Boolean(true),
            ])
        })
        .collect();
    (schema(schema_text), values)
}

#[test]
fn every_truncation_and_every_flipped_byte_is_survived() {
    let (schema, values) = orders(ORDER, 30);
    for codec in Codec::ALL {
        let file = write(&schema, codec, &values, 10).unwrap();
        assert_eq!(read(&file).unwrap(), values);
        let mut whole = 0;
        for end in 0..file.len() {
            // The end of the header and the ends of blocks are fine places to end.
            whole += usize::from(read(&file[..end]).is_ok());
        }
        assert_eq!(whole, 3, "{codec:?}");
        let limits = Limits::default();
        for at in 0..file.len() {
            for bit in 0..8 {
                let mut file = file.clone();
                file[at] ^= 1 << bit;
                let Ok(mut reader) = Reader::open(&file[..], &Options::default(), &limits) else {
                    continue;
                };
                // After a defect the reader goes on or ends, and it does end.
                let mut visit = |_: treaty_schemas::avro::data::container::Object<'_>| ControlFlow::<()>::Continue(());
                while !matches!(reader.visit_block(&mut visit), Ok(None)) {}
            }
        }
    }
}

/// The first error and, after those that allow to go on, all others.
fn errors(file: &[u8], limits: &Limits) -> String {
    let mut reader = match Reader::open(file, &Options::default(), limits) {
        Ok(reader) => reader,
        Err(error) => return error.to_string(),
    };
    let mut objects = 0;
    let mut lines = Vec::new();
    loop {
        match reader.visit_block::<()>(&mut |_| {
            objects += 1;
            ControlFlow::Continue(())
        }) {
            Ok(None) => break,
            Ok(Some(_)) => {}
            Err(error) => lines.push(error.to_string()),
        }
    }
    lines.push(format!("{objects} good objects"));
    lines.join("\n")
}

fn header(metadata: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = b"Obj\x01".to_vec();
    out.push(2 * metadata.len() as u8);
    for (key, value) in metadata {
        for bytes in [key.as_bytes(), value] {
            let length = 2 * bytes.len();
            assert!(length < 1 << 14);
            if length >= 0x80 {
                out.push((length & 0x7f) as u8 | 0x80);
                out.push((length >> 7) as u8);
            } else {
                out.push(length as u8);
            }
            out.extend_from_slice(bytes);
        }
    }
    out.push(0);
    out.extend_from_slice(&[7; 16]);
    out
}

#[test]
fn damages_are_told_with_block_object_and_byte() {
    let limits = Limits::default();
    let (schema, values) = orders(ORDER, 6);
    let file = write(&schema, Codec::Null, &values, 2).unwrap();
    // Each block: count, size, two objects of eight bytes, sync marker.
    let block = (file.len() - 3 * 34) + 34;
    let damaged = |at: usize, byte: u8| {
        let mut file = file.clone();
        file[at] = byte;
        errors(&file, &limits)
    };
    let plain = header(&[("avro.schema", br#""int""#)]);
    let with = |rest: &[u8]| errors(&[&plain[..], rest].concat(), &limits);
    let small = Limits {
        block_bytes: 10,
        ..limits
    };
    let report = [
        ("empty", errors(b"", &limits)),
        ("other magic", errors(b"PK\x03\x04....", &limits)),
        ("magic only", errors(b"Obj\x01", &limits)),
        ("no schema", errors(&header(&[]), &limits)),
        (
            "codec",
            errors(&header(&[("avro.codec", b"lz4"), ("avro.schema", b"\"int\"")]), &limits),
        ),
        (
            "schema",
            errors(&header(&[("avro.schema", br#"{"type":"recrod"}"#)]), &limits),
        ),
        ("not utf-8", errors(&header(&[("avro.schema", b"\"\xff\"")]), &limits)),
        (
            "twice",
            errors(
                &header(&[("avro.schema", b"\"long\""), ("avro.schema", b"\"int\"")]),
                &limits,
            ),
        ),
        (
            "huge metadata",
            errors(b"Obj\x01\x02\x02a\xfe\xff\xff\xff\x0f", &limits),
        ),
        ("boolean", damaged(block + 2 + 15, 3)),
        ("string", damaged(block + 2 + 3, 0xff)),
        ("count", damaged(block, 2)),
        ("more", damaged(block, 6)),
        ("sync", damaged(block + 20, 0)),
        ("size", damaged(block + 1, 30)),
        ("negative count", with(&[1, 2])),
        ("negative size", with(&[2, 1])),
        ("size beyond", with(&[2, 100, 2])),
        ("no sync", with(&[2, 2, 2, 7, 7])),
        ("large block", errors(&file, &small)),
        (
            "many nothings",
            errors(
                &[
                    &header(&[("avro.schema", b"\"null\"")])[..],
                    &[0x80, 0x80, 0x80, 0x80, 0x10, 0],
                    &[7; 16],
                ]
                .concat(),
                &limits,
            ),
        ),
    ]
    .map(|(name, text)| format!("{name}:\n    {}\n", text.replace('\n', "\n    ")))
    .concat();
    expect![[r#"
        empty:
            header, byte 0: the file is empty
        other magic:
            header, byte 0: this is no Avro object container: it does not begin with `Obj` and 1
        magic only:
            header, byte 4: the file ends where the number of metadata entries was expected
        no schema:
            header, byte 21: it has no `avro.schema`
        codec:
            header, byte 55: the codec `lz4` is not known; null, deflate, snappy, zstandard, bzip2, xz are
        schema:
            header, byte 52: the schema in it cannot be used: avro.schema:1:9: the type `recrod` is not defined (define it in this schema, or declare a reference to the schema that defines it)
        not utf-8:
            header, byte 38: its `avro.schema` is not UTF-8
        twice:
            0 good objects
        huge metadata:
            header, byte 12: the metadata has more than 16777216 bytes or 1000 entries
        boolean:
            block 2, object 4, byte 238: paid: a boolean is 0 or 1, not 3
            5 good objects
        string:
            block 2, object 3, byte 224: sku: the string is not UTF-8: its byte 1 begins no character
            4 good objects
        count:
            block 2, byte 221: 8 bytes follow the objects that it announced (1)
            5 good objects
        more:
            block 2, object 5, byte 239: id: the payload ends where a long was expected
            6 good objects
        sync:
            block 2, byte 221: its sync marker is not that of the file: the file is damaged here or before
            2 good objects
        size:
            block 2, byte 221: its sync marker is not that of the file: the file is damaged here or before
            2 good objects
        negative count:
            block 1, byte 40: its number of objects is negative: -1
            0 good objects
        negative size:
            block 1, byte 40: its size is negative: -1
            0 good objects
        size beyond:
            block 1, byte 40: the file ends within a block: 1 of 50 bytes are there
            0 good objects
        no sync:
            block 1, byte 40: the file ends where a block's sync marker was expected
            0 good objects
        large block:
            block 1, byte 187: it has 16 bytes, more than the 10 that are allowed
            0 good objects
        many nothings:
            block 1, byte 41: it announces 2147483648 objects that take no bytes; 1000000 are allowed
            0 good objects
    "#]].assert_eq(&report);
}

#[test]
fn a_bomb_is_refused_before_it_unfolds() {
    let bytes = schema(r#""bytes""#);
    let limits = Limits {
        block_bytes: 100_000,
        ..Limits::default()
    };
    for codec in Codec::ALL.into_iter().filter(|codec| *codec != Codec::Null) {
        for (size, good) in [(99_000, true), (101_000, false), (2_000_000, false)] {
            let file = write(&bytes, codec, &[Value::Bytes(vec![0; size])], 1).unwrap();
            let outcome = errors(&file, &limits);
            let refused = outcome.contains("more than the 100000") || outcome.contains("larger than a block may be");
            assert_eq!(
                (outcome == "1 good objects", refused),
                (good, !good),
                "{codec:?} {size}: {outcome}"
            );
        }
    }
}

/// The blocks of a file with their data and numbers of objects, each made anew.
fn with_blocks(file: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let sync: [u8; 16] = file[file.len() - 16..].try_into().unwrap();
    let end = file.windows(16).position(|window| window == sync).unwrap() + 16;
    let mut out = file[..end].to_vec();
    let mut rest = &file[end..];
    // Counts and sizes of these are below 64 or 8192.
    let long = |rest: &mut &[u8]| {
        let (mut value, mut shift) = (0u64, 0);
        while let [byte, after @ ..] = *rest {
            *rest = after;
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < &0x80 {
                break;
            }
        }
        value / 2
    };
    while !rest.is_empty() {
        let (count, size) = (long(&mut rest), long(&mut rest) as usize);
        let data = change(&rest[..size]);
        rest = &rest[size + 16..];
        for number in [count, data.len() as u64] {
            let number = number * 2;
            if number >= 0x80 {
                out.push((number & 0x7f) as u8 | 0x80);
                out.push((number >> 7) as u8);
            } else {
                out.push(number as u8);
            }
        }
        out.extend_from_slice(&data);
        out.extend_from_slice(&sync);
    }
    out
}

#[test]
fn what_writers_of_others_leave_behind() {
    let (schema, values) = orders(ORDER, 20);
    // fastavro, Apache's Python and pyiceberg cut two bytes off zlib's data at one end and one at the other.
    let file = write(&schema, Codec::Deflate, &values, 10).unwrap();
    let tail = with_blocks(&file, |data| [data, &[0x12, 0x34, 0x56]].concat());
    assert_ne!(tail, file);
    assert_eq!(read(&tail).unwrap(), values);
    for codec in Codec::ALL {
        let mut file = write(&schema, codec, &values, 10).unwrap();
        let sync = file[file.len() - 16..].to_vec();
        // A last block without anything.
        file.extend_from_slice(&[0, 0]);
        file.extend_from_slice(&sync);
        assert_eq!(read(&file).unwrap(), values, "{codec:?}");
    }
}

#[test]
fn what_readers_of_others_take_in_a_header() {
    let money = r#"{"type":"record","name":"Money","fields":[{"name":"amount","type":"long"}]}"#;
    let twice = format!(
        r#"{{"type":"record","name":"Order","fields":[{{"name":"price","type":{money}}},{{"name":"tax","type":{money}}}]}}"#
    );
    for schema in [
        twice.as_str(),
        "/* an order */ {\"type\":\"record\",\"name\":\"Order\",\"fields\":[]} // the end",
        r#"{"type":"record","name":"Order","doc":7,"doc":"an order","fields":[]}"#,
        r#"{"type":"record","name":"Order","fields":[{"name":"a","type":["string","null"],"default":null}]}"#,
    ] {
        let file = header(&[("avro.schema", schema.as_bytes())]);
        let options = Options {
            strictness: treaty_schemas::Strictness::Stored,
            ..Options::default()
        };
        if let Err(error) = Reader::open(&file[..], &options, &Limits::default()) {
            panic!("{schema}: {error}");
        }
    }
}

#[test]
#[allow(clippy::print_stderr)] // A test that is skipped says so.
fn what_python_writes() {
    let Some(printed) = Judge::printed_by("container.py") else {
        eprintln!("skipped: fastavro and avro are not installed; ci/judges does it");
        return;
    };
    let made: std::collections::BTreeMap<String, String> = serde_json::from_str(&printed).unwrap();
    let expected = (0..50)
        .map(|id| Value::Record(vec![Value::Long(id), Value::String(format!("sku-{id}"))]))
        .collect::<Vec<_>>();
    assert_eq!(made.len(), 7);
    for (what, file) in made {
        let file = hex::decode(file).unwrap();
        let values = read(&file).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(values, expected, "{what}");
    }
}

#[test]
fn a_dictionary_takes_no_more_memory_than_a_block_may() {
    let bytes = schema(r#""bytes""#);
    let values = [Value::Bytes(vec![7; 3_000_000])];
    let file = write(&bytes, Codec::Xz, &values, 1).unwrap();
    assert_eq!(read(&file).unwrap(), values);
    let limits = Limits {
        block_bytes: 1_000_000,
        ..Limits::default()
    };
    expect![[r#"
        block 1, byte 56: its xz dictionary is larger than a block may be after decompression
        0 good objects"#]]
    .assert_eq(&errors(&file, &limits));
}

#[test]
fn a_file_that_says_it_is_large_takes_no_memory_for_it() {
    // The reader must not believe a size before the bytes are there: this stream fails if more is asked for.
    struct Stingy(Vec<u8>);
    impl Read for Stingy {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            assert!(out.len() <= 1024 * 1024, "asked for {} bytes at once", out.len());
            let count = self.0.len().min(out.len());
            out[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }
    let mut file = header(&[("avro.schema", br#""bytes""#)]);
    // One object in a block of 59,999,104 bytes, of which three are there.
    file.extend_from_slice(&[2, 0x80, 0x8e, 0x9c, 0x39, 1, 2, 3]);
    let mut reader = Reader::open(Stingy(file), &Options::default(), &Limits::default()).unwrap();
    let error = reader.visit::<()>(|_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "block 1, byte 42: the file ends within a block: 3 of 59999104 bytes are there"
    );
}

#[test]
fn the_visitor_can_stop_and_sees_each_object_once() {
    let (schema, values) = orders(ORDER, 20);
    let file = write(&schema, Codec::Snappy, &values, 3).unwrap();
    let mut reader = Reader::open(&file[..], &Options::default(), &Limits::default()).unwrap();
    assert_eq!(reader.codec(), Codec::Snappy);
    let flow = reader
        .visit(|object| match object.number {
            8 => ControlFlow::Break((object.block, object.bytes.len())),
            _ => ControlFlow::Continue(()),
        })
        .unwrap();
    assert_eq!(flow, ControlFlow::Break((3, 8)));
}
