//! Lists of known divergences.

use super::lies::{differential, flat};
use engine::{About, Version};
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;
use viewcheck::compare::Level;
use viewcheck::findings::{Known, Signature};

const KNOWN: &str = "
- signature: 'wrong|reference error/message get memoryview[index]: A for B'
  implementation: pypy
  version: '>=3.8, <4.0'
  reason: it is wrong
- cases: [some-case]
  implementation: reference
  reason: because
  link: https://example.org
";

#[test]
fn known_divergences_are_matched_by_implementation_and_version() {
    let folder = TempDir::new().unwrap();
    assert!(Known::load(&folder.path().join("nowhere")).unwrap().entries().is_empty());
    fs::write(folder.path().join("README.md"), "no list").unwrap();
    assert!(Known::load(folder.path()).unwrap().entries().is_empty());
    fs::write(folder.path().join("a.yaml"), KNOWN).unwrap();
    let known = Known::load(folder.path()).unwrap();
    assert_eq!(known.entries().len(), 2);
    let (_, [wrong, reference]) = differential(flat);
    let signature = Signature::from("wrong|reference error/message get memoryview[index]: A for B".to_owned());
    assert_eq!(known.matches(&signature, &wrong).unwrap().reason, "it is wrong");
    assert!(known.matches(&signature, &reference).is_none());
    let future = About { python: Version::new(4, 0, 0), ..wrong.clone() };
    assert!(known.matches(&signature, &future).is_none());
    // The version is the implementation's, and the engine may have any name.
    let own = About { implementation_version: Some("3.9.1".to_owned()), name: "pypy3".to_owned(), ..future.clone() };
    assert_eq!(known.unseen(&BTreeSet::new(), &own, &reference, Level::Type), std::slice::from_ref(&signature));
    let named = Signature::from("pypy3|reference error/message get memoryview[index]: A for B".to_owned());
    assert_eq!(known.matches(&named, &own).unwrap().reason, "it is wrong");
    assert_eq!(known.unseen(&BTreeSet::new(), &wrong, &reference, Level::Type), std::slice::from_ref(&signature));
    assert!(known.unseen(&BTreeSet::from([signature]), &wrong, &reference, Level::Type).is_empty());
    assert!(known.unseen(&BTreeSet::new(), &future, &reference, Level::Type).is_empty());
}

#[test]
fn mistakes_in_known_divergences_are_all_shown() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.yaml"), "- {signature: a, implementation: pypy, reason: c, colour: red}\n")
        .unwrap();
    fs::write(folder.path().join("b.yaml"), "- {signature: a, implementation: pypy, reson: c}\n").unwrap();
    let error = Known::load(folder.path()).unwrap_err().to_string();
    for words in ["a.yaml:1:51", "unknown key `colour`", "b.yaml:1:40", "did you mean `reason`?"] {
        assert!(error.contains(words), "no {words} in:\n{error}");
    }
}
