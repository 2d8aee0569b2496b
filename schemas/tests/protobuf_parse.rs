//! Reading `.proto` texts: what is accepted, what is refused and how it is said, compared with other readers.

pub mod cases;
mod corpus;
mod descriptors;
mod faults;
mod hostile;
mod options;
mod oracle;
mod protoc;
mod valid;
