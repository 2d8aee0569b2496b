//! Two schemas that one made of the other, as texts and as what they mean.

use treaty_schemas::protobuf::{Schema, compile};
use treaty_schemas::{Options, Reference, Source};

use super::values;
use crate::protobuf_truth::payload::{self, Payload};
use crate::random::Random;

/// The files of a schema with their paths, the main one first.
pub type Texts = Vec<(String, String)>;

/// What the texts mean.
///
/// # Errors
/// Why they are no schema.
pub fn schema(texts: &Texts) -> Result<Schema, String> {
    let reference = |(path, text): &(String, String)| Reference {
        import: path.as_str().into(),
        source: Source::new(path.as_str(), text.as_str()),
    };
    let references: Vec<Reference> = texts.iter().skip(1).map(reference).collect();
    let (path, text) = &texts[0];
    let source = Source::new(path.as_str(), text.as_str());
    compile(&source, path, &references, &Options::default()).map_err(|error| error.to_string())
}

/// So many random values of each message, or as many as there are.
pub fn payloads(writer: &Schema, random: &mut Random, count: usize) -> Vec<Payload> {
    let mut payloads = Vec::new();
    for message in payload::messages(writer) {
        let values = (0..count).map_while(|_| values::draw(&writer.set, message, random));
        let values: Vec<_> = values.collect();
        payloads.extend(values.into_iter().map(|value| Payload::new(writer, message, value)));
    }
    payloads
}
