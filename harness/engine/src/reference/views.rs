//! memoryview itself: its constructor, its methods and its attributes.

use super::object::Object;
use super::{Outcome, Python, no_attribute, type_error, value_error};
use program::{Kind, Operation};
use std::rc::Rc;
use view::{CastShape, Change, Error, Exception, View};

impl Python {
    /// `memoryview(object)`
    pub(super) fn new_view(&self, operation: &Operation, operands: &[Object]) -> Outcome {
        let given = operands.len();
        if given > 1 {
            let keyword = if operation.keyword_count() == given { "keyword " } else { "" };
            return Err(type_error(format!("memoryview() takes at most 1 {keyword}argument ({given} given)")).into());
        }
        let keyword = operation.keywords.as_deref().and_then(|names| names.first());
        let object = match (operands.first(), keyword) {
            (Some(object), None) => object,
            (Some(object), Some(name)) if &**name == "object" => object,
            _ => return Err(type_error("memoryview() missing required argument 'object' (pos 1)").into()),
        };
        Ok(Object::View(self.view_of(object)?))
    }

    /// A view of an object, as a consumer of buffers asks for it.
    pub(super) fn view_of(&self, object: &Object) -> Result<Rc<View>, Error> {
        match (object, object.as_exporter()) {
            (Object::View(view), _) => view.again(),
            (_, Some(exporter)) => View::new(exporter, self.profile),
            _ => Err(Error::NotBytesLike { type_name: object.class().into() }),
        }
    }

    /// A method of a view.
    pub(super) fn view_method(&self, view: &Rc<View>, operation: &Operation, arguments: &[Object]) -> Outcome {
        let nothing = || self.no_arguments(operation, "memoryview", arguments);
        Ok(match operation.kind {
            Kind::ToList => {
                nothing()?;
                Object::nested(view.tolist()?)
            }
            Kind::ToBytes => {
                self.check_first(view)?;
                let [order] = self.bind(operation, arguments, 0)?;
                Object::bytes(self.tobytes(view, order)?)
            }
            Kind::Hex => {
                let [separator, group] = self.bind(operation, arguments, 0)?;
                Object::str(self.hex(view, separator, group)?)
            }
            Kind::Cast => {
                self.check_first(view)?;
                let [format, shape] = self.bind(operation, arguments, 1)?;
                Object::View(self.cast(view, format.unwrap_or(&Object::None), shape)?)
            }
            Kind::ToReadonly => {
                nothing()?;
                Object::View(view.toreadonly()?)
            }
            Kind::Release => {
                nothing()?;
                view.release()?;
                Object::None
            }
            Kind::EnterMethod => {
                nothing()?;
                view.enter()?;
                Object::View(view.clone())
            }
            Kind::ExitMethod => {
                if operation.keyword_count() > 0 {
                    let owner = if self.profile.has(Change::PickleText) { "memoryview." } else { "" };
                    return Err(type_error(format!("{owner}__exit__() takes no keyword arguments")).into());
                }
                view.exit()?;
                Object::None
            }
            _ => return Err(no_attribute(&Object::View(view.clone()), operation.kind.row().name).into()),
        })
    }

    fn is_old(&self) -> bool {
        !self.profile.has(Change::ArgumentsFirst)
    }

    /// Before 3.10 a released view was noticed before a wrong argument.
    fn check_first(&self, view: &View) -> Result<(), Error> {
        if self.is_old() { view.nbytes().map(drop) } else { Ok(()) }
    }

    fn tobytes(&self, view: &Rc<View>, order: Option<&Object>) -> Result<Vec<u8>, Error> {
        match order {
            None | Some(Object::None) => view.tobytes_in(None),
            Some(Object::Str(text)) if text.contains('\0') => Err(value_error("embedded null character")),
            Some(Object::Str(text)) => view.tobytes_in(Some(text)),
            Some(other) => {
                let place = if self.is_old() { "argument 1" } else { "tobytes() argument 'order'" };
                Err(type_error(format!("{place} must be str or None, not {}", other.class())))
            }
        }
    }

    fn hex(&self, view: &Rc<View>, separator: Option<&Object>, group: Option<&Object>) -> Result<String, Error> {
        let group = match group {
            None => 1,
            Some(group) => match group.as_int() {
                Some(group) => {
                    let (limit, name) = match self.profile.has(Change::HexWideGroup) {
                        true => (self.profile.abi().ssize_max() as i128, "ssize_t"),
                        false => (i32::MAX.into(), "int"),
                    };
                    let overflow = || format!("Python int too large to convert to C {name}");
                    let group = group.within(-limit - 1, limit);
                    group.ok_or_else(|| Error::raised(Exception::OverflowError, overflow()))?
                }
                None if self.is_old() && matches!(group, Object::Float(_)) => {
                    return Err(type_error("integer argument expected, got float"));
                }
                None if self.is_old() => {
                    return Err(type_error(format!("an integer is required (got type {})", group.class())));
                }
                None => {
                    let class = group.class();
                    return Err(type_error(format!("'{class}' object cannot be interpreted as an integer")));
                }
            },
        };
        view.hex(separator.map(|separator| separator as &dyn view::Object), group as isize)
    }

    fn cast(&self, view: &Rc<View>, format: &Object, shape: Option<&Object>) -> Result<Rc<View>, Error> {
        let Object::Str(format) = format else {
            if self.is_old() {
                return Err(type_error("memoryview: format argument must be a string"));
            }
            let class = if matches!(format, Object::None) { "None" } else { format.class() };
            return Err(type_error(format!("cast() argument 'format' must be str, not {class}")));
        };
        match shape {
            None => view.cast(format, None),
            Some(Object::List(items) | Object::Tuple(items)) => {
                let items: Vec<&dyn view::Object> = items.iter().map(|item| item as &dyn view::Object).collect();
                view.cast(format, Some(CastShape::Elements(&items)))
            }
            Some(_) => view.cast(format, Some(CastShape::NotSequence)),
        }
    }

    /// An attribute of a view, if it has one of that name.
    pub(super) fn view_attribute(&self, view: &Rc<View>, name: &str) -> Result<Option<Object>, Error> {
        Ok(Some(match name {
            "obj" => self.exporter_object(&view.obj()?),
            "nbytes" => Object::size(view.nbytes()?),
            "readonly" => Object::Bool(view.readonly()?),
            "format" => Object::str(view.format()?),
            "itemsize" => Object::size(view.itemsize()?),
            "ndim" => Object::size(view.ndim()? as isize),
            "shape" => Object::sizes(view.shape()?),
            "strides" => Object::sizes(view.strides()?),
            "suboffsets" => Object::sizes(view.suboffsets()?),
            "c_contiguous" => Object::Bool(view.c_contiguous()?),
            "f_contiguous" => Object::Bool(view.f_contiguous()?),
            "contiguous" => Object::Bool(view.contiguous()?),
            _ => return Ok(None),
        }))
    }

    /// The object that an exporter is.
    pub(super) fn exporter_object(&self, exporter: &Rc<dyn view::Exporter>) -> Object {
        super::exporters::object_of(exporter)
    }
}
