//! Lines and columns as buf counts them.
//!
//! A column is where a terminal would put the character: a tab reaches to the next multiple of four, a wide character takes
//! two. Reports of Treaty count characters instead, as editors do; the two differ only behind tabs and wide characters.

use unicode_width::UnicodeWidthStr;

use super::annotation::{Extent, Place};
use crate::protobuf::language::schema::FileSet;

/// Columns between two tab stops.
const TAB: usize = 4;

/// Where a place starts and ends; all four count from 1, and the last column is the one after the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line of the first character.
    pub start_line: usize,
    /// Its column.
    pub start_column: usize,
    /// The line after the last character.
    pub end_line: usize,
    /// Its column.
    pub end_column: usize,
}

/// Finds positions in the files of a tree, and reads each text only once.
#[derive(Debug)]
pub struct Positions<'a> {
    set: &'a FileSet,
    /// The file that was asked for last, and where each of its lines starts.
    lines: Option<(u32, Vec<usize>)>,
}

impl<'a> Positions<'a> {
    /// For places of this tree. It is quickest when places are asked for file by file.
    pub fn new(set: &'a FileSet) -> Self {
        Positions { set, lines: None }
    }

    /// The position of a place; of a whole file it is its first character.
    pub fn of(&mut self, place: &Place) -> Position {
        let Extent::Span(span) = place.extent else {
            return Position {
                start_line: 1,
                start_column: 1,
                end_line: 1,
                end_column: 1,
            };
        };
        let text = self.set.file(place.file).source.text();
        let lines = match self.lines.take() {
            Some((file, lines)) if file == place.file.0 => lines,
            _ => std::iter::once(0)
                .chain(
                    text.bytes()
                        .enumerate()
                        .filter(|(_, byte)| *byte == b'\n')
                        .map(|(at, _)| at + 1),
                )
                .collect(),
        };
        let (start_line, start_column) = point(text, &lines, span.start);
        let (end_line, end_column) = point(text, &lines, span.end);
        self.lines = Some((place.file.0, lines));
        Position {
            start_line,
            start_column,
            end_line,
            end_column,
        }
    }
}

fn point(text: &str, lines: &[usize], offset: usize) -> (usize, usize) {
    let line = lines.partition_point(|&start| start <= offset).max(1);
    let start = lines.get(line - 1).copied().unwrap_or_default();
    let mut column = 0;
    for (number, part) in text.get(start..offset).unwrap_or_default().split('\t').enumerate() {
        if number > 0 {
            column = (column / TAB + 1) * TAB;
        }
        column += part.width();
    }
    (line, column + 1)
}
