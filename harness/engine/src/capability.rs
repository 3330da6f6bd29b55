//! Which capabilities an engine of this process has. The list of all of them is [`program::capability`].

use crate::{Abi, Profile};
use program::capability::{ADDRESSES, ILP32, LP64, PEP688, extensions, to_import};
use program::operation::MODULES;
use std::collections::BTreeSet;
use view::Change;

/// What an engine of this process can do: the modules of the list that it has, what follows from its profile, and
/// `others`. It brings every extension of the language, and knows the addresses of its objects' memory.
pub(crate) fn capabilities(
    profile: Profile,
    has_module: impl Fn(&str) -> bool,
    others: &[&'static str],
) -> BTreeSet<String> {
    let modules = MODULES.iter().filter(|module| has_module(module)).map(|module| to_import(module));
    let pep688 = profile.has(Change::BufferClasses).then_some(PEP688);
    let of_some = [ADDRESSES, sizes(profile.abi())].into_iter().chain(pep688).chain(others.iter().copied());
    modules.chain(extensions()).chain(of_some).map(str::to_owned).collect()
}

/// The capability that says which sizes the C types have that a Python was built with.
pub fn sizes(abi: Abi) -> &'static str {
    match abi {
        Abi::Lp64 => LP64,
        Abi::Ilp32 => ILP32,
    }
}
