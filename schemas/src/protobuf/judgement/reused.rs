//! Numbers and names that an earlier schema reserves and a proposed one uses again.
//!
//! No event of the schema that reserves them has them, so no check of that pair finds anything. Events of schemas before it may.

use rustc_hash::{FxHashMap, FxHashSet};

use super::changes::declared::{Declared, Names, names};
use super::changes::words::words;
use super::check::label::label;
use super::rules;
use crate::budget::{Budget, Exhausted};
use crate::data_path::DataPath;
use crate::finding::{Evidence, Finding, Label, Severity};
use crate::mode::Direction;
use crate::protobuf::language::link::json_name;
use crate::protobuf::language::schema::{FileId, FileSet, Reserved, Schema};
use crate::text::shown::Line;
use crate::text::source::Span;
use crate::to_line;

const UNAFFECTED: &str = "no event of the schema that reserves it has it; only events of earlier ones may";

/// A schema of the history, and what it declares.
struct Version<'s> {
    schema: &'s Schema,
    names: Names,
}

/// What a declaration has under a number.
struct Member<'s> {
    number: i32,
    name: &'s str,
    /// Its name in ProtoJSON, where the declaration is a message.
    json_name: Option<&'s str>,
    /// What it is, in a few words.
    what: String,
    file: FileId,
    span: Span,
}

/// What `new` uses again of what the newest schemas of `history` (oldest first) reserve.
///
/// # Errors
/// When the budget ends.
pub(crate) fn reused(
    new: &Schema,
    history: &[&Schema],
    direction: Direction,
    budget: &Budget,
) -> Result<Vec<Finding>, Exhausted> {
    let mut found = Vec::new();
    let proposed = names(new);
    budget.spend(proposed.ordered.len())?;
    let mut versions = Vec::with_capacity(history.len());
    for schema in history {
        let names = names(schema);
        budget.spend(names.ordered.len())?;
        versions.push(Version { schema, names });
    }
    for (name, declared) in &proposed.ordered {
        // Numbers of which everything is said: each is reported once, and what is in use since is no news.
        let mut settled = FxHashSet::default();
        for (at, version) in versions.iter().enumerate().rev() {
            budget.spend(1)?;
            let Some(before) = version.names.by_name.get(name).copied() else {
                continue;
            };
            let (set, older) = (&version.schema.set, &versions[..at]);
            settled.extend(members(set, before).iter().map(|member| member.number));
            for of in used_again(name, (&new.set, *declared), (set, before), &settled, budget)? {
                if !settled.insert(of.member.number) {
                    continue;
                }
                let earlier = of.earlier(older, budget)?;
                found.push(of.finding(earlier, direction));
            }
        }
    }
    Ok(found)
}

/// What was found so far in a history whose schemas are looked at one by one, the newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Walked {
    /// By message or enum: the numbers that are in use since. They are no news.
    in_use: FxHashMap<String, FxHashSet<i32>>,
    /// What was reported of a number: an older schema that reserves the same of it is named beside, and no other.
    reported: FxHashMap<(String, i32), (bool, Option<String>)>,
}

/// What `new` uses again of what this schema reserves, the next older one of a history.
///
/// # Errors
/// When the budget ends.
pub(crate) fn reused_of_one(
    new: &Schema,
    earlier: &Schema,
    walked: &mut Walked,
    direction: Direction,
    budget: &Budget,
) -> Result<Vec<Finding>, Exhausted> {
    let mut found = Vec::new();
    let (proposed, before) = (names(new), names(earlier));
    budget.spend(proposed.ordered.len() + before.ordered.len())?;
    for (name, declared) in &proposed.ordered {
        let Some(before) = before.by_name.get(name).copied() else {
            continue;
        };
        let in_use = walked.in_use.entry(String::from(&**name)).or_default();
        in_use.extend(members(&earlier.set, before).iter().map(|member| member.number));
        for of in used_again(name, (&new.set, *declared), (&earlier.set, before), in_use, budget)? {
            let says = (of.number, of.name.map(str::to_owned));
            let key = (String::from(&**name), of.member.number);
            if *walked.reported.entry(key).or_insert_with(|| says.clone()) == says {
                found.push(of.finding(None, direction));
            }
        }
    }
    Ok(found)
}

/// The members of a declaration that use again what an earlier one reserves, but for those with these numbers.
fn used_again<'s>(
    of: &'s str,
    (new, declared): (&'s FileSet, Declared),
    (set, before): (&'s FileSet, Declared),
    settled: &FxHashSet<i32>,
    budget: &Budget,
) -> Result<Vec<Reused<'s>>, Exhausted> {
    let reserved = reserved(set, before);
    let members = members(new, declared);
    budget.spend(settled.len() + members.len() * (1 + reserved.ranges.len() + reserved.names.len()))?;
    let again = members.into_iter().filter_map(|member| {
        let mut ranges = reserved.ranges.iter();
        let number = ranges.find(|(range, _)| (range.start..=range.end).contains(&member.number));
        let named = reserved.names.iter().find(|(name, _)| is_name(&member, name));
        let span = number.map(|(_, span)| *span).or(named.map(|(_, span)| *span))?;
        let places = (
            label(new, member.file, member.span, "used again"),
            label(set, before.file(set), span, "reserved"),
        );
        let reused = Reused {
            of,
            number: number.is_some(),
            name: named.map(|(name, _)| &**name),
            member,
            places,
        };
        (!settled.contains(&reused.member.number)).then_some(reused)
    });
    Ok(again.collect())
}

/// A field or a value of the proposed schema that uses something again.
struct Reused<'s> {
    /// The message or enum.
    of: &'s str,
    member: Member<'s>,
    /// Whether the number was reserved.
    number: bool,
    /// The name that was reserved.
    name: Option<&'s str>,
    /// Its place, and that of the reservation.
    places: (Label, Label),
}

impl Reused<'_> {
    /// The newest schema that has the number or the name for something else, and what that is.
    fn earlier(&self, older: &[Version<'_>], budget: &Budget) -> Result<Option<Line>, Exhausted> {
        for Version { schema, names } in older.iter().rev() {
            let Some(declared) = names.by_name.get(self.of).copied() else {
                continue;
            };
            let members = members(&schema.set, declared);
            budget.spend(1 + members.len())?;
            let is_other = |other: &&Member<'_>| {
                let is_same = other.number == self.member.number
                    && other.name == self.member.name
                    && other.what == self.member.what;
                let meets = (self.number && other.number == self.member.number)
                    || self.name.is_some_and(|name| other.name == name);
                meets && !is_same
            };
            if let Some(other) = members.iter().find(is_other) {
                let what = match &*other.what {
                    "" => Line::default(),
                    what => to_line!("{what} "),
                };
                let from = schema.source().name();
                return Ok(Some(to_line!("`{from}` has `{what}{} = {}`", other.name, other.number)));
            }
        }
        Ok(None)
    }

    fn finding(self, earlier: Option<Line>, direction: Direction) -> Finding {
        let (new, old) = self.places;
        let Member { number, name, .. } = self.member;
        let what = match (self.number, self.name) {
            (true, Some(_)) => to_line!("number {number} and the name `{name}`"),
            (true, None) => to_line!("number {number}"),
            (false, Some(reserved)) if *reserved != *name => {
                to_line!("the name `{reserved}`, in ProtoJSON the same as `{name}`,")
            }
            (false, _) => to_line!("the name `{name}`"),
        };
        let who = match direction {
            Direction::Backward => "older events may carry it",
            Direction::Forward => "older readers may know it",
        };
        let known = earlier.map_or_else(Line::default, |earlier| to_line!(": {earlier}"));
        let (reader, writer) = direction.reader_and_writer(new, old);
        Finding {
            rule: &rules::RESERVED_USED_AGAIN,
            effect: rules::RESERVED_USED_AGAIN.effect,
            outcome: rules::RESERVED_USED_AGAIN.outcome,
            severity: Severity::Warning,
            message: to_line!("{what} of `{}` was reserved and is used again; {who}{known}", self.of),
            reader,
            writer,
            help: to_line!("keep what is reserved, and give `{name}` a number and a name that were never used"),
            evidence: Evidence::Policy(UNAFFECTED),
            also: Vec::new(),
            never_written: false,
            data_path: Line::default(),
            reader_path: DataPath::whole(),
        }
    }
}

/// Whether a member has a reserved name, as such or in ProtoJSON.
fn is_name(member: &Member<'_>, reserved: &str) -> bool {
    let in_json = |name: &str| *name == *reserved || *name == *json_name::of_field(reserved);
    member.name == reserved || member.json_name.is_some_and(in_json)
}

fn reserved(set: &FileSet, declared: Declared) -> &Reserved {
    match declared {
        Declared::Message(id) => &set.message(id).reserved,
        Declared::Enum(id) => &set.enumeration(id).reserved,
    }
}

/// The fields of a message, or the values of an enum. Numbers of extensions are never reserved: a message declares them.
fn members(set: &FileSet, declared: Declared) -> Vec<Member<'_>> {
    match declared {
        Declared::Message(id) => {
            let message = set.message(id);
            let fields = message.fields.iter().map(|field| Member {
                number: field.number,
                name: &field.name,
                json_name: Some(&field.json_name),
                what: words(set, field),
                file: message.file,
                span: field.spans.name,
            });
            fields.collect()
        }
        Declared::Enum(id) => {
            let of = set.enumeration(id);
            let values = of.values.iter().map(|value| Member {
                number: value.number,
                name: &value.name,
                json_name: None,
                what: String::new(),
                file: of.file,
                span: value.name_span,
            });
            values.collect()
        }
    }
}
