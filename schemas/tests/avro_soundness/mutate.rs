//! Random schemas, and the small changes that people make to them.

use crate::random::Random;

/// A schema as a tree; every named type is written out where it is first mentioned.
#[derive(Clone)]
pub enum Shape {
    Primitive(&'static str),
    Logical(&'static str, &'static str),
    Decimal {
        precision: u32,
        scale: u32,
    },
    Array(Box<Shape>),
    Map(Box<Shape>),
    Union(Vec<Shape>),
    Enum {
        name: String,
        aliases: Vec<String>,
        symbols: Vec<String>,
        default: Option<String>,
    },
    Fixed {
        name: String,
        size: u32,
    },
    Record {
        name: String,
        aliases: Vec<String>,
        fields: Vec<Field>,
    },
    /// A mention of an enclosing record, always behind a union with null.
    Back(String),
}

#[derive(Clone)]
pub struct Field {
    pub name: String,
    pub aliases: Vec<String>,
    pub shape: Shape,
    pub default: bool,
}

const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const SYMBOLS: [&str; 5] = ["PLACED", "PAID", "SHIPPED", "CANCELLED", "ON_HOLD"];

/// Draws schemas; the names in one schema are unique.
pub struct Drawer<'r> {
    random: &'r mut Random,
    names: usize,
    open: Vec<String>,
}

impl<'r> Drawer<'r> {
    pub fn new(random: &'r mut Random) -> Self {
        Drawer {
            random,
            names: 0,
            open: Vec::new(),
        }
    }

    pub fn record(&mut self, depth: usize) -> Shape {
        let name = self.name("R");
        self.open.push(name.clone());
        let fields = (0..1 + self.random.below(4))
            .map(|index| self.field(&format!("f{index}"), depth))
            .collect();
        self.open.pop();
        Shape::Record {
            name,
            aliases: Vec::new(),
            fields,
        }
    }

    fn field(&mut self, name: &str, depth: usize) -> Field {
        Field {
            name: name.into(),
            aliases: Vec::new(),
            shape: self.shape(depth),
            default: self.random.one_in(3),
        }
    }

    fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        let namespace = if self.random.one_in(4) { "ns." } else { "" };
        format!("{namespace}{prefix}{}", self.names)
    }

    pub fn shape(&mut self, depth: usize) -> Shape {
        let choices = if depth == 0 { 8 } else { 14 };
        match self.random.below(choices) {
            0..=3 => Shape::Primitive(self.random.pick(&PRIMITIVES)),
            4 => Shape::Logical("long", self.random.pick(&["timestamp-millis", "timestamp-micros"])),
            5 => Shape::Decimal {
                precision: 4 + self.random.below(4) as u32,
                scale: self.random.below(4) as u32,
            },
            6 => self.enumeration(),
            7 => Shape::Fixed {
                name: self.name("X"),
                size: self.random.below(4) as u32,
            },
            8 => Shape::Array(Box::new(self.shape(depth - 1))),
            9 => Shape::Map(Box::new(self.shape(depth - 1))),
            10 | 11 => self.union(depth - 1),
            12 if !self.open.is_empty() => {
                let back = self.open[self.random.below(self.open.len())].clone();
                Shape::Union(vec![Shape::Primitive("null"), Shape::Back(back)])
            }
            _ => self.record(depth - 1),
        }
    }

    fn enumeration(&mut self) -> Shape {
        let count = 1 + self.random.below(4);
        let symbols: Vec<String> = SYMBOLS[..count].iter().map(|&symbol| symbol.into()).collect();
        let default = self.random.one_in(3).then(|| symbols[0].clone());
        Shape::Enum {
            name: self.name("E"),
            aliases: Vec::new(),
            symbols,
            default,
        }
    }

    fn union(&mut self, depth: usize) -> Shape {
        let mut branches: Vec<Shape> = Vec::new();
        for _ in 0..1 + self.random.below(3) {
            let branch = self.shape(depth);
            let clashes = |other: &Shape| {
                kind(other) == kind(&branch)
                    && !matches!(branch, Shape::Record { .. } | Shape::Enum { .. } | Shape::Fixed { .. })
            };
            if !matches!(branch, Shape::Union(_) | Shape::Back(_)) && !branches.iter().any(clashes) {
                branches.push(branch);
            }
        }
        Shape::Union(branches)
    }

    /// One small change somewhere.
    pub fn mutate(&mut self, shape: &Shape) -> Shape {
        let mut changed = shape.clone();
        for _ in 0..1 + self.random.below(2) {
            self.change(&mut changed, 3);
        }
        changed
    }

    /// Another name or another namespace, mostly with the old name as an alias.
    fn renamed(&mut self, name: &str, aliases: &mut Vec<String>) -> String {
        if self.random.below(3) > 0 {
            aliases.push(name.to_owned());
        }
        match (self.random.one_in(2), name.rsplit_once('.')) {
            (true, Some((_, simple))) => format!("other.{simple}"),
            (true, None) => format!("other.{name}"),
            (false, _) => format!("{name}x"),
        }
    }

    fn change(&mut self, shape: &mut Shape, depth: usize) {
        let deeper = depth > 0 && !self.random.one_in(3);
        match shape {
            Shape::Primitive(name) => {
                *name = self.random.pick(&PRIMITIVES);
            }
            Shape::Logical(_, logical) => {
                *logical = self
                    .random
                    .pick(&["timestamp-millis", "timestamp-micros", "time-micros"]);
            }
            Shape::Decimal { precision, scale } => {
                *precision = 4 + self.random.below(4) as u32;
                *scale = self.random.below(4) as u32;
            }
            Shape::Array(inner) | Shape::Map(inner) if deeper => self.change(inner, depth - 1),
            Shape::Array(inner) => *shape = Shape::Map(inner.clone()),
            Shape::Map(inner) => *shape = Shape::Array(inner.clone()),
            Shape::Union(branches) if deeper && !branches.is_empty() => {
                let index = self.random.below(branches.len());
                let mut branch = branches[index].clone();
                self.change(&mut branch, depth - 1);
                let clash = matches!(branch, Shape::Union(_))
                    || branches
                        .iter()
                        .enumerate()
                        .any(|(other, shape)| other != index && kind(shape) == kind(&branch));
                if !clash {
                    branches[index] = branch;
                }
            }
            Shape::Union(branches) if branches.len() > 1 && self.random.one_in(2) => {
                branches.remove(self.random.below(branches.len()));
            }
            Shape::Union(branches) => {
                let primitive = Shape::Primitive(self.random.pick(&PRIMITIVES));
                if !branches.iter().any(|branch| kind(branch) == kind(&primitive)) {
                    branches.push(primitive);
                }
            }
            Shape::Enum {
                symbols,
                default,
                name,
                aliases,
            } => match self.random.below(4) {
                0 if symbols.len() < SYMBOLS.len() => symbols.push(SYMBOLS[symbols.len()].into()),
                1 if symbols.len() > 1 => {
                    let gone = symbols.pop();
                    if *default == gone {
                        *default = None;
                    }
                }
                2 => *default = Some(symbols[0].clone()),
                _ => {
                    *name = self.renamed(name, aliases);
                }
            },
            Shape::Fixed { size, name } => match self.random.below(3) {
                0 => *name = self.renamed(name, &mut Vec::new()),
                _ => *size += 1,
            },
            Shape::Record { fields, .. } if deeper && !fields.is_empty() => {
                let index = self.random.below(fields.len());
                self.change(&mut fields[index].shape, depth - 1);
            }
            Shape::Record { fields, name, aliases } => match self.random.below(6) {
                0 if !fields.is_empty() => {
                    fields.remove(self.random.below(fields.len()));
                }
                1 => {
                    let field = Field {
                        default: true,
                        ..self.field(&format!("g{}", fields.len()), 1)
                    };
                    fields.push(field);
                }
                2 => {
                    let field = Field {
                        default: false,
                        ..self.field(&format!("g{}", fields.len()), 1)
                    };
                    fields.insert(0, field);
                }
                3 if !fields.is_empty() => {
                    let index = self.random.below(fields.len());
                    let alias = fields[index].name.clone();
                    fields[index].aliases.push(alias);
                    fields[index].name.push('x');
                }
                4 => fields.reverse(),
                _ => {
                    let to = self.renamed(name, aliases);
                    let back = std::mem::replace(name, to.clone());
                    rename_back(fields, &back, &to);
                }
            },
            Shape::Back(_) => {}
        }
    }
}

fn rename_back(fields: &mut [Field], from: &str, to: &str) {
    fn walk(shape: &mut Shape, from: &str, to: &str) {
        match shape {
            Shape::Back(name) if name == from => *name = to.into(),
            Shape::Array(inner) | Shape::Map(inner) => walk(inner, from, to),
            Shape::Union(branches) => branches.iter_mut().for_each(|branch| walk(branch, from, to)),
            Shape::Record { fields, .. } => rename_back(fields, from, to),
            _ => {}
        }
    }
    fields.iter_mut().for_each(|field| walk(&mut field.shape, from, to));
}

/// What must not stand twice in a union.
fn kind(shape: &Shape) -> String {
    match shape {
        Shape::Primitive(name) | Shape::Logical(name, _) => (*name).into(),
        Shape::Decimal { .. } => "bytes".into(),
        Shape::Array(_) => "array".into(),
        Shape::Map(_) => "map".into(),
        Shape::Union(_) => "union".into(),
        Shape::Enum { name, .. } | Shape::Fixed { name, .. } | Shape::Record { name, .. } | Shape::Back(name) => {
            name.clone()
        }
    }
}

/// The JSON text of a schema.
pub fn text(shape: &Shape) -> String {
    let quoted = |names: &[String]| {
        names
            .iter()
            .map(|name| format!("{name:?}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    match shape {
        Shape::Primitive(name) => format!("{name:?}"),
        Shape::Logical(base, logical) => format!(r#"{{"type":"{base}","logicalType":"{logical}"}}"#),
        Shape::Decimal { precision, scale } => {
            format!(r#"{{"type":"bytes","logicalType":"decimal","precision":{precision},"scale":{scale}}}"#)
        }
        Shape::Array(items) => format!(r#"{{"type":"array","items":{}}}"#, text(items)),
        Shape::Map(values) => format!(r#"{{"type":"map","values":{}}}"#, text(values)),
        Shape::Union(branches) => format!("[{}]", branches.iter().map(text).collect::<Vec<_>>().join(",")),
        Shape::Enum {
            name,
            aliases,
            symbols,
            default,
        } => {
            let default = default
                .as_ref()
                .map(|symbol| format!(r#","default":"{symbol}""#))
                .unwrap_or_default();
            format!(
                r#"{{"type":"enum","name":"{name}","aliases":[{}],"symbols":[{}]{default}}}"#,
                quoted(aliases),
                quoted(symbols)
            )
        }
        Shape::Fixed { name, size } => format!(r#"{{"type":"fixed","name":"{name}","size":{size}}}"#),
        Shape::Back(name) => {
            // A name without a namespace, mentioned where one is in force, would be looked for there.
            let full = if name.contains('.') {
                name.clone()
            } else {
                format!(".{name}")
            };
            format!("{:?}", full.trim_start_matches('.'))
        }
        Shape::Record { name, aliases, fields } => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| {
                    let default = match default(&field.shape) {
                        Some(default) if field.default => format!(r#","default":{default}"#),
                        _ => String::new(),
                    };
                    format!(
                        r#"{{"name":"{}","aliases":[{}],"type":{}{default}}}"#,
                        field.name,
                        quoted(&field.aliases),
                        text(&field.shape)
                    )
                })
                .collect();
            format!(
                r#"{{"type":"record","name":"{name}","aliases":[{}],"fields":[{}]}}"#,
                quoted(aliases),
                fields.join(",")
            )
        }
    }
}

/// A default that fits, for the kinds that have a simple one.
fn default(shape: &Shape) -> Option<String> {
    Some(match shape {
        Shape::Primitive(name) => match *name {
            "null" => "null",
            "boolean" => "true",
            "int" | "long" => "7",
            "float" | "double" => "1.5",
            _ => "\"d\"",
        }
        .into(),
        Shape::Logical(..) => "1".into(),
        Shape::Decimal { .. } => "\"\\u0001\"".into(),
        Shape::Array(_) => "[]".into(),
        Shape::Map(_) => "{}".into(),
        Shape::Union(branches) => return branches.first().and_then(default),
        Shape::Enum { symbols, .. } => format!("{:?}", symbols[0]),
        Shape::Fixed { size, .. } => format!("{:?}", "z".repeat(*size as usize)),
        Shape::Record { .. } | Shape::Back(_) => return None,
    })
}
