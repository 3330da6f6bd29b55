//! Arguments of a wrong type, and how the others become what a method needs.

use std::borrow::Cow;

use crate::changes::Change;
use crate::error::Error;
use crate::exception::Exception;
use crate::flags::Flags;
use crate::object::Object;
use crate::version::Profile;

/// The order of `tobytes`; `None` is the default.
pub(super) fn order(order: Option<&dyn Object>, profile: Profile) -> Result<Option<Cow<'_, str>>, Error> {
    let Some(order) = order.filter(|order| !order.is_none()) else { return Ok(None) };
    match order.text() {
        Some(text) if text.contains('\0') => Err(Error::Value("embedded null character")),
        Some(text) => Ok(Some(text)),
        None => {
            let named = profile.has(Change::ArgumentsFirst);
            let place = if named { "tobytes() argument 'order'" } else { "argument 1" };
            Err(Error::type_error(format!("{place} must be str or None, not {}", order.type_name())))
        }
    }
}

/// How many bytes `hex` puts in a group; case: views-ask-before-they-look
pub(super) fn group(group: Option<&dyn Object>, profile: Profile) -> Result<isize, Error> {
    let Some(object) = group else { return Ok(1) };
    let int = object.index().unwrap_or_else(|| Err(no_integer(object, profile)))?;
    let (limit, name) = match profile.has(Change::HexWideGroup) {
        true => (profile.abi().ssize_max() as i128, "ssize_t"),
        false => (i32::MAX.into(), "int"),
    };
    let overflow = || format!("Python int too large to convert to C {name}");
    let group = int.within(-limit - 1, limit).ok_or_else(|| Error::raised(Exception::OverflowError, overflow()))?;
    Ok(group as isize)
}

fn no_integer(object: &dyn Object, profile: Profile) -> Error {
    let type_name = object.type_name();
    match &*type_name {
        _ if profile.has(Change::IntegerText) => Error::NotInteger { type_name: type_name.into() },
        "float" => Error::Type("integer argument expected, got float"),
        _ => Error::IntegerRequired { type_name: type_name.into() },
    }
}

/// An index that is a C int.
pub(super) fn c_int(object: &dyn Object) -> Result<i32, Error> {
    let no_integer = || Error::NotInteger { type_name: object.type_name().into() };
    let int = object.index().unwrap_or_else(|| Err(no_integer()))?;
    let too_large = || Error::raised(Exception::OverflowError, "Python int too large to convert to C int");
    int.within(i32::MIN.into(), i32::MAX.into()).map(|int| int as i32).ok_or_else(too_large)
}

/// The flags of `__buffer__`: an index that is a C int. It was long only the upper limit that was looked at; of flags below
/// the lower one all but the bits of a C int were cut off.
pub fn requested(object: &dyn Object, profile: Profile) -> Result<Flags, Error> {
    let overflow = |text: &str| Error::raised(Exception::OverflowError, text);
    let no_integer = || Error::NotInteger { type_name: object.type_name().into() };
    let int = object.index().unwrap_or_else(|| Err(no_integer()))?;
    let flags = int.within(isize::MIN as i128, isize::MAX as i128).map(|int| int as isize);
    let flags = flags.ok_or_else(|| {
        let type_name = object.type_name();
        overflow(&format!("cannot fit '{type_name}' into an index-sized integer"))
    })?;
    match profile.has(Change::FlagsRange) {
        true => i32::try_from(flags).map(Flags).map_err(|_| overflow("buffer flags out of range")),
        false if flags > i32::MAX as isize => Err(overflow("buffer flags too large")),
        false => Ok(Flags(flags as i32)),
    }
}
