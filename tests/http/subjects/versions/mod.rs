//! `/subjects/{subject}/versions`

mod documents;
mod get;
mod references;
mod register;
