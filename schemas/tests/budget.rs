//! Comparisons end where their budget ends, inside a pair of schemas, and say so; and they need no more of it than they must.

use treaty_schemas::{
    Budget, Comparison, Exhausted, Format, Mode, Options, Schema, Source, Verdict, changes, check,
    check_for_registration, check_with_notes, judge,
};

fn parse(format: Format, text: &str) -> Schema {
    let source = Source::new("test", text);
    Schema::parse(format, &source, &[], &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// A record of so many fields, whose names begin with this.
fn avro(fields: usize, prefix: &str, ty: &str) -> Schema {
    let fields: Vec<String> = (0..fields)
        .map(|field| format!(r#"{{"name":"{prefix}{field}","type":{ty}}}"#))
        .collect();
    let fields = fields.join(",");
    parse(
        Format::Avro,
        &format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#),
    )
}

/// A message of so many fields of this type.
fn protobuf(fields: usize, ty: &str) -> Schema {
    let fields: String = (1..=fields)
        .map(|field| format!("{ty} f{field} = {field};\n"))
        .collect();
    parse(
        Format::Protobuf,
        &format!("syntax = \"proto3\";\nmessage M {{ {fields} }}"),
    )
}

/// A union of so many records, whose namespaces alone tell them apart.
fn union(branches: usize, namespace: &str, ty: &str) -> Schema {
    let branches: Vec<String> = (0..branches)
        .map(|branch| {
            format!(r#"{{"type":"record","name":"{namespace}{branch}.R","fields":[{{"name":"a","type":"{ty}"}}]}}"#)
        })
        .collect();
    parse(Format::Avro, &format!("[{}]", branches.join(",")))
}

/// Pairs that cannot be read, and are compared in more steps than they have parts.
fn pairs() -> Vec<(&'static str, Schema, Schema)> {
    vec![
        ("fields renamed", avro(400, "a", r#""int""#), avro(400, "b", r#""int""#)),
        (
            "types changed",
            avro(400, "a", r#""int""#),
            avro(400, "a", r#""string""#),
        ),
        ("branches", union(60, "a", "int"), union(60, "b", "string")),
        ("wire types changed", protobuf(400, "int32"), protobuf(400, "string")),
    ]
}

fn steps(work: impl FnOnce(&Budget)) -> u64 {
    let budget = Budget::unlimited();
    work(&budget);
    assert_eq!(budget.exhausted(), None);
    budget.taken()
}

#[test]
fn it_ends_inside_a_pair() {
    for (what, reader, writer) in pairs() {
        let whole = check(&reader, &writer, &Budget::unlimited());
        assert_eq!(whole.worst(), Verdict::Incompatible, "{what}");
        assert_eq!(whole.undecided, None, "{what}");
        let needed = steps(|budget| drop(check(&reader, &writer, budget)));
        for part in [0, 1, needed / 100, needed / 10, needed / 2, needed - 1] {
            let budget = Budget::steps(part);
            let cut = check(&reader, &writer, &budget);
            assert_eq!(budget.exhausted(), Some(Exhausted::Steps), "{what}: {part} of {needed}");
            assert_eq!(cut.worst(), Verdict::Undecided, "{what}: {part} of {needed}");
            assert_eq!(cut.undecided, Some(Exhausted::Steps.to_string().into()), "{what}");
        }
        let budget = Budget::steps(needed);
        assert_eq!(check(&reader, &writer, &budget), whole, "{what}");
    }
}

#[test]
fn it_ends_when_it_is_cancelled() {
    for (what, reader, writer) in pairs() {
        let budget = Budget::unlimited().until(|| true);
        let cut = check_with_notes(&reader, &writer, &budget);
        assert_eq!(budget.exhausted(), Some(Exhausted::Cancelled), "{what}");
        assert_eq!(cut.undecided, Some(Exhausted::Cancelled.to_string().into()), "{what}");
    }
    let (old, new) = (avro(400, "a", r#""int""#), avro(400, "b", r#""int""#));
    let budget = Budget::unlimited().until(|| true);
    assert_eq!(changes(&old, &new, &budget), Err(Exhausted::Cancelled));
}

#[test]
fn a_history_is_undecided_from_the_pair_that_was_under_way() {
    let (old, new) = (avro(100, "a", r#""int""#), avro(100, "b", r#""int""#));
    let history = vec![old; 10];
    let one = steps(|budget| drop(check(&new, &history[0], budget)));
    let budget = Budget::steps(one * 5 / 2);
    let judgement = judge(Mode::BackwardTransitive, &new, &history, &budget);
    let undecided: Vec<bool> = judgement
        .checked
        .iter()
        .map(|checked| checked.comparison.undecided.is_some())
        .collect();
    assert_eq!(undecided, [&[false; 2][..], &[true; 8]].concat());
}

#[test]
fn equal_schemas_cost_next_to_nothing() {
    for schema in [avro(4_000, "a", r#""int""#), protobuf(4_000, "int32")] {
        let needed = steps(|budget| drop(check(&schema, &schema.clone(), budget)));
        assert!(needed < 100_000, "{needed}");
    }
}

/// How many times more steps twice as many fields take.
fn growth(of: impl Fn(usize) -> (Schema, Schema), work: fn(&Schema, &Schema, &Budget) -> Comparison) -> f64 {
    let needed = |fields| {
        let (reader, writer) = of(fields);
        steps(|budget| drop(work(&reader, &writer, budget))) as f64
    };
    needed(4_000) / needed(2_000)
}

#[test]
fn work_is_linear_where_it_can_be() {
    let renamed = |fields| (avro(fields, "a", r#""int""#), avro(fields, "b", r#""int""#));
    let changed = |fields| (avro(fields, "a", r#""int""#), avro(fields, "a", r#""string""#));
    let wire = |fields| (protobuf(fields, "int32"), protobuf(fields, "string"));
    let growths = [
        growth(renamed, check),
        growth(renamed, check_for_registration),
        growth(changed, check_for_registration),
        growth(wire, check),
        growth(wire, check_for_registration),
    ];
    assert!(growths.iter().all(|growth| *growth < 2.5), "{growths:?}");
}
