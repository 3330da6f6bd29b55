//! Reports of a run, for people and for programs.
//!
//! The [`model`] holds everything that a report says, and a [`Format`] renders it from nothing else. Stored results
//! therefore render to the same bytes as the run that stored them. Each format is one file here and one line in
//! [`FORMATS`]. No report holds times, addresses or paths of the machine, so that the same cases on the same engines
//! give the same bytes.

mod agreed;
mod badge;
pub mod campaigns;
pub mod causes;
pub mod changes;
pub mod escape;
mod html;
mod json;
mod junit;
mod markdown;
pub mod model;
mod provenance;
mod pull_request;
mod sarif;
pub mod summary;
mod versions;

pub use html::Html;
pub use json::{Json, render as to_json};
pub use junit::Junit;
pub use markdown::{Markdown, Matrix};
pub use sarif::Sarif;
pub use summary::Summary;

use changes::Changes;
use model::Results;
use std::io::{self, Write};

/// A way to write results down.
pub trait Format: Sync {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// The file that it is in a folder of reports, if it belongs there.
    fn file(&self) -> Option<&'static str>;

    /// Whether it has something to say of these results. If not, a folder of reports does without its file.
    fn is_for(&self, _results: &Results) -> bool {
        true
    }

    /// Whether it is about cases only, and has nothing to say of campaigns.
    fn needs_cases(&self) -> bool {
        true
    }

    /// Writes the results, whole.
    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()>;

    /// Writes the results with what changed since former ones. Most formats have nothing to say of that.
    fn render_since(&self, results: &Results, _changes: &Changes<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.render(results, out)
    }
}

/// Every format.
pub static FORMATS: [&dyn Format; 10] = [
    &Html,
    &Markdown,
    &Matrix,
    &Json,
    &Junit,
    &Sarif,
    &Summary::PLAIN,
    &pull_request::PullRequest,
    &badge::Image,
    &badge::Endpoint,
];

/// `1 case`, `2 cases`
pub(crate) fn count(count: usize, noun: &str) -> String {
    format!("{count} {}", plural(count as u64, noun))
}

/// A number with separators of thousands: `1,234,567`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 program`, `1,000 programs`
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {}", grouped(number), plural(number, noun))
}

fn plural(number: u64, noun: &str) -> String {
    let ending = if noun.ends_with("ch") || noun.ends_with("sh") { "es" } else { "s" };
    format!("{noun}{}", if number == 1 { "" } else { ending })
}

/// `a`, `a and b`, `a, b and c`
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [item] => item.clone(),
        [items @ .., last] => format!("{} and {last}", items.join(", ")),
    }
}

#[cfg(test)]
mod hostile;

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
