//! What an engine can do beyond the language itself: the one list of it, and which of it an engine has.
//!
//! A case names what it needs (`needs:`), an engine what it has ([`About::capabilities`](crate::About)), and both from
//! this list. Most capabilities are modules: adding a name to [`MODULES`] adds one, and an engine that can import the
//! module has it.

use crate::{Abi, Profile};
use program::Kind;
use program::operation::MODULES;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use view::Change;

/// The addresses of memory can be asked for and compared.
const ADDRESSES: &str = "addresses";
/// A garbage collector finds cycles, and can be asked what refers to what.
pub(crate) const COLLECTOR: &str = "collector";
/// Python classes can export buffers (PEP 688).
const PEP688: &str = "pep688";

/// What a case can need of an engine: a module, an extension of the language, or what only some Pythons have.
pub static CAPABILITIES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let modules = MODULES.iter().map(|module| capability(module));
    let of_some = [ADDRESSES, COLLECTOR, PEP688, sizes(Abi::Ilp32), sizes(Abi::Lp64)];
    modules.chain(extensions()).chain(of_some).collect()
});

/// The capability to import a module.
pub fn capability(module: &str) -> &str {
    if module == "collections.abc" { "abc" } else { module }
}

/// What an engine of this process can do: the modules of the list that it has, what follows from its profile, and
/// `others`. It brings every extension of the language, and knows the addresses of its objects' memory.
pub(crate) fn capabilities(
    profile: Profile,
    has_module: impl Fn(&str) -> bool,
    others: &[&'static str],
) -> BTreeSet<String> {
    let modules = MODULES.iter().filter(|module| has_module(module)).map(|module| capability(module));
    let pep688 = profile.has(Change::BufferClasses).then_some(PEP688);
    let of_some = [ADDRESSES, sizes(profile.abi())].into_iter().chain(pep688).chain(others.iter().copied());
    modules.chain(extensions()).chain(of_some).map(str::to_owned).collect()
}

/// The names that no Python has, each by its word for `needs`.
fn extensions() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().filter_map(|kind| kind.extension())
}

/// The capability that says which C types a Python was built with, for cases that are about their sizes.
fn sizes(abi: Abi) -> &'static str {
    match abi {
        Abi::Lp64 => "lp64",
        Abi::Ilp32 => "ilp32",
    }
}
