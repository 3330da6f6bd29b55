//! The files of `spec` that commands read beside the cases: the known divergences.

use cases::{Known, Suite};
use std::path::{Path, PathBuf};

/// Where the known divergences are.
const KNOWN: &str = "spec/known";

/// Reads the known divergences. Problems with them become problems of the suite. An id that no case has is a problem only
/// if the suite `is_whole`, that is, contains every case.
pub(super) fn known(suite: &mut Suite, is_whole: bool) -> Known {
    if !Path::new(KNOWN).is_dir() {
        return Known::default();
    }
    let (known, mut problems) = Known::load(&[PathBuf::from(KNOWN)]);
    if is_whole && suite.problems.is_empty() {
        let ids = suite.documents.iter().flat_map(|document| &document.cases).map(|case| case.id.as_str());
        problems.extend(known.unknown_ids(ids));
    }
    suite.problems.extend(problems);
    known
}
