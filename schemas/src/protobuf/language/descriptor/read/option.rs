//! Options: the fields of google.protobuf.FileOptions and its siblings, by name again.

use rustc_hash::FxHashMap;

use super::super::parts::{Damaged, Part, packed, parts};
use super::{Reading, Refused, entry, uninterpreted};
use crate::protobuf::language::builtin;
use crate::protobuf::language::limits::Limits;
use crate::protobuf::language::link::Target;
use crate::protobuf::language::schema::{Cardinality, EnumId, Field, FileSet, Kind, MapValue, MessageId, Scalar};
use crate::protobuf::language::syntax::{AggregateField, OptionEntry, OptionNamePart, OptionValue};

/// The number of `uninterpreted_option` in every options message.
const UNINTERPRETED: u32 = 999;

/// Reads options with what is known of their messages.
pub(super) struct OptionReader<'a> {
    set: Option<&'a FileSet>,
    /// Extensions by the message and the number.
    extensions: FxHashMap<(MessageId, i32), usize>,
    /// The fields of each message by number.
    fields: FxHashMap<MessageId, FxHashMap<i32, usize>>,
    /// The values of each enum by number.
    values: FxHashMap<EnumId, FxHashMap<i32, usize>>,
    /// Only standard options are known; others are passed over.
    is_standard: bool,
    met_custom: bool,
}

/// A field's value and how it is named.
struct NamedField<'a> {
    name: Box<str>,
    is_extension: bool,
    field: &'a Field,
}

impl<'a> OptionReader<'a> {
    /// Knows standard options alone.
    pub fn standard() -> Self {
        OptionReader {
            set: builtin::descriptor(),
            extensions: FxHashMap::default(),
            fields: FxHashMap::default(),
            values: FxHashMap::default(),
            is_standard: true,
            met_custom: false,
        }
    }

    /// Knows what is declared in these files.
    pub fn new(set: &'a FileSet) -> Self {
        let is_own = set.message_named(Target::File.message()).is_some();
        let set = if is_own { Some(set) } else { builtin::descriptor() };
        let extensions = set.iter().flat_map(|set| set.extensions.iter().enumerate());
        OptionReader {
            set,
            extensions: extensions
                .map(|(index, extension)| ((extension.extendee, extension.field.number), index))
                .collect(),
            fields: FxHashMap::default(),
            values: FxHashMap::default(),
            is_standard: false,
            met_custom: false,
        }
    }

    /// Whether an option was passed over.
    pub fn met_custom(&self) -> bool {
        self.met_custom
    }

    /// The options in a message of them.
    pub fn entries(&mut self, target: Target, bytes: &[u8]) -> Reading<Vec<OptionEntry>> {
        let Some(id) = self.set.and_then(|set| set.message_named(target.message())) else {
            return Ok(Vec::new());
        };
        let mut entries = Vec::new();
        for (number, part) in parts(bytes)? {
            if number == UNINTERPRETED {
                entries.push(uninterpreted::read(part.bytes()?)?);
            }
        }
        for field in self.message(id, bytes, 1)? {
            let part = OptionNamePart {
                name: field.name,
                is_extension: field.is_bracketed,
            };
            entries.push(entry(vec![part], field.value));
        }
        Ok(entries)
    }

    fn known(&mut self, id: MessageId, number: u32) -> Option<NamedField<'a>> {
        let set = self.set?;
        let number = i32::try_from(number).ok()?;
        let message = set.message(id);
        let fields = self.fields.entry(id).or_insert_with(|| {
            let numbered = message.fields.iter().enumerate();
            numbered.map(|(index, field)| (field.number, index)).collect()
        });
        if let Some(field) = fields.get(&number).and_then(|index| message.fields.get(*index)) {
            let name = match field.kind {
                // In the text format a group goes by the name of its message.
                Kind::Group(group) if set.message(group).is_group => set.message(group).simple_name().into(),
                _ => field.name.clone(),
            };
            return Some(NamedField {
                name,
                is_extension: false,
                field,
            });
        }
        let extension = set.extensions.get(*self.extensions.get(&(id, number))?)?;
        Some(NamedField {
            name: extension.name.clone(),
            is_extension: true,
            field: &extension.field,
        })
    }

    /// A message's fields as the text format has them. Pieces of one message are put together.
    fn message(&mut self, id: MessageId, bytes: &[u8], depth: usize) -> Reading<Vec<AggregateField>> {
        if depth > Limits::MAX_DEPTH {
            return Err(Refused::new(format!(
                "an option is nested more than {} levels deep",
                Limits::MAX_DEPTH
            )));
        }
        let mut fields: Vec<AggregateField> = Vec::new();
        // Where a field that occurs once stands, by its number.
        let mut single: FxHashMap<u32, usize> = FxHashMap::default();
        // The pieces of a message that occurs once; they are read when there are no more.
        let mut pieces: Vec<(usize, NamedField<'a>, Vec<u8>)> = Vec::new();
        for (number, part) in parts(bytes)? {
            if number == UNINTERPRETED && depth == 1 {
                continue;
            }
            let Some(known) = self.known(id, number) else {
                if self.is_standard {
                    self.met_custom = true;
                    continue;
                }
                let name = self.set.map_or("", |set| &set.message(id).name);
                return Err(Refused {
                    message: format!("`{name}` has no field or extension with the number {number}"),
                    help: Some("give the file that declares the option as a reference, and import it".into()),
                });
            };
            let is_repeated = matches!(known.field.cardinality, Cardinality::Repeated | Cardinality::Map);
            let is_message = matches!(known.field.kind, Kind::Message(_) | Kind::Group(_));
            let named = |value| AggregateField {
                name: known.name.clone(),
                is_bracketed: known.is_extension,
                value,
            };
            if is_repeated {
                for part in elements(known.field, part)? {
                    fields.push(named(self.value(known.field, part, depth)?));
                }
            } else if is_message {
                if let Some(piece) = single.get(&number).and_then(|index| pieces.get_mut(*index)) {
                    piece.2.extend_from_slice(part.bytes()?);
                } else {
                    single.insert(number, pieces.len());
                    fields.push(named(OptionValue::List(Vec::new())));
                    pieces.push((fields.len() - 1, known, part.bytes()?.to_vec()));
                }
            } else {
                let field = named(self.value(known.field, part, depth)?);
                match single.get(&number).and_then(|index| fields.get_mut(*index)) {
                    Some(earlier) => *earlier = field,
                    None => {
                        single.insert(number, fields.len());
                        fields.push(field);
                    }
                }
            }
        }
        for (index, known, bytes) in pieces {
            let value = self.value(known.field, Part::Bytes(&bytes), depth)?;
            if let Some(field) = fields.get_mut(index) {
                field.value = value;
            }
        }
        Ok(fields)
    }

    fn value(&mut self, field: &Field, part: Part<'_>, depth: usize) -> Reading<OptionValue> {
        match field.kind {
            Kind::Scalar(scalar) => Ok(scalar_value(scalar, part)?),
            Kind::Enum(id) => self.enum_value(id, part),
            Kind::Message(id) | Kind::Group(id) => {
                Ok(OptionValue::Aggregate(self.message(id, part.bytes()?, depth + 1)?))
            }
            Kind::Map { key, value } => {
                let mut fields = Vec::new();
                for (number, part) in parts(part.bytes()?)? {
                    let (name, value) = match (number, value) {
                        (1, _) => ("key", scalar_value(key, part)?),
                        (2, MapValue::Scalar(scalar)) => ("value", scalar_value(scalar, part)?),
                        (2, MapValue::Enum(id)) => ("value", self.enum_value(id, part)?),
                        (2, MapValue::Message(id)) => {
                            let fields = self.message(id, part.bytes()?, depth + 1)?;
                            ("value", OptionValue::Aggregate(fields))
                        }
                        _ => continue,
                    };
                    fields.push(AggregateField {
                        name: name.into(),
                        is_bracketed: false,
                        value,
                    });
                }
                Ok(OptionValue::Aggregate(fields))
            }
        }
    }

    fn enum_value(&mut self, id: EnumId, part: Part<'_>) -> Reading<OptionValue> {
        let number = part.int32()?;
        let values = self.set.map_or(&[][..], |set| &set.enumeration(id).values);
        let numbers = self.values.entry(id).or_insert_with(|| {
            // The first name of a number is the one that counts.
            let numbered = values.iter().enumerate().rev();
            numbered.map(|(index, value)| (value.number, index)).collect()
        });
        Ok(match numbers.get(&number).and_then(|index| values.get(*index)) {
            Some(value) => OptionValue::Identifier(value.name.clone()),
            None => integer(number.into()),
        })
    }
}

/// The values of a repeated field: packed ones stand in one piece.
fn elements<'p>(field: &Field, part: Part<'p>) -> Result<Vec<Part<'p>>, Damaged> {
    let width = match field.kind {
        Kind::Scalar(Scalar::String | Scalar::Bytes) => return Ok(vec![part]),
        Kind::Scalar(Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64) => Some(8),
        Kind::Scalar(Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32) => Some(4),
        Kind::Scalar(_) | Kind::Enum(_) => None,
        Kind::Message(_) | Kind::Group(_) | Kind::Map { .. } => return Ok(vec![part]),
    };
    match part {
        Part::Bytes(bytes) => packed(bytes, width),
        part => Ok(vec![part]),
    }
}

fn integer(value: i64) -> OptionValue {
    match u64::try_from(value) {
        Ok(value) => OptionValue::Unsigned(value),
        Err(_) => OptionValue::Negative(value),
    }
}

fn float(value: f64) -> OptionValue {
    if value.is_nan() && value.is_sign_positive() {
        OptionValue::Identifier("nan".into())
    } else if value == f64::INFINITY {
        OptionValue::Identifier("inf".into())
    } else {
        OptionValue::Float(value)
    }
}

fn scalar_value(scalar: Scalar, part: Part<'_>) -> Result<OptionValue, Damaged> {
    Ok(match scalar {
        Scalar::String | Scalar::Bytes => OptionValue::Bytes(part.bytes()?.into()),
        Scalar::Bool => OptionValue::Identifier(if part.bool()? { "true" } else { "false" }.into()),
        Scalar::Double => float(f64::from_bits(part.number()?)),
        Scalar::Float => float(f32::from_bits(part.number()? as u32).into()),
        Scalar::Uint32 | Scalar::Fixed32 => OptionValue::Unsigned(u64::from(part.number()? as u32)),
        Scalar::Uint64 | Scalar::Fixed64 => OptionValue::Unsigned(part.number()?),
        Scalar::Int32 | Scalar::Sfixed32 => integer(part.int32()?.into()),
        Scalar::Int64 | Scalar::Sfixed64 => integer(part.number()? as i64),
        Scalar::Sint32 | Scalar::Sint64 => {
            let value = part.number()?;
            integer((value >> 1) as i64 ^ -((value & 1) as i64))
        }
    })
}
