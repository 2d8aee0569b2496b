//! From a linked file to its descriptor.

use super::bytes::Bytes;
use super::default;
use super::option::OptionWriter;
use crate::protobuf::language::link::{Target, TopLevel, full_name, json_name, top_level};
use crate::protobuf::language::schema::{
    Cardinality, Field, FileId, FileSet, Kind, MapValue, MessageId, Reserved, Rpc, Scalar, Schema,
};
use crate::protobuf::language::syntax::{
    self, Enum, Extend, File, ImportKind, Message, MessageItem, OptionEntry, Service, Syntax, Visibility, WrittenLabel,
    WrittenRange, WrittenType,
};
use crate::text::source::Span;

/// The bytes of google.protobuf.FileDescriptorProto for a schema's own file, as protoc writes them; custom options are
/// the extensions that they are. Comments and places are left out.
pub fn encode(schema: &Schema) -> Vec<u8> {
    write(&schema.set, FileId(0), &schema.folded)
}

/// Like [`encode`], for any file of a set. `tree` is the file as it is written.
pub fn write(set: &FileSet, file: FileId, tree: &File) -> Vec<u8> {
    let writer = Writer {
        set,
        options: OptionWriter::new(set, file),
        is_edition: matches!(tree.syntax, Syntax::Edition(_)),
        is_proto3: tree.syntax == Syntax::Proto3,
    };
    let mut bytes = Bytes::default();
    writer.file(&mut bytes, file, tree);
    bytes.0
}

struct Writer<'a> {
    set: &'a FileSet,
    options: OptionWriter<'a>,
    is_edition: bool,
    is_proto3: bool,
}

/// The number of an edition in google.protobuf.Edition.
fn edition_number(year: u16) -> i64 {
    i64::from(year) - 2023 + 1000
}

impl Writer<'_> {
    fn file(&self, bytes: &mut Bytes, id: FileId, tree: &File) {
        let package = tree.package.as_ref().map_or("", |(name, _)| &*name.value);
        bytes.string(1, &tree.path);
        if !package.is_empty() {
            bytes.string(2, package);
        }
        let imports = || tree.imports.iter().filter(|import| import.kind != ImportKind::Option);
        for import in imports() {
            bytes.string(3, &import.path.value);
        }
        let mut extensions = self.set.file(id).extensions.iter();
        for item in top_level(tree) {
            match item {
                TopLevel::Message(message) => bytes.message(4, |inner| self.message(inner, package, message)),
                TopLevel::Extend(extend) => self.groups(bytes, 4, package, extend),
                TopLevel::Enum(_) => {}
            }
        }
        for enumeration in &tree.enums {
            bytes.message(5, |inner| self.enumeration(inner, package, enumeration));
        }
        let text = tree.source.text().as_bytes();
        let has_block = |span: Span| span.end.checked_sub(1).and_then(|last| text.get(last)) == Some(&b'}');
        for (service, index) in tree.services.iter().zip(&self.set.file(id).services) {
            let rpcs = self
                .set
                .services
                .get(*index as usize)
                .map_or(&[][..], |service| &service.rpcs);
            bytes.message(6, |inner| self.service(inner, package, service, rpcs, &has_block));
        }
        for extend in &tree.extends {
            self.extensions(bytes, 7, package, extend, &mut extensions);
        }
        self.options(bytes, 8, Target::File, package, tree.options.iter());
        for (index, import) in imports().enumerate() {
            if import.kind == ImportKind::Public {
                bytes.int(10, index as i64);
            }
        }
        for (index, import) in imports().enumerate() {
            if import.kind == ImportKind::Weak {
                bytes.int(11, index as i64);
            }
        }
        match tree.syntax {
            Syntax::Proto2 => {}
            Syntax::Proto3 => bytes.string(12, "proto3"),
            Syntax::Edition(year) => {
                bytes.string(12, "editions");
                bytes.int(14, edition_number(year));
            }
        }
        for import in tree.imports.iter().filter(|import| import.kind == ImportKind::Option) {
            bytes.string(15, &import.path.value);
        }
    }

    fn options<'o>(
        &self,
        bytes: &mut Bytes,
        number: u32,
        target: Target,
        scope: &str,
        options: impl Iterator<Item = &'o OptionEntry>,
    ) {
        let mut options = options.peekable();
        if options.peek().is_none() {
            return;
        }
        let node = self.options.node(target, scope, options);
        if !node.is_empty() {
            bytes.message(number, |inner| node.write(inner));
        }
    }

    fn message(&self, bytes: &mut Bytes, scope: &str, tree: &Message) {
        let name = full_name(scope, &tree.name.value);
        let Some(message) = self.set.message_named(&name).map(|id| self.set.message(id)) else {
            return;
        };
        bytes.string(1, &tree.name.value);
        let synthetic = match self.is_proto3 {
            true => message.synthetic_oneofs(),
            false => Vec::new(),
        };
        let mut optionals = 0;
        for (field, linked) in written_fields(tree).zip(&message.fields) {
            let oneof = match self.is_optional(field) {
                true => {
                    optionals += 1;
                    Some(message.oneofs.len() as u32 + optionals - 1)
                }
                false => linked.oneof,
            };
            bytes.message(2, |inner| self.field(inner, &name, field, linked, oneof, None));
        }
        let mut linked = message.fields.iter();
        let mut nested: Vec<(usize, Nested<'_>)> = Vec::new();
        for item in &tree.items {
            match item {
                MessageItem::Field(field) => nested.push(Nested::of_field(field, linked.next())),
                MessageItem::Oneof(oneof) => {
                    for field in &oneof.fields {
                        nested.push(Nested::of_field(field, linked.next()));
                    }
                }
                MessageItem::Message(inner) => nested.push((inner.span.start, Nested::Message(inner))),
                MessageItem::Extend(extend) => nested.push((extend.span.start, Nested::Groups(extend))),
                MessageItem::Enum(_) => {}
            }
        }
        // A map that is written as its entry message has it where that stands.
        nested.sort_by_key(|(start, _)| *start);
        for (_, each) in nested {
            match each {
                Nested::Message(inner) => bytes.message(3, |bytes| self.message(bytes, &name, inner)),
                Nested::Groups(extend) => self.groups(bytes, 3, &name, extend),
                Nested::Field(field, linked) => self.nested(bytes, &name, field, linked),
            }
        }
        for item in &tree.items {
            if let MessageItem::Enum(inner) = item {
                bytes.message(4, |bytes| self.enumeration(bytes, &name, inner));
            }
        }
        let last = if message.is_message_set() {
            i64::from(i32::MAX) - 1
        } else {
            LAST
        };
        for ranges in &tree.extension_ranges {
            for range in &ranges.ranges {
                bytes.message(5, |inner| {
                    inner.int(1, range.start.value);
                    inner.int(2, range.end.unwrap_or(last) + 1);
                    self.options(inner, 3, Target::ExtensionRange, scope, ranges.options.iter());
                });
            }
        }
        let mut extensions = message.extensions.iter();
        for item in &tree.items {
            if let MessageItem::Extend(extend) = item {
                self.extensions(bytes, 6, &name, extend, &mut extensions);
            }
        }
        self.options(bytes, 7, Target::Message, scope, tree.options.iter());
        for item in &tree.items {
            if let MessageItem::Oneof(oneof) = item {
                bytes.message(8, |inner| {
                    inner.string(1, &oneof.name.value);
                    self.options(inner, 2, Target::Oneof, &name, oneof.options.iter());
                });
            }
        }
        for oneof in &synthetic {
            bytes.message(8, |inner| inner.string(1, oneof));
        }
        let ranges: Vec<&WrittenRange> = tree.reserved.iter().flat_map(|reserved| &reserved.ranges).collect();
        for range in ranges {
            bytes.message(9, |inner| {
                inner.int(1, range.start.value);
                inner.int(2, range.end.unwrap_or(last) + 1);
            });
        }
        self.reserved_names(bytes, 10, &message.reserved);
        self.visibility(bytes, 11, tree.visibility);
    }

    fn reserved_names(&self, bytes: &mut Bytes, number: u32, reserved: &Reserved) {
        for (name, _) in &reserved.names {
            bytes.string(number, name);
        }
    }

    fn visibility(&self, bytes: &mut Bytes, number: u32, visibility: Option<Visibility>) {
        match visibility {
            Some(Visibility::Local) => bytes.int(number, 1),
            Some(Visibility::Export) => bytes.int(number, 2),
            None => {}
        }
    }

    /// proto3's `optional`, which stands in a oneof of its own.
    fn is_optional(&self, field: &syntax::Field) -> bool {
        self.is_proto3 && field.label.is_some_and(|label| label.value == WrittenLabel::Optional)
    }

    /// The message of a group, or that of a map's entries.
    fn nested(&self, bytes: &mut Bytes, scope: &str, field: &syntax::Field, linked: Option<&Field>) {
        match (&field.kind, linked) {
            (WrittenType::Group(body), _) => bytes.message(3, |inner| self.message(inner, scope, body)),
            (WrittenType::Map { .. }, Some(linked)) => {
                bytes.message(3, |inner| self.map_entry(inner, scope, field, linked));
            }
            _ => {}
        }
    }

    fn map_entry(&self, bytes: &mut Bytes, scope: &str, written: &syntax::Field, field: &Field) {
        let Kind::Map { key, value } = field.kind else {
            return;
        };
        // Features of the field are those of its keys and values too.
        let is_feature = |option: &&OptionEntry| {
            option
                .name
                .first()
                .is_some_and(|first| !first.is_extension && &*first.name == "features")
        };
        let features = self
            .options
            .node(Target::Field, scope, written.options.iter().filter(is_feature));
        bytes.string(1, &json_name::map_entry(&field.name));
        for (number, name, kind) in [(1, "key", Kind::Scalar(key)), (2, "value", self.value_kind(value))] {
            bytes.message(2, |inner| {
                inner.string(1, name);
                inner.int(3, number);
                inner.int(4, 1);
                self.kind(inner, kind, None);
                if !features.is_empty() {
                    inner.message(8, |options| features.write(options));
                }
                inner.string(10, name);
            });
        }
        bytes.message(7, |inner| inner.bool(7, true));
    }

    fn value_kind(&self, value: MapValue) -> Kind {
        match value {
            MapValue::Scalar(scalar) => Kind::Scalar(scalar),
            MapValue::Message(id) => Kind::Message(id),
            MapValue::Enum(id) => Kind::Enum(id),
        }
    }

    /// Type and type name.
    fn kind(&self, bytes: &mut Bytes, kind: Kind, entry: Option<&str>) {
        let message = |id: MessageId| format!(".{}", self.set.message(id).name);
        let (number, name) = match kind {
            Kind::Scalar(scalar) => (type_number(scalar), None),
            Kind::Enum(id) => (14, Some(format!(".{}", self.set.enumeration(id).name))),
            Kind::Group(id) if !self.is_edition => (10, Some(message(id))),
            Kind::Message(id) | Kind::Group(id) => (11, Some(message(id))),
            Kind::Map { .. } => (11, entry.map(|entry| format!(".{entry}"))),
        };
        bytes.int(5, number);
        if let Some(name) = name {
            bytes.string(6, &name);
        }
    }

    fn field(
        &self,
        bytes: &mut Bytes,
        scope: &str,
        written: &syntax::Field,
        field: &Field,
        oneof: Option<u32>,
        extendee: Option<MessageId>,
    ) {
        bytes.string(1, &field.name);
        if let Some(extendee) = extendee {
            bytes.string(2, &format!(".{}", self.set.message(extendee).name));
        }
        bytes.int(3, i64::from(field.number));
        bytes.int(
            4,
            match field.cardinality {
                Cardinality::Repeated | Cardinality::Map => 3,
                Cardinality::Required if !self.is_edition => 2,
                _ => 1,
            },
        );
        let entry = format!("{scope}.{}", json_name::map_entry(&field.name));
        self.kind(bytes, field.kind, Some(&entry));
        if let Some(default) = &field.default {
            bytes.bytes(7, &default::text(field.kind, default));
        }
        let is_own = |option: &&OptionEntry| {
            let is_named = |name: &str| matches!(&option.name[..], [only] if !only.is_extension && &*only.name == name);
            is_named("default") || is_named("json_name")
        };
        let options = written.options.iter().filter(|option| !is_own(option));
        self.options(bytes, 8, Target::Field, scope, options);
        if let Some(oneof) = oneof {
            bytes.int(9, i64::from(oneof));
        }
        bytes.string(10, &field.json_name);
        if self.is_optional(written) {
            bytes.bool(17, true);
        }
    }

    fn extensions<'e>(
        &self,
        bytes: &mut Bytes,
        number: u32,
        scope: &str,
        tree: &Extend,
        indexes: &mut impl Iterator<Item = &'e u32>,
    ) {
        for field in &tree.fields {
            let Some(extension) = indexes
                .next()
                .and_then(|index| self.set.extensions.get(*index as usize))
            else {
                return;
            };
            bytes.message(number, |inner| {
                self.field(inner, scope, field, &extension.field, None, Some(extension.extendee));
            });
        }
    }

    /// The messages of groups that are extensions.
    fn groups(&self, bytes: &mut Bytes, number: u32, scope: &str, tree: &Extend) {
        for field in &tree.fields {
            if let WrittenType::Group(body) = &field.kind {
                bytes.message(number, |inner| self.message(inner, scope, body));
            }
        }
    }

    fn enumeration(&self, bytes: &mut Bytes, scope: &str, tree: &Enum) {
        bytes.string(1, &tree.name.value);
        for value in &tree.values {
            bytes.message(2, |inner| {
                inner.string(1, &value.name.value);
                inner.int(2, value.number.value);
                self.options(inner, 3, Target::EnumValue, scope, value.options.iter());
            });
        }
        self.options(bytes, 3, Target::Enum, scope, tree.options.iter());
        for range in tree.reserved.iter().flat_map(|reserved| &reserved.ranges) {
            bytes.message(4, |inner| {
                inner.int(1, range.start.value);
                inner.int(2, range.end.unwrap_or(i64::from(i32::MAX)));
            });
        }
        for name in tree.reserved.iter().flat_map(|reserved| &reserved.names) {
            bytes.string(5, &name.value);
        }
        self.visibility(bytes, 6, tree.visibility);
    }

    fn service(&self, bytes: &mut Bytes, scope: &str, tree: &Service, rpcs: &[Rpc], has_block: &impl Fn(Span) -> bool) {
        let name = full_name(scope, &tree.name.value);
        bytes.string(1, &tree.name.value);
        for (rpc, linked) in tree.rpcs.iter().zip(rpcs) {
            bytes.message(2, |inner| {
                inner.string(1, &rpc.name.value);
                inner.string(2, &format!(".{}", self.set.message(linked.request.0).name));
                inner.string(3, &format!(".{}", self.set.message(linked.response.0).name));
                // protoc notes that a method has a block, even if nothing is in it.
                if rpc.options.is_empty() && has_block(rpc.span) {
                    inner.bytes(4, &[]);
                }
                self.options(inner, 4, Target::Method, &name, rpc.options.iter());
                if rpc.client_streaming.is_some() {
                    inner.bool(5, true);
                }
                if rpc.server_streaming.is_some() {
                    inner.bool(6, true);
                }
            });
        }
        self.options(bytes, 3, Target::Service, scope, tree.options.iter());
    }
}

/// The largest number of a field.
const LAST: i64 = 536_870_911;

/// A message's own fields in the order of the text, those of its oneofs among them.
fn written_fields(tree: &Message) -> impl Iterator<Item = &syntax::Field> {
    tree.items.iter().flat_map(|item| match item {
        MessageItem::Field(field) => std::slice::from_ref(field).iter(),
        MessageItem::Oneof(oneof) => oneof.fields.iter(),
        _ => [].iter(),
    })
}

/// The value of google.protobuf.FieldDescriptorProto.Type.
fn type_number(scalar: Scalar) -> i64 {
    match scalar {
        Scalar::Double => 1,
        Scalar::Float => 2,
        Scalar::Int64 => 3,
        Scalar::Uint64 => 4,
        Scalar::Int32 => 5,
        Scalar::Fixed64 => 6,
        Scalar::Fixed32 => 7,
        Scalar::Bool => 8,
        Scalar::String => 9,
        Scalar::Bytes => 12,
        Scalar::Uint32 => 13,
        Scalar::Sfixed32 => 15,
        Scalar::Sfixed64 => 16,
        Scalar::Sint32 => 17,
        Scalar::Sint64 => 18,
    }
}

/// What may be a message within a message.
enum Nested<'a> {
    Message(&'a Message),
    /// Those that extension fields declare.
    Groups(&'a syntax::Extend),
    /// That of a group, or that of a map's entries.
    Field(&'a syntax::Field, Option<&'a Field>),
}

impl<'a> Nested<'a> {
    /// With its place.
    fn of_field(field: &'a syntax::Field, linked: Option<&'a Field>) -> (usize, Nested<'a>) {
        (field.type_span.start, Nested::Field(field, linked))
    }
}
