//! What a conversion makes of a value, and the errors for values that it does not take.

use super::{Conversion, Format, Piece};
use crate::address;
use crate::buffers::raw;
use crate::changes::Change;
use crate::digits;
use crate::object::Object;
use crate::stop::{Stop, overflow_error, type_error};
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed};
use view::{Error, Int};

impl Format<'_> {
    /// Takes a value and converts it.
    pub(super) fn piece(&mut self, conversion: &Conversion) -> Result<Piece, Stop> {
        let value = self.next()?;
        let content = match conversion.letter {
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => return self.int(conversion, &value),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => return self.float(conversion, &value),
            'c' => self.char(&value)?,
            's' | 'b' if self.is_bytes => self.bytes(&value)?,
            's' => value.as_type().str()?.into_bytes(),
            'r' if !self.is_bytes => value.as_type().repr()?.into_bytes(),
            _ => match value.as_type().repr()? {
                text if text.is_ascii() => text.into_bytes(),
                _ => return Err(Stop::unsupported("`%a` of what is not ASCII")),
            },
        };
        // What is cut or filled depends on how long an address is, and in bytes it could not be told from what else there is.
        if self.is_bytes || conversion.width > 0 || conversion.precision.is_some() {
            address::check(&String::from_utf8_lossy(&content))?;
        }
        let text = match (conversion.precision, conversion.letter) {
            (None, _) | (_, 'c') => content,
            (Some(most), _) if self.is_bytes => content.into_iter().take(most).collect(),
            (Some(most), _) => String::from_utf8_lossy(&content).chars().take(most).collect::<String>().into_bytes(),
        };
        Ok(Piece { text, head: 0, is_number: false })
    }

    /// What 3.15 begins the error of a value with.
    fn argument(&self) -> String {
        match self.values.is_tuple {
            true => format!("format argument {}", self.values.taken),
            false => "format argument".to_owned(),
        }
    }

    fn is_new(&self) -> bool {
        self.python.has(Change::PercentText)
    }

    fn int(&self, conversion: &Conversion, value: &Object) -> Result<Piece, Stop> {
        let letter = conversion.letter;
        let is_decimal = matches!(letter, 'd' | 'i' | 'u');
        let int = match (value, value.as_int()) {
            (_, Some(int)) => Object::big(&int),
            (Object::Float(value), _) if is_decimal => {
                let whole = BigInt::from_f64(value.trunc());
                whole.ok_or_else(|| Stop::unsupported("`%d` of a float that is not finite"))?
            }
            (Object::Instance(_), _) => return Err(Stop::unsupported("`%` of an object that may be a number")),
            _ => return Err(type_error(self.no_int(letter, is_decimal, value.class())).into()),
        };
        let (base, prefix) = match letter {
            'o' => (8, "0o"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let digits = int.abs().to_str_radix(base);
        let digits = if letter == 'X' { digits.to_uppercase() } else { digits };
        let digits = format!("{digits:0>width$}", width = conversion.precision.unwrap_or(0));
        let prefix = if conversion.is_alternate { prefix } else { "" };
        Ok(conversion.number(int.is_negative(), prefix, &digits))
    }

    fn no_int(&self, letter: char, is_decimal: bool, class: &str) -> String {
        let real = self.python.has(Change::PercentRealText);
        // Bytes have made one letter of two, until there was no other text anyway.
        let shown = match letter {
            'i' if self.is_bytes && !self.python.has(Change::PercentCharText) => 'd',
            letter => letter,
        };
        match (self.is_new(), is_decimal) {
            (true, true) => format!("{}: %{letter} requires a real number, not {class}", self.argument()),
            (true, false) => format!("{}: %{letter} requires an integer, not {class}", self.argument()),
            (false, true) if real => format!("%{shown} format: a real number is required, not {class}"),
            (false, true) => format!("%{shown} format: a number is required, not {class}"),
            (false, false) => format!("%{shown} format: an integer is required, not {class}"),
        }
    }

    fn float(&self, conversion: &Conversion, value: &Object) -> Result<Piece, Stop> {
        let letter = conversion.letter;
        let number = match (value, value.as_int()) {
            (Object::Float(value), _) => *value,
            (_, Some(int)) => {
                int.to_f64().ok_or_else(|| Stop::unsupported("`%` of an int that is too large for a float"))?
            }
            (Object::Instance(_), _) => return Err(Stop::unsupported("`%` of an object that may be a number")),
            _ => {
                let class = value.class();
                let text = match (self.is_new(), self.is_bytes) {
                    (true, _) => format!("{}: %{letter} requires a real number, not {class}", self.argument()),
                    (false, true) => format!("float argument required, not {class}"),
                    (false, false) => format!("must be real number, not {class}"),
                };
                return Err(type_error(text).into());
            }
        };
        let precision = conversion.precision.unwrap_or(6);
        let digits = digits::of_float(number, letter, precision, conversion.is_alternate);
        Ok(conversion.number(number.is_sign_negative() && !number.is_nan(), "", &digits))
    }

    /// The character of `%c`.
    fn char(&self, value: &Object) -> Result<Vec<u8>, Stop> {
        if let Some(int) = value.as_int() {
            let (limit, shown) = if self.is_bytes { (0x100, "256") } else { (0x11_0000, "0x110000") };
            return match int.within(0, limit - 1) {
                Some(code) if self.is_bytes => Ok(vec![code as u8]),
                Some(code) => match char::from_u32(code as u32) {
                    Some(char) => Ok(char.to_string().into_bytes()),
                    None => Err(Stop::unsupported("`%c` of a surrogate")),
                },
                None if matches!(int, Int::Big(_)) => Err(Stop::unsupported("`%c` of an int that no C type can hold")),
                None if self.is_new() => {
                    Err(overflow_error(format!("{}: %c argument not in range({shown})", self.argument())).into())
                }
                None => Err(overflow_error(format!("%c arg not in range({shown})")).into()),
            };
        }
        let content = match value {
            Object::Str(text) if !self.is_bytes && address::is_in(text) => return Err(address::UNKNOWN.into()),
            Object::Str(text) if !self.is_bytes => Some((text.as_bytes().to_vec(), text.chars().count())),
            Object::Bytes(_) | Object::Bytearray(_) if self.is_bytes => raw(value).map(|raw| (raw.clone(), raw.len())),
            Object::Instance(_) => return Err(Stop::unsupported("`%c` of an object that may be a number")),
            _ => None,
        };
        let given = match content {
            Some((content, 1)) => return Ok(content),
            Some((_, length)) if self.is_bytes => format!("a {} object of length {length}", value.class()),
            Some((_, length)) => format!("a string of length {length}"),
            None => value.class().to_owned(),
        };
        let is_told = self.python.has(Change::PercentCharText);
        let text = match (self.is_new(), self.is_bytes) {
            (false, false) if !is_told => "%c requires int or char".to_owned(),
            (false, true) if !is_told => "%c requires an integer in range(256) or a single byte".to_owned(),
            (false, false) => format!("%c requires an int or a unicode character, not {given}"),
            (false, true) => format!("%c requires an integer in range(256) or a single byte, not {given}"),
            (true, false) => format!("{}: %c requires an integer or a unicode character, not {given}", self.argument()),
            (true, true) => {
                format!("{}: %c requires an integer in range(256) or a single byte, not {given}", self.argument())
            }
        };
        Err(type_error(text).into())
    }

    /// The bytes of `%s` in bytes: those of any buffer, whatever its layout is.
    fn bytes(&self, value: &Object) -> Result<Vec<u8>, Stop> {
        if value.with_buffer().is_some() {
            return self.python.content(value, true);
        }
        if let Object::Instance(_) = value {
            return Err(Stop::unsupported("`%b` of an object that may have `__bytes__`"));
        }
        let what = "%b requires a bytes-like object, or an object that implements __bytes__, not";
        let class = value.class();
        let text = match self.is_new() {
            true => format!("{}: {what} {class}", self.argument()),
            false => format!("{what} '{class}'"),
        };
        Err(Error::type_error(text).into())
    }
}

impl Conversion {
    /// Puts the sign and the prefix before the digits of a number.
    fn number(&self, is_negative: bool, prefix: &str, digits: &str) -> Piece {
        let sign = match (is_negative, self.sign) {
            (true, _) => "-".to_owned(),
            (false, sign) => sign.map(String::from).unwrap_or_default(),
        };
        let head = format!("{sign}{prefix}");
        Piece { text: format!("{head}{digits}").into_bytes(), head: head.len(), is_number: true }
    }
}
