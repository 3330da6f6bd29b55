//! Reading: `m[key]`.

use std::rc::Rc;

use super::{ExportShare, View};
use crate::error::Error;
use crate::item::Item;
use crate::key::{Key, Slice, index};
use crate::object::Object;

/// What `m[key]` gives.
#[derive(Clone, Debug)]
pub enum Got {
    /// An item.
    Item(Item),
    /// A slice: a new view of the same memory.
    View(Rc<View>),
    /// `m[...]` on a 0-dimensional view: `m` itself.
    Itself,
}

impl View {
    /// `m[key]` (library reference, "memoryview"; order of checks measured).
    ///
    /// 1. released; 2. the kind of key; for an index: its conversion, released again, format, bounds; for a slice:
    ///    restricted, its conversion; for a tuple of indices: format, its length, each index and its bounds in turn.
    ///
    /// `memory_subscript` in C; case: index-of-two-dimensions
    pub fn get(self: &Rc<Self>, key: &Key) -> Result<Got, Error> {
        self.check()?;
        if self.layout.ndim() == 0 {
            return match key {
                Key::Tuple([]) => self.load(self.layout.offset()).map(Got::Item),
                Key::Ellipsis => Ok(Got::Itself),
                _ => Err(Error::ZeroDimIndex),
            };
        }
        if let Some(object) = key.as_index() {
            let index = index(object, self.abi())?;
            return self.item(index).map(Got::Item);
        }
        match key {
            Key::Slice(slice) => self.slice(slice).map(Got::View),
            Key::Tuple(keys) => self.get_tuple(keys),
            _ => Err(Error::InvalidKey),
        }
    }

    /// The item at an index of the only dimension: what indexing, the old iterator and `index()` share.
    pub(super) fn item(&self, index: isize) -> Result<Item, Error> {
        self.check()?;
        self.format.refuse_structured()?;
        match self.layout.ndim() {
            0 => Err(Error::ZeroDimIndex),
            1 => self.load(self.layout.lookup(self.layout.offset(), 0, index, &self.memory)?),
            _ => Err(Error::SubViewsOfDimensions),
        }
    }

    /// The item at an address.
    pub(super) fn load(&self, address: isize) -> Result<Item, Error> {
        let native = self.format.item()?;
        let raw = self.memory.item(address, native.size(self.abi()))?;
        Ok(native.unpack(raw, self.profile))
    }

    fn slice(&self, slice: &Slice) -> Result<Rc<View>, Error> {
        self.check_unrestricted()?;
        // The new view shares the export before its bounds are converted, so a conversion that releases this view does
        // no harm: the memory stays.
        let share = ExportShare::new(&self.share.export);
        let indices = slice.bounds(self.profile)?.of(self.layout.size(0));
        let layout = self.layout.slice(indices);
        Ok(Rc::new(self.derive(share, layout, self.format.clone(), self.itemsize)))
    }

    fn get_tuple(&self, keys: &[Key]) -> Result<Got, Error> {
        match as_indices(keys) {
            Some(objects) => {
                self.format.refuse_structured()?;
                let generation = self.memory.generation();
                let address = self.locate(keys.len(), objects)?;
                self.check_again()?;
                self.check_memory(generation)?;
                self.load(address).map(Got::Item)
            }
            None if all_slices(keys) => Err(Error::MultiSlice),
            None => Err(Error::InvalidKey),
        }
    }

    /// Follows one index a dimension. Each is converted and checked against its bounds before the next is looked at.
    pub(super) fn locate<'a>(
        &self,
        given: usize,
        objects: impl Iterator<Item = &'a dyn Object>,
    ) -> Result<isize, Error> {
        let ndim = self.layout.ndim();
        if given < ndim {
            return Err(Error::SubViews);
        }
        if given > ndim {
            return Err(Error::TupleLength { ndim: ndim as u32, given });
        }
        let mut address = self.layout.offset();
        for (dimension, object) in objects.enumerate() {
            let index = index(object, self.abi())?;
            address = self.layout.lookup(address, dimension, index, &self.memory)?;
        }
        Ok(address)
    }
}

/// The elements of a tuple, if every one of them is an index; true of the empty tuple.
pub(super) fn as_indices<'a>(keys: &'a [Key<'a>]) -> Option<impl Iterator<Item = &'a dyn Object>> {
    let all = keys.iter().all(|key| key.as_index().is_some());
    all.then(|| keys.iter().filter_map(Key::as_index))
}

/// Whether a tuple consists of slices; not true of the empty tuple.
pub(super) fn all_slices(keys: &[Key]) -> bool {
    !keys.is_empty() && keys.iter().all(|key| matches!(key, Key::Slice(_)))
}
