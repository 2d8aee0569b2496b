//! How like two names are, for the question "did you mean …?".
//!
//! Invariant: the work and the memory of a comparison are small however long the names are; texts come from anybody, and a
//! name may have as many characters as the text allows.

/// Longer names are no slips of the pen.
const LONGEST: usize = 200;

/// How many characters have to be changed, put in, left out or swapped to make `known` of `written`; none where that is more
/// than `allowed`, or where one of the two is too long to be compared.
pub(crate) fn distance(written: &str, known: &str, allowed: usize) -> Option<usize> {
    if written.len().max(known.len()) > LONGEST {
        return None;
    }
    // A character has at most four bytes, so lengths tell whether it is worth a closer look.
    if written.len().abs_diff(known.len()) > 4 * allowed {
        return None;
    }
    let distance = strsim::damerau_levenshtein(written, known);
    (distance <= allowed).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn slips_are_found_and_long_names_are_left_alone() {
        assert_eq!(distance("sting", "string", 2), Some(1));
        assert_eq!(distance("stirng", "string", 2), Some(1));
        assert_eq!(distance("Größe", "Grösse", 2), Some(2));
        assert_eq!(distance("int", "string", 2), None);
        assert_eq!(distance("", "", 0), Some(0));
        let long = "x".repeat(1 << 20);
        assert_eq!(distance(&long, &long, 2), None);
        assert_eq!(distance("x", &long, 2), None);
    }
}
