//! Where cases come from: which section of which document each claim stands in, and what no document says.

use super::label;
use cases::{Case, Document, Suite};
use std::sync::Arc;

/// The section of cases that nobody has written down, only seen.
pub const MEASURED: &str = "measured";

/// A claim and the cases that check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced<'a> {
    /// What is claimed; of a table as it is in the file.
    pub claim: &'a str,
    /// The id of the case, or of the table.
    pub id: &'a str,
    /// The number of cases: of a table its rows.
    pub cases: usize,
}

/// A section of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// The document.
    pub document: &'a str,
    /// The section.
    pub section: &'a str,
    /// Its claims that cases check.
    pub claims: Vec<Traced<'a>>,
    /// The number of its claims that no case checks.
    pub left_out: usize,
}

impl Section<'_> {
    /// The number of cases that check its claims.
    pub fn cases(&self) -> usize {
        self.claims.iter().map(|claim| claim.cases).sum()
    }
}

/// An area of what no document says: a file of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area<'a> {
    /// The file's name without its ending.
    pub name: &'a str,
    /// What was seen.
    pub claims: Vec<Traced<'a>>,
}

impl Area<'_> {
    /// The number of cases.
    pub fn cases(&self) -> usize {
        self.claims.iter().map(|claim| claim.cases).sum()
    }
}

/// The sections of all documents, in the order in which they come up. Files that check no document of their own name
/// what they follow in each section, and are one document.
pub fn sections(suite: &Suite) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = vec![];
    for document in &suite.documents {
        for (section, claim) in traced(document).filter(|(section, _)| *section != MEASURED) {
            entry(&mut sections, document, section).claims.push(claim);
        }
        for entry_left in document.left_out.iter().filter(|left| left.section != MEASURED) {
            entry(&mut sections, document, &entry_left.section).left_out += 1;
        }
    }
    sections.sort_by_key(|section| section.document == LIBRARY);
    sections
}

/// What the documentation of Python is called, sections of which are followed by files without a document.
pub const LIBRARY: &str = "the documentation of Python";

fn entry<'a, 's>(sections: &'s mut Vec<Section<'a>>, document: &'a Document, section: &'a str) -> &'s mut Section<'a> {
    let name = if document.document.is_some() { label(document) } else { LIBRARY };
    let known = sections.iter().position(|known| known.document == name && known.section == section);
    let at = known.unwrap_or_else(|| {
        sections.push(Section { document: name, section, claims: vec![], left_out: 0 });
        sections.len() - 1
    });
    &mut sections[at]
}

/// What no document says, by area.
pub fn undocumented(suite: &Suite) -> Vec<Area<'_>> {
    let area = |document| -> Area<'_> {
        let claims = traced(document).filter(|(section, _)| *section == MEASURED).map(|(_, claim)| claim);
        Area { name: stem(document), claims: claims.collect() }
    };
    suite.documents.iter().map(area).filter(|area| !area.claims.is_empty()).collect()
}

fn stem(document: &Document) -> &str {
    let name = document.path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The claims of a document, each with its section.
fn traced(document: &Document) -> impl Iterator<Item = (&str, Traced<'_>)> {
    document.cases.chunk_by(together).filter_map(|cases| {
        let first = cases.first()?;
        Some(match &first.table {
            Some(table) => (table.section.as_str(), Traced { claim: &table.claim, id: &table.id, cases: cases.len() }),
            None => (first.section.as_str(), Traced { claim: &first.claim, id: &first.id, cases: 1 }),
        })
    })
}

/// Whether two cases are rows of one table.
pub(super) fn together(one: &Case, next: &Case) -> bool {
    matches!((&one.table, &next.table), (Some(table), Some(other)) if Arc::ptr_eq(table, other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::load_text;

    const FILE: &str = r#"
cases:
  - {id: one, section: Slicing, claim: a slice is a view, verdict: confirmed, steps: [{run: 'memoryview(b"")[:]'}]}
  - id: many
    section: measured
    claim: $n is a number
    verdict: confirmed
    rows: {a: {n: 1}, b: {n: 2}}
    steps: [{run: 'x = $n'}]
left_out:
  - {section: History, claim: it is old, why: no program can tell}
"#;

    #[test]
    fn claims_are_found_by_section_and_area() {
        let suite = load_text("spec/library/slice.yaml", FILE);
        assert!(suite.problems.is_empty(), "{:?}", suite.problems);
        let sections = sections(&suite);
        let told: Vec<_> =
            sections.iter().map(|section| (section.section, section.cases(), section.left_out)).collect();
        assert_eq!(told, [("Slicing", 1, 0), ("History", 0, 1)]);
        let areas = undocumented(&suite);
        assert_eq!((areas.len(), areas[0].name, areas[0].cases(), areas[0].claims.len()), (1, "slice", 2, 1));
    }
}
