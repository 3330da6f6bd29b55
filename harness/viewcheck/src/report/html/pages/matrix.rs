//! Areas by engines, and for each engine what differs.

use crate::report::html::page::Page;
use crate::report::model::Results;
use maud::{Markup, html};

/// Areas by engines, and for each engine what differs.
pub(in crate::report::html) struct Matrix;

impl Page for Matrix {
    fn id(&self) -> &'static str {
        "matrix"
    }

    fn title(&self) -> &'static str {
        "Matrix"
    }

    fn render(&self, _results: &Results) -> Markup {
        html! {}
    }
}
