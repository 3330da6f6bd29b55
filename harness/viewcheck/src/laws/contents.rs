//! Laws of contents: the bytes of a view, their order, and what is computed from them.

use super::Law;
use super::native::is_refused;
use super::subject::Subject;
use program::{Kind, Operand, Outcome, Raised, Value};
use std::borrow::Cow;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "bytes-are-packed-items",
        says: "`view.tobytes()` equals the items of `view.tolist()`, or the item `view[()]` of a view of no dimensions, packed \
               by the struct module.",
        steps: |subject, follow| {
            if subject.native().is_some() {
                follow.items(subject);
                follow.step(Kind::ToBytes, [subject.view()]);
                follow.step(Kind::Format, [subject.view()]);
            }
        },
        judge: |subject, seen| match (subject.native(), seen) {
            (Some(native), [Outcome::Value(items), Outcome::Value(Value::Bytes(bytes)), ..]) => {
                vec![(1, Cow::Owned(native.pack(items, bytes).map_or_else(unpackable, of_bytes)))]
            }
            (Some(_), [items, ..]) if !is_refused(Some(items)) => vec![(1, Cow::Owned(unpackable()))],
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "is_refused(o[0]) or is_packed(*o)",
    },
    Law {
        name: "orders-agree",
        says: "`tobytes` returns the items in C order by default, with the first index varying fastest for order 'F', and \
               in the order of the memory for order 'A'.",
        steps: |subject, follow| {
            if subject.is_readable() {
                follow.step(Kind::ToBytes, [subject.view()]);
                for order in ["C", "F", "A"] {
                    follow.step(Kind::ToBytes, [subject.view(), Operand::Value(Value::Str(order.into()))]);
                }
                follow.step(Kind::FContiguous, [subject.view()]);
                follow.step(Kind::Shape, [subject.view()]);
            }
        },
        judge: |subject, seen| match seen {
            [Outcome::Value(Value::Bytes(bytes)), _, _, _, Outcome::Value(is_fortran), ..] => {
                let Some(turned) = turned(subject, bytes) else { return vec![] };
                let any = if *is_fortran == Value::Bool(true) { turned.clone() } else { bytes.to_vec() };
                let (turned, any) = (Cow::Owned(of_bytes(turned)), Cow::Owned(of_bytes(any)));
                vec![(1, Cow::Borrowed(seen[0])), (2, turned), (3, any)]
            }
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "is_ordered(o)",
    },
    Law {
        name: "hex-spells-bytes",
        says: "`view.hex()` is `view.tobytes()` in hexadecimal.",
        steps: |subject, follow| {
            if subject.is_readable() {
                follow.step(Kind::ToBytes, [subject.view()]);
                follow.step(Kind::Hex, [subject.view()]);
            }
        },
        judge: |_, seen| match seen.first() {
            Some(Outcome::Value(Value::Bytes(bytes))) => {
                let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                vec![(1, Cow::Owned(Outcome::Value(Value::Str(text.into()))))]
            }
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "type(o[0]) is not bytes or same(o[1], o[0].hex())",
    },
    Law {
        name: "a-hash-is-that-of-bytes",
        says: "The hash of a view of a `bytes` object equals the hash of `view.tobytes()`.",
        steps: |subject, follow| {
            if subject.state.readonly && subject.native().is_some_and(|native| native.is_byte()) {
                follow.step(Kind::Obj, [subject.view()]);
                let hash = follow.part(Kind::Hash, [subject.view()]);
                let bytes = follow.part(Kind::ToBytes, [subject.view()]);
                let other = follow.part(Kind::Hash, [bytes]);
                follow.step(Kind::Eq, [hash, other]);
            }
        },
        judge: |_, seen| match seen.first() {
            // A view remembers its hash, and what is under other read-only views may have changed since.
            Some(Outcome::Value(Value::Bytes(_))) => vec![(1, Cow::Owned(Outcome::Value(Value::Bool(true))))],
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "type(o[0]) is not bytes or o[1] is True",
    },
];

fn of_bytes(bytes: Vec<u8>) -> Outcome {
    Outcome::Value(Value::Bytes(bytes.into()))
}

/// What the struct module does with an item that is none of the format.
fn unpackable() -> Outcome {
    let message = "an item is none of its format".to_owned();
    Outcome::Raised(Raised { exception: "error".to_owned(), message })
}

/// The items of bytes in C order, with the first index fastest.
fn turned(subject: &Subject, bytes: &[u8]) -> Option<Vec<u8>> {
    let size = usize::try_from(subject.state.itemsize).ok()?;
    let shape: Vec<usize> =
        subject.state.shape.iter().map(|size| usize::try_from(*size).ok()).collect::<Option<_>>()?;
    let count: usize = shape.iter().product();
    if count.checked_mul(size)? != bytes.len() {
        return None;
    }
    let mut turned = Vec::with_capacity(bytes.len());
    for mut place in 0..count {
        // The place in Fortran order says the indices, and these the place in C order.
        let mut indices = vec![];
        for size in &shape {
            indices.push(place % size);
            place /= size;
        }
        let at = indices.iter().zip(&shape).fold(0, |at, (index, size)| at * size + index) * size;
        turned.extend(&bytes[at..at + size]);
    }
    Some(turned)
}
