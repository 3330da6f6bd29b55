//! Snippets of Python that real Pythons have answered, held against every engine.
//!
//! Other tests compare two engines of ours, or one with what a person wrote: both can be wrong in the same way. The answers
//! of `tests/snippets/*.py.txt` were written by the interpreters themselves, through `tools/snippets.py`, which says what a
//! file looks like. Each snippet is read as one step and runs on the reference as each version that has answered, and on the
//! embedded interpreter if its branch has: as that very version if it is in the table, and else as any of its branch, where a
//! difference of wording is told but does not count.
//!
//! A snippet that the language of cases lacks is refused when it is read, and what an engine does not have is unsupported
//! when it runs. That is neither right nor wrong: `tests/snippets/unmodelled.txt` has the list, compared, and written by
//!
//! ```text
//! VIEWCHECK_SNIPPETS=write cargo test --release -p viewcheck --test snippets
//! ```

use engine::{Abi, Engine, Profile, RunError, Version, Watch};
use libtest_mimic::{Arguments, Failed, Trial};
use program::{Observation, Outcome, Parser, Program, Trace, Value, float_repr};
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The name under which `embedded` is told apart from the versions that the reference stands for.
const EMBEDDED: &str = "embedded";

/// What users write, and what Pythons answer.
struct Snippet {
    name: String,
    code: String,
    answers: Vec<(Vec<Version>, Answer)>,
}

/// What a Python answers.
#[derive(Debug, Default)]
struct Answer {
    printed: Vec<String>,
    end: End,
}

/// How a snippet ends.
#[derive(Debug, Default)]
enum End {
    /// With a statement that has no value.
    #[default]
    Nothing,
    /// With a value, and its type where the text alone does not tell it.
    Gives { value: String, class: Option<String> },
    /// With an exception. Its type may have its module before it, which engines do not tell.
    Raises { exception: String, message: String },
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.printed.iter().try_for_each(|line| write!(f, "prints {line}; "))?;
        match &self.end {
            End::Nothing => f.write_str("nothing"),
            End::Gives { value, class: None } => write!(f, "gives {value}"),
            End::Gives { value, class: Some(class) } => write!(f, "gives {value} of type {class}"),
            End::Raises { exception, message } if message.is_empty() => write!(f, "raises {exception}"),
            End::Raises { exception, message } => write!(f, "raises {exception}: {message}"),
        }
    }
}

/// Reads a file of snippets.
fn read(text: &str) -> Result<Vec<Snippet>, String> {
    let mut snippets: Vec<Snippet> = vec![];
    for (index, line) in text.lines().enumerate() {
        let problem = |what: &str| format!("line {}: {what}: {line}", index + 1);
        if let Some(name) = line.strip_prefix("== ") {
            snippets.push(Snippet { name: name.trim().into(), code: String::new(), answers: vec![] });
            continue;
        }
        let Some(snippet) = snippets.last_mut() else { continue };
        if let Some(versions) = line.strip_prefix("-- ") {
            let versions = versions.split_whitespace().map(str::parse).collect::<Result<Vec<Version>, _>>();
            let versions = versions.map_err(|error| problem(&error.to_string()))?;
            snippet.answers.push((versions, Answer::default()));
            continue;
        }
        let Some((_, answer)) = snippet.answers.last_mut() else {
            snippet.code.push_str(line);
            snippet.code.push('\n');
            continue;
        };
        match (line.split_once(' ').unwrap_or((line, "")), &mut answer.end) {
            (("", _), _) => {}
            (("prints", text), _) => answer.printed.push(text.into()),
            (("nothing", ""), _) => answer.end = End::Nothing,
            (("gives", value), _) => answer.end = End::Gives { value: value.into(), class: None },
            (("of", text), End::Gives { class, .. }) if text.starts_with("type ") => *class = Some(text[5..].into()),
            (("raises", text), _) => {
                let (exception, message) = text.split_once(": ").unwrap_or((text, ""));
                answer.end = End::Raises { exception: exception.into(), message: message.into() };
            }
            _ => return Err(problem("this is no part of an answer")),
        }
    }
    Ok(snippets)
}

/// What came of one snippet on one engine.
enum Verdict {
    Right,
    /// The engine has not what it takes, or Python leaves open what happens.
    Unsupported,
    /// It differs from every answer that counts, and this is the nearest.
    Wrong {
        expected: String,
        actual: String,
    },
    /// Only the text of an exception differs, from those of other patch levels.
    Worded {
        expected: String,
        actual: String,
    },
}

/// How far an observation is from an answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Distance {
    Same,
    Wording,
    Other,
}

fn distance(answer: &Answer, seen: &Observation) -> Distance {
    // The answer's lines have no spaces at their ends.
    let lines = |text: &str| text.split('\n').map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    if answer.printed.join("\n") != lines(&seen.printed).join("\n") {
        return Distance::Other;
    }
    let is_same = match (&answer.end, &seen.outcome) {
        // Binding a name is observed with the value, which Python does not tell.
        (End::Nothing, Outcome::Nothing | Outcome::Value(_)) => true,
        (End::Gives { value, class }, Outcome::Value(seen)) => match (class, seen) {
            // Of such an object, engines tell the type.
            (Some(class), Value::Object(name)) => class == &**name,
            (Some(_), _) | (None, Value::Object(_)) => false,
            (None, Value::Hash) => value.parse::<i64>().is_ok(),
            (None, seen) => *value == repr(seen),
        },
        (End::Raises { exception, message }, Outcome::Raised(raised)) => {
            let is_type = exception.rsplit('.').next() == Some(&raised.exception);
            if is_type && *message != mask(raised.message.trim_end()) {
                return Distance::Wording;
            }
            is_type
        }
        _ => false,
    };
    if is_same { Distance::Same } else { Distance::Other }
}

/// The text of an exception as answers have it, without the place that a module was loaded from.
fn mask(message: &str) -> String {
    match message.split_once(" (") {
        Some((text, _)) if text.starts_with("cannot import name ") => format!("{text} (...)"),
        _ => message.to_owned(),
    }
}

/// What was seen, as an answer would say it.
fn describe(seen: &Observation) -> String {
    let end = match &seen.outcome {
        Outcome::Nothing => End::Nothing,
        Outcome::Value(value) => End::Gives { value: repr(value), class: None },
        Outcome::Raised(raised) => End::Raises { exception: raised.exception.clone(), message: mask(&raised.message) },
    };
    let printed = seen.printed.split('\n').filter(|line| !line.is_empty()).map(str::to_owned).collect();
    Answer { printed, end }.to_string()
}

/// A value as `ascii()` writes it, with addresses as `0x...`.
fn repr(value: &Value) -> String {
    let list = |items: &[Value]| items.iter().map(repr).collect::<Vec<_>>().join(", ");
    match value {
        Value::Float(float) => float_repr(*float),
        Value::Complex(real, imag) => complex(*real, *imag),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", repr(&items[0])),
        Value::Tuple(items) => format!("({})", list(items)),
        Value::List(items) => format!("[{}]", list(items)),
        Value::Slice(parts) => format!("slice({})", list(&**parts)),
        Value::Ellipsis => "Ellipsis".into(),
        Value::Type(name) => format!("<class '{name}'>"),
        Value::Array(typecode, content) => array(*typecode, content),
        Value::View(view) if view.released => "<released memory at 0x...>".into(),
        Value::View(_) => "<memory at 0x...>".into(),
        Value::Object(name) => format!("<{name} object at 0x...>"),
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Big(_) | Value::Bytes(_) | Value::Bytearray(_) => {
            value.to_string()
        }
        Value::Str(_) | Value::Hash => value.to_string(),
    }
}

fn complex(real: f64, imag: f64) -> String {
    let part = |value: f64| float_repr(value).trim_end_matches(".0").to_owned();
    match (real == 0.0 && real.is_sign_positive(), imag.is_sign_negative()) {
        (true, _) => format!("{}j", part(imag)),
        (false, true) => format!("({}{}j)", part(real), part(imag)),
        (false, false) => format!("({}+{}j)", part(real), part(imag)),
    }
}

fn array(typecode: char, content: &[u8]) -> String {
    macro_rules! items {
        ($type:ty, $text:expr) => {{
            let chunks = content.chunks_exact(size_of::<$type>());
            chunks.map(|chunk| $text(<$type>::from_ne_bytes(chunk.try_into().unwrap_or_default()))).collect::<Vec<_>>()
        }};
    }
    let items = match typecode {
        _ if content.is_empty() => return format!("array('{typecode}')"),
        'u' | 'w' => {
            let chars = items!(u32, |code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            let text: String = chars.into_iter().collect();
            return format!("array('{typecode}', {})", Value::Str(text.into()));
        }
        'b' => items!(i8, |item: i8| item.to_string()),
        'B' => items!(u8, |item: u8| item.to_string()),
        'h' => items!(i16, |item: i16| item.to_string()),
        'H' => items!(u16, |item: u16| item.to_string()),
        'i' => items!(i32, |item: i32| item.to_string()),
        'I' => items!(u32, |item: u32| item.to_string()),
        'l' | 'q' => items!(i64, |item: i64| item.to_string()),
        'L' | 'Q' => items!(u64, |item: u64| item.to_string()),
        'f' => items!(f32, |item: f32| float_repr(item.into())),
        'd' => items!(f64, float_repr),
        _ => vec!["items of an unknown kind".into()],
    };
    format!("array('{typecode}', [{}])", items.join(", "))
}

/// Runs a program and holds what it did against the answers, any of which may be right.
fn run(engine: &mut dyn Engine, program: &Program, answers: &[&Answer], is_exact: bool) -> Verdict {
    let mut trace = Trace::new();
    match engine.run(program, Watch::End, &mut trace) {
        Ok(()) => {}
        Err(RunError::Unsupported { .. } | RunError::Unspecified(_)) => return Verdict::Unsupported,
        Err(fault) => {
            let expected = answers.first().map(ToString::to_string).unwrap_or_default();
            return Verdict::Wrong { expected, actual: fault.to_string() };
        }
    }
    let Some(seen) = trace.observation(0) else {
        return Verdict::Wrong { expected: "an observation".into(), actual: "none".into() };
    };
    let nearest = answers.iter().min_by_key(|answer| distance(answer, &seen));
    let Some(nearest) = nearest else { return Verdict::Right };
    let (expected, actual) = (nearest.to_string(), describe(&seen));
    match distance(nearest, &seen) {
        Distance::Same => Verdict::Right,
        Distance::Wording if !is_exact => Verdict::Worded { expected, actual },
        Distance::Wording | Distance::Other => Verdict::Wrong { expected, actual },
    }
}

/// An engine, and as whom it is to answer.
struct Examined {
    name: String,
    version: Version,
    engine: Box<dyn Engine>,
    right: usize,
    unsupported: usize,
    wrong: usize,
}

impl Examined {
    fn open(name: String) -> Result<Examined, engine::OpenError> {
        let engine = engine::open(&name, Profile::new(Version::newest(), Abi::Lp64), &engine::Settings::default())?;
        let version = engine.about().profile.version();
        Ok(Examined { name, version, engine, right: 0, unsupported: 0, wrong: 0 })
    }

    /// The answers that count for this engine, and whether they are those of its very version.
    fn answers<'a>(&self, snippet: &'a Snippet) -> (Vec<&'a Answer>, bool) {
        let of = |is_meant: &dyn Fn(&Version) -> bool| {
            let meant = snippet.answers.iter().filter(|(versions, _)| versions.iter().any(is_meant));
            meant.map(|(_, answer)| answer).collect::<Vec<_>>()
        };
        let exact = of(&|version| *version == self.version);
        if !exact.is_empty() || self.name != EMBEDDED {
            return (exact, true);
        }
        let branch = |version: &Version| (version.major, version.minor);
        (of(&|version| branch(version) == branch(&self.version)), false)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snippets")
}

fn load() -> Result<Vec<Snippet>, String> {
    let files = fs::read_dir(folder()).map_err(|error| error.to_string())?;
    let mut files: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.sort();
    let mut snippets = vec![];
    for file in files.iter().filter(|file| file.to_string_lossy().ends_with(".py.txt")) {
        let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
        snippets.extend(read(&text).map_err(|problem| format!("{}: {problem}", file.display()))?);
    }
    Ok(snippets)
}

/// The reference as every version that is in the table, and the embedded interpreter.
fn engines(snippets: &[Snippet]) -> Result<Vec<Examined>, String> {
    let answers = snippets.iter().flat_map(|snippet| &snippet.answers);
    let mut versions: Vec<Version> = answers.flat_map(|(versions, _)| versions).copied().collect();
    versions.sort();
    versions.dedup();
    let names = versions.iter().map(|version| format!("reference@{version}")).chain([EMBEDDED.into()]);
    names.map(|name| Examined::open(name).map_err(|error| error.to_string())).collect()
}

/// What is to be told of a snippet.
#[derive(Default)]
struct Told {
    refused: bool,
    /// The engines that are wrong, by what they should have given and what they gave.
    wrong: BTreeMap<(String, String), Vec<String>>,
    /// The versions as which the reference does not have it; `embedded` where that has not.
    unsupported: Vec<String>,
    /// How many engines are right.
    right: usize,
    /// Differences of wording that do not count.
    notes: Vec<String>,
}

fn examine(snippet: &Snippet, engines: &mut [Examined]) -> Told {
    let mut told = Told::default();
    let mut parser = Parser::new();
    if parser.step(&snippet.code).is_err() {
        told.refused = true;
        return told;
    }
    let program = parser.finish();
    for panelist in engines {
        let (answers, is_exact) = panelist.answers(snippet);
        if answers.is_empty() {
            continue;
        }
        match run(&mut *panelist.engine, &program, &answers, is_exact) {
            Verdict::Right => {
                panelist.right += 1;
                told.right += 1;
            }
            Verdict::Unsupported => {
                panelist.unsupported += 1;
                let name = panelist.name.trim_start_matches("reference@");
                told.unsupported.push(name.to_owned());
            }
            Verdict::Wrong { expected, actual } => {
                panelist.wrong += 1;
                told.wrong.entry((expected, actual)).or_default().push(panelist.name.clone());
            }
            Verdict::Worded { expected, actual } => {
                panelist.right += 1;
                told.notes.push(format!("{} on {EMBEDDED}: {actual}\n    elsewhere: {expected}", snippet.name));
            }
        }
    }
    told
}

/// The line that the list of what is not modelled has for a snippet, if any: that it is refused, or where it is
/// unsupported, with nothing more where that is the reference as each version.
fn unmodelled(snippet: &Snippet, told: &Told) -> Option<String> {
    let name = &snippet.name;
    let answered: Vec<String> =
        snippet.answers.iter().flat_map(|(versions, _)| versions).map(ToString::to_string).collect();
    let is_everywhere =
        told.unsupported.len() == answered.len() && told.unsupported.iter().all(|at| answered.contains(at));
    match told.unsupported.join(" ") {
        _ if told.refused => Some(format!("{name} refused\n")),
        _ if told.unsupported.is_empty() => None,
        _ if is_everywhere => Some(format!("{name} unsupported\n")),
        places => Some(format!("{name} unsupported {places}\n")),
    }
}

fn trial(snippet: Snippet, told: Told) -> Trial {
    let ignored = match told.refused {
        true => Some("refused"),
        false => (told.right == 0 && told.wrong.is_empty() && !told.unsupported.is_empty()).then_some("unsupported"),
    };
    if let Some(kind) = ignored {
        return Trial::test(snippet.name, || Ok(())).with_kind(kind).with_ignored_flag(true);
    }
    Trial::test(snippet.name, move || {
        if snippet.answers.is_empty() {
            return Err(Failed::from("no Python has answered it: see tools/snippets.py"));
        }
        if told.wrong.is_empty() {
            return Ok(());
        }
        let mut text = snippet.code;
        for ((expected, actual), engines) in told.wrong {
            let _ = write!(text, "{}\n  ours  {actual}\n  real  {expected}\n", engines.join(" "));
        }
        Err(Failed::from(text))
    })
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (snippets, mut engines) =
        match load().and_then(|snippets| engines(&snippets).map(|engines| (snippets, engines))) {
            Ok(loaded) => loaded,
            Err(problem) => {
                eprintln!("error: {problem}");
                return ExitCode::from(2);
            }
        };
    let (mut trials, mut list, mut refused, all) = (vec![], String::new(), 0, snippets.len());
    for snippet in snippets {
        let told = examine(&snippet, &mut engines);
        refused += usize::from(told.refused);
        told.notes.iter().for_each(|note| println!("note: {note}"));
        list.extend(unmodelled(&snippet, &told));
        trials.push(trial(snippet, told));
    }
    println!("{all} snippets, {refused} of them refused when they are read");
    for Examined { name, version, right, unsupported, wrong, .. } in &engines {
        let version = if name == EMBEDDED { format!(" {version}") } else { String::new() };
        println!("{name}{version}: {right} right, {unsupported} unsupported, {wrong} wrong");
    }

    let path = folder().join("unmodelled.txt");
    trials.push(Trial::test("unmodelled", move || {
        if std::env::var("VIEWCHECK_SNIPPETS").as_deref() == Ok("write") {
            return fs::write(path, list).map_err(Failed::from);
        }
        let committed = fs::read_to_string(path).unwrap_or_default();
        let lines = |text: &str, other: &str| -> Vec<String> {
            text.lines().filter(|line| !other.lines().any(|other| other == *line)).map(str::to_owned).collect()
        };
        let (new, gone) = (lines(&list, &committed), lines(&committed, &list));
        match committed == list {
            true => Ok(()),
            false => Err(Failed::from(format!(
                "the list is not what it was: VIEWCHECK_SNIPPETS=write writes it\nnew: {new:#?}\ngone: {gone:#?}"
            ))),
        }
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}
