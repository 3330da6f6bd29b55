//! The list of all cases. JavaScript fills it from the data of the page; its filters are in the address.

use crate::report::causes::Survey;
use crate::report::html::page::Page;
use crate::report::model::Results;
use maud::{Markup, PreEscaped, html};

/// A drawing of two views as it stands in an opened case. `tools/browser/pictures.mjs` makes it with the page's own script.
const DRAWING: &str = include_str!("../../../../../../docs/aliasing.svg");

/// The list of all cases, which JavaScript fills.
pub(in crate::report::html) struct Cases;

impl Page for Cases {
    fn id(&self) -> &'static str {
        "cases"
    }

    fn title(&self) -> &'static str {
        "Cases"
    }

    fn render(&self, _results: &Results, _survey: &Survey<'_>) -> Markup {
        html! {
            noscript {
                p {
                    "The list of cases needs JavaScript. Without it, the other pages of this report can be read, and "
                    code { "report.md" } " beside this file lists every claim with its results."
                }
                p {
                    "With JavaScript, a case opens to its steps, to what each engine gave, and to drawings of the memory "
                    "and of the bytes that each view covers. This is such a drawing:"
                }
                figure.pictures { (PreEscaped(DRAWING)) }
            }
            // The script replaces this. It comes last in the file, so it is missing where the file was cut off.
            div #explorer {
                p .note role="status" {
                    "The list of cases appears here when the whole file has been read. If it does not appear, the file was cut off, or the browser does not run JavaScript."
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It stands in the page as it is in the file, where it must not end the element around it, or load or run anything.
    #[test]
    fn the_drawing_is_only_a_drawing() {
        assert!(DRAWING.starts_with("<svg ") && DRAWING.ends_with("</svg>\n"));
        for text in ["<script", "noscript", "href", "@import", "<image", "<foreignObject", "<?xml", "onload"] {
            assert!(!DRAWING.contains(text), "{text}");
        }
    }
}
