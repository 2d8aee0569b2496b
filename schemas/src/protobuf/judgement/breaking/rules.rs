//! The 64 breaking rules of buf 1.75, and one that only keeps its name: a row each.

use super::category::{Category, Version};
use super::concern::Concern;
use crate::finding::Rule;

/// What is known of a rule of buf.
struct Row {
    rule: &'static Rule,
    /// The categories that have it, by the newest version of the configuration.
    categories: &'static [Category],
    /// What it guards.
    concern: Concern,
    /// The version of the configuration that added it.
    since: Version,
    /// The categories that the first version had it in, where that is not what later versions say.
    v1beta1: Option<&'static [Category]>,
}

/// Declares a rule by each row: `NAME: [categories], what it guards`, and where it applies `since VERSION` (all versions) and
/// `v1beta1 [categories]`.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident: [$($category:ident),*], $concern:ident
        $(, since $since:ident)? $(, v1beta1 [$($first:ident),*])?;)*) => {
        $crate::declare_rules! { "buf": $($(#[$doc])* $name = stringify!($name);)* }

        static ROWS: &[Row] = &[$({
            #[allow(unused_mut)] // Most rows are like this.
            let mut row = Row {
                rule: &$name,
                categories: &[$(Category::$category),*],
                concern: Concern::$concern,
                since: Version::V1Beta1,
                v1beta1: None,
            };
            $(row.since = Version::$since;)?
            $(row.v1beta1 = Some(&[$(Category::$first),*]);)?
            row
        }),*];
    };
}

rows! {
    /// An enum is gone from its file.
    ENUM_NO_DELETE: [File, Csr], Values;
    /// An enum is no longer sure to have a ProtoJSON form.
    ENUM_SAME_JSON_FORMAT: [File, Package, WireJson, Csr], Promise;
    /// An enum was open and is closed, or the other way round.
    ENUM_SAME_TYPE: [File, Package], Values;
    /// A number of an enum is gone.
    ENUM_VALUE_NO_DELETE: [File, Package, Csr], Values;
    /// A number of an enum is gone, and its names are free to be used again.
    ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED: [WireJson, Csr], Values;
    /// A number of an enum is gone and free to be used again.
    ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED: [WireJson, Wire, Csr], Values;
    /// A number of an enum has lost a name.
    ENUM_VALUE_SAME_NAME: [File, Package, WireJson, Csr], Values;
    /// A message no longer takes extensions with some numbers.
    EXTENSION_MESSAGE_NO_DELETE: [File, Package, Csr], Future;
    /// An extension is gone from its file.
    EXTENSION_NO_DELETE: [File], Deletion, since V2;
    /// A field is gone from its message.
    FIELD_NO_DELETE: [File, Package, Csr], Deletion;
    /// A field is gone, and its name is free to be used again.
    FIELD_NO_DELETE_UNLESS_NAME_RESERVED: [WireJson, Csr], Deletion;
    /// A field is gone, and its number is free to be used again.
    FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED: [WireJson, Wire, Csr], Deletion;
    /// A field occurs otherwise often, or its absence can be seen otherwise.
    FIELD_SAME_CARDINALITY: [File, Package], Cardinality, v1beta1 [File, Package, WireJson, Wire];
    /// C++ gives a text another type.
    FIELD_SAME_CPP_STRING_TYPE: [File, Package], Code;
    /// A field reads as another value where nothing was sent.
    FIELD_SAME_DEFAULT: [File, Package, WireJson, Wire, Csr], Default, since V2;
    /// Java checks whether a text is UTF-8, or no longer does.
    FIELD_SAME_JAVA_UTF8_VALIDATION: [File, Package], Java;
    /// A field is called otherwise in ProtoJSON.
    FIELD_SAME_JSON_NAME: [File, Package, WireJson, Csr], Name;
    /// JavaScript gives a 64-bit number another type.
    FIELD_SAME_JSTYPE: [File, Package], Code;
    /// A field is called otherwise.
    FIELD_SAME_NAME: [File, Package, WireJson, Csr], Name;
    /// A field moved into a oneof, out of one, or into another.
    FIELD_SAME_ONEOF: [File, Package, WireJson, Wire, Csr], Oneof;
    /// A field holds another type.
    FIELD_SAME_TYPE: [File, Package, Csr], Type, v1beta1 [File, Package, WireJson, Wire];
    /// Readers check whether a text is UTF-8, or no longer do.
    FIELD_SAME_UTF8_VALIDATION: [File, Package], Text;
    /// The wire has a field otherwise often.
    FIELD_WIRE_COMPATIBLE_CARDINALITY: [Wire], Cardinality;
    /// The wire has another type.
    FIELD_WIRE_COMPATIBLE_TYPE: [Wire], Type, since V1;
    /// The wire or ProtoJSON has a field otherwise often.
    FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY: [WireJson, Csr], Cardinality;
    /// The wire or ProtoJSON has another type.
    FIELD_WIRE_JSON_COMPATIBLE_TYPE: [WireJson, Csr], Type, since V1;
    /// A file is gone.
    FILE_NO_DELETE: [File, Csr], Message;
    /// A file has another `cc_enable_arenas`.
    FILE_SAME_CC_ENABLE_ARENAS: [File, Package], Code;
    /// A file has another `cc_generic_services`.
    FILE_SAME_CC_GENERIC_SERVICES: [File, Package], Code;
    /// A file has another `csharp_namespace`.
    FILE_SAME_CSHARP_NAMESPACE: [File, Package], Code;
    /// A file has another `go_package`.
    FILE_SAME_GO_PACKAGE: [File, Package], Code;
    /// A file has another `java_generic_services`.
    FILE_SAME_JAVA_GENERIC_SERVICES: [File, Package], Code;
    /// A file has another `java_multiple_files`.
    FILE_SAME_JAVA_MULTIPLE_FILES: [File, Package], Code;
    /// A file has another `java_outer_classname`.
    FILE_SAME_JAVA_OUTER_CLASSNAME: [File, Package], Code;
    /// A file has another `java_package`.
    FILE_SAME_JAVA_PACKAGE: [File, Package], Code;
    /// A file has another `objc_class_prefix`.
    FILE_SAME_OBJC_CLASS_PREFIX: [File, Package], Code;
    /// A file has another `optimize_for`.
    FILE_SAME_OPTIMIZE_FOR: [File, Package], Code;
    /// A file is in another package.
    FILE_SAME_PACKAGE: [File, Package, WireJson, Wire, Csr], Package, v1beta1 [File];
    /// A file has another `php_class_prefix`.
    FILE_SAME_PHP_CLASS_PREFIX: [File, Package], Code;
    /// A file has another `php_metadata_namespace`.
    FILE_SAME_PHP_METADATA_NAMESPACE: [File, Package], Code;
    /// A file has another `php_namespace`.
    FILE_SAME_PHP_NAMESPACE: [File, Package], Code;
    /// A file has another `py_generic_services`.
    FILE_SAME_PY_GENERIC_SERVICES: [File, Package], Code;
    /// A file has another `ruby_package`.
    FILE_SAME_RUBY_PACKAGE: [File, Package], Code;
    /// A file has another `swift_prefix`.
    FILE_SAME_SWIFT_PREFIX: [File, Package], Code;
    /// A file is written in another syntax.
    FILE_SAME_SYNTAX: [File, Package, Csr], Syntax;
    /// A message is gone from its file.
    MESSAGE_NO_DELETE: [File, Csr], Message;
    /// A message gives up its accessor for its descriptor.
    MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR: [File, Package, Csr], Code;
    /// A message is no longer sure to have a ProtoJSON form.
    MESSAGE_SAME_JSON_FORMAT: [File, Package, WireJson, Csr], Promise;
    /// Deprecated, and never found: a message is written as a message set.
    MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT: [], Code;
    /// A required field was added or is gone.
    MESSAGE_SAME_REQUIRED_FIELDS: [File, Package, WireJson, Wire, Csr], Required;
    /// A oneof is gone from its message.
    ONEOF_NO_DELETE: [File, Package, Csr], Oneof;
    /// An enum is gone from its package.
    PACKAGE_ENUM_NO_DELETE: [Package], Values;
    /// An extension is gone from its package.
    PACKAGE_EXTENSION_NO_DELETE: [Package], Deletion, since V2;
    /// A message is gone from its package.
    PACKAGE_MESSAGE_NO_DELETE: [Package], Message;
    /// A package is gone.
    PACKAGE_NO_DELETE: [Package], Message;
    /// A service is gone from its package.
    PACKAGE_SERVICE_NO_DELETE: [Package], Service;
    /// An enum no longer reserves a number or a name.
    RESERVED_ENUM_NO_DELETE: [File, Package, WireJson, Wire, Csr], Future;
    /// A message no longer reserves a number or a name.
    RESERVED_MESSAGE_NO_DELETE: [File, Package, WireJson, Wire, Csr], Future;
    /// A method is gone from its service.
    RPC_NO_DELETE: [File, Package], Service;
    /// A method takes a stream, or no longer does.
    RPC_SAME_CLIENT_STREAMING: [File, Package, WireJson, Wire, Csr], Service;
    /// Whether a call may be repeated is said otherwise.
    RPC_SAME_IDEMPOTENCY_LEVEL: [File, Package, WireJson, Wire, Csr], Service;
    /// A method takes another message.
    RPC_SAME_REQUEST_TYPE: [File, Package, WireJson, Wire, Csr], Call;
    /// A method gives another message.
    RPC_SAME_RESPONSE_TYPE: [File, Package, WireJson, Wire, Csr], Call;
    /// A method gives a stream, or no longer does.
    RPC_SAME_SERVER_STREAMING: [File, Package, WireJson, Wire, Csr], Service;
    /// A service is gone from its file.
    SERVICE_NO_DELETE: [File], Service;
}

/// Names that only old versions know, and what they stand for since then.
static REPLACED: [(&str, &[&Rule]); 5] = [
    ("FIELD_SAME_CTYPE", &[&FIELD_SAME_CPP_STRING_TYPE]),
    (
        "FIELD_SAME_LABEL",
        &[
            &FIELD_SAME_CARDINALITY,
            &FIELD_WIRE_COMPATIBLE_CARDINALITY,
            &FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY,
        ],
    ),
    ("FILE_SAME_JAVA_STRING_CHECK_UTF8", &[&FIELD_SAME_JAVA_UTF8_VALIDATION]),
    ("FILE_SAME_PHP_GENERIC_SERVICES", &[]),
    ("MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT", &[]),
];

/// The rule of this id, without `buf/` in front.
pub fn named(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| bare(rule) == id)
}

/// The id as buf's configuration spells it.
pub fn bare(rule: &Rule) -> &'static str {
    rule.id.strip_prefix("buf/").unwrap_or(rule.id)
}

/// What is known of a rule; of one that is not buf's, nothing.
fn row(rule: &Rule) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.rule.id == rule.id)
}

/// The categories of a rule, by a version of the configuration.
pub fn categories(rule: &Rule, version: Version) -> Vec<Category> {
    let Some(row) = row(rule).filter(|row| row.since <= version) else {
        return Vec::new();
    };
    match (version, row.v1beta1) {
        (Version::V2, _) => row.categories.to_vec(),
        (Version::V1Beta1, Some(first)) => first.to_vec(),
        (Version::V1 | Version::V1Beta1, _) => {
            let known = row.categories.iter().filter(|category| **category != Category::Csr);
            known.copied().collect()
        }
    }
}

/// What a rule guards; of a rule that is not buf's, [`Concern::Code`].
pub fn concern(rule: &Rule) -> Concern {
    row(rule).map_or(Concern::Code, |row| row.concern)
}

/// The rules of a category, in alphabetical order.
pub fn of(category: Category, version: Version) -> impl Iterator<Item = &'static Rule> {
    ALL.iter()
        .copied()
        .filter(move |rule| categories(rule, version).contains(&category))
}

/// Whether a version of the configuration knows a rule.
pub(super) fn exists(rule: &Rule, version: Version) -> bool {
    row(rule).is_some_and(|row| row.since <= version)
}

/// The rules that replaced the one that old versions have under this name.
pub(super) fn replacements(name: &str) -> Option<&'static [&'static Rule]> {
    REPLACED.iter().find(|(old, _)| *old == name).map(|(_, rules)| *rules)
}
