//! Fields: types, labels and defaults.

use super::super::parts::parts;
use super::message::Index;
use super::{NOWHERE, Reader, Reading, Refused, dotted, entry, identifier, named, spanned};
use crate::protobuf::language::link::{Target, json_name};
use crate::protobuf::language::parse::unescaped;
use crate::protobuf::language::schema::Scalar;
use crate::protobuf::language::syntax::{
    Field, Name, OptionEntry, OptionNamePart, OptionValue, Syntax, WrittenLabel, WrittenType,
};

/// What a field's descriptor says that stands elsewhere in a text.
pub(super) struct About {
    /// The index of its oneof; none for the oneof that proto3's `optional` has for itself.
    pub oneof: Option<usize>,
    /// What it extends.
    pub extendee: Option<Name>,
}

impl Reader<'_> {
    pub(super) fn field(&mut self, bytes: &[u8], nested: &mut Index<'_>) -> Reading<(Field, About)> {
        let mut name = spanned("".into());
        let (mut extendee, mut oneof, mut type_name) = (None, None, None);
        let (mut number, mut label, mut kind) = (0, 1, 0);
        let (mut default, mut json, mut is_optional) = (None, None, false);
        let mut options: Vec<OptionEntry> = Vec::new();
        for (field, part) in parts(bytes)? {
            match field {
                1 => name = identifier(part)?,
                2 => extendee = Some(dotted(part)?),
                3 => number = i64::from(part.int32()?),
                4 => label = part.int32()?,
                5 => kind = part.int32()?,
                6 => type_name = Some(dotted(part)?.value),
                7 => default = Some(part.bytes()?),
                8 => options = self.options.entries(Target::Field, part.bytes()?)?,
                9 => oneof = Some(usize::try_from(part.int32()?).unwrap_or(usize::MAX)),
                10 => json = Some(part.text()?),
                17 => is_optional = part.bool()?,
                _ => {}
            }
        }
        named(&name, "a field")?;
        let oneof = oneof.filter(|_| !is_optional);
        let own = |name: &str, value| {
            let part = OptionNamePart {
                name: name.into(),
                is_extension: false,
            };
            entry(vec![part], value)
        };
        if let Some(default) = default {
            options.push(own("default", default_value(kind, default)?));
        }
        if let Some(json) = json.filter(|json| extendee.is_none() && *json != json_name::of_field(&name.value)) {
            options.push(own("json_name", OptionValue::Bytes(json.as_bytes().into())));
        }
        let written = self.written_type(kind, type_name, label, &mut name, nested)?;
        let label = match (label, self.syntax) {
            (_, _) if matches!(written, WrittenType::Map { .. }) => None,
            (3, _) => Some(WrittenLabel::Repeated),
            (2, _) => Some(WrittenLabel::Required),
            _ if is_optional || (self.syntax == Syntax::Proto2 && oneof.is_none()) => Some(WrittenLabel::Optional),
            _ => None,
        };
        let field = Field {
            label: label.map(spanned),
            kind: written,
            type_span: NOWHERE,
            name,
            number: spanned(number),
            options,
            span: NOWHERE,
        };
        Ok((field, About { oneof, extendee }))
    }

    /// A group's name is that of its message.
    fn written_type(
        &self,
        kind: i32,
        type_name: Option<Box<str>>,
        label: i32,
        name: &mut Name,
        nested: &mut Index<'_>,
    ) -> Reading<WrittenType> {
        if let Some(scalar) = scalar(kind) {
            return Ok(WrittenType::Named(scalar.name().into()));
        }
        let type_name = type_name.ok_or_else(|| Refused::new(format!("the field `{}` has no type", name.value)))?;
        if label == 3
            && let Some((key, value)) = nested.entry(&type_name)
        {
            return Ok(WrittenType::Map { key, value });
        }
        if kind != 10 {
            return Ok(WrittenType::Named(type_name));
        }
        let body = nested
            .take(&type_name)
            .filter(|body| body.name.value.eq_ignore_ascii_case(&name.value));
        let Some(body) = body else {
            let message = format!("the group `{}` is not declared where its message is", name.value);
            return Err(Refused::new(message));
        };
        *name = body.name.clone();
        Ok(WrittenType::Group(Box::new(body)))
    }
}

/// The scalar of this google.protobuf.FieldDescriptorProto.Type.
fn scalar(number: i32) -> Option<Scalar> {
    Some(match number {
        1 => Scalar::Double,
        2 => Scalar::Float,
        3 => Scalar::Int64,
        4 => Scalar::Uint64,
        5 => Scalar::Int32,
        6 => Scalar::Fixed64,
        7 => Scalar::Fixed32,
        8 => Scalar::Bool,
        9 => Scalar::String,
        12 => Scalar::Bytes,
        13 => Scalar::Uint32,
        15 => Scalar::Sfixed32,
        16 => Scalar::Sfixed64,
        17 => Scalar::Sint32,
        18 => Scalar::Sint64,
        _ => return None,
    })
}

fn default_value(kind: i32, text: &[u8]) -> Reading<OptionValue> {
    if scalar(kind) == Some(Scalar::String) {
        return Ok(OptionValue::Bytes(text.into()));
    }
    let wrong = || Refused::new("the descriptor has a default that its field cannot have");
    let text = std::str::from_utf8(text).map_err(|_| wrong())?;
    Ok(match scalar(kind) {
        Some(Scalar::Bytes) => OptionValue::Bytes(unescaped(text).ok_or_else(wrong)?.into()),
        Some(Scalar::Float | Scalar::Double) => match text {
            "inf" | "nan" => OptionValue::Identifier(text.into()),
            _ => OptionValue::Float(text.parse().map_err(|_| wrong())?),
        },
        Some(Scalar::Bool) | None => {
            identifier(super::Part::Bytes(text.as_bytes()))?;
            OptionValue::Identifier(text.into())
        }
        Some(_) => match text.strip_prefix('-') {
            Some(_) => OptionValue::Negative(text.parse().map_err(|_| wrong())?),
            None => OptionValue::Unsigned(text.parse().map_err(|_| wrong())?),
        },
    })
}
