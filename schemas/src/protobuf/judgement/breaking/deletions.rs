//! What is gone from a file or from a package: files, packages, messages, enums, extensions, services.

use rustc_hash::FxHashSet;

use super::annotation::{Annotations, Place};
use super::element::Element;
use super::rules;
use super::tree::Tree;
use crate::finding::Rule;
use crate::protobuf::judgement::side::Of;
use crate::protobuf::language::names::within_package;
use crate::protobuf::language::schema::{EnumId, FileId};

/// What sort of thing may be gone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Message,
    Enum,
    Extension,
    Service,
}

impl Sort {
    fn word(self) -> &'static str {
        match self {
            Sort::Message => "message",
            Sort::Enum => "enum",
            Sort::Extension => "extension",
            Sort::Service => "service",
        }
    }

    /// The rules about files and about packages.
    fn rules(self) -> (&'static Rule, &'static Rule) {
        match self {
            Sort::Message => (&rules::MESSAGE_NO_DELETE, &rules::PACKAGE_MESSAGE_NO_DELETE),
            Sort::Enum => (&rules::ENUM_NO_DELETE, &rules::PACKAGE_ENUM_NO_DELETE),
            Sort::Extension => (&rules::EXTENSION_NO_DELETE, &rules::PACKAGE_EXTENSION_NO_DELETE),
            Sort::Service => (&rules::SERVICE_NO_DELETE, &rules::PACKAGE_SERVICE_NO_DELETE),
        }
    }

    /// The file in which the current tree has this.
    fn find(self, tree: &Tree<'_>, name: &str) -> Option<FileId> {
        match self {
            Sort::Message => tree.message(name).map(|message| message.file()),
            Sort::Enum => tree.enumeration(name).map(|id| tree.set.enumeration(id).file),
            Sort::Extension => tree.extension_names.get(name).map(|extension| extension.file),
            Sort::Service => tree.services.get(name).map(|service| service.file),
        }
    }
}

pub(super) fn check(found: &mut Annotations<'_>) {
    files_and_packages(found);
    let (current, previous) = (found.current, found.previous);
    let set = current.set;

    // buf compares what a package has of a sort only where it still has something of that sort; of services, always.
    let packages = current.packages(set.messages.iter().map(|message| message.file));
    for (name, message) in previous.messages() {
        gone(
            found,
            Sort::Message,
            name,
            (message.element(), message.place()),
            &packages,
        );
    }
    let packages = current.packages(set.enums.iter().map(|item| item.file));
    for (id, item) in (0..).map(EnumId).zip(&previous.set.enums) {
        gone(
            found,
            Sort::Enum,
            &item.name,
            (Element::Enum(Of::new(id)), Place::span(item.file, item.span)),
            &packages,
        );
    }
    let packages = current.packages(set.extensions.iter().map(|extension| extension.file));
    for extension in &previous.set.extensions {
        let place = Place::span(extension.file, extension.field.spans.whole);
        let element = Element::Field(Of::new(extension.extendee), extension.field.number);
        gone(found, Sort::Extension, &extension.name, (element, place), &packages);
    }
    let packages = set.files.iter().map(|file| &*file.package).collect();
    for service in &previous.set.services {
        gone(
            found,
            Sort::Service,
            &service.name,
            (Element::Service, Place::span(service.file, service.span)),
            &packages,
        );
    }
}

fn files_and_packages(found: &mut Annotations<'_>) {
    let (current, previous) = (found.current, found.previous);
    let packages: FxHashSet<&str> = current.set.files.iter().map(|file| &*file.package).collect();
    let mut reported: FxHashSet<&str> = FxHashSet::default();
    let mut paths: Vec<(&str, FileId)> = previous.files.iter().map(|(path, id)| (*path, *id)).collect();
    paths.sort_unstable();
    for (path, id) in paths {
        if !current.files.contains_key(path) {
            found.add(
                &rules::FILE_NO_DELETE,
                Element::File(Of::new(id)),
                None,
                Some(Place::file(id)),
                || format!("Previously present file \"{path}\" was deleted."),
            );
        }
        // The first file of a package stands for it.
        let package = &*previous.set.file(id).package;
        if !packages.contains(package) && reported.insert(package) {
            found.add(
                &rules::PACKAGE_NO_DELETE,
                Element::Package(Of::new(id)),
                None,
                Some(Place::file(id)),
                || format!("Previously present package \"{package}\" was deleted."),
            );
        }
    }
}

/// Tells that something of the previous tree is gone from its file or its package, if it is.
fn gone(
    found: &mut Annotations<'_>,
    sort: Sort,
    name: &str,
    (element, place): (Element, Place),
    packages: &FxHashSet<&str>,
) {
    let (current, previous) = (found.current, found.previous);
    let file = previous.set.file(place.file);
    let package = &*file.package;
    let nested = within_package(name, package).unwrap_or(name);
    let (in_file, in_package) = sort.rules();
    let namesake = current.files.get(&*file.path).copied();
    let now = sort.find(current, name);

    if let Some(here) = namesake {
        let in_namesake = match &*current.set.file(here).package {
            same if same == package => now,
            other => sort.find(current, &joined(other, nested)),
        };
        if in_namesake != Some(here) {
            let at = surviving(current, sort, here, nested);
            found.add(in_file, element, Some(at), Some(place), || {
                format!("Previously present {} \"{nested}\" was deleted from file.", sort.word())
            });
        }
    }
    let is_there = |id: FileId| *current.set.file(id).package == *package;
    if packages.contains(package) && !now.is_some_and(is_there) {
        let at = namesake.map(|here| match sort {
            // A message's ancestors may have moved to another file of the package.
            Sort::Message => ancestors(nested)
                .filter_map(|ancestor| current.message(&joined(package, ancestor)))
                .find(|ancestor| is_there(ancestor.file()))
                .map_or(Place::file(here), |ancestor| ancestor.place()),
            Sort::Enum | Sort::Extension | Sort::Service => surviving(current, sort, here, nested),
        });
        found.add(in_package, element, at, Some(place), || {
            format!(
                "Previously present {} \"{nested}\" was deleted from package \"{package}\".",
                sort.word()
            )
        });
    }
}

/// The innermost message around what is gone that its file still has, or the file.
fn surviving(tree: &Tree<'_>, sort: Sort, file: FileId, nested: &str) -> Place {
    let package = &*tree.set.file(file).package;
    ancestors(nested)
        .filter(|_| sort != Sort::Service)
        .filter_map(|ancestor| tree.message(&joined(package, ancestor)))
        .find(|ancestor| ancestor.file() == file)
        .map_or(Place::file(file), |ancestor| ancestor.place())
}

/// The names around a nested name, from the inside.
fn ancestors(nested: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(nested.rsplit_once('.'), |(outer, _)| outer.rsplit_once('.')).map(|(outer, _)| outer)
}

fn joined(package: &str, nested: &str) -> String {
    match package {
        "" => nested.to_owned(),
        _ => format!("{package}.{nested}"),
    }
}
