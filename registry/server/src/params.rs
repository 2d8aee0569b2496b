//! What a URL says: subjects, versions and ids in its path, and parameters after `?`.
//!
//! Invariants: a segment of the path is decoded exactly once, after routing, and `+` in it is a plus sign; a parameter that
//! an endpoint does not know is ignored; booleans are read as Java reads them, since clients send `False` and `True`.

use axum::extract::FromRequestParts;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use treaty_api::subject::{Context, Subject, SubjectPrefix};

use crate::app::App;
use crate::problem::Problem;

/// The subject of a path, which could be one: not too long, no control characters, no reserved word.
pub struct SubjectPath(pub Subject);

/// The subject and the version of a path.
pub struct VersionPath(pub Subject, pub Version);

/// The id of a path. Anything that is no number of 31 bits names nothing (404), as in Confluent's registry.
pub struct IdPath(pub i32);

/// One segment of a path, decoded.
pub struct Segment(pub String);

/// A version as it can be written in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `latest` or `-1`.
    Latest,
    /// From 1.
    Number(i32),
}

impl Version {
    /// Reads a version as Confluent's registry does.
    ///
    /// # Errors
    /// 42202.
    pub fn parse(text: &str) -> Result<Version, Problem> {
        let trimmed = text.trim();
        if trimmed.eq_ignore_ascii_case("latest") || trimmed == "-1" {
            return Ok(Version::Latest);
        }
        match trimmed.parse() {
            Ok(number @ 1..) => Ok(Version::Number(number)),
            _ => Err(Problem::InvalidVersion(text.to_owned())),
        }
    }
}

/// Checks a name that is to be a subject.
///
/// # Errors
/// 42208 with what is wrong with it; 404 for none at all.
pub fn valid_subject(subject: &Subject, longest: usize) -> Result<(), Problem> {
    let refuse = |why: String| {
        // The name is repeated in part: it may be long, and a control character would garble a log.
        let name = subject.to_string();
        let mut shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        if name.len() > 64 {
            shown.push('…');
        }
        Err(Problem::InvalidSubject(shown, Some(why)))
    };
    let name = &subject.name;
    if !subject.context.is_default() {
        return refuse("contexts other than the default one are not offered here".to_owned());
    }
    if name.is_empty() {
        // What is left of a path that a client has cleaned of `.` or `..`: no path of ours.
        return Err(Problem::UnknownPath);
    }
    if name.len() > longest {
        return refuse(format!("it has {} bytes, at most {longest} are allowed", name.len()));
    }
    if name.chars().any(char::is_control) {
        return refuse("it contains a control character".to_owned());
    }
    if matches!(name.as_str(), "__GLOBAL" | "__EMPTY") {
        return refuse("the name is reserved".to_owned());
    }
    Ok(())
}

impl FromRequestParts<App> for SubjectPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let subject: String = segments(parts, app).await?;
        let subject = Subject::parse(&subject);
        valid_subject(&subject, app.config.max_subject_length)?;
        Ok(SubjectPath(subject))
    }
}

impl FromRequestParts<App> for VersionPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (subject, version): (String, String) = segments(parts, app).await?;
        let subject = Subject::parse(&subject);
        valid_subject(&subject, app.config.max_subject_length)?;
        Ok(VersionPath(subject, Version::parse(&version)?))
    }
}

impl FromRequestParts<App> for IdPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let id: String = segments(parts, app).await?;
        id.parse().map(IdPath).map_err(|_| {
            // A number that is merely too large is an id that names nothing; text is no path of ours.
            let digits = id.strip_prefix('-').unwrap_or(&id);
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                Problem::SchemaNotFound(Some(id.chars().take(40).collect()))
            } else {
                Problem::UnknownPath
            }
        })
    }
}

impl FromRequestParts<App> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        segments(parts, app).await.map(Segment)
    }
}

async fn segments<T: DeserializeOwned + Send>(parts: &mut Parts, app: &App) -> Result<T, Problem> {
    match Path::from_request_parts(parts, app).await {
        Ok(Path(segments)) => Ok(segments),
        // The only way to get here from outside is percent-encoding that is not UTF-8.
        Err(PathRejection::FailedToDeserializePathParams(_)) => Err(Problem::InvalidSubject(
            String::new(),
            Some("its percent-encoding is not UTF-8".to_owned()),
        )),
        Err(_) => Err(Problem::UnknownPath),
    }
}

/// The parameters of a request.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a parameter that may be repeated.
    pub fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// True only if the value is `true`, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// `subject`, which may be qualified with its context.
    pub fn subject(&self) -> Option<Subject> {
        self.get("subject")
            .filter(|subject| !subject.is_empty())
            .map(Subject::parse)
    }

    /// What the names of a list begin with in a context; none where the list is about another context.
    pub fn prefix(&self, context: &Context) -> Option<String> {
        let prefix = SubjectPrefix::parse(self.get("subjectPrefix").unwrap_or_default());
        let is_about = prefix.context.as_ref().is_none_or(|one| one == context);
        is_about.then_some(prefix.name)
    }

    /// `offset` and `limit`. A limit that is not positive is none; an offset below zero is zero.
    ///
    /// # Errors
    /// 404 for what is no number, as in Confluent's registry.
    pub fn page(&self) -> Result<treaty_store::Page, Problem> {
        let number = |name: &str| match self.get(name) {
            None | Some("") => Ok(None),
            Some(text) => text.parse::<i32>().map(Some).map_err(|_| Problem::UnknownPath),
        };
        Ok(treaty_store::Page {
            offset: number("offset")?.map_or(0, |offset| offset.max(0).unsigned_abs()),
            limit: number("limit")?.filter(|&limit| limit > 0).map(i32::unsigned_abs),
        })
    }

    /// Which of the versions count, where `deletedOnly` may be asked for: it wins over `deleted`. Only lists of subjects and of
    /// the versions of one know it.
    pub fn show_or_deleted_only(&self) -> treaty_store::Show {
        match self.is("deletedOnly") {
            true => treaty_store::Show::Deleted,
            false => self.show(),
        }
    }

    /// Which of the versions count.
    pub fn show(&self) -> treaty_store::Show {
        match self.is("deleted") {
            true => treaty_store::Show::All,
            false => treaty_store::Show::Live,
        }
    }
}

impl FromRequestParts<App> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Ok(parts.uri.query().map(parse_query).unwrap_or_default())
    }
}

/// Reads `name=value&…` (the form encoding of HTML, as every client writes it).
pub fn parse_query(query: &str) -> Query {
    Query(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

/// The part of a list that a page asks for, for lists that are whole in memory.
pub fn cut<T>(list: Vec<T>, page: treaty_store::Page) -> Vec<T> {
    let limit = page.limit.map_or(usize::MAX, |limit| limit as usize);
    list.into_iter().skip(page.offset as usize).take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (text, version) in [
            ("latest", Some(Version::Latest)),
            ("LATEST", Some(Version::Latest)),
            ("-1", Some(Version::Latest)),
            (" 7 ", Some(Version::Number(7))),
            ("2147483647", Some(Version::Number(i32::MAX))),
            ("2147483648", None),
            ("0", None),
            ("-2", None),
            ("abc", None),
            ("", None),
        ] {
            assert_eq!(Version::parse(text).ok(), version, "{text}");
        }
    }

    #[test]
    fn booleans_and_pages() {
        let query = parse_query("normalize=True&verbose=False&deleted=1&limit=-1&offset=3&x");
        assert!(query.is("normalize"));
        assert!(!query.is("verbose"));
        assert!(!query.is("deleted"));
        assert_eq!(query.page().unwrap(), treaty_store::Page { offset: 3, limit: None });
        assert!(parse_query("limit=ten").page().is_err());
    }
}
