//! Standard options that only some fields and messages may have.

use super::{flag, is_named};
use crate::protobuf::language::link::{Linker, features};
use crate::protobuf::language::schema::{Cardinality, Field, FileId, Kind, Scalar};
use crate::protobuf::language::syntax::{self, Message, MessageItem, OptionEntry, OptionValue, Syntax};
use crate::text::source::Span;

/// What a feature is set to here, and where.
fn feature<'a>(options: &'a [OptionEntry], wanted: &str) -> Option<(&'a str, Span)> {
    let word = |value: &'a OptionValue| features::word(wanted, value);
    options
        .iter()
        .find_map(|option| match (&option.name[..], &option.value) {
            ([first, second], value)
                if &*first.name == "features" && &*second.name == wanted && !first.is_extension =>
            {
                Some((word(value)?, option.span))
            }
            ([first], OptionValue::Aggregate(fields)) if &*first.name == "features" && !first.is_extension => {
                let field = fields
                    .iter()
                    .find(|field| &*field.name == wanted && !field.is_bracketed)?;
                Some((word(&field.value)?, option.span))
            }
            _ => None,
        })
}

impl Linker {
    /// Options that ask for a type or a label.
    pub(in crate::protobuf::language::link) fn check_field_options(
        &mut self,
        file: FileId,
        written: &syntax::Field,
        field: &Field,
        is_extension: bool,
    ) {
        let options = &written.options;
        if options.is_empty() {
            return;
        }
        let is_packable = field.kind.is_packable();
        let is_repeated = field.cardinality == Cardinality::Repeated;
        let is_message = matches!(field.kind, Kind::Message(_) | Kind::Group(_));
        for option in options {
            let is_set = option.value == OptionValue::Identifier("true".into());
            if is_named(option, "packed") {
                if let Syntax::Edition(edition) = self.set.file(file).syntax {
                    let message = format!("edition {edition} has no option `packed`");
                    let help = "use `features.repeated_field_encoding = PACKED`, which is the default".to_owned();
                    self.problem(file, option.span, message, help);
                } else if is_set && !(is_repeated && is_packable) {
                    let message = "only repeated numbers, bools and enums can be packed";
                    self.problem(file, option.span, message, "leave it out".to_owned());
                }
            }
            if is_set && !is_message && (is_named(option, "lazy") || is_named(option, "unverified_lazy")) {
                let message = format!("only message fields can be `{}`", option.name[0].name);
                self.problem(file, option.span, message, "leave it out".to_owned());
            }
            if is_named(option, "ctype")
                && let Syntax::Edition(edition @ 2024..) = self.set.file(file).syntax
            {
                let message = format!("edition {edition} has no option `ctype`");
                let help = "use `features.(pb.cpp).string_type`".to_owned();
                self.problem(file, option.span, message, help);
            }
            let is_normal = option.value == OptionValue::Identifier("JS_NORMAL".into());
            if is_named(option, "jstype") && !is_normal && !has_64_bits(field.kind) {
                let message = "`jstype` is for whole numbers of 64 bits";
                self.problem(file, option.span, message, "leave it out".to_owned());
            }
        }
        if let Some((presence, span)) = feature(options, "field_presence") {
            let reason = match field.cardinality {
                Cardinality::Repeated | Cardinality::Map => Some("a repeated field has no presence"),
                _ if field.oneof.is_some() => Some("the presence of a oneof's field is that of its case"),
                _ if is_extension && presence != "EXPLICIT" => Some("the presence of an extension is always explicit"),
                _ if is_message && presence == "IMPLICIT" => Some("the presence of a message is never implicit"),
                _ => None,
            };
            self.refuse_feature(file, span, reason);
        }
        if let Some((encoding, span)) = feature(options, "repeated_field_encoding") {
            let reason = match (is_repeated, is_packable) {
                (false, _) => Some("only repeated fields have an encoding of their elements"),
                (true, false) if encoding == "PACKED" => Some("only numbers, bools and enums can be packed"),
                _ => None,
            };
            self.refuse_feature(file, span, reason);
        }
        if let Some((_, span)) = feature(options, "utf8_validation") {
            let has_text = super::super::field::has_text(field.kind);
            self.refuse_feature(
                file,
                span,
                (!has_text).then_some("only strings can be checked for UTF-8"),
            );
        }
        if let Some((_, span)) = feature(options, "message_encoding") {
            self.refuse_feature(
                file,
                span,
                (!is_message).then_some("only message fields have a message encoding"),
            );
        }
    }

    fn refuse_feature(&mut self, file: FileId, span: Span, reason: Option<&str>) {
        if let Some(reason) = reason {
            self.problem(file, span, reason, "leave the feature out".to_owned());
        }
    }

    /// Options of messages that ask for something else in them.
    pub(in crate::protobuf::language::link) fn check_message_options(&mut self, file: FileId, tree: &Message) {
        if let Some(option) = tree.options.iter().find(|option| is_named(option, "map_entry")) {
            let message = "`map_entry` is set by the compiler alone";
            self.problem(file, option.span, message, "write map<Key, Value>".to_owned());
        }
        if !flag(&tree.options, "message_set_wire_format") {
            return;
        }
        let span = tree
            .options
            .iter()
            .find(|option| is_named(option, "message_set_wire_format"));
        let span = span.map_or(tree.name.span, |option| option.span);
        let has_fields = tree
            .items
            .iter()
            .any(|item| matches!(item, MessageItem::Field(_) | MessageItem::Oneof(_)));
        let reason = match self.set.file(file).syntax {
            Syntax::Proto3 => "proto3 has no message sets",
            _ if has_fields => "a message set has extensions alone, no fields",
            _ => return,
        };
        self.problem(file, span, reason, None);
    }

    /// What a file cannot make the default for all that is in it.
    pub(in crate::protobuf::language::link) fn check_file_options(&mut self, file: FileId, tree: &syntax::File) {
        if let Some(("LEGACY_REQUIRED", span)) = feature(&tree.options, "field_presence") {
            let message = "required fields cannot be the default";
            self.problem(file, span, message, "set it on each field that is required".to_owned());
        }
        if is_lite(&self.set.file(file).options) {
            return;
        }
        let lite = self
            .set
            .file(file)
            .imports
            .iter()
            .find(|(import, _, _)| is_lite(&self.set.file(*import).options));
        if let Some((import, _, span)) = lite.copied() {
            let message = format!(
                "`{}` is for the lite runtime, and this file is not",
                self.set.file(import).path
            );
            let help = "only files with `option optimize_for = LITE_RUNTIME;` can import it".to_owned();
            self.problem(file, span, message, help);
        }
    }
}

fn is_lite(options: &crate::protobuf::language::schema::Options) -> bool {
    options
        .get("optimize_for")
        .is_some_and(|option| &*option.value == "LITE_RUNTIME")
}

fn has_64_bits(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Scalar(Scalar::Int64 | Scalar::Uint64 | Scalar::Sint64 | Scalar::Fixed64 | Scalar::Sfixed64)
    )
}
