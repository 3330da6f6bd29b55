//! Faults of assigning to slices: what fits what, and how the items are copied.

use super::Stop;
use super::call::{Answer, Call, Done, raise};
use super::parts::{addresses, dense, part, relaid, remade, scratch, whole, writable};
use super::{Row, row};
use program::Kind;
use python::Object;
use std::rc::Rc;
use view::{Error, Indices, Text, View};

pub(super) const ROWS: &[Row] = &[
    row("assign-readonly", "Assigning to a slice does not look whether the view is read-only.", |call| {
        let target = writable(&Assigned::of(call)?.view)?;
        call.on_error(|call, error| match error {
            Error::ReadOnly => Some(call.with(0, Object::View(target))),
            _ => None,
        })
    }),
    row(
        "assign-overlap-forward",
        "Items are copied one by one from the first, also where source and target overlap.",
        |call| one_by_one(call, |_| ()),
    ),
    row(
        "assign-overlap-backward",
        "Items are copied one by one from the last, also where source and target overlap.",
        |call| one_by_one(call, <[Pair]>::reverse),
    ),
    row("assign-shorter", "A shorter source is assigned as far as it goes.", |call| {
        let assigned = Assigned::of(call)?;
        call.on_error(|call, error| {
            let (Error::Structure, source) = (error, assigned.source(call)?) else { return None };
            match (source.layout().shape(), assigned.target.layout().shape()) {
                (&[given], &[wanted]) if given < wanted => {
                    let first = Indices { start: 0, stop: given, step: 1, count: given };
                    let target = relaid(&assigned.target, &assigned.target.layout().slice(first))?;
                    assigned.fill(call, target, &source)
                }
                _ => None,
            }
        })
    }),
    row("assign-longer", "Of a longer source as many items are assigned as there is room for.", |call| {
        let assigned = Assigned::of(call)?;
        call.on_error(|call, error| {
            let (Error::Structure, source) = (error, assigned.source(call)?) else { return None };
            match (source.layout().shape(), assigned.target.layout().shape()) {
                (&[given], &[wanted]) if given > wanted => {
                    let first = Indices { start: 0, stop: wanted, step: 1, count: wanted };
                    let source = relaid(&source, &source.layout().slice(first))?;
                    assigned.fill(call, assigned.target.clone(), &source)
                }
                _ => None,
            }
        })
    }),
    row("assign-other-format", "Items of another format of the same size are assigned as they are.", |call| {
        let assigned = Assigned::of(call)?;
        call.on_error(|call, error| {
            let (Error::Structure, source) = (error, assigned.source(call)?) else { return None };
            let format = assigned.view.raw_format();
            let source = (source.raw_itemsize() == assigned.view.raw_itemsize())
                .then(|| remade(&source, |export| export.format = Some(Text::from(format))))??;
            assigned.fill(call, assigned.target.clone(), &source)
        })
    }),
    row("assign-prefix-matters", "Formats with and without an `@` do not fit each other.", |call| {
        let assigned = Assigned::of(call)?;
        let source = assigned.source(call)?;
        let fits = source.raw_format() == assigned.view.raw_format();
        match (fits, try_out(call)?) {
            (false, Ok(_)) => Some(raise(Error::Structure)),
            _ => None,
        }
    }),
    row("assign-any-to-nothing", "An empty slice takes a source of any length and format.", |call| {
        let assigned = Assigned::of(call)?;
        let is_empty = assigned.target.layout().items() == 0;
        call.on_error(|_, error| match error {
            Error::Structure if is_empty => Some(Ok(None)),
            _ => None,
        })
    }),
    row("assign-without-target-step", "What is assigned to a slice with a step is written side by side.", |call| {
        let assigned = Assigned::of(call)?;
        let source = assigned.source(call)?;
        try_out(call)?.ok()?;
        let target = dense(&assigned.target)?;
        assigned.fill(call, target, &source)
    }),
    row("assign-without-source-step", "A source with a step is read as if its items lay side by side.", |call| {
        let source = Assigned::of(call)?.source(call)?;
        let source = dense(&source)?;
        try_out(call)?.ok()?;
        Some(call.with(2, Object::View(source)))
    }),
];

/// A slice that is to be assigned to.
pub(super) struct Assigned {
    pub(super) view: Rc<View>,
    pub(super) target: Rc<View>,
    value: Object,
}

impl Assigned {
    pub(super) fn of(call: &Call<'_>) -> Option<Assigned> {
        let view = call.view(&[Kind::Set])?;
        let [_, key, value] = call.operands else { return None };
        let target = (view.layout().ndim() == 1).then(|| part(&view, key))??;
        Some(Assigned { view, target, value: value.clone() })
    }

    /// The value as a view, if it is an exporter that does not notice when it is asked once more, as one with `__buffer__` would.
    pub(super) fn source(&self, call: &Call<'_>) -> Option<Rc<View>> {
        let is_unseen =
            matches!(self.value, Object::Bytes(_) | Object::Bytearray(_) | Object::Array(_) | Object::View(_));
        is_unseen.then(|| call.python.view_of(&self.value).ok())?
    }

    /// Assigns to all of a target.
    pub(super) fn fill(&self, call: &mut Call<'_>, target: Rc<View>, source: &Rc<View>) -> Answer {
        let (target, source) = (Object::View(target), Object::View(source.clone()));
        let done = target.as_type().set_item(call.python, &whole(), Some(&source));
        Some(done.map(|()| None).map_err(Stop::from))
    }
}

/// What the honest runtime would do, on a copy of the memory.
pub(super) fn try_out(call: &mut Call<'_>) -> Option<Done> {
    let view = call.view(&[Kind::Set])?;
    match view.raw_readonly() {
        true => None,
        false => scratch(&view).map(|copy| call.with(0, Object::View(copy))),
    }
}

/// Where an item is copied from and to.
pub(super) type Pair = (isize, isize);

/// Copies items one by one where source and target are in the same memory, in an order.
pub(super) fn one_by_one(call: &mut Call<'_>, order: fn(&mut [Pair])) -> Answer {
    let assigned = Assigned::of(call)?;
    let (source, memory) = (assigned.source(call)?, assigned.view.memory().clone());
    if !Rc::ptr_eq(source.memory(), &memory) {
        return None;
    }
    try_out(call)?.ok()?;
    let mut pairs: Vec<Pair> = addresses(&source)?.into_iter().zip(addresses(&assigned.target)?).collect();
    order(&mut pairs);
    let mut item = vec![0; assigned.view.raw_itemsize().unsigned_abs()];
    for (from, to) in pairs {
        memory.read(from, &mut item).ok()?;
        memory.write(to, &item).ok()?;
    }
    Some(Ok(None))
}
