//! Inputs that have broken something, by the target that showed it, each with what was wrong.

pub const INPUTS: &[(&str, &[u8])] = &[
    // The value of an entry of a map, set several times, was taken, and printed as a list.
    (
        "protobuf_text",
        b"syntax=\"proto3\";import\"confluent/meta.proto\";message M{int32 t=1[(confluent.field_meta)={params[{key:\"\"value:\"\"value:\"\"}]}];}",
    ),
    // An option is an extension of nothing, and there is no message at all.
    (
        "protobuf_text",
        b"syntax=\"proto3\";option(mine)=\"\";extend o{g mine=0;}",
    ),
    // The number after the largest was looked for beyond the largest of all.
    (
        "protobuf_text",
        b"syntax=\"proto3\";package s;message D{g d=2;g r=2;p a=0x7fffffff;}",
    ),
];
