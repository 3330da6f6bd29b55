//! The table of operations in `docs/protocol.md`, which is generated from the rows of the operations.

use crate::operation::{Kind, Parameter, Syntax};
use std::fmt::Write;
use std::{env, fs};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.md");
const START: &str = "<!-- operations -->\n";
const END: &str = "<!-- end of operations -->\n";

#[test]
fn the_page_has_every_operation() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (head, rest) = page.split_once(START).unwrap();
    let (committed, tail) = rest.split_once(END).unwrap();
    let table = table();
    if env::var("VIEWCHECK_DOCS").is_ok_and(|write| write == "write") {
        fs::write(PAGE, [head, START, &table, END, tail].concat()).unwrap();
        return;
    }
    assert!(committed == table, "write it anew: VIEWCHECK_DOCS=write cargo test -p program documented");
}

fn table() -> String {
    let mut table = "| `do` | in Python | operands |\n|---|---|---|\n".to_owned();
    for kind in Kind::ALL {
        let row = kind.row();
        let operands = operands(row.syntax, row.parameters);
        writeln!(table, "| `{}` | {} | {} |", row.name, written(*kind, row.syntax, row.parameters), operands).unwrap();
    }
    table
}

/// The operands in their order, with brackets around those that may be left out.
fn operands(syntax: Syntax, parameters: &[Parameter]) -> String {
    let own = |index| if syntax.own_name() == Some(index) { " (written into the text)" } else { "" };
    let mut shown: Vec<String> = parameters
        .iter()
        .enumerate()
        .map(|(index, parameter)| match parameter.optional {
            true => format!("[`{}`]", parameter.name),
            false => format!("`{}`{}", parameter.name, own(index)),
        })
        .collect();
    if takes_any_number(syntax, parameters) {
        shown.push("...".to_owned());
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn takes_any_number(syntax: Syntax, parameters: &[Parameter]) -> bool {
    match syntax {
        Syntax::Tuple | Syntax::List | Syntax::FString | Syntax::AnyCall | Syntax::AnyMethod => true,
        Syntax::Call(path) => ["print", "zip"].contains(&path) && parameters.is_empty(),
        _ => false,
    }
}

fn written(kind: Kind, syntax: Syntax, parameters: &[Parameter]) -> String {
    let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name).collect();
    let name = |index: usize| names.get(index).copied().unwrap_or_default();
    let arguments = |from: usize| match takes_any_number(syntax, parameters) {
        true => "...".to_owned(),
        false => names.get(from..).unwrap_or_default().join(", "),
    };
    let text = match syntax {
        Syntax::Call(path) => format!("{path}({})", arguments(0)),
        Syntax::Method(method) => format!("{}.{method}({})", name(0), arguments(1)),
        Syntax::Attribute(attribute) => format!("{}.{attribute}", name(0)),
        Syntax::AnyAttribute => "object.name".to_owned(),
        Syntax::AnyMethod => "object.name(...)".to_owned(),
        Syntax::AnyCall => "path(...)".to_owned(),
        Syntax::Member => "path".to_owned(),
        Syntax::Get => format!("{}[{}]", name(0), name(1)),
        Syntax::Hold => "container[key] op= ...".to_owned(),
        Syntax::SetAttribute => format!("object.name = {}", name(2)),
        Syntax::DeleteAttribute => "del object.name".to_owned(),
        Syntax::HoldAttribute => "object.name op= ...".to_owned(),
        Syntax::Set => format!("{}[{}] = {}", name(0), name(1), name(2)),
        Syntax::Delete => format!("del {}[{}]", name(0), name(1)),
        Syntax::Infix(operator) => format!("{} {operator} {}", name(0), name(1)),
        Syntax::Prefix(operator @ "not") => format!("{operator} {}", name(0)),
        Syntax::Prefix(operator) => format!("{operator}{}", name(0)),
        Syntax::InPlace(operator) => format!("{} {operator}= {}", name(0), name(1)),
        Syntax::Tuple => "(...)".to_owned(),
        Syntax::List => "[...]".to_owned(),
        Syntax::FString => "f'...'".to_owned(),
        Syntax::Field => "{value!conversion:format}".to_owned(),
        Syntax::Slice => "start:stop:step".to_owned(),
        Syntax::Unbind => format!("del {}", name(0)),
        Syntax::CallObject => "object(...)".to_owned(),
        Syntax::Control => {
            return "what has bodies, or is part of one; the operands that are bodies are lists of operations"
                .to_owned();
        }
        Syntax::Import => "import module".to_owned(),
        Syntax::Enter => format!("with {} as ...:", name(0)),
        Syntax::Plain => return "a constant or a name by itself; the result is the operand".to_owned(),
        Syntax::Leave => return "the end of the innermost `with` block".to_owned(),
        Syntax::Source => return "any Python, which is sent to runners that take text, and to no others".to_owned(),
        Syntax::Lookup => {
            return "finds the method that is called later, and raises an AttributeError if there is none; \
                    the result is the object"
                .to_owned();
        }
    };
    match kind.extension() {
        Some(capability) => format!("`{text}` (needs `{capability}`)"),
        None => format!("`{text}`"),
    }
}
