//! The mistakes that files of cases can have, and how they are shown: a sentence, the position, and the line itself.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use intake::text::cut_lines;
use program::capability::CAPABILITIES;
use program::names::{self, What};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use view::Version;

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 16 << 20;

/// The longest line that is shown, in bytes.
const LONGEST_LINE: usize = 1000;

/// A mistake in a file of cases, or a path that does not lead to one.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}{mistake}", self.prefix())]
pub struct Problem {
    /// The file or folder, as it was found from the given paths.
    pub path: String,
    /// The position in the file, if the mistake has one.
    pub spot: Option<Spot>,
    /// The mistake.
    pub mistake: Mistake,
    /// The text of the file; `None` if the line is too long to be shown.
    snippet: Option<Arc<str>>,
}

/// A position in a file. Line and column are counted from 1, the column in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The range of bytes.
    pub span: Range<usize>,
}

impl Spot {
    /// Returns the position of a range of bytes in a text.
    pub fn new(source: &str, span: Range<usize>) -> Spot {
        let mut start = span.start.min(source.len());
        // A position at the end of the file is shown at the end of the last line.
        if start == source.len() {
            start = source.trim_end().len();
        }
        while !source.is_char_boundary(start) {
            start -= 1;
        }
        let before = &source[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |newline| start + newline);
        let mut end = span.end.clamp(start, line_end);
        while !source.is_char_boundary(end) {
            end += 1;
        }
        Spot {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            span: start..end,
        }
    }
}

/// The byte offsets at which the lines of a text start.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(source: &str) -> Lines {
        Lines(std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// Returns the line of a byte, counted from 1.
    pub(crate) fn line(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }
}

impl Problem {
    /// Creates a problem with a path as a whole.
    pub fn of_path(path: &str, mistake: Mistake) -> Problem {
        Problem { path: path.to_owned(), spot: None, mistake, snippet: None }
    }

    /// Creates a problem at a position in a file.
    pub fn at(path: &str, source: &Arc<str>, span: Range<usize>, mistake: Mistake) -> Problem {
        let spot = Spot::new(source, span);
        let line_start = source[..spot.span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = source[line_start..].lines().next().unwrap_or_default();
        let snippet = (line.len() <= LONGEST_LINE).then(|| Arc::clone(source));
        Problem { path: path.to_owned(), spot: Some(spot), mistake, snippet }
    }

    /// Returns `file:line:column`, or only the path if there is no position.
    pub fn place(&self) -> String {
        match &self.spot {
            Some(spot) => format!("{}:{}:{}", self.path, spot.line, spot.column),
            None => self.path.clone(),
        }
    }

    /// Returns the position as a prefix of the message, unless the snippet shows it.
    fn prefix(&self) -> String {
        if self.snippet.is_some() { String::new() } else { format!("{}: ", self.place()) }
    }

    /// Renders the problem for a terminal.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut shown = Level::ERROR.primary_title(cut_lines(&self.to_string()).into_owned()).elements(self.marked());
        if let Some(help) = self.mistake.help() {
            shown = shown.element(Level::HELP.message(help));
        }
        renderer.render(&[shown]) + "\n"
    }

    /// Returns the marked line with its neighbours.
    fn marked(&self) -> Option<Snippet<'_, annotate_snippets::Annotation<'_>>> {
        let (source, spot) = (self.snippet.as_ref()?, self.spot.as_ref()?);
        let line = source[..spot.span.start].rfind('\n').map_or(0, |newline| newline + 1);
        // Only these lines are passed on, since the renderer reads all of its input.
        let start = source[..line.saturating_sub(1)].rfind('\n').map_or(0, |newline| newline + 1);
        let end = source[line..].match_indices('\n').nth(1).map_or(source.len(), |(newline, _)| line + newline);
        let span = spot.span.start - start..spot.span.end - start;
        let first = spot.line - usize::from(start < line);
        let snippet = Snippet::source(&source[start..end]).path(shown(&self.path)).line_start(first).fold(false);
        Some(snippet.annotation(AnnotationKind::Primary.span(span).label("here")))
    }
}

/// A path in which nothing controls a terminal.
fn shown(path: &str) -> String {
    let visible = |char: char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() };
    path.chars().map(visible).collect()
}

/// A mistake.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's message says what it is")]
pub enum Mistake {
    // Paths and files.
    #[error("there is no such file or folder")]
    NoSuchPath,
    #[error("can't be read: {0}")]
    Unreadable(String),
    #[error("is neither a file nor a folder")]
    NotAFile,
    #[error("the folder contains no cases: no file in it ends in .yaml")]
    NoCases,
    #[error("the file is empty")]
    EmptyFile,
    #[error("{0} more problems in this file are not shown")]
    More(usize),
    #[error("the file is larger than {} MiB", LARGEST >> 20)]
    TooLarge,
    #[error("with this file, all files together are larger than {0} MiB; the rest is not read")]
    TooLargeTogether(u64),
    #[error("this is not UTF-8")]
    NotUtf8,

    // YAML.
    #[error("this is not YAML: {0}")]
    Yaml(String),
    #[error("a file can't hold the control character U+{0:04X}")]
    ControlCharacter(u32),
    #[error("`{0}` is a YAML tag, not a string")]
    Tag(String),
    #[error("YAML anchors and aliases are not allowed")]
    Anchor,
    #[error("the key `{0}` is given twice")]
    DuplicateKey(String),
    #[error("a key must be a string")]
    KeyNotText,
    #[error("the key has no value")]
    Empty,
    #[error("a second YAML document in one file")]
    SecondDocument,
    #[error("lists and maps are nested more than {0} deep")]
    TooDeep(usize),

    // The shape of a file.
    #[error("unknown key `{key}`")]
    UnknownKey { key: String, known: &'static [&'static str] },
    #[error("the key `{0}` is missing")]
    MissingKey(&'static str),
    #[error("expected {expected}, found {found}")]
    WrongType { expected: String, found: &'static str },
    #[error("unknown value `{found}`; expected one of {}", one_of(known))]
    UnknownWord { found: String, known: &'static [&'static str] },
    #[error("the file has neither `cases` nor `left_out`")]
    NothingInIt,

    // Cases.
    #[error("`{0}` is not a valid id")]
    BadId(String),
    #[error("the id `{id}` is used twice")]
    DuplicateId { id: String, first: String },
    #[error("a refuted claim needs `instead`: what really happens, in one sentence")]
    NeedsInstead,
    #[error("a confirmed claim takes no `instead`: what happens is what the document claims")]
    NeedsNoInstead,
    #[error("`{0}` is not a version requirement")]
    BadRequirement(String),
    #[error("no version satisfies `{0}`")]
    EmptyRange(String),
    #[error("there is no Python {0}")]
    NoSuchPython(String),
    #[error("unknown capability `{0}`")]
    BadCapability(String),
    #[error("the case has no steps")]
    NoSteps,
    #[error("{0}")]
    Python(String),
    #[error("{0}")]
    Language(String),

    // Rows.
    #[error("`rows` has no rows")]
    NoRows,
    #[error("`{0}` is not a valid row label")]
    BadLabel(String),
    #[error("`{0}` is not a valid name of a value")]
    BadName(String),
    #[error("the row `{0}` has no values")]
    NoValues(String),
    #[error("the row `{row}` lacks `{name}`, which the row `{first}` has")]
    RowLacks { row: String, name: String, first: String },
    #[error("the row `{row}` has `{name}`, which the row `{first}` lacks")]
    RowAdds { row: String, name: String, first: String },
    #[error("no row has a value for `${name}`")]
    UnknownValue { name: String, known: Vec<String> },
    #[error("the case does not use `${0}`")]
    UnusedValue(String),
    #[error("a `$` without a name")]
    LoneDollar,
    #[error("the rows of this file make more than {} MiB of cases", LARGEST >> 20)]
    TooManyRows,
    #[error("{mistake} (in the row `{row}`)")]
    InRow { row: String, mistake: Box<Mistake> },

    // Known divergences.
    #[error("an entry needs one of `cases`, `law` and `signature`")]
    NoSubject,
    #[error("`{0}` is empty")]
    NothingIn(&'static str),
    #[error("unknown implementation `{found}`")]
    MisspelledImplementation { found: String, meant: &'static str },
    #[error("`status` is `pass` alone, which is not a divergence")]
    OnlyPass,
    #[error("`status` beside `{0}`: it belongs to `cases`")]
    StatusBeside(&'static str),
    #[error("`{text}` is listed twice for the same implementation, versions and level")]
    KnownTwice { text: String, first: String },
    #[error("no case has the id `{id}`")]
    UnknownId { id: String, near: Option<String> },
    #[error("there is no law `{name}`")]
    UnknownLaw { name: String, near: Option<String> },

    // Expectations.
    #[error("no Python has an exception `{name}`")]
    UnknownException { name: String, near: Option<String> },
    #[error("`message` without `raises`: say which error has that message")]
    MessageWithoutRaises,
    #[error("`{0}` and `{1}` contradict each other: a step has one outcome")]
    Contradiction(&'static str, &'static str),
    #[error("`{0}` beside `expect`: move it into the entries of `expect`")]
    BesideExpect(&'static str),
    #[error("no entry of `expect` is for Python {0}")]
    NotCovered(String),
    #[error("two entries of `expect` are for Python {0}")]
    Overlap(String),
    #[error("`expect` has no entries")]
    NoEntries,
    #[error("`{0}` on a step that has no value: it ends in a statement")]
    NoValue(&'static str),
    #[error("`prints` on a step that prints nothing")]
    NoPrint,
    #[error("{0}")]
    BadBounds(String),
    #[error("the name `{0}` is not bound at this step")]
    Unbound(String),
}

impl Mistake {
    /// Creates the mistake of an id that no case has, with the nearest id as a suggestion.
    pub(crate) fn unknown_id(id: &str, known: &HashSet<&str>) -> Mistake {
        let known: Vec<&str> = known.iter().copied().collect();
        Mistake::UnknownId { id: id.to_owned(), near: nearest(id, &known).map(str::to_owned) }
    }

    /// A law that does not exist.
    pub(crate) fn unknown_law(name: &str, laws: &[&str]) -> Mistake {
        Mistake::UnknownLaw { name: name.to_owned(), near: nearest(name, laws).map(str::to_owned) }
    }

    /// Creates the mistake of an exception that looks like a misspelled one; nothing if it looks like none.
    pub(crate) fn misspelled_exception(name: &str) -> Option<Mistake> {
        let is_exception = |known: &&str| names::builtin(known).is_some_and(|known| known.what == What::Exception);
        let near = nearest(name, &names::of("builtins").filter(is_exception).collect::<Vec<_>>())?.to_owned();
        (near != name).then(|| Mistake::UnknownException { name: name.to_owned(), near: Some(near) })
    }

    /// Returns how to correct the mistake.
    fn help(&self) -> Option<String> {
        Some(match self {
            Mistake::NoCases => "give a file, or a folder with files that end in .yaml".into(),
            Mistake::Yaml(_) => "a string that starts with one of `@ % & * ! | > ' \" [ { #`, or has `: ` or ` #` in \
                                 it, must stand in quotes or in a `|` block"
                .into(),
            Mistake::Tag(text) => format!("write it in quotes: '{}'", text.replace('\'', "''")),
            Mistake::Anchor => "write the value out where it is used; a string that starts with & or * must stand in \
                                quotes"
                .into(),
            Mistake::Empty => "give it a value, in quotes if it is an empty string, or leave the key out".into(),
            Mistake::UnknownKey { key, known } => match nearest(key, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", known.join(", ")),
            },
            Mistake::UnknownWord { found, known } => format!("did you mean `{}`?", nearest(found, known)?),
            Mistake::WrongType { expected, .. } if expected.contains("literal") => {
                "write it in quotes, as in '[1, 2]'".into()
            }
            Mistake::Language(_) => {
                "or give the case `language: python`: its steps are then run as they stand, by every Python \
                                     and not by the reference"
                    .into()
            }
            Mistake::BadId(_) => "an id is made of a-z, 0-9 and hyphens, and starts with no hyphen".into(),
            Mistake::BadLabel(_) => "a label is made of a-z, 0-9 and `._-`, and starts with no hyphen".into(),
            Mistake::BadName(_) => "a name is made of a-z, A-Z, 0-9 and `_`, and starts with no digit".into(),
            Mistake::NoValues(_) => "give it a value for each `$name` of the case".into(),
            Mistake::RowLacks { .. } | Mistake::RowAdds { .. } => "all rows of a case have the same names".into(),
            Mistake::UnknownValue { name, known } => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                match nearest(name, &known) {
                    Some(near) => format!("did you mean `${near}`?"),
                    None => format!("known here: {}; a `$` itself is written `$$`", known.join(", ")),
                }
            }
            Mistake::UnusedValue(_) => "use it, or take it out of every row".into(),
            Mistake::LoneDollar => "write `$name` or `${name}`; a `$` itself is written `$$`".into(),
            Mistake::InRow { mistake, .. } => return mistake.help(),
            Mistake::DuplicateId { first, .. } | Mistake::KnownTwice { first, .. } => {
                format!("the other one is at {first}")
            }
            Mistake::NoSubject => "`cases` is a list of ids, and `law` the name of a law, for `viewcheck check`; \
                                   `signature` is that of a finding, for `viewcheck fuzz`"
                .into(),
            Mistake::OnlyPass => "`[pass, fail]` is for a case that passes in some runs and fails in others".into(),
            Mistake::UnknownId { near: Some(near), .. }
            | Mistake::UnknownLaw { near: Some(near), .. }
            | Mistake::UnknownException { near: Some(near), .. } => {
                format!("did you mean `{near}`?")
            }
            Mistake::BadRequirement(_) => {
                "write comparisons with commas between them, as in \">=3.8, <3.12\"; the operators are < <= > >= == !="
                    .into()
            }
            Mistake::EmptyRange(_) => "all comparisons must hold for one version, as in \">=3.8, <3.12\"".into(),
            Mistake::NoSuchPython(_) => format!("the branches of Python 3 are 3.0 to 3.{}", Version::newest().minor),
            Mistake::BadCapability(found) => {
                let known: Vec<&str> = CAPABILITIES.iter().copied().collect();
                nearest_or_all(found, &known, "capabilities")
            }
            Mistake::MisspelledImplementation { meant, .. } => format!("did you mean `{meant}`?"),
            Mistake::BadBounds(_) => {
                "write a comparison with a size, or two with a comma between them: \"< 1 KiB\", \">= 1 MiB, < 2 MiB\""
                    .into()
            }
            Mistake::Unbound(_) => "bind the object to a name in this step or an earlier one".into(),
            _ => return None,
        })
    }
}

fn one_of(known: &[&str]) -> String {
    known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Suggests the known word nearest to `word`, or lists all known words if none is near.
fn nearest_or_all(word: &str, known: &[&str], kind: &str) -> String {
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known {kind}: {}", known.join(", ")),
    }
}

/// Returns the known word that is most similar to `word`; `None` if none is similar.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if word.len() > 40 {
        return None;
    }
    // A word in another case than the known one counts as near: `CPython` is `cpython`.
    let distance = |known: &str| match word.eq_ignore_ascii_case(known) {
        true => 0,
        false => strsim::damerau_levenshtein(word, known),
    };
    let near = known.iter().map(|known| (distance(known), *known)).min()?;
    (near.0 <= near.1.len().div_ceil(3)).then_some(near.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_of_a_text_can_be_shown() {
        for text in ["", "\n", "x", "a: é\r\n\tb: \u{fffd}\u{1F40D}\n\n \u{1b}\u{200b}c\n", "\r\r\nx\n\r", "\u{fffd}"]
        {
            let source = Arc::from(text);
            for (start, end) in (0..=text.len() + 2).flat_map(|start| (0..=text.len() + 2).map(move |end| (start, end)))
            {
                let problem = Problem::at("bad.yaml", &source, start..end, Mistake::NotUtf8);
                for color in [false, true] {
                    let shown = problem.render(color);
                    assert!(shown.contains("this is not UTF-8"), "{shown}");
                    assert!(shown.contains(&problem.place()), "{} is not in {shown}", problem.place());
                }
            }
        }
    }

    #[test]
    fn a_problem_is_shown_at_its_line_with_what_to_do() {
        let source = Arc::from("- id: a\n  é: 1\n  steps:\n    - x\n");
        let known = &["claim", "steps"];
        let mistake = Mistake::UnknownKey { key: "stesp".to_owned(), known };
        let problem = Problem::at("bad.yaml", &source, 10..12, mistake.clone());
        let expected = "error: unknown key `stesp`
 --> bad.yaml:2:3
  |
1 | - id: a
2 |   é: 1
  |   ^ here
3 |   steps:
  |
  = help: did you mean `steps`?
";
        assert_eq!(problem.render(false), expected);
        let expected = "error: bad.yaml: unknown key `stesp`\n |\n = help: did you mean `steps`?\n";
        assert_eq!(Problem::of_path("bad.yaml", mistake).render(false), expected);
    }
}
