//! The list of all cases. JavaScript fills it from the data of the page; its filters are in the address.

use crate::report::html::page::Page;
use crate::report::model::Results;
use maud::{Markup, html};

/// The list of all cases, which JavaScript fills.
pub(in crate::report::html) struct Cases;

impl Page for Cases {
    fn id(&self) -> &'static str {
        "cases"
    }

    fn title(&self) -> &'static str {
        "Cases"
    }

    fn render(&self, _results: &Results) -> Markup {
        html! {
            noscript {
                p {
                    "The list of cases needs JavaScript. Without it, the other pages of this report can be read, and "
                    code { "report.md" } " beside this file lists every claim with its results."
                }
            }
            div #explorer {}
        }
    }
}
