//! Binds the arguments of `exporter(data, …)`, which belongs to the language of cases. Both engines use these rules.
//!
//! An engine converts each argument to an [`Argument`], and raises the error that [`describe`] returns.

use view::{Abi, Description, Error, Exception, native_size};

/// The name of the type, and of the function that makes it.
pub const EXPORTER: &str = "exporter";

/// The argument whose hash becomes the hash of the exporter.
pub const HASH: &str = "hash";

/// An argument, reduced to what a description needs.
#[allow(missing_docs, reason = "the names are Python's")]
pub enum Argument {
    None,
    Bool(bool),
    /// An int; `None` for one that does not fit into `isize`.
    Int(Option<isize>),
    Str(String),
    Bytes(Vec<u8>),
    /// A tuple or a list.
    List(Vec<Argument>),
    Other,
}

/// Returns the content and the layout that a call describes. [`Description::check`] checks the layout.
pub fn describe<Name: AsRef<str>>(
    positional: Vec<Argument>,
    keywords: impl IntoIterator<Item = (Name, Argument)>,
    abi: Abi,
) -> Result<(Vec<u8>, Description), Error> {
    let mut positional = positional.into_iter();
    let content = match (positional.next(), positional.next()) {
        (Some(Argument::Bytes(content)), None) => content,
        (Some(_), None) => return Err(type_error("exporter() argument 'data' must be bytes")),
        _ => return Err(type_error("exporter() takes one argument by position, the data")),
    };
    let mut description = Description::default();
    let mut itemsize = None;
    for (name, argument) in keywords {
        let name = name.as_ref();
        match name {
            "format" => description.format = text(name, argument)?,
            "itemsize" => itemsize = size(name, argument)?,
            "shape" => description.shape = sizes(name, argument)?,
            "strides" => description.strides = sizes(name, argument)?,
            "offset" => description.offset = size(name, argument)?.unwrap_or(0),
            "suboffsets" => description.suboffsets = sizes(name, argument)?,
            "readonly" => match argument {
                Argument::Bool(readonly) => description.readonly = readonly,
                _ => return Err(must_be(name, "a bool")),
            },
            // Any object is valid. Each engine keeps its own.
            HASH => {}
            _ => return Err(type_error(&format!("exporter() has no argument '{name}'"))),
        }
    }
    description.itemsize = match (itemsize, &description.format) {
        (Some(itemsize), _) => itemsize,
        (None, None) => 1,
        (None, Some(format)) => {
            native_size(format, abi).ok_or_else(|| type_error("exporter() needs the itemsize of this format"))?
        }
    };
    Ok((content, description))
}

fn text(name: &str, argument: Argument) -> Result<Option<String>, Error> {
    match argument {
        Argument::None => Ok(None),
        Argument::Str(text) => Ok(Some(text)),
        _ => Err(must_be(name, "a str or None")),
    }
}

fn size(name: &str, argument: Argument) -> Result<Option<isize>, Error> {
    match argument {
        Argument::None => Ok(None),
        Argument::Bool(value) => Ok(Some(value.into())),
        Argument::Int(Some(value)) => Ok(Some(value)),
        Argument::Int(None) => Err(Error::Value("exporter: a number is too large")),
        _ => Err(must_be(name, "an int or None")),
    }
}

fn sizes(name: &str, argument: Argument) -> Result<Option<Vec<isize>>, Error> {
    let not_ints = || must_be(name, "a tuple or a list of ints, or None");
    match argument {
        Argument::None => Ok(None),
        Argument::List(items) => {
            let item = |item| match item {
                Argument::Bool(_) | Argument::Int(_) => size(name, item)?.ok_or_else(not_ints),
                _ => Err(not_ints()),
            };
            items.into_iter().map(item).collect::<Result<_, _>>().map(Some)
        }
        _ => Err(not_ints()),
    }
}

fn must_be(name: &str, what: &str) -> Error {
    type_error(&format!("exporter() argument '{name}' must be {what}"))
}

fn type_error(text: &str) -> Error {
    Error::raised(Exception::TypeError, text)
}
