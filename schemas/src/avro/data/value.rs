//! A value of an Avro type. It means nothing without the schema that it belongs to.

/// A value in the shape of its type.
///
/// Nested no deeper than [`MAX_DEPTH`], which whoever makes one sees to, so that comparing or dropping it is safe.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Of type null.
    Null,
    /// Of type boolean.
    Boolean(bool),
    /// Of type int.
    Int(i32),
    /// Of type long.
    Long(i64),
    /// Of type float.
    Float(f32),
    /// Of type double.
    Double(f64),
    /// Of type bytes.
    Bytes(Vec<u8>),
    /// Of type string.
    String(String),
    /// Of an array type.
    Array(Vec<Value>),
    /// Of a map type; the entries in the order of the wire.
    Map(Vec<(String, Value)>),
    /// Of a union type: the number of the branch, from 0, and the value of that branch's type.
    Union(u32, Box<Value>),
    /// Of a record type: one value for each field, in the order of the schema.
    Record(Vec<Value>),
    /// Of an enum type: the number of the symbol, from 0.
    Enum(u32),
    /// Of a fixed type.
    Fixed(Vec<u8>),
}

/// How deep values may be nested in memory; a walk over bytes that builds no value is not bound by it.
pub const MAX_DEPTH: usize = 500;

impl Value {
    /// The word for the kind of type that this value belongs to.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean(_) => "boolean",
            Value::Int(_) => "int",
            Value::Long(_) => "long",
            Value::Float(_) => "float",
            Value::Double(_) => "double",
            Value::Bytes(_) => "bytes",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Map(_) => "map",
            Value::Union(..) => "union",
            Value::Record(_) => "record",
            Value::Enum(_) => "enum",
            Value::Fixed(_) => "fixed",
        }
    }
}
