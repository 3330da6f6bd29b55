//! `array.array`: writable items of one C type, which can't be resized while the buffer is exported.
//!
//! Its conversions and error texts differ from those of memoryview. They were measured on Python 3.8 to 3.13.

use crate::changes::{Change, Profile};
use std::any::Any;
use std::rc::Rc;

use super::{insertion, position, remove_items};
use view::format::{Format, Native, Text};
use view::{Buffer, Error, Export, Exporter, Flags, Indices, Int, Item, LIMIT, Object, Watchers, Wide, too_large};

/// The item type of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typecode {
    /// Numbers.
    Number(Native),
    /// `u` or `w`: characters of four bytes, which memoryview calls `w` and cannot read.
    Character(char),
}

impl Typecode {
    /// Returns the type code with this name; `None` if the version has none.
    pub fn new(code: &str, profile: Profile) -> Result<Self, Error> {
        let text = match code {
            "u" => return Ok(Typecode::Character('u')),
            "w" if profile.has(Change::ArrayW) => return Ok(Typecode::Character('w')),
            "b" | "B" | "h" | "H" | "i" | "I" | "l" | "L" | "q" | "Q" | "f" | "d" => Text::from(code),
            "e" | "Zf" | "Zd" if profile.has(Change::ArrayWideCodes) => Text::from(code),
            _ => return Err(Error::Value(unknown_code(profile))),
        };
        let native = Format::new(text, profile.view()).native();
        native.map(Typecode::Number).ok_or(Error::Unspecified { what: "the type code has no format" })
    }
}

/// Returns the error for an unknown type code.
fn unknown_code(profile: Profile) -> &'static str {
    if profile.has(Change::ArrayWideCodes) {
        "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, e, f, d, Zf or Zd)"
    } else if profile.has(Change::ArrayCodesText) {
        "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"
    } else {
        "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)"
    }
}

/// An array. Methods that would change its length raise [`Error::ArrayResize`] while it is exported.
#[derive(Debug)]
pub struct Array {
    typecode: Typecode,
    profile: Profile,
    memory: Rc<Buffer>,
    watchers: Watchers,
}

impl Array {
    /// `array(typecode, content)`, where `content` has the machine's representation (little-endian).
    pub fn new(typecode: &str, content: Vec<u8>, profile: Profile) -> Result<Rc<Self>, Error> {
        let typecode = Typecode::new(typecode, profile)?;
        let array = Self { typecode, profile, memory: Buffer::new(Vec::new()), watchers: Watchers::default() };
        array.frombytes(&content)?;
        Ok(Rc::new(array))
    }

    /// `array(typecode, items)`
    pub fn from_items(typecode: &str, items: &[&dyn Object], profile: Profile) -> Result<Rc<Self>, Error> {
        let array = Self::new(typecode, Vec::new(), profile)?;
        items.iter().try_for_each(|item| array.append(*item))?;
        Ok(array)
    }

    /// An array of the same type code with other content.
    pub fn like(&self, content: Vec<u8>) -> Result<Rc<Self>, Error> {
        Self::new(&self.code().to_string(), content, self.profile)
    }

    /// `a.typecode`, which is one character.
    pub fn code(&self) -> char {
        match self.typecode {
            Typecode::Character(code) => code,
            Typecode::Number(native) => native.code().chars().next().unwrap_or('?'),
        }
    }

    /// Returns the item type.
    pub fn typecode(&self) -> Typecode {
        self.typecode
    }

    /// `a.itemsize`
    pub fn itemsize(&self) -> usize {
        match self.typecode {
            Typecode::Number(native) => native.size(self.profile.abi()),
            Typecode::Character(_) => 4,
        }
    }

    /// `a.tobytes()`
    pub fn to_vec(&self) -> Vec<u8> {
        self.memory.to_vec()
    }

    /// `len(a)`
    pub fn len(&self) -> usize {
        self.memory.len() / self.itemsize()
    }

    /// `not a`
    pub fn is_empty(&self) -> bool {
        self.memory.is_empty()
    }

    fn load(&self, position: usize) -> Result<Item, Error> {
        let Typecode::Number(native) = self.typecode else {
            return Err(Error::Unspecified { what: "the reference does not model the characters of an array" });
        };
        let size = self.itemsize();
        Ok(native.unpack(self.memory.item((position * size) as isize, size)?, self.profile.view()))
    }

    /// Converts a value to the bytes of an item. Not for arrays of characters.
    fn convert(&self, value: &dyn Object) -> Result<Vec<u8>, Error> {
        let Typecode::Number(native) = self.typecode else {
            return Err(Error::Unspecified { what: "the reference does not model the characters of an array" });
        };
        let wide = match native {
            // The value is converted to a C float first, which rounds large values to infinity.
            Native::Half => Wide::Float(f64::from(real(value)? as f32)),
            Native::Float | Native::Double => Wide::Float(real(value)?),
            Native::ComplexFloat | Native::ComplexDouble => match value.complex() {
                Some(complex) => complex.map(|(real, imaginary)| Wide::Complex(real, imaginary))?,
                None => Wide::Complex(real(value)?, 0.0),
            },
            _ => Wide::Int(self.integer(native, value)?),
        };
        let raw = native.pack(wide, self.profile.view());
        let mut bytes = raw.map_err(|_| Error::Overflow("float too large to pack with e format"))?.to_vec();
        bytes.truncate(self.itemsize());
        Ok(bytes)
    }

    /// Converts a value to the bytes of a new item. For a value that does not fit into a 16-bit float, CPython raises
    /// after it has made room, and leaves the new item uninitialized.
    fn added(&self, value: &dyn Object) -> Result<Vec<u8>, Error> {
        self.convert(value).map_err(|error| match (self.typecode, &error) {
            (Typecode::Number(Native::Half), Error::Overflow(_)) => {
                Error::Unspecified { what: "the array has grown by an uninitialized item whose value did not fit" }
            }
            _ => error,
        })
    }

    fn integer(&self, native: Native, value: &dyn Object) -> Result<i128, Error> {
        let int = match value.int().map(Ok).or_else(|| value.index()) {
            Some(int) => int?,
            None => return Err(self.no_integer(native, value)),
        };
        let within = |native: Native| native.range(self.profile.abi());
        for (through, (below, above)) in steps(native) {
            let (low, high) = within(*through);
            if int.within(low, high).is_none() {
                return Err(Error::Overflow(if int.is_negative() { below } else { above }));
            }
        }
        let (low, high) = within(native);
        int.within(low, high).ok_or(Error::Overflow("int too big to convert"))
    }

    fn no_integer(&self, native: Native, value: &dyn Object) -> Error {
        let type_name = value.type_name().into();
        if self.profile.has(view::Change::IntegerText) {
            return Error::NotInteger { type_name };
        }
        match (value.float().is_some() && &*type_name == "float", native) {
            (true, Native::UnsignedInt | Native::UnsignedLong | Native::UnsignedLongLong) => {
                Error::Type("array item must be integer")
            }
            (true, _) => Error::Type("integer argument expected, got float"),
            (false, _) => Error::IntegerRequired { type_name },
        }
    }

    fn resize<R>(&self, change: impl FnOnce(&mut Vec<u8>) -> R) -> Result<R, Error> {
        self.memory.resize(Error::ArrayResize, change)
    }

    fn splice(&self, position: usize, removed: usize, added: &[u8]) -> Result<(), Error> {
        let size = self.itemsize();
        self.resize(|content| {
            let start = (position * size).min(content.len());
            let end = (start + removed * size).min(content.len());
            content.splice(start..end, added.iter().copied()).for_each(drop);
        })
    }

    /// `a[index]`
    pub fn get(&self, index: isize) -> Result<Item, Error> {
        self.load(position(index, self.len()).ok_or(Error::Index("array index out of range"))?)
    }

    /// `a[index] = value`
    pub fn set(&self, index: isize, value: &dyn Object) -> Result<(), Error> {
        let position = self.find(index)?;
        self.memory.write((position * self.itemsize()) as isize, &self.convert(value)?)
    }

    fn find(&self, index: isize) -> Result<usize, Error> {
        position(index, self.len()).ok_or(Error::Index("array assignment index out of range"))
    }

    /// `a.tolist()`
    pub fn items(&self) -> Result<Vec<Item>, Error> {
        (0..self.len()).map(|position| self.load(position)).collect()
    }

    /// `a.append(value)`
    pub fn append(&self, value: &dyn Object) -> Result<(), Error> {
        let added = self.added(value)?;
        self.splice(self.len(), 0, &added)
    }

    /// `a.insert(index, value)`
    pub fn insert(&self, index: isize, value: &dyn Object) -> Result<(), Error> {
        let added = self.added(value)?;
        self.splice(insertion(index, self.len()), 0, &added)
    }

    /// `a.frombytes(bytes)`; adding no bytes is always allowed.
    pub fn frombytes(&self, bytes: &[u8]) -> Result<(), Error> {
        if !bytes.len().is_multiple_of(self.itemsize()) {
            return Err(Error::Value("bytes length not a multiple of item size"));
        }
        match bytes.is_empty() {
            true => Ok(()),
            false => self.splice(self.len(), 0, bytes),
        }
    }

    /// `a.fromlist(list)`: room for all items is made first, and given back if one of them can't be converted.
    pub fn fromlist<'a>(&self, values: impl ExactSizeIterator<Item = &'a dyn Object>) -> Result<(), Error> {
        if values.len() == 0 {
            return Ok(());
        }
        self.resize(|_| ())?;
        let added = values.map(|value| self.convert(value)).collect::<Result<Vec<_>, _>>()?;
        self.splice(self.len(), 0, &added.concat())
    }

    /// `a.extend(array)` and `a += array`. For other iterables, append one by one.
    pub fn extend(&self, other: &Array) -> Result<(), Error> {
        match other.typecode == self.typecode {
            true => self.frombytes(&other.to_vec()),
            false => Err(Error::Type("can only extend with array of same kind")),
        }
    }

    /// `a.pop(index)`, the last one by default
    pub fn pop(&self, index: Option<isize>) -> Result<Item, Error> {
        if self.is_empty() {
            return Err(Error::Index("pop from empty array"));
        }
        let out_of_range = Error::Index("pop index out of range");
        let position = position(index.unwrap_or(-1), self.len()).ok_or(out_of_range)?;
        let item = self.load(position)?;
        self.splice(position, 1, &[]).map(|()| item)
    }

    /// `a.remove(value)`
    pub fn remove(&self, value: &dyn Object) -> Result<(), Error> {
        let mut position = 0;
        while position < self.len() {
            let item = self.load(position)?;
            if value.is(&item) || value.equals(&item)? {
                return self.splice(position, 1, &[]);
            }
            position += 1;
        }
        Err(Error::Value("array.remove(x): x not in array"))
    }

    /// `a.clear()` (3.13), always allowed when there is nothing to clear
    pub fn clear(&self) -> Result<(), Error> {
        match self.is_empty() {
            true => Ok(()),
            false => self.resize(Vec::clear),
        }
    }

    /// `a *= times`
    pub fn repeat(&self, times: isize) -> Result<(), Error> {
        let times = usize::try_from(times).unwrap_or(0);
        match self.memory.len().saturating_mul(times) {
            length if length == self.memory.len() => Ok(()),
            0..=LIMIT => self.resize(|bytes| *bytes = bytes.repeat(times)),
            // CPython checks for exports before it allocates memory.
            length if isize::try_from(length).is_ok() => self.resize(|_| ()).and(Err(too_large(length))),
            _ => Err(Error::Memory),
        }
    }

    /// `a.reverse()`
    pub fn reverse(&self) {
        let size = self.itemsize();
        self.memory.modify(|bytes| {
            bytes.reverse();
            bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
        });
    }

    /// `a.byteswap()`. In a complex number, the real and the imaginary part are swapped separately.
    pub fn byteswap(&self) {
        let size = match self.typecode {
            Typecode::Number(Native::ComplexFloat | Native::ComplexDouble) => self.itemsize() / 2,
            _ => self.itemsize(),
        };
        self.memory.modify(|bytes| bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse));
    }

    /// `del a[index]`
    pub fn delete(&self, index: isize) -> Result<(), Error> {
        self.splice(self.find(index)?, 1, &[])
    }

    /// `del a[a:b:c]`
    pub fn delete_slice(&self, slice: Indices) -> Result<(), Error> {
        self.replace(slice, &[])
    }

    /// `a[a:b:c] = array`. Assigning the same number of items is always allowed, unless that number is 0.
    pub fn set_slice(&self, slice: Indices, other: &Array) -> Result<(), Error> {
        match other.typecode == self.typecode {
            true => self.replace(slice, &other.to_vec()),
            false => Err(Error::Type("bad argument type for built-in operation")),
        }
    }

    fn replace(&self, slice: Indices, bytes: &[u8]) -> Result<(), Error> {
        let size = self.itemsize();
        let count = usize::try_from(slice.count).unwrap_or(0);
        let given = bytes.len() / size;
        if (given == 0 || given != count) && self.memory.exports() > 0 {
            return Err(Error::ArrayResize);
        }
        if slice.step == 1 && given != count {
            return self.splice(insertion(slice.start, self.len()), count, bytes);
        }
        if given == 0 {
            return self.resize(|content| remove_items(content, size, slice.positions().collect()));
        }
        if given != count {
            return Err(Error::ExtendedSlice { what: &"array", sizes: (given as u32, count as u32) });
        }
        for (position, item) in slice.positions().zip(bytes.chunks_exact(size)) {
            self.memory.write((position * size) as isize, item)?;
        }
        Ok(())
    }
}

fn real(value: &dyn Object) -> Result<f64, Error> {
    let not_real = || Error::NotReal { type_name: value.type_name().into() };
    match value.float() {
        Some(float) => float,
        None => {
            let int: Int = value.int().map(Ok).or_else(|| value.index()).ok_or_else(not_real)??;
            int.to_f64().ok_or(Error::Overflow("int too large to convert to float"))
        }
    }
}

/// The C types to which the array module converts integers, each with its texts for a value that is too small or too
/// large.
fn steps(native: Native) -> &'static [(Native, (&'static str, &'static str))] {
    use Native::*;
    const LONG: (Native, (&str, &str)) =
        (Long, ("Python int too large to convert to C long", "Python int too large to convert to C long"));
    const SHORT: (Native, (&str, &str)) =
        (Short, ("signed short integer is less than minimum", "signed short integer is greater than maximum"));
    const INT: (Native, (&str, &str)) =
        (Int, ("signed integer is less than minimum", "signed integer is greater than maximum"));
    const ULONG: (Native, (&str, &str)) = (
        UnsignedLong,
        ("can't convert negative value to unsigned int", "Python int too large to convert to C unsigned long"),
    );
    match native {
        SignedChar => {
            &[LONG, SHORT, (SignedChar, ("signed char is less than minimum", "signed char is greater than maximum"))]
        }
        UnsignedChar => &[
            LONG,
            (
                UnsignedChar,
                ("unsigned byte integer is less than minimum", "unsigned byte integer is greater than maximum"),
            ),
        ],
        Short => &[LONG, SHORT],
        UnsignedShort => &[
            LONG,
            INT,
            (UnsignedShort, ("unsigned short is less than minimum", "unsigned short is greater than maximum")),
        ],
        Int => &[LONG, INT],
        Long => &[LONG],
        UnsignedInt => &[ULONG, (UnsignedInt, ("", "unsigned int is greater than maximum"))],
        UnsignedLong => &[ULONG],
        UnsignedLongLong => &[(UnsignedLongLong, ("can't convert negative int to unsigned", "int too big to convert"))],
        _ => &[],
    }
}

impl Exporter for Array {
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        let format = match self.typecode {
            Typecode::Number(native) => Text::native(native),
            Typecode::Character(_) => "w".into(),
        };
        Ok(Export::flat(&self.memory, format, self.itemsize() as isize, false, flags))
    }

    fn hash(&self) -> Result<(), Error> {
        Err(Error::Unhashable { type_name: "array.array".into() })
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        Some(&self.memory)
    }

    fn watchers(&self) -> Option<&Watchers> {
        Some(&self.watchers)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests;
