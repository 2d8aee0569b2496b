//! The 64 breaking rules of buf 1.75, and one that only keeps its name; which category has which.

use super::category::{Category, Version};
use crate::finding::Rule;

crate::declare_rules! {
    "buf":
    /// An enum is gone from its file.
    ENUM_NO_DELETE = "ENUM_NO_DELETE";
    /// An enum is no longer sure to have a ProtoJSON form.
    ENUM_SAME_JSON_FORMAT = "ENUM_SAME_JSON_FORMAT";
    /// An enum was open and is closed, or the other way round.
    ENUM_SAME_TYPE = "ENUM_SAME_TYPE";
    /// A number of an enum is gone.
    ENUM_VALUE_NO_DELETE = "ENUM_VALUE_NO_DELETE";
    /// A number of an enum is gone, and its names are free to be used again.
    ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED = "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED";
    /// A number of an enum is gone and free to be used again.
    ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED = "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED";
    /// A number of an enum has lost a name.
    ENUM_VALUE_SAME_NAME = "ENUM_VALUE_SAME_NAME";
    /// A message no longer takes extensions with some numbers.
    EXTENSION_MESSAGE_NO_DELETE = "EXTENSION_MESSAGE_NO_DELETE";
    /// An extension is gone from its file.
    EXTENSION_NO_DELETE = "EXTENSION_NO_DELETE";
    /// A field is gone from its message.
    FIELD_NO_DELETE = "FIELD_NO_DELETE";
    /// A field is gone, and its name is free to be used again.
    FIELD_NO_DELETE_UNLESS_NAME_RESERVED = "FIELD_NO_DELETE_UNLESS_NAME_RESERVED";
    /// A field is gone, and its number is free to be used again.
    FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED = "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED";
    /// A field occurs otherwise often, or its absence can be seen otherwise.
    FIELD_SAME_CARDINALITY = "FIELD_SAME_CARDINALITY";
    /// C++ gives a text another type.
    FIELD_SAME_CPP_STRING_TYPE = "FIELD_SAME_CPP_STRING_TYPE";
    /// A field reads as another value where nothing was sent.
    FIELD_SAME_DEFAULT = "FIELD_SAME_DEFAULT";
    /// Java checks whether a text is UTF-8, or no longer does.
    FIELD_SAME_JAVA_UTF8_VALIDATION = "FIELD_SAME_JAVA_UTF8_VALIDATION";
    /// A field is called otherwise in ProtoJSON.
    FIELD_SAME_JSON_NAME = "FIELD_SAME_JSON_NAME";
    /// JavaScript gives a 64-bit number another type.
    FIELD_SAME_JSTYPE = "FIELD_SAME_JSTYPE";
    /// A field is called otherwise.
    FIELD_SAME_NAME = "FIELD_SAME_NAME";
    /// A field moved into a oneof, out of one, or into another.
    FIELD_SAME_ONEOF = "FIELD_SAME_ONEOF";
    /// A field holds another type.
    FIELD_SAME_TYPE = "FIELD_SAME_TYPE";
    /// Readers check whether a text is UTF-8, or no longer do.
    FIELD_SAME_UTF8_VALIDATION = "FIELD_SAME_UTF8_VALIDATION";
    /// The wire has a field otherwise often.
    FIELD_WIRE_COMPATIBLE_CARDINALITY = "FIELD_WIRE_COMPATIBLE_CARDINALITY";
    /// The wire has another type.
    FIELD_WIRE_COMPATIBLE_TYPE = "FIELD_WIRE_COMPATIBLE_TYPE";
    /// The wire or ProtoJSON has a field otherwise often.
    FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY = "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY";
    /// The wire or ProtoJSON has another type.
    FIELD_WIRE_JSON_COMPATIBLE_TYPE = "FIELD_WIRE_JSON_COMPATIBLE_TYPE";
    /// A file is gone.
    FILE_NO_DELETE = "FILE_NO_DELETE";
    /// A file has another `cc_enable_arenas`.
    FILE_SAME_CC_ENABLE_ARENAS = "FILE_SAME_CC_ENABLE_ARENAS";
    /// A file has another `cc_generic_services`.
    FILE_SAME_CC_GENERIC_SERVICES = "FILE_SAME_CC_GENERIC_SERVICES";
    /// A file has another `csharp_namespace`.
    FILE_SAME_CSHARP_NAMESPACE = "FILE_SAME_CSHARP_NAMESPACE";
    /// A file has another `go_package`.
    FILE_SAME_GO_PACKAGE = "FILE_SAME_GO_PACKAGE";
    /// A file has another `java_generic_services`.
    FILE_SAME_JAVA_GENERIC_SERVICES = "FILE_SAME_JAVA_GENERIC_SERVICES";
    /// A file has another `java_multiple_files`.
    FILE_SAME_JAVA_MULTIPLE_FILES = "FILE_SAME_JAVA_MULTIPLE_FILES";
    /// A file has another `java_outer_classname`.
    FILE_SAME_JAVA_OUTER_CLASSNAME = "FILE_SAME_JAVA_OUTER_CLASSNAME";
    /// A file has another `java_package`.
    FILE_SAME_JAVA_PACKAGE = "FILE_SAME_JAVA_PACKAGE";
    /// A file has another `objc_class_prefix`.
    FILE_SAME_OBJC_CLASS_PREFIX = "FILE_SAME_OBJC_CLASS_PREFIX";
    /// A file has another `optimize_for`.
    FILE_SAME_OPTIMIZE_FOR = "FILE_SAME_OPTIMIZE_FOR";
    /// A file is in another package.
    FILE_SAME_PACKAGE = "FILE_SAME_PACKAGE";
    /// A file has another `php_class_prefix`.
    FILE_SAME_PHP_CLASS_PREFIX = "FILE_SAME_PHP_CLASS_PREFIX";
    /// A file has another `php_metadata_namespace`.
    FILE_SAME_PHP_METADATA_NAMESPACE = "FILE_SAME_PHP_METADATA_NAMESPACE";
    /// A file has another `php_namespace`.
    FILE_SAME_PHP_NAMESPACE = "FILE_SAME_PHP_NAMESPACE";
    /// A file has another `py_generic_services`.
    FILE_SAME_PY_GENERIC_SERVICES = "FILE_SAME_PY_GENERIC_SERVICES";
    /// A file has another `ruby_package`.
    FILE_SAME_RUBY_PACKAGE = "FILE_SAME_RUBY_PACKAGE";
    /// A file has another `swift_prefix`.
    FILE_SAME_SWIFT_PREFIX = "FILE_SAME_SWIFT_PREFIX";
    /// A file is written in another syntax.
    FILE_SAME_SYNTAX = "FILE_SAME_SYNTAX";
    /// A message is gone from its file.
    MESSAGE_NO_DELETE = "MESSAGE_NO_DELETE";
    /// A message gives up its accessor for its descriptor.
    MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR = "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR";
    /// A message is no longer sure to have a ProtoJSON form.
    MESSAGE_SAME_JSON_FORMAT = "MESSAGE_SAME_JSON_FORMAT";
    /// Deprecated, and never found: a message is written as a message set.
    MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT = "MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT";
    /// A required field was added or is gone.
    MESSAGE_SAME_REQUIRED_FIELDS = "MESSAGE_SAME_REQUIRED_FIELDS";
    /// A oneof is gone from its message.
    ONEOF_NO_DELETE = "ONEOF_NO_DELETE";
    /// An enum is gone from its package.
    PACKAGE_ENUM_NO_DELETE = "PACKAGE_ENUM_NO_DELETE";
    /// An extension is gone from its package.
    PACKAGE_EXTENSION_NO_DELETE = "PACKAGE_EXTENSION_NO_DELETE";
    /// A message is gone from its package.
    PACKAGE_MESSAGE_NO_DELETE = "PACKAGE_MESSAGE_NO_DELETE";
    /// A package is gone.
    PACKAGE_NO_DELETE = "PACKAGE_NO_DELETE";
    /// A service is gone from its package.
    PACKAGE_SERVICE_NO_DELETE = "PACKAGE_SERVICE_NO_DELETE";
    /// An enum no longer reserves a number or a name.
    RESERVED_ENUM_NO_DELETE = "RESERVED_ENUM_NO_DELETE";
    /// A message no longer reserves a number or a name.
    RESERVED_MESSAGE_NO_DELETE = "RESERVED_MESSAGE_NO_DELETE";
    /// A method is gone from its service.
    RPC_NO_DELETE = "RPC_NO_DELETE";
    /// A method takes a stream, or no longer does.
    RPC_SAME_CLIENT_STREAMING = "RPC_SAME_CLIENT_STREAMING";
    /// Whether a call may be repeated is said otherwise.
    RPC_SAME_IDEMPOTENCY_LEVEL = "RPC_SAME_IDEMPOTENCY_LEVEL";
    /// A method takes another message.
    RPC_SAME_REQUEST_TYPE = "RPC_SAME_REQUEST_TYPE";
    /// A method gives another message.
    RPC_SAME_RESPONSE_TYPE = "RPC_SAME_RESPONSE_TYPE";
    /// A method gives a stream, or no longer does.
    RPC_SAME_SERVER_STREAMING = "RPC_SAME_SERVER_STREAMING";
    /// A service is gone from its file.
    SERVICE_NO_DELETE = "SERVICE_NO_DELETE";
}

use Category::{Csr, File, Package, Wire, WireJson};

/// The rules of each set of categories, by the newest version of the configuration.
static MEMBERS: [(&[Category], &[&Rule]); 10] = [
    (&[File, Csr], &[&ENUM_NO_DELETE, &FILE_NO_DELETE, &MESSAGE_NO_DELETE]),
    (
        &[File, Package, WireJson, Csr],
        &[
            &ENUM_SAME_JSON_FORMAT,
            &ENUM_VALUE_SAME_NAME,
            &FIELD_SAME_JSON_NAME,
            &FIELD_SAME_NAME,
            &MESSAGE_SAME_JSON_FORMAT,
        ],
    ),
    (
        &[File, Package],
        &[
            &ENUM_SAME_TYPE,
            &FIELD_SAME_CARDINALITY,
            &FIELD_SAME_CPP_STRING_TYPE,
            &FIELD_SAME_JAVA_UTF8_VALIDATION,
            &FIELD_SAME_JSTYPE,
            &FIELD_SAME_UTF8_VALIDATION,
            &FILE_SAME_CC_ENABLE_ARENAS,
            &FILE_SAME_CC_GENERIC_SERVICES,
            &FILE_SAME_CSHARP_NAMESPACE,
            &FILE_SAME_GO_PACKAGE,
            &FILE_SAME_JAVA_GENERIC_SERVICES,
            &FILE_SAME_JAVA_MULTIPLE_FILES,
            &FILE_SAME_JAVA_OUTER_CLASSNAME,
            &FILE_SAME_JAVA_PACKAGE,
            &FILE_SAME_OBJC_CLASS_PREFIX,
            &FILE_SAME_OPTIMIZE_FOR,
            &FILE_SAME_PHP_CLASS_PREFIX,
            &FILE_SAME_PHP_METADATA_NAMESPACE,
            &FILE_SAME_PHP_NAMESPACE,
            &FILE_SAME_PY_GENERIC_SERVICES,
            &FILE_SAME_RUBY_PACKAGE,
            &FILE_SAME_SWIFT_PREFIX,
            &RPC_NO_DELETE,
        ],
    ),
    (
        &[File, Package, Csr],
        &[
            &ENUM_VALUE_NO_DELETE,
            &EXTENSION_MESSAGE_NO_DELETE,
            &FIELD_NO_DELETE,
            &FIELD_SAME_TYPE,
            &FILE_SAME_SYNTAX,
            &MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR,
            &ONEOF_NO_DELETE,
        ],
    ),
    (
        &[WireJson, Csr],
        &[
            &ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED,
            &FIELD_NO_DELETE_UNLESS_NAME_RESERVED,
            &FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY,
            &FIELD_WIRE_JSON_COMPATIBLE_TYPE,
        ],
    ),
    (
        &[WireJson, Wire, Csr],
        &[
            &ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED,
            &FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED,
        ],
    ),
    (&[File], &[&EXTENSION_NO_DELETE, &SERVICE_NO_DELETE]),
    (
        &[File, Package, WireJson, Wire, Csr],
        &[
            &FIELD_SAME_DEFAULT,
            &FIELD_SAME_ONEOF,
            &FILE_SAME_PACKAGE,
            &MESSAGE_SAME_REQUIRED_FIELDS,
            &RESERVED_ENUM_NO_DELETE,
            &RESERVED_MESSAGE_NO_DELETE,
            &RPC_SAME_CLIENT_STREAMING,
            &RPC_SAME_IDEMPOTENCY_LEVEL,
            &RPC_SAME_REQUEST_TYPE,
            &RPC_SAME_RESPONSE_TYPE,
            &RPC_SAME_SERVER_STREAMING,
        ],
    ),
    (
        &[Wire],
        &[&FIELD_WIRE_COMPATIBLE_CARDINALITY, &FIELD_WIRE_COMPATIBLE_TYPE],
    ),
    (
        &[Package],
        &[
            &PACKAGE_ENUM_NO_DELETE,
            &PACKAGE_EXTENSION_NO_DELETE,
            &PACKAGE_MESSAGE_NO_DELETE,
            &PACKAGE_NO_DELETE,
            &PACKAGE_SERVICE_NO_DELETE,
        ],
    ),
];

/// What version 2 added.
static NEW_IN_V2: [&Rule; 3] = [&EXTENSION_NO_DELETE, &FIELD_SAME_DEFAULT, &PACKAGE_EXTENSION_NO_DELETE];

/// What version 1 added.
static NEW_IN_V1: [&Rule; 2] = [&FIELD_WIRE_COMPATIBLE_TYPE, &FIELD_WIRE_JSON_COMPATIBLE_TYPE];

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

/// The categories of a rule, by a version of the configuration.
pub fn categories(rule: &Rule, version: Version) -> Vec<Category> {
    let members = MEMBERS
        .iter()
        .find(|(_, rules)| rules.iter().any(|member| member.id == rule.id));
    let mut categories = members.map_or_else(Vec::new, |(categories, _)| categories.to_vec());
    if !exists(rule, version) {
        return Vec::new();
    }
    if version < Version::V2 {
        categories.retain(|category| *category != Csr);
    }
    if version == Version::V1Beta1 {
        if [FIELD_SAME_CARDINALITY.id, FIELD_SAME_TYPE.id].contains(&rule.id) {
            categories.extend([WireJson, Wire]);
        } else if rule.id == FILE_SAME_PACKAGE.id {
            categories.retain(|category| *category == File);
        }
    }
    categories
}

/// The rules of a category, in alphabetical order.
pub fn of(category: Category, version: Version) -> impl Iterator<Item = &'static Rule> {
    ALL.iter()
        .copied()
        .filter(move |rule| categories(rule, version).contains(&category))
}

/// Whether a version of the configuration knows a rule.
pub(super) fn exists(rule: &Rule, version: Version) -> bool {
    let is_among = |rules: &[&Rule]| rules.iter().any(|new| new.id == rule.id);
    !(version < Version::V2 && is_among(&NEW_IN_V2) || version < Version::V1 && is_among(&NEW_IN_V1))
}

/// The rules that replaced the one that old versions have under this name.
pub(super) fn replacements(name: &str) -> Option<&'static [&'static Rule]> {
    REPLACED.iter().find(|(old, _)| *old == name).map(|(_, rules)| *rules)
}
