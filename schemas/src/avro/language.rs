//! Schemas as texts: parsed, ordered by what they use, and printed in their canonical forms.

pub mod canonical;
pub mod fingerprint;
pub(in crate::avro) mod forms;
pub(in crate::avro) mod held;
pub(in crate::avro) mod java_names;
pub mod named;
pub mod parse;
pub(crate) mod references;
pub mod schema;
