//! The names of Pythons: which commands are known, how names are sorted, and what a candidate is called.

/// Whether a command of this name is a Python that can be an engine. `python3` is not decided here: see
/// [`find`](super::find).
pub(super) fn is_python(name: &str) -> bool {
    if matches!(name, "pypy3" | "micropython" | "rustpython" | "graalpy") {
        return true;
    }
    if let Some(rest) = name.strip_prefix("pypy3.") {
        return is_number(rest);
    }
    name.strip_prefix("python3.").is_some_and(|rest| {
        // Debug builds are `python3.13d`, or `python3.13-dbg` in Debian; free-threaded builds are `python3.13t`, or
        // `python3.13-nogil` in Ubuntu.
        let rest = ["-dbg", "-nogil", "td", "d", "t"].iter().find_map(|end| rest.strip_suffix(end)).unwrap_or(rest);
        is_number(rest)
    })
}

/// The name of a Python whose folder uv has called so: `cpython-3.13.1-linux-x86_64-gnu` is `uv-3.13.1`,
/// `cpython-3.14.0+freethreaded-linux-x86_64-gnu` is `uv-3.14.0t`, `pypy-3.11.13-linux-x86_64-gnu` is `uv-pypy-3.11.13`.
pub(super) fn of_uv(folder: &str) -> Option<String> {
    let mut parts = folder.split('-');
    let (implementation, version) = (parts.next()?, parts.next()?);
    let version = version.replace("+freethreaded", "t").replace("+debug", "d");
    if !version.starts_with("3.") {
        return None;
    }
    Some(match implementation {
        "cpython" => format!("uv-{version}"),
        _ => format!("uv-{implementation}-{version}"),
    })
}

/// The name without characters that a command line could not take as part of a name.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+') { c } else { '-' }).collect()
}

/// A part of a name. Numbers are sorted by their value: by their digits without leading zeros, shorter ones first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Number(usize, String),
    Text(String),
}

/// Sorts `python3.9` before `python3.10`. The name itself, at the end, decides between `01` and `1`.
pub(super) fn sort_key(name: &str) -> (Vec<Part>, String) {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (part, others) = rest.split_at(end);
        parts.push(if digits {
            let part = part.trim_start_matches('0');
            Part::Number(part.len(), part.to_owned())
        } else {
            Part::Text(part.to_owned())
        });
        rest = others;
    }
    (parts, name.to_owned())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
