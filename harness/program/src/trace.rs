//! The record of a run, in a form that is fast to compare.
//!
//! A trace consists of bytes in a canonical encoding, and of the positions where its steps end. Two engines agree on a
//! step exactly if its bytes are equal, so a fuzzing run compares with `memcmp` and allocates nothing. Only a step that
//! differs is decoded, into an [`Observation`].

pub(crate) mod beside;
pub(crate) mod glance;
mod parts;
mod read;

use crate::observation::{Live, Observation, Offset, Outcome, Root};
use crate::value::{Value, float_bits};
use num_bigint::BigInt;
use read::Decoder;
use serde::{Deserialize, Serialize};
use std::io::Write;

/// How many levels of lists, tuples and slices every engine observes. Of one that is nested more deeply it observes the type.
pub const DEEPEST: usize = 70;

/// The observations of an engine, step by step: for each an outcome ([`Trace::nothing`], [`Trace::value`] and a value, or
/// [`Trace::raised`]), then [`Trace::state`] with the state of each named object, then [`Trace::end_step`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "parts::Parts")]
pub struct Trace {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    #[serde(skip)]
    beside: beside::Beside,
}

const NOTHING: u8 = b'-';
const VALUE: u8 = b'=';
const RAISED: u8 = b'!';
const STATE: u8 = b'S';
const NO_STATE: u8 = b's';
const LIVE_EXPORTER: u8 = b'E';
const LIVE_VIEW: u8 = b'V';
const LIVE_UNNAMED: u8 = b'U';
const END: u8 = b'.';
// The bits of a view's first byte: where it starts, and whether it is read-only.
const OUTSIDE: u8 = 0;
const AT: u8 = 1;
const UNKNOWN: u8 = 4;
const READONLY: u8 = 2;

impl Trace {
    /// Creates an empty trace.
    pub fn new() -> Trace {
        Trace::default()
    }

    /// Clears the trace, keeping its memory for the next program.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.beside.clear();
    }

    /// Returns the number of complete steps.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of bytes that all steps take.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Returns whether no step is complete.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the encoded bytes of a step; empty for one that does not exist.
    pub fn step(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.end(before));
        &self.bytes[start..self.end(index)]
    }

    fn end(&self, index: usize) -> usize {
        self.ends.get(index).map_or(self.bytes.len(), |end| *end as usize)
    }

    /// Returns the index of the first step in which two traces differ, if any.
    pub fn first_difference(&self, other: &Trace) -> Option<usize> {
        if self == other {
            return None;
        }
        let steps = self.len().max(other.len());
        (0..steps).find(|&index| index >= self.len() || index >= other.len() || self.step(index) != other.step(index))
    }

    /// Returns the observation of a step; `None` if the step is not complete.
    pub fn observation(&self, index: usize) -> Option<Observation> {
        if index >= self.len() {
            return None;
        }
        Decoder { rest: self.step(index) }.observation()
    }

    /// Returns all observations.
    pub fn observations(&self) -> impl Iterator<Item = Observation> + '_ {
        (0..self.len()).map_while(|index| self.observation(index))
    }

    /// Writes that the step had no value.
    pub fn nothing(&mut self) {
        self.bytes.push(NOTHING);
    }

    /// Begins the value of a step, which the caller writes next.
    pub fn value(&mut self) {
        self.bytes.push(VALUE);
    }

    /// Writes an exception with its message.
    pub fn raised_text(&mut self, exception: &str, message: &str) {
        self.bytes.push(RAISED);
        self.text(exception);
        self.masked(message);
    }

    /// Writes an exception whose message is formatted from `message`.
    pub fn raised(&mut self, exception: &str, message: impl std::fmt::Display) {
        self.bytes.push(RAISED);
        self.text(exception);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        // Writing to a Vec can't fail.
        let _ = write!(self.bytes, "{message}");
        if needs_mask(&self.bytes[start + 4..]) {
            let masked = mask(&String::from_utf8_lossy(&self.bytes[start + 4..]));
            self.bytes.truncate(start + 4);
            self.bytes.extend_from_slice(masked.as_bytes());
        }
        let length = self.bytes.len() - start - 4;
        self.bytes[start..start + 4].copy_from_slice(&(length as u32).to_le_bytes());
    }

    /// Ends the outcome of a step: writes what it printed, and whether the state of named objects follows.
    pub fn state(&mut self, printed: &str, observed: bool) {
        self.masked(printed);
        self.bytes.push(if observed { STATE } else { NO_STATE });
    }

    /// Writes the state of a named mutable exporter.
    pub fn live_exporter(&mut self, name: u16, locked: bool, content: &[u8]) {
        self.live(LIVE_EXPORTER, name, locked);
        self.blob(content);
    }

    /// Writes the state of a named view.
    pub fn live_view(&mut self, name: u16, released: bool) {
        self.live(LIVE_VIEW, name, released);
    }

    /// Writes the state of the unnamed mutable exporter of a named view.
    pub fn live_unnamed(&mut self, name: u16, locked: bool, content: &[u8]) {
        self.live(LIVE_UNNAMED, name, locked);
        self.blob(content);
    }

    fn live(&mut self, tag: u8, name: u16, flag: bool) {
        let [low, high] = name.to_le_bytes();
        self.bytes.extend_from_slice(&[tag, low, high, u8::from(flag)]);
    }

    /// Ends the step.
    pub fn end_step(&mut self) {
        self.bytes.push(END);
        self.ends.push(self.bytes.len() as u32);
    }

    /// Removes what was written of an incomplete step.
    pub fn abandon_step(&mut self) {
        let end = self.ends.last().map_or(0, |end| *end as usize);
        self.bytes.truncate(end);
        self.forget_incomplete();
    }

    /// `None`
    pub fn none(&mut self) {
        self.bytes.push(b'0');
    }

    /// A bool.
    pub fn bool(&mut self, value: bool) {
        self.bytes.push(if value { b'T' } else { b'F' });
    }

    /// An int that fits in 64 bits, signed.
    pub fn int(&mut self, value: i64) {
        self.word(b'i', value as u64);
    }

    /// An int that fits in 64 bits, unsigned.
    pub fn uint(&mut self, value: u64) {
        match i64::try_from(value) {
            Ok(value) => self.int(value),
            Err(_) => self.big(&BigInt::from(value)),
        }
    }

    /// An int of any size. One that fits into 64 bits is written as by [`Trace::int`].
    pub fn big(&mut self, value: &BigInt) {
        match i64::try_from(value) {
            Ok(value) => self.int(value),
            Err(_) => {
                self.bytes.push(b'I');
                self.blob(&value.to_signed_bytes_le());
            }
        }
    }

    /// A float.
    pub fn float(&mut self, value: f64) {
        self.word(b'f', float_bits(value));
    }

    /// A complex number.
    pub fn complex(&mut self, real: f64, imag: f64) {
        self.word(b'j', float_bits(real));
        self.bytes.extend_from_slice(&float_bits(imag).to_le_bytes());
    }

    /// `bytes`
    pub fn bytes(&mut self, value: &[u8]) {
        self.bytes.push(b'b');
        self.blob(value);
    }

    /// `bytearray`
    pub fn bytearray(&mut self, value: &[u8]) {
        self.bytes.push(b'a');
        self.blob(value);
    }

    /// `str`
    pub fn str(&mut self, value: &str) {
        self.bytes.push(b's');
        self.masked(value);
    }

    /// The start of a tuple with that many values, which the caller writes next.
    pub fn tuple(&mut self, len: usize) {
        self.count(b'(', len);
    }

    /// The start of a list with that many values, which the caller writes next.
    pub fn list(&mut self, len: usize) {
        self.count(b'[', len);
    }

    /// The start of a slice, whose three parts the caller writes next.
    pub fn slice(&mut self) {
        self.bytes.push(b':');
    }

    /// `...`
    pub fn ellipsis(&mut self) {
        self.bytes.push(b'E');
    }

    /// A type.
    pub fn type_(&mut self, name: &str) {
        self.bytes.push(b't');
        self.text(name);
    }

    /// An `array.array`.
    pub fn array(&mut self, typecode: char, content: &[u8]) {
        self.count(b'A', typecode as usize);
        self.blob(content);
    }

    /// A hash.
    pub fn hash(&mut self) {
        self.bytes.push(b'h');
    }

    /// Any other object.
    pub fn object(&mut self, type_name: &str) {
        self.bytes.push(b'o');
        self.text(type_name);
    }

    /// A released view.
    pub fn released_view(&mut self) {
        self.bytes.push(b'r');
    }

    /// The start of a view whose exporter has a name. Its layout follows.
    pub fn view_of_name(&mut self, name: u16) {
        self.bytes.extend_from_slice(&[b'v', name.to_le_bytes()[0], name.to_le_bytes()[1]]);
    }

    /// The start of a view whose exporter has no name, with the name of the exporter's type. Its layout follows.
    pub fn view_of_unnamed(&mut self, type_name: &str) {
        self.bytes.push(b'u');
        self.text(type_name);
    }

    /// The layout of a view. All sizes are in bytes except `shape`. `suboffsets` is empty if the view has none.
    pub fn layout(&mut self, offset: Offset, readonly: bool, format: &str, itemsize: i64, axes: Axes<'_>) {
        let (place, distance) = match offset {
            Offset::At(distance) => (AT, distance),
            Offset::Outside => (OUTSIDE, 0),
            Offset::Unknown => (UNKNOWN, 0),
        };
        self.bytes.push(place | if readonly { READONLY } else { 0 });
        self.bytes.extend_from_slice(&distance.to_le_bytes());
        self.text(format);
        self.bytes.extend_from_slice(&itemsize.to_le_bytes());
        for axis in [axes.shape, axes.strides, axes.suboffsets] {
            self.bytes.extend_from_slice(&(axis.len() as u32).to_le_bytes());
            for size in axis {
                self.bytes.extend_from_slice(&(*size as i64).to_le_bytes());
            }
        }
    }

    fn word(&mut self, tag: u8, word: u64) {
        let mut encoded = [tag; 9];
        encoded[1..].copy_from_slice(&word.to_le_bytes());
        self.bytes.extend_from_slice(&encoded);
    }

    fn count(&mut self, tag: u8, count: usize) {
        self.bytes.push(tag);
        self.bytes.extend_from_slice(&(count as u32).to_le_bytes());
    }

    fn blob(&mut self, blob: &[u8]) {
        self.bytes.extend_from_slice(&(blob.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(blob);
    }

    fn text(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    fn masked(&mut self, text: &str) {
        if !text.is_empty() && needs_mask(text.as_bytes()) { self.text(&mask(text)) } else { self.text(text) }
    }
}

/// The sizes of a view in each dimension.
#[derive(Clone, Copy, Debug)]
pub struct Axes<'a> {
    /// The number of items.
    pub shape: &'a [isize],
    /// The distance between items, in bytes.
    pub strides: &'a [isize],
    /// The offset added after following a pointer, in bytes; empty if the view has none.
    pub suboffsets: &'a [isize],
}

/// The message of SystemError for wrong use of the C API, without the file and line in which CPython detects it.
const INTERNAL: &str = ": bad argument to internal function";

fn needs_mask(text: &[u8]) -> bool {
    text.contains(&b'0') && text.windows(2).any(|pair| pair == b"0x") || text.ends_with(INTERNAL.as_bytes())
}

/// Replaces the parts of a text that differ between runs or builds: the address in `<memory at 0x7f…>` becomes `0x...`,
/// and the place in `../Objects/abstract.c:430: bad argument to internal function` becomes `...`.
pub fn mask(text: &str) -> String {
    if text.ends_with(INTERNAL) {
        return format!("...{INTERNAL}");
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(" at 0x") {
        let (before, address) = rest.split_at(at + " at 0x".len());
        out.push_str(before);
        let digits = address.bytes().take_while(u8::is_ascii_hexdigit).count();
        out.push_str(if digits > 0 { "..." } else { "" });
        rest = &address[digits..];
    }
    out.push_str(rest);
    out
}

impl Trace {
    /// Writes a value that is already known, in the encoding that an engine would use.
    pub fn write(&mut self, value: &Value) {
        match value {
            Value::None => self.none(),
            Value::Bool(value) => self.bool(*value),
            Value::Int(value) => self.int(*value),
            Value::Big(value) => self.big(value),
            Value::Float(value) => self.float(*value),
            Value::Complex(real, imag) => self.complex(*real, *imag),
            Value::Bytes(value) => self.bytes(value),
            Value::Bytearray(value) => self.bytearray(value),
            Value::Str(value) => self.str(value),
            Value::Tuple(items) => {
                self.tuple(items.len());
                items.iter().for_each(|item| self.write(item));
            }
            Value::List(items) => {
                self.list(items.len());
                items.iter().for_each(|item| self.write(item));
            }
            Value::Slice(parts) => {
                self.slice();
                parts.iter().for_each(|part| self.write(part));
            }
            Value::Ellipsis => self.ellipsis(),
            Value::Type(name) => self.type_(name),
            Value::Array(typecode, content) => self.array(*typecode, content),
            Value::Hash => self.hash(),
            Value::Object(name) => self.object(name),
            Value::View(view) if view.released => self.released_view(),
            Value::View(view) => {
                match &view.root {
                    Root::Named(name) => self.view_of_name(*name),
                    Root::Unnamed(type_name) => self.view_of_unnamed(type_name),
                }
                let sizes = |axis: &[i64]| axis.iter().map(|size| *size as isize).collect::<Vec<_>>();
                let (shape, strides, suboffsets) = (sizes(&view.shape), sizes(&view.strides), sizes(&view.suboffsets));
                let axes = Axes { shape: &shape, strides: &strides, suboffsets: &suboffsets };
                self.layout(view.offset, view.readonly, &view.format, view.itemsize, axes);
            }
        }
    }

    /// Writes a step that is already known.
    pub fn write_observation(&mut self, observation: &Observation) {
        match &observation.outcome {
            Outcome::Nothing => self.nothing(),
            Outcome::Value(value) => {
                self.value();
                self.write(value);
            }
            Outcome::Raised(raised) => self.raised(&raised.exception, &raised.message),
        }
        self.state(&observation.printed, observation.live.is_some());
        for (name, live) in observation.live.iter().flatten() {
            match live {
                Live::Exporter { locked, content } => self.live_exporter(*name, *locked, content),
                Live::View { released } => self.live_view(*name, *released),
                Live::ViewOfUnnamed { locked, content } => self.live_unnamed(*name, *locked, content),
            }
        }
        self.end_step();
    }
}
