//! How the blocks of a container are compressed.

use std::io::{Read, Write};

use flate2::{Decompress, FlushDecompress, Status};
use liblzma::stream::{Check, Error, Filters, LzmaOptions, Stream};

/// A codec of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// No compression.
    Null,
    /// Deflate (RFC 1951) without a header.
    Deflate,
    /// Snappy's block format, and the CRC-32 of the uncompressed data, big-endian.
    Snappy,
    /// Zstandard frames (RFC 8878).
    Zstandard,
    /// A stream of bzip2.
    Bzip2,
    /// A stream of xz. Its dictionary takes memory beside the data, no more than a block may have.
    Xz,
}

impl Codec {
    /// Every codec.
    pub const ALL: [Codec; 6] = [
        Codec::Null,
        Codec::Deflate,
        Codec::Snappy,
        Codec::Zstandard,
        Codec::Bzip2,
        Codec::Xz,
    ];

    /// The word for it in a container's header.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Null => "null",
            Codec::Deflate => "deflate",
            Codec::Snappy => "snappy",
            Codec::Zstandard => "zstandard",
            Codec::Bzip2 => "bzip2",
            Codec::Xz => "xz",
        }
    }

    /// The codec of this name.
    pub fn named(name: &str) -> Option<Codec> {
        Codec::ALL.into_iter().find(|codec| codec.name() == name)
    }

    pub(super) fn compress(self, data: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Codec::Null => Ok(data.to_vec()),
            Codec::Deflate => {
                let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(data)?;
                encoder.finish()
            }
            Codec::Snappy => {
                let mut raw = snap::raw::Encoder::new().compress_vec(data)?;
                raw.extend_from_slice(&crc32fast::hash(data).to_be_bytes());
                Ok(raw)
            }
            Codec::Zstandard => zstd::bulk::compress(data, zstd::DEFAULT_COMPRESSION_LEVEL),
            Codec::Bzip2 => {
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
                encoder.write_all(data)?;
                encoder.finish()
            }
            Codec::Xz => {
                // A dictionary that is larger than the data would only take the reader's memory.
                let size = data.len().clamp(4096, 8 << 20);
                let mut options = LzmaOptions::new_preset(6)?;
                options.dict_size(u32::try_from(size).unwrap_or(4096));
                let stream = Stream::new_stream_encoder(Filters::new().lzma2(&options), Check::Crc64)?;
                let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
                encoder.write_all(data)?;
                encoder.finish()
            }
        }
    }
}

/// What xz needs beside its dictionary.
const XZ_STATE: u64 = 256 * 1024;

/// Decompresses one block after the other into the same memory.
pub(super) struct Decompressor {
    codec: Codec,
    /// Bytes that a block may have when it is decompressed.
    limit: usize,
    inflate: Decompress,
    out: Vec<u8>,
}

impl Decompressor {
    pub fn new(codec: Codec, limit: usize) -> Self {
        Decompressor {
            codec,
            limit,
            inflate: Decompress::new(false),
            out: Vec::new(),
        }
    }

    /// The data of a block, or why it cannot be had.
    pub fn data<'a>(&'a mut self, raw: &'a [u8]) -> Result<&'a [u8], String> {
        match self.codec {
            Codec::Null => return Ok(raw),
            Codec::Deflate => self.inflate(raw)?,
            Codec::Snappy => self.snappy(raw)?,
            Codec::Zstandard => {
                let decoder = zstd::stream::read::Decoder::with_buffer(raw);
                self.stream(decoder.map_err(|error| damaged("zstandard", &error))?, "zstandard")?;
            }
            Codec::Bzip2 => self.stream(bzip2::bufread::BzDecoder::new(raw), "bzip2")?,
            Codec::Xz => {
                let memory = XZ_STATE.saturating_add(self.limit as u64);
                let stream = Stream::new_stream_decoder(memory, 0);
                let stream = stream.map_err(|error| damaged("xz", &error.into()))?;
                let mut decoder = liblzma::bufread::XzDecoder::new_stream(raw, stream);
                self.stream(&mut decoder, "xz")?;
            }
        }
        Ok(&self.out)
    }

    fn inflate(&mut self, raw: &[u8]) -> Result<(), String> {
        self.out.clear();
        self.inflate.reset(false);
        loop {
            if self.out.len() == self.out.capacity() {
                if self.out.len() > self.limit {
                    return Err(self.too_large());
                }
                // Doubling keeps copies few; one byte beyond the limit tells a block that is too large.
                let more = self.out.len().max(4 * raw.len()).max(1024);
                self.out.reserve_exact(more.min(self.limit + 1 - self.out.len()));
            }
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let rest = usize::try_from(read)
                .ok()
                .and_then(|read| raw.get(read..))
                .unwrap_or_default();
            let status = self
                .inflate
                .decompress_vec(rest, &mut self.out, FlushDecompress::None)
                .map_err(|error| format!("its deflate data is damaged: {error}"))?;
            if self.out.len() > self.limit {
                return Err(self.too_large());
            }
            let stuck = self.inflate.total_in() == read && self.inflate.total_out() == written;
            if status == Status::StreamEnd {
                // Writers in Python leave a part of zlib's checksum behind it, and all readers stop here.
                return Ok(());
            }
            if stuck && self.out.len() < self.out.capacity() {
                return Err("its deflate data is cut off".into());
            }
        }
    }

    fn snappy(&mut self, raw: &[u8]) -> Result<(), String> {
        let Some((raw, checksum)) = raw.split_last_chunk::<4>() else {
            return Err("it is too short for snappy's checksum".into());
        };
        let damaged = |error: snap::Error| format!("its snappy data is damaged: {error}");
        let length = snap::raw::decompress_len(raw).map_err(damaged)?;
        if length > self.limit {
            return Err(self.too_large());
        }
        self.out.resize(length, 0);
        let length = snap::raw::Decoder::new()
            .decompress(raw, &mut self.out)
            .map_err(damaged)?;
        self.out.truncate(length);
        if crc32fast::hash(&self.out) == u32::from_be_bytes(*checksum) {
            Ok(())
        } else {
            Err("snappy's checksum does not fit its data".into())
        }
    }

    /// What comes out of a decoder that reads, one byte beyond the limit at most.
    fn stream(&mut self, decoder: impl Read, codec: &str) -> Result<(), String> {
        self.out.clear();
        decoder
            .take(self.limit as u64 + 1)
            .read_to_end(&mut self.out)
            .map_err(|error| damaged(codec, &error))?;
        if self.out.len() > self.limit {
            return Err(self.too_large());
        }
        Ok(())
    }

    fn too_large(&self) -> String {
        format!(
            "it has more than the {} bytes that are allowed after decompression",
            self.limit
        )
    }
}

fn damaged(codec: &str, error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    if inner == Some(&Error::MemLimit) {
        return format!("its {codec} dictionary is larger than a block may be after decompression");
    }
    format!("its {codec} data is damaged: {error}")
}
