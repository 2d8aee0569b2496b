//! What is said of a type beyond its kind: a field's default and a logical type.

use expect_test::expect;
use treaty_schemas::Strictness;
use treaty_schemas::avro::language::schema::Logical;

use super::{check, parse_as, parse_new};

#[test]
fn defaults() {
    let field = |ty: &str, default: &str| {
        format!(r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{ty},"default":{default}}}]}}"#)
    };
    let point =
        r#"{"type":"record","name":"P","fields":[{"name":"x","type":"int"},{"name":"y","type":"int","default":0}]}"#;
    let fixed = r#"{"type":"fixed","name":"F","size":2}"#;
    let symbols = r#"{"type":"enum","name":"E","symbols":["A"]}"#;
    let (ints, longs) = (r#"{"type":"array","items":"int"}"#, r#"{"type":"map","values":"long"}"#);
    let rows: &[(&str, &str, bool)] = &[
        (r#""null""#, "null", true),
        (r#""null""#, "0", false),
        (r#""boolean""#, "true", true),
        (r#""boolean""#, "\"true\"", false),
        (r#""int""#, "-2147483648", true),
        (r#""int""#, "2147483648", false),
        (r#""int""#, "1.0", false),
        (r#""long""#, "9223372036854775807", true),
        (r#""long""#, "9223372036854775808", false),
        (r#""float""#, "1", true),
        (r#""double""#, "1e3", true),
        (r#""double""#, "\"1.50\"", true),
        (r#""double""#, "\"NaN\"", true),
        (r#""float""#, "\" -Infinity\"", true),
        (r#""double""#, "\"much\"", false),
        (r#""string""#, "\"é\"", true),
        (r#""bytes""#, "\"\\u00ff\"", true),
        (r#""bytes""#, "\"\\u0100\"", false),
        (fixed, "\"ab\"", true),
        (fixed, "\"abc\"", false),
        (symbols, "\"A\"", true),
        (symbols, "\"B\"", false),
        (ints, "[1,2]", true),
        (ints, "[1,\"2\"]", false),
        (longs, "{\"a\":1}", true),
        (longs, "[1]", false),
        (point, "{\"x\":1}", true),
        (point, "{\"y\":1}", false),
        (point, "{\"x\":1,\"z\":true}", true),
        (r#"["null","string"]"#, "null", true),
        (r#"["null","string"]"#, "\"a\"", true),
        (r#"["string","null"]"#, "null", true),
        (r#"["string","null"]"#, "1", false),
        (r#"["null","double"]"#, "\"NaN\"", false),
        (r#"{"type":"array","items":"double"}"#, "[\"NaN\"]", false),
        (r#"{"type":"map","values":"float"}"#, "{\"a\":\"Infinity\"}", false),
        ("[]", "null", false),
    ];
    for (ty, default, fits) in rows {
        let text = field(ty, default);
        assert_eq!(parse_new(&text).is_ok(), *fits, "{text}");
        assert!(parse_as(&text, &[], Strictness::Stored).is_ok(), "{text}");
    }
    check(
        &field(ints, "[1,\n\"2\"]"),
        expect![[r#"
        schema:2:1: the default of the field `f` does not fit: the string `2` is not a value of type `int`
    "#]],
    );
    check(
        &field(point, "{}"),
        expect![[r#"
        schema:1:172: the default of the field `f` does not fit: an object lacks the field `x`, which has no default
    "#]],
    );
    check(
        &field(r#"["null","string"]"#, "1"),
        expect![[r#"
        schema:1:86: the default of the field `f` does not fit: `1` is not a value of type `null`, and it is of no other branch of the union
    "#]],
    );
    // The type may follow, or enclose, the field.
    check(
        r#"{"type":"record","name":"R","fields":[{"name":"e","type":"E","default":"B"},{"name":"f","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"r","type":{"type":"array","items":"R"},"default":[{"e":"A","f":"C"}]}]}"#,
        expect![[r#"
            schema:1:72: the default of the field `e` does not fit: the string `B` is not a symbol of `E`
            schema:1:212: the default of the field `r` does not fit: the string `C` is not a symbol of `E`
        "#]],
    );
}

#[test]
fn logical_types_where_they_fit() {
    let decimal = |precision: &str, scale: &str| {
        format!(r#"{{"type":"bytes","logicalType":"decimal","precision":{precision},"scale":{scale}}}"#)
    };
    let fixed = |size: u32, rest: &str| format!(r#"{{"type":"fixed","name":"F","size":{size},"logicalType":{rest}}}"#);
    let of = |ty: &str, name: &str| format!(r#"{{"type":"{ty}","logicalType":"{name}"}}"#);
    for (text, expected) in [
        (decimal("4", "4"), Some(Logical::Decimal { precision: 4, scale: 4 })),
        (decimal("4", "5"), None),
        (decimal("0", "0"), None),
        (decimal("4", "-1"), None),
        (decimal("4.0", "0"), None),
        (decimal("\"4\"", "0"), None),
        (r#"{"type":"bytes","logicalType":"decimal"}"#.into(), None),
        (
            fixed(2, r#""decimal","precision":4"#),
            Some(Logical::Decimal { precision: 4, scale: 0 }),
        ),
        (fixed(2, r#""decimal","precision":5"#), None),
        (fixed(0, r#""decimal","precision":1"#), None),
        (of("int", "decimal"), None),
        (of("int", "date"), Some(Logical::Date)),
        (of("long", "date"), None),
        (of("int", "time-millis"), Some(Logical::TimeMillis)),
        (of("long", "time-micros"), Some(Logical::TimeMicros)),
        (of("long", "timestamp-millis"), Some(Logical::TimestampMillis)),
        (of("long", "timestamp-micros"), Some(Logical::TimestampMicros)),
        (of("long", "timestamp-nanos"), Some(Logical::TimestampNanos)),
        (
            of("long", "local-timestamp-millis"),
            Some(Logical::LocalTimestampMillis),
        ),
        (
            of("long", "local-timestamp-micros"),
            Some(Logical::LocalTimestampMicros),
        ),
        (of("long", "local-timestamp-nanos"), Some(Logical::LocalTimestampNanos)),
        (of("string", "uuid"), Some(Logical::Uuid)),
        (fixed(16, "\"uuid\""), Some(Logical::Uuid)),
        (fixed(15, "\"uuid\""), None),
        (fixed(12, "\"duration\""), Some(Logical::Duration)),
        (fixed(13, "\"duration\""), None),
        (of("bytes", "big-decimal"), Some(Logical::BigDecimal)),
        (of("string", "invented"), None),
        (r#"{"type":"int","logicalType":5}"#.into(), None),
    ] {
        let schema = parse_new(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(schema.get(schema.root()).logical, expected, "{text}");
        assert!(
            schema.canonical().contains("logicalType"),
            "kept as an attribute: {text}"
        );
    }
}
