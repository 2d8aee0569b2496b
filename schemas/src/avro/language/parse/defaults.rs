//! Whether a field's default is a value of its type.

use rustc_hash::FxHashMap;

use super::attributes::article;
use super::{Parser, quote};
use crate::avro::language::canonical::number;
use crate::avro::language::named::Record;
use crate::avro::language::schema::{Kind, Type, TypeId};
use crate::text::json::{Member, Node, Value};
use crate::text::source::Span;

impl Parser {
    /// Checks the defaults of all records that were added since `first`.
    pub(super) fn check_defaults(&mut self, first: usize) {
        let mut fitting = Fitting {
            types: &self.types,
            required: FxHashMap::default(),
            known: FxHashMap::default(),
            later: Vec::new(),
        };
        let mut wrong: Vec<Misfit> = Vec::new();
        for ty in &self.types[first..] {
            let Kind::Record(record) = &ty.kind else { continue };
            for field in record.fields() {
                let Some(default) = &field.default else { continue };
                // Numbers that JSON cannot write stand for themselves, and only here, not inside something else.
                let is_real = matches!(self.types[field.ty.index()].kind, Kind::Float | Kind::Double);
                if is_real && default.as_str().is_some_and(is_not_finite) {
                    continue;
                }
                if let Err(misfit) = fitting.fit(field.ty, default) {
                    let message = format!(
                        "the default of the field {} does not fit: {}",
                        quote(&field.name),
                        misfit.1
                    );
                    wrong.push((misfit.0, message));
                }
            }
            if wrong.len() >= super::MAX_PROBLEMS {
                break;
            }
        }
        let later = fitting.later;
        if self.strict {
            for (span, message) in wrong {
                self.problem(span, message, None);
            }
        }
        for span in later {
            self.warning(
                span,
                "the default is not of the first branch of its union: Avro Java before 1.12 and fastavro may refuse it",
                Some("put the type of the default first in the union".to_owned()),
            );
        }
    }
}

/// What does not fit, and where.
type Misfit = (Span, String);

struct Fitting<'a> {
    types: &'a [Type],
    /// For records that defaults were seen of: which fields a default must give.
    required: FxHashMap<TypeId, Box<[u32]>>,
    /// What was found of branches of unions, by the type and the place of the default.
    known: FxHashMap<(TypeId, usize), Result<(), Misfit>>,
    /// Defaults that are of a later branch of their union.
    later: Vec<Span>,
}

impl<'a> Fitting<'a> {
    /// Recurses along the default's text, never along the type: a record's own defaults were checked where they stand.
    fn fit(&mut self, ty: TypeId, value: &Node) -> Result<(), Misfit> {
        let misfit = |wanted: &str| Err((value.span, format!("{} is not {wanted}", article(value))));
        match (&self.types[ty.index()].kind, &value.value) {
            (Kind::Null, Value::Null) | (Kind::Boolean, Value::Bool(_)) | (Kind::String, Value::String(_)) => Ok(()),
            (Kind::Int, Value::Number(text)) if text.parse::<i32>().is_ok() => Ok(()),
            (Kind::Long, Value::Number(text)) if text.parse::<i64>().is_ok() => Ok(()),
            (Kind::Float | Kind::Double, Value::Number(_)) => Ok(()),
            (Kind::Bytes, Value::String(text)) if text.chars().all(is_byte) => Ok(()),
            (Kind::Fixed(fixed), Value::String(text)) if text.chars().all(is_byte) => {
                if text.chars().count() as u64 == u64::from(fixed.size) {
                    Ok(())
                } else {
                    misfit(&format!("{} bytes long", fixed.size))
                }
            }
            (Kind::Bytes | Kind::Fixed(_), Value::String(_)) => {
                misfit("made of bytes: each character stands for one, U+0000 to U+00FF")
            }
            (Kind::Enum(symbols), Value::String(symbol)) => match symbols.number(symbol) {
                Some(_) => Ok(()),
                None => misfit(&format!("a symbol of {}", quote(symbols.named.name.full()))),
            },
            (Kind::Array(items), Value::Array(values)) => values.iter().try_for_each(|value| self.fit(*items, value)),
            (Kind::Map(values), Value::Object(members)) => {
                members.iter().try_for_each(|member| self.fit(*values, &member.value))
            }
            (Kind::Union(branches), _) => self.fit_branch(branches, value),
            (Kind::Record(record), Value::Object(members)) => {
                for member in members {
                    if let Some(field) = record.field(&member.key) {
                        self.fit(record.fields()[field].ty, &member.value)?;
                    }
                }
                match self.missing(ty, record, members) {
                    None => Ok(()),
                    Some(name) => {
                        let message = format!(
                            "{} lacks the field {}, which has no default",
                            article(value),
                            quote(name)
                        );
                        Err((value.span, message))
                    }
                }
            }
            (kind, _) => misfit(&format!(
                "a value of type {}",
                quote(kind.named().map_or(kind.name(), |named| named.name.full()))
            )),
        }
    }

    /// Fits a branch of a union: the first, as older readers have it, or a later one (Avro 1.12).
    fn fit_branch(&mut self, branches: &[TypeId], value: &Node) -> Result<(), Misfit> {
        let Some((first, later)) = branches.split_first() else {
            return Err((value.span, "the union has no branches".to_owned()));
        };
        let Err((span, message)) = self.fit_once(*first, value) else {
            return Ok(());
        };
        for branch in later {
            if self.fit_once(*branch, value).is_ok() {
                self.later.push(value.span);
                return Ok(());
            }
        }
        Err((span, format!("{message}, and it is of no other branch of the union")))
    }

    /// Each part of a default is compared with a type once, however many branches are tried around it.
    fn fit_once(&mut self, ty: TypeId, value: &Node) -> Result<(), Misfit> {
        if let Some(known) = self.known.get(&(ty, value.span.start)) {
            return known.clone();
        }
        let fit = self.fit(ty, value);
        self.known.insert((ty, value.span.start), fit.clone());
        fit
    }

    /// The first field without a default that is not among the members.
    fn missing(&mut self, ty: TypeId, record: &'a Record, members: &[Member]) -> Option<&'a str> {
        let fields = record.fields();
        let required = self.required.entry(ty).or_insert_with(|| {
            let indexes = (0u32..).zip(fields).filter(|(_, field)| field.default.is_none());
            indexes.map(|(index, _)| index).collect()
        });
        let mut given: Vec<&str> = members.iter().map(|member| member.key.as_str()).collect();
        given.sort_unstable();
        (required.iter().map(|&index| &*fields[index as usize].name)).find(|name| given.binary_search(name).is_err())
    }
}

fn is_byte(char: char) -> bool {
    u32::from(char) <= 0xff
}

fn is_not_finite(text: &str) -> bool {
    matches!(text, "NaN" | "Infinity" | "-Infinity")
}

/// Java reads a text that stands as the default of a float or double as the number that it spells.
pub(super) fn number_from_text(node: Node) -> Node {
    let Value::String(text) = &node.value else { return node };
    let text = text.trim();
    if is_not_finite(text) {
        return Node {
            value: Value::String(text.to_owned()),
            span: node.span,
        };
    }
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return node;
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Node {
            value: Value::Number(number::spelt(text, value).into()),
            span: node.span,
        },
        _ => node,
    }
}
