//! The texts that a report talks about, each read once, however many places in it are reported.

use std::collections::HashMap;

use treaty_schemas::text::json;
use treaty_schemas::{At, Label, Point, Source, Span};

/// Texts that places were looked up in.
#[derive(Default)]
pub struct Texts {
    /// By the address of the text, which the kept [`Source`] keeps from being given to another.
    read: HashMap<(usize, usize), Text>,
}

/// A text, with what it takes to find places in it quickly.
pub(crate) struct Text {
    source: Source,
    /// The text as JSON; read when a path asks for it, and `None` within where it is no JSON.
    root: Option<Option<json::Node>>,
    /// Where lines begin.
    lines: Vec<usize>,
    /// How many characters there are before each block of [`BLOCK`] bytes.
    blocks: Vec<usize>,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 1024;

impl Texts {
    /// The text of a place, and the bytes of the place.
    pub(crate) fn find(&mut self, label: &Label) -> (&Text, Span) {
        let text = self.text(&label.source);
        let span = match &label.at {
            At::Span(span) => *span,
            At::Path(path) => match text.root() {
                Some(root) => root.span_at(path),
                None => Span::default(),
            },
        };
        (text, span)
    }

    /// A text as JSON; `None` where it is no JSON.
    pub(crate) fn root(&mut self, source: &Source) -> Option<&json::Node> {
        self.text(source).root()
    }

    pub(crate) fn text(&mut self, source: &Source) -> &mut Text {
        let key = (source.text().as_ptr() as usize, source.name().as_ptr() as usize);
        self.read.entry(key).or_insert_with(|| Text::new(source))
    }
}

impl Text {
    fn new(source: &Source) -> Text {
        let text = source.text();
        let mut lines = vec![0];
        let mut blocks = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut chars = 0;
        for (at, byte) in text.bytes().enumerate() {
            if at % BLOCK == 0 {
                blocks.push(chars);
            }
            // Every character begins with a byte that is no continuation.
            chars += usize::from(byte & 0xc0 != 0x80);
            if byte == b'\n' {
                lines.push(at + 1);
            }
        }
        Text {
            source: source.clone(),
            root: None,
            lines,
            blocks,
        }
    }

    /// The text as JSON; `None` where it is no JSON.
    fn root(&mut self) -> Option<&json::Node> {
        let source = &self.source;
        self.root
            .get_or_insert_with(|| {
                json::parse_as(source.text(), &json::Limits::UNBOUNDED_SIZE, json::Dialect::LENIENT).ok()
            })
            .as_ref()
    }

    /// The name that people know it by.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// Line and column of a byte offset, as [`Source::point`] counts them.
    pub fn point(&self, offset: usize) -> Point {
        let offset = self.floor(offset);
        let line = self.line_at(offset);
        Point {
            line: line + 1,
            column: self.chars_before(offset) - self.chars_before(self.line(line).start) + 1,
        }
    }

    /// The index of the line that holds a byte, from 0.
    pub fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// The bytes of a line without its end. `index` is from 0.
    pub fn line(&self, index: usize) -> Span {
        let len = self.text().len();
        let start = self.lines.get(index).copied().unwrap_or(len);
        let next = self.lines.get(index + 1).map_or(len, |next| next - 1);
        let end = match self.text().as_bytes().get(start..next) {
            Some([.., b'\r']) => next - 1,
            _ => next,
        };
        Span { start, end }
    }

    /// How many lines there are; an empty one after the last line end does not count.
    pub fn line_count(&self) -> usize {
        match self.lines.last() {
            Some(&last) if last == self.text().len() => self.lines.len() - 1,
            _ => self.lines.len(),
        }
    }

    /// The nearest boundary of a character that is not after `offset`.
    pub fn floor(&self, offset: usize) -> usize {
        let text = self.text();
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    fn chars_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let (before, start) = match self.blocks.get(block) {
            Some(&before) => (before, block * BLOCK),
            // The end of a text whose length is a whole number of blocks.
            None => (
                self.blocks.last().copied().unwrap_or(0),
                self.blocks.len().saturating_sub(1) * BLOCK,
            ),
        };
        let rest = self.text().as_bytes().get(start..offset).unwrap_or_default();
        before + rest.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_those_of_the_source() {
        for text in [
            "",
            "\n",
            "aé\r\nb\n\nç",
            "x".repeat(2048).as_str(),
            "é\n".repeat(1500).as_str(),
        ] {
            let source = Source::new("a", text);
            let mut texts = Texts::default();
            let indexed = texts.text(&source);
            for offset in 0..text.len() + 2 {
                assert_eq!(
                    indexed.point(offset),
                    source.point(offset),
                    "{offset} in {} bytes",
                    text.len()
                );
            }
        }
    }
}
