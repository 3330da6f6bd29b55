//! The origin of each claim: a section of a document, or a measurement.

use super::model::{Claim, Document, LeftOut, Results};

/// The section of cases whose claims are measured, not documented.
pub const MEASURED: &str = "measured";

/// The document of cases in files that name no document: their sections are those of Python's documentation.
pub const LIBRARY: &str = "Python documentation";

/// A section of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// The document.
    pub document: &'a str,
    /// The section.
    pub section: &'a str,
    /// Its claims that cases check.
    pub claims: Vec<&'a Claim>,
    /// Its claims that no case checks.
    pub left_out: Vec<&'a LeftOut>,
}

/// An area of what no document says: a file of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area<'a> {
    /// The file's name without its ending.
    pub name: &'a str,
    /// What was seen.
    pub claims: Vec<&'a Claim>,
}

/// The number of cases that check some claims.
pub fn cases(claims: &[&Claim]) -> usize {
    claims.iter().map(|claim| claim.cases).sum()
}

/// How many claims of some sections no case checks.
pub fn left_out(sections: &[Section<'_>]) -> usize {
    sections.iter().map(|section| section.left_out.len()).sum()
}

/// Whether all of some sections have a case, as the beginning of a sentence.
pub fn bare(sections: &[Section<'_>]) -> String {
    match sections.iter().filter(|section| section.claims.is_empty()).count() {
        0 => "Every section has a case".to_owned(),
        1 => "1 section has no case".to_owned(),
        bare => format!("{bare} sections have no case"),
    }
}

/// The sections of all documents, in the order in which they come up. Files that check no document of their own name
/// what they follow in each section, and are one document.
pub fn sections(results: &Results) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = vec![];
    for document in &results.documents {
        for claim in document.claims.iter().filter(|claim| claim.section != MEASURED) {
            entry(&mut sections, document, &claim.section).claims.push(claim);
        }
        for left in document.left_out.iter().filter(|left| left.section != MEASURED) {
            entry(&mut sections, document, &left.section).left_out.push(left);
        }
    }
    sections.sort_by_key(|section| section.document == LIBRARY);
    sections
}

fn entry<'a, 's>(sections: &'s mut Vec<Section<'a>>, document: &'a Document, section: &'a str) -> &'s mut Section<'a> {
    let name = document.document.as_deref().unwrap_or(LIBRARY);
    let known = sections.iter().position(|known| known.document == name && known.section == section);
    let at = known.unwrap_or_else(|| {
        sections.push(Section { document: name, section, claims: vec![], left_out: vec![] });
        sections.len() - 1
    });
    &mut sections[at]
}

/// What no document says, by area.
pub fn undocumented(results: &Results) -> Vec<Area<'_>> {
    results.documents.iter().map(area).filter(|area| !area.claims.is_empty()).collect()
}

fn area(document: &Document) -> Area<'_> {
    let claims = document.claims.iter().filter(|claim| claim.section == MEASURED);
    Area { name: stem(&document.file), claims: claims.collect() }
}

fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
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
        let results = Results::of_suite(&suite);
        let sections = sections(&results);
        let told: Vec<_> =
            sections.iter().map(|section| (section.section, cases(&section.claims), section.left_out.len())).collect();
        assert_eq!(told, [("Slicing", 1, 0), ("History", 0, 1)]);
        let areas = undocumented(&results);
        assert_eq!((areas.len(), areas[0].name, cases(&areas[0].claims), areas[0].claims.len()), (1, "slice", 2, 1));
    }
}
