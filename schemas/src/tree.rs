//! Trees of files that are judged together, as [`Format::judge_trees`](crate::Format::judge_trees) does it.

use crate::budget::Budget;
use crate::finding::{Evidence, Finding, Severity};
use crate::mode::{Direction, Mode};
use crate::text::shown::Line;
use crate::text::source::{ParseError, Problem, Source};
use crate::verdict::Verdict;

pub use crate::protobuf::judgement::breaking::Category;
pub use crate::protobuf::judgement::buf_yaml::MAX_BYTES as MAX_CONFIG_BYTES;

/// A directory with schemas. The engine reads no files: whoever asks it does.
pub trait Directory {
    /// Why a file or directory could not be read.
    type Error;

    /// What the directory is called in messages.
    fn name(&self) -> String;

    /// The paths of all files below that have one of these extensions, from here, with `/` between their parts and in their
    /// order.
    ///
    /// # Errors
    /// A directory cannot be read, or a path is not UTF-8.
    fn files(&self, extensions: &[&str]) -> Result<Vec<String>, Self::Error>;

    /// Whether there is a file of this path.
    fn has_file(&self, path: &str) -> bool;

    /// Whether there is a directory of this path.
    fn has_directory(&self, path: &str) -> bool;

    /// The text of a file, which is refused if it has more bytes.
    ///
    /// # Errors
    /// The file cannot be read.
    fn text(&self, path: &str, max_bytes: usize) -> Result<Source, Self::Error>;
}

/// A tree of files, and where else it imports from.
#[derive(Debug)]
pub struct Tree<'a, D> {
    /// The files.
    pub directory: &'a D,
    /// Where imports are looked up that the directory does not have.
    pub includes: &'a [D],
}

/// How trees are judged.
pub struct TreeOptions<'a> {
    /// A configuration for both trees, in place of the one in the directory; where the earlier tree has its own, that one
    /// still says where its files are.
    pub config: Option<&'a Source>,
    /// The category of rules that judges, in place of what the configuration says.
    pub category: Option<Category>,
    /// Which of the trees must read which, where data decides as well as rules.
    pub mode: Option<Mode>,
    /// A larger file is refused, in bytes; a language may allow more.
    pub max_bytes: usize,
    /// How much work each module may take.
    pub budget: &'a dyn Fn() -> Budget,
}

/// Why trees could not be judged.
#[derive(Debug)]
pub enum TreeError<E> {
    /// A file or directory could not be read.
    Read(E),
    /// A text is wrong.
    Text(ParseError),
    /// The files do not make a tree.
    Tree {
        /// What is wrong.
        message: String,
        /// How to mend it.
        help: &'static str,
    },
}

impl<E> From<ParseError> for TreeError<E> {
    fn from(error: ParseError) -> Self {
        TreeError::Text(error)
    }
}

/// What is odd about a configuration without being wrong.
pub type Notes = Vec<Problem>;

/// The verdict over one module of a tree.
#[derive(Debug)]
pub struct JudgedTree {
    /// The directory of the module, or `.` for the tree itself.
    pub path: Box<str>,
    /// Whose rules judged, in words.
    pub rules: String,
    /// What the rules forbid.
    pub forbidden: Vec<Forbidden>,
    /// Rules that the configuration asks for and that could not be read: what they forbid is not known.
    pub unread: Vec<Line>,
    /// What becomes of data though no rule forbids it.
    pub unannotated: Vec<Consequence>,
    /// Which directions were asked for.
    pub directions: &'static [Direction],
    /// The verdict over data; `None` where it was not asked for.
    pub data: Option<Verdict>,
    /// Why the verdict over data is open, where it is.
    pub undecided: Option<Line>,
}

/// A change that a rule forbids.
#[derive(Debug)]
pub struct Forbidden {
    /// What the rule found. The evidence is what becomes of data, or why that is not known.
    pub finding: Finding,
    /// Who reads whom in the finding.
    pub direction: Direction,
    /// The full name of what it is about; of a file its package.
    pub about: String,
    /// The path of the file that it is about.
    pub file: Box<str>,
    /// What becomes of data, what weighs most first.
    pub consequences: Vec<Consequence>,
}

/// What becomes of data in one direction.
#[derive(Debug)]
pub struct Consequence {
    /// Who reads whom.
    pub direction: Direction,
    /// What is found.
    pub finding: Finding,
}

impl Consequence {
    /// Whether some payload is refused, lost or changed, and not only worth a look.
    pub fn is_error(&self) -> bool {
        self.finding.severity == Severity::Error && !matches!(self.finding.evidence, Evidence::Policy(_))
    }
}
