//! `/subjects`.

pub mod delete;
pub mod list;
pub mod lookup;
pub mod metadata;
pub mod referenced_by;
pub mod register;
pub mod version;
pub mod versions;
