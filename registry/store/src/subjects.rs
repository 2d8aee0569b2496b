//! The names of subjects.

use crate::both::on;
use crate::text::{self, NAME_BYTES};
use crate::{Store, StoreError};

/// Which of the versions count: a subject with a live version is live, one whose versions are all soft-deleted is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Only what is not soft-deleted.
    #[default]
    Live,
    /// Everything but what was permanently deleted.
    All,
    /// Only what is soft-deleted.
    Deleted,
}

impl Show {
    /// Two values for `deleted IN ($1, $2)`: one statement serves all three.
    pub(crate) fn deleted(self) -> [bool; 2] {
        match self {
            Show::Live => [false, false],
            Show::All => [false, true],
            Show::Deleted => [true, true],
        }
    }
}

/// A part of a list. The default is all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page {
    /// How many to leave out at the beginning.
    pub offset: u32,
    /// The most to return.
    pub limit: Option<u32>,
}

impl Store {
    /// The subjects whose name begins with `prefix`, in the order of their bytes.
    pub async fn subjects(
        &self,
        context: &str,
        prefix: &str,
        show: Show,
        page: Page,
    ) -> Result<Vec<String>, StoreError> {
        self.subjects_after(context, prefix, None, show, page).await
    }

    /// As [`Store::subjects`], those that come after `after`, where one is given.
    pub async fn subjects_after(
        &self,
        context: &str,
        prefix: &str,
        after: Option<&str>,
        show: Show,
        page: Page,
    ) -> Result<Vec<String>, StoreError> {
        text::clean("the prefix", prefix)?;
        let [one, other] = show.deleted();
        let end = end_of_prefix(prefix);
        on!(self, |db| {
            Ok(sqlx::query_scalar(
                "SELECT subject FROM subjects
                 WHERE context = $1 AND subject >= $2 AND subject < $3 AND subject <> $8
                   AND last_version > 0 AND (latest_version = 0) IN ($4, $5)
                 ORDER BY subject LIMIT $6 OFFSET $7",
            )
            .bind(context)
            .bind(after.unwrap_or(prefix))
            .bind(end.as_str())
            .bind(one)
            .bind(other)
            .bind(page.limit.map_or(i64::MAX, i64::from))
            .bind(i64::from(page.offset))
            // No subject has an empty name.
            .bind(after.unwrap_or_default())
            .fetch_all(db)
            .await?)
        })
    }
}

/// The least text after all texts that begin with `prefix`, so that an index finds them as a range.
///
/// The order of UTF-8 bytes is that of the code points, so the last character is replaced by its successor.
pub(crate) fn end_of_prefix(prefix: &str) -> String {
    let mut rest = prefix.chars();
    while let Some(last) = rest.next_back() {
        let successor = match last {
            char::MAX => None,
            // The code points between are surrogates, which are no characters.
            '\u{d7ff}' => Some('\u{e000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(successor) = successor {
            let mut end = rest.as_str().to_owned();
            end.push(successor);
            return end;
        }
    }
    // Nothing comes after all of them: a text that is longer than a name can be.
    char::MAX.to_string().repeat(NAME_BYTES / 4 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end() {
        for (prefix, end) in [
            ("a", "b"),
            ("orders.", "orders/"),
            ("\u{7f}", "\u{80}"),
            ("a\u{d7ff}", "a\u{e000}"),
            ("a\u{10ffff}", "b"),
        ] {
            assert_eq!(end_of_prefix(prefix), end);
        }
        for open in ["", "\u{10ffff}"] {
            assert!(end_of_prefix(open).len() > NAME_BYTES);
        }
    }
}
