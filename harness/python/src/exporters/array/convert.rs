//! How values become the bytes of an array's items. The conversions and their error texts differ from those of memoryview.

use super::{Array, Typecode};
use view::format::Native;
use view::{Error, Int, Object, Wide};

impl Array {
    /// Converts a value to the bytes of an item. Not for arrays of characters.
    pub(super) fn convert(&self, value: &dyn Object) -> Result<Vec<u8>, Error> {
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
    pub(super) fn added(&self, value: &dyn Object) -> Result<Vec<u8>, Error> {
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
        match (value.type_name() == "float", native) {
            (true, Native::UnsignedInt | Native::UnsignedLong | Native::UnsignedLongLong) => {
                Error::Type("array item must be integer")
            }
            (true, _) => Error::Type("integer argument expected, got float"),
            (false, _) => Error::IntegerRequired { type_name },
        }
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
