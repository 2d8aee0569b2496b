//! What the name of a type means where it is written.

use super::Linker;
use super::scope::{Meaning, SymbolKind, Symbols, Unresolved};
use crate::protobuf::language::schema::{FileId, FileSet, Kind, MapValue, MessageId, Scalar, TypeId};
use crate::protobuf::language::syntax::{Name, WrittenType};
use crate::text::source::Span;

impl Linker {
    /// What a field holds. `group` is the message of a group's body.
    pub(super) fn kind(
        &mut self,
        file: FileId,
        scope: &str,
        written: &WrittenType,
        span: Span,
        group: Option<MessageId>,
        is_delimited: bool,
    ) -> Option<Kind> {
        match written {
            WrittenType::Group(_) => group.map(Kind::Group),
            WrittenType::Named(name) => {
                if let Some(scalar) = Scalar::named(name) {
                    return Some(Kind::Scalar(scalar));
                }
                Some(match self.type_named(file, scope, name, span)? {
                    TypeId::Message(id) if is_delimited => Kind::Group(id),
                    TypeId::Message(id) => Kind::Message(id),
                    TypeId::Enum(id) => Kind::Enum(id),
                })
            }
            WrittenType::Map { key, value } => {
                let key = self.map_key(file, key);
                let value = self.map_value(file, scope, value);
                Some(Kind::Map {
                    key: key?,
                    value: value?,
                })
            }
        }
    }

    fn map_key(&mut self, file: FileId, key: &Name) -> Option<Scalar> {
        match Scalar::named(&key.value) {
            Some(Scalar::Float | Scalar::Double | Scalar::Bytes) | None => {
                let message = format!("the keys of a map cannot be of type `{}`", key.value);
                let help = "keys are of a whole number's type, bool or string".to_owned();
                self.problem(file, key.span, message, help);
                None
            }
            scalar => scalar,
        }
    }

    fn map_value(&mut self, file: FileId, scope: &str, value: &Name) -> Option<MapValue> {
        if let Some(scalar) = Scalar::named(&value.value) {
            return Some(MapValue::Scalar(scalar));
        }
        match self.type_named(file, scope, &value.value, value.span)? {
            TypeId::Message(id) => Some(MapValue::Message(id)),
            TypeId::Enum(id) => {
                let first = self.set.enumeration(id).values.first();
                if let Some(first) = first.filter(|first| first.number != 0) {
                    let message = format!(
                        "the first value of `{}` has the number {}, not 0",
                        value.value, first.number
                    );
                    let help = "an absent value of a map is read as 0".to_owned();
                    self.problem(file, value.span, message, help);
                }
                Some(MapValue::Enum(id))
            }
        }
    }

    /// The message of this name; anything else is a problem.
    pub(super) fn message_named(&mut self, file: FileId, scope: &str, name: &Name) -> Option<MessageId> {
        if Scalar::named(&name.value).is_some() {
            let message = format!("`{}` is a scalar, not a message", name.value);
            self.problem(file, name.span, message, None);
            return None;
        }
        match self.named(file, scope, &name.value, name.span, SymbolKind::Message)? {
            TypeId::Message(id) => Some(id),
            TypeId::Enum(_) => {
                self.problem(
                    file,
                    name.span,
                    format!("`{}` is an enum, not a message", name.value),
                    None,
                );
                None
            }
        }
    }

    fn type_named(&mut self, file: FileId, scope: &str, name: &str, span: Span) -> Option<TypeId> {
        self.named(file, scope, name, span, SymbolKind::Type)
    }

    fn named(&mut self, file: FileId, scope: &str, name: &str, span: Span, wanted: SymbolKind) -> Option<TypeId> {
        if !self.take_room(cost(scope, name), file, span) {
            return None;
        }
        match self.symbols.resolve(name, scope, wanted) {
            Ok(symbol) => match symbol.meaning {
                Meaning::Type(id) => {
                    if symbol.file != file && self.is_checked(file) && self.local.contains(&id) {
                        let path = &self.set.file(symbol.file).path;
                        let message = format!("`{name}` is local to \"{path}\", so this file cannot use it");
                        let help = "declare it with `export` there".to_owned();
                        self.problem(file, span, message, help);
                    }
                    Some(id)
                }
                _ => None,
            },
            Err(unresolved) => {
                if !self.problems.is_full() {
                    let (message, help) = explain(
                        &self.set,
                        &self.symbols,
                        name,
                        wanted,
                        unresolved,
                        self.problems.0.len() < 10,
                    );
                    self.problem(file, span, message, help);
                }
                None
            }
        }
    }
}

/// The room that looking for a name in a scope takes: it is looked for in each of the scopes around.
pub(super) fn cost(scope: &str, name: &str) -> usize {
    let scopes = 1 + scope.bytes().filter(|byte| *byte == b'.').count();
    scopes * (scope.len() + name.len()) / SCOPES
}

/// Looking at so many bytes of scopes takes the room of one byte.
const SCOPES: usize = 16;

/// Why a name means nothing, and what may have been meant: finding that goes through all names, so only the first problems
/// have a suggestion.
pub(super) fn explain(
    set: &FileSet,
    symbols: &Symbols,
    name: &str,
    wanted: SymbolKind,
    why: Unresolved,
    suggests: bool,
) -> (String, Option<String>) {
    let what = match wanted {
        SymbolKind::Type | SymbolKind::Message => "type",
        SymbolKind::Extension => "option",
    };
    let message = format!("could not resolve {what} `{name}`");
    let help = match why {
        Unresolved::NotImported(other) => {
            let path = &set.file(other).path;
            Some(format!("it is declared in \"{path}\", which this file does not import"))
        }
        Unresolved::Hidden { tried } => Some(format!(
            "the innermost scope that has `{}` decides, so it is looked for as `{tried}`, which is not there; write \
             `.{name}` to begin at the root",
            name.split('.').next().unwrap_or(name)
        )),
        Unresolved::Else { found, what } => Some(format!(
            "the nearest of that name is `{found}`, {what}; write `.{name}` if it stands at the root, or its full name"
        )),
        Unresolved::Unknown => match symbols.get(name.trim_start_matches('.')) {
            Some(symbol) => Some(format!("`{name}` is {}", symbol.meaning.what())),
            None if !suggests => None,
            None => symbols
                .nearest(name, wanted)
                .map(|near| format!("did you mean `{near}`?")),
        },
    };
    (message, help)
}
