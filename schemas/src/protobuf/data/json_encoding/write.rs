//! From a message's value to JSON.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::field_mask::to_camel;
use super::time;
use super::well_known::WellKnown;
use crate::encode_error::EncodeError;
use crate::protobuf::data::data_limits::DataLimits;
use crate::protobuf::data::decode::decode_by;
use crate::protobuf::data::index::{FieldEntry, Index};
use crate::protobuf::data::value::{FieldValue, MAX_DEPTH, MessageValue, Value};
use crate::protobuf::language::schema::{EnumId, Field, FileSet, Kind, MapValue, MessageId, Scalar};
use crate::text::json::write_string;

/// A value in ProtoJSON without white space, fields in the order of their numbers.
///
/// The value must be of the message's type, as [`encode`](crate::protobuf::data::encode::encode) checks; a part that is not is
/// written as `null`. A string that is not UTF-8 is written with U+FFFD in the place of what is wrong.
///
/// # Errors
/// What has no form in JSON: a timestamp or duration out of range, a mask that cannot be spelt, a `Value` that is nothing or
/// not finite, an `Any` whose type is not in the set or whose value cannot be decoded.
pub fn to_json(set: &FileSet, message: MessageId, value: &MessageValue) -> Result<String, EncodeError> {
    to_json_by(&Index::new(set), message, value)
}

/// As [`to_json`], by an index that may be used for other values too.
pub(crate) fn to_json_by(index: &Index<'_>, message: MessageId, value: &MessageValue) -> Result<String, EncodeError> {
    to_json_within(index, message, value, usize::MAX)
}

/// As [`to_json_by`], given up as soon as it has more bytes than `most`.
///
/// # Errors
/// As [`to_json`], and that it is [too long](EncodeError::is_too_long).
pub(crate) fn to_json_within(
    index: &Index<'_>,
    message: MessageId,
    value: &MessageValue,
    most: usize,
) -> Result<String, EncodeError> {
    let mut writer = Writer {
        index,
        out: String::new(),
        most,
    };
    writer.message(message, value, MAX_DEPTH)?;
    writer.measured()?;
    Ok(writer.out)
}

/// Bytes of the value of a field beyond which it is [too long](EncodeError::is_too_long).
const MAX_MEMBER: usize = 1024 * 1024;

/// The value of one field, as it stands behind its name.
///
/// # Errors
/// As [`to_json`], and where it is very long.
pub(crate) fn json_member(set: &FileSet, field: &Field, value: &FieldValue) -> Result<String, EncodeError> {
    let mut writer = Writer {
        index: &Index::new(set),
        out: String::new(),
        most: MAX_MEMBER,
    };
    writer.field(FieldEntry { field, extension: None }, value, MAX_DEPTH)?;
    Ok(writer.out)
}

type Written = Result<(), EncodeError>;

struct Writer<'i, 's> {
    index: &'i Index<'s>,
    out: String,
    /// How many bytes it may have.
    most: usize,
}

impl Writer<'_, '_> {
    /// Gives up what is too long already.
    fn measured(&self) -> Written {
        match self.out.len() > self.most {
            true => Err(EncodeError::too_long()),
            false => Ok(()),
        }
    }

    /// Recurses no deeper than `depth`, what is inside an `Any` included.
    fn message(&mut self, id: MessageId, value: &MessageValue, depth: usize) -> Written {
        match WellKnown::of(self.index.set, id) {
            Some(known) => self.well_known(known, value, depth),
            None => {
                self.out.push('{');
                self.fields(id, value, true, depth)?;
                self.out.push('}');
                Ok(())
            }
        }
    }

    fn fields(&mut self, id: MessageId, value: &MessageValue, mut is_first: bool, depth: usize) -> Written {
        let fields = self.index.fields(id);
        for (number, part) in &value.fields {
            let Some(known) = fields.by_number.get(number) else {
                continue;
            };
            self.measured()?;
            self.separate(&mut is_first);
            match known.extension {
                Some(name) => write_string_to(&mut self.out, &format!("[{name}]")),
                None => write_string_to(&mut self.out, &known.field.json_name),
            }
            self.out.push(':');
            self.field(*known, part, depth)?;
        }
        Ok(())
    }

    fn field(&mut self, known: FieldEntry<'_>, value: &FieldValue, depth: usize) -> Written {
        let kind = known.field.kind;
        let mut is_first = true;
        match value {
            FieldValue::Single(value) => self
                .value(kind, value, depth)
                .map_err(|error| error.within(&known.step()))?,
            FieldValue::Repeated(values) => {
                self.out.push('[');
                for (index, value) in values.iter().enumerate() {
                    self.measured()?;
                    self.separate(&mut is_first);
                    self.value(kind, value, depth)
                        .map_err(|error| error.within(&format!("{}[{index}]", known.step())))?;
                }
                self.out.push(']');
            }
            FieldValue::Map(entries) => {
                let kind = match kind {
                    Kind::Map { value, .. } => match value {
                        MapValue::Scalar(scalar) => Kind::Scalar(scalar),
                        MapValue::Message(id) => Kind::Message(id),
                        MapValue::Enum(id) => Kind::Enum(id),
                    },
                    other => other,
                };
                self.out.push('{');
                for (key, value) in entries {
                    self.measured()?;
                    self.separate(&mut is_first);
                    write_string_to(&mut self.out, &key.text());
                    self.out.push(':');
                    self.value(kind, value, depth.saturating_sub(1))
                        .map_err(|error| error.within(&format!("{}{{{}}}", known.step(), key.shown())))?;
                }
                self.out.push('}');
            }
        }
        Ok(())
    }

    fn value(&mut self, kind: Kind, value: &Value, depth: usize) -> Written {
        match (kind, value) {
            (Kind::Message(id) | Kind::Group(id), Value::Message(value)) => {
                let depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| EncodeError::new(format!("nested deeper than {MAX_DEPTH} levels")))?;
                self.message(id, value, depth)
            }
            (Kind::Enum(id), Value::Enum(number)) => {
                self.number(id, *number);
                Ok(())
            }
            (Kind::Scalar(Scalar::String), Value::Bytes(bytes)) => {
                write_string_to(&mut self.out, &String::from_utf8_lossy(bytes));
                Ok(())
            }
            _ => {
                self.scalar(value);
                Ok(())
            }
        }
    }

    fn number(&mut self, id: EnumId, number: i32) {
        let of = self.index.set.enumeration(id);
        let named = of.values.iter().find(|value| value.number == number);
        match named {
            Some(_) if &*of.name == "google.protobuf.NullValue" => self.out.push_str("null"),
            Some(value) => write_string_to(&mut self.out, &value.name),
            None => self.plain(number),
        }
    }

    fn scalar(&mut self, value: &Value) {
        match value {
            Value::Double(value) if value.is_finite() => self.plain(format_args!("{value:?}")),
            Value::Float(value) if value.is_finite() => self.plain(format_args!("{value:?}")),
            Value::Double(value) => self.not_finite(*value),
            Value::Float(value) => self.not_finite((*value).into()),
            Value::Int32(value) => self.plain(value),
            Value::Uint32(value) => self.plain(value),
            Value::Int64(value) => self.plain(format_args!("\"{value}\"")),
            Value::Uint64(value) => self.plain(format_args!("\"{value}\"")),
            Value::Bool(value) => self.plain(value),
            Value::String(text) => write_string_to(&mut self.out, text),
            Value::Bytes(bytes) => write_string_to(&mut self.out, &STANDARD.encode(bytes)),
            Value::Enum(_) | Value::Message(_) => self.out.push_str("null"),
        }
    }

    fn not_finite(&mut self, value: f64) {
        self.out.push_str(if value.is_nan() {
            r#""NaN""#
        } else if value > 0.0 {
            r#""Infinity""#
        } else {
            r#""-Infinity""#
        });
    }

    fn well_known(&mut self, known: WellKnown, value: &MessageValue, depth: usize) -> Written {
        match known {
            WellKnown::Any => return self.any(value, depth),
            WellKnown::Timestamp | WellKnown::Duration => {
                let seconds = match value.single(1) {
                    Some(Value::Int64(seconds)) => *seconds,
                    _ => 0,
                };
                let nanos = match value.single(2) {
                    Some(Value::Int32(nanos)) => *nanos,
                    _ => 0,
                };
                let text = match known {
                    WellKnown::Timestamp => time::timestamp(seconds, nanos),
                    _ => time::duration(seconds, nanos),
                };
                write_string_to(&mut self.out, &text.map_err(EncodeError::new)?);
            }
            WellKnown::FieldMask => {
                let mut paths = Vec::new();
                if let Some(FieldValue::Repeated(values)) = value.fields.get(&1) {
                    for value in values {
                        let Value::String(path) = value else { continue };
                        paths.push(to_camel(path).ok_or_else(|| {
                            EncodeError::new(format!(
                                "the path `{path}` of a field mask cannot be spelt in lowerCamel"
                            ))
                        })?);
                    }
                }
                write_string_to(&mut self.out, &paths.join(","));
            }
            WellKnown::Struct => {
                self.out.push('{');
                let mut is_first = true;
                if let Some(FieldValue::Map(entries)) = value.fields.get(&1) {
                    for (key, value) in entries {
                        self.separate(&mut is_first);
                        write_string_to(&mut self.out, &key.text());
                        self.out.push(':');
                        self.dynamic(value, depth)
                            .map_err(|error| error.within(&format!("fields{{{}}}", key.shown())))?;
                    }
                }
                self.out.push('}');
            }
            WellKnown::ListValue => {
                self.out.push('[');
                let mut is_first = true;
                if let Some(FieldValue::Repeated(values)) = value.fields.get(&1) {
                    for (index, value) in values.iter().enumerate() {
                        self.separate(&mut is_first);
                        self.dynamic(value, depth)
                            .map_err(|error| error.within(&format!("values[{index}]")))?;
                    }
                }
                self.out.push(']');
            }
            WellKnown::Value => return self.any_json(value, depth),
            WellKnown::Wrapper(scalar) => match value.single(1) {
                Some(value) => self.scalar(value),
                None => self.scalar(&Value::zero(scalar)),
            },
        }
        Ok(())
    }

    /// A `Value` within a struct or a list.
    fn dynamic(&mut self, value: &Value, depth: usize) -> Written {
        match (value, depth.checked_sub(1)) {
            (Value::Message(value), Some(depth)) => self.any_json(value, depth),
            (_, None) => Err(EncodeError::new(format!("nested deeper than {MAX_DEPTH} levels"))),
            _ => {
                self.out.push_str("null");
                Ok(())
            }
        }
    }

    /// What a `Value` holds.
    fn any_json(&mut self, value: &MessageValue, depth: usize) -> Written {
        match value.fields.iter().next() {
            Some((1, _)) => self.out.push_str("null"),
            Some((2, FieldValue::Single(Value::Double(value)))) if !value.is_finite() => {
                return Err(EncodeError::new(
                    "a `google.protobuf.Value` holds no number that is not finite",
                ));
            }
            Some((2..=4, FieldValue::Single(value))) => self.scalar(value),
            Some((number @ (5 | 6), FieldValue::Single(Value::Message(value)))) => {
                let depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| EncodeError::new(format!("nested deeper than {MAX_DEPTH} levels")))?;
                let known = if *number == 5 {
                    WellKnown::Struct
                } else {
                    WellKnown::ListValue
                };
                return self.well_known(known, value, depth);
            }
            _ => return Err(EncodeError::new("a `google.protobuf.Value` that holds nothing")),
        }
        Ok(())
    }

    fn any(&mut self, value: &MessageValue, depth: usize) -> Written {
        let (url, bytes) = (value.single(1), value.single(2));
        let bytes: &[u8] = match bytes {
            Some(Value::Bytes(bytes)) => bytes,
            _ => &[],
        };
        let url = match url {
            Some(Value::String(url)) => url,
            _ if bytes.is_empty() => {
                self.out.push_str("{}");
                return Ok(());
            }
            _ => {
                return Err(EncodeError::new(
                    "a `google.protobuf.Any` with a value, but without a type",
                ));
            }
        };
        let name = url.rsplit('/').next().unwrap_or_default();
        let id = self
            .index
            .set
            .message_named(name)
            .ok_or_else(|| EncodeError::new(format!("the type `{url}` of a `google.protobuf.Any` is not known")))?;
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| EncodeError::new(format!("nested deeper than {MAX_DEPTH} levels")))?;
        let limits = DataLimits {
            depth,
            ..DataLimits::default()
        };
        let inner = decode_by(self.index, id, bytes, &limits)
            .map_err(|error| EncodeError::new(format!("the `{name}` in a `google.protobuf.Any`: {error}")))?;
        self.out.push_str(r#"{"@type":"#);
        write_string_to(&mut self.out, url);
        match WellKnown::of(self.index.set, id) {
            Some(known) => {
                self.out.push_str(r#","value":"#);
                self.well_known(known, &inner, depth)?;
            }
            None => self.fields(id, &inner, false, depth)?,
        }
        self.out.push('}');
        Ok(())
    }

    fn separate(&mut self, is_first: &mut bool) {
        if !std::mem::take(is_first) {
            self.out.push(',');
        }
    }

    fn plain(&mut self, value: impl std::fmt::Display) {
        // Writing to a String does not fail.
        let _ = write!(self.out, "{value}");
    }
}

fn write_string_to(out: &mut String, text: &str) {
    // Writing to a String does not fail.
    let _ = write_string(out, text);
}
