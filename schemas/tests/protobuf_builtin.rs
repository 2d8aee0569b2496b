//! The files that every Protobuf schema may import.

use treaty_schemas::protobuf::language::builtin;
use treaty_schemas::protobuf::{Limits, compile, compile_tree};
use treaty_schemas::{Options, Source};

/// Each file is parsed and linked with what it imports.
#[test]
fn each_of_them_compiles() {
    let mut count = 0;
    for path in builtin::paths() {
        let text = format!("syntax = \"proto3\";\nimport \"{path}\";\n");
        let compiled = compile(&Source::new("main.proto", text), "main.proto", &[], &Options::default());
        let schema = compiled.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(schema.set.files.iter().any(|file| &*file.path == path), "{path}");
        count += 1;
    }
    assert_eq!(count, 35);
}

/// Today's form of Confluent's metadata: its clients import the file and may write rules into it.
#[test]
fn metadata_may_have_rules() {
    let text = "syntax = \"proto3\";\nimport \"confluent/meta.proto\";\n\
                message M { int32 a = 1 [(confluent.field_meta) = { doc: \"a\", rules: [{ name: \"positive\", expr: \"this > 0\" }] }]; }\n";
    let compiled = compile(&Source::new("main.proto", text), "main.proto", &[], &Options::default());
    let schema = compiled.unwrap_or_else(|error| panic!("{error}"));
    let fields = |name: &str| -> Vec<(i32, String)> {
        let message = schema.set.message_named(name).expect("it is there");
        let fields = schema.set.message(message).fields.iter();
        fields.map(|field| (field.number, field.name.to_string())).collect()
    };
    let named =
        |names: &[&str]| -> Vec<(i32, String)> { (1..).zip(names.iter().map(|name| (*name).to_owned())).collect() };
    assert_eq!(fields("confluent.Meta"), named(&["doc", "params", "tags", "rules"]));
    assert_eq!(fields("confluent.Rule"), named(&["name", "doc", "expr", "sql"]));
}

/// A schema that needs none of them pays for none of them.
#[test]
fn only_those_that_are_needed_are_linked() {
    let source = Source::new(
        "main.proto",
        "syntax = \"proto3\";\nimport \"google/type/money.proto\";\n",
    );
    let set = compile_tree(vec![("main.proto".into(), source)], &Limits::default()).expect("it compiles");
    let paths: Vec<&str> = set.files.iter().map(|file| &*file.path).collect();
    assert_eq!(paths, ["main.proto", "google/type/money.proto"]);
}

/// A given file goes before the built-in one.
#[test]
fn a_file_that_is_given_replaces_it() {
    let files = vec![
        (
            "main.proto".into(),
            Source::new(
                "main.proto",
                "syntax = \"proto3\";\nimport \"google/type/money.proto\";\nmessage M { google.type.Money m = 1; }\n",
            ),
        ),
        (
            "google/type/money.proto".into(),
            Source::new(
                "own",
                "syntax = \"proto3\";\npackage google.type;\nmessage Money { string own = 1; }\n",
            ),
        ),
    ];
    let set = compile_tree(files, &Limits::default()).expect("it compiles");
    let money = set.message_named("google.type.Money").expect("it is there");
    assert_eq!(&*set.message(money).fields[0].name, "own");
    assert_eq!(set.files.len(), 2);
}
