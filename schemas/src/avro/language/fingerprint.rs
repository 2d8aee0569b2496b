//! Fingerprints of a schema's parsing canonical form: equal for schemas whose data reads alike.

use sha2::{Digest, Sha256};

use super::schema::Schema;

/// The fingerprint of the empty text, which is also the polynomial.
const EMPTY: u64 = 0xc15d_213a_a4d7_a795;

const TABLE: [u64; 256] = table();

const fn table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut fingerprint = index as u64;
        let mut bit = 0;
        while bit < 8 {
            fingerprint = (fingerprint >> 1) ^ (EMPTY & (fingerprint & 1).wrapping_neg());
            bit += 1;
        }
        table[index] = fingerprint;
        index += 1;
    }
    table
}

impl Schema {
    /// CRC-64-AVRO, the specification's Rabin fingerprint. Single-object encoding writes it little-endian.
    pub fn rabin(&self) -> u64 {
        rabin(self.parsing_canonical_form().as_bytes())
    }

    /// SHA-256.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.parsing_canonical_form().as_bytes()).into()
    }
}

fn rabin(bytes: &[u8]) -> u64 {
    bytes.iter().fold(EMPTY, |fingerprint, &byte| {
        (fingerprint >> 8) ^ TABLE[((fingerprint ^ u64::from(byte)) & 0xff) as usize]
    })
}
