//! Shape digests: two types of equal shape are structurally the same, in whichever schemas they stand.
//!
//! A type outside any cycle digests its own data and the shapes of what it reaches. In a cycle that cannot be: there
//! a type first digests its own data with the cycle's types by name, and its shape is that together with the same
//! of all types of the cycle. Digests are SHA-256, cut to 128 bits: nobody can make two that are equal.
//! Nothing here recurses.

use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};

use crate::avro::language::named::{Field, FullName, Record};
use crate::avro::language::schema::{Kind, Logical, Schema, Type, TypeId};
use crate::text::source::Source;

#[cfg(test)]
mod tests;

/// Makes a schema of an arena: computes shapes and names. Two named types of the same name are tolerated; the first
/// is the one that is found by name.
pub(crate) fn seal(sources: Vec<Source>, types: Vec<Type>, root: TypeId) -> Schema {
    let mut names: FxHashMap<Box<str>, TypeId> = FxHashMap::default();
    for (index, ty) in (0u32..).zip(&types) {
        if let Some(named) = ty.kind.named() {
            names.entry(named.name.full().into()).or_insert(TypeId(index));
        }
    }
    let mut types = types;
    let mut shaping = Shaping {
        local: vec![None; types.len()],
        component: vec![u32::MAX; types.len()],
        bytes: Vec::new(),
    };
    for (number, members) in (0u32..).zip(components(&types)) {
        shaping.shape(&mut types, number, members);
    }
    Schema {
        has_aliases: types.iter().any(has_aliases),
        sources,
        types,
        root,
        names,
        warnings: Vec::new(),
    }
}

fn has_aliases(ty: &Type) -> bool {
    let fields = ty.kind.record().map_or(&[][..], Record::fields);
    let is_renamed = ty.kind.named().is_some_and(|named| !named.aliases.is_empty());
    is_renamed || fields.iter().any(|field| !field.aliases.is_empty())
}

/// The strongly connected components, each after all that it reaches (Tarjan's algorithm with its stack on the heap).
fn components(types: &[Type]) -> Vec<Vec<u32>> {
    const UNSEEN: u32 = u32::MAX;
    let mut found = Vec::new();
    let mut order = vec![UNSEEN; types.len()];
    let mut low = vec![UNSEEN; types.len()];
    let mut done = vec![false; types.len()];
    let mut open: Vec<u32> = Vec::new();
    let mut walk: Vec<(u32, usize)> = Vec::new();
    let mut next = 0;
    for start in 0..types.len() as u32 {
        if order[start as usize] != UNSEEN {
            continue;
        }
        walk.push((start, 0));
        while let Some((node, edge)) = walk.last_mut() {
            let at = *node as usize;
            if *edge == 0 && order[at] == UNSEEN {
                order[at] = next;
                low[at] = next;
                next += 1;
                open.push(*node);
            }
            if let Some(below) = child(&types[at].kind, *edge) {
                *edge += 1;
                let below_at = below.index();
                if order[below_at] == UNSEEN {
                    walk.push((below.0, 0));
                } else if !done[below_at] {
                    low[at] = low[at].min(order[below_at]);
                }
                continue;
            }
            let node = *node;
            walk.pop();
            if let Some((parent, _)) = walk.last() {
                let parent = *parent as usize;
                low[parent] = low[parent].min(low[at]);
            }
            if low[at] == order[at] {
                let first = open.iter().rposition(|&member| member == node).unwrap_or(0);
                let members = open.split_off(first);
                for &member in &members {
                    done[member as usize] = true;
                }
                found.push(members);
            }
        }
    }
    found
}

struct Shaping {
    /// The digest of a type in a cycle, with the cycle's named types by name.
    local: Vec<Option<u128>>,
    /// In which component a type is, once that is at work.
    component: Vec<u32>,
    /// What is to be digested; kept for its allocation.
    bytes: Vec<u8>,
}

impl Shaping {
    fn shape(&mut self, types: &mut [Type], number: u32, mut members: Vec<u32>) {
        for &member in &members {
            self.component[member as usize] = number;
        }
        let reads_itself = members.iter().all(|&member| {
            let kind = &types[member as usize].kind;
            let reached = (0..)
                .map_while(|edge| child(kind, edge))
                .all(|below| self.component[below.index()] == number || types[below.index()].reads_itself);
            reached && !matches!(kind, Kind::Record(record) if is_ambiguous(record))
        });
        let cyclic = members.len() > 1 || {
            let kind = &types[members[0] as usize].kind;
            (0..)
                .map_while(|edge| child(kind, edge))
                .any(|below| below.0 == members[0])
        };
        if cyclic {
            members.sort_unstable();
            self.shape_cycle(types, number, &members);
        } else {
            let at = members[0] as usize;
            self.shape_fields(types, at);
            types[at].shape = self.digest(types, at, None, &FxHashMap::default());
        }
        for &member in &members {
            types[member as usize].reads_itself = reads_itself;
        }
    }

    fn shape_cycle(&mut self, types: &mut [Type], number: u32, members: &[u32]) {
        // Names tell the types of a cycle apart; where two are equal (no text says so, but an arena may), their
        // order in the arena does.
        let mut ordinals: FxHashMap<u32, u32> = FxHashMap::default();
        let mut names: FxHashSet<&str> = FxHashSet::default();
        let named = || {
            members
                .iter()
                .filter_map(|&member| Some((member, types[member as usize].kind.named()?)))
        };
        if !named().all(|(_, named)| names.insert(named.name.full())) {
            ordinals.extend(named().map(|(member, _)| member).zip(0..));
        }
        // Anonymous types first, each after the anonymous types in it. They are nested as in a text, so there is no
        // cycle among them.
        let mut walk: Vec<(u32, usize)> = Vec::new();
        for &start in members {
            if types[start as usize].kind.named().is_some() || self.local[start as usize].is_some() {
                continue;
            }
            walk.push((start, 0));
            while let Some((node, edge)) = walk.last_mut() {
                let at = *node as usize;
                if let Some(below) = child(&types[at].kind, *edge) {
                    *edge += 1;
                    let inside = self.component[below.index()] == number
                        && types[below.index()].kind.named().is_none()
                        && self.local[below.index()].is_none();
                    if inside {
                        walk.push((below.0, 0));
                    }
                    continue;
                }
                walk.pop();
                self.local[at] = Some(self.digest(types, at, Some(number), &ordinals));
            }
        }
        for &member in members {
            if types[member as usize].kind.named().is_some() {
                self.local[member as usize] = Some(self.digest(types, member as usize, Some(number), &ordinals));
            }
        }
        let mut all: Vec<u128> = members
            .iter()
            .filter_map(|&member| self.local[member as usize])
            .collect();
        if ordinals.is_empty() {
            all.sort_unstable();
        }
        self.bytes.clear();
        self.bytes.extend(all.iter().flat_map(|local| local.to_be_bytes()));
        let whole = finish(&self.bytes);
        for &member in members {
            self.bytes.clear();
            self.bytes.push(b'C');
            let local = self.local[member as usize].unwrap_or_default();
            self.bytes.extend(local.to_be_bytes());
            self.bytes.extend(whole.to_be_bytes());
            types[member as usize].shape = finish(&self.bytes);
        }
        for &member in members {
            self.shape_fields(types, member as usize);
        }
    }

    /// Gives each field of a record its shape; those of their types are known.
    fn shape_fields(&mut self, types: &mut [Type], at: usize) {
        let Kind::Record(record) = &types[at].kind else { return };
        let shapes: Vec<u128> = record
            .fields()
            .iter()
            .map(|field| {
                self.bytes.clear();
                self.bytes.push(b'F');
                put_field(&mut self.bytes, field);
                self.bytes.extend(types[field.ty.index()].shape.to_be_bytes());
                finish(&self.bytes)
            })
            .collect();
        if let Kind::Record(record) = &mut types[at].kind {
            record.set_shapes(shapes);
        }
    }

    /// The digest of one type: its own data and its children, those in the cycle `number` not by their shapes.
    fn digest(&mut self, types: &[Type], at: usize, number: Option<u32>, ordinals: &FxHashMap<u32, u32>) -> u128 {
        let ty = &types[at];
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        bytes.push(if number.is_some() { b'L' } else { b'T' });
        put_text(&mut bytes, ty.kind.name());
        put_logical(&mut bytes, ty.logical);
        if let Some(named) = ty.kind.named() {
            put_text(&mut bytes, named.name.full());
            put_all(&mut bytes, named.aliases.iter().map(FullName::full));
        }
        if let Some(ordinal) = ordinals.get(&(at as u32)) {
            bytes.extend(ordinal.to_be_bytes());
        }
        let put_child = |bytes: &mut Vec<u8>, id: TypeId| {
            let below = &types[id.index()];
            if number.is_none_or(|number| self.component[id.index()] != number) {
                bytes.push(0);
                bytes.extend(below.shape.to_be_bytes());
            } else if let Some(named) = below.kind.named() {
                bytes.push(1);
                put_text(bytes, named.name.full());
                bytes.extend(ordinals.get(&id.0).copied().unwrap_or_default().to_be_bytes());
            } else {
                bytes.push(2);
                bytes.extend(self.local[id.index()].unwrap_or_default().to_be_bytes());
            }
        };
        match &ty.kind {
            Kind::Array(id) | Kind::Map(id) => put_child(&mut bytes, *id),
            Kind::Union(branches) => {
                put_count(&mut bytes, branches.len());
                for id in branches {
                    put_child(&mut bytes, *id);
                }
            }
            Kind::Record(record) => {
                put_count(&mut bytes, record.fields().len());
                for (field, shape) in record.fields().iter().zip(record.shapes()) {
                    if number.is_some() {
                        put_field(&mut bytes, field);
                        put_child(&mut bytes, field.ty);
                    } else {
                        bytes.extend(shape.to_be_bytes());
                    }
                }
            }
            Kind::Enum(symbols) => {
                put_all(&mut bytes, symbols.symbols().iter().map(|symbol| &**symbol));
                put_all(&mut bytes, symbols.default.as_deref().into_iter());
            }
            Kind::Fixed(fixed) => bytes.extend(fixed.size.to_be_bytes()),
            _ => {}
        }
        let digest = finish(&bytes);
        self.bytes = bytes;
        digest
    }
}

/// Whether some written field could be taken for two of this record.
fn is_ambiguous(record: &Record) -> bool {
    let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
    (0..).zip(record.fields()).any(|(index, field)| {
        field.aliases.iter().any(|alias| {
            record.field(alias).is_some_and(|other| other != index)
                || seen.insert(alias, index).is_some_and(|other| other != index)
        })
    })
}

fn put_field(bytes: &mut Vec<u8>, field: &Field) {
    put_text(bytes, &field.name);
    put_all(bytes, field.aliases.iter().map(|alias| &**alias));
}

fn put_logical(bytes: &mut Vec<u8>, logical: Option<Logical>) {
    put_all(bytes, logical.map(Logical::name).into_iter());
    if let Some(Logical::Decimal { precision, scale }) = logical {
        bytes.extend(precision.to_be_bytes());
        bytes.extend(scale.to_be_bytes());
    }
}

fn put_all<'a>(bytes: &mut Vec<u8>, texts: impl ExactSizeIterator<Item = &'a str>) {
    put_count(bytes, texts.len());
    for text in texts {
        put_text(bytes, text);
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_count(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn put_count(bytes: &mut Vec<u8>, count: usize) {
    // No text that is parsed has as many as four billion of anything.
    bytes.extend((count as u32).to_be_bytes());
}

fn finish(bytes: &[u8]) -> u128 {
    let digest = Sha256::digest(bytes);
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(first)
}

/// The type that a type reaches over its edge of this number, from 0.
fn child(kind: &Kind, edge: usize) -> Option<TypeId> {
    match kind {
        Kind::Array(id) | Kind::Map(id) => (edge == 0).then_some(*id),
        Kind::Union(branches) => branches.get(edge).copied(),
        Kind::Record(record) => record.fields().get(edge).map(|field| field.ty),
        _ => None,
    }
}
