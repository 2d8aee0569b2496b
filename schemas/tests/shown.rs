//! Hostile schemas of both languages: nothing that is made of them to be shown is larger than its bound, and making it takes
//! little memory.

use treaty_schemas::data_path::{DataStep, MAX_BYTES};
use treaty_schemas::sample::Sampler;
use treaty_schemas::text::json;
use treaty_schemas::text::shown::{LINE_BYTES, WITNESS_BYTES, is_harmful};
use treaty_schemas::validate::{Limits, PayloadKind, Validator};
use treaty_schemas::{
    Budget, Evidence, Format, Label, Line, Observed, Options, Schema, Source, Strictness, changes, check,
    check_with_notes, protobuf,
};

/// Memory that the work on one pair of schemas may take beside what was there before, in bytes.
const MEMORY: u64 = 300 << 20;

fn parse(format: Format, text: &str) -> Option<Schema> {
    let options = Options {
        strictness: Strictness::Stored,
        limits: json::Limits {
            bytes: 16 << 20,
            ..json::Limits::default()
        },
        ..Options::default()
    };
    match Schema::parse(format, &Source::new("schema", text), &[], &options) {
        Ok(schema) => Some(schema),
        Err(error) => {
            for problem in &error.problems {
                line(&problem.message);
                problem.help.iter().for_each(line);
            }
            None
        }
    }
}

fn line(text: &Line) {
    assert!(text.len() <= LINE_BYTES, "{} bytes: {text}", text.len());
    assert!(!text.contains(is_harmful), "{text:?}");
}

fn label(label: &Label) {
    line(&label.note);
}

/// Everything that two schemas make, in both directions.
fn pair(old: &Schema, new: &Schema) {
    let budget = Budget::unlimited();
    for (reader, writer) in [(old, new), (new, old)] {
        for comparison in [
            check(reader, writer, &budget),
            check_with_notes(reader, writer, &budget),
        ] {
            comparison.undecided.iter().for_each(line);
            for difference in &comparison.differences {
                line(&difference.describe("new", "old"));
            }
            for finding in &comparison.findings {
                line(&finding.message);
                line(&finding.help);
                line(&finding.data_path);
                label(&finding.reader);
                label(&finding.writer);
                let steps = finding.reader_path.steps().iter().map(|step| match step {
                    DataStep::Field(name) | DataStep::Branch(name) => name.len(),
                    _ => 0,
                });
                assert!(steps.sum::<usize>() <= 2 * MAX_BYTES + 4, "{}", finding.reader_path);
                match &finding.evidence {
                    Evidence::Witness(witness) | Evidence::AvroJava(witness) => {
                        let (Observed::Refused(outcome) | Observed::Changed(outcome)) = &witness.observed;
                        line(outcome);
                        let bytes = witness.value.len() + witness.bytes.len().div_ceil(3) * 4 + outcome.len();
                        assert!(bytes <= WITNESS_BYTES, "a witness of {bytes} bytes");
                    }
                    Evidence::Omitted(why) => line(why),
                    Evidence::Policy(_) | Evidence::None => {}
                }
            }
        }
        for change in changes(reader, writer, &budget).expect("no end") {
            line(&change.message);
            line(&change.data_path);
            change.old.iter().chain(&change.new).for_each(label);
        }
    }
}

/// What is made of one schema alone.
fn alone(schema: &Schema) {
    let mut bytes = 0;
    if let Ok(mut sampler) = Sampler::new(schema, None, 1) {
        let mut samples = vec![sampler.ordinary()];
        samples.extend(sampler.boundary());
        samples.extend(sampler.near_misses());
        for sample in samples {
            line(&sample.what);
            bytes += sample.binary.map_or(0, |binary| binary.len()) + sample.json.map_or(0, |json| json.len());
        }
    }
    assert!(bytes <= 160 << 20, "samples of {bytes} bytes");
    let validator = Validator::new(schema, Limits::default());
    for payload in [
        &b""[..],
        b"\x02",
        &[0xff; 64],
        b"{}",
        b"{\"\\u0000\\u202e\":[]}",
        b"[1",
        b"\"x\"",
    ] {
        for kind in [
            PayloadKind::Binary,
            PayloadKind::Json,
            PayloadKind::JsonLines,
            PayloadKind::Wire,
        ] {
            for defect in validator.payload(kind, payload).err().into_iter().flatten() {
                line(&defect.message);
                defect.help.iter().for_each(line);
            }
        }
    }
}

/// Parses both, makes everything of them, and looks at how much memory that took.
fn hostile(format: Format, what: &str, old: &str, new: &str) {
    let memory = allocation_counter::measure(|| {
        if let (Some(old), Some(new)) = (parse(format, old), parse(format, new)) {
            pair(&old, &new);
            alone(&old);
        } else {
            assert!(
                old.contains('\u{1b}') || old.contains("repeated"),
                "{what} is no schema"
            );
        }
    });
    let most = memory.bytes_max;
    assert!(most <= MEMORY, "{what}: {} MiB", most >> 20);
}

#[test]
fn everything_that_is_shown_has_a_bound() {
    avro();
    protobuf();
    trees();
}

fn record(fields: impl IntoIterator<Item = String>) -> String {
    let fields: Vec<String> = fields.into_iter().collect();
    format!(r#"{{"type":"record","name":"Order","fields":[{}]}}"#, fields.join(","))
}

fn field(name: &str, ty: &str) -> String {
    format!(r#"{{"name":"{name}","type":{ty}}}"#)
}

fn decimal(size: u32, scale: u32) -> String {
    format!(r#"{{"type":"fixed","name":"F","size":{size},"logicalType":"decimal","precision":4,"scale":{scale}}}"#)
}

fn avro() {
    let long = "n".repeat(100_000);
    let both = |what: &str, make: &dyn Fn(&str, &str) -> String| {
        // What is at the place: one type, and one that does not fit.
        for (old, new) in [("\"int\"", "\"string\""), ("[\"null\",\"long\"]", "\"float\"")] {
            hostile(Format::Avro, what, &make(old, "a"), &make(new, "b"));
        }
    };
    both("a long field", &|ty, _| record([field(&long, ty)]));
    both("a long field that is gone", &|ty, suffix| {
        record([field(&format!("{long}{suffix}"), ty)])
    });
    both("many fields", &|ty, suffix| {
        record((0..300).map(|number| field(&format!("f{suffix}{number}"), ty)))
    });
    both("many long fields", &|ty, suffix| {
        record((0..100).map(|number| field(&format!("f{suffix}{number}{}", "x".repeat(5000)), ty)))
    });
    both("a long type", &|ty, suffix| {
        record([field(
            "a",
            &format!(
                r#"{{"type":"record","name":"{long}{suffix}","fields":[{}]}}"#,
                field("b", ty)
            ),
        )])
    });
    both("a chain of long fields", &|ty, _| {
        let name = "c".repeat(3000);
        (0..70).rev().fold(ty.to_owned(), |inner, depth| {
            format!(
                r#"{{"type":"record","name":"R{depth}","fields":[{}]}}"#,
                field(&name, &inner)
            )
        })
    });
    both("a long type within itself", &|ty, _| {
        record([field(&long, "[\"null\",\"Order\"]"), field("v", ty)])
    });
    both("a small type a thousand times, with a long name", &|ty, suffix| {
        let part = format!(
            r#"{{"type":"record","name":"P","fields":[{}]}}"#,
            field(&long, "\"null\"")
        );
        let fields = (0..1000).map(|number| field(&format!("f{number}"), if number == 0 { &part } else { "\"P\"" }));
        record(fields.chain([field(&format!("v{suffix}"), ty)]))
    });
    both("defaults that multiply", &|ty, _| {
        let text = "d".repeat(200_000);
        let part =
            format!(r#"{{"type":"record","name":"P","fields":[{{"name":"t","type":"string","default":"{text}"}}]}}"#);
        let fields = (0..1000).map(|number| {
            format!(
                r#"{{"name":"f{number}","type":{},"default":{{}}}}"#,
                if number == 0 { &part } else { "\"P\"" }
            )
        });
        let fields: Vec<String> = fields.collect();
        let whole = format!(r#"{{"type":"record","name":"W","fields":[{}]}}"#, fields.join(","));
        match ty {
            "\"int\"" => record([field("v", ty)]),
            _ => record([
                field("v", "\"int\""),
                format!(r#"{{"name":"w","type":{whole},"default":{{}}}}"#),
            ]),
        }
    });
    both("control characters", &|ty, _| {
        record([field("\\u001b[31m\\n\\u202e", ty)])
    });
    both("a control character in the text", &|ty, _| {
        record([field("\u{1b}", ty)])
    });
    for size in [20_000, 20_001, 1 << 20, i32::MAX as u32] {
        for (old, new) in [
            (decimal(size, 1), decimal(size, 2)),
            (decimal(size, 1), decimal(size - 1, 1)),
        ] {
            for make in [
                |fixed: &str| fixed.to_owned(),
                |fixed: &str| record([field("v", fixed)]),
                |fixed: &str| record([field("v", &format!("[\"null\",{fixed}]"))]),
                |fixed: &str| record([field("v", &format!("[{fixed}]"))]),
                |fixed: &str| record([field("v", &format!(r#"{{"type":"array","items":{fixed}}}"#))]),
                |fixed: &str| record([field("v", &format!(r#"{{"type":"map","values":{fixed}}}"#))]),
                |fixed: &str| {
                    record(
                        (0..500).map(|number| field(&format!("f{number}"), if number == 0 { fixed } else { "\"F\"" })),
                    )
                },
            ] {
                hostile(Format::Avro, "a large fixed", &make(&old), &make(&new));
            }
        }
    }
    for scale in [41, 65_535, 70_000, i32::MAX as u32] {
        let make = |scale: u32| {
            record([field(
                "v",
                &format!(
                    r#"{{"type":"bytes","logicalType":"decimal","precision":{},"scale":{scale}}}"#,
                    i32::MAX
                ),
            )])
        };
        hostile(Format::Avro, "a large scale", &make(scale), &make(scale - 1));
    }
    let symbols = |from: usize, name: &str| {
        let symbols: Vec<String> = (from..from + 500).map(|number| format!("\"{name}{number}\"")).collect();
        record([field(
            "v",
            &format!(r#"{{"type":"enum","name":"E","symbols":[{}]}}"#, symbols.join(",")),
        )])
    };
    hostile(Format::Avro, "many symbols", &symbols(0, "S"), &symbols(400, "S"));
    hostile(
        Format::Avro,
        "long symbols",
        &symbols(0, &"S".repeat(500)),
        &symbols(400, &"S".repeat(500)),
    );
}

fn protobuf() {
    let long = "n".repeat(100_000);
    let file = |body: String| format!("syntax = \"proto2\";\npackage a;\n{body}\n");
    let both = |what: &str, make: &dyn Fn(&str, &str) -> String| {
        for (old, new) in [
            ("int64", "int32"),
            ("string", "fixed32"),
            ("bytes", "string"),
            ("E", "bool"),
        ] {
            let text = |ty: &str, suffix: &str| file(format!("enum E {{ Z = 0; A = 1; }}\n{}", make(ty, suffix)));
            hostile(Format::Protobuf, what, &text(old, "a"), &text(new, "b"));
        }
    };
    both("a long field", &|ty, _| {
        format!("message M {{ optional {ty} {long} = 1; }}")
    });
    both("a long required field", &|ty, suffix| {
        format!("message M {{ required {ty} {long}{suffix} = 1; }}")
    });
    both("another long field", &|ty, suffix| {
        format!("message M {{ optional {ty} {long}{suffix} = 1; }}")
    });
    both("a long message", &|ty, suffix| {
        format!("message M{long}{suffix} {{ optional {ty} f = 1; }}")
    });
    both("a long name in JSON", &|ty, suffix| {
        format!("message M {{ optional {ty} f = 1 [json_name = \"{long}{suffix}\"]; }}")
    });
    both("many fields", &|ty, suffix| {
        let fields: Vec<String> = (1..300)
            .map(|number| format!("optional {ty} f{suffix}{number} = {number};"))
            .collect();
        format!("message M {{ {} }}", fields.join("\n"))
    });
    both("many required fields of long names", &|ty, suffix| {
        let fields: Vec<String> = (1..300)
            .map(|number| format!("required {ty} f{suffix}{number}{} = {number};", "x".repeat(3000)))
            .collect();
        format!("message M {{ {} }}", fields.join("\n"))
    });
    both("a long name that is required a thousand times", &|ty, suffix| {
        let fields: Vec<String> = (1..1000)
            .map(|number| format!("required P f{number} = {number};"))
            .collect();
        format!(
            "message P {{ required bool {long} = 1; }} message M {{ {} required {ty} v{suffix} = 1000; }}",
            fields.join("\n")
        )
    });
    both("a nest of required messages", &|ty, _| {
        let nest: Vec<String> = (0..30)
            .map(|depth| {
                format!(
                    "message N{depth} {{ required N{0} a = 1; required N{0} b = 2; }}",
                    depth + 1
                )
            })
            .collect();
        format!("{}\nmessage N30 {{ required {ty} v = 1; }}", nest.join("\n"))
    });
    both("a chain of long fields", &|ty, _| {
        let chain: Vec<String> = (0..70)
            .map(|depth| {
                format!(
                    "message C{depth} {{ optional C{} {} = 1; }}",
                    depth + 1,
                    "c".repeat(3000)
                )
            })
            .collect();
        format!("{}\nmessage C70 {{ optional {ty} v = 1; }}", chain.join("\n"))
    });
    both("a long default", &|ty, suffix| match ty {
        "string" | "bytes" => format!(
            "message M {{ optional {ty} f = 1 [default = \"{suffix}{}\"]; }}",
            "\\001".repeat(300_000)
        ),
        "E" | "bool" => format!("message M {{ optional {ty} f = 1; }}"),
        _ => format!("message M {{ optional {ty} f = 1 [default = 2147483647]; }}"),
    });
    both("a long oneof", &|ty, suffix| {
        let members: Vec<String> = (1..100)
            .map(|number| format!("{ty} {}{suffix}{number} = {number};", "m".repeat(1000)))
            .collect();
        format!("message M {{ oneof {long} {{ {} }} }}", members.join("\n"))
    });
    both("many ranges", &|ty, suffix| {
        let ranges: Vec<String> = (1..300)
            .map(|number| format!("{}", number * 2 + usize::from(suffix == "b")))
            .collect();
        format!(
            "message M {{ reserved {}; reserved \"{long}{suffix}\"; optional {ty} f = 1; }}",
            ranges.join(", ")
        )
    });
    let values = |from: usize, name: &str| {
        let values: Vec<String> = (from..from + 400)
            .map(|number| format!("{name}{number} = {number};"))
            .collect();
        file(format!(
            "enum V {{ ZERO = 0; {} }}\nmessage M {{ optional V v = 1; repeated V w = 2; map<int32, V> x = 3; }}",
            values.join("\n")
        ))
    };
    hostile(Format::Protobuf, "many values", &values(1, "V"), &values(300, "V"));
    hostile(
        Format::Protobuf,
        "long values",
        &values(1, &"V".repeat(500)),
        &values(300, &"W".repeat(500)),
    );
}

fn trees() {
    use protobuf::judgement::breaking::{self, Category, Selection};
    use protobuf::judgement::check::tree::{Trees, judge_data};
    use protobuf::judgement::side::Files;

    let long = "n".repeat(50_000);
    let tree = |texts: Vec<String>| {
        let files = texts.into_iter().enumerate().map(|(number, text)| {
            let path = format!("f{number}.proto");
            (Box::from(path.as_str()), Source::new(path, text))
        });
        protobuf::compile_tree(files.collect(), &protobuf::Limits::default()).unwrap_or_else(|error| panic!("{error}"))
    };
    let text = |suffix: &str, ty: &str| {
        format!(
            "syntax = \"proto2\";\npackage p{suffix};\nmessage M{long} {{ optional {ty} {long}{suffix} = 1; oneof o{long} {{ {ty} x = 2; {ty} y = 3; }} reserved 10 to 20; }}\n\
             enum E {{ A{long}{suffix} = 0; }}\nservice S{long} {{ rpc R{long}(M{long}) returns (M{long}); }}\n"
        )
    };
    let previous = tree(vec![text("a", "int64"), text("b", "string"), text("c", "bytes")]);
    let missing_source = Source::new("nowhere", "");
    for current in [
        vec![text("b", "fixed32")],
        vec![text("c", "int32"), text("a", "bool")],
        vec![text("d", "int64")],
    ] {
        let current = tree(current);
        for (now, before) in [(&current, &previous), (&previous, &current)] {
            for category in [Category::File, Category::Package, Category::WireJson, Category::Wire] {
                let annotations = breaking::check(now, before, &Selection::from(category));
                annotations.iter().for_each(|annotation| line(&annotation.message));
                let trees = Trees {
                    current: Files::new(now),
                    previous: Files::new(before),
                    missing_source: &missing_source,
                };
                let proofs = judge_data(trees, &annotations, |_, _| true, &Budget::unlimited());
                proofs.undecided.iter().for_each(line);
                for harm in &proofs.unannotated {
                    line(&harm.finding.message);
                    label(&harm.finding.reader);
                    label(&harm.finding.writer);
                }
            }
        }
    }
}
