//! The header of a container: magic, metadata, sync marker.

use std::io::Read;

use super::codec::Codec;
use super::defect::Defect;
use super::input::Input;
use crate::avro::data::encode::{put_bytes, put_long};
use crate::text::shorten::shortened;

/// The first bytes of every object container file.
pub const MAGIC: [u8; 4] = *b"Obj\x01";

/// The metadata of a header may have so many bytes; the schema is part of it.
const MAX_METADATA: usize = 16 * 1024 * 1024;

/// What a header says.
#[derive(Debug)]
pub(super) struct Header {
    /// Text of the schema.
    pub schema: String,
    pub codec: Codec,
    /// Everything, in the order of the file.
    pub metadata: Vec<(String, Vec<u8>)>,
    pub sync: [u8; 16],
}

impl Header {
    pub fn read<R: Read>(input: &mut Input<R>) -> Result<Header, Defect> {
        if input.is_at_end()? {
            return Err(Defect::Header("the file is empty".into()));
        }
        if input.array::<4>("the magic")? != MAGIC {
            input.offset = 0;
            return Err(Defect::Header(
                "this is no Avro object container: it does not begin with `Obj` and 1".into(),
            ));
        }
        let metadata = read_metadata(input)?;
        let sync = input.array("the sync marker")?;
        let get = |key: &str| {
            metadata
                .iter()
                .find(|(other, _)| other == key)
                .map(|(_, value)| &value[..])
        };
        let codec = match get("avro.codec") {
            None => Codec::Null,
            Some(name) => {
                let name = String::from_utf8_lossy(name);
                Codec::named(&name).ok_or_else(|| {
                    let known = Codec::ALL.map(Codec::name).join(", ");
                    Defect::Codec(format!("the codec `{}` is not known; {known} are", shortened(&name)))
                })?
            }
        };
        let schema = get("avro.schema").ok_or_else(|| Defect::Header("it has no `avro.schema`".into()))?;
        let schema =
            String::from_utf8(schema.to_vec()).map_err(|_| Defect::Header("its `avro.schema` is not UTF-8".into()))?;
        Ok(Header {
            schema,
            codec,
            metadata,
            sync,
        })
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&MAGIC);
        put_long(out, self.metadata.len() as i64);
        for (key, value) in &self.metadata {
            put_bytes(out, key.as_bytes());
            put_bytes(out, value);
        }
        if !self.metadata.is_empty() {
            out.push(0);
        }
        out.extend_from_slice(&self.sync);
    }
}

fn read_metadata<R: Read>(input: &mut Input<R>) -> Result<Vec<(String, Vec<u8>)>, Defect> {
    let mut metadata: Vec<(String, Vec<u8>)> = Vec::new();
    let mut room = MAX_METADATA;
    loop {
        let mut count = input.long("the number of metadata entries")?;
        if count < 0 {
            // The size of the block is of no use here.
            input.long("the size of the metadata")?;
            count = count.checked_neg().ok_or_else(too_much)?;
        }
        if count == 0 {
            return Ok(metadata);
        }
        for _ in 0..count {
            let key = String::from_utf8(read_bytes(input, &mut room)?)
                .map_err(|_| Defect::Header("a key of the metadata is not UTF-8".into()))?;
            let value = read_bytes(input, &mut room)?;
            // Of a key that stands twice readers keep the last value.
            match metadata.iter_mut().find(|(other, _)| *other == key) {
                Some((_, known)) => *known = value,
                None => metadata.push((key, value)),
            }
            if metadata.len() > 1000 {
                return Err(too_much());
            }
        }
    }
}

fn read_bytes<R: Read>(input: &mut Input<R>, room: &mut usize) -> Result<Vec<u8>, Defect> {
    let length = input.long("a length in the metadata")?;
    let length = usize::try_from(length)
        .map_err(|_| Defect::Header(format!("a length in the metadata is negative: {length}")))?;
    *room = room.checked_sub(length).ok_or_else(too_much)?;
    let mut bytes = Vec::new();
    input.bytes(length, &mut bytes, "the metadata")?;
    Ok(bytes)
}

fn too_much() -> Defect {
    Defect::Header(format!(
        "the metadata has more than {MAX_METADATA} bytes or 1000 entries"
    ))
}
