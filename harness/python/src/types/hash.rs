//! What `hash(object)` gives: an int that can be compared with that of another object, and of which nothing more is known,
//! since hashes are salted or made of addresses.

use crate::object::{Object, Type};
use crate::stop::Stop;
use program::{Kind, Operation, Trace};
use std::any::Any;
use view::Error;

/// A hash: equal for equal bytes, whoever holds them, and meaningless otherwise.
pub(crate) struct Hash(pub(crate) u64);

/// Leaves open what an operation would make of a hash but to compare it with another one.
pub(crate) fn check(operation: &Operation, operands: &[Object]) -> Result<(), Stop> {
    let hashes = operands.iter().filter(|operand| operand.downcast::<Hash>().is_some()).count();
    match hashes {
        0 => Ok(()),
        2 if matches!(operation.kind, Kind::Eq | Kind::Ne) => Ok(()),
        _ => Err(Stop::Unspecified("what the hash of an object is")),
    }
}

impl Type for Hash {
    fn class(&self) -> &str {
        "int"
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        Ok(other.downcast::<Hash>().map(|other| self.0 == other.0))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.hash();
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
