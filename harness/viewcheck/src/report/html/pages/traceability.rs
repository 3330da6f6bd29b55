//! The sections of each document, and the cases that check their claims.

use crate::report::html::page::Page;
use crate::report::model::Results;
use maud::{Markup, html};

/// The sections of each document, and the cases that check their claims.
pub(in crate::report::html) struct Traceability;

impl Page for Traceability {
    fn id(&self) -> &'static str {
        "traceability"
    }

    fn title(&self) -> &'static str {
        "Traceability"
    }

    fn render(&self, _results: &Results) -> Markup {
        html! {}
    }
}
