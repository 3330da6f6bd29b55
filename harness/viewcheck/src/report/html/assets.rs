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

    /// A text that ends the element would cut the script off, or change how the rest of the page is read.
    #[test]
    fn the_style_and_the_script_do_not_end_their_elements() {
        for (name, text) in [("the style", STYLE.to_owned()), ("the script", script())] {
            let text = text.to_lowercase();
            assert!(!text.contains("</s") && !text.contains("<!--") && !text.contains("<script"), "{name}");
        }
    }
}
