//! The integration tests: everything that needs a store, a server or the program itself, in one binary.
//!
//! `TREATY_TEST_POSTGRES` names the admin database of a PostgreSQL server (`ci/postgres start DIR` prints one); without it
//! the PostgreSQL half of each test says that it is skipped.

mod cli;
mod faults;
mod http;
mod journeys;
mod readme;
mod store;
mod support;
mod tidy;
