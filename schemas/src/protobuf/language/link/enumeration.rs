//! Enums: they name nothing else, so declaring them says everything.

use rustc_hash::FxHashMap;

use super::declare::Scope;
use super::scope::{Meaning, Symbol};
use super::{Linker, numbers, options};
use crate::protobuf::language::schema::{Enum, EnumId, EnumValue, JsonFormat, TypeId};
use crate::protobuf::language::syntax;

impl Linker {
    pub(super) fn declare_enum(&mut self, scope_name: &str, scope: Scope, tree: &syntax::Enum) {
        let id = EnumId(self.set.enums.len() as u32);
        let name = self.full_name(scope_name, &tree.name.value, scope.file, tree.name.span);
        let meaning = Meaning::Type(TypeId::Enum(id));
        match scope.parent {
            None => {
                self.define(name.clone(), meaning, scope.file, tree.name.span);
                for value in &tree.values {
                    let name = self.full_name(scope_name, &value.name.value, scope.file, value.name.span);
                    self.define(name, Meaning::Value, scope.file, value.name.span);
                }
                self.set.files[scope.file.0 as usize].enums.push(id);
            }
            Some(parent) => {
                let symbol = Symbol {
                    meaning,
                    file: scope.file,
                    span: tree.name.span,
                };
                let _ = self.symbols.define(name.clone(), symbol);
                self.set.messages[parent.0 as usize].enums.push(id);
            }
        }
        let is_free = scope.parent.is_some_and(|parent| {
            let ranges = &self.set.message(parent).reserved.ranges;
            ranges
                .iter()
                .any(|(range, _)| range.start == 1 && range.end >= numbers::LAST)
        });
        self.declare_visibility(scope, TypeId::Enum(id), tree.visibility, &tree.name, is_free);
        let features = scope.features.with(&tree.options);
        let values = tree.values.iter().map(|value| EnumValue {
            name: value.name.value.clone(),
            number: i32::try_from(value.number.value).unwrap_or_default(),
            options: options::kept(&value.options),
            span: value.span,
            name_span: value.name.span,
            number_span: value.number.span,
        });
        let enumeration = Enum {
            name,
            file: scope.file,
            parent: scope.parent,
            is_open: features.is_open,
            is_projected: false,
            values: values.collect(),
            reserved: self.reserved(scope.file, &tree.reserved, i32::MIN..=i32::MAX, i32::MAX),
            json_format: features.json_format,
            options: options::kept(&tree.options),
            span: tree.span,
            name_span: tree.name.span,
        };
        self.check_numbers(scope, tree, &enumeration);
        self.check_names(scope, tree, &enumeration);
        self.set.enums.push(enumeration);
    }

    fn check_numbers(&mut self, scope: Scope, tree: &syntax::Enum, enumeration: &Enum) {
        let allows_alias = options::flag(&tree.options, "allow_alias");
        let ranges = numbers::Sorted::new(&enumeration.reserved.ranges);
        let mut taken: FxHashMap<i64, usize> = FxHashMap::default();
        let mut has_alias = false;
        for (index, value) in tree.values.iter().enumerate() {
            let number = value.number.value;
            let span = value.number.span;
            if i32::try_from(number).is_err() {
                let message = format!("the number of `{}` does not fit into 32 bits", value.name.value);
                let help = format!("numbers of enums go from {} to {}", i32::MIN, i32::MAX);
                self.problem(scope.file, span, message, help);
                continue;
            }
            if index == 0 && number != 0 && enumeration.is_open {
                let message = format!(
                    "the first value of `{}` has the number {number}, not 0",
                    tree.name.value
                );
                let help = "the first value of an open enum is what readers see when the field is absent; begin with \
                            one like `UNSPECIFIED = 0`";
                self.problem(scope.file, span, message, help.to_owned());
            }
            if let Some(earlier) = taken.insert(number, index) {
                taken.insert(number, earlier);
                has_alias = true;
                if !allows_alias {
                    let message = format!(
                        "the number {number} is that of `{}` already",
                        tree.values[earlier].name.value
                    );
                    let help = "give it another number; for a second name of one value, the enum needs `option \
                                allow_alias = true;`";
                    self.problem(scope.file, span, message, help.to_owned());
                }
            }
            if let Some(range) = i32::try_from(number).ok().and_then(|number| ranges.find(number)) {
                let message = format!("`{}` has the reserved number {number}", value.name.value);
                let help = format!("it is reserved at {}", self.place(scope.file, range));
                self.problem(scope.file, span, message, help);
            }
        }
        let option = tree
            .options
            .iter()
            .find(|option| options::is_named(option, "allow_alias"));
        if let Some(option) = option.filter(|_| !allows_alias) {
            let message = "`allow_alias = false` is what holds anyway";
            self.problem(scope.file, option.span, message, "leave it out".to_owned());
        }
        if allows_alias
            && !has_alias
            && let Some(option) = tree
                .options
                .iter()
                .find(|option| options::is_named(option, "allow_alias"))
        {
            let message = format!("no two values of `{}` have one number", tree.name.value);
            self.problem(scope.file, option.span, message, "leave `allow_alias` out".to_owned());
        }
    }

    fn check_names(&mut self, scope: Scope, tree: &syntax::Enum, enumeration: &Enum) {
        let reserved: FxHashMap<&str, _> = enumeration
            .reserved
            .names
            .iter()
            .map(|(name, span)| (&**name, *span))
            .collect();
        // ProtoJSON readers ignore case and the prefix that repeats the enum's name.
        let strict = enumeration.json_format == JsonFormat::Allow
            && !options::flag(&tree.options, "deprecated_legacy_json_field_conflicts");
        let mut alike: FxHashMap<String, usize> = FxHashMap::default();
        for (index, value) in tree.values.iter().enumerate() {
            let name = &*value.name.value;
            if let Some(span) = reserved.get(name) {
                let message = format!("the name `{name}` is reserved");
                let help = format!("it is reserved at {}", self.place(scope.file, *span));
                self.problem(scope.file, value.name.span, message, help);
            }
            if !strict {
                continue;
            }
            let key = super::json_name::of_enum_value(name, &tree.name.value);
            let earlier = *alike.entry(key).or_insert(index);
            let other = &tree.values[earlier];
            if earlier != index && other.number.value != value.number.value && other.name.value != value.name.value {
                let message = format!(
                    "`{name}` and `{}` are the same name without case and the prefix of the enum's name",
                    other.name.value
                );
                let help = "some languages and JSON readers could not tell them apart; rename one".to_owned();
                self.problem(scope.file, value.name.span, message, help);
            }
        }
    }
}
