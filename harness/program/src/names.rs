//! The names of Python: what its builtins hold, the modules that programs can import and a few types, in any version from
//! 3.8 to 3.15 and on any system.
//!
//! The language has some of them. One that it lacks is refused when a text is read, and only one that no Python has may be
//! taken for a mistake of the program. The names are in `names/names.txt`, which `names/collect.py` writes.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What Python has under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A function.
    Function,
    /// A type that is no exception.
    Class,
    /// A type of exceptions.
    Exception,
    /// A module.
    Module,
    /// Anything else, mostly a constant.
    Value,
}

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it stands for.
    pub what: What,
    /// Whether every version has it, on every system.
    pub everywhere: bool,
}

static NAMES: LazyLock<HashMap<&str, HashMap<&str, Known>>> =
    LazyLock::new(|| read(include_str!("../names/names.txt")));

fn read(text: &'static str) -> HashMap<&'static str, HashMap<&'static str, Known>> {
    let mut modules = HashMap::new();
    let mut module = "";
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            module = name;
        } else if let Some((name, known)) = known(line) {
            modules.entry(module).or_insert_with(HashMap::new).insert(name, known);
        }
    }
    modules
}

fn known(line: &str) -> Option<(&str, Known)> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let what = match words.next()? {
        "function" => What::Function,
        "class" => What::Class,
        "exception" => What::Exception,
        "module" => What::Module,
        "value" => What::Value,
        _ => return None,
    };
    Some((name, Known { what, everywhere: words.next().is_none() }))
}

/// What some Python has under that name without an import.
pub fn builtin(name: &str) -> Option<Known> {
    member("builtins", name)
}

/// What the module, or the type, of some Python has under that name.
pub fn member(module: &str, name: &str) -> Option<Known> {
    NAMES.get(module)?.get(name).copied()
}

/// Whether certainly no Python has a member of that name in the module. A module's private names may come and go with a
/// patch level.
pub fn nobody_has(module: &str, name: &str) -> bool {
    NAMES.get(module).is_some_and(|names| !names.contains_key(name)) && !name.starts_with('_')
}

/// Every name that is known of a module or a type; none for a module that no Python comes with.
pub fn of(module: &str) -> impl Iterator<Item = &'static str> {
    NAMES.get(module).into_iter().flat_map(|names| names.keys().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Kind, MODULES, TYPES};
    use rstest::rstest;

    #[rstest]
    #[case("builtins", "len", What::Function, true)]
    #[case("builtins", "ValueError", What::Exception, true)]
    #[case("builtins", "ExceptionGroup", What::Exception, false)]
    #[case("builtins", "WindowsError", What::Exception, false)]
    #[case("mmap", "PAGESIZE", What::Value, true)]
    #[case("mmap", "MADV_CORE", What::Value, false)]
    #[case("copy", "replace", What::Function, false)]
    #[case("collections.abc", "Sequence", What::Class, true)]
    fn names_are_known(#[case] module: &str, #[case] name: &str, #[case] what: What, #[case] everywhere: bool) {
        assert_eq!(member(module, name), Some(Known { what, everywhere }));
    }

    #[rstest]
    #[case("struct", "foo", true)]
    #[case("struct", "pack", false)]
    #[case("struct", "_foo", false)]
    #[case("numpy", "foo", false)]
    #[case("memoryview", "foo", true)]
    #[case("memoryview", "count", false)]
    #[case("array.array", "foo", true)]
    fn what_nobody_has(#[case] module: &str, #[case] name: &str, #[case] expected: bool) {
        assert_eq!(nobody_has(module, name), expected);
    }

    #[test]
    fn what_the_language_has_is_among_the_names() {
        let rows = Kind::ALL.iter().filter(|kind| kind.extension().is_none());
        let calls = rows.filter_map(|kind| match kind.row().syntax {
            crate::Syntax::Call(path) => Some(path),
            _ => None,
        });
        for path in calls.chain(TYPES.iter().copied()).filter(|path| !path.starts_with("numpy.")) {
            let is_known = match path.rsplit_once('.') {
                Some((owner, _)) if TYPES.contains(&owner) => builtin(owner).is_some(),
                Some((module, name)) => member(module, name).is_some(),
                None => builtin(path).is_some(),
            };
            assert!(is_known, "{path}");
        }
        for module in MODULES.iter().filter(|module| **module != "numpy") {
            assert!(of(module).count() > 5, "{module}");
        }
        assert_eq!(of("numpy").count(), 0);
    }

    #[test]
    fn every_line_of_the_names_is_read() {
        let text = include_str!("../names/names.txt");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
        assert_eq!(lines.count(), NAMES.values().map(HashMap::len).sum::<usize>());
    }
}
