//! How to read the report, and how to make it.

use crate::report::html::page::Page;
use crate::report::model::Results;
use maud::{Markup, html};

/// How to read the report, and how to make it.
pub(in crate::report::html) struct About;

impl Page for About {
    fn id(&self) -> &'static str {
        "about"
    }

    fn title(&self) -> &'static str {
        "How to read this report"
    }

    fn render(&self, _results: &Results) -> Markup {
        html! {}
    }
}
