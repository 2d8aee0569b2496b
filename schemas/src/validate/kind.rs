//! What a payload comes in.

use crate::avro::data::container::MAGIC;
use crate::wire;

/// What a payload comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadKind {
    /// One JSON document.
    Json,
    /// One JSON document in each line (NDJSON); empty lines are skipped.
    JsonLines,
    /// One value in the binary encoding of its language.
    Binary,
    /// Messages of Protobuf, each after its length.
    Delimited,
    /// An Avro object container file.
    Container,
    /// One message in Confluent's wire format.
    Wire,
}

impl PayloadKind {
    /// Every kind.
    pub const ALL: [PayloadKind; 6] = [
        PayloadKind::Json,
        PayloadKind::JsonLines,
        PayloadKind::Binary,
        PayloadKind::Delimited,
        PayloadKind::Container,
        PayloadKind::Wire,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            PayloadKind::Json => "json",
            PayloadKind::JsonLines => "ndjson",
            PayloadKind::Binary => "binary",
            PayloadKind::Delimited => "delimited",
            PayloadKind::Container => "container",
            PayloadKind::Wire => "wire",
        }
    }

    /// What a file of this name holds for certain: `order.binpb` and `order.pb` one message, `orders.delimited` many, `order.wire`
    /// one in Confluent's wire format.
    pub fn of_file(name: &str) -> Option<PayloadKind> {
        match name.rsplit_once('.')?.1 {
            "binpb" | "pb" => Some(PayloadKind::Binary),
            "delimited" => Some(PayloadKind::Delimited),
            "ndjson" | "jsonl" => Some(PayloadKind::JsonLines),
            "wire" => Some(PayloadKind::Wire),
            _ => None,
        }
    }

    /// What a file of this name seems to hold, that begins so: what its name says, and else what its bytes look like. What
    /// calls itself JSON is no binary message, however damaged it is.
    pub fn of(name: &str, head: &[u8]) -> PayloadKind {
        let looks = || match PayloadKind::detect(head) {
            PayloadKind::Binary | PayloadKind::Wire if name.ends_with(".json") => PayloadKind::Json,
            kind => kind,
        };
        PayloadKind::of_file(name).unwrap_or_else(looks)
    }

    /// What a payload seems to be, from its first bytes (a few thousand are enough).
    ///
    /// Containers are reported for certain. Text without control characters that begins as JSON does is JSON; a zero byte
    /// before an id below 16,777,216 and some payload is the wire format; all else is binary. Delimited messages are never
    /// told. Binary data can look like
    /// either of the two, so that whoever knows better must be able to say so.
    pub fn detect(head: &[u8]) -> PayloadKind {
        if head.starts_with(&MAGIC) {
            return PayloadKind::Container;
        }
        if let Some(text) = json_text(head) {
            return if is_lines(text) {
                PayloadKind::JsonLines
            } else {
                PayloadKind::Json
            };
        }
        if head.starts_with(&[0, 0]) && head.len() >= wire::PREFIX {
            return PayloadKind::Wire;
        }
        PayloadKind::Binary
    }
}

/// The head as text, if it looks like JSON; the end of it may be cut off anywhere.
fn json_text(head: &[u8]) -> Option<&str> {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Only the last character may be incomplete.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    let is_control = |char: char| char.is_control() && !matches!(char, '\n' | '\r' | '\t');
    let begins = text.trim_start().starts_with([
        '{', '[', '"', '-', 't', 'f', 'n', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
    ]);
    (begins && !text.contains(is_control)).then_some(text)
}

/// Whether the first line is complete in itself and more text follows.
fn is_lines(text: &str) -> bool {
    match text.trim_start().split_once('\n') {
        Some((line, rest)) => {
            let line = line.trim_end();
            let is_closed = match line.as_bytes() {
                [b'{', .., b'}'] | [b'[', .., b']'] => true,
                [b'{' | b'[', ..] => false,
                _ => true,
            };
            is_closed && !rest.trim().is_empty()
        }
        None => false,
    }
}
