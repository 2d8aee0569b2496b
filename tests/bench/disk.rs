//! The limit that durable writes are measured against: append, then fdatasync, one after the other.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use crate::Measured;

/// As long as what a registration adds at the least.
const RECORD: [u8; 512] = [b'x'; 512];

/// Appends per second, in a file beside the database.
pub fn appends_per_second(directory: &Path, count: usize) -> Measured<f64> {
    let path = directory.join("appends");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let begun = Instant::now();
    for _ in 0..count {
        file.write_all(&RECORD)?;
        file.sync_data()?;
    }
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(rate)
}
