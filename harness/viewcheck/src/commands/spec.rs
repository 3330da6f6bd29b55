//! Where the cases of viewcheck and the known divergences are read from: the checkout, or the executable itself.
//!
//! An installed executable has no checkout around it, and therefore carries the files of `spec`. Their names are the same
//! in both, so that results do not depend on where they were read.

use crate::laws;
use cases::{Known, Problem, Suite};
use std::path::{Path, PathBuf};

/// The files of `spec` that an executable carries, in the order in which a checkout is read. Each is a path, as it is in a
/// checkout, and a text.
pub type Carried = [(&'static str, &'static str)];

/// Where the cases are.
const SPEC: &str = "spec";
/// Where the known divergences are.
const KNOWN: &str = "spec/known";

/// Whether the current folder is a checkout of viewcheck.
pub(super) fn is_checkout() -> bool {
    [SPEC, "reports"].iter().all(|folder| Path::new(folder).is_dir())
}

/// Reads every case: those of the checkout, otherwise those that the executable carries.
pub(super) fn cases(carried: &Carried) -> Suite {
    match is_checkout() || carried.is_empty() {
        true => cases::load(&[PathBuf::from(SPEC)]),
        false => cases::load_texts(carried.iter().copied().filter(|file| !is_known(file))),
    }
}

/// Reads the known divergences, and finds what is wrong with them. A folder `spec/known` takes the place of those that the
/// executable carries, so that a project can have its own.
pub(super) fn entries(carried: &Carried) -> (Known, Vec<Problem>) {
    match Path::new(KNOWN).try_exists() {
        Ok(false) if is_checkout() => (Known::default(), vec![]),
        Ok(false) => Known::load_texts(carried.iter().copied().filter(is_known)),
        Ok(true) | Err(_) => Known::load(&[PathBuf::from(KNOWN)]),
    }
}

fn is_known((path, _): &(&str, &str)) -> bool {
    Path::new(path).starts_with(KNOWN)
}

/// Reads the known divergences. Problems with them become problems of the suite. An id that no case has is a problem only
/// if the suite `is_whole`, that is, contains every case.
pub(super) fn known(suite: &mut Suite, is_whole: bool, carried: &Carried) -> Known {
    let (known, mut problems) = entries(carried);
    problems.extend(known.unknown_laws(&laws::laws().map(|law| law.name).collect::<Vec<_>>()));
    if is_whole && suite.problems.is_empty() {
        let ids = suite.documents.iter().flat_map(|document| &document.cases).map(|case| case.id.as_str());
        problems.extend(known.unknown_ids(ids));
    }
    suite.problems.extend(problems);
    known
}
