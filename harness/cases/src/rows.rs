//! Tables: a case with `rows` is read once per row, with the values of the row in place of `$name`.
//!
//! A rule that holds for many values is one claim. Written as one case per value it would be many copies that nobody
//! compares. Values are inserted into the tree of YAML before the texts are interpreted, so that every text can contain
//! them, and the code that reads cases also reads rows. Each text records where its parts came from, so that a mistake
//! is shown at its position in the file.

use crate::problem::{LARGEST, Mistake};
use crate::text::Literal;
use crate::yaml::{Data, Found, Made, Node};
use crate::{Table, shape};
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// The key that makes a case a table.
pub(crate) const KEY: &str = "rows";

/// The number of bytes that the rows of a file may still expand to. Without this limit a small file could fill the
/// memory.
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Budget {
        Budget(LARGEST as usize)
    }
}

/// The rows of a case, once all of them have the values that its texts use.
pub(crate) struct Rows<'n> {
    case: &'n Node,
    table: Arc<Table>,
    rows: Vec<Values<'n>>,
    /// The positions of texts that differ between rows, in the order of the file.
    varying: Vec<Range<usize>>,
}

struct Values<'n> {
    label: &'n Node,
    values: HashMap<&'n str, &'n str>,
}

/// A row, expanded to a case.
pub(crate) struct Row<'n> {
    pub(crate) label: &'n str,
    /// The position of the label.
    pub(crate) span: Range<usize>,
    pub(crate) table: Arc<Table>,
    /// The expanded case.
    pub(crate) case: Node,
}

impl<'n> Rows<'n> {
    /// Reads the rows of a case. Mistakes are added to `found`; if there are any, `None` is returned.
    pub(crate) fn read(case: &'n Node, source: &str, budget: &mut Budget, found: &mut Vec<Found>) -> Option<Rows<'n>> {
        let before = found.len();
        let (rows, names) = values(case.get(KEY)?, found);
        let sound = found.len() == before;
        let mut uses = Uses { source, names: &names, found, counts: HashMap::new(), varying: vec![] };
        let texts = case.entries().iter().filter(|(key, _)| takes_values(key));
        texts.for_each(|(_, value)| uses.gather(value));
        let Uses { counts, varying, .. } = uses;
        // If rows have mistakes, some of their names may be unused for that reason.
        for (name, NameUse { key, .. }) in names.iter().filter(|(name, _)| sound && !counts.contains_key(*name)) {
            found.push((key.span.clone(), Mistake::UnusedValue((*name).to_owned())));
        }
        match budget.0.checked_sub(size(case, &rows, &counts)) {
            Some(left) => budget.0 = left,
            None => found.push((case.span_of(KEY), Mistake::TooManyRows)),
        }
        let text = |key| case.get(key).and_then(Node::text).unwrap_or_default().to_owned();
        let table = Arc::new(Table { id: text("id"), section: text("section"), claim: text("claim") });
        (found.len() == before).then_some(Rows { case, table, rows, varying })
    }

    /// Expands the rows one at a time, since all of them together could be large.
    pub(crate) fn cases(&self) -> impl Iterator<Item = Row<'n>> {
        self.rows.iter().map(|Values { label, values }| {
            let filled = copied(self.case).map(|(key, value)| match takes_values(key) {
                true => (key.clone(), filled(value, values)),
                false => (key.clone(), value.clone()),
            });
            Row {
                label: label.text().unwrap_or_default(),
                span: label.span.clone(),
                table: Arc::clone(&self.table),
                case: Node { span: self.case.span.clone(), data: Data::Map(filled.collect()) },
            }
        })
    }

    /// Returns the mistakes of all rows, each once: with the label of the first row that makes it, or without a label
    /// if it does not depend on the values.
    pub(crate) fn told(&self, mistakes: &[(&str, Found)]) -> Vec<Found> {
        let mut counts: HashMap<&Found, usize> = HashMap::new();
        for (_, found) in mistakes {
            *counts.entry(found).or_default() += 1;
        }
        let tell = |(row, found): &(&str, Found)| {
            let count = counts.remove(found)?;
            let (span, mistake) = found.clone();
            if count == self.rows.len() && !self.varies(&span) {
                return Some((span, mistake));
            }
            Some((span, Mistake::InRow { row: (*row).to_owned(), mistake: Box::new(mistake) }))
        };
        mistakes.iter().filter_map(tell).collect()
    }

    /// Returns whether rows differ at a position of the file.
    fn varies(&self, span: &Range<usize>) -> bool {
        let next = self.varying.partition_point(|varying| varying.end <= span.start);
        self.varying.get(next).is_some_and(|varying| varying.start <= span.end)
    }
}

/// The parts of a case of which each row has a copy.
fn copied(case: &Node) -> impl Iterator<Item = &(Node, Node)> {
    case.entries().iter().filter(|(key, _)| key.text() != Some(KEY))
}

/// Returns the number of bytes that the rows expand to: the text of the case and all inserted values.
fn size(case: &Node, rows: &[Values<'_>], counts: &HashMap<&str, usize>) -> usize {
    let fixed: usize = copied(case).map(|(key, value)| key.span.len() + value.span.len()).sum();
    let used = |(name, value): (&&str, &&str)| counts.get(name).map_or(0, |count| count.saturating_mul(value.len()));
    let values = rows.iter().flat_map(|row| row.values.iter().map(used));
    values.fold(fixed.saturating_mul(rows.len()), usize::saturating_add)
}

/// Returns whether the value of a key can contain `$name`. The id of a row is created from its label instead.
fn takes_values(key: &Node) -> bool {
    !matches!(key.text(), Some("id" | KEY))
}

/// The use of a name in the rows.
type Names<'n> = BTreeMap<&'n str, NameUse<'n>>;

struct NameUse<'n> {
    /// The index of the first row that has it.
    row: usize,
    /// The key in that row.
    key: &'n Node,
    /// The number of rows that have it.
    count: usize,
}

/// Reads the map of rows.
fn values<'n>(node: &'n Node, found: &mut Vec<Found>) -> (Vec<Values<'n>>, Names<'n>) {
    type Shape = BTreeMap<String, IgnoredAny>;
    found.extend(shape::read::<Shape>(node).err());
    if matches!(&node.data, Data::Map(rows) if rows.is_empty()) {
        found.push((node.span.clone(), Mistake::NoRows));
    }
    let (mut rows, mut names) = (vec![], Names::new());
    for (label, row) in node.entries() {
        let text = label.text().unwrap_or_default();
        if !is_label(text) {
            found.push((label.span.clone(), Mistake::BadLabel(text.to_owned())));
        }
        if let Err(mistake) = shape::read::<Shape>(row) {
            found.push(mistake);
            continue;
        }
        if row.entries().is_empty() {
            found.push((row.span.clone(), Mistake::NoValues(text.to_owned())));
            continue;
        }
        let mut values = HashMap::new();
        for (key, value) in row.entries() {
            let name = key.text().unwrap_or_default();
            if name.is_empty() || name_length(name) < name.len() {
                found.push((key.span.clone(), Mistake::BadName(name.to_owned())));
            }
            found.extend(shape::read::<Literal>(value).err());
            names.entry(name).or_insert(NameUse { row: rows.len(), key, count: 0 }).count += 1;
            values.insert(name, value.text().unwrap_or_default());
        }
        rows.push(Values { label, values });
    }
    compare(&rows, &names, found);
    (rows, names)
}

/// Checks that all rows have the same names as the first. Each name that differs is reported once.
fn compare(rows: &[Values<'_>], names: &Names<'_>, found: &mut Vec<Found>) {
    let label = |row: &Values<'_>| row.label.text().unwrap_or_default().to_owned();
    let Some(first) = rows.first() else { return };
    for (name, NameUse { row, key, .. }) in names.iter().filter(|(_, name)| name.count < rows.len()) {
        let (first, name) = (label(first), (*name).to_owned());
        if *row > 0 {
            found.push((key.span.clone(), Mistake::RowAdds { row: label(&rows[*row]), name, first }));
        } else if let Some(row) = rows.iter().find(|row| !row.values.contains_key(&*name)) {
            found.push((row.label.span.clone(), Mistake::RowLacks { row: label(row), name, first }));
        }
    }
}

fn is_label(text: &str) -> bool {
    let label_chars = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._-".contains(char);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(label_chars)
}

/// Collects the uses of `$name` in the texts of a case.
struct Uses<'a, 'n> {
    source: &'a str,
    names: &'a Names<'n>,
    found: &'a mut Vec<Found>,
    /// The number of uses of each name.
    counts: HashMap<&'n str, usize>,
    /// The position of a text that uses a name.
    varying: Vec<Range<usize>>,
}

impl<'n> Uses<'_, 'n> {
    fn gather(&mut self, node: &'n Node) {
        match &node.data {
            Data::Scalar { text, .. } => self.text(node, text),
            Data::List(items) => items.iter().for_each(|item| self.gather(item)),
            Data::Map(entries) => entries.iter().for_each(|(_, value)| self.gather(value)),
        }
    }

    fn text(&mut self, node: &'n Node, text: &'n str) {
        let mut varies = false;
        for (range, piece) in pieces(text) {
            let mistake = match piece {
                Piece::Text(_) => continue,
                Piece::Value(name) if self.names.contains_key(name) => {
                    *self.counts.entry(name).or_default() += 1;
                    varies = true;
                    continue;
                }
                Piece::Value(name) => {
                    let known = self.names.keys().map(|name| (*name).to_owned()).collect();
                    Mistake::UnknownValue { name: name.to_owned(), known }
                }
                Piece::LoneDollar => Mistake::LoneDollar,
            };
            self.found.push((node.locate(self.source, &range), mistake));
        }
        if varies {
            self.varying.push(node.span.clone());
        }
    }
}

/// Returns a copy of a node with the values inserted.
fn filled(node: &Node, values: &HashMap<&str, &str>) -> Node {
    let data = match &node.data {
        Data::Scalar { text, style, .. } if text.contains('$') => {
            let mut made = Made { from: text.clone(), values: vec![] };
            let mut filled = String::new();
            for (range, piece) in pieces(text) {
                let start = filled.len();
                filled += match piece {
                    Piece::Text(text) => text,
                    Piece::Value(name) => values.get(name).copied().unwrap_or_default(),
                    Piece::LoneDollar => "$",
                };
                if text.get(range.clone()) != filled.get(start..) {
                    made.values.push((start..filled.len(), range));
                }
            }
            Data::Scalar { text: filled, style: *style, made: Some(Box::new(made)) }
        }
        Data::Scalar { .. } => node.data.clone(),
        Data::List(items) => Data::List(items.iter().map(|item| filled(item, values)).collect()),
        Data::Map(entries) => {
            Data::Map(entries.iter().map(|(key, value)| (key.clone(), filled(value, values))).collect())
        }
    };
    Node { span: node.span.clone(), data }
}

/// A piece of a text that can contain values.
#[derive(Debug, PartialEq)]
enum Piece<'t> {
    Text(&'t str),
    Value(&'t str),
    LoneDollar,
}

/// Splits a text into pieces, each with its position.
fn pieces(text: &str) -> impl Iterator<Item = (Range<usize>, Piece<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (length, piece) = first_piece(rest);
        at += length;
        Some((at - length..at, piece))
    })
}

/// Returns the first piece of a text and its length in bytes.
fn first_piece(text: &str) -> (usize, Piece<'_>) {
    let Some(after) = text.strip_prefix('$') else {
        let length = text.find('$').unwrap_or(text.len());
        return (length, Piece::Text(&text[..length]));
    };
    if after.starts_with('$') {
        return (2, Piece::Text("$"));
    }
    let (name, marks) = match after.strip_prefix('{') {
        Some(inner) => (&inner[..name_length(inner)], "${}".len()),
        None => (&after[..name_length(after)], "$".len()),
    };
    let is_closed = marks == 1 || after[1 + name.len()..].starts_with('}');
    if name.is_empty() || !is_closed { (1, Piece::LoneDollar) } else { (marks + name.len(), Piece::Value(name)) }
}

/// Returns the length of the name at the start of a text, in bytes; 0 if there is none.
fn name_length(text: &str) -> usize {
    if text.starts_with(|char: char| char.is_ascii_digit()) {
        return 0;
    }
    text.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
