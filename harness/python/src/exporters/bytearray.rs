//! `bytearray`: writable memory that can't be resized while its buffer is exported.
//!
//! The precedence of errors was measured: a bad argument is reported before an export.

use crate::changes::{Change, Profile};
use std::any::Any;
use std::rc::Rc;

use super::{insertion, position, remove_items};
use view::format::{Native, Text};
use view::{Buffer, Error, Export, Exporter, Flags, Indices, Int, LIMIT, Object, too_large};

/// The size in bytes of a bytes object without its content. It limits the length of the content to `PY_SSIZE_T_MAX`
/// minus this size.
const BYTES_HEADER: usize = 33;

/// What C reads or writes was freed, or belongs to something else by now.
pub(crate) const MOVED: Error =
    Error::Unspecified { what: "CPython goes on with the memory that a bytearray had before its length was changed" };

/// A bytearray. Methods that would change its length raise [`Error::BytearrayResize`] while it is exported.
#[derive(Debug)]
pub struct Bytearray {
    memory: Rc<Buffer>,
}

/// Converts an argument to a byte: an int from 0 to 255, or an object whose `__index__` returns one.
pub fn byte(value: &dyn Object) -> Result<u8, Error> {
    let not_integer = || Error::NotInteger { type_name: value.type_name().into() };
    match value.index().ok_or_else(not_integer)?? {
        Int::Small(value @ 0..256) => Ok(value as u8),
        _ => Err(Error::Value("byte must be in range(0, 256)")),
    }
}

impl Bytearray {
    /// `bytearray(content)`
    pub fn new(content: Vec<u8>) -> Rc<Self> {
        Rc::new(Self { memory: Buffer::new(content) })
    }

    /// Returns a copy of the content.
    pub fn to_vec(&self) -> Vec<u8> {
        self.memory.to_vec()
    }

    /// `len(b)`
    pub fn len(&self) -> usize {
        self.memory.len()
    }

    /// `not b`
    pub fn is_empty(&self) -> bool {
        self.memory.is_empty()
    }

    fn resize<R>(&self, change: impl FnOnce(&mut Vec<u8>) -> R) -> Result<R, Error> {
        self.memory.resize(Error::BytearrayResize, change)
    }

    fn find(&self, index: isize) -> Result<isize, Error> {
        let position = position(index, self.len()).ok_or(Error::Index("bytearray index out of range"))?;
        Ok(position as isize)
    }

    /// `b[index]`
    pub fn get(&self, index: isize) -> Result<u8, Error> {
        let mut byte = [0];
        self.memory.read(self.find(index)?, &mut byte)?;
        let [byte] = byte;
        Ok(byte)
    }

    /// `b[index] = value`. Since 3.10 the value is converted before the index is checked.
    pub fn set(&self, index: isize, value: &dyn Object, profile: Profile) -> Result<(), Error> {
        self.set_since(self.generation(), index, value, profile)
    }

    /// The same, where the memory had the generation `since` before the index was converted.
    ///
    /// `bytearray_ass_subscript` in C; case: exporters-change-while-they-are-subscripted
    pub fn set_since(&self, since: u32, index: isize, value: &dyn Object, profile: Profile) -> Result<(), Error> {
        let (position, value) = if profile.has(Change::ByteFirst) {
            let value = byte(value)?;
            (self.find(index)?, value)
        } else {
            (self.find(index)?, byte(value)?)
        };
        self.check_memory(since, profile)?;
        self.memory.write(position, &[value])
    }

    /// How often the length was changed.
    pub fn generation(&self) -> u32 {
        self.memory.generation()
    }

    /// Fails if C would go on with the memory as it was at that time, and it has moved since.
    pub fn check_memory(&self, since: u32, profile: Profile) -> Result<(), Error> {
        match self.generation() == since || profile.has(Change::BytearrayFresh) {
            true => Ok(()),
            false => Err(MOVED),
        }
    }

    /// `b.append(value)`
    pub fn append(&self, value: &dyn Object) -> Result<(), Error> {
        let value = byte(value)?;
        self.resize(|bytes| bytes.push(value))
    }

    /// `b.extend(bytes)` and `b += bytes`; adding no bytes is always allowed.
    pub fn extend(&self, added: &[u8]) -> Result<(), Error> {
        match added.is_empty() {
            true => Ok(()),
            false => self.resize(|bytes| bytes.extend_from_slice(added)),
        }
    }

    /// `b.insert(index, value)`
    pub fn insert(&self, index: isize, value: &dyn Object) -> Result<(), Error> {
        let value = byte(value)?;
        self.resize(|bytes| bytes.insert(insertion(index, bytes.len()), value))
    }

    /// `b.pop(index)`, the last one by default
    pub fn pop(&self, index: Option<isize>) -> Result<u8, Error> {
        if self.is_empty() {
            return Err(Error::Index("pop from empty bytearray"));
        }
        let out_of_range = Error::Index("pop index out of range");
        let position = position(index.unwrap_or(-1), self.len()).ok_or(out_of_range)?;
        self.resize(|bytes| bytes.remove(position))
    }

    /// `b.remove(value)`
    pub fn remove(&self, value: &dyn Object) -> Result<(), Error> {
        let value = byte(value)?;
        let position = self.to_vec().iter().position(|byte| *byte == value);
        let position = position.ok_or(Error::Value("value not found in bytearray"))?;
        self.resize(|bytes| bytes.remove(position)).map(drop)
    }

    /// `b.clear()`; always allowed if the bytearray is empty.
    pub fn clear(&self) -> Result<(), Error> {
        match self.is_empty() {
            true => Ok(()),
            false => self.resize(Vec::clear),
        }
    }

    /// `b.reverse()`
    pub fn reverse(&self) {
        self.memory.modify(<[u8]>::reverse);
    }

    /// `b *= times`
    pub fn repeat(&self, times: isize, profile: Profile) -> Result<(), Error> {
        let times = usize::try_from(times).unwrap_or(0);
        let largest = isize::MAX.unsigned_abs() - if profile.has(Change::BytearrayLimit) { BYTES_HEADER } else { 0 };
        match self.len().saturating_mul(times) {
            length if length == self.len() => Ok(()),
            0..=LIMIT => self.resize(|bytes| *bytes = bytes.repeat(times)),
            // CPython checks for exports before it allocates memory.
            length if length <= largest => self.resize(|_| ()).and(Err(too_large(length))),
            _ => Err(Error::Memory),
        }
    }

    /// `del b[index]`
    pub fn delete(&self, index: isize) -> Result<(), Error> {
        let position = self.find(index)? as usize;
        self.resize(|bytes| bytes.remove(position)).map(drop)
    }

    /// `del b[a:b:c]`
    pub fn delete_slice(&self, slice: Indices) -> Result<(), Error> {
        self.set_slice(slice, &[])
    }

    /// `b[a:b:c] = bytes`. Assigning the same number of bytes is always allowed, except no bytes to an extended slice.
    pub fn set_slice(&self, slice: Indices, bytes: &[u8]) -> Result<(), Error> {
        let count = usize::try_from(slice.count).unwrap_or(0);
        if slice.step == 1 && bytes.len() != count {
            let start = insertion(slice.start, self.len());
            let end = start.saturating_add(count).min(self.len());
            return self.resize(|content| content.splice(start..end, bytes.iter().copied()).for_each(drop));
        }
        if slice.step != 1 && bytes.is_empty() {
            return self.resize(|content| remove_items(content, 1, slice.positions().collect()));
        }
        if bytes.len() != count {
            let sizes = (bytes.len() as u32, count as u32);
            return Err(Error::ExtendedSlice { what: &"bytes", sizes });
        }
        for (position, byte) in slice.positions().zip(bytes) {
            self.memory.write(position as isize, &[*byte])?;
        }
        Ok(())
    }
}

impl Exporter for Bytearray {
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        Ok(Export::flat(&self.memory, Text::native(Native::UnsignedChar), 1, false, flags))
    }

    fn hash(&self) -> Result<(), Error> {
        Err(Error::Unhashable { type_name: "bytearray".into() })
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        Some(&self.memory)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use view::{Abi, Bounds, Version};

    type Row = (fn(&Bytearray) -> Result<(), Error>, Result<&'static [u8], &'static str>, &'static str);

    const RESIZE: &str = "Existing exports of data: object cannot be re-sized";
    const RANGE: &str = "byte must be in range(0, 256)";
    const SIZES: &str = "attempt to assign bytes of size 1 to extended slice of size 2";

    fn profile(version: &str) -> Profile {
        view::Profile::new(version.parse().unwrap(), Abi::Lp64).into()
    }

    fn slice(start: isize, stop: isize, step: isize) -> Indices {
        Bounds { start, stop, step }.of(3)
    }

    /// Each method on `bytearray(b'\0\1\2')`, without and with an export ("": succeeds); measured on 3.8 to 3.13.
    const METHODS: &[Row] = &[
        (|b| b.append(&1_i64), Ok(&[0, 1, 2, 1]), RESIZE),
        (|b| b.append(&300_i64), Err(RANGE), RANGE),
        (|b| b.extend(&[9]), Ok(&[0, 1, 2, 9]), RESIZE),
        (|b| b.extend(&[]), Ok(&[0, 1, 2]), ""),
        (|b| b.insert(-9, &7_i64), Ok(&[7, 0, 1, 2]), RESIZE),
        (|b| b.insert(99, &7_i64), Ok(&[0, 1, 2, 7]), RESIZE),
        (|b| b.pop(None).map(drop), Ok(&[0, 1]), RESIZE),
        (|b| b.pop(Some(-4)).map(drop), Err("pop index out of range"), "pop index out of range"),
        (|b| b.remove(&1_i64), Ok(&[0, 2]), RESIZE),
        (|b| b.remove(&9_i64), Err("value not found in bytearray"), "value not found in bytearray"),
        (|b| b.clear(), Ok(&[]), RESIZE),
        (|b| b.repeat(1, profile("3.13.0")), Ok(&[0, 1, 2]), ""),
        (|b| b.repeat(2, profile("3.13.0")), Ok(&[0, 1, 2, 0, 1, 2]), RESIZE),
        (|b| b.repeat(-1, profile("3.13.0")), Ok(&[]), RESIZE),
        (
            |b| b.repeat(isize::MAX, profile("3.13.0")).map_err(|_| Error::Value("MemoryError")),
            Err("MemoryError"),
            "MemoryError",
        ),
        (
            |b| {
                b.reverse();
                Ok(())
            },
            Ok(&[2, 1, 0]),
            "",
        ),
        (|b| b.delete(9), Err("bytearray index out of range"), "bytearray index out of range"),
        (|b| b.delete(-1), Ok(&[0, 1]), RESIZE),
        (|b| b.delete_slice(slice(0, 0, 1)), Ok(&[0, 1, 2]), ""),
        (|b| b.delete_slice(slice(0, 0, 2)), Ok(&[0, 1, 2]), RESIZE),
        (|b| b.delete_slice(slice(0, 3, 2)), Ok(&[1]), RESIZE),
        (|b| b.set_slice(slice(0, 2, 1), b"ab"), Ok(b"ab\x02"), ""),
        (|b| b.set_slice(slice(0, 2, 1), b"a"), Ok(b"a\x02"), RESIZE),
        (|b| b.set_slice(slice(2, 0, 1), b"x"), Ok(b"\0\x01x\x02"), RESIZE),
        (|b| b.set_slice(slice(2, -9, -1), b"cba"), Ok(b"abc"), ""),
        (|b| b.set_slice(slice(0, 3, 2), b"a"), Err(SIZES), SIZES),
        (|b| b.set_slice(slice(0, 3, 2), b""), Ok(&[1]), RESIZE),
    ];

    #[test]
    fn methods_with_and_without_an_export() {
        for (row, (method, free, exported)) in METHODS.iter().enumerate() {
            let bytes = Bytearray::new(vec![0, 1, 2]);
            let outcome = method(&bytes).map(|()| bytes.to_vec()).map_err(|error| error.to_string());
            assert_eq!(outcome, free.map(<[u8]>::to_vec).map_err(str::to_owned), "row {row}");
            let bytes = Bytearray::new(vec![0, 1, 2]);
            let _export = bytes.clone().export(Flags::SIMPLE).unwrap();
            let text = method(&bytes).map_or_else(|error| error.to_string(), |()| String::new());
            assert_eq!((text.as_str(), bytes.len()), (*exported, 3), "row {row}");
        }
    }

    #[rstest]
    #[case("3.9.18", "bytearray index out of range")]
    #[case("3.10.13", "byte must be in range(0, 256)")]
    fn two_errors_at_once(#[case] version: Version, #[case] text: &str) {
        let profile: Profile = view::Profile::new(version, Abi::Lp64).into();
        assert_eq!(Bytearray::new(vec![]).set(9, &300_i64, profile).unwrap_err().to_string(), text);
    }

    #[test]
    fn a_lock_is_noticed_before_memory_runs_out() {
        let bytes = Bytearray::new(vec![0, 1, 2]);
        let repeat = |times: isize| bytes.repeat(times, profile("3.14.10"));
        assert!(repeat(1 << 40).unwrap_err().is_unspecified());
        assert_eq!([repeat(1 << 58), repeat(1 << 62)], [Err(Error::Memory), Err(Error::Memory)]);
        let _export = bytes.clone().export(Flags::SIMPLE).unwrap();
        assert_eq!([repeat(1 << 58), repeat(1 << 62)], [Err(Error::BytearrayResize), Err(Error::Memory)]);
    }

    /// `b *= 2**63 - 33` and `b *= 2**63 - 34` of one exported byte (3.14.10, 3.15.2)
    #[rstest]
    #[case("3.14.10", [Error::BytearrayResize, Error::BytearrayResize])]
    #[case("3.15.2", [Error::Memory, Error::BytearrayResize])]
    fn what_no_bytes_object_can_hold_is_noticed_before_a_lock(#[case] version: &str, #[case] errors: [Error; 2]) {
        let bytes = Bytearray::new(vec![0]);
        let _export = bytes.clone().export(Flags::SIMPLE).unwrap();
        let repeat = |less: isize| bytes.repeat(isize::MAX - less, profile(version)).unwrap_err();
        assert_eq!([repeat(32), repeat(33)], errors);
    }

    #[test]
    fn bytes_are_counted_from_either_end() {
        let bytes = Bytearray::new(vec![5, 6, 7]);
        assert_eq!([bytes.get(0), bytes.get(-1), bytes.get(-3)], [Ok(5), Ok(7), Ok(5)]);
        assert_eq!([bytes.get(3), bytes.get(-4)], [const { Err(Error::Index("bytearray index out of range")) }; 2]);
        assert_eq!([bytes.is_empty(), Bytearray::new(vec![]).is_empty()], [false, true]);
        assert_eq!(Bytearray::new(vec![]).pop(None), Err(Error::Index("pop from empty bytearray")));
    }
}
