//! Avro 1.12: `https://avro.apache.org/docs/1.12.0/specification/`.

pub mod named;
pub mod schema;
pub mod value;

pub use schema::Schema;
pub use value::Value;
