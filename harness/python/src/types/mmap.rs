//! `mmap.mmap(-1, length)`: an anonymous memory map, with a position, that can be closed and made smaller.

pub(crate) mod methods;

use crate::buffers::{content_of, export_of, filled};
use crate::changes::Change;
use crate::context::Python;
use crate::convert::{Size, os_error};
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, overflow_error, type_error, value_error};
use crate::subscript::{inside, slice};
use crate::types::iterator::Sequence;
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use view::arguments::Named;
use view::{Buffer, Error, Exception, Export, Exporter, Flags, Indices, Signature, Watchers};

const CLASS: &str = "mmap.mmap";
const OUT_OF_RANGE: &str = "mmap index out of range";

/// A memory map.
struct Mmap {
    memory: Rc<Buffer>,
    position: Cell<usize>,
    is_closed: Cell<bool>,
    /// Whether the map was ever made smaller. If not, it can grow up to the end of its last page.
    was_shrunk: Cell<bool>,
    watchers: Watchers,
    has_state_text: bool,
    refuses_odd_flags: bool,
}

/// `mmap.mmap(fileno, length)`
pub(super) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    const MMAP: Signature = Signature {
        name: "mmap",
        parameters: &["fileno", "length", "flags", "prot", "access", "offset"],
        required: 2,
        named: Named::Never,
    };
    let is_newer = call.arguments.named().any(|(name, _)| name == "trackfd");
    if is_newer || call.values().len() > MMAP.parameters.len() {
        return Err(call.other_arguments());
    }
    // A `fileno` that can't be converted is reported before a missing `length`.
    if let [fileno] = call.arguments.positional() {
        python.c_int(fileno, false)?;
    }
    let [fileno, length, others @ ..]: [Option<&Object>; 6] = MMAP.bind(call.arguments, python.view_profile())?;
    let (Some(fileno), Some(length), [None, None, None, None]) = (fileno, length, others) else {
        return Err(call.unsupported("with more arguments than `fileno` and `length`"));
    };
    let fileno = python.c_int(fileno, false)?;
    match (fileno, python.whole(length)?) {
        (_, ..0) => Err(overflow_error("memory mapped length must be positive").into()),
        (..-1, _) => Err(os_error("[Errno 9] Bad file descriptor").into()),
        (-1, 0) => Err(os_error("[Errno 22] Invalid argument").into()),
        (-1, length @ 1..=LONGEST) => Ok(Object::instance(Mmap {
            memory: Buffer::new(vec![0; length.unsigned_abs()]),
            position: Cell::new(0),
            is_closed: Cell::new(false),
            was_shrunk: Cell::new(false),
            watchers: Watchers::default(),
            has_state_text: python.has(Change::MmapState),
            refuses_odd_flags: python.has(view::Change::FlagsChecked),
        })),
        _ => Err(call.unsupported("of a file, or of more than a million bytes")),
    }
}

/// The longest map that is modelled, in bytes.
const LONGEST: isize = 1 << 20;

impl Mmap {
    /// Raises ValueError if the map is closed.
    fn check_open(&self) -> Result<(), Error> {
        match self.is_closed.get() {
            true => Err(value_error("mmap closed or invalid")),
            false => Ok(()),
        }
    }

    /// Does something that may ask objects of the program. Old versions crash where these close or resize the map, and newer
    /// ones notice it in some places (gh-103987).
    fn unchanged<T>(&self, what: &str, act: impl FnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
        let before = (self.memory.generation(), self.is_closed.get());
        let outcome = act();
        match before == (self.memory.generation(), self.is_closed.get()) {
            true => outcome,
            false => Err(Stop::unsupported(format!("{what}, which is closed or resized meanwhile"))),
        }
    }

    /// `map[index] = value` or `del map[index]`
    fn set_byte(&self, python: &Python, at: isize, value: Option<&Object>) -> Result<(), Stop> {
        let no_deletion = type_error("mmap doesn't support item deletion");
        let place = || inside(at, self.memory.len(), OUT_OF_RANGE);
        let early = match python.has(Change::MmapValueFirst) {
            true => None,
            false => Some(place()?),
        };
        let value = value.ok_or(no_deletion)?;
        let byte = match value.ask_size()? {
            Size::Fits(byte) => byte,
            // It has the text of an IndexError, but is a TypeError.
            Size::TooLarge => {
                let class = value.class();
                return Err(type_error(format!("cannot fit '{class}' into an index-sized integer")).into());
            }
            Size::None => return Err(type_error("mmap item value must be an int").into()),
        };
        let out_of_range = |_| value_error("mmap item value must be in range(0, 256)");
        let byte = u8::try_from(byte).map_err(out_of_range)?;
        self.check_open()?;
        let at = early.map_or_else(place, Ok)?;
        Ok(self.memory.write(at as isize, &[byte])?)
    }

    /// `map[a:b:c] = value` or `del map[a:b:c]`
    fn set_part(&self, indices: Indices, value: Option<&Object>) -> Result<(), Stop> {
        let value = value.ok_or_else(|| type_error("mmap object doesn't support slice deletion"))?;
        let source = export_of(value, Flags::SIMPLE)?;
        self.check_open()?;
        let content = content_of(&source)?;
        if content.len() != indices.count.unsigned_abs() {
            return Err(Error::raised(Exception::IndexError, "mmap slice assignment is wrong size").into());
        }
        let is_own = Rc::ptr_eq(&source.memory, &self.memory);
        for (index, (at, byte)) in indices.positions().zip(content).enumerate() {
            // An extended slice is assigned byte by byte, so it reads bytes that it has already written.
            let byte = match is_own && indices.step != 1 {
                true => self.memory.look(source.offset + index as isize, 1, |byte| byte.first().copied())?,
                false => Some(byte),
            };
            self.memory.write(at as isize, byte.as_slice())?;
        }
        Ok(())
    }
}

impl Exporter for Mmap {
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        self.check_open()?;
        filled(&self.memory, flags, self.refuses_odd_flags)
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        Some(&self.memory)
    }

    fn watchers(&self) -> Option<&Watchers> {
        Some(&self.watchers)
    }

    fn object(self: Rc<Self>) -> Option<Box<dyn Any>> {
        Some(Box::new(Object::Instance(self)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Type for Mmap {
    fn class(&self) -> &str {
        CLASS
    }

    fn type_path(&self) -> Option<&'static str> {
        Some(CLASS)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn repr(&self) -> Result<String, Stop> {
        let (length, position) = (self.memory.len(), self.position.get());
        Ok(match (self.has_state_text, self.is_closed.get()) {
            (false, _) => format!("<{CLASS} object at 0x0>"),
            (true, true) => format!("<{CLASS} closed=True>"),
            (true, false) => {
                format!("<{CLASS} closed=False, access=ACCESS_DEFAULT, length={length}, pos={position}, offset=0>")
            }
        })
    }

    fn length(&self) -> Result<isize, Error> {
        self.check_open()?;
        Ok(self.memory.len() as isize)
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        self.unchanged("a subscript of a memory map", || {
            self.check_open()?;
            if let Object::Slice(parts) = key {
                let indices = slice(parts).bounds(python.view_profile())?.of(self.memory.len() as isize);
                let content = self.memory.to_vec();
                return Ok(Object::bytes(indices.positions().filter_map(|at| content.get(at)).copied().collect()));
            }
            let at = inside(index(key, "mmap indices must be integers")?, self.memory.len(), OUT_OF_RANGE)?;
            let byte = self.memory.look(at as isize, 1, |byte| byte.first().copied())?;
            Ok(Object::int(byte.unwrap_or(0)))
        })
    }

    fn set_item(&self, python: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        self.unchanged("setting an item of a memory map", || {
            if !python.has(Change::MmapValueFirst) {
                self.check_open()?;
            }
            if let Object::Slice(parts) = key {
                let bounds = slice(parts).bounds(python.view_profile())?;
                return self.set_part(bounds.of(self.memory.len() as isize), value);
            }
            let at = index(key, "mmap indices must be integer")?;
            self.set_byte(python, at, value)
        })
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        match call.name {
            "close" | "resize" | "__exit__" => methods::call(self, python, this, call),
            name => self.unchanged(name, || methods::call(self, python, this, call)),
        }
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            "closed" => Ok(Object::Bool(self.is_closed.get())),
            _ => Err(self.missing(name)),
        }
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(Sequence::forward(this, "iterator"))
    }

    fn reverse_iterator(&self, _: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "reversed", false)
    }

    /// Subscripts return an int; iteration returns bytes objects of length 1.
    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        self.check_open()?;
        Ok(self.memory.look(position, 1, <[u8]>::to_vec).ok().map(Object::bytes))
    }

    fn enter(&self, this: &Object) -> Option<Outcome> {
        Some(self.check_open().map(|()| this.clone()).map_err(Stop::from))
    }

    fn exit(&self) -> Result<(), Stop> {
        Ok(methods::close(self)?)
    }

    fn exporter(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn index(key: &Object, text: &str) -> Result<isize, Error> {
    match view::Object::has_index(key) {
        true => key.as_size(),
        false => Err(type_error(text)),
    }
}
