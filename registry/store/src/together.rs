//! Several writes that travel to the database as one message: what takes long is the way there and back, not the work.
//!
//! The text of each write is the same for both databases; only what stands between them differs. SQLite executes them one
//! after the other. PostgreSQL takes one statement with values at a time, so there they are the parts of a `WITH`: all of them
//! see the tables as they were before any, and foreign keys are checked after the last.
//! So no write may read what another one of the same message has written, and none returns rows.

use std::fmt::Write;

use sqlx::query::Query;
use sqlx::{Database, Postgres, QueryBuilder, Sqlite};

/// What stands before, after and behind the writes of a message.
pub(crate) trait Grammar: Database {
    fn open(number: usize, sql: &mut String);
    const CLOSE: &str;
    const END: &str;
}

impl Grammar for Sqlite {
    fn open(_: usize, _: &mut String) {}
    const CLOSE: &str = ";\n";
    const END: &str = "";
}

impl Grammar for Postgres {
    fn open(number: usize, sql: &mut String) {
        let word = if number == 0 { "WITH" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(sql, "{word} w{number} AS (");
    }
    const CLOSE: &str = ")\n";
    const END: &str = "SELECT 1";
}

/// Writes that are executed together.
pub(crate) struct Together<DB: Database> {
    query: QueryBuilder<DB>,
    writes: usize,
}

impl<DB: Grammar> Together<DB>
where
    DB::Arguments: Default,
{
    pub(crate) fn new() -> Self {
        Together {
            query: QueryBuilder::default(),
            writes: 0,
        }
    }

    /// Adds a write, which begins with `sql` and which `rest` completes.
    pub(crate) fn write(&mut self, sql: &str, rest: impl FnOnce(&mut QueryBuilder<DB>)) {
        let mut open = String::new();
        DB::open(self.writes, &mut open);
        self.query.push(open).push(sql);
        rest(&mut self.query);
        self.query.push(DB::CLOSE);
        self.writes += 1;
    }

    /// All of them, to be executed.
    pub(crate) fn build(&mut self) -> Query<'_, DB, DB::Arguments> {
        self.query.push(DB::END).build()
    }
}
