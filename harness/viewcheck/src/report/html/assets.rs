//! The style and the script of the page. The files are put together here; nothing is loaded when the page is read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The style.
pub(super) const STYLE: &str = concat!(include_str!("assets/page.css"), include_str!("assets/plots.css"));

/// The files of the script, in the order in which they are put together.
const PARTS: [&str; 8] = [
    include_str!("assets/data.js"),
    include_str!("assets/scene.js"),
    include_str!("assets/draw.js"),
    include_str!("assets/script.js"),
    include_str!("assets/filter.js"),
    include_str!("assets/list.js"),
    include_str!("assets/case.js"),
    include_str!("assets/main.js"),
];

/// The script: one function, so that what its files declare is visible in all of them and nowhere else.
pub(super) fn script() -> String {
    format!("(function () {{\n\"use strict\";\n{}}})();\n", PARTS.concat())
}

/// What the browser may do with the page: it loads nothing, and runs no script but that one.
pub(super) fn policy(script: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All files share what they declare: a second function of one name would take the place of the first.
    #[test]
    fn no_name_is_declared_twice() {
        let lines = PARTS.iter().flat_map(|part| part.lines());
        let names =
            lines.filter_map(|line| line.trim_start_matches("async ").strip_prefix("function ")?.split('(').next());
        let mut names: Vec<&str> = names.collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(all > 50 && names.len() == all, "{names:?}");
    }

    /// A text that ends the element would cut the script off, or change how the rest of the page is read.
    #[test]
    fn the_style_and_the_script_do_not_end_their_elements() {
        for (name, text) in [("the style", STYLE.to_owned()), ("the script", script())] {
            let text = text.to_lowercase();
            assert!(!text.contains("</s") && !text.contains("<!--") && !text.contains("<script"), "{name}");
        }
    }
}
