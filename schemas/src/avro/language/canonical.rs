//! The texts that stand for a schema.
//!
//! - [`Schema::canonical`]: what registries store and compare, as Java's `Schema.toString` writes it;
//! - [`Schema::normalized`]: the same for schemas that differ only in what means nothing;
//! - [`Schema::parsing_canonical_form`]: the specification's, which fingerprints are made of;
//! - [`Schema::resolved`]: complete by itself.
//!
//! One walk writes them all. Its stack is on the heap: a type that is mentioned before it is defined is written at
//! its first mention, so these texts can be nested far deeper than the one they were read from.

use super::named::{Field, Named, Order};
use super::schema::{Kind, Logical, Schema, Type, TypeId};

mod default;
pub(in crate::avro) mod json;
pub(in crate::avro) mod number;

use json::{put_string, put_strings, put_value};

/// Which of the texts is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Canonical,
    Resolved,
    Normalized,
    Parsing,
}

impl Schema {
    /// Confluent's canonical string, which is Java's `Schema.toString`: compact, a named type is defined where it is
    /// first mentioned and a name from then on; types of referenced texts are always names. Attributes keep their
    /// order, numbers their digits. Identity rests on this text.
    pub fn canonical(&self) -> String {
        self.write(Form::Canonical)
    }

    /// The canonical string of what Confluent's `normalize` makes of the schema: attributes sorted (those of a logical
    /// type first), aliases sorted and full, defaults written as their types write them, objects in them sorted by
    /// key. Nothing that means something is dropped.
    pub fn normalized(&self) -> String {
        self.write(Form::Normalized)
    }

    /// The specification's parsing canonical form, with the types of referenced texts written out.
    pub fn parsing_canonical_form(&self) -> String {
        self.write(Form::Parsing)
    }

    /// As [`Schema::canonical`], with the types of referenced texts written out where they are first mentioned.
    pub fn resolved(&self) -> String {
        self.write(Form::Resolved)
    }

    /// As [`Schema::resolved`], for one type of the schema; where that is a record, with these of its fields alone. Without
    /// defaults of fields where nobody reads by it.
    #[cfg(feature = "second-opinion")]
    pub(in crate::avro) fn resolved_type(&self, ty: TypeId, kept: Option<&[u32]>, has_defaults: bool) -> String {
        let mut writer = self.writer(Form::Resolved);
        writer.kept = kept.map(|fields| (ty, fields));
        writer.has_defaults = has_defaults;
        writer.run(ty);
        writer.out
    }

    fn write(&self, form: Form) -> String {
        let mut writer = self.writer(form);
        writer.out.reserve(self.source().text().len());
        writer.run(self.root);
        writer.out
    }

    fn writer(&self, form: Form) -> Writer<'_> {
        Writer {
            schema: self,
            form,
            kept: None,
            has_defaults: true,
            out: String::new(),
            written: vec![false; self.types.len()],
            open: Vec::new(),
        }
    }
}

/// A type that is being written, and how many of its children are.
struct Open<'a> {
    ty: &'a Type,
    next: usize,
    /// Of a record, the fields that are written, where that is not all of them.
    kept: Option<&'a [u32]>,
    /// The namespace that names in it are relative to.
    namespace: &'a str,
}

struct Writer<'a> {
    schema: &'a Schema,
    form: Form,
    /// A record of which only these fields are written.
    kept: Option<(TypeId, &'a [u32])>,
    has_defaults: bool,
    out: String,
    /// The named types whose definitions stand in the text.
    written: Vec<bool>,
    open: Vec<Open<'a>>,
}

impl<'a> Writer<'a> {
    fn run(&mut self, root: TypeId) {
        self.begin(root, "");
        while let Some(open) = self.open.last_mut() {
            let (ty, namespace, next, kept) = (open.ty, open.namespace, open.next, open.kept);
            open.next += 1;
            match &ty.kind {
                Kind::Array(below) | Kind::Map(below) if next == 0 => self.begin(*below, namespace),
                Kind::Union(branches) if next < branches.len() => {
                    if next > 0 {
                        self.out.push(',');
                    }
                    self.begin(branches[next], namespace);
                }
                Kind::Record(record) => {
                    let field = |number: usize| match kept {
                        Some(kept) => record.fields().get(*kept.get(number)? as usize),
                        None => record.fields().get(number),
                    };
                    if let Some(field) = next.checked_sub(1).and_then(field) {
                        self.end_field(field);
                    }
                    match field(next) {
                        Some(field) => {
                            if next > 0 {
                                self.out.push(',');
                            }
                            self.out.push_str("{\"name\":");
                            put_string(&mut self.out, &field.name);
                            self.out.push_str(",\"type\":");
                            self.begin(field.ty, namespace);
                        }
                        None => {
                            self.open.pop();
                            self.out.push(']');
                            self.end(ty);
                        }
                    }
                }
                Kind::Union(_) => {
                    self.open.pop();
                    self.out.push(']');
                }
                _ => {
                    self.open.pop();
                    self.end(ty);
                }
            }
        }
    }

    /// Writes a type up to its children, where it has any, else to its end.
    fn begin(&mut self, id: TypeId, namespace: &'a str) {
        let ty = self.schema.get(id);
        let mut inside = namespace;
        match &ty.kind {
            Kind::Union(_) => self.out.push('['),
            Kind::Array(_) => self.out.push_str("{\"type\":\"array\",\"items\":"),
            Kind::Map(_) => self.out.push_str("{\"type\":\"map\",\"values\":"),
            kind => match kind.named() {
                None => return self.primitive(ty),
                Some(named) => {
                    let referenced = named.place.source != 0 && matches!(self.form, Form::Canonical | Form::Normalized);
                    if referenced || self.written[id.index()] {
                        return self.mention(named, namespace);
                    }
                    self.written[id.index()] = true;
                    inside = named.name.namespace();
                    self.head(ty, named, namespace);
                }
            },
        }
        self.open.push(Open {
            ty,
            next: 0,
            kept: self.kept.filter(|(record, _)| *record == id).map(|(_, fields)| fields),
            namespace: inside,
        });
    }

    fn primitive(&mut self, ty: &Type) {
        if ty.props.is_empty() || self.form == Form::Parsing {
            put_string(&mut self.out, ty.kind.name());
        } else {
            self.out.push_str("{\"type\":");
            put_string(&mut self.out, ty.kind.name());
            self.end(ty);
        }
    }

    fn mention(&mut self, named: &Named, namespace: &str) {
        let name = &named.name;
        if self.form == Form::Parsing {
            return put_string(&mut self.out, name.full());
        }
        if name.namespace().is_empty() && !namespace.is_empty() {
            // A reader looks in the enclosing namespace first; only a leading dot keeps it from finding another there.
            let other = format!("{namespace}.{}", name.full());
            let hidden = self.schema.named(&other).is_some();
            return put_string(
                &mut self.out,
                &if hidden {
                    format!(".{}", name.full())
                } else {
                    name.full().into()
                },
            );
        }
        let simple = name.namespace() == namespace && !is_word(name.simple());
        put_string(&mut self.out, if simple { name.simple() } else { name.full() });
    }

    /// Writes a named type up to its fields, symbols or size.
    fn head(&mut self, ty: &Type, named: &Named, namespace: &str) {
        if self.form == Form::Parsing {
            let word = if matches!(ty.kind, Kind::Record(_)) {
                "record"
            } else {
                ty.kind.name()
            };
            self.out.push_str("{\"name\":");
            put_string(&mut self.out, named.name.full());
            self.member("type");
            put_string(&mut self.out, word);
        } else {
            self.out.push_str("{\"type\":");
            put_string(&mut self.out, ty.kind.name());
            self.member("name");
            put_string(&mut self.out, named.name.simple());
            if named.name.namespace() != namespace {
                self.member("namespace");
                put_string(&mut self.out, named.name.namespace());
            }
            if let Some(doc) = &named.doc
                && !(doc.is_empty() && self.form == Form::Normalized)
            {
                self.member("doc");
                put_string(&mut self.out, doc);
            }
        }
        match &ty.kind {
            Kind::Record(_) => {
                self.member("fields");
                self.out.push('[');
            }
            Kind::Enum(symbols) => {
                self.member("symbols");
                put_strings(&mut self.out, symbols.symbols().iter().map(|symbol| &**symbol));
                if let Some(default) = &symbols.default
                    && self.form != Form::Parsing
                {
                    self.member("default");
                    put_string(&mut self.out, default);
                }
            }
            Kind::Fixed(fixed) => {
                self.member("size");
                self.out.push_str(&fixed.size.to_string());
            }
            _ => {}
        }
    }

    /// Writes what follows a type's children: attributes, aliases and the closing brace.
    fn end(&mut self, ty: &Type) {
        if self.form != Form::Parsing {
            self.props(
                &ty.props,
                ty.logical
                    .filter(|_| !matches!(ty.kind, Kind::Record(_) | Kind::Enum(_))),
            );
            if let Some(named) = ty.kind.named()
                && !named.aliases.is_empty()
            {
                self.member("aliases");
                let mut aliases: Vec<&str> = named.aliases.iter().map(|alias| alias.full()).collect();
                if self.form == Form::Normalized {
                    aliases.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
                }
                let namespace = named.name.namespace();
                self.out.push('[');
                for (index, alias) in aliases.into_iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    put_string(&mut self.out, &relative(alias, namespace));
                }
                self.out.push(']');
            }
        }
        self.out.push('}');
    }

    fn end_field(&mut self, field: &Field) {
        if self.form != Form::Parsing {
            if let Some(doc) = &field.doc {
                self.member("doc");
                put_string(&mut self.out, doc);
            }
            if let Some(default) = field.default.as_ref().filter(|_| self.has_defaults) {
                self.member("default");
                if self.form == Form::Normalized {
                    default::put(&mut self.out, self.schema, field.ty, default);
                } else {
                    put_value(&mut self.out, default, false);
                }
            }
            if field.order != Order::Ascending {
                self.member("order");
                put_string(&mut self.out, field.order.name());
            }
            if !field.aliases.is_empty() {
                self.member("aliases");
                let mut aliases: Vec<&str> = field.aliases.iter().map(|alias| &**alias).collect();
                if self.form == Form::Normalized {
                    aliases.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
                }
                put_strings(&mut self.out, aliases.into_iter());
            }
            self.props(&field.props, None);
        }
        self.out.push('}');
    }

    /// Writes attributes: in their order, or normalised.
    fn props(&mut self, props: &[(Box<str>, crate::text::json::Node)], logical: Option<Logical>) {
        let mut props: Vec<_> = props.iter().collect();
        let normalized = self.form == Form::Normalized;
        if normalized {
            let rank = |key: &str| match (logical, key) {
                (Some(_), "logicalType") => 0,
                (Some(Logical::Decimal { .. }), "precision") => 1,
                (Some(Logical::Decimal { scale: 1.., .. }), "scale") => 2,
                _ => 3,
            };
            props.sort_by(|(a, _), (b, _)| {
                rank(a)
                    .cmp(&rank(b))
                    .then_with(|| a.encode_utf16().cmp(b.encode_utf16()))
            });
        }
        for (key, value) in props {
            self.member(key);
            put_value(&mut self.out, value, normalized);
        }
    }

    fn member(&mut self, key: &str) {
        self.out.push(',');
        put_string(&mut self.out, key);
        self.out.push(':');
    }
}

/// An alias as it is written in a type of this namespace.
fn relative(alias: &str, namespace: &str) -> String {
    match alias.rfind('.') {
        Some(dot) if alias[..dot] == *namespace && !is_word(&alias[dot + 1..]) => alias[dot + 1..].into(),
        Some(_) => alias.into(),
        // Without the dot it would be read as a name of the namespace.
        None if !namespace.is_empty() => format!(".{alias}"),
        None => alias.into(),
    }
}

/// Whether a simple name is also the name of a kind of type, so that it is only clear with its namespace.
fn is_word(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "record", "enum", "array", "map", "union", "fixed", "string", "bytes", "int", "long", "float", "double",
        "boolean", "null",
    ];
    WORDS.contains(&name)
}
