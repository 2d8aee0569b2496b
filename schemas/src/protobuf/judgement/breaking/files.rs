//! What is said of a whole file: its syntax, its package, its options.

use super::annotation::{Annotations, Place};
use super::element::Element;
use super::quote::quoted;
use super::rules;
use crate::finding::Rule;
use crate::protobuf::judgement::side::Of;
use crate::protobuf::language::schema::File;
use crate::protobuf::language::syntax::Syntax;

/// The options that must stay as they are: the rule, the name, and what holds where the option is not set.
static OPTIONS: [(&Rule, &str, &str); 16] = [
    (&rules::FILE_SAME_CC_ENABLE_ARENAS, "cc_enable_arenas", "true"),
    (&rules::FILE_SAME_CC_GENERIC_SERVICES, "cc_generic_services", "false"),
    (&rules::FILE_SAME_CSHARP_NAMESPACE, "csharp_namespace", ""),
    (&rules::FILE_SAME_GO_PACKAGE, "go_package", ""),
    (
        &rules::FILE_SAME_JAVA_GENERIC_SERVICES,
        "java_generic_services",
        "false",
    ),
    (&rules::FILE_SAME_JAVA_MULTIPLE_FILES, "java_multiple_files", "false"),
    (&rules::FILE_SAME_JAVA_OUTER_CLASSNAME, "java_outer_classname", ""),
    (&rules::FILE_SAME_JAVA_PACKAGE, "java_package", ""),
    (&rules::FILE_SAME_OBJC_CLASS_PREFIX, "objc_class_prefix", ""),
    (&rules::FILE_SAME_OPTIMIZE_FOR, "optimize_for", "SPEED"),
    (&rules::FILE_SAME_PHP_CLASS_PREFIX, "php_class_prefix", ""),
    (&rules::FILE_SAME_PHP_METADATA_NAMESPACE, "php_metadata_namespace", ""),
    (&rules::FILE_SAME_PHP_NAMESPACE, "php_namespace", ""),
    (&rules::FILE_SAME_PY_GENERIC_SERVICES, "py_generic_services", "false"),
    (&rules::FILE_SAME_RUBY_PACKAGE, "ruby_package", ""),
    (&rules::FILE_SAME_SWIFT_PREFIX, "swift_prefix", ""),
];

pub(super) fn check(found: &mut Annotations<'_>) {
    let (current, previous) = (found.current, found.previous);
    for (path, &before_id) in &previous.files {
        let Some(&now_id) = current.files.get(path) else {
            continue;
        };
        let (now, before) = (current.set.file(now_id), previous.set.file(before_id));
        let element = Element::File(Of::new(before_id));
        if syntax(now) != syntax(before) {
            let places = (
                Place::of(now_id, now.syntax_span),
                Place::of(before_id, before.syntax_span),
            );
            found.add(
                &rules::FILE_SAME_SYNTAX,
                element,
                Some(places.0),
                Some(places.1),
                || changed("syntax", syntax(before), syntax(now)),
            );
        }
        if now.package != before.package {
            let places = (
                Place::of(now_id, now.package_span),
                Place::of(before_id, before.package_span),
            );
            found.add(
                &rules::FILE_SAME_PACKAGE,
                element,
                Some(places.0),
                Some(places.1),
                || changed("package", &before.package, &now.package),
            );
        }
        if now.options.0.is_empty() && before.options.0.is_empty() {
            continue;
        }
        for (rule, name, unset) in OPTIONS {
            let (is, was) = (now.options.get(name), before.options.get(name));
            let (value, earlier) = (is.map_or(unset, |o| &o.value), was.map_or(unset, |o| &o.value));
            if value != earlier {
                let places = (
                    Place::of(now_id, is.map(|option| option.span)),
                    Place::of(before_id, was.map(|option| option.span)),
                );
                found.add(rule, element, Some(places.0), Some(places.1), || {
                    changed(&format!("option \"{name}\""), earlier, value)
                });
            }
        }
    }
}

fn changed(what: &str, from: &str, to: &str) -> String {
    format!("File {what} changed from {} to {}.", quoted(from), quoted(to))
}

/// All editions are one syntax.
fn syntax(file: &File) -> &'static str {
    match file.syntax {
        Syntax::Proto2 => "proto2",
        Syntax::Proto3 => "proto3",
        Syntax::Edition(_) => "editions",
    }
}
