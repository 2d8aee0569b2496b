//! Is what the engine says of Protobuf true? Random schemas, what edits make of them, and random values.

mod causes;
mod draw;
mod edit;
mod faults;
mod judges;
mod kept;
pub mod pair;
pub mod pairs;
mod shrink;
pub mod text;
mod tree;
mod values;
mod view;
