//! The program of a divergence, as a text that can be run, with what Python and the implementation gave in comments.

use super::divergence::Divergence;
use crate::report::model::Status;

/// How many characters of an expected or actual text are shown.
const LONGEST: usize = 160;

impl Divergence<'_> {
    /// The steps up to the one that differs. Comments on the last lines say what Python gives and what came here.
    pub fn example(&self) -> String {
        let mut lines: Vec<String> = self.steps().flat_map(str::lines).map(str::to_owned).collect();
        match self.facet {
            Some(_) => {
                lines.push(format!("# Python: {}", line(self.expected_value())));
                lines.push(format!("# here: {}", line(self.actual)));
            }
            None => lines.push(format!("# here: {}", line(&self.ending()))),
        }
        lines.join("\n")
    }

    /// How a program ended that a crash or a hang cut off, without what was written before.
    fn ending(&self) -> String {
        let text = self.reason.split("; its last words:").next().unwrap_or_default();
        match (self.status, text.split_once("` ")) {
            (Status::Crash | Status::Hang, Some((_, how))) => how.to_owned(),
            _ => text.to_owned(),
        }
    }
}

/// A text on one line that is not too long.
fn line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
