//! Inputs that have broken something, by the target that showed it, each with what was wrong.

pub const INPUTS: &[(&str, &[u8])] = &[
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
