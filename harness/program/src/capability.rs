//! What an engine can do beyond the language itself: the one list of it.
//!
//! A case names what it needs (`needs:`) and an engine what it has, both with words from this list. Most of them are
//! modules: a name in [`MODULES`] adds one, and an engine that can import the module has it. The names that no Python
//! has follow from the operations that use them.

use crate::operation::{Kind, MODULES};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The addresses of memory can be asked for and compared.
pub const ADDRESSES: &str = "addresses";
/// A garbage collector finds cycles, and can be asked what refers to what.
pub const COLLECTOR: &str = "collector";
/// An object dies as soon as nothing refers to it, because references are counted.
pub const REFCOUNTING: &str = "refcounting";
/// Python classes can export buffers (PEP 688).
pub const PEP688: &str = "pep688";
/// A C `long` has four bytes, and so has a pointer: for cases that are about sizes.
pub const ILP32: &str = "ilp32";
/// A C `long` has eight bytes, and so has a pointer.
pub const LP64: &str = "lp64";

/// What a case can need of an engine: a module, an extension of the language, or what only some Pythons have.
pub static CAPABILITIES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let modules = MODULES.iter().map(|module| to_import(module));
    modules.chain(extensions()).chain([ADDRESSES, COLLECTOR, REFCOUNTING, PEP688, ILP32, LP64]).collect()
});

/// The capability to import a module.
pub fn to_import(module: &str) -> &str {
    if module == "collections.abc" { "abc" } else { module }
}

/// The names that no Python has, each by its word for `needs`.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().filter_map(|kind| kind.extension())
}
