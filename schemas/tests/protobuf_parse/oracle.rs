//! Other readers of the same texts: protox and protoc must make the same descriptors of them.

#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use prost_types::source_code_info::Location;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use treaty_schemas::protobuf::language::builtin;
use treaty_schemas::protobuf::language::descriptor;
use treaty_schemas::protobuf::language::schema::FileSet;
use treaty_schemas::protobuf::language::syntax::{self, File, MessageItem, Syntax};
use treaty_schemas::protobuf::{Limits, link, parse};
use treaty_schemas::{Source, Span};

use super::cases::cases;
use super::corpus::{corpora, corpus_files, linkable};

/// Files that were parsed and linked, and their descriptors.
struct Linked {
    trees: Vec<Arc<File>>,
    descriptors: Vec<Vec<u8>>,
}

impl Linked {
    fn new(trees: Vec<Arc<File>>) -> Self {
        let set = link(trees.clone(), trees.len()).unwrap_or_else(|error| panic!("{error}"));
        Linked::of(trees, &set)
    }

    fn of(trees: Vec<Arc<File>>, set: &FileSet) -> Self {
        let describe = |(index, tree): (usize, &Arc<File>)| {
            let id = treaty_schemas::protobuf::language::schema::FileId(index as u32);
            descriptor::write(set, id, tree)
        };
        let descriptors = trees.iter().enumerate().map(describe).collect();
        Linked { trees, descriptors }
    }

    /// Everything that descriptors can say, custom options too. prost-reflect knows no editions, and refuses JSON names that
    /// proto2 allows; without a pool only what prost-types knows is compared.
    fn pool(&self) -> Option<DescriptorPool> {
        let mut set: Vec<u8> = Vec::new();
        let files = self.trees.iter().zip(&self.descriptors);
        for (_, bytes) in files.filter(|(tree, _)| !matches!(tree.syntax, Syntax::Edition(_))) {
            set.push(0x0A);
            prost::encoding::encode_varint(bytes.len() as u64, &mut set);
            set.extend_from_slice(bytes);
        }
        DescriptorPool::decode(&set[..])
            .map_err(|error| println!("no pool: {error}"))
            .ok()
    }
}

fn trees(files: impl Iterator<Item = (String, String)>) -> Vec<Arc<File>> {
    let parse = |(path, text): (String, String)| {
        let source = Source::new(path.as_str(), text);
        Arc::new(parse(&source, &path, &Limits::default()).unwrap_or_else(|error| panic!("{error}")))
    };
    files.map(parse).collect()
}

/// A built-in file's text.
fn builtin_files() -> Vec<(String, String)> {
    let text = |path: &'static str| builtin::file(path).map(|file| file.source.text().to_owned());
    builtin::paths()
        .map(|path| (path.to_owned(), text(path).expect("it parses")))
        .collect()
}

/// What the descriptor says, without places and what stands in a file of its own.
fn proto(bytes: &[u8]) -> FileDescriptorProto {
    let mut proto = FileDescriptorProto::decode(bytes).expect("it is a descriptor");
    proto.source_code_info = None;
    proto
}

fn assert_same(pool: Option<&DescriptorPool>, path: &str, ours: &[u8], theirs: &[u8]) {
    let (our_proto, their_proto) = (proto(ours), proto(theirs));
    assert!(
        our_proto == their_proto,
        "{path}: {}",
        difference(&format!("{our_proto:#?}"), &format!("{their_proto:#?}"))
    );
    let Some(kind) = pool.and_then(|pool| pool.get_message_by_name("google.protobuf.FileDescriptorProto")) else {
        return;
    };
    let dynamic = |bytes: &[u8]| {
        let mut message = DynamicMessage::decode(kind.clone(), bytes).expect("it is a descriptor");
        message.clear_field_by_name("source_code_info");
        message
    };
    let (ours, theirs) = (dynamic(ours), dynamic(theirs));
    assert!(
        ours == theirs,
        "{path}: {}",
        difference(&format!("{ours:#?}"), &format!("{theirs:#?}"))
    );
}

/// The first lines that differ, with what stands before them.
pub fn difference(ours: &str, theirs: &str) -> String {
    let mut lines = ours.lines().zip(theirs.lines()).enumerate();
    let Some((index, _)) = lines.find(|(_, (ours, theirs))| ours != theirs) else {
        return format!(
            "one is longer: {} and {} lines",
            ours.lines().count(),
            theirs.lines().count()
        );
    };
    let from = index.saturating_sub(25);
    let part = |text: &str| text.lines().skip(from).take(30).collect::<Vec<_>>().join("\n");
    format!("ours:\n{}\ntheirs:\n{}", part(ours), part(theirs))
}

/// Compiles files with protoc, if there is one.
fn protoc(root: &Path, paths: &[String]) -> Option<BTreeMap<String, Vec<u8>>> {
    let Ok(protoc) = std::env::var("PROTOC") else {
        println!("skipped: PROTOC names no protoc");
        return None;
    };
    let out = std::env::temp_dir().join(format!("treaty-oracle-{}-{}.binpb", std::process::id(), paths.len()));
    let list = out.with_extension("txt");
    std::fs::write(&list, paths.join("\n")).expect("it can be written");
    let output = Command::new(protoc)
        .current_dir(root)
        .arg("-I.")
        .arg(format!("--descriptor_set_out={}", out.display()))
        .arg(format!("@{}", list.display()))
        .output()
        .expect("protoc runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let bytes = std::fs::read(&out).expect("it was written");
    std::fs::remove_file(&out).expect("it was there");
    std::fs::remove_file(&list).expect("it was there");
    Some(split(&bytes))
}

/// The files of a set, as they are: decoding them would drop what is not known.
fn split(mut set: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    while let [0x0A, rest @ ..] = set {
        let mut rest = rest;
        let length = prost::encoding::decode_varint(&mut rest).expect("a length") as usize;
        let (file, after) = rest.split_at(length);
        files.insert(proto(file).name().to_owned(), file.to_vec());
        set = after;
    }
    files
}

/// Files that protoc makes the same of, all in one directory.
fn assert_protoc_agrees(files: Vec<(String, String)>) -> usize {
    let directory = std::env::temp_dir().join(format!("treaty-oracle-{}-{}", std::process::id(), files.len()));
    for (path, text) in &files {
        let file = directory.join(path);
        std::fs::create_dir_all(file.parent().expect("it is in a directory")).expect("it can be made");
        std::fs::write(file, text).expect("it can be written");
    }
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let theirs = protoc(&directory, &paths);
    std::fs::remove_dir_all(&directory).expect("it was there");
    let Some(theirs) = theirs else { return 0 };
    let linked = Linked::new(trees(files.into_iter()));
    let pool = linked.pool();
    for (tree, ours) in linked.trees.iter().zip(&linked.descriptors) {
        assert_same(pool.as_ref(), &tree.path, ours, &theirs[&*tree.path]);
    }
    linked.trees.len()
}

#[test]
fn protoc_makes_the_same_of_the_built_in_files() {
    println!("{} files", assert_protoc_agrees(builtin_files()));
}

#[test]
fn protoc_makes_the_same_of_every_case() {
    let mut count = 0;
    for case in cases(super::valid::CASES) {
        println!("{}", case.title);
        let mut files = case.files;
        // What options are, so that custom ones are compared too.
        for path in [builtin::DESCRIPTOR, "google/protobuf/any.proto"] {
            let text = builtin::file(path).expect("it parses").source.text().to_owned();
            files.push((path.into(), text));
        }
        count += assert_protoc_agrees(files);
    }
    println!("{count} files");
}

/// protox knows neither editions nor today's descriptor.proto; it brings one of its own.
#[test]
fn protox_makes_the_same_of_the_built_in_files() {
    let files = builtin_files();
    let linked = Linked::new(trees(files.iter().cloned()));
    let mut resolver = protox::file::ChainFileResolver::new();
    let known = files.iter().filter(|(path, _)| path != builtin::DESCRIPTOR);
    resolver.add(Texts(known.cloned().collect()));
    resolver.add(protox::file::GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    let mut count = 0;
    for (tree, ours) in linked.trees.iter().zip(&linked.descriptors) {
        if &*tree.path == builtin::DESCRIPTOR || tree.path.ends_with("_features.proto") {
            continue;
        }
        compiler
            .open_file(&*tree.path)
            .unwrap_or_else(|error| panic!("{}: {error}", tree.path));
        let set = compiler.file_descriptor_set();
        let theirs = set
            .file
            .iter()
            .find(|file| file.name() == &*tree.path)
            .expect("it was compiled");
        let ours = proto(ours);
        let mut theirs = theirs.clone();
        theirs.source_code_info = None;
        assert!(
            ours == theirs,
            "{}: {}",
            tree.path,
            difference(&format!("{ours:#?}"), &format!("{theirs:#?}"))
        );
        count += 1;
    }
    assert_eq!(count, 31, "all but descriptor.proto and the features of languages");
}

struct Texts(BTreeMap<String, String>);

impl protox::file::FileResolver for Texts {
    fn open_file(&self, name: &str) -> Result<protox::file::File, protox::Error> {
        match self.0.get(name) {
            Some(text) => protox::file::File::from_source(name, text),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// Every file of a corpus: protox-parse accepts what we accept, editions apart, and puts declarations at the same places.
#[test]
fn protox_reads_the_same_places_in_a_corpus() {
    for root in corpora() {
        let (mut count, mut editions, mut refused, mut places) = (0, 0, 0, 0);
        for (path, text) in corpus_files(&root) {
            count += 1;
            let ours = parse(&Source::new(path.as_str(), text.as_str()), &path, &Limits::default());
            let theirs = protox_parse::parse(&path, &text);
            match (ours, theirs) {
                (Ok(ours), _) if matches!(ours.syntax, Syntax::Edition(_)) => editions += 1,
                (Ok(ours), Ok(theirs)) => places += compare_places(&ours, &theirs),
                (Ok(_), Err(error)) => {
                    assert_eq!(path, builtin::DESCRIPTOR, "protox-parse refuses {path}: {error}");
                }
                (Err(error), theirs) => {
                    assert!(theirs.is_err(), "{error}");
                    assert!(error.problems[0].message.contains("edition `2026`"), "{error}");
                    refused += 1;
                }
            }
        }
        println!(
            "{}: {count} files, {editions} of editions, {refused} refused by both, {places} places",
            root.display()
        );
    }
}

/// Where each declaration begins and ends, by the path that descriptors use. Files with tabs are left out: they count as up
/// to eight columns there.
fn compare_places(tree: &File, theirs: &FileDescriptorProto) -> usize {
    let text = tree.source.text();
    if text.contains('\t') || !text.is_ascii() {
        return 0;
    }
    let mut starts = vec![0];
    starts.extend(text.match_indices('\n').map(|(index, _)| index + 1));
    let offset = |line: i32, column: i32| starts[line as usize] + column as usize;
    let span = |location: &Location| match location.span[..] {
        [line, start, end] => Span {
            start: offset(line, start),
            end: offset(line, end),
        },
        [line, start, last, end] => Span {
            start: offset(line, start),
            end: offset(last, end),
        },
        _ => Span::default(),
    };
    let info = theirs.source_code_info.as_ref().expect("it has places");
    let theirs: BTreeMap<&[i32], Span> = info
        .location
        .iter()
        .map(|place| (&place.path[..], span(place)))
        .collect();
    let mut count = 0;
    let mut same = |path: &[i32], ours: Span| {
        count += 1;
        assert_eq!(theirs.get(path), Some(&ours), "{} {path:?}", tree.path);
    };
    for (index, message) in (0..).zip(&tree.messages) {
        // A top-level group of an extension would be counted among the messages.
        if tree.extends.is_empty() {
            message_places(message, &[4, index], &mut same);
        }
    }
    for (index, item) in (0..).zip(&tree.enums) {
        enum_places(item, &[5, index], &mut same);
    }
    for (index, service) in (0..).zip(&tree.services) {
        same(&[6, index], service.span);
        same(&[6, index, 1], service.name.span);
        for (number, rpc) in (0..).zip(&service.rpcs) {
            same(&[6, index, 2, number], rpc.span);
            same(&[6, index, 2, number, 1], rpc.name.span);
            same(&[6, index, 2, number, 2], rpc.request.span);
            same(&[6, index, 2, number, 3], rpc.response.span);
        }
    }
    if let Some((_, span)) = &tree.package {
        same(&[2], *span);
    }
    if let Some(span) = tree.syntax_span {
        same(&[12], span);
    }
    for (index, import) in (0..).zip(&tree.imports) {
        same(&[3, index], import.span);
    }
    count
}

fn joined(path: &[i32], more: &[i32]) -> Vec<i32> {
    [path, more].concat()
}

fn message_places(message: &syntax::Message, path: &[i32], same: &mut impl FnMut(&[i32], Span)) {
    same(path, message.span);
    same(&joined(path, &[1]), message.name.span);
    let (mut fields, mut enums) = (0, 0);
    let mut field_places = |field: &syntax::Field, same: &mut dyn FnMut(&[i32], Span)| {
        let path = joined(path, &[2, fields]);
        fields += 1;
        if matches!(field.kind, syntax::WrittenType::Group(_)) {
            return;
        }
        same(&path, field.span);
        same(&joined(&path, &[1]), field.name.span);
        same(&joined(&path, &[3]), field.number.span);
        if let Some(label) = field.label {
            same(&joined(&path, &[4]), label.span);
        }
    };
    for item in &message.items {
        match item {
            MessageItem::Field(field) => field_places(field, same),
            MessageItem::Oneof(oneof) => oneof.fields.iter().for_each(|field| field_places(field, same)),
            MessageItem::Enum(item) => {
                enum_places(item, &joined(path, &[4, enums]), same);
                enums += 1;
            }
            _ => {}
        }
    }
    // Groups and maps are nested messages too, in the order of the text.
    let mut nested = 0;
    for item in &message.items {
        match item {
            MessageItem::Message(inner) => {
                message_places(inner, &joined(path, &[3, nested]), same);
                nested += 1;
            }
            MessageItem::Field(field) if !matches!(field.kind, syntax::WrittenType::Named(_)) => nested += 1,
            _ => {}
        }
    }
}

fn enum_places(item: &syntax::Enum, path: &[i32], same: &mut impl FnMut(&[i32], Span)) {
    same(path, item.span);
    same(&joined(path, &[1]), item.name.span);
    for (index, value) in (0..).zip(&item.values) {
        let path = joined(path, &[2, index]);
        same(&path, value.span);
        same(&joined(&path, &[1]), value.name.span);
        same(&joined(&path, &[2]), value.number.span);
    }
}

/// Every file of a corpus that links: the same descriptor as protoc's, custom options too.
#[test]
fn protoc_makes_the_same_of_a_corpus() {
    for root in corpora() {
        let (trees, set) = linkable(&root);
        let paths: Vec<String> = trees.iter().map(|tree| tree.path.to_string()).collect();
        let Some(theirs) = protoc(&root, &paths) else {
            return;
        };
        let linked = Linked::of(trees, &set);
        let pool = linked.pool();
        let mut options = 0;
        for (tree, ours) in linked.trees.iter().zip(&linked.descriptors) {
            assert_same(pool.as_ref(), &tree.path, ours, &theirs[&*tree.path]);
            options += usize::from(ours == &theirs[&*tree.path]);
        }
        println!(
            "{} descriptors are the same, {options} byte for byte",
            linked.trees.len()
        );
    }
}

/// The whole set of a schema's files is one that other tools read.
#[test]
fn a_descriptor_is_read_by_prost_reflect() {
    let linked = Linked::new(trees(builtin_files().into_iter()));
    let pool = linked.pool().expect("it is complete");
    let count = builtin::paths().count();
    assert_eq!(pool.files().count(), count);
    let set = FileDescriptorSet {
        file: linked.descriptors.iter().map(|bytes| proto(bytes)).collect(),
    };
    assert_eq!(
        DescriptorPool::from_file_descriptor_set(set)
            .expect("it is complete")
            .files()
            .count(),
        count
    );
}
