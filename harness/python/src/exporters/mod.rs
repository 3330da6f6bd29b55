//! The memory of the built-in exporters that can be resized, and the rules for resizing: the state of a bytearray or an
//! array, without its Python methods.

mod array;
pub(crate) mod bytearray;

pub use array::{Array, Typecode};
pub use bytearray::{Bytearray, byte};

/// Converts an index, which may be negative, to a position; `None` if it is out of range.
fn position(index: isize, length: usize) -> Option<usize> {
    let length = isize::try_from(length).ok()?;
    let index = if index < 0 { index.wrapping_add(length) } else { index };
    (0..length).contains(&index).then_some(index as usize)
}

/// Returns the position at which `insert` puts an item. An index out of range is clamped.
fn insertion(index: isize, length: usize) -> usize {
    let length = isize::try_from(length).unwrap_or(isize::MAX);
    let index = if index < 0 { index.wrapping_add(length) } else { index };
    index.clamp(0, length) as usize
}

/// Removes the items of `size` bytes at the given positions.
fn remove_items(content: &mut Vec<u8>, size: usize, mut doomed: Vec<usize>) {
    doomed.sort_unstable();
    let mut at = 0;
    content.retain(|_| {
        at += 1;
        doomed.binary_search(&((at - 1) / size.max(1))).is_err()
    });
}
