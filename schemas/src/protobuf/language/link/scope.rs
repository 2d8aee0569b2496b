//! Full names, and what a name means where it is written.
//!
//! A name is looked for in the innermost scope first, then outwards to the root; a dot in front makes it absolute. Its first
//! part decides: where `a.b` finds an `a` that may have parts, `b` must be in it. Only what a file sees counts.

use rustc_hash::FxHashMap;

use super::imports::Seen;
use super::members::Members;
use crate::protobuf::language::schema::{FileId, TypeId};
use crate::text::likeness::Likeness;
use crate::text::source::Span;

/// Something that has a full name and stands in a package.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol {
    pub meaning: Meaning,
    pub file: FileId,
    pub span: Span,
}

/// What a full name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Type(TypeId),
    /// An index into the set's extensions.
    Extension(u32),
    Package,
    Service,
    /// A top-level enum's value.
    Value,
}

impl Meaning {
    pub fn what(self) -> &'static str {
        match self {
            Meaning::Type(TypeId::Message(_)) => "a message",
            Meaning::Type(TypeId::Enum(_)) => "an enum",
            Meaning::Extension(_) => "an extension",
            Meaning::Package => "a package",
            Meaning::Service => "a service",
            Meaning::Value => "an enum's value",
        }
    }

    /// Whether names may stand within it.
    fn has_parts(self) -> bool {
        matches!(self, Meaning::Type(_) | Meaning::Package | Meaning::Service)
    }
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SymbolKind {
    /// A message or an enum; whatever else has the name is passed over.
    Type,
    /// The same for a message that is extended, taken or given: what is nearest of the name decides.
    Message,
    /// An extension: what is nearest of the name decides.
    Extension,
}

impl SymbolKind {
    fn fits(self, meaning: Meaning) -> bool {
        match self {
            SymbolKind::Type | SymbolKind::Message => matches!(meaning, Meaning::Type(_)),
            SymbolKind::Extension => matches!(meaning, Meaning::Extension(_)),
        }
    }
}

/// Why a name means nothing.
pub(super) enum Unresolved {
    /// Nothing has this name.
    Unknown,
    /// Its first part was found nearby, which hides what is further out.
    Hidden {
        /// The full name that was looked for last.
        tried: Box<str>,
    },
    /// What is nearest of the name is something else.
    Else {
        /// Its full name.
        found: Box<str>,
        what: &'static str,
    },
    /// It is there, in a file that is not imported.
    NotImported(FileId),
}

/// Every full name.
pub(super) struct Symbols {
    names: FxHashMap<Box<str>, Symbol>,
    visible: Vec<Seen>,
    /// For the file that is being linked: how it sees each file, and which packages it sees.
    sees: Vec<Sight>,
    packages: FxHashMap<Box<str>, Sight>,
    /// For one that is checked: what is neither a type nor an extension in it.
    members: Option<Members>,
}

/// What of a file is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sight {
    Nothing,
    Options,
    Everything,
}

impl Sight {
    fn includes(self, wanted: SymbolKind) -> bool {
        match self {
            Sight::Everything => true,
            Sight::Options => wanted == SymbolKind::Extension,
            Sight::Nothing => false,
        }
    }
}

impl Symbols {
    pub fn new(visible: Vec<Seen>) -> Self {
        Symbols {
            names: FxHashMap::default(),
            sees: vec![Sight::Nothing; visible.len()],
            visible,
            packages: FxHashMap::default(),
            members: None,
        }
    }

    /// Gives a name its meaning.
    ///
    /// # Errors
    /// What has the name already. A package may be declared by any number of files.
    pub fn define(&mut self, name: Box<str>, symbol: Symbol) -> Result<(), Symbol> {
        use std::collections::hash_map::Entry;
        match self.names.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert(symbol);
                Ok(())
            }
            Entry::Occupied(entry) => match (entry.get().meaning, symbol.meaning) {
                (Meaning::Package, Meaning::Package) => Ok(()),
                _ => Err(*entry.get()),
            },
        }
    }

    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.names.get(name).copied()
    }

    /// From here on names are looked for as this file sees them; with its members, as protoc looks for them.
    pub fn enter(&mut self, file: FileId, members: Option<Members>, package_of: impl Fn(FileId) -> Box<str>) {
        self.sees.fill(Sight::Nothing);
        self.packages.clear();
        // What was accepted earlier may use types that it imports for options.
        let for_options = match members {
            Some(_) => Sight::Options,
            None => Sight::Everything,
        };
        self.members = members;
        let seen = &self.visible[file.0 as usize];
        let all = [(&seen.files, Sight::Everything), (&seen.for_options, for_options)];
        for (id, sight) in all
            .into_iter()
            .flat_map(|(files, sight)| files.iter().map(move |id| (id, sight)))
        {
            self.sees[id.0 as usize] = sight;
            let package = package_of(*id);
            let mut rest = &*package;
            while !rest.is_empty() && self.packages.get(rest).is_none_or(|known| *known < sight) {
                self.packages.insert(rest.into(), sight);
                rest = rest.rfind('.').map_or("", |dot| &rest[..dot]);
            }
        }
    }

    fn is_visible(&self, name: &str, symbol: Symbol, wanted: SymbolKind) -> bool {
        let sight = match symbol.meaning {
            Meaning::Package => self.packages.get(name).copied().unwrap_or(Sight::Nothing),
            _ => self.sees[symbol.file.0 as usize],
        };
        sight.includes(wanted)
    }

    /// What `name` means in `scope`.
    pub fn resolve(&self, name: &str, scope: &str, wanted: SymbolKind) -> Result<Symbol, Unresolved> {
        let fits = |symbol: &Symbol| wanted.fits(symbol.meaning);
        if let Some(absolute) = name.strip_prefix('.') {
            return match self.names.get(absolute) {
                Some(symbol) if !fits(symbol) => Err(Unresolved::Unknown),
                Some(symbol) if self.is_visible(absolute, *symbol, wanted) => Ok(*symbol),
                Some(symbol) => Err(Unresolved::NotImported(symbol.file)),
                None => Err(Unresolved::Unknown),
            };
        }
        // Where anything of the name is in the way.
        let members = self.members.as_ref().filter(|_| wanted != SymbolKind::Type);
        let first = name.split('.').next().unwrap_or(name);
        let mut full = String::with_capacity(scope.len() + 1 + name.len());
        let mut elsewhere = None;
        let mut scope = scope;
        loop {
            full.clear();
            if !scope.is_empty() {
                full.push_str(scope);
                full.push('.');
            }
            full.push_str(first);
            if let Some((key, symbol)) = self.names.get_key_value(full.as_str()) {
                if !self.is_visible(key, *symbol, wanted) {
                    elsewhere = elsewhere.or((first.len() == name.len() && fits(symbol)).then_some(symbol.file));
                } else if first.len() == name.len() {
                    if fits(symbol) {
                        return Ok(*symbol);
                    }
                    if members.is_some() {
                        return Err(Unresolved::Else {
                            found: key.clone(),
                            what: symbol.meaning.what(),
                        });
                    }
                } else if symbol.meaning.has_parts() {
                    full.push_str(&name[first.len()..]);
                    return match self.names.get(full.as_str()) {
                        Some(symbol) if fits(symbol) && self.is_visible(&full, *symbol, wanted) => Ok(*symbol),
                        Some(symbol) if fits(symbol) => Err(Unresolved::NotImported(symbol.file)),
                        _ if scope.is_empty() => Err(Unresolved::Unknown),
                        _ => Err(Unresolved::Hidden {
                            tried: full.as_str().into(),
                        }),
                    };
                }
            }
            if first.len() == name.len()
                && let Some(what) = members.and_then(|members| members.get(scope)?.get(first))
            {
                return Err(Unresolved::Else {
                    found: full.into(),
                    what,
                });
            }
            if scope.is_empty() {
                break;
            }
            scope = scope.rfind('.').map_or("", |dot| &scope[..dot]);
        }
        if let Some(file) = elsewhere {
            return Err(Unresolved::NotImported(file));
        }
        match self.names.get(name) {
            Some(symbol) if fits(symbol) => Err(Unresolved::NotImported(symbol.file)),
            _ => Err(Unresolved::Unknown),
        }
    }

    /// The full name that was probably meant by `name`.
    pub fn nearest(&self, name: &str, wanted: SymbolKind) -> Option<&str> {
        let simple = |name: &str| -> String { name.rsplit('.').next().unwrap_or(name).to_lowercase() };
        let written = simple(name);
        let allowed = if written.chars().count() <= 4 { 1 } else { 2 };
        let mut likeness = Likeness::default();
        self.names
            .iter()
            .filter(|(known, symbol)| {
                let fits = wanted.fits(symbol.meaning);
                let length = known.rsplit('.').next().map_or(0, str::len);
                fits && length.abs_diff(written.len()) <= allowed
            })
            .filter_map(|(known, symbol)| {
                let distance = likeness.distance(&written, &simple(known), allowed)?;
                Some((distance, !self.is_visible(known, *symbol, wanted), &**known))
            })
            .min()
            .map(|(_, _, known)| known)
    }

    /// Types alone, by full name.
    pub fn into_types(self) -> FxHashMap<Box<str>, TypeId> {
        self.names
            .into_iter()
            .filter_map(|(name, symbol)| match symbol.meaning {
                Meaning::Type(id) => Some((name, id)),
                _ => None,
            })
            .collect()
    }
}
