//! The claims of documents that are wrong, and what happens instead.

use crate::report::html::page::Page;
use crate::report::model::Results;
use maud::{Markup, html};

/// The claims of documents that are wrong, and what happens instead.
pub(in crate::report::html) struct Errata;

impl Page for Errata {
    fn id(&self) -> &'static str {
        "errata"
    }

    fn title(&self) -> &'static str {
        "Errata"
    }

    fn render(&self, _results: &Results) -> Markup {
        html! {}
    }
}
