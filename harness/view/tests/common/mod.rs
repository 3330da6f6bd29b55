//! What the tests share: versions, operands that act, and outcomes in a form that compares.
#![allow(dead_code, reason = "every test file uses its own part")]

use python::exporters::Bytearray;
use std::borrow::Cow;
use std::rc::Rc;

use view::*;

pub const VERSIONS: [&str; 10] =
    ["3.8.18", "3.9.18", "3.10.5", "3.10.13", "3.11.7", "3.12.1", "3.13.0", "3.13.12", "3.14.3", "3.15.0"];

pub fn python(version: &str) -> Profile {
    Profile::new(version.parse().unwrap(), Abi::Lp64)
}

pub fn latest() -> Profile {
    python("3.14.2")
}

/// `memoryview(bytearray(content))`
pub fn writable(content: &[u8], profile: Profile) -> Rc<View> {
    View::new(Bytearray::new(content.to_vec()), profile).unwrap()
}

/// `memoryview(content)`
pub fn readonly(content: &[u8], profile: Profile) -> Rc<View> {
    View::new(Bytes::new(content.to_vec()), profile).unwrap()
}

/// A view of described memory.
pub fn described(content: &[u8], description: Description, profile: Profile) -> Rc<View> {
    let exporter = Described::new("ndarray", content.to_vec(), &description, profile.abi()).unwrap();
    View::new(exporter, profile).unwrap()
}

/// A writable view of some format, one dimension, C order.
pub fn formatted(content: &[u8], format: &str, itemsize: isize, profile: Profile) -> Rc<View> {
    described(content, Description { format: Some(format.into()), itemsize, ..Description::default() }, profile)
}

pub fn shape<T>(elements: &[i64], then: impl FnOnce(Option<CastShape>) -> T) -> T {
    let elements: Vec<Option<Int>> = elements.iter().map(|size| Some(Int::Small(*size))).collect();
    then(Some(CastShape::Elements(&elements)))
}

/// `m.cast(format, shape)` that succeeds.
pub fn cast(view: &View, format: &str, sizes: &[i64]) -> Rc<View> {
    shape(sizes, |shape| view.cast(format, shape)).unwrap()
}

/// `m[start:stop:step]` that succeeds.
pub fn slice(view: &Rc<View>, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Rc<View> {
    fn bound(bound: &Option<i64>) -> Option<&dyn Object> {
        bound.as_ref().map(|bound| bound as &dyn Object)
    }
    match view.get(&Key::Slice(Slice { start: bound(&start), stop: bound(&stop), step: bound(&step) })) {
        Ok(Got::View(view)) => view,
        other => panic!("a slice gave {other:?}"),
    }
}

/// `m[index]`
pub fn item(view: &Rc<View>, index: i64) -> Result<Item, Error> {
    match view.get(&Key::Object(&index))? {
        Got::Item(item) => Ok(item),
        other => panic!("an index gave {other:?}"),
    }
}

pub fn ints(view: &View) -> Vec<i64> {
    let int = |item: &Item| match item {
        Item::Int(value) => *value,
        other => panic!("{other:?}"),
    };
    view.tolist().unwrap().flat().iter().map(int).collect()
}

/// What reading gave, in a form that compares.
pub fn shown(result: Result<Got, Error>) -> Result<String, Error> {
    result.map(|got| match got {
        Got::Item(item) => format!("{item:?}"),
        Got::View(view) => format!("{:?} {:?}", view.layout().shape(), view.layout().strides()),
        Got::Itself => "itself".to_owned(),
    })
}

pub type Call<T> = Option<Box<dyn Fn() -> Result<T, Error>>>;

/// An object whose conversions do whatever the test wants.
#[derive(Default)]
pub struct Hook {
    pub index: Call<Int>,
    pub float: Call<f64>,
    pub truth: Call<bool>,
    pub equals: Call<bool>,
    pub length: Call<usize>,
    pub exporter: Option<Rc<dyn Exporter>>,
}

impl Hook {
    pub fn index(action: impl Fn() -> Result<i64, Error> + 'static) -> Self {
        Hook { index: Some(Box::new(move || action().map(Int::from))), ..Hook::default() }
    }

    /// `__index__` releases `view` and gives `value`.
    pub fn releasing(view: &Rc<View>, value: i64) -> Self {
        let view = view.clone();
        Self::index(move || view.release().map(|()| value))
    }

    /// `__index__` raises.
    pub fn raising(exception: Exception) -> Self {
        Self::index(move || Err(Error::raised(exception.clone(), "from the hook")))
    }
}

impl Object for Hook {
    fn type_name(&self) -> Cow<'_, str> {
        "Hook".into()
    }

    fn has_index(&self) -> bool {
        self.index.is_some()
    }

    fn index(&self) -> Option<Result<Int, Error>> {
        self.index.as_ref().map(|call| call())
    }

    fn float(&self) -> Option<Result<f64, Error>> {
        self.float.as_ref().map(|call| call())
    }

    fn truth(&self) -> Result<bool, Error> {
        self.truth.as_ref().map_or(Ok(true), |call| call())
    }

    fn length(&self) -> Option<Result<usize, Error>> {
        self.length.as_ref().map(|call| call())
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        self.length.is_some().then(|| "-".into())
    }

    fn exporter(&self) -> Option<Rc<dyn Exporter>> {
        self.exporter.clone()
    }

    fn equals(&self, _: &Item) -> Result<bool, Error> {
        self.equals.as_ref().map_or(Ok(false), |call| call())
    }
}

/// A memoryview operand.
pub struct Viewed<'a>(pub &'a Rc<View>);

impl Object for Viewed<'_> {
    fn type_name(&self) -> Cow<'_, str> {
        "memoryview".into()
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(self.0.len()? != 0)
    }

    fn length(&self) -> Option<Result<usize, Error>> {
        Some(self.0.len().map(isize::unsigned_abs))
    }

    fn view(&self) -> Option<&Rc<View>> {
        Some(self.0)
    }

    fn equals(&self, _: &Item) -> Result<bool, Error> {
        Ok(false)
    }
}

/// Operands of the types str and bytes.
pub struct Text(pub &'static str);
pub struct Content(pub &'static [u8]);

impl Object for Text {
    fn type_name(&self) -> Cow<'_, str> {
        "str".into()
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(!self.0.is_empty())
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }

    fn equals(&self, _: &Item) -> Result<bool, Error> {
        Ok(false)
    }
}

impl Object for Content {
    fn type_name(&self) -> Cow<'_, str> {
        "bytes".into()
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(!self.0.is_empty())
    }

    fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        Some(self.0.into())
    }

    fn exporter(&self) -> Option<Rc<dyn Exporter>> {
        Some(Bytes::new(self.0.to_vec()))
    }

    fn equals(&self, item: &Item) -> Result<bool, Error> {
        Ok(matches!(item, Item::Byte(byte) if self.0 == [*byte]))
    }
}
