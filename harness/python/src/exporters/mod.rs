//! The memory of the built-in exporters that can grow, and the rules by which it does: what a bytearray or an array is
//! before any Python function is called on it.

mod array;
mod bytearray;

pub use array::{Array, Typecode};
pub use bytearray::{Bytearray, byte};

/// A position counted from either end, if it is inside.
fn position(index: isize, length: usize) -> Option<usize> {
    let length = isize::try_from(length).ok()?;
    let index = if index < 0 { index.wrapping_add(length) } else { index };
    (0..length).contains(&index).then_some(index as usize)
}

/// Where `insert` puts an item: any index is moved inside.
fn insertion(index: isize, length: usize) -> usize {
    let length = isize::try_from(length).unwrap_or(isize::MAX);
    let index = if index < 0 { index.wrapping_add(length) } else { index };
    index.clamp(0, length) as usize
}

/// Removes the items of `size` bytes at these positions.
fn remove_items(content: &mut Vec<u8>, size: usize, mut doomed: Vec<usize>) {
    doomed.sort_unstable();
    let mut at = 0;
    content.retain(|_| {
        at += 1;
        doomed.binary_search(&((at - 1) / size.max(1))).is_err()
    });
}
