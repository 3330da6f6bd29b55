//! The names in Python's builtins, in the modules that programs can import, and in a few types, over all versions from
//! 3.8 to 3.15 and all systems.
//!
//! The language of cases has some of these names. A name that Python has and the language lacks is refused when a text
//! is parsed; only a name that no Python has counts as a mistake of the program. The names are in `names/names.txt`,
//! which `names/collect.py` writes.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The kind of object that a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A function.
    Function,
    /// A type that is not an exception.
    Class,
    /// An exception type.
    Exception,
    /// A module.
    Module,
    /// Anything else, mostly a constant.
    Value,
}

/// A name that some version of Python has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The kind of object that it refers to.
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

/// Returns the builtin with this name, in any version of Python.
pub fn builtin(name: &str) -> Option<Known> {
    member("builtins", name)
}

/// Returns the member with this name of a module or type, in any version of Python.
pub fn member(module: &str, name: &str) -> Option<Known> {
    NAMES.get(module)?.get(name).copied()
}

/// Returns whether no version of Python has a member with this name in the module. Private names never count, since a
/// patch level may add or remove them.
pub fn nobody_has(module: &str, name: &str) -> bool {
    NAMES.get(module).is_some_and(|names| !names.contains_key(name)) && !name.starts_with('_')
}

/// Returns all modules and types whose names are known, `builtins` among them.
pub fn modules() -> impl Iterator<Item = &'static str> {
    NAMES.keys().copied()
}

/// Returns all known names of a module or type; none for an unknown module.
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
