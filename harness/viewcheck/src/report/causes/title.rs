//! What is wrong, in a line that is the same for every result with the same cause: the operation, what was expected and
//! what came, without what is accidental in the texts. Results are grouped by it; [`super::describe`] says it for people.
//!
//! Operations and texts are those of the signatures of findings. An error that says by itself what is wrong, such as a
//! missing method, is a cause of its own, whatever the operation and whatever was expected.

use super::Severity;
use super::divergence::Divergence;
use super::site::Site;
use crate::findings::canonical_text;
use engine::Facet;
use program::Value;
use std::borrow::Borrow;

/// What is wrong in a result.
pub(super) struct Line {
    /// The line by which results are grouped.
    pub(super) title: String,
    /// How bad it is.
    pub(super) severity: Severity,
    /// What the program does there, in words.
    pub(super) action: String,
}

/// What is wrong in a result, and how bad that is.
pub(super) fn line(divergence: &Divergence<'_>) -> Line {
    let (expected, actual) = (divergence.expected_value(), divergence.actual);
    let site = Site::of(divergence, expected, actual);
    Line { title: title(divergence, &site), severity: severity(divergence, || &site), action: site.action }
}

fn title(divergence: &Divergence<'_>, site: &Site) -> String {
    let (expected, actual) = (divergence.expected_value(), divergence.actual);
    let Some(facet) = divergence.facet else {
        return match divergence.hung {
            true => format!("{}: it does not finish", site.operation),
            false => last_words(divergence.reason),
        };
    };
    let text = match facet {
        _ if says_it_all(expected, actual) => own(actual),
        // Which of several errors comes first is one question for all that may be expected.
        Facet::Exception => format!("{} instead of {}", error(actual), exception(expected)),
        Facet::Message if error(actual) == error(expected) => format!("{}, with other details", error(actual)),
        Facet::Message => format!("{} instead of {}", error(actual), error(expected)),
        // An error without a text may be any.
        Facet::Raised if !actual.contains(": ") => format!("{}: it raises {actual}", site.operation),
        Facet::Raised => format!("it raises {}", error(actual)),
        Facet::NotRaised if !expected.contains(": ") => format!("{}: it does not raise {expected}", site.operation),
        Facet::NotRaised => format!("it does not raise {}", error(expected)),
        Facet::Value => format!("{}: {}", site.operation, values(&site.expected, &site.actual)),
        Facet::Type => types(&site.operation, expected, actual),
        Facet::Printed => format!("print: {} instead of {}", printed(actual), printed(expected)),
        Facet::Lock => site.lock(expected, actual),
        Facet::Contents => format!("{}: other bytes are in an object", site.operation),
        Facet::Shape | Facet::Strides | Facet::Suboffsets | Facet::Itemsize => {
            format!("{}: another {facet}", site.operation)
        }
        Facet::Allocated => format!("{}: {actual} instead of {expected}", site.operation),
        Facet::Leak => format!("{}: it leaves memory behind", site.operation),
        Facet::Exporter | Facet::Offset if actual.starts_with(OUTSIDE) => {
            let place = actual.split(',').next().unwrap_or(actual);
            format!("{}: a view {}", site.operation, canonical_text(place))
        }
        Facet::Exporter | Facet::Offset => {
            format!("{}: a view {} instead of {}", site.operation, canonical_text(actual), canonical_text(expected))
        }
        Facet::Format | Facet::Readonly | Facet::Missing | Facet::Released | Facet::Alive => {
            format!("{}: {} instead of {}", site.operation, canonical_text(actual), canonical_text(expected))
        }
    };
    match divergence.law {
        Some(law) => format!("the law {law}: {text}"),
        None => text,
    }
}

/// How bad a result is.
pub(in crate::report) fn severity_of(divergence: &Divergence<'_>) -> Severity {
    severity(divergence, || Site::of(divergence, divergence.expected_value(), divergence.actual))
}

/// How bad a result is. The site is asked for only where a value differs: the program of the case has to be parsed for it.
fn severity<S: Borrow<Site>>(divergence: &Divergence<'_>, site: impl FnOnce() -> S) -> Severity {
    match divergence.facet {
        None if divergence.hung => Severity::Hang,
        None => Severity::Crash,
        Some(Facet::Value) => {
            let site = site();
            match site.borrow().tells_of_deaths() {
                // An object that lives longer, or not as long, is no wrong byte.
                true => Severity::of(Facet::Alive, false),
                false => Severity::of(Facet::Value, site.borrow().reads_memory() && has_memory(divergence)),
            }
        }
        Some(facet) => Severity::of(facet, !divergence.expected_value().contains(" of an unnamed ")),
    }
}

/// Whether a program makes anything that holds or shows bytes. An iterator over a list of numbers does not.
fn has_memory(divergence: &Divergence<'_>) -> bool {
    const MAKERS: [&str; 7] = ["byte", "Bytes", "b'", "memoryview", "array(", "mmap", "exporter"];
    divergence.steps().any(|step| MAKERS.iter().any(|maker| step.contains(maker)))
}

/// How a place is told that lies in no object.
const OUTSIDE: &str = "outside the memory ";

/// The exceptions that tell what an implementation lacks, or what it can't do.
const TELLING: [&str; 9] = [
    "AttributeError",
    "ImportError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotImplementedError",
    "OverflowError",
    "RuntimeError",
    "SystemError",
];

/// The type of an error.
fn exception(text: &str) -> &str {
    text.split(':').next().unwrap_or_default()
}

/// Whether an error says by itself what is wrong, and something else than the one expected.
fn says_it_all(expected: &str, actual: &str) -> bool {
    let is_telling = TELLING.contains(&exception(actual)) && exception(actual) != exception(expected);
    is_telling || refuses(actual) && !refuses(expected)
}

/// Whether a text is a TypeError about the arguments of a call, or about an operation that a type lacks.
fn refuses(text: &str) -> bool {
    let phrases =
        [" takes ", "keyword argument", "expected at most", " missing ", "does not support item", "function expected"];
    text.starts_with("TypeError: ") && phrases.iter().any(|phrase| text.contains(phrase))
}

/// An error that says it all. Of one about names, those are what it says.
fn own(text: &str) -> String {
    let names = ["AttributeError", "ImportError", "ModuleNotFoundError", "NameError"];
    match names.iter().any(|name| text.starts_with(name)) {
        true => text.to_owned(),
        false => error(text),
    }
}

/// An error without what is accidental, and without the types of operands that it names at its end.
fn error(text: &str) -> String {
    let mut text = canonical_text(text);
    for (before, after) in [(", not ", ""), (" got ", " object"), (" found ", ""), (" unexpected type ", "")] {
        let found = text.rfind(before).map(|at| at + before.len());
        let Some((at, rest)) = found.and_then(|at| Some((at, text.get(at..)?.strip_suffix(after)?))) else { continue };
        let is_type = !rest.is_empty() && rest.chars().all(|char| char.is_alphanumeric() || "._'".contains(char));
        if is_type && rest != "N" {
            text = format!("{}T{after}", &text[..at]);
        }
    }
    text
}

/// How two values differ: truth values and None are what they are, and others are known by their types.
fn values(expected: &str, actual: &str) -> String {
    let kind = |text: &str| match program::parse::literal(text) {
        Ok(Value::Bool(_) | Value::None) => text.to_owned(),
        _ => class(text),
    };
    let (expected, actual) = (kind(expected), kind(actual));
    if expected == actual { format!("another {actual}") } else { format!("{actual} instead of {expected}") }
}

/// How the types of two values differ, of lists and tuples those of their items. An operation that gives an object of a
/// type that is not Python's does so for each type of operand.
fn types(operation: &str, expected: &str, actual: &str) -> String {
    let object = |text: &str| match text.strip_prefix("a value of type ") {
        Some(name) => format!("<{name} object>"),
        None => class(text),
    };
    let (expected, actual) = (object(expected), object(actual));
    match [&expected, &actual].iter().all(|text| text.starts_with('<')) {
        true => format!("{}: {actual} instead of another type", operation.split(" of ").next().unwrap_or(operation)),
        false => format!("{operation}: {actual} instead of {expected}"),
    }
}

/// The type of a value that is given by its text; of a list or tuple with that of its first item.
fn class(text: &str) -> String {
    match program::parse::literal(text) {
        Ok(Value::List(items) | Value::Tuple(items)) if !items.is_empty() => {
            let outer = if text.starts_with('[') { "list" } else { "tuple" };
            format!("{outer} of {}", items.first().map_or("nothing", |item| item.type_name()))
        }
        Ok(value) => value.type_name().to_owned(),
        Err(_) if text.starts_with("a writable view,") || text.starts_with("a read-only view,") => {
            "memoryview".to_owned()
        }
        // A text that was cut.
        Err(_) if text.ends_with(" characters)") => "long value".to_owned(),
        Err(_) => canonical_text(text),
    }
}

/// What was printed, without its quotes.
fn printed(text: &str) -> String {
    match program::parse::literal(text) {
        Ok(Value::Str(text)) => canonical_text(&text),
        _ => canonical_text(text),
    }
}

/// How many characters of last words are a title.
const LONGEST: usize = 160;

/// Of a crash, how it came and what was said at the end, without the numbers and paths that differ between two runs.
pub(super) fn last_words(reason: &str) -> String {
    let how = reason.split_once(" crashed: ").map_or(reason, |(_, how)| how);
    let words: Vec<String> = how.split_whitespace().map(stable).collect();
    let text = words.join(" ").replace("; its last words:", ";");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("crashed: {}…", &text[..end]),
        None => format!("crashed: {text}"),
    }
}

/// A word of last words: of a path its last part, and no number of a process or an address.
fn stable(word: &str) -> String {
    let word = if word.starts_with(['/', '"', '(']) && word.len() > 1 {
        word.rsplit('/').next().unwrap_or(word)
    } else {
        word
    };
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_id =
        digits >= 7 || word.starts_with('(') && word.trim_matches(['(', ')']).bytes().all(|byte| byte.is_ascii_digit());
    if is_id { "N".to_owned() } else { word.to_owned() }
}
