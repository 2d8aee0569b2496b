//! The order in which Java goes through a `HashMap` or a `HashSet`: Confluent's registry lists differences in it.
//!
//! A table has a power of two of places, and keys that share one stand in the order in which they came. A table that grows keeps
//! that order.

/// A key of a Java map.
pub(super) trait JavaKey: Copy + Eq {
    /// Its `hashCode()`.
    fn hash_code(self) -> u32;
}

impl JavaKey for i32 {
    fn hash_code(self) -> u32 {
        self.cast_unsigned()
    }
}

impl JavaKey for &str {
    fn hash_code(self) -> u32 {
        self.encode_utf16()
            .fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
    }
}

/// The places of a table that is made without a size.
const PLACES: usize = 16;

/// A table grows when more than three of four places would be taken.
fn grown(places: usize, keys: usize) -> usize {
    let mut places = places;
    while keys > places / 4 * 3 {
        places *= 2;
    }
    places
}

fn sort<K: JavaKey>(keys: &mut [K], places: usize) {
    keys.sort_by_key(|key| {
        let hash = key.hash_code();
        (hash ^ (hash >> 16)) as usize & (places - 1)
    });
}

/// The keys of a map into which these were put one after another.
pub(super) fn of_map<K: JavaKey>(mut keys: Vec<K>) -> Vec<K> {
    let places = grown(PLACES, keys.len());
    sort(&mut keys, places);
    keys
}

/// The elements of a set that was made of one and to which those of the other were added that it lacks. Both are in the order of
/// their maps; `is_first` tells which of the other are in the one.
pub(super) fn of_union<K: JavaKey>(first: Vec<K>, second: Vec<K>, is_first: impl Fn(K) -> bool) -> Vec<K> {
    let made = (first.len() * 4 / 3 + 1).max(PLACES).next_power_of_two();
    let mut keys = first;
    keys.extend(second.into_iter().filter(|key| !is_first(*key)));
    let places = grown(made, keys.len());
    sort(&mut keys, places);
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Java 17 prints.
    #[test]
    fn names_and_numbers() {
        let union = |first: &[&'static str], second: &[&'static str]| {
            let (first, second) = (of_map(first.to_vec()), of_map(second.to_vec()));
            let known = first.clone();
            of_union(first, second, |key| known.contains(&key)).join(" ")
        };
        let names = ["zeta", "b", "alpha", "mid", "Order", "OrderLine"];
        assert_eq!(union(&names, &[]), "zeta Order b OrderLine alpha mid");
        assert_eq!(
            union(&["Payment", "Refund", "Order"], &["Customer", "Order", "Address"]),
            "Order Payment Refund Address Customer"
        );
        let numbers = of_union(
            of_map(vec![1, 100, 17, 2, 33, 536_870_911]),
            of_map(vec![16, 3, 18]),
            |_| false,
        );
        assert_eq!(numbers, [536_870_911, 16, 1, 17, 33, 2, 18, 3, 100]);
    }

    /// Tables that grow, the one of the set with them.
    #[test]
    fn many_names() {
        let first: Vec<String> = (0..13).map(|n| format!("M{}", n * 7919)).collect();
        let second: Vec<String> = (0..30).map(|n| format!("N{}", n * 104_729)).collect();
        let [first, second] = [&first, &second].map(|names| of_map(names.iter().map(String::as_str).collect()));
        let all = of_union(first, second, |_| false);
        let expected = "M31676 M7919 N2199309 M0 N628374 N2827683 M71271 N1570935 M95028 N1361477 N314187 N2094580 N1780393 \
                        M47514 N837832 N1047290 N1885122 N2618225 N1466206 N1989851 N2932412 N418916 N523645 N2722954 \
                        N1152019 N0 N1256748 N733103 N2408767 M55433 M39595 M63352 N2513496 N1675664 N2304038 N3037141 \
                        M23757 N104729 N942561 M87109 M15838 N209458 M79190";
        assert_eq!(all.join(" "), expected);
    }
}
