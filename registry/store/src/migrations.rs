//! The migrations of `migrations/`, embedded: one set of files for both databases.
//!
//! PostgreSQL sorts texts by the rules of a language unless told otherwise, so the files say `COLLATE "C"` (order of bytes).
//! SQLite always sorts by bytes and has no collation of that name, so the clause is left out there; nothing else differs.
//! The alternative, registering a collation "C" on our connections, would make the file unreadable for every other tool.

use std::borrow::Cow;

use sqlx::migrate::{Migration, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// The highest version that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.iter().map(|each| each.version).max().unwrap_or(0)
}

pub(crate) fn postgres() -> &'static Migrator {
    &MIGRATIONS
}

pub(crate) fn sqlite() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|each| Migration {
        sql: AssertSqlSafe(each.sql.as_str().replace(" COLLATE \"C\"", "")).into_sql_str(),
        ..each.clone()
    });
    Migrator {
        migrations: Cow::Owned(migrations.collect()),
        ..Migrator::DEFAULT
    }
}
