//! Keys: what stands between the brackets of `m[…]`, and how it becomes numbers.

use crate::changes::Change;
use crate::error::Error;
use crate::int::Int;
use crate::object::Object;
use crate::version::{Abi, Profile};

/// A subscript.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    /// `m[...]`
    Ellipsis,
    /// `m[a:b:c]`
    Slice(Slice<'a>),
    /// `m[a, b]`, `m[()]`
    Tuple(&'a [Key<'a>]),
    /// Anything else; an index if it has `__index__`.
    Object(&'a dyn Object),
}

impl<'a> Key<'a> {
    /// The object whose `__index__` makes the key an index.
    pub(crate) fn as_index(&self) -> Option<&'a dyn Object> {
        match self {
            Key::Object(object) if object.has_index() => Some(*object),
            _ => None,
        }
    }
}

/// A slice; `None` where Python has None.
#[derive(Clone, Copy, Default)]
pub struct Slice<'a> {
    /// Before the first colon.
    pub start: Option<&'a dyn Object>,
    /// After the first colon.
    pub stop: Option<&'a dyn Object>,
    /// After the second colon.
    pub step: Option<&'a dyn Object>,
}

/// A slice whose bounds were converted but not yet fitted to a length. Out-of-range ints are clipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// First position; may be negative or past the end.
    pub start: isize,
    /// Position to stop before.
    pub stop: isize,
    /// Never 0.
    pub step: isize,
}

/// The positions that a slice selects in a sequence of a known length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indices {
    /// The first position; for an empty slice the place where items would be inserted.
    pub start: isize,
    /// Position to stop before; -1 for a negative step that runs to the front.
    pub stop: isize,
    /// Never 0.
    pub step: isize,
    /// How many positions.
    pub count: isize,
}

impl Slice<'_> {
    /// Converts the bounds as Python does: step, then start, then stop, each of which may run program code.
    pub fn bounds(&self, profile: Profile) -> Result<Bounds, Error> {
        let max = profile.abi().ssize_max();
        let otherwise = if profile.has(Change::SliceText) { Error::Bound } else { Error::SliceBound };
        let bound =
            |object: Option<&dyn Object>| object.map(|object| clipped(object, profile.abi(), &otherwise)).transpose();
        // The most negative step is avoided so that it can be negated.
        let step = bound(self.step)?.unwrap_or(1).max(-max);
        if step == 0 {
            return Err(Error::ZeroStep);
        }
        let backward = step < 0;
        let start = bound(self.start)?.unwrap_or(if backward { max } else { 0 });
        let stop = bound(self.stop)?.unwrap_or(if backward { -max - 1 } else { max });
        Ok(Bounds { start, stop, step })
    }
}

impl Bounds {
    /// Fits the bounds to a sequence of `length` items (language reference, "Slicings").
    pub fn of(self, length: isize) -> Indices {
        let length = length.max(0);
        let backward = self.step < 0;
        let (lowest, highest) = if backward { (-1, length - 1) } else { (0, length) };
        let fit = |bound: isize| {
            let bound = if bound < 0 { bound + length } else { bound };
            bound.clamp(lowest, highest)
        };
        let (start, stop) = (fit(self.start), fit(self.stop));
        let count = match backward {
            true if stop < start => (start - stop - 1) / -self.step + 1,
            false if start < stop => (stop - start - 1) / self.step + 1,
            _ => 0,
        };
        Indices { start, stop, step: self.step, count }
    }
}

impl Indices {
    /// The positions in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.count).filter_map(move |i| usize::try_from(self.start.wrapping_add(self.step.wrapping_mul(i))).ok())
    }
}

/// `__index__` of a subscript, which must fit in `Py_ssize_t`.
pub(crate) fn index(object: &dyn Object, abi: Abi) -> Result<isize, Error> {
    let int = match object.index() {
        Some(int) => int?,
        None => return Err(Error::InvalidKey),
    };
    let max = abi.ssize_max();
    match int {
        Int::Small(value) if (-max - 1..=max).contains(&(value as isize)) => Ok(value as isize),
        _ => Err(Error::IndexTooLarge { type_name: object.type_name().into() }),
    }
}

/// `__index__` of a bound, clipped to `Py_ssize_t`.
fn clipped(object: &dyn Object, abi: Abi, otherwise: &Error) -> Result<isize, Error> {
    if !object.has_index() {
        return Err(otherwise.clone());
    }
    let max = abi.ssize_max();
    Ok(match object.index().ok_or_else(|| otherwise.clone())?? {
        Int::Small(value) => (value as isize).clamp(-max - 1, max),
        big if big.is_negative() => -max - 1,
        _ => max,
    })
}

/// A bound of `memoryview.index(value, start, stop)`: clipped like a slice's, but None is refused.
pub fn search_bound(object: &dyn Object, abi: Abi) -> Result<isize, Error> {
    clipped(object, abi, &Error::Bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Item;
    use crate::version::Version;
    use proptest::prelude::*;

    fn python(abi: Abi) -> Profile {
        Profile::new(Version::new(3, 14, 10), abi)
    }

    /// Python's slices, from their definition: the multiples of step that stay inside.
    fn naive(start: Option<isize>, stop: Option<isize>, step: isize, length: isize) -> Vec<usize> {
        let from_end = |bound: isize| if bound < 0 { bound + length } else { bound };
        let mut position = match start.map(from_end) {
            None => {
                if step > 0 {
                    0
                } else {
                    length - 1
                }
            }
            Some(start) if step > 0 => start.max(0),
            Some(start) => start.min(length - 1),
        };
        let stop = match stop.map(from_end) {
            None => {
                if step > 0 {
                    length
                } else {
                    -1
                }
            }
            Some(stop) if step > 0 => stop.min(length),
            Some(stop) => stop.max(-1),
        };
        let mut positions = Vec::new();
        while if step > 0 { position < stop } else { position > stop } {
            positions.push(position as usize);
            position += step;
        }
        positions
    }

    proptest! {
        #[test]
        fn slices_select_what_their_definition_says(
            start in prop::option::of(-12i64..12), stop in prop::option::of(-12i64..12),
            step in prop_oneof![-4i64..0, 1i64..5], length in 0isize..9,
        ) {
            let slice = Slice {
                start: start.as_ref().map(|bound| bound as &dyn Object),
                stop: stop.as_ref().map(|bound| bound as &dyn Object),
                step: Some(&step),
            };
            let indices = slice.bounds(python(Abi::Lp64)).unwrap().of(length);
            let expected = naive(start.map(|b| b as isize), stop.map(|b| b as isize), step as isize, length);
            prop_assert_eq!(indices.positions().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(indices.count as usize, expected.len());
        }
    }

    #[test]
    fn huge_bounds_are_clipped_and_huge_indices_refused() {
        let huge = Int::from(1_i128 << 100);
        let slice = Slice { step: Some(&huge), ..Slice::default() };
        assert_eq!(slice.bounds(python(Abi::Lp64)).unwrap().step, isize::MAX);
        assert_eq!(slice.bounds(python(Abi::Ilp32)).unwrap().step, i32::MAX as isize);
        assert_eq!(index(&huge, Abi::Lp64), Err(Error::IndexTooLarge { type_name: "int".into() }));
        assert_eq!(index(&(1_i64 << 31), Abi::Ilp32), Err(Error::IndexTooLarge { type_name: "int".into() }));
        assert_eq!(index(&(-1_i64 << 31), Abi::Ilp32), Ok(-1 << 31));
    }

    #[test]
    fn bounds_are_converted_step_first() {
        let slice = Slice { start: Some(&Item::Float(1.0)), stop: None, step: Some(&0_i64) };
        assert_eq!(slice.bounds(python(Abi::Lp64)), Err(Error::ZeroStep));
        assert_eq!(Slice { step: Some(&1_i64), ..slice }.bounds(python(Abi::Lp64)), Err(Error::SliceBound));
    }

    #[test]
    fn bounds_stop_at_the_ends_of_ssize() {
        for abi in [Abi::Lp64, Abi::Ilp32] {
            let (low, high) = (-abi.ssize_max() - 1, abi.ssize_max());
            let backward = Slice { step: Some(&-1_i64), ..Slice::default() };
            assert_eq!(backward.bounds(python(abi)), Ok(Bounds { start: high, stop: low, step: -1 }));
            let huge = Int::from(-(1_i128 << 100));
            let given = Slice { start: Some(&i64::MIN), stop: Some(&huge), step: None };
            assert_eq!(given.bounds(python(abi)), Ok(Bounds { start: low, stop: low, step: 1 }));
            assert_eq!([search_bound(&huge, abi), search_bound(&7_i64, abi)], [Ok(low), Ok(7)]);
            assert_eq!(search_bound(&Item::Float(1.0), abi), Err(Error::Bound));
        }
    }
}
