//! Whether options exist and have values of their types, by the messages in google/protobuf/descriptor.proto.
//!
//! Standard options are fields of those messages, custom ones their extensions: one check serves both. A set that has no
//! descriptor.proto of its own is judged by the built-in one.

use rustc_hash::{FxHashMap, FxHashSet};

use super::target::{Target, edition_named, edition_of};
use crate::options::Origin;
use crate::protobuf::language::builtin;
use crate::protobuf::language::link::kind::explain;
use crate::protobuf::language::link::scope::{Meaning, SymbolKind, Symbols};
use crate::protobuf::language::parse::MAX_PROBLEMS;
use crate::protobuf::language::schema::{
    Cardinality, EnumId, EnumValue, Extension, Field, FileSet, Kind, MessageId, Options, TypeId,
};
use crate::protobuf::language::syntax::{OptionEntry, OptionValue, Syntax};
use crate::text::likeness::nearest;
use crate::text::source::Span;

/// Looking at each of so few is as fast as an index.
const FEW: usize = 16;

/// What has been set on one declaration.
#[derive(Default)]
struct Set {
    /// Options and, of those that are messages, their fields.
    values: FxHashSet<String>,
    /// Messages of which a part was set, with the parts.
    parts: FxHashMap<String, Part>,
}

/// A message that is set part by part.
struct Part {
    place: Place,
    numbers: FxHashSet<i32>,
    span: Span,
}

impl Set {
    /// Notes a value; false if it was set before, as a whole or in part. The depth of a value is bounded by the parser.
    fn add(&mut self, path: &str, value: &OptionValue) -> bool {
        if path.len() > super::MAX_NAME {
            return true;
        }
        if self.parts.contains_key(path) || !self.values.insert(path.to_owned()) {
            return false;
        }
        if let OptionValue::Aggregate(fields) = value {
            for field in fields {
                self.add(&format!("{path}.{}", field.name), &field.value);
            }
        }
        true
    }
}

/// A message of the set itself or of the built-in descriptor.proto.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub is_own: bool,
    pub id: MessageId,
}

/// Something that is wrong with an option.
pub(in crate::protobuf::language::link) struct Finding {
    pub span: Span,
    pub message: String,
    pub help: Option<String>,
}

/// What a finding does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::protobuf::language::link) enum Weight {
    Refused,
    Warned,
}

/// Checks the options of one file.
pub(in crate::protobuf::language::link) struct Checker<'a> {
    pub(super) set: &'a FileSet,
    pub(super) symbols: &'a Symbols,
    /// The built-in descriptor.proto, if the set has none.
    standard: Option<&'static FileSet>,
    pub(super) syntax: Syntax,
    pub(super) origin: Origin,
    found: Vec<(Finding, Weight)>,
    /// The fields of large messages by name.
    names: FxHashMap<Place, FxHashMap<&'a str, usize>>,
    /// The values of large enums by name.
    values: FxHashMap<(bool, EnumId), FxHashMap<&'a str, usize>>,
}

impl<'a> Checker<'a> {
    pub fn new(set: &'a FileSet, symbols: &'a Symbols, syntax: Syntax, origin: Origin) -> Self {
        let is_own = symbols.get(Target::File.message()).is_some();
        Checker {
            set,
            symbols,
            standard: if is_own { None } else { builtin::descriptor() },
            syntax,
            origin,
            found: Vec::new(),
            names: FxHashMap::default(),
            values: FxHashMap::default(),
        }
    }

    /// What was found wrong.
    pub fn findings(self) -> Vec<(Finding, Weight)> {
        self.found
    }

    pub(super) fn find(&mut self, span: Span, message: impl Into<String>, help: impl Into<Option<String>>) {
        self.add(Weight::Refused, span, message.into(), help.into());
    }

    fn add(&mut self, weight: Weight, span: Span, message: String, help: Option<String>) {
        let before = self.found.iter().filter(|(_, known)| *known == weight);
        if before.count() < MAX_PROBLEMS {
            self.found.push((Finding { span, message, help }, weight));
        }
    }

    pub(super) fn set_of(&self, is_own: bool) -> &'a FileSet {
        match self.standard {
            Some(standard) if !is_own => standard,
            _ => self.set,
        }
    }

    /// The options of one declaration. `scope` is where names of custom options are looked for first.
    pub fn check(&mut self, target: Target, scope: &str, options: &[OptionEntry]) {
        if options.is_empty() {
            return;
        }
        let Some(root) = self.root(target) else {
            return;
        };
        let mut set = Set::default();
        for option in options {
            self.check_option(target, scope, root, option, &mut set);
        }
        self.check_parts(&set);
    }

    /// A message that is set part by part needs what is required of it, as one that is set as a whole.
    fn check_parts(&mut self, set: &Set) {
        let mut missing: Vec<(Span, String)> = Vec::new();
        for (path, part) in &set.parts {
            if set.values.contains(path) {
                continue;
            }
            let fields = &self.set_of(part.place.is_own).message(part.place.id).fields;
            let required = fields.iter().filter(|field| field.cardinality == Cardinality::Required);
            for field in required.filter(|field| !part.numbers.contains(&field.number)) {
                missing.push((part.span, format!("`{path}` lacks the required field `{}`", field.name)));
            }
        }
        missing.sort_unstable_by_key(|(span, _)| span.start);
        for (span, text) in missing {
            self.find(span, text, None);
        }
    }

    fn root(&self, target: Target) -> Option<Place> {
        match self.standard {
            Some(standard) => {
                let id = standard.message_named(target.message())?;
                Some(Place { is_own: false, id })
            }
            None => match self.symbols.get(target.message())?.meaning {
                Meaning::Type(TypeId::Message(id)) => Some(Place { is_own: true, id }),
                _ => None,
            },
        }
    }

    fn check_option(&mut self, target: Target, scope: &str, root: Place, option: &OptionEntry, set: &mut Set) {
        // These two look like options and belong to the field itself.
        if target == Target::Field && (super::is_named(option, "default") || super::is_named(option, "json_name")) {
            let name = &option.name[0].name;
            if !set.values.insert(name.to_string()) {
                self.find(option.name_span, format!("`{name}` is set twice"), None);
            }
            return;
        }
        let mut place = root;
        let mut path = String::new();
        for (index, part) in option.name.iter().enumerate() {
            let found = if part.is_extension {
                let found = self.extension(&part.name, scope, place, option.name_span);
                found.map(|extension| (&extension.field, true, format!("({})", extension.name)))
            } else {
                let found = self.member(place, &part.name, option, index);
                found.map(|(field, is_own)| (field, is_own, part.name.to_string()))
            };
            let Some((field, is_own, name)) = found else {
                return;
            };
            if index > 0 && path.len() <= super::MAX_NAME {
                let part = set.parts.entry(path.clone()).or_insert_with(|| Part {
                    place,
                    numbers: FxHashSet::default(),
                    span: option.name_span,
                });
                part.numbers.insert(field.number);
            }
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&name);
            self.check_use(target, field, &path, option.name_span);
            if index + 1 == option.name.len() {
                let is_repeated = matches!(field.cardinality, Cardinality::Repeated | Cardinality::Map);
                if !is_repeated && !set.add(&path, &option.value) {
                    self.find(option.name_span, format!("`{path}` is set twice"), None);
                }
                self.check_value(target, field, is_own, option, &path);
                return;
            }
            match field.kind {
                Kind::Message(id) | Kind::Group(id) if field.cardinality != Cardinality::Repeated => {
                    place = Place { is_own, id };
                }
                Kind::Message(_) | Kind::Group(_) | Kind::Map { .. } => {
                    let help = format!("set the whole: {path} = {{ … }}");
                    self.find(option.name_span, format!("`{path}` may occur several times"), help);
                    return;
                }
                Kind::Scalar(_) | Kind::Enum(_) => {
                    self.find(
                        option.name_span,
                        format!("`{path}` is no message and has no parts"),
                        None,
                    );
                    return;
                }
            }
        }
    }

    /// A field of an options message by its name.
    fn member(&mut self, place: Place, name: &str, option: &OptionEntry, index: usize) -> Option<(&'a Field, bool)> {
        if index == 0 && name == "uninterpreted_option" {
            self.find(option.name_span, "`uninterpreted_option` cannot be set", None);
            return None;
        }
        if let Some(field) = self.field(place, name) {
            return Some((field, place.is_own));
        }
        let message = self.set_of(place.is_own).message(place.id);
        let names = message.fields.iter().take(1000).map(|field| &*field.name);
        let near = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
        let custom = || "the name of a custom option stands in parentheses: option (acme.owner) = \"…\";".to_owned();
        let help = near.or_else(|| (index == 0).then(custom));
        let message = match index {
            0 => format!("the option `{name}` is not known"),
            _ => format!("`{}` has no field `{name}`", message.name),
        };
        self.find(option.name_span, message, help);
        None
    }

    pub(super) fn field(&mut self, place: Place, name: &str) -> Option<&'a Field> {
        let fields = &self.set_of(place.is_own).message(place.id).fields;
        if fields.len() <= FEW {
            return fields.iter().find(|field| &*field.name == name);
        }
        let names = self.names.entry(place).or_insert_with(|| {
            let named = fields.iter().enumerate();
            named.map(|(index, field)| (&*field.name, index)).collect()
        });
        names.get(name).and_then(|index| fields.get(*index))
    }

    /// A value of an enum by its name.
    pub(super) fn enum_value(&mut self, is_own: bool, id: EnumId, name: &str) -> Option<&'a EnumValue> {
        let values = &self.set_of(is_own).enumeration(id).values;
        if values.len() <= FEW {
            return values.iter().find(|value| &*value.name == name);
        }
        let names = self.values.entry((is_own, id)).or_insert_with(|| {
            let named = values.iter().enumerate();
            named.map(|(index, value)| (&*value.name, index)).collect()
        });
        names.get(name).and_then(|index| values.get(*index))
    }

    /// An extension of a message.
    pub(super) fn extension(&mut self, name: &str, scope: &str, place: Place, span: Span) -> Option<&'a Extension> {
        let symbol = match self.symbols.resolve(name, scope, SymbolKind::Extension) {
            Ok(symbol) => symbol,
            Err(why) => {
                let (message, help) = explain(
                    self.set,
                    self.symbols,
                    name,
                    SymbolKind::Extension,
                    why,
                    self.found.len() < 10,
                );
                match self.origin {
                    Origin::Files => self.find(span, message, help),
                    // It says nothing of data, and what it says is kept.
                    Origin::Registry if is_confluents(name) => {}
                    Origin::Registry => self.add(Weight::Warned, span, message, help),
                }
                return None;
            }
        };
        let Meaning::Extension(index) = symbol.meaning else {
            return None;
        };
        let extension = self.set.extensions.get(index as usize)?;
        // What extends no message has been told of where it is declared.
        let extendee = &self.set.messages.get(extension.extendee.0 as usize)?.name;
        let wanted = &self.set_of(place.is_own).message(place.id).name;
        if extendee != wanted {
            let message = format!("`{}` extends `{extendee}`, not `{wanted}`", extension.name);
            self.find(span, message, None);
            return None;
        }
        Some(extension)
    }

    /// Whether the option may be set on such a declaration, in this edition.
    pub(super) fn check_use(&mut self, target: Target, field: &Field, path: &str, span: Span) {
        let mut targets = settings(&field.options, "targets").peekable();
        if targets.peek().is_some() && !targets.any(|allowed| allowed == target.type_name()) {
            let message = format!("`{path}` cannot be set on {}", target.what());
            self.find(span, message, None);
        }
        let Syntax::Edition(_) = self.syntax else {
            if path == "features" {
                let message = "features can be set in editions only".to_owned();
                let help = "begin the file with `edition = \"2023\";`".to_owned();
                self.find(span, message, help);
            }
            return;
        };
        self.check_support(&field.options, &format!("`{path}`"), span);
    }

    /// Whether the edition knows it already and still.
    pub(super) fn check_support(&mut self, options: &Options, what: &str, span: Span) {
        let edition = edition_of(self.syntax);
        let year = |name: &str| settings(options, name).next().and_then(edition_named);
        if let Some(introduced) = year("feature_support.edition_introduced")
            && edition < introduced
        {
            let message = format!("{what} is known from edition {introduced} only");
            self.find(span, message, None);
        }
        if let Some(removed) = year("feature_support.edition_removed")
            && edition >= removed
        {
            let message = format!("{what} is gone since edition {removed}");
            self.find(span, message, None);
        }
    }
}

/// Whether this is an option of confluent/meta.proto, which Java's clients set without an import.
fn is_confluents(name: &str) -> bool {
    let name = name.strip_prefix('.').unwrap_or(name);
    let file = builtin::file("confluent/meta.proto");
    name.strip_prefix("confluent.").is_some_and(|name| {
        file.is_some_and(|file| {
            let mut fields = file.extends.iter().flat_map(|extend| &extend.fields);
            fields.any(|field| &*field.name.value == name)
        })
    })
}

fn settings<'a>(options: &'a Options, name: &'a str) -> impl Iterator<Item = &'a str> {
    options
        .0
        .iter()
        .filter(move |option| &*option.name == name)
        .map(|option| &*option.value)
}
