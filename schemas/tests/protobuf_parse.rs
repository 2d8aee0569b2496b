//! Reading `.proto` texts: what is accepted, what is refused and how it is said, compared with other readers.

#[path = "protobuf_parse/cases.rs"]
mod cases;
#[path = "protobuf_parse/corpus.rs"]
mod corpus;
#[path = "protobuf_parse/descriptors.rs"]
mod descriptors;
#[path = "protobuf_parse/faults.rs"]
mod faults;
#[path = "protobuf_parse/hostile.rs"]
mod hostile;
#[path = "protobuf_parse/options.rs"]
mod options;
#[path = "protobuf_parse/oracle.rs"]
mod oracle;
#[path = "protobuf_parse/protoc.rs"]
mod protoc;
#[path = "protobuf_parse/valid.rs"]
mod valid;
