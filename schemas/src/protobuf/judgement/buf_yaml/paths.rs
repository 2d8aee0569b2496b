//! Paths in a configuration: relative, with `/` between their parts, and never out of their directory.

/// The path without what means nothing (`./`, a slash at the end); `.` is the directory itself.
///
/// # Errors
/// The path is absolute, or leaves the directory; why.
pub(super) fn normal(path: &str) -> Result<Box<str>, &'static str> {
    if path.is_empty() {
        return Err("a path is missing here");
    }
    if path.starts_with('/') || path.contains('\\') || path.as_bytes().get(1) == Some(&b':') {
        return Err("the path must be relative, with `/` between its parts");
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err("the path leaves the directory of the file");
                }
            }
            part => parts.push(part),
        }
    }
    match parts.is_empty() {
        true => Ok(".".into()),
        false => Ok(parts.join("/").into()),
    }
}

/// What a path is called from a directory; the directory itself is `.`.
pub(super) fn below<'p>(directory: &str, path: &'p str) -> Option<&'p str> {
    if directory == "." {
        return Some(path);
    }
    match path.strip_prefix(directory)? {
        "" => Some("."),
        rest => rest.strip_prefix('/'),
    }
}

/// A path from a directory that contains `directory`, from which `path` starts.
pub(super) fn joined(directory: &str, path: &str) -> Box<str> {
    match (directory, path) {
        (".", path) => path.into(),
        (directory, ".") => directory.into(),
        (directory, path) => format!("{directory}/{path}").into(),
    }
}
