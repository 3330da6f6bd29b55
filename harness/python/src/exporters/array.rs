//! `array.array`: writable items of one C type, which can't be resized while the buffer is exported.
//!
//! Its conversions and error texts differ from those of memoryview. They were measured on Python 3.8 to 3.13.

mod convert;

use crate::changes::{Change, Profile};
use crate::nested;
use std::any::Any;
use std::rc::Rc;

use super::{insertion, position, remove_items};
use view::format::{Format, Native, Text};
use view::{Buffer, Error, Exception, Export, Exporter, Flags, Indices, Item, LIMIT, Object, Watchers, too_large};

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

/// The error of an array that has, or had, items that were never written, which somebody may have seen.
const UNINITIALIZED: Error = Error::Unspecified { what: "the array has items that were never written" };
/// What is in the room for an item until it is stored.
const UNWRITTEN: u8 = 0xa5;

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

    /// `a[index] = value`. The value is converted when the item was found.
    ///
    /// case: exporters-change-while-a-value-is-converted
    pub fn set(&self, index: isize, value: &dyn Object) -> Result<(), Error> {
        let position = self.find(index)?;
        self.store(position, value)
    }

    /// Converts a value and stores it at a position that was there before. The array may have become shorter since, which
    /// went unnoticed before [`Change::ArrayBoundsAgain`]: the write is outside of the memory then.
    fn store(&self, position: usize, value: &dyn Object) -> Result<(), Error> {
        let item = self.convert(value)?;
        if position >= self.len() && self.profile.has(Change::ArrayBoundsAgain) {
            return Err(Error::Index("array assignment index out of range"));
        }
        self.memory.write((position * self.itemsize()) as isize, &item)
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
        self.make_room(isize::MAX, value)
    }

    /// `a.insert(index, value)`
    pub fn insert(&self, index: isize, value: &dyn Object) -> Result<(), Error> {
        self.make_room(index, value)
    }

    /// Inserts a value before an index. The value is converted twice: to see whether it can be, and when there is room for
    /// it. How much room that is follows from the length before.
    ///
    /// `ins1` in C; case: exporters-change-while-a-value-is-converted
    fn make_room(&self, index: isize, value: &dyn Object) -> Result<(), Error> {
        let (length, size) = (self.len(), self.itemsize());
        let item = self.added(value)?;
        let position = insertion(index, length);
        let unwritten = vec![UNWRITTEN; size];
        let is_plain_float = !value.has_index() && matches!(&*value.type_name(), "float" | "complex");
        if value.int().is_some() || is_plain_float {
            // Nothing is asked that could look at the array meanwhile.
            return self.splice(position, 0, &item);
        }
        if self.len() == length {
            let moved = match position < length {
                true => self.memory.look((position * size) as isize, size, <[u8]>::to_vec)?,
                false => unwritten.clone(),
            };
            self.splice(position, 0, &moved)?;
        } else if self.len() < length {
            return Err(UNINITIALIZED);
        } else {
            if self.len() > length + 1 {
                self.resize(|content| content.truncate((length + 1) * size))?;
            }
            let moved = self.memory.look((position * size) as isize, (length - position) * size, <[u8]>::to_vec)?;
            self.memory.write(((position + 1) * size) as isize, &moved)?;
        }
        let is_last = position == length;
        let before = is_last.then(|| self.memory.leave_unwritten(position * size));
        let stored = self.store(position, value);
        let was_read = before.is_some_and(|before| self.memory.settle(before));
        let is_left = || self.memory.modify(|bytes| bytes.chunks(size).any(|item| item == unwritten));
        if is_last && (was_read || is_left()) {
            return Err(UNINITIALIZED);
        }
        // An error would leave an item behind that was never written.
        match stored {
            Err(error @ Error::Index(_)) if position >= self.len() => Err(error),
            Err(_) => Err(UNINITIALIZED),
            Ok(()) => Ok(()),
        }
    }

    /// Adds an item whose room was made before.
    pub fn fill(&self, value: &dyn Object) -> Result<(), Error> {
        let item = self.convert(value)?;
        self.splice(self.len(), 0, &item)
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

    /// `a.fromlist(list)`: room for all items is made first, and given back if one of them can't be converted. `item` gives
    /// an item of the list, and `count` how many there are by now.
    ///
    /// `array_array_fromlist` in C; case: exporters-arrays-make-room-for-a-list
    pub fn fromlist<T: Object>(
        &self,
        item: impl Fn(usize) -> Option<T>,
        count: impl Fn() -> usize,
    ) -> Result<(), Error> {
        let (length, added, size) = (self.len(), count(), self.itemsize());
        if added == 0 {
            return Ok(());
        }
        self.resize(|content| content.resize((length + added) * size, UNWRITTEN))?;
        let generation = self.memory.generation();
        let mut outcome = Ok(());
        for (at, position) in (length..length + added).enumerate() {
            let before = self.memory.leave_unwritten(position * size);
            let value = item(at).map(|item| self.convert(&item));
            if self.memory.settle(before) || self.memory.generation() != generation {
                return Err(UNINITIALIZED);
            }
            outcome = match value {
                Some(Ok(value)) => self.memory.write((position * size) as isize, &value),
                Some(Err(error)) => Err(error),
                None => Ok(()),
            };
            if outcome.is_ok() && count() != added {
                outcome = Err(Error::raised(Exception::RuntimeError, "list changed size during iteration"));
            }
            if outcome.is_err() {
                self.resize(|content| content.truncate(length * size)).map_err(|_| UNINITIALIZED)?;
                break;
            }
        }
        outcome
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
        let (mut position, length) = (0, self.len());
        while position < self.len() {
            nested::check_end(position, length)?;
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
