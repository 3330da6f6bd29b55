//! Laws of views made from views: each covers the right memory.

use super::Law;
use super::subject::Subject;
use program::{Kind, Operand, Outcome, Value, ViewState};
use std::borrow::Cow;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "slicing-composes",
        says: "A slice of a slice equals the single slice that selects the same items.",
        steps: |subject, follow| {
            for (first, second, both) in compositions(subject) {
                let part = follow.part(Kind::Get, [subject.view(), first]);
                follow.step(Kind::Get, [part, second]);
                follow.step(Kind::Get, [subject.view(), both]);
            }
        },
        judge: |_, seen| {
            let pairs = seen.chunks_exact(2).enumerate();
            pairs.map(|(index, pair)| (2 * index, Cow::Borrowed(pair[1]))).collect()
        },
        ends: false,
        needs_deaths: false,
        python: "all(same(*o[at:at + 2]) for at in range(0, len(o), 2))",
    },
    Law {
        name: "casting-comes-back",
        says: "A view that is cast to bytes and back to its format and shape has the same layout and memory.",
        steps: |subject, follow| {
            let ViewState { format, shape, strides, .. } = &subject.state;
            let is_dense = subject.dense().is_some_and(|dense| dense == *strides) && !shape.contains(&0);
            if !is_dense || !subject.native().is_some_and(|native| native.is_everywhere()) {
                return;
            }
            follow.step(Kind::Plain, [subject.view()]);
            let text = |text: &str| Operand::Value(Value::Str(text.into()));
            let bytes = follow.part(Kind::Cast, [subject.view(), text("B")]);
            if shape.len() == 1 {
                return follow.step(Kind::Cast, [bytes, text(format)]);
            }
            let shape = Value::List(shape.iter().copied().map(Value::Int).collect());
            follow.step(Kind::Cast, [bytes, text(format), Operand::Value(shape)]);
        },
        judge: |_, seen| second_as_first(seen),
        ends: false,
        needs_deaths: false,
        python: "same(o[0], o[1])",
    },
    Law {
        name: "a-twin-differs-in-readonly",
        says: "`toreadonly` returns a read-only view with the same layout and memory.",
        steps: |subject, follow| {
            follow.step(Kind::Plain, [subject.view()]);
            follow.step(Kind::ToReadonly, [subject.view()]);
        },
        judge: |_, seen| match seen {
            [Outcome::Value(Value::View(view)), ..] => {
                let twin = ViewState { readonly: true, ..(**view).clone() };
                vec![(1, Cow::Owned(Outcome::Value(Value::View(Box::new(twin)))))]
            }
            _ => vec![],
        },
        ends: false,
        needs_deaths: false,
        python: "is_twin(o)",
    },
    Law {
        name: "a-view-of-a-view-is-alike",
        says: "A view of a view has the same layout and memory.",
        steps: |subject, follow| {
            follow.step(Kind::Plain, [subject.view()]);
            follow.step(Kind::NewView, [subject.view()]);
        },
        judge: |_, seen| second_as_first(seen),
        ends: false,
        needs_deaths: false,
        python: "same(o[0], o[1])",
    },
];

fn second_as_first<'a>(seen: &[&'a Outcome]) -> Vec<(usize, Cow<'a, Outcome>)> {
    seen.first().map(|first| (1, Cow::Borrowed(*first))).into_iter().collect()
}

/// The start, stop and step of a slice.
type Bounds = (Option<i64>, Option<i64>, i64);

/// Slices and slices of them, with starts and stops left out, negative and beyond the end.
const SLICES: &[(Bounds, Bounds)] = &[
    ((Some(1), None, 1), (None, Some(-1), 1)),
    ((None, None, 2), (Some(1), None, 1)),
    ((None, None, -1), (None, None, -2)),
    ((Some(-3), Some(1 << 40), 1), (None, Some(2), 1)),
    ((None, None, -2), (Some(-1), None, -1)),
];

/// How many pairs of slices one view is asked for.
const SOME: usize = 2;

/// Two slices, and the one that selects what both do, with its bounds counted from the first item.
fn compositions(subject: &Subject) -> impl Iterator<Item = (Operand, Operand, Operand)> {
    let length = subject.state.shape.first().copied().unwrap_or(0);
    // Some of them for each view, and others for views of another length: all are much to ask of every program.
    let turn = usize::try_from(length).unwrap_or(0) % SLICES.len();
    SLICES.iter().cycle().skip(turn).take(SOME).filter_map(move |(first, second)| {
        let (from, step, count) = indices(*first, length)?;
        let (then, stride, count) = indices(*second, count)?;
        // Where an empty slice starts matters to nobody.
        if count == 0 {
            return None;
        }
        let (from, step) = (from.checked_add(step.checked_mul(then)?)?, step * stride);
        let stop = Some(from.checked_add(step.checked_mul(count)?)?).filter(|stop| *stop >= 0);
        Some((slice(*first), slice(*second), slice((Some(from), stop, step))))
    })
}

/// The first index that a slice selects of so many, the step to the next, and how many it selects.
fn indices((start, stop, step): Bounds, length: i64) -> Option<(i64, i64, i64)> {
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let (first, last) = if step > 0 { (low, high) } else { (high, low) };
    let place = |bound: i64| if bound < 0 { bound.checked_add(length) } else { Some(bound) };
    let start = start.map_or(Some(first), place)?.clamp(low, high);
    let stop = stop.map_or(Some(last), place)?;
    let stop = if step < 0 && stop == last { last } else { stop.clamp(low, high) };
    let count = if step > 0 { (stop - start + step - 1) / step } else { (start - stop - step - 1) / -step };
    Some((start, step, count.max(0)))
}

fn slice((start, stop, step): Bounds) -> Operand {
    let bound = |bound: Option<i64>| bound.map_or(Value::None, Value::Int);
    let step = if step == 1 { Value::None } else { Value::Int(step) };
    Operand::Value(Value::Slice(Box::new([bound(start), bound(stop), step])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case((None, None, 1), 5, (0, 1, 5))]
    #[case((Some(1), None, 2), 6, (1, 2, 3))]
    #[case((None, None, -1), 4, (3, -1, 4))]
    #[case((None, None, -2), 5, (4, -2, 3))]
    #[case((Some(-1), None, -1), 3, (2, -1, 3))]
    #[case((Some(-3), Some(1 << 40), 1), 2, (0, 1, 2))]
    #[case((None, Some(-1), 1), 0, (0, 1, 0))]
    fn a_slice_selects_what_it_does_in_python(
        #[case] bounds: Bounds,
        #[case] length: i64,
        #[case] selected: (i64, i64, i64),
    ) {
        assert_eq!(indices(bounds, length), Some(selected));
    }
}
