//! Packages that say by their name that they may still change: `acme.orders.v1beta1`.

/// Whether the last part of a package is a version that is not stable: `v1alpha`, `v2beta3`, `v1p1alpha1`, `v1test`.
pub(super) fn is_unstable(package: &str) -> bool {
    let Some((_, last)) = package.rsplit_once('.') else {
        return false;
    };
    let Some(version) = last.strip_prefix('v') else {
        return false;
    };
    let Some(rest) = after_number(version) else {
        return false;
    };
    if rest.starts_with("test") {
        return true;
    }
    let rest = match rest.strip_prefix('p') {
        Some(patch) => match after_number(patch) {
            Some(rest) => rest,
            None => return false,
        },
        None => rest,
    };
    ["alpha", "beta"]
        .iter()
        .filter_map(|word| rest.strip_prefix(word))
        .any(|number| number.is_empty() || after_number(number) == Some(""))
}

/// What follows a whole number from 1 on.
fn after_number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - rest.len()];
    (!digits.is_empty() && !digits.starts_with('0')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::is_unstable;

    #[test]
    fn only_versions_that_say_so_are_unstable() {
        for unstable in ["a.v1alpha", "a.v1beta1", "a.b.v12p3alpha4", "a.v1test", "a.v2testing"] {
            assert!(is_unstable(unstable), "{unstable}");
        }
        for stable in [
            "",
            "v1beta1",
            "a.v1",
            "a.v1p1",
            "a.v0alpha1",
            "a.valpha",
            "a.v1gamma",
            "a.v1beta0",
            "a.beta",
        ] {
            assert!(!is_unstable(stable), "{stable}");
        }
    }
}
