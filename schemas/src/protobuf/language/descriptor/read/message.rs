//! Messages: entries of maps and bodies of groups go back to the fields that they belong to.

use rustc_hash::FxHashMap;

use super::super::parts::parts;
use super::{NOWHERE, Reader, Reading, Refused, identifier, named, range, spanned, visibility};
use crate::protobuf::language::fold::sets_map_entry;
use crate::protobuf::language::limits::Limits;
use crate::protobuf::language::link::Target;
use crate::protobuf::language::syntax::{
    ExtensionRanges, Field, Message, MessageItem, Name, Oneof, OptionEntry, Reserved, WrittenRange, WrittenType,
};

/// The largest number of a field.
const LAST: i64 = 536_870_911;

/// The largest number of an extension of a message set.
const LAST_OF_SET: i64 = i32::MAX as i64 - 1;

/// A nested message.
pub(super) struct Nested {
    message: Message,
    /// It is the entry of a map.
    is_entry: bool,
}

impl Nested {
    /// A message that is declared as one.
    pub fn into_message(self) -> Option<Message> {
        (!self.is_entry).then_some(self.message)
    }
}

/// Nested messages by full name with a dot in front.
pub(super) struct Index<'a> {
    by_name: FxHashMap<String, usize>,
    nested: &'a mut [Option<Nested>],
}

impl<'a> Index<'a> {
    pub fn new(scope: &str, nested: &'a mut [Option<Nested>]) -> Self {
        let names = nested.iter().enumerate();
        let by_name = names
            .filter_map(|(index, nested)| Some((format!("{scope}.{}", nested.as_ref()?.message.name.value), index)))
            .collect();
        Index { by_name, nested }
    }

    /// The types of key and value, if this is the entry of a map.
    pub fn entry(&self, name: &str) -> Option<(Name, Name)> {
        let nested = self.nested.get(*self.by_name.get(name)?)?.as_ref()?;
        if !nested.is_entry {
            return None;
        }
        let mut types = nested.message.items.iter().filter_map(|item| match item {
            MessageItem::Field(field) => match &field.kind {
                WrittenType::Named(name) => Some((field.number.value, spanned(name.clone()))),
                _ => None,
            },
            _ => None,
        });
        match (types.next()?, types.next()?, types.next()) {
            ((1, key), (2, value), None) => Some((key, value)),
            _ => None,
        }
    }

    /// The body of a group; no two fields have the same.
    pub fn take(&mut self, name: &str) -> Option<Message> {
        let slot = self.nested.get_mut(*self.by_name.get(name)?)?;
        slot.take().and_then(Nested::into_message)
    }
}

/// Statements for what is reserved.
pub(super) fn reserved(ranges: Vec<WrittenRange>, names: Vec<Name>) -> Vec<Reserved> {
    let mut statements = Vec::new();
    if !ranges.is_empty() {
        statements.push(Reserved {
            ranges,
            names: Vec::new(),
            span: NOWHERE,
        });
    }
    if !names.is_empty() {
        statements.push(Reserved {
            ranges: Vec::new(),
            names,
            span: NOWHERE,
        });
    }
    statements
}

impl Reader<'_> {
    /// `scope` is a dot and the full name of what the message stands in; empty at the top of a file without a package.
    pub(super) fn message(&mut self, bytes: &[u8], scope: &str, depth: usize) -> Reading<Nested> {
        if depth > Limits::MAX_DEPTH {
            return Err(Refused::new(format!(
                "messages are nested more than {} levels deep",
                Limits::MAX_DEPTH
            )));
        }
        let parts = parts(bytes)?;
        let mut name = spanned("".into());
        for (number, part) in &parts {
            if *number == 1 {
                name = identifier(*part)?;
            }
        }
        named(&name, "a message")?;
        let inner = format!("{scope}.{}", name.value);
        let mut message = Message {
            visibility: None,
            name,
            span: NOWHERE,
            items: Vec::new(),
            options: Vec::new(),
            reserved: Vec::new(),
            extension_ranges: Vec::new(),
        };
        let (mut fields, mut nested, mut enums, mut extensions, mut oneofs) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut ranges, mut names) = (Vec::new(), Vec::new());
        for (number, part) in &parts {
            match number {
                2 => fields.push(part.bytes()?),
                3 => nested.push(Some(self.message(part.bytes()?, &inner, depth + 1)?)),
                4 => enums.push(MessageItem::Enum(self.enumeration(part.bytes()?)?)),
                5 => message.extension_ranges.push(self.extension_range(part.bytes()?)?),
                6 => extensions.push(part.bytes()?),
                7 => message.options = self.options.entries(Target::Message, part.bytes()?)?,
                8 => oneofs.push(self.oneof(part.bytes()?)?),
                9 => ranges.push(range(part.bytes()?, 1, &[LAST])?),
                10 => names.push(spanned(part.text()?.into())),
                11 => message.visibility = visibility(*part)?,
                _ => {}
            }
        }
        message.reserved = reserved(ranges, names);
        let is_entry = sets_map_entry(&message.options);
        message.items = self.members(&fields, &inner, &mut nested, oneofs)?;
        let extends = self.extends(&extensions, &inner, &mut nested)?;
        let nested = nested.into_iter().flatten().filter_map(Nested::into_message);
        message.items.extend(nested.map(MessageItem::Message));
        message.items.extend(enums);
        message.items.extend(extends.into_iter().map(MessageItem::Extend));
        Ok(Nested { message, is_entry })
    }

    /// Fields, each oneof where its first field is.
    fn members(
        &mut self,
        fields: &[&[u8]],
        scope: &str,
        nested: &mut [Option<Nested>],
        oneofs: Vec<Oneof>,
    ) -> Reading<Vec<MessageItem>> {
        let mut index = Index::new(scope, nested);
        let mut oneofs: Vec<Option<Oneof>> = oneofs.into_iter().map(Some).collect();
        // Where in the items each oneof stands.
        let mut places: FxHashMap<usize, usize> = FxHashMap::default();
        let mut items: Vec<MessageItem> = Vec::new();
        for bytes in fields {
            let (field, about): (Field, _) = self.field(bytes, &mut index)?;
            let Some(number) = about.oneof else {
                items.push(MessageItem::Field(field));
                continue;
            };
            if let Some(MessageItem::Oneof(oneof)) = places.get(&number).and_then(|place| items.get_mut(*place)) {
                oneof.fields.push(field);
                continue;
            }
            let oneof = oneofs.get_mut(number).and_then(Option::take);
            let mut oneof =
                oneof.ok_or_else(|| Refused::new("a field counts a oneof that its message does not have"))?;
            oneof.fields.push(field);
            places.insert(number, items.len());
            items.push(MessageItem::Oneof(oneof));
        }
        Ok(items)
    }

    fn oneof(&mut self, bytes: &[u8]) -> Reading<Oneof> {
        let mut oneof = Oneof {
            name: spanned("".into()),
            fields: Vec::new(),
            options: Vec::new(),
            span: NOWHERE,
        };
        for (number, part) in parts(bytes)? {
            match number {
                1 => oneof.name = identifier(part)?,
                2 => oneof.options = self.options.entries(Target::Oneof, part.bytes()?)?,
                _ => {}
            }
        }
        named(&oneof.name, "a oneof")?;
        Ok(oneof)
    }

    fn extension_range(&mut self, bytes: &[u8]) -> Reading<ExtensionRanges> {
        let mut options: Vec<OptionEntry> = Vec::new();
        for (number, part) in parts(bytes)? {
            if number == 3 {
                options = self.options.entries(Target::ExtensionRange, part.bytes()?)?;
            }
        }
        Ok(ExtensionRanges {
            ranges: vec![range(bytes, 1, &[LAST, LAST_OF_SET])?],
            options,
            span: NOWHERE,
        })
    }
}
