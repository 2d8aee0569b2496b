//! `/subjects`

mod delete;
mod list;
mod lookup;
mod metadata;
mod versions;
