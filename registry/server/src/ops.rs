//! The verbs that decide something, and what they share. HTTP is unknown here, but for the problems that are reported.

pub mod check;
pub mod consumers;
pub mod delete;
pub mod documents;
pub mod draft;
pub mod enforce;
pub mod find;
pub mod history;
pub mod judge;
pub mod present;
pub mod publish;
pub mod read;
pub mod references;
pub mod referrers;
pub mod register;
pub mod report;
pub mod reserved;
pub mod settings;
pub mod together;
pub mod turns;
pub mod weight;
pub mod write;
