//! Defaults of fields: values of the field's type.

use rustc_hash::FxHashMap;

use super::Linker;
use crate::protobuf::language::schema::{Default, EnumId, FileId, Kind, Scalar};
use crate::protobuf::language::syntax::{OptionEntry, OptionValue};
use crate::text::likeness::nearest;

/// The values of enums by name, as indexes; built when a default of the enum is first met.
pub(super) type EnumValues = FxHashMap<EnumId, FxHashMap<Box<str>, usize>>;

impl Linker {
    /// The default that an option gives to a field of this kind.
    pub(super) fn default(&mut self, file: FileId, kind: Kind, option: &OptionEntry) -> Option<Default> {
        let found = match kind {
            Kind::Scalar(scalar) => of_scalar(scalar, &option.value).map_err(|wanted| wanted.to_owned()),
            Kind::Enum(id) => self.of_enum(id, &option.value),
            Kind::Message(_) | Kind::Group(_) | Kind::Map { .. } => {
                let message = "a message field has no default";
                self.problem(file, option.span, message, "leave it out".to_owned());
                return None;
            }
        };
        found
            .map_err(|wanted| {
                let message = format!("the default of this field must be {wanted}");
                self.problem(file, option.value_span, message, None);
            })
            .ok()
    }

    fn of_enum(&mut self, id: EnumId, value: &OptionValue) -> Result<Default, String> {
        let enumeration = &self.set.enums[id.0 as usize];
        let OptionValue::Identifier(name) = value else {
            return Err(format!("the name of a value of `{}`", enumeration.name));
        };
        let by_name = self.enum_values.entry(id).or_insert_with(|| {
            let values = enumeration.values.iter().enumerate();
            values.map(|(index, value)| (value.name.clone(), index)).collect()
        });
        match by_name.get(name).and_then(|index| enumeration.values.get(*index)) {
            Some(value) => Ok(Default::Enum(value.number, value.name.clone())),
            None => {
                // Each search goes through all values.
                let known = by_name.keys().filter(|_| self.problems.0.len() < 10);
                let near = nearest(name, known.map(|known| -> &str { known }))
                    .map_or(String::new(), |known| format!("; did you mean `{known}`?"));
                Err(format!(
                    "a value of `{}`, which has no `{name}`{near}",
                    enumeration.name
                ))
            }
        }
    }
}

/// The value as one of this type, or what it should be.
pub(super) fn of_scalar(scalar: Scalar, value: &OptionValue) -> Result<Default, &'static str> {
    let signed = |smallest: i64, largest: i64, wanted| match *value {
        OptionValue::Unsigned(value) => i64::try_from(value)
            .ok()
            .filter(|value| *value <= largest)
            .map(Default::Signed)
            .ok_or(wanted),
        OptionValue::Negative(value) if value >= smallest => Ok(Default::Signed(value)),
        _ => Err(wanted),
    };
    let unsigned = |largest: u64, wanted| match *value {
        OptionValue::Unsigned(value) if value <= largest => Ok(Default::Unsigned(value)),
        OptionValue::Negative(0) => Ok(Default::Unsigned(0)),
        _ => Err(wanted),
    };
    match scalar {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
            signed(i32::MIN.into(), i32::MAX.into(), "a whole number of 32 bits")
        }
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => signed(i64::MIN, i64::MAX, "a whole number of 64 bits"),
        Scalar::Uint32 | Scalar::Fixed32 => unsigned(u32::MAX.into(), "a whole number of 32 bits without a sign"),
        Scalar::Uint64 | Scalar::Fixed64 => unsigned(u64::MAX, "a whole number of 64 bits without a sign"),
        Scalar::Float | Scalar::Double => {
            let value = match value {
                OptionValue::Unsigned(value) => *value as f64,
                OptionValue::Negative(value) => *value as f64,
                OptionValue::Float(value) => *value,
                OptionValue::Identifier(name) if &**name == "inf" => f64::INFINITY,
                OptionValue::Identifier(name) if &**name == "nan" => f64::NAN,
                _ => return Err("a number, `inf` or `nan`"),
            };
            Ok(Default::Float(if scalar == Scalar::Float {
                f64::from(value as f32)
            } else {
                value
            }))
        }
        Scalar::Bool => match value {
            OptionValue::Identifier(name) if &**name == "true" => Ok(Default::Bool(true)),
            OptionValue::Identifier(name) if &**name == "false" => Ok(Default::Bool(false)),
            _ => Err("`true` or `false`"),
        },
        Scalar::String => match value {
            // Need not be UTF-8, as for protoc.
            OptionValue::Bytes(bytes) => Ok(Default::Bytes(bytes.clone())),
            _ => Err("a string"),
        },
        Scalar::Bytes => match value {
            OptionValue::Bytes(bytes) => Ok(Default::Bytes(bytes.clone())),
            _ => Err("a string"),
        },
    }
}
