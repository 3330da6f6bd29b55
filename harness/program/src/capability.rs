//! The list of capabilities that an engine can have beyond the core language.
//!
//! A case names the capabilities that it needs (`needs:`), and an engine declares those that it has. Most of them are
//! modules: each name in [`MODULES`] is one, and an engine that can import the module has it. The names that no Python
//! has come from the operations that use them.

use crate::operation::{Kind, MODULES};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The addresses of memory can be asked for and compared.
pub const ADDRESSES: &str = "addresses";
/// A garbage collector finds cycles, and can be asked what refers to what.
pub const COLLECTOR: &str = "collector";
/// An object dies as soon as nothing refers to it, because references are counted.
pub const REFCOUNTING: &str = "refcounting";
/// Python classes can export buffers, and the built-in exporters have the method `__buffer__` (PEP 688).
pub const PEP688: &str = "pep688";
/// Steps can be in any Python: they are sent as text, and the process that runs them is confined, or nobody wants it to be.
/// Every case with `language: python` needs it.
pub const SOURCE: &str = "source";
/// Files can be made in the folder for temporary files.
pub const FILES: &str = "files";
/// There are pairs of sockets (`socket.socketpair`). The network is not promised.
pub const SOCKETS: &str = "sockets";
/// Threads can be started.
pub const THREADS: &str = "threads";
/// A C `long` and a pointer have four bytes. For cases about sizes.
pub const ILP32: &str = "ilp32";
/// A C `long` and a pointer have eight bytes.
pub const LP64: &str = "lp64";

/// All capabilities: modules, extensions of the language, and features that only some Pythons have.
pub static CAPABILITIES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let modules = MODULES.iter().map(|module| to_import(module));
    let features = [ADDRESSES, COLLECTOR, REFCOUNTING, PEP688, SOURCE, FILES, SOCKETS, THREADS, ILP32, LP64];
    modules.chain(extensions()).chain(features).collect()
});

/// Returns the capability to import a module.
pub fn to_import(module: &str) -> &str {
    if module == "collections.abc" { "abc" } else { module }
}

/// The names that no Python has, with their words for `needs`.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().filter_map(|kind| kind.extension())
}
