//! Text as bytes, and bytes as text: `encode` and `decode`, with the errors for what an encoding does not have.

use crate::address;
use crate::buffers::buffer_of;
use crate::object::{Call, Object, Outcome};
use crate::stop::{Stop, type_error};
use view::{Error, Exception};

/// An encoding that is modelled.
#[derive(Clone, Copy, PartialEq)]
enum Encoding {
    Ascii,
    Latin1,
    Utf8,
}

/// What becomes of characters or bytes that an encoding does not have.
#[derive(Clone, Copy, PartialEq)]
enum Handler {
    Strict,
    Ignore,
    Replace,
    Escape,
    /// One that is not modelled, and does not matter where nothing is wrong.
    Other,
}

impl Encoding {
    fn of(name: Option<&Object>, call: &Call<'_>) -> Result<Encoding, Stop> {
        let name = match name {
            None => return Ok(Encoding::Utf8),
            Some(Object::Str(name)) => name,
            Some(_) => return Err(call.other_arguments()),
        };
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "ascii" | "us-ascii" => Ok(Encoding::Ascii),
            "latin-1" | "latin1" | "iso-8859-1" | "l1" => Ok(Encoding::Latin1),
            "utf-8" | "utf8" => Ok(Encoding::Utf8),
            _ => Err(call.unsupported(format!("with the encoding `{name}`"))),
        }
    }

    /// What errors call it.
    fn name(self) -> &'static str {
        match self {
            Encoding::Ascii => "ascii",
            Encoding::Latin1 => "latin-1",
            Encoding::Utf8 => "utf-8",
        }
    }
}

impl Handler {
    fn of(name: Option<&Object>, call: &Call<'_>) -> Result<Handler, Stop> {
        Ok(match name {
            None => Handler::Strict,
            Some(Object::Str(name)) => match &**name {
                "strict" => Handler::Strict,
                "ignore" => Handler::Ignore,
                "replace" => Handler::Replace,
                "backslashreplace" => Handler::Escape,
                _ => Handler::Other,
            },
            Some(_) => return Err(call.other_arguments()),
        })
    }
}

/// The arguments `encoding` and `errors` of a method, each by position or by name.
pub(super) fn arguments<'a>(call: &Call<'a>) -> Result<[Option<&'a Object>; 2], Stop> {
    match call.split(["encoding", "errors"])? {
        ([], named) => Ok(named),
        ([encoding], [None, errors]) => Ok([Some(encoding), errors]),
        ([encoding, errors], [None, None]) => Ok([Some(encoding), Some(errors)]),
        _ => Err(call.other_arguments()),
    }
}

/// `text.encode(encoding, errors)`
pub(super) fn encode(
    text: &str,
    encoding: Option<&Object>,
    errors: Option<&Object>,
    call: &Call<'_>,
) -> Result<Vec<u8>, Stop> {
    let (encoding, handler) = (Encoding::of(encoding, call)?, Handler::of(errors, call)?);
    // In bytes, an address could not be told from what else there may be.
    address::check(text)?;
    let limit = match encoding {
        Encoding::Ascii => 128,
        Encoding::Latin1 => 256,
        Encoding::Utf8 => return Ok(text.as_bytes().to_vec()),
    };
    let is_bad = |char: char| u32::from(char) >= limit;
    let mut content = vec![];
    for (position, char) in text.chars().enumerate() {
        match handler {
            _ if !is_bad(char) => content.push(char as u8),
            Handler::Strict => {
                let count = text.chars().skip(position).take_while(|char| is_bad(*char)).count();
                let what = match count {
                    1 => format!("character '{}' in position {position}", escaped(char)),
                    _ => format!("characters in position {position}-{}", position + count - 1),
                };
                let name = encoding.name();
                let text = format!("'{name}' codec can't encode {what}: ordinal not in range({limit})");
                return Err(Error::raised(Exception::from_name("UnicodeEncodeError"), text).into());
            }
            Handler::Ignore => {}
            Handler::Replace => content.push(b'?'),
            Handler::Escape => content.extend(escaped(char).bytes()),
            Handler::Other => return Err(other_handler(call)),
        }
    }
    Ok(content)
}

fn other_handler(call: &Call<'_>) -> Stop {
    call.unsupported("with such an error handler")
}

fn escaped(char: char) -> String {
    match u32::from(char) {
        code @ ..0x100 => format!("\\x{code:02x}"),
        code @ ..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// `content.decode(encoding, errors)`
pub(crate) fn decode(content: &[u8], encoding: Option<&Object>, errors: Option<&Object>, call: &Call<'_>) -> Outcome {
    let (encoding, handler) = (Encoding::of(encoding, call)?, Handler::of(errors, call)?);
    let (mut text, mut start) = (String::new(), 0);
    while start < content.len() {
        let rest = &content[start..];
        let (good, bad) = match encoding {
            Encoding::Latin1 => (rest.iter().copied().map(char::from).collect(), None),
            Encoding::Ascii => ascii(rest),
            Encoding::Utf8 => utf8(rest),
        };
        text.push_str(&good);
        let Some(Bad { after, length, why }) = bad else { break };
        let bytes = &rest[after..after + length];
        let position = start + after;
        match handler {
            Handler::Strict => {
                let what = match bytes {
                    [byte] => format!("byte 0x{byte:02x} in position {position}"),
                    _ => format!("bytes in position {position}-{}", position + length - 1),
                };
                let text = format!("'{}' codec can't decode {what}: {why}", encoding.name());
                return Err(Error::raised(Exception::from_name("UnicodeDecodeError"), text).into());
            }
            Handler::Ignore => {}
            Handler::Replace => text.push('\u{fffd}'),
            Handler::Escape => bytes.iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}"))),
            Handler::Other => return Err(other_handler(call)),
        }
        start = position + length;
    }
    Ok(Object::str(text))
}

/// Bytes that are no text: how many come before them, how many they are, and why.
struct Bad {
    after: usize,
    length: usize,
    why: &'static str,
}

fn ascii(content: &[u8]) -> (String, Option<Bad>) {
    let after = content.iter().position(|byte| !byte.is_ascii());
    let good = content.iter().take(after.unwrap_or(content.len())).copied().map(char::from).collect();
    (good, after.map(|after| Bad { after, length: 1, why: "ordinal not in range(128)" }))
}

fn utf8(content: &[u8]) -> (String, Option<Bad>) {
    let error = match std::str::from_utf8(content) {
        Ok(text) => return (text.to_owned(), None),
        Err(error) => error,
    };
    let (good, bad) = content.split_at(error.valid_up_to());
    let (length, why) = match (error.error_len(), bad) {
        (None, bad) => (bad.len(), "unexpected end of data"),
        (Some(1), [0xc2..=0xf4, ..]) => (1, "invalid continuation byte"),
        (Some(1), _) => (1, "invalid start byte"),
        (Some(length), _) => (length, "invalid continuation byte"),
    };
    (String::from_utf8_lossy(good).into_owned(), Some(Bad { after: good.len(), length, why }))
}

/// `str(source, encoding, errors)`
pub(crate) fn str_of(call: &Call<'_>) -> Outcome {
    let (values, [object, encoding, errors]) = call.split(["object", "encoding", "errors"])?;
    let pick = |at: usize, named| match (values.get(at), named) {
        (Some(value), None) => Ok(Some(value)),
        (None, named) => Ok(named),
        (Some(_), Some(_)) => Err(call.other_arguments()),
    };
    let (source, encoding, errors) = (pick(0, object)?, pick(1, encoding)?, pick(2, errors)?);
    let source = match (source, values.len()) {
        (Some(source), ..=3) => source,
        (None, 0) if encoding.is_none() && errors.is_none() => return Ok(Object::str("")),
        _ => return Err(call.other_arguments()),
    };
    if encoding.is_none() && errors.is_none() {
        return Ok(Object::str(source.as_type().str()?));
    }
    if !encoding.iter().chain(errors.iter()).all(|name| matches!(name, Object::Str(_))) {
        return Err(call.other_arguments());
    }
    match source {
        Object::Str(_) => Err(type_error("decoding str is not supported").into()),
        source => match buffer_of(source) {
            Ok(content) => decode(&content, encoding, errors, call),
            Err(_) => {
                let class = source.class();
                Err(type_error(format!("decoding to str: need a bytes-like object, {class} found")).into())
            }
        },
    }
}
