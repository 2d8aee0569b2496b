//! Names: how they are written, what they resolve to, and what was probably meant.

use rustc_hash::FxHashSet;

use super::attributes::Attributes;
use super::{Parsed, Parser, equal, logical, quote};
use crate::avro::language::named::{Fixed, FullName, Named};
use crate::avro::language::schema::{Kind, Place, Props, Type, TypeId};
use crate::text::json::Value;
use crate::text::likeness::Likeness;
use crate::text::source::Problem;
use crate::text::source::Span;

/// What is known of a name.
pub(super) struct Entry {
    id: TypeId,
    /// Where the name was given to a type: text and place. Until then it was only mentioned.
    defined: Option<(usize, Span)>,
    /// All of the type was read.
    is_whole: bool,
}

impl Entry {
    /// The number of the text that defines the type; none while the name was only mentioned.
    pub(super) fn source(&self) -> Option<usize> {
        self.defined.map(|(source, _)| source)
    }
}

/// What a definition defines.
pub(super) struct Claimed {
    /// Where the type is put.
    pub id: TypeId,
    /// The type that has this name already, with where it was defined; the two have to be equal.
    earlier: Option<(TypeId, usize, Span)>,
    span: Span,
}

/// A name that was mentioned before it was defined.
pub(super) struct Pending {
    /// As it was written.
    written: Box<str>,
    full: Box<str>,
    span: Span,
}

/// The primitive type of this name.
pub(crate) fn primitive(name: &str) -> Option<Kind> {
    Some(match name {
        "null" => Kind::Null,
        "boolean" => Kind::Boolean,
        "int" => Kind::Int,
        "long" => Kind::Long,
        "float" => Kind::Float,
        "double" => Kind::Double,
        "bytes" => Kind::Bytes,
        "string" => Kind::String,
        _ => return None,
    })
}

/// A name as it was written, in its namespace. One with a dot is complete.
pub(crate) fn full_name(written: &str, namespace: &str) -> String {
    match written.rfind('.') {
        Some(0) => written[1..].to_owned(),
        None if !namespace.is_empty() => format!("{namespace}.{written}"),
        _ => written.to_owned(),
    }
}

impl Parser {
    /// Resolves a name that stands for a type.
    pub(super) fn mention(&mut self, written: &str, span: Span, namespace: &str) -> Parsed<TypeId> {
        if let Some(kind) = primitive(written) {
            return Ok(self.intern(kind, None, Box::default()));
        }
        if written.is_empty() {
            return self.refuse(span, "the name of the type is empty", None);
        }
        if self.strict && written.starts_with('.') {
            return self.refuse(
                span,
                format!("{} is no name of a type", quote(written)),
                Some("a type without a namespace is referred to by its name alone, from where there is no namespace"),
            );
        }
        // What is mentioned may be written in full wherever it is.
        self.take_room(namespace.len() + written.len(), span)?;
        let full = full_name(written, namespace);
        // The enclosing namespace goes before none, but what is not yet defined is awaited in the namespace only.
        let known = self.names.get(full.as_str());
        if let Some(entry) = known.filter(|entry| entry.defined.is_some()) {
            return Ok(entry.id);
        }
        if let Some(entry) = self.names.get(written).filter(|entry| entry.defined.is_some()) {
            return Ok(entry.id);
        }
        if let Some(entry) = known {
            return Ok(entry.id);
        }
        let full: Box<str> = full.into();
        let id = self.keep_place(&full);
        let mentioned = Entry {
            id,
            defined: None,
            is_whole: false,
        };
        self.names.insert(full.clone(), mentioned);
        self.pending.push(Pending {
            written: written.into(),
            full,
            span,
        });
        Ok(id)
    }

    /// Takes room for full names.
    fn take_room(&mut self, bytes: usize, span: Span) -> Parsed<()> {
        match self.room.checked_sub(bytes) {
            Some(room) => {
                self.room = room;
                Ok(())
            }
            None => self.refuse(
                span,
                "the full names of the types are many times longer than the text itself",
                Some("shorten the namespace that they share"),
            ),
        }
    }

    fn is_defined(&self, full: &str) -> bool {
        self.names.get(full).is_some_and(|entry| entry.defined.is_some())
    }

    /// An id for a type that is yet to be parsed.
    fn keep_place(&mut self, full: &str) -> TypeId {
        let named = Named {
            name: FullName::new(full),
            aliases: Box::default(),
            doc: None,
            place: Place::default(),
        };
        self.add(Type {
            kind: Kind::Fixed(Box::new(Fixed { named, size: 0 })),
            logical: None,
            props: Box::default(),
            shape: 0,
            reads_itself: true,
            is_added: false,
        })
    }

    /// Reads name, namespace, aliases and doc, and gives the name to the type.
    pub(super) fn define(
        &mut self,
        attributes: &mut Attributes,
        what: &str,
        namespace: &str,
    ) -> Parsed<(Claimed, Named)> {
        let defined = self.define_named(attributes, what, namespace);
        self.skipped |= defined.is_err();
        defined
    }

    fn define_named(&mut self, attributes: &mut Attributes, what: &str, namespace: &str) -> Parsed<(Claimed, Named)> {
        let place = self.place(attributes.opening())?;
        let Some(node) = attributes.take("name") else {
            return self.refuse(
                attributes.opening(),
                format!("the {what} has no `name`"),
                Some("records, enums and fixeds are known by their names: \"name\": \"Order\""),
            );
        };
        let (span, kind) = (node.span, node.kind());
        let Value::String(written) = node.value else {
            return self.refuse(span, format!("`name` is a string, not {kind}"), None);
        };
        let own = attributes.take("namespace");
        let own_span = own.as_ref().map_or(span, |node| node.span);
        let own = self.optional_text(own, "namespace");
        let within = own.as_deref().unwrap_or(namespace);
        self.take_room(within.len() + written.len(), span)?;
        let full = full_name(&written, within);
        let name = FullName::new(full);
        if name.simple().is_empty() {
            return self.refuse(span, format!("the {what}'s `name` is empty"), None);
        }
        self.check_name(name.simple(), "a type", span);
        if own.is_some() || written.contains('.') {
            let namespace_span = if written.contains('.') { span } else { own_span };
            self.check_namespace(name.namespace(), namespace_span);
        }
        if primitive(name.full()).is_some() || (self.strict && primitive(name.simple()).is_some()) {
            return self.refuse(
                span,
                format!(
                    "a type cannot be named {}: Avro has a type of that name",
                    quote(name.simple())
                ),
                None,
            );
        }
        let mut seen = FxHashSet::default();
        let mut aliases = Vec::new();
        for (alias, span) in self.aliases(attributes.take("aliases"))? {
            self.take_room(name.namespace().len() + alias.len(), span)?;
            let alias = FullName::new(full_name(&alias, name.namespace()));
            if !is_name(alias.simple()) {
                self.warning(
                    span,
                    format!(
                        "the alias {} is no name, so no new schema has a type of that name",
                        quote(alias.full())
                    ),
                    None,
                );
            }
            if seen.insert(alias.full().to_owned()) {
                aliases.push(alias);
            }
        }
        let doc = self.optional_text(attributes.take("doc"), "doc").map(Into::into);
        let claimed = self.claim(&name, span)?;
        let named = Named {
            name,
            aliases: aliases.into(),
            doc,
            place,
        };
        Ok((claimed, named))
    }

    /// Gives a name to the type that is defined here.
    fn claim(&mut self, name: &FullName, span: Span) -> Parsed<Claimed> {
        let here = Some((self.current, span));
        let mut earlier = None;
        if let Some(entry) = self.names.get_mut(name.full()) {
            let Some((source, at)) = entry.defined else {
                entry.defined = here;
                let id = entry.id;
                return Ok(Claimed { id, earlier, span });
            };
            earlier = Some((entry.id, source, at));
            if !entry.is_whole {
                return self.refuse_again(name.full(), source, at, span);
            }
        }
        let id = self.keep_place(name.full());
        if earlier.is_none() {
            let entry = Entry {
                id,
                defined: here,
                is_whole: false,
            };
            self.names.insert(name.full().into(), entry);
        }
        Ok(Claimed { id, earlier, span })
    }

    /// Puts a named type into the place that was kept for it. One that is defined a second time is the first one, where the two are
    /// equal.
    pub(super) fn finish(&mut self, claimed: &Claimed, kind: Kind, props: Props) -> Parsed<TypeId> {
        let logical = logical::of(&kind, &props);
        self.tell_ignored(&kind, &props);
        let full = kind.named().map_or("", |named| named.name.full()).to_owned();
        self.types[claimed.id.index()] = Type {
            kind,
            logical,
            props,
            shape: 0,
            reads_itself: true,
            is_added: false,
        };
        match claimed.earlier {
            None => {
                if let Some(entry) = self.names.get_mut(full.as_str()) {
                    entry.is_whole = true;
                }
                Ok(claimed.id)
            }
            Some((first, source, at)) => {
                if !equal::are_equal(&self.types[first.index()], &self.types[claimed.id.index()]) {
                    return self.refuse_again(&full, source, at, claimed.span);
                }
                // Nothing refers to the second one.
                self.types[claimed.id.index()] = self.types[first.index()].clone();
                Ok(first)
            }
        }
    }

    fn refuse_again<T>(&mut self, full: &str, source: usize, at: Span, span: Span) -> Parsed<T> {
        if source != self.current
            && self.imports[source].is_some()
            && self.imports[source] == self.imports[self.current]
        {
            self.superseded_by = Some(source);
        }
        let (message, help) = if source == self.current {
            let point = self.sources[source].point(at.start);
            let message = format!("{} is already defined otherwise, at {point}", quote(full));
            (message, "define it once and refer to it by name elsewhere")
        } else {
            let known = self.sources[source].name();
            let message = format!("{} is already defined otherwise, in {}", quote(full), quote(known));
            (message, "the referenced schema brings this type: refer to it by name")
        };
        self.refuse(span, message, Some(help))
    }

    /// Names of new schemas follow the specification: a letter or `_`, then letters, digits and `_`, all ASCII.
    pub(super) fn check_name(&mut self, name: &str, what: &str, span: Span) {
        if !self.strict || is_name(name) {
            return;
        }
        let mut help = "a letter or `_` first, then letters, digits and `_`, all ASCII".to_owned();
        let mended: String = name
            .chars()
            .map(|char| if char.is_ascii_alphanumeric() { char } else { '_' })
            .collect();
        let mended = if is_name(&mended) { mended } else { format!("_{mended}") };
        if mended.bytes().any(|byte| byte != b'_') {
            help = format!("{help}; for instance {}", quote(&mended));
        }
        self.problem(span, format!("{} is no name for {what}", quote(name)), Some(help));
    }

    fn check_namespace(&mut self, namespace: &str, span: Span) {
        if self.strict && !namespace.is_empty() && !namespace.split('.').all(is_name) {
            self.problem(
                span,
                format!("{} is not allowed as namespace", quote(namespace)),
                Some("names joined by dots, each a letter or `_` first, then letters, digits and `_`".into()),
            );
        }
    }

    /// Notes every name that the text mentions and neither it nor a reference defines.
    pub(super) fn report_undefined(&mut self) {
        if self.skipped {
            return;
        }
        let undefined: Vec<usize> = (0..self.pending.len())
            .filter(|&index| !self.is_defined(&self.pending[index].full))
            .take(super::MAX_PROBLEMS)
            .collect();
        for (count, index) in undefined.into_iter().enumerate() {
            let Pending { written, full, span } = &self.pending[index];
            let help = if count < SUGGESTIONS {
                self.suggest(written, full)
            } else {
                None
            };
            let help = help.unwrap_or_else(|| {
                "define it in this schema, or declare a reference to the schema that defines it".into()
            });
            let message = if written == full {
                format!("the type {} is not defined", quote(full))
            } else {
                format!(
                    "the type {} is not defined (here it means {})",
                    quote(written),
                    quote(full)
                )
            };
            let problem = Problem {
                message: message.into(),
                source: self.sources[self.current].clone(),
                span: *span,
                help: Some(help.into()),
            };
            if self.problems.len() < super::MAX_PROBLEMS {
                self.problems.push(problem);
            }
        }
    }

    /// What was probably meant: the same simple name elsewhere, the type with this alias, or a name spelt alike.
    fn suggest(&self, written: &str, full: &str) -> Option<String> {
        let simple = full.rsplit('.').next().unwrap_or(full);
        let names = || {
            (self.names.iter())
                .filter(|(_, entry)| entry.defined.is_some())
                .map(|(name, _)| &**name)
        };
        if let Some(found) = names().filter(|name| name.rsplit('.').next() == Some(simple)).min() {
            return Some(format!("did you mean {}?", quote(found)));
        }
        let aliased = self
            .types
            .iter()
            .filter_map(|ty| ty.kind.named())
            .find(|named| named.aliases.iter().any(|alias| alias.full() == full));
        if let Some(named) = aliased {
            return Some(format!(
                "that is an alias of {}; a type is referred to by its name",
                quote(named.name.full())
            ));
        }
        let words = ["array", "map", "record", "enum", "fixed", "error"];
        if words.contains(&written) {
            return Some(format!("write it as an object: {{\"type\": \"{written}\", …}}"));
        }
        let allowed = (simple.chars().count() / 3).min(2);
        const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
        let mut likeness = Likeness::default();
        // The primitive types first: they are few.
        PRIMITIVES
            .into_iter()
            .chain(names().take(1000))
            .filter_map(|name| {
                let near = name.rsplit('.').next().unwrap_or(name);
                match near.eq_ignore_ascii_case(simple) {
                    true => Some((0, name)),
                    false => Some((likeness.distance(simple, near, allowed)?, name)),
                }
            })
            .min()
            .map(|(_, name)| format!("did you mean {}?", quote(name)))
    }
}

/// For so many undefined names the likely meaning is looked for.
const SUGGESTIONS: usize = 10;

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
