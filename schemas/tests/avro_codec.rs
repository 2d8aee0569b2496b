//! Encoding, decoding and the JSON encoding of Avro data: what goes in comes out, and nothing else gets in.

mod generate;

use apache_avro::types::Value as ApacheValue;
use generate::{Random, schema, schema_text, value};
use treaty_schemas::avro::schema::{Kind, TypeId};
use treaty_schemas::avro::{
    DecodeErrorKind, Limits, Schema, Value, Walker, decode, encode, from_json, resolve, to_json, walk,
};
use treaty_schemas::{Source, json};

const JSON_LIMITS: json::Limits = json::Limits {
    bytes: 64 * 1024 * 1024,
    depth: json::Limits::MAX_DEPTH,
};

#[test]
fn random_values_of_random_schemas_come_back() {
    let mut random = Random::new(1);
    let mut values = 0;
    for _ in 0..600 {
        let text = schema_text(&mut random);
        let schema = schema(&text);
        let walker = Walker::new(&schema);
        for _ in 0..20 {
            let value = value(&mut random, &schema);
            let bytes = encode(&schema, &value).unwrap_or_else(|error| panic!("{text}: {error}"));
            let limits = Limits::default();
            // NaN is not equal to itself, so bytes are compared, which must be equal bit by bit.
            let decoded = decode(&schema, &bytes, &limits).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(encode(&schema, &decoded), Ok(bytes.clone()), "{text}");
            let resolved = resolve(&schema, &schema, &bytes, &limits).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(encode(&schema, &resolved), Ok(bytes.clone()), "{text}");
            assert_eq!(walker.walk(&bytes, &limits), Ok(()), "{text}: {bytes:?}");
            let json = to_json(&schema, &value);
            let read = from_json(&schema, &Source::new("value", json.as_str()), &JSON_LIMITS)
                .unwrap_or_else(|error| panic!("{text}: {json}: {error}"));
            assert_eq!(to_json(&schema, &read), json, "{text}");
            if !json.contains("NaN") {
                assert_eq!(read, value, "{text}: {json}");
            }
            values += 1;
        }
    }
    assert_eq!(values, 12_000);
}

#[test]
fn apache_avro_reads_and_writes_the_same_bytes() {
    let mut random = Random::new(2);
    let (mut compared, mut refused) = (0, 0);
    for _ in 0..500 {
        let text = schema_text(&mut random);
        let ours = schema(&text);
        let Ok(theirs) = apache_avro::Schema::parse_str(&text) else {
            refused += 1;
            continue;
        };
        for _ in 0..10 {
            let value = value(&mut random, &ours);
            let bytes = encode(&ours, &value).unwrap();
            let mut rest = &bytes[..];
            let read = apache_avro::reader::datum::GenericDatumReader::builder(&theirs)
                .build()
                .and_then(|reader| reader.read_value(&mut rest))
                .unwrap_or_else(|error| panic!("{text}: {bytes:?}: {error}"));
            assert!(rest.is_empty());
            let expected = to_apache(&ours, ours.root(), &value);
            assert!(same(&read, &expected), "{text}: {read:?}, {expected:?}");
            let written = apache_avro::writer::datum::GenericDatumWriter::builder(&theirs)
                .build()
                .and_then(|writer| writer.write_value_to_vec(expected))
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            // The order of a map's entries is apache-avro's own.
            assert_eq!(written.len(), bytes.len(), "{text}");
            let back = decode(&ours, &written, &Limits::default()).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(same(&to_apache(&ours, ours.root(), &back), &read), "{text}");
            compared += 1;
        }
    }
    println!("{compared} values compared; apache-avro does not parse {refused} schemas");
    assert!(compared >= 4_000, "{compared}");
}

/// Equality of floating-point numbers bit by bit, and of maps in any order.
fn same(one: &ApacheValue, other: &ApacheValue) -> bool {
    match (one, other) {
        (ApacheValue::Float(one), ApacheValue::Float(other)) => one.to_bits() == other.to_bits(),
        (ApacheValue::Double(one), ApacheValue::Double(other)) => one.to_bits() == other.to_bits(),
        (ApacheValue::Array(one), ApacheValue::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (ApacheValue::Map(one), ApacheValue::Map(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        (ApacheValue::Union(first, one), ApacheValue::Union(second, other)) => first == second && same(one, other),
        (ApacheValue::Record(one), ApacheValue::Record(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|((first, one), (second, other))| first == second && same(one, other))
        }
        _ => one == other,
    }
}

/// The value as apache-avro has it.
fn to_apache(schema: &Schema, ty: TypeId, value: &Value) -> ApacheValue {
    match (&schema.get(ty).kind, value) {
        (Kind::Boolean, Value::Boolean(value)) => ApacheValue::Boolean(*value),
        (Kind::Int, Value::Int(value)) => ApacheValue::Int(*value),
        (Kind::Long, Value::Long(value)) => ApacheValue::Long(*value),
        (Kind::Float, Value::Float(value)) => ApacheValue::Float(*value),
        (Kind::Double, Value::Double(value)) => ApacheValue::Double(*value),
        (Kind::Bytes, Value::Bytes(bytes)) => ApacheValue::Bytes(bytes.clone()),
        (Kind::String, Value::String(text)) => ApacheValue::String(text.clone()),
        (Kind::Fixed(_), Value::Fixed(bytes)) => ApacheValue::Fixed(bytes.len(), bytes.clone()),
        (Kind::Enum(symbols), Value::Enum(number)) => {
            ApacheValue::Enum(*number, symbols.symbols()[*number as usize].to_string())
        }
        (Kind::Array(item), Value::Array(values)) => {
            ApacheValue::Array(values.iter().map(|value| to_apache(schema, *item, value)).collect())
        }
        (Kind::Map(inner), Value::Map(entries)) => ApacheValue::Map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), to_apache(schema, *inner, value)))
                .collect(),
        ),
        (Kind::Union(branches), Value::Union(number, value)) => {
            ApacheValue::Union(*number, Box::new(to_apache(schema, branches[*number as usize], value)))
        }
        (Kind::Record(record), Value::Record(values)) => ApacheValue::Record(
            record
                .fields()
                .iter()
                .zip(values)
                .map(|(field, value)| (field.name.to_string(), to_apache(schema, field.ty, value)))
                .collect(),
        ),
        _ => ApacheValue::Null,
    }
}
