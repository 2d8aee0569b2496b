//! Builds the crate again when a migration changes: the migrations are embedded, and cargo does not see that.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
