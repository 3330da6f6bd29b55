//! What a description of memory comes to, and whether the memory has all that the description reaches.
//!
//! The rules are here once, for whatever exports real memory by a description: [`Described`](super::Described) is safe
//! with any layout, an exporter written in C is not.

use std::collections::BTreeSet;

use super::refusal;
use crate::error::{Error, Refusal};
use crate::flags::Flags;
use crate::format::{Native, Text};
use crate::layout::{Contiguity, Dims, Layout, packed_strides, product};
use crate::version::Abi;

/// A layout, as the arguments of `exporter(data, …)` give it. Sizes and offsets are in bytes.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// `None`: the exporter gives no format, which means `B`.
    pub format: Option<String>,
    /// Bytes of an item.
    pub itemsize: isize,
    /// `None`: one dimension that fills the memory after `offset`.
    pub shape: Option<Vec<isize>>,
    /// `None`: C order.
    pub strides: Option<Vec<isize>>,
    /// Address of the first item.
    pub offset: isize,
    /// `None`: no pointers. Pointers are little-endian addresses in the same memory, as wide as the ABI's.
    pub suboffsets: Option<Vec<isize>>,
    /// Whether writing is forbidden.
    pub readonly: bool,
}

/// A description with everything filled in that it left out.
#[derive(Clone, Debug)]
pub struct Form {
    /// The format, if one is given.
    pub format: Option<String>,
    /// Bytes of an item.
    pub itemsize: isize,
    /// Bytes that a packed copy takes.
    pub length: isize,
    /// The geometry.
    pub layout: Layout,
    /// Whether writing is forbidden.
    pub readonly: bool,
    contiguity: Contiguity,
}

/// The most dimensions that a checked description may have. A memoryview has fewer, other consumers don't count.
const MAX_NDIM: usize = 128;

/// The most bytes of items that a checked description may have. A stride of 0 makes many of few.
const MAX_BYTES: isize = 1 << 20;

impl Form {
    /// What a description comes to for memory of `available` bytes.
    ///
    /// [`Error::Unspecified`] for negative sizes, lists of different lengths, and more bytes than can be addressed.
    pub fn new(description: &Description, available: usize, abi: Abi) -> Result<Form, Error> {
        let itemsize = description.itemsize;
        let available = isize::try_from(available).unwrap_or(isize::MAX).saturating_sub(description.offset);
        let shape: Dims = match &description.shape {
            Some(shape) => Dims::from_slice(shape),
            None => Dims::from_slice(&[available.checked_div(itemsize).unwrap_or(0)]),
        };
        let strides = match &description.strides {
            Some(strides) => Dims::from_slice(strides),
            None => packed_strides(&shape, itemsize, abi),
        };
        let suboffsets = Dims::from_slice(description.suboffsets.as_deref().unwrap_or_default());
        let length = product(&shape, itemsize).filter(|length| (0..=abi.ssize_max()).contains(length) && itemsize >= 0);
        let length = length.ok_or(Error::Unspecified {
            what: "the layout has a negative size, or more bytes than can be addressed",
        })?;
        let layout = Layout::new(description.offset, shape, strides, suboffsets, abi)?;
        Ok(Form {
            format: description.format.clone(),
            itemsize,
            length,
            contiguity: layout.contiguity(itemsize),
            layout,
            readonly: description.readonly,
        })
    }

    /// Why a request cannot be served, if it cannot.
    pub fn refusal(&self, flags: Flags) -> Option<Refusal> {
        refusal(flags, self.readonly, self.contiguity, !self.layout.suboffsets().is_empty())
    }
}

impl Description {
    /// What the description comes to for memory with this content, and the addresses of the pointers in it, if no
    /// consumer that keeps to the layout can leave the memory, or reach a pointer as if it were an item.
    pub fn check(&self, content: &[u8], abi: Abi) -> Result<(Form, BTreeSet<usize>), Error> {
        self.check_sizes(content.len(), abi)?;
        let form = Form::new(self, content.len(), abi)?;
        // Items of a native format are read and written whole, however small they are said to be.
        let native =
            form.format.as_deref().and_then(|text| Text::from(text).as_native()).map_or(0, |native| native.size(abi));
        let reach = form.itemsize.unsigned_abs().max(native);
        let walk = Walk { layout: &form.layout, content, word: abi.word(), reach };
        let pointers = match form.layout.suboffsets().iter().any(|suboffset| *suboffset >= 0) {
            true => walk.follow()?,
            false => walk.stays_inside().map(|()| BTreeSet::new())?,
        };
        Ok((form, pointers))
    }

    fn check_sizes(&self, available: usize, abi: Abi) -> Result<(), Error> {
        let fits = |value: isize| (-abi.ssize_max() - 1..=abi.ssize_max()).contains(&value);
        let (shape, strides) = (self.shape.as_deref(), self.strides.as_deref());
        let suboffsets = self.suboffsets.as_deref();
        let dimensions = shape.map_or(1, <[isize]>::len);
        let all = [shape, strides, suboffsets].into_iter().flatten().flatten();
        let fine = |fine: bool, text: &'static str| if fine { Ok(()) } else { Err(Error::Value(text)) };
        fine(self.format.as_ref().is_none_or(|format| !format.contains('\0')), "exporter: a NUL in the format")?;
        fine(fits(self.itemsize) && all.copied().all(fits), "exporter: a number is too large")?;
        fine(self.itemsize >= 0, "exporter: itemsize must not be negative")?;
        let offset = usize::try_from(self.offset);
        fine(offset.is_ok_and(|offset| offset <= available), "exporter: offset must lie in the data")?;
        fine(shape.is_some() || self.itemsize > 0, "exporter: items of no bytes need a shape")?;
        fine(dimensions <= MAX_NDIM, "exporter: more than 128 dimensions")?;
        fine(shape.unwrap_or_default().iter().all(|size| *size >= 0), "exporter: sizes must not be negative")?;
        let is_fit = |list: Option<&[isize]>| list.is_none_or(|list| list.len() == dimensions);
        fine(is_fit(strides), "exporter: strides must have an entry for each dimension")?;
        fine(is_fit(suboffsets), "exporter: suboffsets must have an entry for each dimension")?;
        // Outer dimensions are walked even if an inner one is empty.
        let sizes: Vec<isize> = shape.unwrap_or_default().iter().map(|size| (*size).max(1)).collect();
        let bytes = product(&sizes, self.itemsize.max(1));
        fine(bytes.is_some_and(|bytes| bytes <= MAX_BYTES), "exporter: more than a million bytes of items")
    }
}

/// Looks at every address that a consumer can come to.
struct Walk<'a> {
    layout: &'a Layout,
    content: &'a [u8],
    /// Bytes of a pointer.
    word: usize,
    /// Bytes that are read or written for an item.
    reach: usize,
}

impl Walk<'_> {
    fn inside(&self, address: Option<isize>, length: usize) -> Result<usize, Error> {
        let start = address.and_then(|address| usize::try_from(address).ok());
        let inside = |start: &usize| start.checked_add(length).is_some_and(|end| end <= self.content.len());
        start.filter(inside).ok_or(Error::Value("exporter: the layout leaves the data"))
    }

    /// Without pointers the first and the last item in memory say it for all.
    fn stays_inside(&self) -> Result<(), Error> {
        if self.layout.items() == 0 || self.reach == 0 {
            return Ok(());
        }
        let (mut low, mut high) = (Some(self.layout.offset()), Some(self.layout.offset()));
        for (size, stride) in self.layout.shape().iter().zip(self.layout.strides()) {
            let way = stride.checked_mul(size - 1);
            let end = if *stride < 0 { &mut low } else { &mut high };
            *end = end.zip(way).and_then(|(end, way)| end.checked_add(way));
        }
        self.inside(low, self.reach)?;
        self.inside(high, self.reach).map(drop)
    }

    fn follow(&self) -> Result<BTreeSet<usize>, Error> {
        let mut pointers = BTreeSet::new();
        let mut addresses = BTreeSet::from([self.layout.offset()]);
        let dimensions = self.layout.shape().iter().zip(self.layout.strides()).zip(self.layout.suboffsets());
        for ((size, stride), suboffset) in dimensions {
            let mut reached = BTreeSet::new();
            for (address, index) in addresses.iter().flat_map(|address| (0..*size).map(move |index| (address, index))) {
                let address = stride.checked_mul(index).and_then(|way| address.checked_add(way));
                let address = match suboffset {
                    ..0 => address,
                    _ => {
                        let slot = self.inside(address, self.word)?;
                        pointers.insert(slot);
                        self.pointer(slot)?.checked_add(*suboffset)
                    }
                };
                reached.insert(address.ok_or(Error::Value("exporter: the layout leaves the data"))?);
            }
            addresses = reached;
        }
        // Aligned as C wants them, two pointers can't overlap either.
        if pointers.iter().any(|slot| slot % self.word != 0) {
            return Err(Error::Value("exporter: pointers must be aligned"));
        }
        for address in addresses.into_iter().filter(|_| self.reach > 0) {
            let start = self.inside(Some(address), self.reach)?;
            if pointers.range((start + 1).saturating_sub(self.word)..start + self.reach).next().is_some() {
                return Err(Error::Value("exporter: an item covers a pointer"));
            }
        }
        Ok(pointers)
    }

    /// The pointer at `slot`. It may lead anywhere in the memory or to its end: what is read there is checked apart.
    fn pointer(&self, slot: usize) -> Result<isize, Error> {
        let mut raw = [0; 8];
        let word = self.content.get(slot..slot + self.word).unwrap_or_default();
        raw.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
        let pointer = isize::try_from(u64::from_le_bytes(raw)).ok();
        self.inside(pointer, 0).map(|pointer| pointer as isize)
    }
}

/// The size of a format of one native character.
pub fn native_size(format: &str, abi: Abi) -> Option<isize> {
    let code = format.strip_prefix('@').unwrap_or(format);
    match code.as_bytes() {
        [code] => Native::from_code(*code).map(|native| native.size(abi) as isize),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Eight zeros, then the pointers 24 and 32 at 8 and 16, then two items of eight bytes.
    fn pointed() -> Vec<u8> {
        [0u64, 24, 32, 0x0807_0605_0403_0201, 0x1817_1615_1413_1211]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    fn described(change: impl FnOnce(&mut Description)) -> Description {
        let mut description = Description { itemsize: 1, ..Description::default() };
        change(&mut description);
        description
    }

    fn text(description: &Description, content: &[u8]) -> String {
        description.check(content, Abi::Lp64).err().map_or_else(String::new, |error| error.to_string())
    }

    fn shaped(offset: isize, itemsize: isize, shape: &[isize], strides: &[isize]) -> Description {
        described(|it| {
            (it.offset, it.itemsize) = (offset, itemsize);
            (it.shape, it.strides) = (Some(shape.to_vec()), Some(strides.to_vec()));
        })
    }

    const LEAVES: &str = "exporter: the layout leaves the data";

    #[rstest]
    #[case(0, 1, &[8], &[1], "")]
    #[case(0, 1, &[9], &[1], LEAVES)]
    #[case(0, 1, &[8], &[-1], LEAVES)]
    #[case(7, 1, &[8], &[-1], "")]
    #[case(7, 1, &[9], &[-1], LEAVES)]
    #[case(0, 2, &[8], &[1], LEAVES)]
    #[case(0, 2, &[7], &[1], "")]
    #[case(0, 4, &[2, 2], &[0, 4], "")]
    #[case(0, 4, &[2, 2], &[4, 4], LEAVES)]
    #[case(4, 2, &[2, 2], &[2, -4], "")]
    #[case(0, 1, &[2, 2], &[4, -2], LEAVES)]
    #[case(6, 1, &[2, 2], &[4, -4], LEAVES)]
    #[case(8, 1, &[], &[], LEAVES)]
    #[case(7, 1, &[], &[], "")]
    #[case(8, 4, &[0, 3], &[100, isize::MIN], "")]
    #[case(0, 1, &[2], &[isize::MAX], LEAVES)]
    #[case(0, 1, &[3], &[isize::MIN], LEAVES)]
    #[case(8, 0, &[3], &[100], "")]
    #[case(0, 1, &[1 << 20], &[0], "")]
    #[case(0, 1, &[1 << 20, 2], &[0, 0], "exporter: more than a million bytes of items")]
    #[case(0, 1, &[1 << 30, 0], &[0, 0], "exporter: more than a million bytes of items")]
    #[case(-1, 1, &[1], &[1], "exporter: offset must lie in the data")]
    #[case(9, 1, &[0], &[1], "exporter: offset must lie in the data")]
    #[case(0, -1, &[0], &[1], "exporter: itemsize must not be negative")]
    #[case(0, 1, &[-1], &[1], "exporter: sizes must not be negative")]
    #[case(0, 1, &[1, 1], &[1], "exporter: strides must have an entry for each dimension")]
    #[case(0, 1, &[1; 129], &[0; 129], "exporter: more than 128 dimensions")]
    #[case(0, 1, &[1; 128], &[0; 128], "")]
    fn a_layout_stays_inside(
        #[case] offset: isize,
        #[case] itemsize: isize,
        #[case] shape: &[isize],
        #[case] strides: &[isize],
        #[case] expected: &str,
    ) {
        assert_eq!(text(&shaped(offset, itemsize, shape, strides), &[0; 8]), expected);
    }

    #[rstest]
    #[case(Some("i"), 2, LEAVES)]
    #[case(Some("@i"), 2, LEAVES)]
    #[case(Some("Zd"), 2, LEAVES)]
    #[case(Some("<i"), 2, "")]
    #[case(None, 2, "")]
    #[case(Some("B\0"), 2, "exporter: a NUL in the format")]
    fn a_native_item_is_read_whole(#[case] format: Option<&str>, #[case] itemsize: isize, #[case] expected: &str) {
        let description = described(|it| (it.format, it.itemsize) = (format.map(str::to_owned), itemsize));
        assert_eq!(text(&description, &[0; 4]), expected);
    }

    #[test]
    fn what_is_left_out_fills_the_memory() {
        let (form, _) = described(|it| (it.itemsize, it.offset) = (4, 3)).check(&[0; 16], Abi::Lp64).unwrap();
        assert_eq!((form.layout.shape(), form.layout.strides(), form.length), (&[3][..], &[4][..], 12));
        assert_eq!(text(&described(|it| it.itemsize = 0), b""), "exporter: items of no bytes need a shape");
    }

    #[rstest]
    #[case(8, 8, &[2], &[8], &[0], "")]
    #[case(8, 4, &[2], &[8], &[4], "")]
    #[case(8, 8, &[2], &[8], &[1], LEAVES)]
    #[case(8, 8, &[2], &[0], &[0], "")]
    #[case(0, 8, &[1], &[8], &[0], "exporter: an item covers a pointer")]
    #[case(0, 8, &[1], &[8], &[8], "")]
    #[case(0, 8, &[2], &[8], &[8], "exporter: an item covers a pointer")]
    #[case(0, 8, &[2], &[8], &[1], "exporter: an item covers a pointer")]
    #[case(0, 1, &[2], &[8], &[7], "exporter: an item covers a pointer")]
    #[case(16, 8, &[2], &[8], &[0], LEAVES)]
    #[case(12, 1, &[1], &[8], &[0], LEAVES)]
    #[case(40, 1, &[1], &[8], &[0], LEAVES)]
    #[case(8, 1, &[2, 8], &[8, 1], &[0, -1], "")]
    #[case(8, 1, &[2, 9], &[8, 1], &[0, -1], LEAVES)]
    #[case(8, 1, &[2, 0], &[64, 1], &[0, -1], LEAVES)]
    #[case(8, 0, &[2], &[8], &[100], "")]
    #[case(8, 1, &[2], &[8], &[0, 0], "exporter: suboffsets must have an entry for each dimension")]
    fn pointers_are_followed(
        #[case] offset: isize,
        #[case] itemsize: isize,
        #[case] shape: &[isize],
        #[case] strides: &[isize],
        #[case] suboffsets: &[isize],
        #[case] expected: &str,
    ) {
        let mut description = shaped(offset, itemsize, shape, strides);
        description.suboffsets = Some(suboffsets.to_vec());
        assert_eq!(text(&description, &pointed()), expected);
    }

    #[test]
    fn pointers_are_found_and_aligned() {
        let mut description = shaped(8, 8, &[2], &[8]);
        description.suboffsets = Some(vec![0]);
        let (_, pointers) = description.check(&pointed(), Abi::Lp64).unwrap();
        assert_eq!(Vec::from_iter(pointers), [8, 16]);
        let shifted = [&[0; 4][..], &pointed()].concat();
        description.offset = 12;
        assert_eq!(text(&description, &shifted), "exporter: pointers must be aligned");
    }

    #[test]
    fn numbers_fit_the_modelled_machine() {
        for (itemsize, stride) in [(1, 1 << 31), (1 << 31, 1)] {
            let description = shaped(0, itemsize, &[1], &[stride]);
            let error = description.check(&[0; 8], Abi::Ilp32).map(drop).unwrap_err();
            assert_eq!(error, Error::Value("exporter: a number is too large"));
        }
        assert!(shaped(0, 1, &[1], &[1 << 31]).check(&[0; 8], Abi::Lp64).is_ok());
    }

    #[test]
    fn native_formats_have_a_size() {
        let sizes = ["i", "@q", "l", "c"].map(|format| native_size(format, Abi::Ilp32));
        assert_eq!(sizes, [Some(4), Some(8), Some(4), Some(1)]);
        assert_eq!(["<i", "ii", "Zd", "", "w"].map(|format| native_size(format, Abi::Lp64)), [None; 5]);
    }

    #[test]
    fn a_form_says_what_it_refuses() {
        let mut description = shaped(0, 1, &[1], &[8]);
        let flat = Form::new(&description, 8, Abi::Lp64).unwrap();
        description.suboffsets = Some(vec![0]);
        let form = Form::new(&description, 8, Abi::Lp64).unwrap();
        assert_eq!([form.refusal(Flags::FULL), form.refusal(Flags::STRIDES)], [None, Some(Refusal::NeedsSuboffsets)]);
        assert_eq!([flat.refusal(Flags::FULL), flat.refusal(Flags::STRIDES)], [None, None]);
    }
}
