//! Cases, and the known divergences of implementations, as they are read from YAML files.
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
//!       - run: copy = bytes(part)
//!         allocates: "< 1 KiB"          # the most that was allocated at the same time
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
//! In a case without `rows`, `$` has no special meaning. A step without an expectation must not raise. [`load`] reads
//! files and folders. A mistake becomes a [`Problem`], and loading continues, so that all problems are shown at once.
//!
//! Known divergences are read in the same way ([`known`]). This crate does not run anything: it knows programs and
//! versions of Python, but no engine.

#![forbid(unsafe_code)]

mod allocates;
mod files;
pub mod known;
mod load;
mod problem;
mod read;
mod requirement;
mod rows;
mod shape;
mod source;
mod text;
pub mod write;
mod yaml;

pub use allocates::{Bounds, count};
pub use known::{Entry, Known, Level};
pub use load::{load, load_text, load_texts};
pub use problem::{LARGEST, Mistake, Problem, Spot};
pub use requirement::Requirement;
pub use text::schema;

use program::{Name, Program, Value};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use view::Version;

/// The loaded files, and the problems in them.
#[derive(Debug, Default)]
pub struct Suite {
    /// The files, in the order in which they were found: paths as given, the files of a folder sorted by name.
    pub documents: Vec<Document>,
    /// The problems, in the same order.
    pub problems: Vec<Problem>,
}

/// A file of cases.
#[derive(Clone, Debug)]
pub struct Document {
    /// The path of the file, as it was found from the given paths, with `/` as the separator.
    pub path: String,
    /// The document whose claims are checked; `None` for cases that come from measurements.
    pub document: Option<String>,
    /// The title of the document.
    pub title: Option<String>,
    /// The cases.
    pub cases: Vec<Case>,
    /// How many cases are left out because of mistakes in them.
    pub refused: usize,
    /// Claims that no case checks.
    pub left_out: Vec<LeftOut>,
}

/// A claim and the program that confirms or refutes it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The id, unique over all files. For a row of a table it is `table/label`.
    pub id: String,
    /// The line of the case, counted from 1; for a row, the line of its label.
    pub line: usize,
    /// The table that the case is a row of. All rows share it.
    pub table: Option<Arc<Table>>,
    /// The section of the document.
    pub section: String,
    /// The claim, in one sentence.
    pub claim: String,
    /// The verdict on the claim.
    pub verdict: Verdict,
    /// The capabilities that an engine must have.
    pub needs: Vec<String>,
    /// The versions of Python to which the case applies.
    pub python: Requirement,
    /// The program of all steps.
    pub program: Program,
    /// The steps, with their expectations.
    pub steps: Vec<Step>,
    /// The YAML of the case, as an item of `cases:`: as it is in the file, or a row written out as a case of its own.
    pub source: String,
}

/// A case with `rows`. Its texts are those in the file, with `$name` in place of values.
#[derive(Debug)]
pub struct Table {
    /// The id, with which the ids of all rows start.
    pub id: String,
    /// The section of the document.
    pub section: String,
    /// The claim of all rows.
    pub claim: String,
}

/// The verdict of a case on its claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The claim is right.
    Confirmed,
    /// The claim is wrong.
    Refuted {
        /// What really happens, in one sentence.
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
    /// The claim.
    pub claim: String,
    /// The reason for which no case checks it.
    pub why: String,
}

/// A step of a case.
#[derive(Clone, Debug)]
pub struct Step {
    /// The Python text, as in the file.
    pub text: String,
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The expectations by version. Exactly one of them applies to each version of the case.
    pub expectations: Vec<(Requirement, Expectation)>,
}

impl Step {
    /// Returns the expectation for a version.
    pub fn expectation(&self, version: Version) -> Option<&Expectation> {
        self.expectations.iter().find(|(python, _)| python.admits(version)).map(|(_, expectation)| expectation)
    }
}

/// The expectation of a step. The default is that the step does not raise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// The expected outcome.
    pub outcome: Expected,
    /// The name of the value's type.
    pub type_name: Option<String>,
    /// The printed text.
    pub prints: Option<String>,
    /// The names of all exporters that are locked after the step, sorted.
    pub locks: Option<Vec<Name>>,
    /// The bytes that the step may allocate.
    pub allocates: Option<Bounds>,
}

/// The expected outcome of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expected {
    /// The step does not raise.
    #[default]
    NoError,
    /// The step has this value.
    Gives(Value),
    /// The step returns a view whose first byte is this byte of an exporter.
    Shares(Name, i64),
    /// The step raises an exception of this type, with this message if one is given.
    Raises(String, Option<String>),
}
