//! `/subjects/{subject}/versions`

mod get;
mod references;
mod register;
