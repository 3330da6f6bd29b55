//! The files of `spec` that the executable carries, so that it needs no checkout.
//!
//! This is a module of the executable and not of the library, and the list is written by hand. After a change to a case,
//! only the executable is therefore compiled and linked again, which takes a second. A build script that makes the list
//! would have the library and all tests compiled again.

use viewcheck::commands::Carried;

/// Reads each file when the executable is built.
macro_rules! carried {
    ($($path:literal)*) => {
        &[$(($path, include_str!(concat!("../../../", $path)))),*]
    };
}

/// Every `*.yaml` below `spec`, sorted as a folder is read.
pub(crate) const SPEC: &Carried = carried! {
    "spec/documents/000_5b59260f75f39df0.yaml"
    "spec/documents/001_1d104e087d6dfd0b.yaml"
    "spec/documents/002_53c1b66753fb1d6b.yaml"
    "spec/documents/003_47959dae4750c829.yaml"
    "spec/documents/004_37b745da4993b66d.yaml"
    "spec/known/brython.yaml"
    "spec/known/micropython.yaml"
    "spec/known/pyodide.yaml"
    "spec/known/pypy.yaml"
    "spec/known/rustpython.yaml"
    "spec/library/assign-exporter.yaml"
    "spec/library/assign.yaml"
    "spec/library/attributes-exporter.yaml"
    "spec/library/attributes.yaml"
    "spec/library/blocks.yaml"
    "spec/library/builtins.yaml"
    "spec/library/bytes-exporter.yaml"
    "spec/library/bytes-methods.yaml"
    "spec/library/bytes.yaml"
    "spec/library/bytesio.yaml"
    "spec/library/capi.yaml"
    "spec/library/cast-exporter.yaml"
    "spec/library/cast.yaml"
    "spec/library/classes-buffer.yaml"
    "spec/library/classes-deaths.yaml"
    "spec/library/classes-derived.yaml"
    "spec/library/classes-special.yaml"
    "spec/library/classes.yaml"
    "spec/library/compare-exporter.yaml"
    "spec/library/compare.yaml"
    "spec/library/construct-exporter.yaml"
    "spec/library/construct.yaml"
    "spec/library/contiguity-exporter.yaml"
    "spec/library/contiguity.yaml"
    "spec/library/dicts.yaml"
    "spec/library/dunders.yaml"
    "spec/library/errors-order-exporter.yaml"
    "spec/library/errors-order.yaml"
    "spec/library/exceptions.yaml"
    "spec/library/formats-exporter.yaml"
    "spec/library/formats.yaml"
    "spec/library/formatting.yaml"
    "spec/library/from-source.yaml"
    "spec/library/functions.yaml"
    "spec/library/hash-exporter.yaml"
    "spec/library/hash-hooks.yaml"
    "spec/library/hash.yaml"
    "spec/library/hooks.yaml"
    "spec/library/index-exporter.yaml"
    "spec/library/index.yaml"
    "spec/library/iterate-exporter.yaml"
    "spec/library/iterate.yaml"
    "spec/library/iterators-consumers.yaml"
    "spec/library/iterators.yaml"
    "spec/library/lists.yaml"
    "spec/library/memory.yaml"
    "spec/library/mmap.yaml"
    "spec/library/names.yaml"
    "spec/library/numpy.yaml"
    "spec/library/operators.yaml"
    "spec/library/patterns.yaml"
    "spec/library/reentrancy-consumers.yaml"
    "spec/library/reentrancy-exporters.yaml"
    "spec/library/reentrancy-views.yaml"
    "spec/library/references.yaml"
    "spec/library/release-consumers.yaml"
    "spec/library/release-exporter.yaml"
    "spec/library/release.yaml"
    "spec/library/slice-exporter.yaml"
    "spec/library/slice.yaml"
    "spec/library/structs.yaml"
    "spec/library/texts-of-objects.yaml"
    "spec/library/versions-exporter.yaml"
    "spec/library/versions.yaml"
    "spec/library/with.yaml"
};

#[cfg(test)]
mod tests {
    use super::SPEC;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// Every `*.yaml` below a folder of the repository.
    fn below(root: &Path, folder: &Path) -> Vec<PathBuf> {
        let mut found = vec![];
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            match root.join(&path).is_dir() {
                true => found.extend(below(root, &path)),
                false => found.extend(path.extension().is_some_and(|extension| extension == "yaml").then_some(path)),
            }
        }
        found.sort();
        found
    }

    #[test]
    fn every_file_is_carried() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let carried: Vec<PathBuf> = SPEC.iter().map(|(path, _)| PathBuf::from(path)).collect();
        assert_eq!(carried, below(&root, Path::new("spec")), "correct the list in harness/viewcheck/src/carried.rs");
    }
}
