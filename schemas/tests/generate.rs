//! Random schemas and random values of them, from a seed.

pub mod avro;
pub mod protobuf;
