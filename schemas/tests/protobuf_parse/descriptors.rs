//! Descriptors as schemas: what is written is read again, and nothing that is read is trusted.

use std::collections::BTreeMap;
use std::sync::Arc;

use expect_test::expect;
use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileOptions, MethodOptions, UninterpretedOption,
};
use treaty_schemas::Reference;
use treaty_schemas::Source;
use treaty_schemas::protobuf::language::builtin;
use treaty_schemas::protobuf::language::descriptor;
use treaty_schemas::protobuf::language::print;
use treaty_schemas::protobuf::language::schema::{FileId, FileSet};
use treaty_schemas::protobuf::language::syntax::{File, Import, ImportKind};
use treaty_schemas::protobuf::{Limits, link, parse};

use super::cases::cases;
use super::corpus::{corpora, corpus_files, linkable};
use super::oracle::difference;

/// The files that a file imports, and those that they import.
fn references(main: &File, files: &BTreeMap<String, Arc<File>>) -> Vec<Reference> {
    let mut found: BTreeMap<String, Reference> = BTreeMap::new();
    let mut open: Vec<&File> = vec![main];
    while let Some(file) = open.pop() {
        for import in &file.imports {
            let path = import.path.value.to_string();
            let Some(imported) = files.get(&path).filter(|_| !found.contains_key(&path)) else {
                continue;
            };
            let source = imported.source.clone();
            found.insert(
                path,
                Reference {
                    import: (*imported.path).into(),
                    source,
                },
            );
            open.push(imported);
        }
    }
    found.into_values().collect()
}

/// What a descriptor says, but for the order of fields and nested messages, which the canonical text changes, and for the
/// empty options of a method with nothing in its block.
fn sorted(bytes: &[u8]) -> FileDescriptorProto {
    fn sort(message: &mut DescriptorProto) {
        message.field.sort_by_key(FieldDescriptorProto::number);
        message.nested_type.iter_mut().for_each(sort);
        message.nested_type.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let mut file = FileDescriptorProto::decode(bytes).expect("it is a descriptor");
    file.message_type.iter_mut().for_each(sort);
    file.message_type.sort_by(|a, b| a.name.cmp(&b.name));
    // Public imports stand behind the others there.
    let marked = |(index, path): (usize, &String)| match file.public_dependency.contains(&(index as i32)) {
        true => format!("public {path}"),
        false => path.clone(),
    };
    file.dependency = file.dependency.iter().enumerate().map(marked).collect();
    file.dependency.sort();
    file.public_dependency.clear();
    for method in file.service.iter_mut().flat_map(|service| &mut service.method) {
        method.options = method
            .options
            .take()
            .filter(|options| *options != MethodOptions::default());
    }
    file
}

/// The bytes in their order: the same for two descriptors that say the same in another order.
fn content(bytes: &[u8]) -> Vec<u8> {
    let mut content = bytes.to_vec();
    content.sort_unstable();
    content
}

/// A file, its descriptor, the tree read from that, its text, the tree of that, and its descriptor again.
fn assert_round_trip(main: &Arc<File>, files: &BTreeMap<String, Arc<File>>) {
    let references = references(main, files);
    let mut trees = vec![Arc::clone(main)];
    trees.extend(
        references
            .iter()
            .filter_map(|reference| files.get(&*reference.import))
            .cloned(),
    );
    let set = link(trees.clone(), 1).unwrap_or_else(|error| panic!("{error}"));
    let bytes = descriptor::write(&set, FileId(0), main);

    let read = descriptor::read(&main.source, &bytes, &references).unwrap_or_else(|error| panic!("{error}"));
    let text = print::canonical(&read);
    trees[0] = reparsed(main, &text);
    let set = link(trees.clone(), 1).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let printed = descriptor::write(&set, FileId(0), &trees[0]);
    assert_same(main, &bytes, &printed, &text);
}

/// The tree of a text that was printed of a tree.
fn reparsed(tree: &File, text: &str) -> Arc<File> {
    let source = Source::new(&*tree.path, text);
    let again = parse(&source, &tree.path, &Limits::default());
    Arc::new(again.unwrap_or_else(|error| panic!("{error}\n{text}")))
}

/// The descriptor of a file, and that of a text that was printed of it.
fn assert_same(main: &File, bytes: &[u8], printed: &[u8], text: &str) {
    let (ours, again) = (sorted(bytes), sorted(printed));
    let shown = |file: &FileDescriptorProto| format!("{file:#?}");
    assert!(
        ours == again,
        "{}: {}\n{text}",
        main.path,
        difference(&shown(&ours), &shown(&again))
    );
    // Custom options and editions are what prost-types does not know: nothing of them is lost.
    // The indexes of public imports and the empty options of methods differ in length, as said above.
    let is_public = |import: &Import| import.kind == ImportKind::Public;
    let has_empty_options = main
        .services
        .iter()
        .flat_map(|service| &service.rpcs)
        .any(|rpc| rpc.options.is_empty());
    if !has_empty_options && !main.imports.iter().any(is_public) {
        assert!(content(bytes) == content(printed), "{}\n{text}", main.path);
    }
}

fn by_path(files: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Arc<File>> {
    let parse = |(path, text): (String, String)| {
        let tree = parse(&Source::new(path.as_str(), text), &path, &Limits::default()).ok()?;
        Some((path, Arc::new(tree)))
    };
    files.filter_map(parse).collect()
}

#[test]
fn built_in_files() {
    let files: BTreeMap<String, Arc<File>> = builtin::paths()
        .map(|path| (path.to_owned(), builtin::file(path).expect("it parses")))
        .collect();
    for file in files.values() {
        assert_round_trip(file, &files);
    }
}

#[test]
fn cases_of_every_sort() {
    let mut count = 0;
    for case in cases(super::valid::CASES) {
        let files = by_path(case.files.into_iter());
        for file in files.values() {
            assert_round_trip(file, &files);
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

/// Every twentieth file of a corpus: each is linked three times with all that it imports.
#[test]
fn corpus() {
    for root in corpora() {
        let files = by_path(corpus_files(&root).into_iter());
        let mut count = 0;
        for file in files.values().step_by(20).filter(|file| !file.path.contains("/ruby/")) {
            assert_round_trip(file, &files);
            count += 1;
        }
        println!("{}: {count} files", root.display());
    }
}

/// Every file of a corpus, printed as it is registered and as it is kept: the text means the same.
#[test]
fn printed_corpus() {
    for root in corpora() {
        let (trees, set) = linkable(&root);
        let original = describe(&trees, &set);
        for (name, print) in [
            ("canonical", print::canonical as fn(&File) -> String),
            ("kept", print::documented),
        ] {
            let again: Vec<Arc<File>> = trees.iter().map(|tree| reparsed(tree, &print(tree))).collect();
            let set = link(again.clone(), again.len()).unwrap_or_else(|error| panic!("{error}"));
            let printed = describe(&again, &set);
            for ((tree, original), printed) in trees.iter().zip(&original).zip(&printed) {
                assert_same(tree, original, printed, &print(tree));
            }
            println!("{}: {} {name} texts mean the same", root.display(), trees.len());
        }
    }
}

fn describe(trees: &[Arc<File>], set: &FileSet) -> Vec<Vec<u8>> {
    let files = (0..).map(FileId).zip(trees);
    files.map(|(id, tree)| descriptor::write(set, id, tree)).collect()
}

fn field(name: &str, number: i32, kind: Type, type_name: Option<&str>) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.into()),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(kind.into()),
        type_name: type_name.map(Into::into),
        ..Default::default()
    }
}

fn file(fields: Vec<FieldDescriptorProto>) -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some("main.proto".into()),
        syntax: Some("proto3".into()),
        message_type: vec![DescriptorProto {
            name: Some("M".into()),
            field: fields,
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn read(bytes: &[u8]) -> String {
    match descriptor::read(&Source::new("main", ""), bytes, &[]) {
        Ok(file) => print::canonical(&file),
        Err(error) => error.to_string(),
    }
}

#[test]
fn names_that_would_be_something_else_in_a_text() {
    let injected = "a = 1; } message N { string b";
    let mut read_all = String::new();
    for fields in [
        vec![field(injected, 1, Type::String, None)],
        vec![field("a", 1, Type::Message, Some(".M { } message N"))],
        vec![field("", 1, Type::String, None)],
        vec![field("a", 1, Type::Message, None)],
        vec![field("a", 1, Type::Group, Some(".N"))],
        vec![FieldDescriptorProto {
            default_value: Some("1 } x".into()),
            ..field("a", 1, Type::Bool, None)
        }],
        vec![FieldDescriptorProto {
            oneof_index: Some(3),
            ..field("a", 1, Type::Bool, None)
        }],
        vec![FieldDescriptorProto {
            oneof_index: Some(-3),
            ..field("a", 1, Type::Bool, None)
        }],
    ] {
        read_all.push_str(&read(&file(fields).encode_to_vec()));
        read_all.push('\n');
    }
    let mut other = file(Vec::new());
    other.public_dependency = vec![7];
    read_all.push_str(&read(&other.encode_to_vec()));
    expect![[r#"
        main:1:1: the descriptor has a name that is none: "a = 1; } message N { string b"
        main:1:1: the descriptor has a name that is none: "M { } message N"
        main:1:1: the descriptor has a name that is none: ""
        main:1:1: the field `a` has no type
        main:1:1: the group `a` is not declared where its message is
        main:1:1: the descriptor has a name that is none: "1 } x"
        main:1:1: a field counts a oneof that its message does not have
        main:1:1: a field counts a oneof that its message does not have
        main:1:1: the descriptor counts an import that it does not have"#]]
    .assert_eq(&read_all);
}

/// Clients that do not look options up send them as they were written.
#[test]
fn options_that_nobody_looked_up() {
    let name = |part: &str, is_extension| prost_types::uninterpreted_option::NamePart {
        name_part: part.into(),
        is_extension,
    };
    let mut file = file(Vec::new());
    file.options = Some(FileOptions {
        java_package: Some("com.acme".into()),
        uninterpreted_option: vec![
            UninterpretedOption {
                name: vec![name("acme.meta", true), name("tags", false)],
                string_value: Some(b"x".to_vec()),
                ..Default::default()
            },
            UninterpretedOption {
                name: vec![name(".acme.meta", true)],
                aggregate_value: Some("tags: \"y\" inner { number: -1 }".into()),
                ..Default::default()
            },
        ],
        ..Default::default()
    });
    expect![[r#"
        syntax = "proto3";

        option (acme.meta).tags = "x";
        option (.acme.meta) = {
          tags: "y",
          inner: {
            number: -1
          }
        };
        option java_package = "com.acme";

        message M {}
    "#]]
    .assert_eq(&read(&file.encode_to_vec()));
    let options = file.options.as_mut().expect("they are set");
    options.uninterpreted_option[1].aggregate_value = Some("} ; option java_package = \"x".into());
    expect!["main:1:1: the descriptor has an option whose value is not understood"]
        .assert_eq(&read(&file.encode_to_vec()));
}

/// A custom option is a number; its name comes from the files that are imported.
#[test]
fn custom_options_by_number() {
    let acme = "syntax = \"proto3\"; package acme; import \"google/protobuf/descriptor.proto\";\n\
                message Meta { repeated string tags = 1; }\n\
                extend google.protobuf.MessageOptions { Meta meta = 50000; }\n";
    let reference = Reference {
        import: "acme.proto".into(),
        source: Source::new("acme.proto", acme),
    };
    let main = Source::new(
        "main.proto",
        "syntax = \"proto3\"; import \"acme.proto\"; message M { option (acme.meta) = { tags: \"a\" tags: \"b\" }; }",
    );
    let options = treaty_schemas::Options::default();
    let references = [reference];
    let schema = treaty_schemas::protobuf::compile(&main, "main.proto", &references, &options).expect("it compiles");
    let bytes = descriptor::encode(&schema);
    let source = Source::new("main", "");
    let read = descriptor::read(&source, &bytes, &references).expect("it is read");
    expect![[r#"
        syntax = "proto3";

        import "acme.proto";

        message M {
          option (acme.meta) = {
            tags: [
              "a",
              "b"
            ]
          };
        }
    "#]]
    .assert_eq(&print::canonical(&read));
    let error = descriptor::read(&source, &bytes, &[]).expect_err("nothing declares the option");
    expect!["main:1:1: the imported file `acme.proto` is not there (provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`)"].assert_eq(&error.to_string());
}

#[test]
fn hostile_bytes() {
    // Messages in messages.
    let mut bytes: Vec<u8> = Vec::new();
    for _ in 0..2_000 {
        let mut outer = vec![0x0A, 1, b'M', 0x1A];
        prost::encoding::encode_varint(bytes.len() as u64, &mut outer);
        outer.extend_from_slice(&bytes);
        bytes = outer;
    }
    let mut deep = vec![0x22];
    prost::encoding::encode_varint(bytes.len() as u64, &mut deep);
    deep.extend_from_slice(&bytes);
    assert_eq!(read(&deep), "main:1:1: messages are nested more than 64 levels deep");
    // Groups in groups, which are passed over.
    let groups = [vec![0x0B; 1_000_000], vec![0x0C; 1_000_000]].concat();
    assert_eq!(read(&groups), "");
    assert!(read(&[0x0B; 1_000_000]).contains("not a Protobuf descriptor"));
    // One option in a million pieces.
    let pieces = [0x92, 0x03, 2, 8, 1].repeat(200_000);
    let mut options = vec![0x42];
    prost::encoding::encode_varint(pieces.len() as u64, &mut options);
    options.extend_from_slice(&pieces);
    assert!(read(&options).len() < 1000, "{}", read(&options).len());
}
