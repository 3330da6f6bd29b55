//! Cases: what a file of them holds once it is read and found to make sense.
//!
//! A file of `spec/` is YAML:
//!
//! ```yaml
//! document: 003_47959dae4750c829.txt    # left out where the cases come from measurements
//! title: Python memoryview
//! cases:
//!   - id: slice-is-a-window             # unique over all files
//!     section: Core Mechanics > Zero-Copy Slicing
//!     claim: slicing makes a new view of the same memory and copies nothing
//!     verdict: confirmed                # or refuted, with `instead: what really happens`
//!     needs: [array]                    # what an engine must be able to do
//!     python: ">=3.8"                   # the versions that the case is about
//!     steps:
//!       - run: data = bytearray(b'abcdefgh')
//!       - run: part = memoryview(data)[2:6]
//!         shares: data[2]               # a view whose first byte is byte 2 of `data`
//!         locks: [data]                 # exactly these refuse to be resized
//!       - run: bytes(part)
//!         gives: b'cdef'                # a Python literal, compared type-exactly
//!       - run: part[9]
//!         raises: IndexError
//!         message: index out of bounds on dimension 1
//!       - run: print(part)
//!         prints: <memory at 0x...>
//!       - run: memoryview(b'\0\0').cast('e').tolist()
//!         expect:                       # where versions differ; the entries cover each version once
//!           - {python: "<3.12", raises: ValueError}
//!           - {python: ">=3.12", gives: '[0.0]'}
//! left_out:
//!   - section: Performance
//!     claim: slicing takes constant time
//!     why: cases observe no time
//! ```
//!
//! A rule that is a table is one case with `rows`. Each row is a case of its own, here `extremes/b` and `extremes/h`:
//!
//! ```yaml
//!   - id: extremes
//!     section: Formats
//!     claim: an item of format $format takes from $low to $high and no more
//!     verdict: confirmed
//!     rows:                             # a label, made of a-z, 0-9 and ._-, and values: the same names in each row
//!       b: {format: b, low: -128, high: 127}
//!       h: {format: h, low: -32768, high: 32767}
//!     steps:                            # `$name` or `${name}` is the row's value, in every text but `id`; $$ is a $
//!       - run: view = memoryview(bytearray(8)).cast('$format')
//!       - run: view[0] = $low
//!       - run: view[0]
//!         gives: $low
//!       - run: view[0] = $high + 1
//!         raises: ValueError
//! ```
//!
//! In a case without `rows` a `$` is a `$`. A step with no expectation must not raise. [`load`] reads files and folders;
//! everything that is wrong with them is a [`Problem`], and loading goes on, so that all problems are seen at once.
//!
//! Divergences that are understood are read in the same way ([`known`]). This crate reads and never runs: it knows
//! programs and versions of Python, and no engine.

#![forbid(unsafe_code)]

mod files;
pub mod known;
mod load;
mod problem;
mod read;
mod requirement;
mod rows;
mod shape;
mod text;
mod yaml;

pub use known::{Entry, Known};
pub use load::{load, load_text, load_texts};
pub use problem::{LARGEST, Mistake, Problem, Spot};
pub use requirement::Requirement;
pub use text::schema;

use program::{Name, Program, Value};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use view::Version;

/// Everything that was loaded, and everything that was wrong with it.
#[derive(Debug, Default)]
pub struct Suite {
    /// The files, in the order in which they were found: paths as given, folders sorted.
    pub documents: Vec<Document>,
    /// What is wrong, in the same order.
    pub problems: Vec<Problem>,
}

/// A file of cases.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, as it was reached from the paths given, with `/` between its parts.
    pub path: String,
    /// The document whose claims are checked; `None` for cases that come from measurements.
    pub document: Option<String>,
    /// What it is about.
    pub title: Option<String>,
    /// The cases.
    pub cases: Vec<Case>,
    /// Claims that no case checks.
    pub left_out: Vec<LeftOut>,
}

/// A claim and the program that confirms or refutes it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Unique over all files; for a row of a table `table/label`.
    pub id: String,
    /// The line in its file, counted from 1; of a row the one with its label.
    pub line: usize,
    /// The table that it is a row of. All its rows share this.
    pub table: Option<Arc<Table>>,
    /// The section of the document.
    pub section: String,
    /// What is claimed.
    pub claim: String,
    /// What running it shows.
    pub verdict: Verdict,
    /// What an engine must be able to do.
    pub needs: Vec<String>,
    /// The versions of Python it is about.
    pub python: Requirement,
    /// What runs.
    pub program: Program,
    /// What each step of the program must do.
    pub steps: Vec<Step>,
}

/// A case with rows, its texts as they are in the file: with `$name` where rows have values.
#[derive(Debug)]
pub struct Table {
    /// The id, which its rows' ids start with.
    pub id: String,
    /// The section of the document.
    pub section: String,
    /// What is claimed of all rows.
    pub claim: String,
}

/// What running a case shows about its claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as claimed.
    Confirmed,
    /// It is otherwise; what really happens.
    Refuted {
        /// In one sentence.
        instead: String,
    },
}

impl Verdict {
    /// `confirmed` or `refuted`
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Confirmed => "confirmed",
            Verdict::Refuted { .. } => "refuted",
        }
    }
}

/// A claim that no case checks.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The section of the document.
    pub section: String,
    /// What is claimed.
    pub claim: String,
    /// Why no case checks it.
    pub why: String,
}

/// What a step must do.
#[derive(Clone, Debug)]
pub struct Step {
    /// The Python text, as it stands in the file.
    pub text: String,
    /// The line in the file, counted from 1.
    pub line: usize,
    /// What must happen, by version; each version that the case is about is admitted by exactly one.
    pub expectations: Vec<(Requirement, Expectation)>,
}

impl Step {
    /// What must happen in a version.
    pub fn expectation(&self, version: Version) -> Option<&Expectation> {
        self.expectations.iter().find(|(python, _)| python.admits(version)).map(|(_, expectation)| expectation)
    }
}

/// What must happen. Nothing said means: it must not raise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// The outcome.
    pub outcome: Expected,
    /// The name of the value's type.
    pub type_name: Option<String>,
    /// What is printed.
    pub prints: Option<String>,
    /// The names of all exporters that are locked afterwards, sorted.
    pub locks: Option<Vec<Name>>,
}

/// How a step must end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expected {
    /// In any way but an error.
    #[default]
    NoError,
    /// With this value.
    Gives(Value),
    /// With a view whose first byte is a certain one.
    Shares(Name, i64),
    /// With an error of this type, and this text if one is given.
    Raises(String, Option<String>),
}
