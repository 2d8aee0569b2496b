//! How like two names are, for the question "did you mean …?".
//!
//! Invariant: the work and the memory of a search are small, however many names there are and however long they are: texts
//! come from anybody. Whoever finds many faults in a text searches for the first few of them only.

/// Longer names are no slips of the pen.
const LONGEST: usize = 200;

/// With more edits than these another name was meant.
const MOST_EDITS: usize = 3;

/// Cells of comparison tables that one search fills: a few milliseconds. Names of usual length take a few hundred each, and most
/// are told apart without a table.
const CELLS: usize = 500_000;

/// The known name that was probably meant: the one that is most like what was written, upper and lower case alike, of several
/// the first in the alphabet. None where no name is like it: a third of its characters may be wrong, and at most three.
pub fn nearest<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if written.len() > LONGEST {
        return None;
    }
    let written = written.to_lowercase();
    let mut likeness = Likeness::default();
    let like = known
        .into_iter()
        .filter(|name| name.len() <= LONGEST)
        .filter_map(|name| {
            let allowed = (name.chars().count().max(written.chars().count()) / 3).min(MOST_EDITS);
            Some((likeness.distance(&written, &name.to_lowercase(), allowed)?, name))
        });
    like.min().map(|(_, name)| name)
}

/// One search for the name that was meant.
#[derive(Debug, Clone)]
pub struct Likeness {
    cells_left: usize,
}

impl Default for Likeness {
    fn default() -> Self {
        Likeness { cells_left: CELLS }
    }
}

impl Likeness {
    /// How many characters have to be changed, put in, left out or swapped to make `known` of `written`; none where that is
    /// more than `allowed`, where one of the two is too long to be compared, or where the search has taken long enough.
    pub fn distance(&mut self, written: &str, known: &str, allowed: usize) -> Option<usize> {
        if written.len().max(known.len()) > LONGEST {
            return None;
        }
        // A character has at most four bytes, so lengths tell whether it is worth a closer look.
        if written.len().abs_diff(known.len()) > 4 * allowed {
            return None;
        }
        if written == known {
            return Some(0);
        }
        // One edit takes away at most four bytes and brings at most four others.
        if bytes_apart(written, known) > 8 * allowed {
            return None;
        }
        let cells = (written.len() + 1) * (known.len() + 1);
        let left = self.cells_left.checked_sub(cells);
        // What has taken long enough has ended, also for names that are short.
        self.cells_left = left.unwrap_or(0);
        left?;
        let distance = strsim::damerau_levenshtein(written, known);
        (distance <= allowed).then_some(distance)
    }
}

/// How many bytes one of the two has and the other has not, in whatever order.
fn bytes_apart(a: &str, b: &str) -> usize {
    let mut counts = [0i32; 256];
    for byte in a.bytes() {
        counts[usize::from(byte)] += 1;
    }
    for byte in b.bytes() {
        counts[usize::from(byte)] -= 1;
    }
    counts.iter().map(|count| count.unsigned_abs() as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::{Likeness, nearest};

    fn distance(written: &str, known: &str, allowed: usize) -> Option<usize> {
        Likeness::default().distance(written, known, allowed)
    }

    #[test]
    fn slips_are_found_and_long_names_are_left_alone() {
        assert_eq!(distance("sting", "string", 2), Some(1));
        assert_eq!(distance("stirng", "string", 2), Some(1));
        assert_eq!(distance("Größe", "Grösse", 2), Some(2));
        assert_eq!(distance("𝄞𝄞x", "äy", 3), Some(3));
        assert_eq!(distance("int", "string", 2), None);
        assert_eq!(distance("", "", 0), Some(0));
        let long = "x".repeat(1 << 20);
        assert_eq!(distance(&long, &long, 2), None);
        assert_eq!(distance("x", &long, 2), None);
    }

    #[test]
    fn the_nearest_name() {
        let known = ["orderId", "orderDate", "customer"];
        assert_eq!(nearest("orderID", known), Some("orderId"));
        assert_eq!(nearest("costumer", known), Some("customer"));
        assert_eq!(nearest("total", known), None);
        assert_eq!(nearest("no", ["nv"]), None);
        assert_eq!(nearest("abx", ["aby", "abc"]), Some("abc"));
    }

    #[test]
    fn a_search_ends() {
        let (one, other) = ("ab".repeat(100), "ba".repeat(100));
        let mut search = Likeness::default();
        let compared = (0..1_000_000).take_while(|_| search.distance(&one, &other, 200).is_some());
        assert_eq!(compared.count(), 12);
        assert_eq!(search.distance("sting", "string", 2), None);
    }
}
