//! Parts of full names.

/// What a full name is called within its package.
pub(in crate::protobuf) fn within_package<'n>(name: &'n str, package: &str) -> &'n str {
    match package {
        "" => name,
        _ => {
            let rest = name.strip_prefix(package).and_then(|rest| rest.strip_prefix('.'));
            rest.unwrap_or(name)
        }
    }
}

/// A name without its package and the messages that it stands in.
pub(in crate::protobuf) fn simple(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
