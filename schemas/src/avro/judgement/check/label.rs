//! Where a type stands in its text.

use crate::avro::language::schema::{Kind, Place, Schema, TypeId};
use crate::finding::{At, Label};
use crate::text::shown::Line;
use crate::text::source::Step;
use crate::to_line;

/// The place at which `ty` stands, coming from a parent at `parent` by these steps of the text. A named type stands
/// where it is defined, which need not be where it is mentioned.
pub(in crate::avro) fn place(schema: &Schema, ty: TypeId, parent: &Place, steps: &[Step]) -> Place {
    if let Some(named) = schema.get(ty).kind.named() {
        return named.place.clone();
    }
    let mut path = parent.path.clone();
    for step in steps {
        path.push(step.clone());
    }
    Place {
        source: parent.source,
        path,
    }
}

/// The place of a schema's root.
pub(in crate::avro) fn root(schema: &Schema) -> Place {
    place(schema, schema.root(), &Place::default(), &[])
}

/// A label at a place, further down by these steps.
pub(in crate::avro) fn label(schema: &Schema, place: &Place, steps: &[Step], note: impl Into<Line>) -> Label {
    let mut path = place.path.clone();
    for step in steps {
        path.push(step.clone());
    }
    Label {
        source: schema.source_of(place).clone(),
        at: At::Path(path),
        note: note.into(),
    }
}

/// A type in a few words: `string`, `enum Status`, `fixed Md5 of 16 bytes`, `[null, string]`.
pub(in crate::avro) fn words(schema: &Schema, ty: TypeId) -> Line {
    let ty = schema.get(schema.made_nullable(ty).unwrap_or(ty));
    let kind = &ty.kind;
    let text = if let Kind::Union(branches) = kind {
        let written: Vec<TypeId> = schema.written_branches(branches).collect();
        let shown: Vec<Line> = written
            .iter()
            .take(6)
            .map(|branch| {
                let kind = &schema.get(*branch).kind;
                kind.named().map_or(kind.name(), |named| named.name.simple()).into()
            })
            .collect();
        let more = if written.len() > shown.len() { ", …" } else { "" };
        to_line!(
            "[{}{more}]",
            shown.iter().map(|name| &**name).collect::<Vec<&str>>().join(", ")
        )
    } else if let Kind::Fixed(fixed) = kind {
        to_line!("fixed {} of {} bytes", fixed.named.name.simple(), fixed.size)
    } else {
        match kind.named() {
            Some(named) => to_line!("{} {}", kind.name(), named.name.simple()),
            None => kind.name().into(),
        }
    };
    match ty.logical {
        Some(logical) => to_line!("{text} ({})", logical.name()),
        None => text,
    }
}

/// The member of a JSON object, as a step.
pub(in crate::avro) fn key(name: &str) -> Step {
    Step::Key(name.into())
}
