//! Parses YAML to a tree in which every node has its position in the file.
//!
//! This layer does not interpret cases. It accepts plain YAML (maps, lists, scalars) and refuses the rest with a
//! position: tags, anchors, repeated keys, several documents, deep nesting. Scalars stay text, so that `gives: 84` and
//! `gives: True` reach the reader as the Python literals that they look like.

use crate::Mistake;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::HashSet;
use std::ops::Range;

/// The deepest nesting of lists and maps. Cases need five levels.
const DEEPEST: usize = 16;

/// A node, with the range of bytes in the file that contains it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) data: Data,
}

#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// `made` is present if values were inserted into the text.
    Scalar {
        text: String,
        style: ScalarStyle,
        made: Option<Box<Made>>,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// The origin of a text into which values were inserted.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// The text in the file.
    pub(crate) from: String,
    /// For each value its range in the new text, and the range in the file's text that it replaces.
    pub(crate) values: Vec<(Range<usize>, Range<usize>)>,
}

impl Made {
    /// Returns the range of the file's text from which a range of the new text originates. A value originates as a
    /// whole.
    fn origin(&self, range: &Range<usize>) -> Range<usize> {
        let before = |count: usize| count.checked_sub(1).and_then(|last| self.values.get(last));
        let start = match before(self.values.partition_point(|(now, _)| now.start <= range.start)) {
            Some((now, from)) if range.start < now.end => from.start,
            Some((now, from)) => from.end + (range.start - now.end),
            None => range.start,
        };
        let end = match before(self.values.partition_point(|(now, _)| now.start < range.end)) {
            Some((now, from)) => from.end + range.end.saturating_sub(now.end),
            None => range.end,
        };
        start..end.max(start)
    }
}

/// A mistake and its range of bytes.
pub(crate) type Found = (Range<usize>, Mistake);

impl Node {
    /// Returns the value of a key; `None` if the node is not a map with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let Data::Map(entries) = &self.data else { return None };
        entries.iter().find(|(known, _)| known.text() == Some(key)).map(|(_, value)| value)
    }

    /// Returns the position of a key's value, or of the whole node if it does not have the key.
    pub(crate) fn span_of(&self, key: &str) -> Range<usize> {
        self.get(key).unwrap_or(self).span.clone()
    }

    /// Returns the entries of a map; none for other nodes.
    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list; none for other nodes.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Returns the range in the file of `range`, a range of this scalar's text. Returns the whole scalar if its text is
    /// escaped or folded, since the exact position is not known then.
    pub(crate) fn locate(&self, source: &str, range: &Range<usize>) -> Range<usize> {
        let Data::Scalar { text, style, made } = &self.data else { return self.span.clone() };
        let (text, range) = match made {
            Some(made) => (&made.from, &made.origin(range)),
            None => (text, range),
        };
        let written = source.get(self.span.clone()).unwrap_or_default();
        let start = match style {
            ScalarStyle::Plain if written == text => Some(self.span.start + range.start),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted
                if written.get(1..written.len().saturating_sub(1)) == Some(text) =>
            {
                Some(self.span.start + 1 + range.start)
            }
            ScalarStyle::Literal => in_literal(source, self.span.start, text, range.start),
            _ => None,
        };
        match start {
            Some(start) => start..start + range.len(),
            None => self.span.clone(),
        }
    }
}

/// Returns the position of byte `at` of `text`, the content of a `|` block whose first non-empty line starts at
/// `start`.
fn in_literal(source: &str, start: usize, text: &str, at: usize) -> Option<usize> {
    let line_start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let empty = text.len() - text.trim_start_matches('\n').len();
    let index = text[..line_start].matches('\n').count().checked_sub(empty)?;
    let line = text[line_start..].lines().next().unwrap_or_default();
    let mut written_start = source.get(..start)?.rfind('\n').map_or(0, |newline| newline + 1);
    for _ in 0..index {
        written_start += source[written_start..].find('\n')? + 1;
    }
    let written = source[written_start..].lines().next()?;
    written.strip_suffix(line).map(|indent| written_start + indent.len() + (at - line_start))
}

/// Parses one YAML document. Returns no tree if the rest of the file could not be read.
pub(crate) fn parse(source: &str) -> (Option<Node>, Vec<Found>) {
    let mut builder = Builder { source, offsets: Offsets::of(source), stack: vec![], root: None, found: vec![] };
    if let Some((at, char)) = source.char_indices().find(|(_, char)| char.is_control() && !"\t\r\n".contains(*char)) {
        return (None, vec![(at..at + char.len_utf8(), Mistake::ControlCharacter(u32::from(char)))]);
    }
    for event in Parser::new_from_str(source) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = builder.offsets.byte(error.marker().index(), source);
                builder.found.push((at..at, Mistake::Yaml(error.info().to_owned())));
                return (None, builder.found);
            }
        };
        let span = builder.offsets.byte(span.start.index(), source)..builder.offsets.byte(span.end.index(), source);
        if !builder.event(event, span) {
            return (None, builder.found);
        }
    }
    (builder.root, builder.found)
}

/// Converts the parser's positions, which count characters, to bytes.
enum Offsets {
    Ascii,
    Table(Vec<u32>),
}

impl Offsets {
    fn of(source: &str) -> Offsets {
        if source.is_ascii() {
            return Offsets::Ascii;
        }
        Offsets::Table(source.char_indices().map(|(at, _)| at as u32).collect())
    }

    fn byte(&self, index: usize, source: &str) -> usize {
        match self {
            Offsets::Ascii => index.min(source.len()),
            Offsets::Table(table) => table.get(index).map_or(source.len(), |at| *at as usize),
        }
    }
}

/// A list or map that is not complete.
enum Open {
    List(usize, Vec<Node>),
    Map(usize, OpenMap),
}

#[derive(Default)]
struct OpenMap {
    entries: Vec<(Node, Node)>,
    /// The key whose value comes next.
    key: Option<Node>,
    keys: HashSet<String>,
}

struct Builder<'a> {
    source: &'a str,
    offsets: Offsets,
    stack: Vec<Open>,
    root: Option<Node>,
    found: Vec<Found>,
}

impl Builder<'_> {
    /// Handles one event. Returns whether to continue.
    fn event(&mut self, event: Event<'_>, span: Range<usize>) -> bool {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                self.found.push((span, Mistake::SecondDocument));
                return false;
            }
            Event::Alias(_) => {
                self.found.push((span.clone(), Mistake::Anchor));
                self.add(Node { span, data: Data::List(vec![]) });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(anchor, tag.is_some(), &span);
                let at_value = matches!(self.stack.last(), Some(Open::Map(_, map)) if map.key.is_some());
                if at_value && tag.is_none() && style == ScalarStyle::Plain && text.is_empty() {
                    self.found.push((span.clone(), Mistake::Empty));
                }
                self.add(Node { span, data: Data::Scalar { text: text.into_owned(), style, made: None } });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse(anchor, tag.is_some(), &span);
                self.stack.push(Open::List(span.start, vec![]));
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse(anchor, tag.is_some(), &span);
                self.stack.push(Open::Map(span.start, OpenMap::default()));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let node = match self.stack.pop() {
                    Some(Open::List(start, items)) => Node { span: start..span.end, data: Data::List(items) },
                    Some(Open::Map(start, map)) => Node { span: start..span.end, data: Data::Map(map.entries) },
                    None => return false,
                };
                self.add(node);
            }
            _ => {}
        }
        if self.stack.len() > DEEPEST {
            let at = self.stack.last().map_or(0, |open| match open {
                Open::List(start, _) | Open::Map(start, ..) => *start,
            });
            self.found.push((at..at, Mistake::TooDeep(DEEPEST)));
            return false;
        }
        true
    }

    fn refuse(&mut self, anchor: usize, tagged: bool, span: &Range<usize>) {
        if tagged {
            let written = self.source.get(span.clone()).unwrap_or_default().to_owned();
            self.found.push((span.clone(), Mistake::Tag(written)));
        } else if anchor != 0 {
            self.found.push((span.clone(), Mistake::Anchor));
        }
    }

    fn add(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, map)) => match map.key.take() {
                Some(key) => map.entries.push((key, node)),
                None => {
                    match node.text() {
                        None => self.found.push((node.span.clone(), Mistake::KeyNotText)),
                        Some(text) if !map.keys.insert(text.to_owned()) => {
                            self.found.push((node.span.clone(), Mistake::DuplicateKey(text.to_owned())));
                        }
                        Some(_) => {}
                    }
                    map.key = Some(node);
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("run: memoryview(x)")]
    #[case("run: 'memoryview(x)'")]
    #[case("run: |\n  y = 1\n  memoryview(x)")]
    #[case("é: |\n\n  y = 1\n  memoryview(x)\n")]
    fn a_place_in_a_scalar_is_a_place_in_the_file(#[case] source: &str) {
        let (root, found) = parse(source);
        assert!(found.is_empty(), "{found:?}");
        let Some(Node { data: Data::Map(entries), .. }) = root else { panic!("not a map") };
        let node = &entries[0].1;
        let text = node.text().unwrap();
        let at = text.find("(x)").unwrap() + 1;
        let place = node.locate(source, &(at..at + 1));
        assert_eq!(&source[place], "x");
    }

    #[rstest]
    #[case("a: !B", "tag")]
    #[case("a: &x 1\nb: *x", "anchor")]
    #[case("a: 1\na: 2", "twice")]
    #[case("a: 1\n---\nb: 2", "second")]
    #[case("a:\nb: 1", "no value")]
    #[case("a: \u{0}", "U+0000")]
    fn what_is_not_plain_yaml_is_refused(#[case] source: &str, #[case] words: &str) {
        let (_, found) = parse(source);
        assert!(found.iter().any(|(_, mistake)| mistake.to_string().contains(words)), "{found:?}");
    }

    #[test]
    fn deep_nesting_is_refused_without_recursion() {
        for deep in ["[".repeat(10_000), "- ".repeat(10_000), "a: {".repeat(10_000)] {
            assert!(!parse(&deep).1.is_empty());
        }
    }
}
