//! Pairs of Protobuf schemas made to be slow, deep or huge: the check ends, with the right verdict, no stack overflows, and
//! what was not looked at leaves the verdict open.

use std::fmt::Write;
use std::ops::Range;

use treaty_schemas::protobuf::{self, Schema, compile};
use treaty_schemas::text::json;
use treaty_schemas::{Budget, Comparison, Evidence, Finding, Options, RuleSet, Severity, Source, Strictness, Verdict};

const PROTO2: &str = "syntax = \"proto2\";\n";
const PROTO3: &str = "syntax = \"proto3\";\n";

fn schema(text: &str) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        limits: json::Limits {
            bytes: 64 << 20,
            ..json::Limits::default()
        },
        ..Options::default()
    };
    compile(&Source::new("test.proto", text), "test.proto", &[], &options).unwrap_or_else(|error| panic!("{error}"))
}

/// Lines, one for each number.
fn lines(numbers: Range<usize>, line: impl Fn(usize) -> String) -> String {
    numbers.fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

/// A message of proto3 with fields of this type, each with its own number.
fn wide(numbers: Range<usize>, kind: &str) -> Schema {
    let fields = lines(numbers, |number| format!("{kind} f{number} = {number};"));
    schema(&format!("{PROTO3}message M {{ {fields} }}"))
}

/// Checks on a thread with the stack of a server's worker.
fn check(reader: &Schema, writer: &Schema) -> Comparison {
    std::thread::scope(|scope| {
        let small = std::thread::Builder::new().stack_size(2 << 20);
        let thread = small.spawn_scoped(scope, || {
            protobuf::check_with_notes(reader, writer, &Budget::unlimited())
        });
        thread
            .expect("a thread can be had")
            .join()
            .expect("the check does not panic")
    })
}

/// The verdict by what happens to data, and how many errors, warnings and notes there are, policy left out.
fn counted(comparison: &Comparison) -> (Verdict, [usize; 3]) {
    let of_data = |finding: &&Finding| !matches!(finding.evidence, Evidence::Policy(_));
    let mut counts = [0; 3];
    for finding in comparison.findings.iter().filter(of_data) {
        let place = match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Note => 2,
        };
        counts[place] += 1;
    }
    (comparison.verdict(RuleSet::Semantic), counts)
}

fn witnesses(comparison: &Comparison) -> usize {
    let evidence = comparison.findings.iter().map(|finding| &finding.evidence);
    evidence
        .filter(|evidence| matches!(evidence, Evidence::Witness(_)))
        .count()
}

const FIELDS: Range<usize> = 20_000..120_000;

#[test]
fn a_hundred_thousand_fields_that_all_break() {
    let comparison = check(&wide(FIELDS, "int32"), &wide(FIELDS, "string"));
    assert_eq!(counted(&comparison), (Verdict::Incompatible, [100_000, 0, 0]));
    assert_eq!(comparison.differences.len(), 100_000);
    // Beyond the budget a finding says why it has no witness.
    assert!(witnesses(&comparison) > 10_000);
    let last = &comparison.findings[99_999].evidence;
    assert!(
        matches!(last, Evidence::Omitted(why) if why.contains("as many witnesses")),
        "{last:?}"
    );
    // A few thousand are well within it.
    let comparison = check(&wide(20_000..25_000, "int32"), &wide(20_000..25_000, "string"));
    assert_eq!(witnesses(&comparison), 5_000);
}

/// Each is told as a note by either side; notes are limited, and no reason to leave a verdict open.
#[test]
fn a_hundred_thousand_fields_against_others() {
    let comparison = check(&wide(FIELDS, "int32"), &wide(220_000..320_000, "string"));
    assert_eq!(comparison.undecided, None);
    assert_eq!(counted(&comparison), (Verdict::Compatible, [0, 0, 20_000]));
    // Another message after them is looked at all the same.
    let with = |numbers: Range<usize>, kind: &str| {
        let fields = lines(numbers, |number| format!("int32 f{number} = {number};"));
        schema(&format!(
            "{PROTO3}message M {{ {fields} }} message N {{ {kind} v = 1; }}"
        ))
    };
    let comparison = check(&with(20_000..60_000, "int32"), &with(60_000..100_000, "string"));
    assert_eq!(comparison.undecided, None);
    assert_eq!(counted(&comparison), (Verdict::Incompatible, [1, 0, 20_000]));
}

#[test]
fn a_hundred_thousand_fields_in_a_oneof() {
    let oneof = |kind: &str| {
        let fields = lines(FIELDS, |number| format!("{kind} f{number} = {number};"));
        schema(&format!("{PROTO3}message M {{ oneof o {{ {fields} }} }}"))
    };
    let plain = wide(FIELDS, "int32");
    assert_eq!(counted(&check(&oneof("int32"), &oneof("string"))).1, [100_000, 0, 0]);
    assert_eq!(counted(&check(&oneof("int32"), &plain)).0, Verdict::Incompatible);
    assert_eq!(counted(&check(&plain, &oneof("int32"))).0, Verdict::Compatible);
}

#[test]
fn fifty_thousand_oneofs() {
    let oneofs = |shift: usize| {
        let fields = lines(0..50_000, |number| {
            let (one, other) = (20_000 + 2 * number, 20_000 + (2 * (number + shift) + 1) % 100_000);
            format!("oneof o{number} {{ int32 a{number} = {one}; int32 b{number} = {other}; }}")
        });
        schema(&format!("{PROTO3}message M {{ {fields} }}"))
    };
    let plain = wide(FIELDS, "int32");
    // Every oneof of the one has members of two of the other.
    assert_eq!(counted(&check(&oneofs(0), &oneofs(7))).0, Verdict::Incompatible);
    assert_eq!(counted(&check(&oneofs(0), &plain)).0, Verdict::Incompatible);
    assert_eq!(counted(&check(&plain, &oneofs(0))).0, Verdict::Compatible);
}

#[test]
fn chains_of_twenty_thousand_messages() {
    let chain = |link: &str, inner: &str| {
        let messages = lines(0..20_000, |number| {
            let link = link.replace("NEXT", &format!("M{}", number + 1));
            format!("message M{number} {{ {link} next = 1; {inner} }}")
        });
        schema(&format!("{PROTO3}{messages} message M20000 {{ {inner} }}"))
    };
    for link in ["NEXT", "repeated NEXT", "map<string, NEXT>"] {
        let comparison = check(&chain(link, "int32 v = 2;"), &chain(link, "string v = 2;"));
        assert_eq!(comparison.verdict(RuleSet::Semantic), Verdict::Incompatible, "{link}");
        let told: usize = comparison.findings.iter().map(|finding| finding.data_path.len()).sum();
        assert!(told < 64 << 20, "{link}: {told} bytes of paths");
        let fine = check(&chain(link, "int32 v = 2;"), &chain(link, "int32 v = 2;"));
        assert_eq!(counted(&fine), (Verdict::Compatible, [0, 0, 0]), "{link}");
    }
}

fn cycle(length: usize, kind: &str) -> Schema {
    let messages = lines(0..length, |number| {
        let next = (number + 1) % length;
        format!("message M{number} {{ M{next} next = 1; {kind} v = 2; }}")
    });
    schema(&format!("{PROTO3}{messages}"))
}

/// Two rings of messages whose lengths have no common divisor: each message of one meets each of the other, half a million
/// pairs, the last of them half a million steps from the event.
#[test]
fn cycles_that_only_meet_again_after_half_a_million_steps() {
    let fine = check(&cycle(701, "int32"), &cycle(700, "int32"));
    assert_eq!(counted(&fine), (Verdict::Compatible, [0, 0, 0]));
    // More stops than are told.
    let comparison = check(&cycle(701, "int32"), &cycle(700, "string"));
    assert_eq!(counted(&comparison), (Verdict::Incompatible, [20_001, 0, 0]));
    assert!(comparison.undecided.is_some());
}

/// A check that was not finished is never called compatible.
#[test]
fn more_than_is_looked_at_leaves_the_verdict_open() {
    // Two million fields at the most: a million pairs of messages with two fields on either side are more.
    let comparison = check(&cycle(1_001, "int32"), &cycle(1_000, "int32"));
    assert_eq!(counted(&comparison), (Verdict::Undecided, [0, 0, 0]));
    let why = comparison.undecided.expect("it is undecided");
    assert!(
        why.contains("more fields to compare, than the engine looks at"),
        "{why}"
    );
    // A warning in each of more pairs than are told.
    let named = |name: &str, value: &str| {
        let messages = lines(0..701, |number| {
            let next = (number + 1) % if name == "a" { 701 } else { 700 };
            format!("message M{number} {{ M{next} next = 1; E v = 2; }}")
        });
        schema(&format!("{PROTO3}enum E {{ ZERO = 0; {value} = 1; }}{messages}"))
    };
    let comparison = check(&named("a", "ONE"), &named("b", "UNO"));
    let (verdict, [errors, warnings, _]) = counted(&comparison);
    assert_eq!((verdict, errors), (Verdict::Undecided, 0));
    assert!(warnings > 10_000, "{warnings}");
}

#[test]
fn what_is_written_as_a_message_set_leaves_the_verdict_open() {
    let text = |option: &str| {
        let extended = "message A { optional Set set = 1; } message B { extend Set { optional B b = 100; } }";
        schema(&format!(
            "{PROTO2}message Set {{ {option} extensions 4 to 1000; }} {extended}"
        ))
    };
    let (set, other) = (text("option message_set_wire_format = true;"), text(""));
    for (reader, writer) in [(&set, &other), (&other, &set)] {
        let comparison = check(reader, writer);
        assert_eq!(counted(&comparison), (Verdict::Undecided, [0, 0, 0]));
        let why = comparison.undecided.expect("it is said why");
        assert!(why.contains("`message_set_wire_format`"), "{why}");
    }
    assert_eq!(check(&set, &set).verdict(RuleSet::Semantic), Verdict::Compatible);
    // What is in a set is judged as if it were sent alone.
    let changed = |kind: &str| {
        let held = format!("message B {{ extend Set {{ optional B b = 100; }} optional {kind} n = 1; }}");
        schema(&format!(
            "{PROTO2}message Set {{ option message_set_wire_format = true; extensions 4 to 1000; }} {held}"
        ))
    };
    let comparison = check(&changed("int32"), &changed("int64"));
    assert_eq!(counted(&comparison), (Verdict::Incompatible, [1, 0, 0]));
    assert_eq!(witnesses(&comparison), 1);
}

#[test]
fn three_hundred_messages_that_all_know_each_other() {
    let mesh = |shift: usize, kind: &str| {
        let messages = lines(0..300, |number| {
            let fields = lines(0..300, |other| {
                format!("M{} f{other} = {};", (other + shift * number) % 300, other + 1)
            });
            format!("message M{number} {{ {kind} v = 1000; {fields} }}")
        });
        schema(&format!("{PROTO3}{messages}"))
    };
    assert_eq!(
        counted(&check(&mesh(0, "int32"), &mesh(0, "string"))),
        (Verdict::Incompatible, [300, 0, 0])
    );
    // Every message meets every other: ninety thousand pairs of three hundred fields.
    assert_eq!(
        counted(&check(&mesh(0, "int32"), &mesh(1, "string"))).0,
        Verdict::Incompatible
    );
    assert_eq!(
        counted(&check(&mesh(0, "int32"), &mesh(1, "int32"))).0,
        Verdict::Undecided
    );
}

#[test]
fn twenty_thousand_values_of_an_enum_in_ten_thousand_fields() {
    let with = |name: &str, shift: usize, kind: &str| {
        let values = lines(0..20_000, |number| {
            format!("{name}{} = {number};", (number + shift) % 20_000)
        });
        let fields = lines(20_000..30_000, |number| format!("{kind} f{number} = {number};"));
        schema(&format!("{PROTO3}enum E {{ {values} }} message M {{ {fields} }}"))
    };
    let of = |reader: &Schema, writer: &Schema| counted(&check(reader, writer)).1[..2].to_vec();
    assert_eq!(of(&with("A", 0, "E"), &with("B", 0, "E")), [0, 10_000]);
    assert_eq!(of(&with("A", 0, "E"), &with("A", 1, "E")), [10_000, 0]);
    assert_eq!(of(&with("A", 0, "E"), &with("A", 0, "int32")), [0, 10_000]);
    assert_eq!(of(&with("A", 0, "bool"), &with("A", 0, "E")), [10_000, 0]);
}

#[test]
fn a_witness_that_would_not_fit_into_memory() {
    // Each message holds two of the next: the smallest value has 2^60 parts.
    let doubled = |kind: &str| {
        let messages = lines(0..60, |number| {
            let next = number + 1;
            format!("message M{number} {{ required M{next} a = 1; required M{next} b = 2; }}")
        });
        schema(&format!("{PROTO2}{messages} message M60 {{ required {kind} v = 1; }}"))
    };
    let comparison = check(&doubled("int32"), &doubled("bytes"));
    assert_eq!(comparison.verdict(RuleSet::Semantic), Verdict::Incompatible);
    // Messages that contain themselves have no values at all, so that nothing can go wrong with them.
    let never = |kind: &str| {
        schema(&format!(
            "{PROTO2}message M {{ required M m = 1; optional {kind} v = 2; }}"
        ))
    };
    assert_eq!(
        counted(&check(&never("int32"), &never("bytes"))),
        (Verdict::Compatible, [0, 0, 0])
    );
}

/// The payloads of all of them together would have two hundred million fields.
#[test]
fn twenty_thousand_messages_that_are_gone() {
    let fields = lines(20_000..30_000, |number| format!("required int32 f{number} = {number};"));
    let kept = format!("{PROTO2}message R {{ {fields} }}\n");
    let gone = lines(0..20_000, |number| format!("message M{number} {{ required R r = 1; }}"));
    let comparison = check(&schema(&kept), &schema(&(kept.clone() + &gone)));
    assert_eq!(counted(&comparison), (Verdict::Incompatible, [20_000, 0, 0]));
    // An event of ten thousand fields is too large to be shown.
    assert_eq!(witnesses(&comparison), 0);
}

/// The reader requires what the writer never writes: each witness has all that can be written of the rest.
#[test]
fn ten_thousand_required_fields_that_are_missing() {
    let required = lines(20_000..30_000, |number| format!("required int32 f{number} = {number};"));
    let optional = lines(20_000..30_000, |number| format!("optional int32 f{number} = {number};"));
    let with = |fields: &str| schema(&format!("{PROTO2}message M {{ {fields} }}"));
    let comparison = check(&with(&required), &with(&optional));
    assert_eq!(counted(&comparison), (Verdict::Incompatible, [10_000, 0, 0]));
    // An event with nearly all of them is too large to be shown.
    assert_eq!(witnesses(&comparison), 0);
    assert_eq!(counted(&check(&with(&required), &with(""))).0, Verdict::Incompatible);
}
