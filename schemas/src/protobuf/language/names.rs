//! Parts of full names.

/// What a full name is called within a package; none where it lies in another one.
pub(in crate::protobuf) fn within_package<'n>(name: &'n str, package: &str) -> Option<&'n str> {
    match package {
        "" => Some(name),
        package => name.strip_prefix(package)?.strip_prefix('.'),
    }
}

/// A name without its package and the messages that it stands in.
pub(in crate::protobuf) fn simple(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::within_package;

    #[test]
    fn names_lie_in_their_package_alone() {
        assert_eq!(within_package("acme.Order.Line", "acme"), Some("Order.Line"));
        assert_eq!(within_package("Order", ""), Some("Order"));
        assert_eq!(within_package("acmes.Order", "acme"), None);
        assert_eq!(within_package("other.Order", "acme"), None);
    }
}
