//! Media types: what a request's body may be, and what its answer is to be (RFC 9110 §12.5.1, preferences as Confluent's).

use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue};

/// What is answered unless the client prefers another.
pub const DEFAULT: HeaderValue = HeaderValue::from_static("application/vnd.schemaregistry.v1+json");

/// The types that can be answered, the preferred one first.
const PRODUCED: [&str; 3] = [
    "application/vnd.schemaregistry.v1+json",
    "application/vnd.schemaregistry+json",
    "application/json",
];

/// What distinguishes the tag of an answer in this type from that of the same answer in another: a tag names one
/// representation (RFC 9110 §8.8.3).
pub fn tag_suffix(media: &HeaderValue) -> &'static str {
    match PRODUCED.iter().position(|produced| media == produced) {
        Some(1) => "-vnd",
        Some(2) => "-json",
        _ => "",
    }
}

/// Chooses the type of the answer; `None` when the client takes none of them.
///
/// A client's own preferences (`q`) come first, then ours.
pub fn negotiate(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut accepts = headers
        .get_all(ACCEPT)
        .iter()
        .filter(|value| !value.is_empty())
        .peekable();
    match accepts.peek() {
        None => return Some(DEFAULT),
        Some(first) if *first == "*/*" || *first == PRODUCED[0] => return Some(DEFAULT),
        Some(_) => {}
    }
    // In thousandths, as the grammar of `q` has at most three digits.
    let mut best: [Option<(u8, u16)>; 3] = [None; 3];
    for range in accepts
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
    {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .and_then(|quality| quality.parse::<f32>().ok())
            .map_or(1000, |quality| (quality.clamp(0.0, 1.0) * 1000.0) as u16);
        for (produced, best) in PRODUCED.iter().zip(&mut best) {
            let precision = match range.as_str() {
                // Whatever the subtype, as in Confluent's registry.
                any if any == "*" || any.starts_with("*/") => 1,
                "application/*" => 2,
                exact if exact == *produced => 3,
                _ => continue,
            };
            // The most precise range speaks for a type; of two equal ones the friendlier.
            *best = (*best).max(Some((precision, quality)));
        }
    }
    let quality = |index: usize| best[index].map_or(0, |(_, quality)| quality);
    (0..PRODUCED.len())
        .filter(|&index| quality(index) > 0)
        .max_by_key(|&index| (quality(index), std::cmp::Reverse(index)))
        .map(|index| HeaderValue::from_static(PRODUCED[index]))
}

/// Whether a body of this type is read as JSON. None and octet-stream are, as in Confluent's registry.
pub fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    let Ok(value) = value.to_str() else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.is_empty()
        || essence.eq_ignore_ascii_case("application/octet-stream")
        || PRODUCED.iter().any(|produced| essence.eq_ignore_ascii_case(produced))
}

/// Whether a body is compressed or otherwise encoded: it is read as it is sent, so that 4 MB never become 4 GB.
pub fn is_encoded(headers: &HeaderMap) -> bool {
    let other = |name, plain: &str| {
        let values = headers.get_all(name).iter();
        let mut codings = values.flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
        codings.any(|coding| {
            let coding = coding.trim_ascii();
            !coding.is_empty() && !coding.eq_ignore_ascii_case(plain.as_bytes())
        })
    };
    other(CONTENT_ENCODING, "identity") || other(TRANSFER_ENCODING, "chunked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept() {
        for (accept, chosen) in [
            ("*/x", Some(PRODUCED[0])),
            ("*/*", Some(PRODUCED[0])),
            ("application/json", Some(PRODUCED[2])),
            ("application/json, text/plain, */*", Some(PRODUCED[0])),
            (
                "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json",
                Some(PRODUCED[0]),
            ),
            (
                "application/vnd.schemaregistry+json;q=0.8, application/json;q=0.9",
                Some(PRODUCED[2]),
            ),
            ("application/*", Some(PRODUCED[0])),
            (
                "application/vnd.schemaregistry.v1+json;q=0, application/*",
                Some(PRODUCED[1]),
            ),
            ("text/html", None),
            ("text/html, */*;q=0.1", Some(PRODUCED[0])),
            ("", Some(PRODUCED[0])),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            let expected = chosen.map(HeaderValue::from_static);
            assert_eq!(negotiate(&headers), expected, "{accept}");
        }
        assert_eq!(negotiate(&HeaderMap::new()), Some(DEFAULT));
    }
}
