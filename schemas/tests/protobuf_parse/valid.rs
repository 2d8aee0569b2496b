//! What is accepted, though it may look odd.

use super::cases::cases;

pub const CASES: &str = include_str!("valid.txt");

#[test]
fn all_of_it_compiles() {
    for case in cases(CASES) {
        if let Err(error) = case.compile() {
            panic!("{}: {error}", case.title);
        }
    }
}
