//! Texts that contain the address of an object, as `<memory at 0x7f…>` does. Where an object is, CPython decides, so that
//! only what stands around the address is known of such a text, and not even how long it is.
//!
//! An address is written as [`SIGN`] and a number, which is the same for the same object. Such a text can be kept, put
//! together with others and printed; traces show its addresses as `0x...`. Everything else that looks at a str asks here
//! what is certain.

use crate::object::Object;
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::rc::{Rc, Weak};
use view::{Error, View};

/// How an address begins here, by which it is recognized.
const SIGN: &str = "0xadd7e55";
/// How many digits of an address are that beginning or the number behind it.
const DIGITS: usize = 15;
/// The most digits that an address has.
const MOST_DIGITS: usize = 16;

/// The error of what depends on an address.
pub(crate) const UNKNOWN: Error = Error::Unspecified {
    what: "the operation depends on the address of an object that is part of a text, which Python does not specify",
};

thread_local! {
    /// The number of the next address.
    static NEXT: Cell<u32> = const { Cell::new(0) };
    /// The numbers of the addresses of views that are alive.
    static VIEWS: RefCell<Vec<(u32, Weak<View>)>> = const { RefCell::new(Vec::new()) };
}

/// Begins a run: what it says must not depend on the runs before it.
pub(crate) fn begin() {
    NEXT.set(0);
    VIEWS.take();
}

fn next() -> u32 {
    NEXT.replace(NEXT.get().wrapping_add(1))
}

fn written(number: u32) -> String {
    format!("{SIGN}{number:08x}")
}

/// Writes an address. Whether another text has the same one is not known.
pub(crate) fn of_any() -> String {
    written(next())
}

/// Writes the address of a view. It has the same one as long as it lives.
pub(crate) fn of_view(view: &Rc<View>) -> String {
    VIEWS.with_borrow_mut(|views| {
        views.retain(|(_, view)| view.strong_count() > 0);
        let known = views.iter().find(|(_, known)| std::ptr::eq(known.as_ptr(), Rc::as_ptr(view)));
        let number = known.map_or_else(next, |(number, _)| *number);
        if known.is_none() {
            views.push((number, Rc::downgrade(view)));
        }
        written(number)
    })
}

/// Returns whether a text contains an address.
pub(crate) fn is_in(text: &str) -> bool {
    text.len() > DIGITS && text.contains(SIGN)
}

/// Returns whether an object is a str that contains an address.
pub(crate) fn is_in_str(object: &Object) -> bool {
    matches!(object, Object::Str(text) if is_in(text))
}

/// Refuses a text that contains an address.
pub(crate) fn check(text: &str) -> Result<(), Error> {
    if is_in(text) { Err(UNKNOWN) } else { Ok(()) }
}

/// The parts of a text between its addresses, whose `0x` is known.
fn known(text: &str) -> Vec<&str> {
    let mut parts = vec![];
    let mut rest = text;
    while let Some(at) = rest.find(SIGN) {
        let (before, address) = rest.split_at(at + "0x".len());
        parts.push(before);
        rest = address.get(DIGITS..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}

/// What stands before the first address.
pub(crate) fn start(text: &str) -> &str {
    known(text).first().copied().unwrap_or_default()
}

/// What stands behind the last address.
pub(crate) fn end(text: &str) -> &str {
    known(text).last().copied().unwrap_or_default()
}

/// The number of the address whose digits are at a position of a text.
fn number_at(text: &str, position: usize) -> Option<u32> {
    let digits = |at: usize| at + "0x".len()..at + "0x".len() + DIGITS;
    let (at, _) = text.match_indices(SIGN).find(|(at, _)| digits(*at).contains(&position))?;
    u32::from_str_radix(text.get(at + SIGN.len()..digits(at).end)?, 16).ok()
}

fn is_alive(number: u32) -> bool {
    VIEWS.with_borrow(|views| views.iter().any(|(known, view)| *known == number && view.strong_count() > 0))
}

/// The first position at which two texts differ; `None` if they don't.
fn difference(a: &str, b: &str) -> Option<usize> {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    (same < a.len().max(b.len())).then_some(same)
}

/// Returns whether two texts are equal.
pub(crate) fn equal(a: &str, b: &str) -> Result<bool, Error> {
    let Some(at) = difference(a, b).filter(|_| is_in(a) || is_in(b)) else { return Ok(a == b) };
    match (number_at(a, at), number_at(b, at)) {
        (None, None) => Ok(false),
        // Two objects are not in the same place at the same time.
        (Some(a), Some(b)) if is_alive(a) && is_alive(b) => Ok(false),
        _ if at == a.len().min(b.len()) => Ok(false),
        _ => Err(UNKNOWN),
    }
}

/// Orders two texts.
pub(crate) fn order(a: &str, b: &str) -> Result<Ordering, Error> {
    let Some(at) = difference(a, b).filter(|_| is_in(a) || is_in(b)) else { return Ok(a.cmp(b)) };
    match number_at(a, at).or(number_at(b, at)) {
        Some(_) if at < a.len().min(b.len()) => Err(UNKNOWN),
        _ => Ok(a.cmp(b)),
    }
}

/// Returns whether a text contains a part.
pub(crate) fn contains(text: &str, part: &str) -> Result<bool, Error> {
    if !is_in(text) && !is_in(part) {
        return Ok(text.contains(part));
    }
    check(part)?;
    let known = known(text);
    if known.iter().any(|known| known.contains(part)) {
        return Ok(true);
    }
    // What there is of an address in the part has nothing but digits.
    let last = known.len().saturating_sub(2);
    let may_match = known.windows(2).enumerate().any(|(at, around)| {
        (0..part.len()).any(|start| {
            let digits = part.bytes().skip(start).take(MOST_DIGITS).take_while(u8::is_ascii_hexdigit).count();
            (start + 1..=start + digits).any(|end| match (part.get(..start), part.get(end..)) {
                (Some(before), Some(after)) => {
                    let goes_on = at < last && after.starts_with(around[1]);
                    around[0].ends_with(before) && (around[1].starts_with(after) || goes_on)
                }
                _ => false,
            })
        })
    });
    if may_match { Err(UNKNOWN) } else { Ok(false) }
}

/// Returns whether a text starts with a part, or ends with it.
pub(crate) fn is_at(text: &str, part: &str, is_start: bool) -> Result<bool, Error> {
    check(part)?;
    let (known, is_so) = match is_start {
        true => (start(text), text.starts_with(part)),
        false => (end(text), text.ends_with(part)),
    };
    let could_be = if is_start { part.starts_with(known) } else { part.ends_with(known) };
    match part.len() <= known.len() || !could_be {
        true => Ok(is_so),
        false => check(text).map(|()| is_so),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn text() -> String {
        format!("<memory at {}>", of_any())
    }

    #[rstest]
    #[case("", Some(true))]
    #[case("memory", Some(true))]
    #[case(" at 0x", Some(true))]
    #[case(">", Some(true))]
    #[case("released", Some(false))]
    #[case("0x7", None)]
    #[case("e", Some(true))]
    #[case("f", None)]
    #[case("0x7>", None)]
    #[case("0x7>>", Some(false))]
    #[case("c>", None)]
    #[case("12345678901234567", Some(false))]
    #[case("0xg", Some(false))]
    fn a_part_is_found_where_no_address_can_be(#[case] part: &str, #[case] expected: Option<bool>) {
        assert_eq!(contains(&text(), part).ok(), expected, "{part}");
    }

    #[rstest]
    #[case("XYZ", Some(false))]
    #[case("<memory", Some(false))]
    #[case("<memory at 0x", Some(false))]
    #[case("<memory at 0x7f>", None)]
    #[case("", Some(false))]
    fn texts_are_compared_up_to_an_address(#[case] other: &str, #[case] expected: Option<bool>) {
        assert_eq!(equal(&text(), other).ok(), expected);
        assert_eq!(equal(other, &text()).ok(), expected);
        let ordered = expected.map(|_| "<memory at 0xa".cmp(other));
        assert_eq!(order(&text(), other).ok(), ordered);
    }

    #[test]
    fn a_text_equals_itself_and_no_text_with_more() {
        let text = text();
        assert_eq!(equal(&text, &text).ok(), Some(true));
        assert_eq!(equal(&text, &format!("{text}!")).ok(), Some(false));
        assert_eq!(order(&text, &format!("{text}!")).ok(), Some(Ordering::Less));
    }

    #[rstest]
    #[case("<memory at", true, Some(true))]
    #[case("<released", true, Some(false))]
    #[case("<memory at 0x7", true, None)]
    #[case("<memory at 0y7", true, Some(false))]
    #[case(">", false, Some(true))]
    #[case("7>", false, None)]
    #[case("7", false, Some(false))]
    fn the_start_and_the_end_are_known(#[case] part: &str, #[case] is_start: bool, #[case] expected: Option<bool>) {
        assert_eq!(is_at(&text(), part, is_start).ok(), expected);
    }
}
