//! A page of the HTML report, and the list of all pages.

use super::pages;
use crate::report::causes::Survey;
use crate::report::model::Results;
use maud::Markup;

/// A page: a section of the report with an entry in the navigation. All pages are in one file. With JavaScript one of
/// them is shown; without it they follow each other.
pub(super) trait Page: Sync {
    /// The id of its section, which addresses name: `#errata`.
    fn id(&self) -> &'static str;

    /// Its heading, and its entry in the navigation.
    fn title(&self) -> &'static str;

    /// Whether it has something to say of these results. If not, it is left out.
    fn is_for(&self, _results: &Results) -> bool {
        true
    }

    /// What stands below its heading.
    fn render(&self, results: &Results, survey: &Survey<'_>) -> Markup;
}

/// Every page, in the order of the navigation. The first one is shown when the report is opened.
pub(super) static PAGES: &[&dyn Page] = &[
    &pages::Matrix,
    &pages::Engines,
    &pages::Cases,
    &pages::Errata,
    &pages::Undocumented,
    &pages::Versions,
    &pages::Traceability,
    &pages::Campaigns,
    &pages::About,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn pages_differ_in_id_and_title() {
        let ids: BTreeSet<&str> = PAGES.iter().map(|page| page.id()).collect();
        let titles: BTreeSet<&str> = PAGES.iter().map(|page| page.title()).collect();
        assert_eq!((ids.len(), titles.len()), (PAGES.len(), PAGES.len()));
        assert_eq!(PAGES[0].id(), "matrix");
    }
}
