//! A mismatch in sentences: what is said of it, the two places that it is shown at, and what can be done about it.

use super::label::{key, label, words};
use super::mismatch::Mismatch;
use crate::avro::judgement::meaning::Conflict;
use crate::avro::language::named::{Named, Record};
use crate::avro::language::schema::{Kind, Place, Schema, Type, TypeId};
use crate::finding::Label;
use crate::text::shorten::beginning;
use crate::text::shown::Line;
use crate::text::source::Step;
use crate::to_line;

/// No more symbols than these are listed.
const LISTED: usize = 5;

/// What is said of a mismatch.
pub(super) struct Words {
    pub message: Line,
    pub reader: Label,
    pub writer: Label,
    pub help: Line,
}

/// A reader's type that meets a writer's, and where the two stand.
pub(super) struct Meeting<'a> {
    pub reader: Met<'a>,
    pub writer: Met<'a>,
}

impl Meeting<'_> {
    /// The branches of the reader's union, and the name of the writer's type.
    pub fn branches_and_name(&self) -> (&[TypeId], Option<&Named>) {
        (self.reader.kind().branches(), self.writer.kind().named())
    }
}

/// The one side of it.
pub(super) struct Met<'a> {
    pub schema: &'a Schema,
    pub ty: TypeId,
    pub at: &'a Place,
}

impl Met<'_> {
    fn kind(&self) -> &Kind {
        &self.schema.get(self.ty).kind
    }

    fn words(&self) -> Line {
        words(self.schema, self.ty)
    }

    /// The full name of a named type.
    fn full_name(&self) -> &str {
        self.kind().named().map_or("", |named| named.name.full())
    }

    fn field_name(&self, index: u32) -> String {
        field_name(self.kind(), index)
    }

    /// A label here, or further down by these steps.
    fn label(&self, steps: &[Step], note: impl Into<Line>) -> Label {
        label(self.schema, self.at, steps, note)
    }

    /// A label at the name, where there is one.
    fn name_label(&self, note: impl Into<Line>) -> Label {
        match self.kind().named() {
            Some(_) => self.label(&[key("name")], note),
            None => self.label(&[], note),
        }
    }

    /// A label at the branch of this union that has the name of a type of the other side, namespaces aside.
    fn branch_label(&self, other: &Kind) -> Label {
        let Some(name) = other.named().map(|named| &named.name) else {
            return self.label(&[], "");
        };
        let mut branches = self.kind().branches().iter();
        let found = branches.find_map(|branch| {
            let kind = &self.schema.get(*branch).kind;
            let named = kind.named()?;
            (std::mem::discriminant(kind) == std::mem::discriminant(other) && named.accepts(name)).then_some(named)
        });
        match found {
            Some(named) => self
                .schema
                .label_of(named, &[key("name")], to_line!("`{}` here", named.name.full())),
            None => self.label(&[], to_line!("no `{}` in here", name.full())),
        }
    }

    /// A label at the type of this schema that has this name as an alias.
    fn alias_label(&self, alias: &str) -> Label {
        let has_alias = |id: &Type| {
            let named = id.kind.named()?;
            named
                .aliases
                .iter()
                .any(|name| name.full() == alias)
                .then(|| named.clone())
        };
        match self.schema.types.iter().find_map(has_alias) {
            Some(named) => self.schema.label_of(
                &named,
                &[key("aliases")],
                to_line!("`{}` has this alias", named.name.full()),
            ),
            None => self.name_label(""),
        }
    }

    /// A label at the name of a record's field.
    fn field_label(&self, index: u32, note: impl Into<Line>) -> Label {
        self.label(&at_field(self.kind(), index, "name"), note)
    }

    /// A label at one of an enum's symbols.
    fn symbol_label(&self, number: usize, note: impl Into<Line>) -> Label {
        self.label(&[key("symbols"), Step::Index(number)], note)
    }
}

pub(super) fn kind(Meeting { reader, writer }: &Meeting<'_>, _: &Mismatch) -> Words {
    let (takes, sends) = (reader.words(), writer.words());
    Words {
        message: to_line!("the reader takes {takes}, the writer sends {sends}"),
        reader: reader.name_label(to_line!("takes {takes}")),
        writer: writer.name_label(to_line!("sends {sends}")),
        help: to_line!(
            "keep {sends}, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes"
        ),
    }
}

pub(super) fn name(Meeting { reader, writer }: &Meeting<'_>, _: &Mismatch) -> Words {
    let (ours, theirs) = (reader.full_name(), writer.full_name());
    let who = match reader.kind().record() {
        Some(_) => "; the specification, fastavro and Python's avro refuse that, Avro Java reads it",
        None => "; Avro Java, fastavro and Python's avro refuse that",
    };
    Words {
        message: to_line!("the reader's `{ours}` is called `{theirs}` by the writer{who}"),
        reader: reader.name_label(to_line!("`{ours}` here")),
        writer: writer.name_label(to_line!("`{theirs}` here")),
        help: to_line!("give the reader's type the alias `{theirs}`, or keep the name"),
    }
}

pub(super) fn java_name(Meeting { reader, writer }: &Meeting<'_>, _: &Mismatch) -> Words {
    let (ours, theirs) = (reader.full_name(), writer.full_name());
    Words {
        message: to_line!(
            "`{theirs}` is an alias of another type of the reader, so Avro Java does not take it for the reader's `{ours}`; fastavro and Python's avro read it"
        ),
        reader: reader.alias_label(theirs),
        writer: writer.name_label("Avro Java gives it the name of the type that has the alias"),
        help: to_line!("drop the alias `{theirs}` while the reader has a type of this name"),
    }
}

pub(super) fn java_branch(Meeting { reader, writer }: &Meeting<'_>, _: &Mismatch) -> Words {
    let theirs = writer.full_name();
    Words {
        message: to_line!(
            "Avro Java finds no branch for `{theirs}` in the reader's union: in a union it compares names with their namespaces; the specification and fastavro read it"
        ),
        reader: reader.branch_label(writer.kind()),
        writer: writer.name_label(to_line!("`{theirs}` here")),
        help: to_line!("keep the namespace, or give the reader's type the alias `{theirs}`"),
    }
}

pub(super) fn java_union(meeting: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let Mismatch::JavaUnion(branch) = *mismatch else {
        return kind(meeting, mismatch);
    };
    let Meeting { reader, writer } = meeting;
    let theirs = match writer.kind().branches().get(branch as usize) {
        Some(id) => writer.schema.name_of(*id),
        None => "",
    };
    Words {
        message: to_line!(
            "an alias of the reader gives two branches of the writer's union one name, which Avro Java refuses; the specification, fastavro and Python's avro read it"
        ),
        reader: reader.alias_label(theirs),
        writer: writer.label(
            &[],
            to_line!("`{theirs}` is a branch beside the type that it is an alias of"),
        ),
        help: to_line!("drop the alias `{theirs}` while the writer sends both types"),
    }
}

pub(super) fn java_field(meeting: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let Mismatch::JavaField { field, written } = *mismatch else {
        return kind(meeting, mismatch);
    };
    let Meeting { reader, writer } = meeting;
    let (name, sent) = (reader.field_name(field), writer.field_name(written));
    let (ours, theirs) = (reader.full_name(), writer.full_name());
    Words {
        message: to_line!(
            "Avro Java does not find the writer's `{sent}` by the alias of the reader's `{name}`: it follows aliases of fields only within records of the same full name; the specification and fastavro do"
        ),
        reader: reader.field_label(field, to_line!("a field of `{ours}`")),
        writer: writer.field_label(written, to_line!("a field of `{theirs}`")),
        help: to_line!("keep the record's namespace, or give the reader's `{ours}` the alias `{theirs}`"),
    }
}

pub(super) fn size(Meeting { reader, writer }: &Meeting<'_>, _: &Mismatch) -> Words {
    Words {
        message: to_line!(
            "the reader takes {}, the writer sends {}",
            reader.words(),
            writer.words()
        ),
        reader: reader.label(&[key("size")], "another size"),
        writer: writer.label(&[key("size")], "the size that is sent"),
        help: "keep the size; for another one define a fixed of another name in a field of its own".into(),
    }
}

pub(super) fn unknown_symbols(Meeting { reader, writer }: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let (list, first) = symbols(writer.kind(), mismatch.symbols());
    Words {
        message: to_line!(
            "the reader's `{}` does not know {list} and has no default",
            reader.full_name()
        ),
        reader: reader.label(&[key("symbols")], to_line!("no {list}, and no `default`")),
        writer: writer.symbol_label(first, "the writer may send this"),
        help: "add the symbols to the reader first, or give the reader's enum a `default`".into(),
    }
}

pub(super) fn missing_field(Meeting { reader, writer }: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let index = mismatch.reader_field().unwrap_or_default();
    let name = reader.field_name(index);
    Words {
        message: to_line!("the reader needs `{name}`, which the writer never wrote"),
        reader: reader.field_label(index, to_line!("`{name}` has no default")),
        writer: writer.name_label(to_line!("no `{name}` in here")),
        help: to_line!("give `{name}` a default, or an alias if the writer has it under another name"),
    }
}

pub(super) fn wrong_default(Meeting { reader, writer }: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let index = mismatch.reader_field().unwrap_or_default();
    let name = reader.field_name(index);
    let field = reader
        .kind()
        .record()
        .and_then(|record| record.fields().get(index as usize));
    let ty = field.map_or_else(Line::default, |field| words(reader.schema, field.ty));
    let default = field.and_then(|field| field.default.as_deref());
    let default = default.map_or_else(Line::default, |node| beginning(&node.to_string(), LISTED * 8).into());
    Words {
        message: to_line!(
            "the writer never wrote `{name}`, and the reader's default for it, {default}, is no value of {ty}"
        ),
        reader: reader.label(&at_field(reader.kind(), index, "default"), to_line!("no value of {ty}")),
        writer: writer.name_label(to_line!("no `{name}` in here")),
        help: to_line!(
            "give `{name}` a default of its type; Avro Java refuses this one for the most part, other decoders may take it as it stands"
        ),
    }
}

pub(super) fn sibling_alias(meeting: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let (Mismatch::SiblingAlias { field, matches } | Mismatch::SiblingAliasInJava { field, matches }) = *mismatch
    else {
        return kind(meeting, mismatch);
    };
    let Meeting { reader, writer } = meeting;
    let name = reader.field_name(field);
    let other = writer.field_name(matches[1]);
    let who = if let Mismatch::SiblingAliasInJava { .. } = mismatch {
        "Avro Java does not read the writer's version of the schema"
    } else {
        "Avro Java reads data of this very schema, and of no other version that has both fields"
    };
    Words {
        message: to_line!(
            "the reader's `{name}` has the alias `{other}`, which is a field of its own; {who}; fastavro and Python's avro read each field by its name"
        ),
        reader: reader.field_label(field, to_line!("has the alias `{other}`")),
        writer: writer.field_label(matches[0], to_line!("`{other}` is another field of the writer")),
        help: "drop the alias that names a field which still exists".into(),
    }
}

pub(super) fn two_matches(meeting: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let Mismatch::TwoMatches { field, matches } = *mismatch else {
        return kind(meeting, mismatch);
    };
    let Meeting { reader, writer } = meeting;
    let name = reader.field_name(field);
    let [first, second] = matches.map(|index| writer.field_name(index));
    Words {
        message: to_line!("the reader's `{name}` matches both `{first}` and `{second}` of the writer"),
        reader: reader.field_label(field, to_line!("by name or alias: `{first}` and `{second}`")),
        writer: writer.field_label(matches[1], "matched a second time"),
        help: "drop the alias that names a field which still exists".into(),
    }
}

pub(super) fn two_claims(meeting: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let Mismatch::TwoClaims { fields, claimed } = *mismatch else {
        return kind(meeting, mismatch);
    };
    let Meeting { reader, writer } = meeting;
    let [first, second] = fields.map(|index| reader.field_name(index));
    let name = writer.field_name(claimed);
    Words {
        message: to_line!("the reader's `{first}` and `{second}` both claim the writer's `{name}`"),
        reader: reader.field_label(fields[1], "claims it a second time"),
        writer: writer.field_label(claimed, "claimed twice"),
        help: "let only one field have this name or alias; decoders disagree on which of the two gets the data".into(),
    }
}

pub(super) fn missing_branch(meeting: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let Meeting { reader, writer } = meeting;
    if reader.schema.made_nullable(reader.ty).is_some() {
        return kind(meeting, mismatch);
    }
    let (takes, sends) = (reader.words(), writer.words());
    let java = match like_in_java(reader, writer) {
        Some(name) => to_line!("; Avro Java may take it for `{name}`, for which it has all fields"),
        None => Line::default(),
    };
    Words {
        message: to_line!("the reader's union {takes} has no branch for {sends}{java}"),
        reader: reader.label(&[], to_line!("no {sends} in here")),
        writer: writer.name_label("the writer may send this"),
        help: to_line!("add {sends} to the reader's union before any writer sends it"),
    }
}

/// The first record of the reader's union that may be read of the writer's record, were it not for its name: Avro Java then does so.
fn like_in_java<'s>(reader: &Met<'s>, writer: &Met<'_>) -> Option<&'s str> {
    let written = writer.kind().record()?;
    let has_all = |record: &Record| {
        let mut fields = record.fields().iter();
        fields.all(|field| field.default.is_some() || written.field(&field.name).is_some())
    };
    let records = reader.kind().branches().iter();
    let mut records = records.filter_map(|branch| reader.schema.get(*branch).kind.record());
    records
        .find(|record| has_all(record))
        .map(|record| record.named.name.simple())
}

pub(super) fn bytes_as_string(Meeting { reader, writer }: &Meeting<'_>, _: &Mismatch) -> Words {
    Words {
        message: "the reader takes for text what the writer may fill with any bytes; what is not UTF-8 is refused, and Avro Java puts � in its place"
            .into(),
        reader: reader.label(&[], "must be UTF-8"),
        writer: writer.label(&[], "may be any bytes"),
        help: "keep bytes in the reader".into(),
    }
}

pub(super) fn meaning(meeting: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let (message, help): (Line, &str) = match mismatch.conflict() {
        Some(Conflict::Scale { reader, writer }) => (
            to_line!("the reader puts the decimal point after {reader} digits, the writer after {writer}"),
            "keep the scale, or send the new amount in a field of its own; decoders do not convert",
        ),
        Some(Conflict::Precision { reader, writer }) => (
            to_line!("the reader allows {reader} digits, the writer sends up to {writer}"),
            "let the reader's precision be at least the writer's",
        ),
        Some(Conflict::Kind { reader, writer }) => (
            to_line!(
                "the reader takes for {} what the writer means as {}",
                reader.name(),
                writer.name()
            ),
            "keep the logical type, or send the new meaning in a field of its own; decoders do not convert",
        ),
        None => return kind(meeting, mismatch),
    };
    let Meeting { reader, writer } = meeting;
    Words {
        message,
        reader: reader.label(&[], to_line!("read as {}", reader.words())),
        writer: writer.label(&[], to_line!("meant as {}", writer.words())),
        help: help.into(),
    }
}

pub(super) fn lossy(Meeting { reader, writer }: &Meeting<'_>, _: &Mismatch) -> Words {
    let (takes, sends) = (reader.words(), writer.words());
    Words {
        message: to_line!("the reader's {takes} cannot hold every {sends} exactly"),
        reader: reader.label(&[], to_line!("rounds to {takes}")),
        writer: writer.label(&[], to_line!("sends {sends}")),
        help: "fine for measurements; keep the integer type for ids, counts and money".into(),
    }
}

pub(super) fn default_field(Meeting { reader, writer }: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let index = mismatch.reader_field().unwrap_or_default();
    let name = reader.field_name(index);
    Words {
        message: to_line!("the reader sees its default for `{name}`, which the writer does not have"),
        reader: reader.field_label(index, "read as its default"),
        writer: writer.name_label(to_line!("no `{name}` in here")),
        help: to_line!("nothing to do, unless somebody takes the default of `{name}` for data"),
    }
}

pub(super) fn default_symbols(Meeting { reader, writer }: &Meeting<'_>, mismatch: &Mismatch) -> Words {
    let (list, first) = symbols(writer.kind(), mismatch.symbols());
    Words {
        message: to_line!("the reader sees its default for {list}"),
        reader: reader.label(&[key("default")], "read as this"),
        writer: writer.symbol_label(first, "the writer may send this"),
        help: "nothing to do, unless somebody takes the default for data".into(),
    }
}

/// The steps from a record's place to a part of one of its fields.
pub(super) fn at_field(kind: &Kind, index: u32, part: &str) -> Vec<Step> {
    let number = kind
        .record()
        .map_or(index, |record| record.fields()[index as usize].number);
    vec![key("fields"), Step::Index(number as usize), key(part)]
}

/// The name of a record's field.
pub(super) fn field_name(kind: &Kind, index: u32) -> String {
    let name = kind
        .record()
        .map(|record| record.fields()[index as usize].name.to_string());
    name.unwrap_or_default()
}

/// Symbols by number, quoted, a few of them by name; and the number of the first.
fn symbols(kind: &Kind, numbers: &[u32]) -> (String, usize) {
    let Kind::Enum(symbols) = kind else {
        return (String::new(), 0);
    };
    let mut list: Vec<String> = numbers
        .iter()
        .take(LISTED)
        .map(|&number| format!("`{}`", symbols.symbols()[number as usize]))
        .collect();
    if numbers.len() > list.len() {
        list.push(format!("{} more", numbers.len() - list.len()));
    }
    (list.join(", "), numbers.first().map_or(0, |&number| number as usize))
}
