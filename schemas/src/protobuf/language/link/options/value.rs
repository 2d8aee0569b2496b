//! Values of options: scalars as for defaults, messages in the text format.

use rustc_hash::FxHashSet;

use super::check::{Checker, Place};
use super::target::Target;
use crate::options::Origin;
use crate::protobuf::language::link::default::of_scalar;
use crate::protobuf::language::link::scope::{Meaning, SymbolKind};
use crate::protobuf::language::schema::{Cardinality, Default, EnumId, Field, Kind, MapValue, Scalar, TypeId};
use crate::protobuf::language::syntax::{AggregateField, OptionEntry, OptionValue, Syntax};
use crate::text::source::Span;

/// Where a value stands.
#[derive(Clone, Copy)]
struct At<'a> {
    target: Target,
    /// The option, with the fields that lead to the value.
    path: &'a str,
    span: Span,
    /// Within braces the text format's spellings hold: numbers for enums and bools.
    is_inner: bool,
}

/// The value of an option of a scalar type, or of a field in one. Within braces bools and floats have more spellings.
pub(in crate::protobuf) fn scalar_value(scalar: Scalar, value: &OptionValue) -> Option<Default> {
    match (scalar, value) {
        (Scalar::Bool, OptionValue::Unsigned(value @ (0 | 1))) => Some(Default::Bool(*value == 1)),
        (Scalar::Bool, OptionValue::Identifier(word)) => match &**word {
            "true" | "True" | "t" => Some(Default::Bool(true)),
            "false" | "False" | "f" => Some(Default::Bool(false)),
            _ => None,
        },
        (Scalar::Float | Scalar::Double, OptionValue::Identifier(word)) => match word.to_ascii_lowercase().as_str() {
            "inf" | "infinity" => Some(Default::Float(f64::INFINITY)),
            "nan" => Some(Default::Float(f64::NAN)),
            _ => None,
        },
        _ => of_scalar(scalar, value).ok(),
    }
}

impl<'a> Checker<'a> {
    pub(super) fn check_value(
        &mut self,
        target: Target,
        field: &Field,
        is_own: bool,
        option: &OptionEntry,
        path: &str,
    ) {
        let at = At {
            target,
            path,
            span: option.value_span,
            is_inner: false,
        };
        self.value(at, field, is_own, &option.value);
    }

    fn wrong(&mut self, at: At<'_>, wanted: &str) {
        self.find(at.span, format!("`{}` must be {wanted}", at.path), None);
    }

    fn value(&mut self, at: At<'_>, field: &Field, is_own: bool, value: &OptionValue) {
        let is_repeated = matches!(field.cardinality, Cardinality::Repeated | Cardinality::Map);
        if let OptionValue::List(items) = value {
            if !is_repeated {
                self.wrong(at, "one value, not a list");
                return;
            }
            for item in items {
                self.single(at, field, is_own, item);
            }
            return;
        }
        self.single(at, field, is_own, value);
    }

    fn single(&mut self, at: At<'_>, field: &Field, is_own: bool, value: &OptionValue) {
        match field.kind {
            Kind::Scalar(scalar) => self.scalar(at, scalar, value),
            Kind::Enum(id) => self.enumeration(at, id, is_own, value),
            Kind::Message(id) | Kind::Group(id) => match value {
                OptionValue::Aggregate(fields) => self.message(at, Place { is_own, id }, fields),
                _ => self.wrong(at, "a message: { field: value }"),
            },
            Kind::Map { key, value: kind } => match value {
                OptionValue::Aggregate(fields) => self.entry(at, is_own, key, kind, fields),
                _ => self.wrong(at, "an entry of a map: { key: …, value: … }"),
            },
        }
    }

    fn scalar(&mut self, at: At<'_>, scalar: Scalar, value: &OptionValue) {
        let is_fine = at.is_inner && scalar_value(scalar, value).is_some();
        if let Err(wanted) = of_scalar(scalar, value)
            && !is_fine
        {
            self.wrong(at, wanted);
        }
    }

    fn enumeration(&mut self, at: At<'_>, id: EnumId, is_own: bool, value: &OptionValue) {
        let enumeration = self.set_of(is_own).enumeration(id);
        let number = match value {
            OptionValue::Unsigned(number) if at.is_inner => i32::try_from(*number).ok(),
            OptionValue::Negative(number) if at.is_inner => i32::try_from(*number).ok(),
            _ => None,
        };
        if enumeration.is_open && number.is_some() {
            return;
        }
        let found = match (value, number) {
            (OptionValue::Identifier(name), _) => self.enum_value(is_own, id, name),
            // As Java's clients print it.
            (OptionValue::Bytes(name), _) if self.origin == Origin::Registry => str::from_utf8(name)
                .ok()
                .and_then(|name| self.enum_value(is_own, id, name)),
            (_, Some(number)) => enumeration.values.iter().find(|known| known.number == number),
            _ => None,
        };
        // The first value of a feature stands for none.
        let is_none = |number| number == 0 && at.path.starts_with("features.") && at.path.matches('.').count() == 1;
        let Some(found) = found.filter(|found| !is_none(found.number)) else {
            let names: Vec<&str> = enumeration.values.iter().take(10).map(|value| &*value.name).collect();
            let message = format!("`{}` must be a value of `{}`", at.path, enumeration.name);
            self.find(at.span, message, format!("there are {}", names.join(", ")));
            return;
        };
        if let Syntax::Edition(_) = self.syntax {
            self.check_support(&found.options, &format!("the value `{}`", found.name), at.span);
        }
    }

    fn entry(&mut self, at: At<'_>, is_own: bool, key: Scalar, kind: MapValue, fields: &[AggregateField]) {
        let mut set: FxHashSet<&str> = FxHashSet::default();
        for field in fields {
            let path = below(at.path, &field.name);
            let at = At {
                path: &path,
                is_inner: true,
                ..at
            };
            if !set.insert(&*field.name) {
                self.find(at.span, format!("`{path}` is set twice"), None);
            }
            match (&*field.name, kind) {
                ("key", _) => self.scalar(at, key, &field.value),
                ("value", MapValue::Scalar(scalar)) => self.scalar(at, scalar, &field.value),
                ("value", MapValue::Enum(id)) => self.enumeration(at, id, is_own, &field.value),
                ("value", MapValue::Message(id)) => match &field.value {
                    OptionValue::Aggregate(fields) => self.message(at, Place { is_own, id }, fields),
                    _ => self.wrong(at, "a message: { field: value }"),
                },
                _ => self.wrong(at, "`key` or `value`"),
            }
        }
    }

    /// The depth of a value is bounded by the parser.
    fn message(&mut self, at: At<'_>, place: Place, fields: &[AggregateField]) {
        let message = self.set_of(place.is_own).message(place.id);
        let mut set: FxHashSet<i32> = FxHashSet::default();
        let mut oneofs: FxHashSet<u32> = FxHashSet::default();
        let mut has_any = false;
        for written in fields {
            if written.is_bracketed && written.name.contains('/') {
                if std::mem::replace(&mut has_any, true) {
                    let text = format!("`{}` has more than one message in it", at.path);
                    self.find(at.span, text, None);
                }
                self.any(at, written);
                continue;
            }
            let found = if written.is_bracketed {
                let found = self.extension(&written.name, &message.name, place, at.span);
                found.map(|extension| (&extension.field, true))
            } else {
                match self
                    .field(place, &written.name)
                    .or_else(|| self.group(place, &written.name))
                {
                    Some(field) => Some((field, place.is_own)),
                    None => {
                        let text = format!("`{}` has no field `{}`", message.name, written.name);
                        self.find(at.span, text, None);
                        None
                    }
                }
            };
            let Some((field, is_own)) = found else {
                continue;
            };
            let path = below(at.path, &written.name);
            let inner = At {
                path: &path,
                is_inner: true,
                ..at
            };
            if at.path == "features" || at.path.starts_with("features.") {
                self.check_use(at.target, field, &path, at.span);
            }
            let is_repeated = matches!(field.cardinality, Cardinality::Repeated | Cardinality::Map);
            if !is_repeated && !set.insert(field.number) {
                self.find(at.span, format!("`{path}` is set twice"), None);
            }
            if let Some(oneof) = field.oneof
                && !oneofs.insert(oneof)
                && !written.is_bracketed
            {
                let name = message.oneofs.get(oneof as usize).map_or("", |oneof| &*oneof.name);
                self.find(at.span, format!("`{path}` is the second field of oneof `{name}`"), None);
            }
            self.value(inner, field, is_own, &written.value);
        }
        let missing = message
            .fields
            .iter()
            .find(|field| field.cardinality == Cardinality::Required && !set.contains(&field.number));
        if let Some(missing) = missing {
            let text = format!("`{}` lacks the required field `{}`", at.path, missing.name);
            self.find(at.span, text, None);
        }
    }

    /// In the text format a group goes by the name of its message.
    fn group(&mut self, place: Place, name: &str) -> Option<&'a Field> {
        let set = self.set_of(place.is_own);
        let field = self.field(place, &name.to_ascii_lowercase())?;
        match field.kind {
            Kind::Group(id) if set.message(id).simple_name() == name => Some(field),
            _ => None,
        }
    }

    /// `[type.googleapis.com/acme.Order] { … }`: the value of an `Any`.
    fn any(&mut self, at: At<'_>, written: &AggregateField) {
        let name = written.name.rsplit('/').next().unwrap_or(&written.name);
        let absolute = format!(".{name}");
        let found = match self.symbols.resolve(&absolute, "", SymbolKind::Type) {
            Ok(symbol) => match symbol.meaning {
                Meaning::Type(TypeId::Message(id)) => Some(id),
                _ => None,
            },
            Err(_) => None,
        };
        match (found, &written.value) {
            (Some(id), OptionValue::Aggregate(fields)) => {
                let path = format!("{}.[{}]", at.path, written.name);
                let at = At {
                    path: &path,
                    is_inner: true,
                    ..at
                };
                self.message(at, Place { is_own: true, id }, fields);
            }
            (None, _) => self.find(at.span, format!("could not resolve type `{name}`"), None),
            _ => self.wrong(at, "a message: { field: value }"),
        }
    }
}

/// The path of a part. Of a long one only the last name is reported: each part of a value would repeat it.
fn below(path: &str, name: &str) -> String {
    match path.len() > super::MAX_NAME {
        true => format!("….{name}"),
        false => format!("{path}.{name}"),
    }
}
