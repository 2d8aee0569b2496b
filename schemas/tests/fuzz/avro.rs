//! Avro: schemas, pairs of them, and data.

use std::sync::LazyLock;

use treaty_schemas::avro::{
    self, DecodeErrorKind, Limits, Walker, decode, encode, from_json, parse, resolve, to_json, walk,
};
use treaty_schemas::text::json;
use treaty_schemas::{Budget, Options, RuleSet, Schema, Source, Strictness, Verdict};

use super::run::Target;
use super::seeds::{apart, files, of, pair, pairs, payloads, refused, source};

const WORDS: &[&str] = &[
    "null",
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "bytes",
    "string",
    "record",
    "enum",
    "fixed",
    "array",
    "map",
    "type",
    "name",
    "namespace",
    "doc",
    "aliases",
    "fields",
    "symbols",
    "items",
    "values",
    "size",
    "default",
    "order",
    "logicalType",
    "precision",
    "scale",
    "decimal",
    "uuid",
    "a.b.C",
    "C",
    "",
    "\\u0000",
    "\\ud800",
    "{\"type\":\"array\",\"items\":",
    "[[",
    "\"default\":null,",
    "\"aliases\":[\"A\"],",
    "[\"null\",",
    "\u{feff}",
    "é",
    "\"type\":",
];

/// Schemas whose data is decoded. The last one has no value but a deep one.
const SCHEMAS: &[&str] = &[
    r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"long"},
        {"name":"tags","type":{"type":"map","values":"int"}},
        {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
        {"name":"sku","type":["null","string"]},{"name":"count","type":"int","default":1}]}}},
        {"name":"total","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
        {"name":"status","type":{"type":"enum","name":"Status","symbols":["NEW","PAID","SENT"],"default":"NEW"}},
        {"name":"hash","type":{"type":"fixed","name":"Hash","size":4}},{"name":"rate","type":"double"},
        {"name":"paid","type":"boolean"},{"name":"weight","type":"float"}]}"#,
    r#"{"type":"record","name":"Tree","fields":[{"name":"value","type":["int","string","null"]},
        {"name":"below","type":{"type":"array","items":"Tree"}},{"name":"next","type":["null","Tree"]}]}"#,
    r#"{"type":"array","items":"null"}"#,
    r#"{"type":"map","values":{"type":"map","values":["null","bytes",{"type":"array","items":{"type":"fixed","name":"Z","size":0}}]}}"#,
    r#"["null","long",{"type":"array","items":{"type":"array","items":{"type":"record","name":"E","fields":[]}}}]"#,
];

/// What reads the data of the schema of the same number.
const READERS: &[&str] = &[
    r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"rate","type":"double"},
        {"name":"id","type":"double"},{"name":"labels","aliases":["tags"],"type":{"type":"map","values":"long"}},
        {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
        {"name":"sku","type":"string"},{"name":"price","type":"int","default":3}]}}},
        {"name":"total","type":"string"},
        {"name":"status","type":{"type":"enum","name":"Status","symbols":["PAID","OTHER"],"default":"OTHER"}}]}"#,
    r#"{"type":"record","name":"Tree","fields":[{"name":"value","type":["string","long","null"]},
        {"name":"below","type":{"type":"array","items":["Tree","null"]}},{"name":"extra","type":"int","default":7}]}"#,
    r#"{"type":"array","items":["null","int"]}"#,
    r#"{"type":"map","values":{"type":"map","values":["string","null"]}}"#,
    r#"["double",{"type":"array","items":{"type":"array","items":{"type":"record","name":"E","fields":[{"name":"x","type":"int","default":1}]}}}]"#,
];

/// Six bytes may announce as many nulls as are allowed.
const LIMITS: Limits = Limits {
    depth: 500,
    items: 10_000,
    block_bytes: 1 << 20,
};

fn schema(text: &str) -> avro::Schema {
    parse(&Source::new("schema", text), &[], &Options::default()).expect("the text is a schema")
}

/// The schemas of [`SCHEMAS`], and what reads data of each.
static PARSED: LazyLock<Vec<(avro::Schema, avro::Schema)>> = LazyLock::new(|| {
    let both = SCHEMAS.iter().zip(READERS);
    both.map(|(writer, reader)| (schema(writer), schema(reader))).collect()
});

fn schemas() -> Vec<Schema> {
    PARSED
        .iter()
        .map(|(writer, _)| Schema::Avro(writer.clone().into()))
        .collect()
}

fn texts() -> Vec<Vec<u8>> {
    let own = SCHEMAS.iter().map(|text| text.as_bytes().to_vec());
    let stands_alone = |text: &Vec<u8>| parse(&source(text), &[], &Options::default()).is_ok();
    files("catalogue", ".avsc")
        .into_iter()
        .chain(own)
        .filter(stands_alone)
        .collect()
}

fn binary() -> Vec<Vec<u8>> {
    payloads(&schemas(), |sample| sample.binary)
}

pub const SCHEMA: Target = Target {
    name: "avro_schema",
    seeds: texts,
    words: WORDS,
    take: |input| {
        let source = source(input);
        let parsed = match parse(&source, &[], &Options::default()) {
            Ok(parsed) => parsed,
            Err(error) => return refused(&error),
        };
        let stored = Options {
            strictness: Strictness::Stored,
            ..Options::default()
        };
        assert!(parse(&source, &[], &stored).is_ok(), "what is new may be stored");
        for (form, text) in [
            ("canonical", parsed.canonical()),
            ("normalized", parsed.normalized()),
            ("resolved", parsed.resolved()),
            ("parsing canonical form", parsed.parsing_canonical_form()),
        ] {
            let again = parse(&Source::new(form, text.as_str()), &[], &stored);
            let again = again.unwrap_or_else(|error| panic!("the {form} is no schema: {error}\n{text}"));
            let printed = match form {
                "canonical" => again.canonical(),
                "normalized" => again.normalized(),
                "resolved" => again.resolved(),
                _ => again.parsing_canonical_form(),
            };
            assert_eq!(printed, text, "the {form} of the {form}");
            assert_eq!(again.rabin(), parsed.rabin(), "the fingerprint of the {form}");
        }
        let comparison = avro::check(&parsed, &parsed, &Budget::unlimited());
        assert_eq!(
            comparison.verdict(RuleSet::Confluent),
            Verdict::Compatible,
            "with itself"
        );
        assert_eq!(
            comparison.verdict(RuleSet::Semantic),
            Verdict::Compatible,
            "with itself"
        );
        true
    },
    inputs: 1_500,
};

pub const PAIR: Target = Target {
    name: "avro_pair",
    seeds: || {
        let mut seeds = pairs("rules/avro", "json");
        let texts = texts();
        for neighbours in texts.windows(2) {
            let text = |at: usize| String::from_utf8_lossy(&neighbours[at]).into_owned();
            seeds.push(pair(&text(0), &text(1)));
            seeds.push(pair(&text(0), &text(0)));
        }
        seeds
    },
    words: WORDS,
    take: |input| {
        let mut parsed = Vec::new();
        for text in apart(input).iter().take(2) {
            match parse(&Source::new("input", text.as_str()), &[], &Options::default()) {
                Ok(schema) => parsed.push(schema),
                Err(error) => return refused(&error),
            }
        }
        let [reader, writer] = &parsed[..] else { return false };
        for (reader, writer) in [(reader, writer), (writer, reader)] {
            // A verdict stays open where the check and the decoder contradict each other.
            assert_eq!(
                avro::check_with_notes(reader, writer, &Budget::unlimited()).undecided,
                None
            );
        }
        drop(avro::changes(reader, writer, &Budget::unlimited()));
        true
    },
    inputs: 800,
};

pub const BINARY: Target = Target {
    name: "avro_binary",
    seeds: binary,
    words: &[],
    take: |input| {
        let Some(((schema, _), bytes)) = of(&PARSED, input) else {
            return false;
        };
        let limits = LIMITS;
        let (decoded, walked) = (decode(schema, bytes, &limits), walk(schema, bytes, &limits));
        match &decoded {
            Err(error) if error.kind == DecodeErrorKind::Limit => {}
            _ => assert_eq!(decoded.is_ok(), walked.is_ok(), "{decoded:?}, {walked:?}"),
        }
        for error in decoded.as_ref().err().into_iter().chain(walked.as_ref().err()) {
            assert!(error.offset <= bytes.len(), "{error}");
            assert!(error.path.len() < 2_000, "a path of {} bytes", error.path.len());
        }
        let Ok(value) = decoded else { return false };
        let again = encode(schema, &value).expect("what was decoded can be encoded");
        assert_eq!(shown(&decode(schema, &again, &limits)), shown(&Ok::<_, ()>(&value)));
        let text = to_json(schema, &value);
        match from_json(schema, &Source::new("json", text.as_str()), &DEEP) {
            Ok(read) => assert_eq!(shown(&read), shown(&value), "{text}"),
            // Avro's maps may have a key twice, and unions take a level more in JSON.
            Err(error) => assert!(
                JSON_REFUSES.iter().any(|why| error.to_string().contains(why)),
                "{error}: {text}"
            ),
        }
        true
    },
    inputs: 4_000,
};

/// Why JSON may refuse what the binary encoding can say.
const JSON_REFUSES: &[&str] = &["twice", "levels"];

/// A value as text, in which not-a-number is like itself.
fn shown(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// JSON of whatever can be decoded.
const DEEP: json::Limits = json::Limits::UNBOUNDED_SIZE;

pub const RESOLVED: Target = Target {
    name: "avro_resolved",
    seeds: binary,
    words: &[],
    take: |input| {
        let Some(((writer, reader), bytes)) = of(&PARSED, input) else {
            return false;
        };
        let limits = LIMITS;
        let own = resolve(writer, writer, bytes, &limits);
        let decoded = decode(writer, bytes, &limits);
        assert_eq!(own.is_ok(), decoded.is_ok(), "{own:?}, {decoded:?}");
        match resolve(reader, writer, bytes, &limits) {
            // A reader may skip what the writer's decoder would build, but not take what is damaged.
            Ok(value) => {
                let walked = Walker::new(writer).walk(bytes, &limits);
                assert_eq!(walked, Ok(()));
                assert!(encode(reader, &value).is_ok(), "what is read is of the reader's schema");
                true
            }
            Err(error) => {
                assert!(error.offset <= bytes.len(), "{error}");
                false
            }
        }
    },
    inputs: 4_000,
};

pub const JSON: Target = Target {
    name: "avro_json",
    seeds: || payloads(&schemas(), |sample| sample.json.map(String::into_bytes)),
    words: &[
        "null",
        "true",
        "{\"string\":",
        "{\"array\":[",
        "\"NaN\"",
        "\"-Infinity\"",
        "\"\\u00ff\"",
        "\"\\u0100\"",
        "\"PAID\"",
        "[[",
        "\"sku\":",
        "1e5",
        "2147483648",
        "{\"next\":{\"Tree\":",
        "\u{feff}",
    ],
    take: |input| {
        let Some(((schema, _), text)) = of(&PARSED, input) else {
            return false;
        };
        let value = match from_json(schema, &source(text), &json::Limits::default()) {
            Ok(value) => value,
            Err(error) => return refused(&error),
        };
        let bytes = encode(schema, &value).expect("what was read can be encoded");
        let decoded = decode(schema, &bytes, &LIMITS).expect("what was encoded can be decoded");
        assert_eq!(shown(&decoded), shown(&value));
        let printed = to_json(schema, &value);
        let again = from_json(schema, &Source::new("json", printed.as_str()), &DEEP).expect("what was printed is read");
        assert_eq!(shown(&again), shown(&value), "{printed}");
        true
    },
    inputs: 4_000,
};
