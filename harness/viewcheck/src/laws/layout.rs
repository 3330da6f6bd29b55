//! Laws of layouts: the attributes of a view are consistent.

use super::Law;
use super::subject::Subject;
use program::{Kind, Outcome, Value, ViewState};
use std::borrow::Cow;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "nbytes-counts-items",
        says: "`nbytes` is the product of the shape and the itemsize.",
        steps: |subject, follow| {
            if subject.nbytes().is_some() {
                follow.step(Kind::Shape, [subject.view()]);
                follow.step(Kind::Itemsize, [subject.view()]);
                follow.step(Kind::Nbytes, [subject.view()]);
            }
        },
        judge: |_, seen| match seen {
            [Outcome::Value(Value::Tuple(shape)), Outcome::Value(Value::Int(itemsize)), ..] => {
                let by = |bytes: i64, size: &Value| match size {
                    Value::Int(size) => bytes.checked_mul(*size),
                    _ => None,
                };
                let bytes = shape.iter().try_fold(*itemsize, by);
                bytes.map(|bytes| (2, Cow::Owned(Outcome::Value(Value::Int(bytes))))).into_iter().collect()
            }
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "Raised in map(type, o[:2]) or same(o[2], product(*o[:2]))",
    },
    Law {
        name: "attributes-tell-the-layout",
        says: "`ndim` and `len` agree with the shape, and there is one stride per dimension.",
        steps: |subject, follow| {
            // What the length of a view without dimensions is has changed.
            if !subject.state.shape.is_empty() {
                follow.step(Kind::Shape, [subject.view()]);
                follow.step(Kind::Ndim, [subject.view()]);
                follow.step(Kind::Len, [subject.view()]);
                let strides = follow.part(Kind::Strides, [subject.view()]);
                follow.step(Kind::Len, [strides]);
            }
        },
        judge: |_, seen| match seen {
            [Outcome::Value(Value::Tuple(shape)), ..] => {
                let dimensions: Cow<'_, Outcome> = Cow::Owned(Outcome::Value(Value::Int(shape.len() as i64)));
                let first = shape.first().map(|length| (2, Cow::Owned(Outcome::Value(length.clone()))));
                [(1, dimensions.clone()), (3, dimensions)].into_iter().chain(first).collect()
            }
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "type(o[0]) is Raised or same(o[1:], [len(o[0]), o[0][0], len(o[0])])",
    },
    Law {
        name: "contiguity-follows-strides",
        says: "A view is C- or Fortran-contiguous if and only if its strides are those of adjacent items in that order.",
        steps: |subject, follow| {
            // In one dimension the stride decides even where there is no item, and in others it does not.
            if subject.count().is_some_and(|count| count > 0) {
                for kind in [Kind::Shape, Kind::Strides, Kind::Suboffsets, Kind::Itemsize] {
                    follow.step(kind, [subject.view()]);
                }
                for kind in [Kind::CContiguous, Kind::FContiguous, Kind::Contiguous] {
                    follow.step(kind, [subject.view()]);
                }
            }
        },
        judge: |subject, seen| {
            let (c, fortran) = (is_dense(subject, true), is_dense(subject, false));
            let said = [c, fortran, c || fortran].into_iter().zip(4..);
            // The layout is the one that was seen before the steps.
            let is_told = seen.len() > 4;
            said.filter(|_| is_told)
                .map(|(is_so, step)| (step, Cow::Owned(Outcome::Value(Value::Bool(is_so)))))
                .collect()
        },
        ends: false,
        needs_deaths: false,
        python: "is_contiguous(o)",
    },
];

/// Whether items lie side by side, with the last index fastest or the first.
fn is_dense(subject: &Subject, last: bool) -> bool {
    let ViewState { shape, strides, suboffsets, itemsize, .. } = &subject.state;
    let mut dimensions: Vec<(&i64, &i64)> = shape.iter().zip(strides).collect();
    if last {
        dimensions.reverse();
    }
    let mut expected = Some(*itemsize);
    let is_packed = dimensions.into_iter().all(|(size, stride)| {
        let is_next = *size == 1 || expected == Some(*stride);
        expected = expected.and_then(|expected| expected.checked_mul(*size));
        is_next
    });
    is_packed && suboffsets.is_empty()
}
