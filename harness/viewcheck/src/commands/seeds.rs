//! The programs that a guided campaign begins with: the cases of viewcheck, and the findings in the folder.

use super::spec::{self, Carried};
use crate::findings::{Raw, Store, read};
use program::{Kind, Program};
use std::collections::BTreeSet;
use std::path::Path;

/// The programs, each once, without those that are any Python or have loops on a condition. What can't be read is left out: `viewcheck check` and `viewcheck replay` say what is wrong with it.
pub(super) fn seeds(carried: &Carried, findings: &Path) -> Vec<Program> {
    let suite = spec::cases(carried);
    let cases = suite.documents.into_iter().flat_map(|document| document.cases).map(|case| case.program);
    let mut known = BTreeSet::new();
    let mut is_new = |program: &Program| known.insert(program::encode(program));
    // A loop whose condition is changed may have no end, and would cost the campaign its time.
    let is_out = |kind: Kind| matches!(kind, Kind::Source | Kind::While);
    let is_fit = |program: &Program| program.all_operations().all(|operation| !is_out(operation.kind));
    cases.chain(found(findings)).filter(|program| is_fit(program) && is_new(program)).collect()
}

/// The programs of findings, in the order of their signatures.
fn found(findings: &Path) -> Vec<Program> {
    let Ok(store) = Store::open(findings) else { return vec![] };
    let folders = store.signatures().filter_map(|signature| store.folder(signature));
    let raw = || Raw { length: 0, is_certain: false };
    let read = folders.filter_map(|folder| read(folder, raw()).ok());
    read.flatten().map(|input| input.program).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &str = "\
title: Cases
cases:
  - id: one
    section: Section
    claim: it has a length
    verdict: confirmed
    rows: {small: {size: 1}, large: {size: 2}, again: {size: 2}}
    steps:
      - run: len(memoryview(bytes($size)))
        gives: $size
  - id: source
    section: Section
    claim: it is any Python
    verdict: confirmed
    language: python
    steps:
      - run: import socket
";

    #[test]
    fn each_case_is_a_seed_once() {
        let carried = [("spec/library/cases.yaml", CASES)];
        assert!(cases::load_texts(carried).problems.is_empty());
        let seeds = seeds(&carried, Path::new("none"));
        let texts: Vec<String> = seeds.iter().map(program::print::program).collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[0].contains("bytes(1)") && texts[1].contains("bytes(2)"), "{texts:?}");
    }
}
