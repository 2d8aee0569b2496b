//! A tree as `.proto` texts. What a syntax does not have is written as the nearest that it has.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::tree::{EXTENSIONS, Enum, Field, Home, Label, Message, Syntax, Tree, Type};

/// Every file with its path, the main one first.
pub fn texts(tree: &Tree) -> Vec<(String, String)> {
    let file = |index: usize| (tree.files[index].path.to_owned(), file(tree, index));
    (0..tree.files.len()).map(file).collect()
}

struct Printer<'t> {
    tree: &'t Tree,
    syntax: Syntax,
    out: String,
}

fn file(tree: &Tree, index: usize) -> String {
    let of = &tree.files[index];
    let mut printer = Printer {
        tree,
        syntax: of.syntax,
        out: String::new(),
    };
    let syntax = match of.syntax {
        Syntax::Proto2 => "syntax = \"proto2\";",
        Syntax::Proto3 => "syntax = \"proto3\";",
        Syntax::Edition2023 => "edition = \"2023\";",
    };
    printer.line(0, syntax);
    if !of.package.is_empty() {
        printer.line(0, &format!("package {};", of.package));
    }
    let mut imports: BTreeSet<String> = BTreeSet::new();
    let main = tree.files.iter().skip(1).filter(|_| index == 0);
    imports.extend(main.map(|file| file.path.to_owned()));
    imports.extend(tree.fields().filter_map(|field| well_known_file(&field.ty)));
    for import in imports {
        printer.line(0, &format!("import \"{import}\";"));
    }
    printer.types(Home::File(index), 0, &BTreeSet::new());
    if of.syntax != Syntax::Proto3 {
        for extension in tree.extensions.iter().filter(|extension| extension.file == index) {
            printer.line(0, &format!("extend {} {{", tree.name_of(extension.extendee)));
            printer.field(&extension.field, 1);
            printer.line(0, "}");
        }
    }
    printer.out
}

fn well_known_file(ty: &Type) -> Option<String> {
    match ty {
        Type::WellKnown(name) => {
            let file = match *name {
                "Timestamp" => "timestamp",
                "Duration" => "duration",
                "Struct" | "Value" => "struct",
                _ => "wrappers",
            };
            Some(format!("google/protobuf/{file}.proto"))
        }
        Type::Map(_, value) => well_known_file(value),
        _ => None,
    }
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{:1$}{text}", "", 2 * depth);
    }

    /// The types that are declared here, without those that are the bodies of groups.
    fn types(&mut self, home: Home, depth: usize, groups: &BTreeSet<usize>) {
        let tree = self.tree;
        for (id, message) in &tree.messages {
            if message.home == home && !groups.contains(id) {
                self.line(depth, &format!("message {} {{", message.name));
                self.body(*id, message, depth + 1);
                self.line(depth, "}");
            }
        }
        for of in tree.enums.values().filter(|of| of.home == home) {
            self.enumeration(of, depth);
        }
    }

    fn body(&mut self, id: usize, message: &Message, depth: usize) {
        let groups = self.groups(id, message);
        let mut printed: BTreeSet<&str> = BTreeSet::new();
        for field in &message.fields {
            match oneof(field) {
                None => self.member(field, &groups, depth),
                Some(oneof) if printed.insert(oneof) => {
                    self.line(depth, &format!("oneof {oneof} {{"));
                    let members = message.fields.iter().filter(|field| self::oneof(field) == Some(oneof));
                    for member in members {
                        self.member(member, &groups, depth + 1);
                    }
                    self.line(depth, "}");
                }
                Some(_) => {}
            }
        }
        for number in &message.reserved {
            self.line(depth, &format!("reserved {number};"));
        }
        if message.is_extensible && self.syntax != Syntax::Proto3 {
            self.line(
                depth,
                &format!("extensions {} to {};", EXTENSIONS.start(), EXTENSIONS.end()),
            );
        }
        self.types(Home::Message(id), depth, &groups.iter().map(|(_, id)| *id).collect());
    }

    /// The fields of a message that declare a group, with its type.
    fn groups(&self, id: usize, message: &Message) -> BTreeSet<(i32, usize)> {
        let mut groups: BTreeSet<(i32, usize)> = BTreeSet::new();
        if self.syntax != Syntax::Proto2 {
            return groups;
        }
        for field in message.fields.iter().filter(|field| field.is_delimited) {
            if let Type::Message(body) = field.ty
                && self
                    .tree
                    .messages
                    .get(&body)
                    .is_some_and(|of| of.home == Home::Message(id))
                && !groups.iter().any(|(_, other)| *other == body)
            {
                groups.insert((field.number, body));
            }
        }
        groups
    }

    fn member(&mut self, field: &Field, groups: &BTreeSet<(i32, usize)>, depth: usize) {
        let group = groups
            .iter()
            .find(|(number, body)| *number == field.number && Type::Message(*body) == field.ty);
        match group.and_then(|(_, body)| Some((*body, self.tree.messages.get(body)?))) {
            Some((id, body)) => {
                let label = self.label(field);
                self.line(depth, &format!("{label}group {} = {} {{", body.name, field.number));
                self.body(id, body, depth + 1);
                self.line(depth, "}");
            }
            None => self.field(field, depth),
        }
    }

    fn field(&mut self, field: &Field, depth: usize) {
        let (label, ty) = (self.label(field), self.named(&field.ty));
        let options = self.options(field);
        let options = match options.is_empty() {
            true => String::new(),
            false => format!(" [{}]", options.join(", ")),
        };
        self.line(
            depth,
            &format!("{label}{ty} {} = {}{options};", field.name, field.number),
        );
    }

    fn label(&self, field: &Field) -> &'static str {
        if oneof(field).is_some() || matches!(field.ty, Type::Map(..)) {
            return "";
        }
        match (self.syntax, field.label) {
            (_, Label::Repeated) => "repeated ",
            (Syntax::Proto2, Label::Required) => "required ",
            (Syntax::Proto2, _) | (Syntax::Proto3, Label::Optional) => "optional ",
            _ => "",
        }
    }

    fn named(&self, ty: &Type) -> String {
        match ty {
            Type::Scalar(name) => (*name).to_owned(),
            Type::Message(id) | Type::Enum(id) => self.tree.name_of(*id),
            Type::Map(key, value) => format!("map<{key}, {}>", self.named(value)),
            Type::WellKnown(name) => format!(".google.protobuf.{name}"),
        }
    }

    fn options(&self, field: &Field) -> Vec<String> {
        let mut options = Vec::new();
        let is_map = matches!(field.ty, Type::Map(..));
        let is_many = field.label == Label::Repeated || is_map;
        let is_message = matches!(field.ty, Type::Message(_) | Type::WellKnown(_));
        let editions = self.syntax == Syntax::Edition2023;
        let is_implicit = match self.syntax {
            Syntax::Proto2 => false,
            Syntax::Proto3 => field.label == Label::Plain && oneof(field).is_none() && !is_message,
            Syntax::Edition2023 => {
                let is_open =
                    !matches!(field.ty, Type::Enum(id) if self.tree.enums.get(&id).is_none_or(|of| of.is_closed));
                field.label == Label::Plain && oneof(field).is_none() && !is_message && !is_map && is_open
            }
        };
        if editions && is_implicit {
            options.push("features.field_presence = IMPLICIT".into());
        }
        if editions && field.label == Label::Required && oneof(field).is_none() && !is_map {
            options.push("features.field_presence = LEGACY_REQUIRED".into());
        }
        let is_packable = match &field.ty {
            Type::Scalar(name) => !matches!(*name, "string" | "bytes"),
            Type::Enum(_) => true,
            _ => false,
        };
        if let (Some(packed), Label::Repeated, true) = (field.packed, field.label, is_packable) {
            options.push(match (editions, packed) {
                (true, true) => "features.repeated_field_encoding = PACKED".into(),
                (true, false) => "features.repeated_field_encoding = EXPANDED".into(),
                (false, packed) => format!("packed = {packed}"),
            });
        }
        if editions && field.is_unchecked && has_text(&field.ty) {
            options.push("features.utf8_validation = NONE".into());
        }
        if editions && field.is_delimited && is_message {
            options.push("features.message_encoding = DELIMITED".into());
        }
        let takes_default = self.syntax != Syntax::Proto3 && !is_many && !is_implicit;
        if let (Some(which), true) = (field.default, takes_default)
            && let Some(default) = self.default(&field.ty, which)
        {
            options.push(format!("default = {default}"));
        }
        if let Some(name) = &field.json_name {
            options.push(format!("json_name = \"{name}\""));
        }
        options
    }

    fn default(&self, ty: &Type, which: usize) -> Option<String> {
        let of: &[&str] = match ty {
            Type::Scalar("string") => &["\"\"", "\"x\"", "\"é\""],
            Type::Scalar("bytes") => &["\"\"", "\"x\"", "\"\\377\""],
            Type::Scalar("bool") => &["false", "true"],
            Type::Scalar("float" | "double") => &["0", "1.5", "-0.0", "inf", "nan"],
            Type::Scalar(_) => &["0", "7", "8"],
            Type::Enum(id) => {
                let values = &self.tree.enums.get(id)?.values;
                return Some(values.get(which % values.len().max(1))?.0.clone());
            }
            _ => return None,
        };
        Some(of[which % of.len()].to_owned())
    }

    fn enumeration(&mut self, of: &Enum, depth: usize) {
        let is_open = match self.syntax {
            Syntax::Proto2 => false,
            Syntax::Proto3 => true,
            Syntax::Edition2023 => !of.is_closed,
        };
        self.line(depth, &format!("enum {} {{", of.name));
        if self.syntax == Syntax::Edition2023 && of.is_closed {
            self.line(depth + 1, "option features.enum_type = CLOSED;");
        }
        let numbers: BTreeSet<i32> = of.values.iter().map(|(_, number)| *number).collect();
        if numbers.len() < of.values.len() {
            self.line(depth + 1, "option allow_alias = true;");
        }
        let mut values = of.values.clone();
        if is_open && values.first().is_none_or(|(_, number)| *number != 0) {
            match values.iter().position(|(_, number)| *number == 0) {
                Some(zero) => values.swap(0, zero),
                None => values.insert(0, (format!("{}_NONE", of.name.to_uppercase()), 0)),
            }
        }
        for (name, number) in values {
            self.line(depth + 1, &format!("{name} = {number};"));
        }
        self.line(depth, "}");
    }
}

/// The oneof that a field is printed in.
fn oneof(field: &Field) -> Option<&str> {
    match (field.label, &field.ty) {
        (Label::Repeated, _) | (_, Type::Map(..)) => None,
        _ => field.oneof.as_deref(),
    }
}

fn has_text(ty: &Type) -> bool {
    match ty {
        Type::Scalar(name) => *name == "string",
        Type::Map(key, value) => *key == "string" || has_text(value),
        _ => false,
    }
}
