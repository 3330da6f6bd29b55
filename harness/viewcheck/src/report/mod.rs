//! Reports: what came of a run, for people ([`markdown`], [`summary`]) and for machines ([`json`], [`junit`]).
//!
//! Every format is one file here, made from a [`Suite`] and a [`Run`] and
//! returned as text. None holds a time, an address or a path of the machine it was made on: the same cases on the
//! same engines give the same bytes.

pub mod baseline;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod provenance;
pub mod summary;

use crate::check::{Against, Run, Verdict};
use cases::{Document, Suite};

/// What a document is called: the name of the text it checks, or the file for cases that come from none.
pub(crate) fn label(document: &Document) -> &str {
    document.document.as_deref().unwrap_or(&document.path)
}

/// The documents with what came of their cases, as far as they were run.
pub(crate) fn pairs<'a>(
    suite: &'a Suite,
    run: &'a Run,
) -> impl Iterator<Item = (&'a Document, impl Iterator<Item = (&'a cases::Case, &'a crate::check::CaseRun)>)> {
    suite.documents.iter().zip(&run.documents).map(|(document, runs)| (document, document.cases.iter().zip(runs)))
}

/// Why a verdict is not a pass, in words.
pub(crate) fn reason(verdict: &Verdict) -> Option<String> {
    Some(match verdict {
        Verdict::Pass => return None,
        Verdict::Fail { difference, against: Against::Case | Against::Law } => difference.respect(),
        Verdict::Fail { difference, against: Against::Reference } => {
            format!("{}, compared with the reference", difference.facet)
        }
        Verdict::Skip(reason) | Verdict::Crash(reason) | Verdict::Hang(reason) | Verdict::Error(reason) => {
            reason.clone()
        }
    })
}
