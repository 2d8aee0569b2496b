//! The comments of a text, and which declaration each belongs to.
//!
//! A comment belongs to the token before it if that is on the same line, else to the one after it; a token belongs to the
//! innermost declaration around it. So no comment is without one.

use crate::text::source::Span;

use super::{Printer, STEP};

/// The comments of a text in their order.
pub(super) struct Comments<'a> {
    list: Vec<Comment<'a>>,
}

/// A comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'a> {
    /// Where the token begins that it belongs to; the length of the text for those at its end.
    at: usize,
    /// Whether that is the token before it.
    is_behind: bool,
    /// With its `//` or `/*` and `*/`.
    text: &'a str,
    /// The characters before it in its line.
    column: usize,
    /// Whether an empty line follows it.
    ends_paragraph: bool,
}

impl<'a> Comments<'a> {
    /// None at all.
    pub(super) fn none() -> Self {
        Comments { list: Vec::new() }
    }

    /// Those of a text that was parsed.
    pub(super) fn of(text: &'a str) -> Self {
        let mut list: Vec<Comment<'a>> = Vec::new();
        // Those that wait for the token after them.
        let mut waiting = 0;
        let mut before: Option<(usize, usize)> = None;
        let mut at = 0;
        while let Some((start, kind, end)) = next(text, at) {
            at = end;
            match kind {
                Token::Comment => {
                    let between = |from: usize| text.get(from..start).unwrap_or_default();
                    let owner = before.filter(|(_, end)| waiting == list.len() && !between(*end).contains('\n'));
                    let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
                    let rest = text[end..].trim_start_matches([' ', '\t', '\r']);
                    let rest = rest.strip_prefix('\n').unwrap_or(rest);
                    list.push(Comment {
                        at: owner.map_or(usize::MAX, |(start, _)| start),
                        is_behind: owner.is_some(),
                        text: text[start..end].trim_end(),
                        column: text[line..start].chars().count(),
                        ends_paragraph: rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'),
                    });
                    if owner.is_some() {
                        waiting = list.len();
                        before = Some((owner.map_or(0, |(start, _)| start), end));
                    }
                }
                Token::Other => {
                    list[waiting..].iter_mut().for_each(|comment| comment.at = start);
                    waiting = list.len();
                    before = Some((start, end));
                }
            }
        }
        list[waiting..].iter_mut().for_each(|comment| comment.at = text.len());
        Comments { list }
    }

    /// Those of a declaration that has nothing inside: those before it, and the one behind it.
    fn of_leaf(&self, span: Span) -> (Vec<Comment<'a>>, Option<Comment<'a>>) {
        let mut before = self.within(span);
        let is_behind = |comment: &Comment<'_>| comment.is_behind && comment.at + 1 == span.end;
        match before.last().copied() {
            Some(last) if is_behind(&last) && !last.text.contains('\n') => {
                before.pop();
                (before, Some(last))
            }
            _ => (before, None),
        }
    }

    /// Those of a block that are of none of the declarations inside it: before it, at its end, and behind it.
    fn of_block(&self, span: Span, inside: &[Span]) -> Block<'a> {
        let mut block = Block::default();
        for comment in self.outside(span, inside) {
            let is_last = comment.at + 1 == span.end;
            if is_last && !comment.is_behind {
                block.end.push(comment);
            } else if is_last && block.behind.is_none() && !comment.text.contains('\n') {
                block.behind = Some(comment);
            } else {
                block.before.push(comment);
            }
        }
        block
    }

    /// Those of a text of this length that are of none of its declarations: at its beginning and at its end.
    pub(super) fn around(&self, length: usize, inside: &[Span]) -> (Vec<Comment<'a>>, Vec<Comment<'a>>) {
        let whole = Span {
            start: 0,
            end: length.saturating_add(1),
        };
        let outside = self.outside(whole, inside).into_iter();
        outside.partition(|comment| comment.at < length)
    }

    fn within(&self, span: Span) -> Vec<Comment<'a>> {
        let from = self.from(span.start);
        let inside = self.list[from..].iter();
        inside.take_while(|comment| comment.at < span.end).copied().collect()
    }

    fn outside(&self, span: Span, inside: &[Span]) -> Vec<Comment<'a>> {
        if self.list.is_empty() {
            return Vec::new();
        }
        let mut inside: Vec<Span> = inside.to_vec();
        inside.sort_unstable_by_key(|span| (span.start, span.end));
        let mut found = Vec::new();
        let mut at = self.from(span.start);
        for inner in inside {
            while let Some(comment) = self.list.get(at).filter(|comment| comment.at < inner.start) {
                found.push(*comment);
                at += 1;
            }
            at = at.max(self.from(inner.end));
        }
        let rest = self.list.get(at..).unwrap_or_default().iter();
        found.extend(rest.take_while(|comment| comment.at < span.end));
        found
    }

    fn from(&self, start: usize) -> usize {
        self.list.partition_point(|comment| comment.at < start)
    }
}

/// The comments of a block.
#[derive(Default)]
struct Block<'a> {
    before: Vec<Comment<'a>>,
    /// Before the closing brace.
    end: Vec<Comment<'a>>,
    behind: Option<Comment<'a>>,
}

enum Token {
    Comment,
    Other,
}

/// The next token: where it begins, and where it ends.
fn next(text: &str, from: usize) -> Option<(usize, Token, usize)> {
    let bytes = text.as_bytes();
    let start = from + bytes.get(from..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let rest = &text[start..];
    let end = |length: Option<usize>| length.map_or(text.len(), |length| start + length);
    if rest.starts_with("//") {
        return Some((start, Token::Comment, end(rest.find('\n'))));
    }
    if let Some(inner) = rest.strip_prefix("/*") {
        return Some((start, Token::Comment, end(inner.find("*/").map(|at| at + 4))));
    }
    let first = rest.chars().next()?;
    let length = match first {
        '"' | '\'' => {
            let mut escaped = false;
            let close = rest.char_indices().skip(1).find(|(_, c)| {
                let is_close = *c == first && !escaped;
                escaped = *c == '\\' && !escaped;
                is_close
            });
            close.map(|(at, _)| at + 1)
        }
        c if is_word(c) => rest.find(|c| !is_word(c)),
        c => Some(c.len_utf8()),
    };
    Some((start, Token::Other, end(length)))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl Printer<'_> {
    /// Comments, each on lines of its own.
    pub(super) fn above(&mut self, comments: &[Comment<'_>], indent: usize) {
        for comment in comments {
            let mut lines = comment.text.lines();
            self.indent(indent);
            self.out += lines.next().unwrap_or_default().trim_end();
            self.out.push('\n');
            for line in lines {
                // As far to the right of the first line as it was.
                let blank = line.chars().take_while(|c| *c == ' ' || *c == '\t').count();
                let rest = line.trim();
                if !rest.is_empty() {
                    self.indent(indent + blank.saturating_sub(comment.column));
                    self.out += rest;
                }
                self.out.push('\n');
            }
            if comment.ends_paragraph {
                self.out.push('\n');
            }
        }
    }

    /// A declaration that has nothing inside, with its comments.
    pub(super) fn leaf(&mut self, span: Span, indent: usize, print: impl FnOnce(&mut Self)) {
        let (before, behind) = self.comments.of_leaf(span);
        self.above(&before, indent);
        self.indent(indent);
        print(self);
        self.end_line(behind);
    }

    /// A declaration with others inside, and its comments. What is printed inside stands between braces.
    pub(super) fn block(
        &mut self,
        (span, inside): (Span, &[Span]),
        indent: usize,
        head: impl FnOnce(&mut Self),
        body: impl FnOnce(&mut Self, Inside),
        end: &str,
    ) {
        let Block {
            before,
            end: last,
            behind,
        } = self.comments.of_block(span, inside);
        self.above(&before, indent);
        self.indent(indent);
        head(self);
        self.out += " {\n";
        let start = self.out.len();
        body(self, Inside { start, indent });
        self.above(&last, indent + STEP);
        if self.out.len() == start {
            self.out.pop();
        } else {
            self.indent(indent);
        }
        self.out.push('}');
        self.out += end;
        self.end_line(behind);
    }

    /// Before another group of declarations in a block: an empty line, unless nothing is before it.
    pub(super) fn gap(&mut self, inside: Inside) {
        if self.out.len() > inside.start {
            // Confluent's printer indents empty lines too.
            self.indent(inside.indent);
            self.out.push('\n');
        }
    }

    fn end_line(&mut self, behind: Option<Comment<'_>>) {
        if let Some(comment) = behind {
            self.out.push(' ');
            self.out += comment.text;
        }
        self.out.push('\n');
    }
}

/// The inside of a block that is being printed.
#[derive(Clone, Copy)]
pub(super) struct Inside {
    start: usize,
    indent: usize,
}

impl Inside {
    /// How far what stands inside is indented.
    pub(super) fn indent(self) -> usize {
        self.indent + STEP
    }
}
