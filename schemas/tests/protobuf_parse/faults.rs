//! What is refused: the words, the place, and the way out.

use expect_test::Expect;

use super::cases::cases;

mod imports;
mod languages;
mod names;
mod nearest;
mod syntax;

pub const ALL: &[&str] = &[
    syntax::SYNTAX,
    names::NAMES,
    names::NUMBERS,
    names::JSON,
    names::DEFAULTS,
    languages::PROTO3,
    languages::EDITIONS,
    languages::EXTENSIONS,
    languages::ENUMS,
    imports::TYPES,
    imports::IMPORTS,
    nearest::HIDDEN,
    nearest::EDITION_2024,
    nearest::DECLARED,
];

fn check(text: &str, expected: Expect) {
    let rendered: String = cases(text).iter().map(|case| case.render()).collect();
    assert!(!rendered.contains("\n  fine\n"), "{rendered}");
    expected.assert_eq(&rendered);
}
