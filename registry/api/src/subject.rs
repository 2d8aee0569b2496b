//! Subjects and their contexts, in Confluent's spelling: the only place that parses or prints it.
//!
//! `orders` is the subject `orders` of the default context; `:.shop:orders` is `orders` of the context `.shop`; `:.:orders` is
//! `orders` again. A context is a registry within the registry: ids, settings and references are its own.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

/// The name of a context: `.` for the default one, otherwise a name that begins with a dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Context(Cow<'static, str>);

impl Context {
    /// The context of names that name none.
    pub const DEFAULT: Context = Context(Cow::Borrowed("."));

    /// Whether this is the default context.
    pub fn is_default(&self) -> bool {
        *self == Context::DEFAULT
    }

    fn new(name: &str) -> Context {
        match name {
            "." => Context::DEFAULT,
            name => Context(Cow::Owned(name.to_owned())),
        }
    }
}

impl Default for Context {
    fn default() -> Context {
        Context::DEFAULT
    }
}

impl Deref for Context {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// A subject, by its context and its name within it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The context.
    pub context: Context,
    /// The name, without its context.
    pub name: String,
}

impl Subject {
    /// Reads a name as Confluent's registry does: every text is a subject, and one whose context has no second colon is the
    /// context itself, with an empty name.
    pub fn parse(text: &str) -> Subject {
        let (context, name) = split(text).unwrap_or((".", text));
        Subject {
            context: Context::new(context),
            name: name.to_owned(),
        }
    }
}

/// The context and the name of a qualified name; none where the name is not qualified.
fn split(text: &str) -> Option<(&str, &str)> {
    let qualified = text.strip_prefix(':').filter(|rest| rest.starts_with('.'))?;
    Some(qualified.split_once(':').unwrap_or((qualified, "")))
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.context.is_default() {
            return f.write_str(&self.name);
        }
        write!(f, ":{}:{}", self.context, self.name)
    }
}

/// What the names of a list begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectPrefix {
    /// The only context that is listed; none for all of them.
    pub context: Option<Context>,
    /// What the names within a context begin with.
    pub name: String,
}

impl SubjectPrefix {
    /// Reads a prefix: `:*:` stands for every context.
    pub fn parse(text: &str) -> SubjectPrefix {
        if let Some(name) = text.strip_prefix(":*:") {
            return SubjectPrefix {
                context: None,
                name: name.to_owned(),
            };
        }
        let Subject { context, name } = Subject::parse(text);
        SubjectPrefix {
            context: Some(context),
            name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects() {
        for (text, context, name, printed) in [
            ("orders", ".", "orders", "orders"),
            (":.:orders", ".", "orders", "orders"),
            (":.shop:orders", ".shop", "orders", ":.shop:orders"),
            (":.shop:a:b", ".shop", "a:b", ":.shop:a:b"),
            (":.shop:", ".shop", "", ":.shop:"),
            (":.shop", ".shop", "", ":.shop:"),
            (":.", ".", "", ""),
            (":orders", ".", ":orders", ":orders"),
            ("a:.b:c", ".", "a:.b:c", "a:.b:c"),
            ("", ".", "", ""),
        ] {
            let subject = Subject::parse(text);
            assert_eq!((&*subject.context, &*subject.name), (context, name), "{text}");
            assert_eq!(subject.to_string(), printed, "{text}");
            assert_eq!(Subject::parse(printed), subject, "{text}");
        }
    }

    #[test]
    fn prefixes() {
        for (text, context, name) in [
            ("", Some("."), ""),
            ("or", Some("."), "or"),
            (":.:or", Some("."), "or"),
            (":.shop:or", Some(".shop"), "or"),
            (":*:or", None, "or"),
            (":*:", None, ""),
        ] {
            let prefix = SubjectPrefix::parse(text);
            assert_eq!((prefix.context.as_deref(), &*prefix.name), (context, name), "{text}");
        }
    }
}
