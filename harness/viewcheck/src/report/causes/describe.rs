//! What is wrong, in a sentence for people: what the program does, what was expected and what came.
//!
//! The sentence is about one result, the smallest of a cause. The line by which results are grouped (`title`) is for
//! nobody to read.

use super::divergence::Divergence;
use super::site::Site;
use super::title::last_words;
use crate::report::count;
use engine::Facet;
use program::{Kind, Operation, Syntax};

/// How many characters of a value or an error are shown.
const LONGEST: usize = 100;

/// What is wrong in a result. `actions` is how many different things the programs of all results with this cause do there.
pub(super) fn describe(divergence: &Divergence<'_>, actions: usize) -> String {
    let Some(facet) = divergence.facet else {
        return match divergence.hung {
            true => "The program does not come to its end".to_owned(),
            false => format!("The process {}", last_words(divergence.reason)),
        };
    };
    let site = Site::of(divergence, divergence.expected_value(), divergence.actual);
    let action = match actions {
        0 | 1 => site.action.clone(),
        several => format!("{} and {}", site.action, count(several - 1, "other operation")),
    };
    // Of a tuple or list only the part that differs.
    let (expected, actual) = match facet {
        Facet::Value => (&site.expected[..], &site.actual[..]),
        _ => (divergence.expected_value(), divergence.actual),
    };
    let is_statement = matches!(facet, Facet::Contents | Facet::Lock | Facet::Released | Facet::Alive);
    if is_statement && !expected.contains(": ") && !actual.contains(": ") {
        return capital(&format!("{action}: expected that {}, but {}", short(expected), short(actual)));
    }
    let a_view = if matches!(facet, Facet::Offset | Facet::Exporter) { "a view " } else { "" };
    let law = divergence.law.map(|law| format!(" by the law {law}")).unwrap_or_default();
    capital(&format!("{action}: expected {a_view}{}{law}, came {a_view}{}", short(expected), short(actual)))
}

/// A text on one line that is not too long.
fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A sentence begins with a capital letter, but not with a changed name.
fn capital(text: &str) -> String {
    let word = text.split([' ', ':']).next().unwrap_or_default();
    match text.chars().next() {
        Some(first) if word.chars().all(char::is_alphabetic) => {
            format!("{}{}", first.to_uppercase(), &text[first.len_utf8()..])
        }
        _ => text.to_owned(),
    }
}

/// What an operation does, in words. `class` is the type of what it is done with, `key` that of the key in brackets.
pub(super) fn action(operation: &Operation, class: &str, key: &str) -> String {
    let own = |index| operation.own_name(index).unwrap_or_default();
    let row = operation.kind.row();
    match row.syntax {
        Syntax::Get => match key {
            "slice" => format!("slicing {}", a(class)),
            "index" => format!("reading an item of {}", a(class)),
            "tuple" => format!("indexing {} with a tuple", a(class)),
            _ => format!("indexing {} with an object", a(class)),
        },
        Syntax::Set => format!("assigning to {}", part(class, key)),
        Syntax::Delete => format!("deleting {}", part(class, key)),
        Syntax::Hold => format!("changing {}", part(class, key)),
        Syntax::SetAttribute => format!("setting {}{}", of(class), own(1)),
        Syntax::DeleteAttribute => format!("deleting {}{}", of(class), own(1)),
        Syntax::HoldAttribute => format!("{}{}", of(class), own(1)),
        Syntax::Method(name) => format!("{}{name}()", of(class)),
        Syntax::Attribute(name) => format!("{}{name}", of(class)),
        Syntax::AnyMethod => format!("{}{}()", of(class), own(1)),
        Syntax::AnyAttribute | Syntax::Lookup => format!("{}{}", of(class), own(1)),
        Syntax::AnyCall => format!("{}()", own(0)),
        Syntax::Member => own(0).to_owned(),
        Syntax::Call(path) if operation.kind.makes() || operation.operands.is_empty() => format!("{path}()"),
        Syntax::Call(path) => format!("{path}() of {}", a(class)),
        Syntax::Infix(_) if is_comparison(operation.kind) => format!("comparing {}", a(class)),
        Syntax::Infix(operator) | Syntax::Prefix(operator) => format!("the operator {operator}"),
        Syntax::InPlace(operator) => format!("{operator}= on {}", a(class)),
        Syntax::FString => "an f-string".to_owned(),
        Syntax::Field => format!("{} in an f-string", a(class)),
        Syntax::Unbind => "deleting a name".to_owned(),
        Syntax::Enter => "entering a with block".to_owned(),
        Syntax::Leave => "leaving a with block".to_owned(),
        Syntax::CallObject => format!("calling {}", a(class)),
        Syntax::Control => row.name.to_owned(),
        Syntax::Import => "importing a module".to_owned(),
        Syntax::Source => "running Python".to_owned(),
        Syntax::Tuple | Syntax::List | Syntax::Slice | Syntax::Plain => "reading a name".to_owned(),
    }
}

/// Whether an operation compares two objects.
pub(super) fn is_comparison(kind: Kind) -> bool {
    matches!(kind, Kind::Eq | Kind::Ne | Kind::Lt | Kind::Le | Kind::Gt | Kind::Ge)
}

/// A part of an object, by the type of the key.
fn part(class: &str, key: &str) -> String {
    match key {
        "slice" => format!("a slice of {}", a(class)),
        "index" => format!("an item of {}", a(class)),
        "tuple" => format!("{} with a tuple as its key", a(class)),
        _ => format!("{} with an object as its key", a(class)),
    }
}

/// What stands before the name of a method or an attribute.
fn of(class: &str) -> String {
    match class {
        "object" | "nothing" => String::new(),
        class => format!("{class}."),
    }
}

/// A type with its article.
fn a(class: &str) -> String {
    match class {
        "bytes" => "bytes".to_owned(),
        "nothing" => "an object".to_owned(),
        class if class.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {class}"),
        class => format!("a {class}"),
    }
}
