//! Builtin functions, and which method goes to which type.

use super::object::{Class, Object, is_abstract};
use super::{Outcome, Python, no_attribute, type_error, value_error};
use num_bigint::{BigInt, Sign};
use program::{Kind, Operation};
use view::{Change, Error, Int, Profile};

impl Python {
    /// A call of a function.
    pub(super) fn call(&self, operation: &Operation, operands: &[Object]) -> Outcome {
        let kind = operation.kind;
        let name = kind.row().name;
        let one = || self.one(name, operation, operands);
        let at_most_one = || self.at_most_one(name, operation, operands);
        Ok(match kind {
            Kind::NewView => self.new_view(operation, operands)?,
            Kind::NewBytes | Kind::NewBytearray => self.new_bytes(operation, operands)?,
            Kind::NewArray => self.new_array(operation, operands)?,
            Kind::NewNumpy => self.new_numpy(operation, operands)?,
            Kind::NewExporter => self.new_exporter(operation, operands)?,
            Kind::NewHook => self.new_hook(operation, operands)?,
            Kind::Request => self.request(operation, operands)?,
            Kind::GetContiguous => self.get_contiguous(operation, operands)?,
            Kind::NewMmap => self.new_mmap(operation, operands)?,
            Kind::StructPack | Kind::NewStruct | Kind::PackInto => self.struct_call(operation, operands)?,
            Kind::Unpack | Kind::UnpackFrom | Kind::IterUnpack => self.struct_call(operation, operands)?,
            Kind::Len => {
                let object = one()?;
                let length = length(object);
                let none = || type_error(format!("object of type '{}' has no len()", object.class()));
                Object::size(length.ok_or_else(none)??)
            }
            Kind::ListOf => Object::List(at_most_one()?.map_or(Ok(vec![]), |object| self.gather(object))?.into()),
            Kind::TupleOf => {
                let items = |object| match self.profile.has(Change::TupleUnasked) {
                    true => self.items(object),
                    false => self.gather(object),
                };
                Object::Tuple(at_most_one()?.map_or(Ok(vec![]), items)?.into())
            }
            Kind::BoolOf => match at_most_one()? {
                Some(object) => Object::Bool(view::Object::truth(object)?),
                None => Object::Bool(false),
            },
            Kind::TypeOf => match operands {
                [object] => Object::Type(self.type_of(object).into()),
                _ => return Err(type_error("type() takes 1 or 3 arguments").into()),
            },
            Kind::Str => self.str(operation, operands)?,
            Kind::Repr => {
                self.check_text(one()?, kind)?;
                Object::str(super::text::repr(one()?))
            }
            Kind::Hash => Object::int(hash(one()?, self.profile)? as i64),
            Kind::Iter => match operands {
                [object] => self.iter(object)?,
                _ => return Err(self.unsupported(kind, "anything but one argument")),
            },
            Kind::Next => match operands {
                [iterator] => self.next(iterator)?,
                _ => return Err(self.unsupported(kind, "anything but one argument")),
            },
            Kind::Reversed => match operands {
                [object] => self.reversed(object)?,
                _ => return Err(self.unsupported(kind, "anything but one argument")),
            },
            Kind::IsInstance => match operands {
                [object, Object::Type(class)] => Object::Bool(self.is_instance(object, class)?),
                _ => return Err(self.unsupported(kind, "anything but an object and a type")),
            },
            Kind::IntOf if operands.len() == 2 => return Err(self.unsupported(kind, "a base")),
            Kind::IntOf => match at_most_one()? {
                None => Object::int(0),
                Some(object) => match (object.as_int(), object) {
                    (Some(int), _) => Object::Int(int),
                    (None, Object::Float(value)) if value.is_finite() => {
                        Object::Int(Int::from(num_traits::FromPrimitive::from_f64(*value).unwrap_or(BigInt::ZERO)))
                    }
                    _ => return Err(self.unsupported(kind, format!("an int from {}", object.class()))),
                },
            },
            Kind::IntFromBytes => match operands {
                [source, Object::Str(order)] => {
                    if !matches!(&**order, "little" | "big") {
                        return Err(value_error("byteorder must be either 'little' or 'big'").into());
                    }
                    let not_bytes = || type_error(format!("cannot convert '{}' object to bytes", source.class()));
                    if source.as_int().is_some() || matches!(source, Object::Str(_)) {
                        return Err(not_bytes().into());
                    }
                    let content = match self.profile.has(Change::FromBytesBuffer) && source.with_buffer().is_some() {
                        true => super::compare::buffer_of(source)?,
                        false => self.content(source, true)?,
                    };
                    match &**order {
                        "little" => Object::Int(Int::from(BigInt::from_bytes_le(Sign::Plus, &content))),
                        _ => Object::Int(Int::from(BigInt::from_bytes_be(Sign::Plus, &content))),
                    }
                }
                _ => return Err(self.unsupported(kind, "these arguments")),
            },
            Kind::Ord => {
                let object = one()?;
                let (codes, what) = match object {
                    Object::Str(text) => (text.chars().map(u32::from).collect::<Vec<_>>(), "string"),
                    Object::Bytes(content) => (content.to_vec().into_iter().map(u32::from).collect(), "string"),
                    Object::Bytearray(content) => (content.to_vec().into_iter().map(u32::from).collect(), "string"),
                    other => {
                        let class = other.class();
                        return Err(type_error(format!("ord() expected string of length 1, but {class} found")).into());
                    }
                };
                match codes.as_slice() {
                    [code] => Object::int(*code),
                    _ => {
                        let length = codes.len();
                        let text = format!("ord() expected a character, but {what} of length {length} found");
                        return Err(type_error(text).into());
                    }
                }
            }
            Kind::Sum | Kind::Max | Kind::Min | Kind::Sorted
                if operands.len() != 1 || operation.keyword_count() > 0 =>
            {
                return Err(self.unsupported(kind, "anything but one iterable"));
            }
            Kind::Sum => self.sum(one()?)?,
            Kind::Max | Kind::Min => self.extreme(kind, one()?)?,
            Kind::Sorted => {
                let mut sorted: Vec<Object> = Vec::new();
                let items = self.gather(one()?)?;
                let has_order = |item: &Object| match item {
                    Object::Float(value) => !value.is_nan(),
                    Object::None | Object::Tuple(_) | Object::Str(_) => false,
                    _ => true,
                };
                // Which comparison fails first, or says nothing, depends on how the sorting goes about it.
                if !items.iter().all(has_order) {
                    return Err(self.unsupported(kind, "an order of things that have none"));
                }
                for item in items {
                    let mut at = sorted.len();
                    while at > 0 && self.is_less(&item, &sorted[at - 1])? {
                        at -= 1;
                    }
                    sorted.insert(at, item);
                }
                Object::List(sorted.into())
            }
            // How much it finds is no business of memoryview.
            Kind::Collect => Object::int(0),
            _ => return Err(self.unsupported(kind, "this function")),
        })
    }

    /// A call of a method that a row has.
    pub(super) fn method(&self, operation: &Operation, operands: &[Object]) -> Outcome {
        let Some((receiver, arguments)) = operands.split_first() else {
            return Err(self.unsupported(operation.kind, "a call without a receiver"));
        };
        match receiver {
            _ if matches!(operation.kind, Kind::GetBuffer | Kind::ReleaseBuffer) => {
                self.buffer_method(receiver, operation, arguments)
            }
            Object::View(view) => self.view_method(view, operation, arguments),
            Object::Hook(hook) if operation.kind == Kind::Arm => self.arm(hook, operation, arguments),
            Object::Exporter(_, Class::Described) => Err(no_attribute(receiver, operation.kind.row().name).into()),
            Object::Bytes(_) | Object::Bytearray(_) | Object::Array(_) | Object::Exporter(..) => {
                self.exporter_method(receiver, operation, arguments)
            }
            Object::Type(_) | Object::List(_) | Object::Struct(..) | Object::Float(_) => {
                Err(self.unsupported(operation.kind, format!("methods of {}", receiver.class())))
            }
            _ => Err(no_attribute(receiver, operation.kind.row().name).into()),
        }
    }

    fn str(&self, operation: &Operation, operands: &[Object]) -> Outcome {
        match operands {
            _ if operation.keyword_count() > 0 => Err(self.unsupported(operation.kind, "keywords")),
            [] => Ok(Object::str("")),
            [object] => {
                self.check_text(object, operation.kind)?;
                Ok(Object::str(super::text::str(object)))
            }
            [Object::Str(_), Object::Str(_)] => Err(type_error("decoding str is not supported").into()),
            [source, Object::Str(encoding)] => {
                let Ok(content) = super::compare::buffer_of(source) else {
                    let class = source.class();
                    return Err(type_error(format!("decoding to str: need a bytes-like object, {class} found")).into());
                };
                self.decode(content, encoding, operation.kind)
            }
            _ => Err(self.unsupported(operation.kind, "these arguments")),
        }
    }

    /// The text that bytes are in an encoding.
    pub(super) fn decode(&self, content: Vec<u8>, encoding: &str, kind: Kind) -> Outcome {
        match (encoding, String::from_utf8(content)) {
            ("utf-8" | "utf8", Ok(text)) => Ok(Object::str(text)),
            ("ascii", Ok(text)) if text.is_ascii() => Ok(Object::str(text)),
            _ => Err(self.unsupported(kind, "this encoding, or what it can't decode")),
        }
    }

    fn extreme(&self, kind: Kind, object: &Object) -> Outcome {
        let operator = if kind == Kind::Max { ">" } else { "<" };
        let mut extreme: Option<Object> = None;
        self.for_each(object, |item| {
            let is_better = match &extreme {
                Some(best) => matches!(self.infix(operator, &item, best)?, Object::Bool(true)),
                None => true,
            };
            if is_better {
                extreme = Some(item);
            }
            Ok(())
        })?;
        extreme.ok_or_else(|| {
            let name = kind.row().name;
            let text = match self.profile.has(view::Change::HalfFloat) {
                true => format!("{name}() iterable argument is empty"),
                false => format!("{name}() arg is an empty sequence"),
            };
            value_error(text).into()
        })
    }

    fn is_less(&self, left: &Object, right: &Object) -> Result<bool, super::Stop> {
        Ok(matches!(self.infix("<", left, right)?, Object::Bool(true)))
    }

    /// The type of an object by its qualified name.
    fn type_of(&self, object: &Object) -> String {
        match object {
            Object::Type(name) if is_abstract(name) => "abc.ABCMeta".to_owned(),
            other => other.class().to_owned(),
        }
    }

    /// `isinstance(object, class)`
    fn is_instance(&self, object: &Object, class: &str) -> Result<bool, super::Stop> {
        let Some(abstract_class) = class.strip_prefix("collections.abc.") else {
            let own = self.type_of(object);
            return Ok(class == "object" || own == class || class == "int" && own == "bool");
        };
        let is_sequence = matches!(object, Object::View(_) | Object::Bytes(_) | Object::Bytearray(_) | Object::List(_))
            || matches!(object, Object::Tuple(_) | Object::Str(_));
        let is_mutable = matches!(object, Object::Bytearray(_) | Object::List(_));
        if !is_sequence {
            return Err(self.unsupported(Kind::IsInstance, format!("abstract types of {}", object.class())));
        }
        Ok(match abstract_class {
            "Sequence" | "Iterable" | "Sized" | "Container" | "Reversible" | "Collection" => true,
            "MutableSequence" => is_mutable,
            "Hashable" => !is_mutable,
            "Mapping" => false,
            "Buffer" => object.with_buffer().is_some(),
            _ => return Err(self.unsupported(Kind::IsInstance, abstract_class)),
        })
    }
}

/// `hash(object)`: equal for equal bytes, whoever holds them, and meaningless otherwise.
pub(super) fn hash(object: &Object, profile: Profile) -> Result<u64, Error> {
    let all = |items: &[Object]| items.iter().try_fold(0u64, |sum, item| Ok(sum.rotate_left(9) ^ hash(item, profile)?));
    let unhashable = || Err(type_error(format!("unhashable type: '{}'", object.class())));
    match object {
        Object::View(view) => view.hash(),
        Object::Bytes(content) => Ok(view::hash_bytes(&content.to_vec())),
        Object::Bytearray(_) | Object::Array(_) | Object::List(_) => unhashable(),
        Object::Slice(parts) if profile.has(Change::SliceHash) => all(&**parts),
        Object::Slice(_) => unhashable(),
        Object::Exporter(exporter, _) => exporter.hash().map(|()| 0),
        Object::Tuple(items) => all(items),
        Object::Hook(hook) => hook.hash(),
        // It is that of the referent, or what that was when it was first asked for.
        Object::Reference(_) => Err(Error::Unspecified { what: "the hash of a weak reference" }),
        other => Ok(view::hash_bytes(super::text::repr(other).as_bytes())),
    }
}

/// `len(object)`; `None` if it has no length.
pub(super) fn length(object: &Object) -> Option<Result<isize, Error>> {
    Some(Ok(match object {
        Object::View(view) => return Some(view.len()),
        Object::Hook(hook) => return Some(hook.length().map(|length| length as isize)),
        Object::Bytes(content) => content.len(),
        Object::Bytearray(content) => content.len(),
        Object::Array(array) => array.len(),
        Object::List(items) | Object::Tuple(items) => items.len(),
        Object::Str(text) => text.chars().count(),
        Object::Exporter(exporter, Class::Mmap | Class::Numpy) => return view_length(exporter),
        _ => return None,
    } as isize))
}

fn view_length(exporter: &std::rc::Rc<dyn view::Exporter>) -> Option<Result<isize, Error>> {
    let export = exporter.clone().export(view::Flags::FULL_RO).ok()?;
    let layout = export.layout(view::Abi::Lp64).ok()?;
    layout.shape().first().map(|length| Ok(*length))
}
