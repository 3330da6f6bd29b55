//! Reports: what came of a run, for people and for machines.
//!
//! Everything that a report says is in the [`model`]; a [`Format`] renders it and knows nothing else, so that stored
//! results give the bytes that the run gave. Each format is one file here and one line in [`FORMATS`]. None holds a
//! time, an address or a path of the machine it was made on: the same cases on the same engines give the same bytes.

pub mod changes;
mod json;
mod junit;
mod markdown;
pub mod model;
mod provenance;
pub mod summary;

pub use json::{Json, render as to_json};
pub use junit::Junit;
pub use markdown::Markdown;
pub use summary::Summary;

use model::Results;
use std::io::{self, Write};

/// A way to write results down.
pub trait Format: Sync {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// The file that it is in a folder of reports, if it belongs there.
    fn file(&self) -> Option<&'static str>;

    /// Writes the results, whole.
    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()>;
}

/// Every format.
pub static FORMATS: [&dyn Format; 4] = [&Markdown, &Json, &Junit, &Summary::PLAIN];

/// `1 case`, `2 cases`
pub(crate) fn count(count: usize, noun: &str) -> String {
    let plural = if noun.ends_with("ch") || noun.ends_with("sh") { "es" } else { "s" };
    format!("{count} {noun}{}", if count == 1 { "" } else { plural })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn formats_differ_in_name_and_file() {
        let names: BTreeSet<&str> = FORMATS.iter().map(|format| format.name()).collect();
        assert_eq!(names.len(), FORMATS.len());
        let files: Vec<&str> = FORMATS.iter().filter_map(|format| format.file()).collect();
        assert_eq!(files.iter().collect::<BTreeSet<_>>().len(), files.len());
    }
}
