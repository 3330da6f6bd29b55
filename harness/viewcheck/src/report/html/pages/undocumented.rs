//! What cases check and no document describes.

use crate::report::html::page::Page;
use crate::report::model::Results;
use maud::{Markup, html};

/// What cases check and no document describes.
pub(in crate::report::html) struct Undocumented;

impl Page for Undocumented {
    fn id(&self) -> &'static str {
        "undocumented"
    }

    fn title(&self) -> &'static str {
        "Undocumented behaviour"
    }

    fn render(&self, _results: &Results) -> Markup {
        html! {}
    }
}
