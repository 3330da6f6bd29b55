//! Laws of items: every way of reading an item gives the same value.

use super::Law;
use super::native::is_refused;
use super::subject::Subject;
use program::{Kind, Operand, Outcome, Value};
use std::borrow::Cow;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "a-list-is-tolist",
        says: "For a one-dimensional view, `list(view)` equals `view.tolist()`.",
        steps: |subject, follow| {
            if subject.state.shape.len() == 1 && subject.native().is_some() {
                follow.step(Kind::ToList, [subject.view()]);
                follow.step(Kind::ListOf, [subject.view()]);
            }
        },
        judge: |_, seen| match seen {
            [items, ..] if !is_refused(Some(items)) => vec![(1, Cow::Borrowed(*items))],
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "is_refused(o[0]) or same(o[0], o[1])",
    },
    Law {
        name: "a-subscript-is-in-tolist",
        says: "Indexing a view gives the same item as indexing `view.tolist()`, with one index per dimension.",
        steps: |subject, follow| {
            let keys = keys(subject);
            if subject.native().is_some() && !keys.is_empty() {
                follow.step(Kind::ToList, [subject.view()]);
                for key in keys {
                    let key = match key.as_slice() {
                        [index] => Value::Int(*index),
                        indices => Value::Tuple(indices.iter().copied().map(Value::Int).collect()),
                    };
                    follow.step(Kind::Get, [subject.view(), Operand::Value(key)]);
                }
                follow.step(Kind::Shape, [subject.view()]);
            }
        },
        judge: |subject, seen| match seen.first() {
            Some(Outcome::Value(items)) => {
                let item = |key: &[i64]| key.iter().try_fold(items, |items, index| at(items, *index)).cloned();
                // Where the lists end before the dimensions do, no item is the right one.
                let expected = |key: &Vec<i64>| Cow::Owned(Outcome::Value(item(key).unwrap_or(Value::Ellipsis)));
                keys(subject).iter().map(expected).enumerate().map(|(index, item)| (index + 1, item)).collect()
            }
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "type(o[0]) is Raised or is_subscripted(o)",
    },
    Law {
        name: "a-view-equals-itself",
        says: "A view equals itself, unless it holds a NaN.",
        steps: |subject, follow| {
            if subject.native().is_some_and(|native| native.is_everywhere()) {
                follow.items(subject);
                follow.step(Kind::Eq, [subject.view(), subject.view()]);
            }
        },
        judge: |_, seen| match seen.first() {
            Some(Outcome::Value(items)) => {
                let is_nan = |item: &&Value| matches!(item, Value::Float(value) if value.is_nan());
                let is_equal = !super::native::flat(items).iter().any(is_nan);
                vec![(1, Cow::Owned(Outcome::Value(Value::Bool(is_equal))))]
            }
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "type(o[0]) is Raised or same(o[1], all(item == item for item in flat(o[0])))",
    },
];

/// The indices of the first item, of the last, and of one in the middle counted from the end.
fn keys(subject: &Subject) -> Vec<Vec<i64>> {
    let shape = &subject.state.shape;
    if shape.is_empty() || shape.iter().any(|size| *size < 1) {
        return vec![];
    }
    let key = |index: fn(i64) -> i64| shape.iter().map(|size| index(*size)).collect();
    vec![key(|_| 0), key(|size| size - 1), key(|size| -(size / 2) - 1)]
}

fn at(items: &Value, index: i64) -> Option<&Value> {
    let Value::List(items) = items else { return None };
    let index = if index < 0 { index.checked_add_unsigned(items.len() as u64)? } else { index };
    items.get(usize::try_from(index).ok()?)
}
