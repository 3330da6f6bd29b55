//! The generator's estimate of what the names of a program are bound to.
//!
//! The estimate is cheap and therefore rough. After an operation that fails or does something unusual it is wrong, and
//! some operands that follow from it are invalid. That does no harm: invalid operands are tested as well.

use super::values::{self, Format, known};
use super::{NAMES, Source, constant, likely, name};
use program::operation::Takes;
use program::{Gives, Kind, Name, Of, Operand, Operation, Value};
use smallvec::SmallVec;

/// What a name is bound to.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Known {
    /// Nothing.
    #[default]
    Unbound,
    /// bytes of that length.
    Bytes(i64),
    /// A bytearray of that length.
    Bytearray(i64),
    /// An array of that typecode and that many items.
    Array(char, i64),
    /// An exporter of any layout: what a view of it will be.
    Exporter(View),
    /// A view.
    View(View),
    /// An iterator, and the view that it goes through, if it is one that has a name.
    Iterator(Option<Name>),
    /// A hook, or a key that has one in it.
    Hook,
    /// Something else.
    Other,
}

/// What is known of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub(crate) format: Format,
    pub(crate) shape: SmallVec<[i64; 3]>,
    pub(crate) is_readonly: bool,
    pub(crate) is_released: bool,
    /// Whether it remembers its hash, and has one even once it is released.
    pub(crate) is_hashed: bool,
    pub(crate) is_contiguous: bool,
    /// The name that its exporter had when the view was made.
    pub(crate) root: Option<Name>,
    /// The hook that its exporter asks for a hash.
    pub(crate) hash: Option<Name>,
}

impl Known {
    /// Whether it is worth a name.
    pub(crate) fn is_object(&self) -> bool {
        !matches!(self, Known::Unbound | Known::Other)
    }

    /// Whether it may be given to anything. An array that is extended by an iterator over itself never ends, and a
    /// hook's doings are only known where a view asks it.
    pub(crate) fn is_operand(&self) -> bool {
        !matches!(self, Known::Unbound | Known::Iterator(_) | Known::Hook)
    }
}

impl View {
    /// The bytes that the items take.
    pub(crate) fn bytes(&self) -> i64 {
        self.shape.iter().product::<i64>() * self.format.size
    }

    /// Items in the first dimension.
    pub(crate) fn length(&self) -> i64 {
        self.shape.first().copied().unwrap_or(0)
    }
}

/// What each name is bound to.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(super) names: [Known; NAMES],
    /// What a view will be of the exporter that was made last.
    pub(crate) described: Option<View>,
    /// The view that a hook was just armed with.
    pub(crate) armed: Option<Name>,
    /// The iterator that was just made, or to whose view something just happened.
    pub(crate) fresh: Option<Name>,
    /// Whether something has happened to that iterator.
    pub(crate) is_changed: bool,
    /// Whether code of the program has run that may have released anything, such as a hook.
    pub(crate) is_shaken: bool,
    /// The name that was unbound last, if nothing was bound to it since.
    pub(crate) unbound: Option<Name>,
    /// What has no name: the parts of a statement and local variables, where the state follows a program (`follow.rs`).
    pub(super) nameless: Vec<(Name, Known)>,
    /// What the `with` blocks were entered with that have not ended.
    pub(super) managers: Vec<Option<Name>>,
}

impl State {
    pub(crate) fn clear(&mut self) {
        self.names = Default::default();
        (self.described, self.armed) = (None, None);
        (self.is_shaken, self.unbound) = (false, None);
        (self.fresh, self.is_changed) = (None, false);
        self.nameless.clear();
        self.managers.clear();
    }

    pub(crate) fn get(&self, name: Name) -> &Known {
        match self.names.get(usize::from(name)) {
            Some(known) => known,
            None => self.nameless.iter().find(|(other, _)| *other == name).map_or(&Known::Unbound, |(_, known)| known),
        }
    }

    pub(crate) fn bind(&mut self, name: Name, mut known: Known) {
        match &mut known {
            Known::Iterator(_) => self.fresh = Some(name),
            // What it was made of may remember one.
            Known::View(view) => view.is_hashed = false,
            _ => {}
        }
        self.unbound = self.unbound.filter(|unbound| *unbound != name);
        // What views belong to has lost its name.
        for other in &mut self.names {
            if let Known::View(view) | Known::Exporter(view) = other {
                view.root = view.root.filter(|root| *root != name);
                view.hash = view.hash.filter(|hash| *hash != name);
            }
        }
        if let Some(slot) = self.names.get_mut(usize::from(name)) {
            // It is bound to something, whatever that is.
            *slot = if known == Known::Unbound { Known::Other } else { known };
        }
    }

    /// Forgets what is not so in another case, in which the program may be as well.
    pub(crate) fn merge(&mut self, other: &State) {
        for (known, other) in self.names.iter_mut().zip(&other.names) {
            if known != other {
                // It may be bound to nothing, and is not read then.
                let is_bound = *known != Known::Unbound && *other != Known::Unbound;
                *known = if is_bound { Known::Other } else { Known::Unbound };
            }
        }
    }

    /// A name for the result of an operation: one that is bound to nothing, or one to take from something else. If it is not
    /// certain that there will be a result, it is one that is bound anyway, and there may be none. In a function that would be
    /// another variable.
    pub(crate) fn name_for(&self, is_certain: bool, is_local: bool, source: &mut Source<'_>) -> Option<Name> {
        let free = self.names.iter().position(|known| *known == Known::Unbound);
        match (is_certain, free) {
            (true, Some(free)) => Some(free as Name),
            _ if is_local => None,
            _ if source.chance(50) => self.find(source, |known| match known {
                Known::View(view) => view.is_released,
                known => *known == Known::Other,
            }),
            _ => self.find(source, |known| *known != Known::Unbound),
        }
    }

    /// One of the names that fit, if any does.
    pub(crate) fn find(&self, source: &mut Source<'_>, fits: impl Fn(&Known) -> bool) -> Option<Name> {
        self.find_named(source, |_, known| fits(known))
    }

    /// One of the names that fit, if any does.
    pub(crate) fn find_named(&self, source: &mut Source<'_>, fits: impl Fn(Name, &Known) -> bool) -> Option<Name> {
        let (mut fitting, mut count) = ([0; NAMES], 0);
        for (name, known) in (0..).zip(&self.names) {
            if fits(name, known) {
                fitting[count] = name;
                count += 1;
            }
        }
        (count > 0).then(|| fitting[source.below(count)])
    }

    /// Whether any name fits.
    pub(crate) fn any(&self, fits: impl Fn(&Known) -> bool) -> bool {
        self.names.iter().any(fits)
    }

    /// Whether a view of that exporter was not released.
    pub(crate) fn is_viewed(&self, exporter: Name) -> bool {
        self.any(|known| matches!(known, Known::View(view) if !view.is_released && view.root == Some(exporter)))
    }

    /// Whether something is known that keeps an exporter from being resized.
    pub(crate) fn is_locked(&self, exporter: Name) -> bool {
        self.is_viewed(exporter)
    }

    /// The format of the items of an operand, as far as it has one.
    pub(crate) fn format(&self, operand: &Operand) -> Option<&'static str> {
        let known = match operand {
            Operand::Name(name) => self.get(*name),
            Operand::Value(Value::Bytes(_)) => return Some("B"),
            _ => return None,
        };
        match known {
            Known::Bytes(_) | Known::Bytearray(_) => Some("B"),
            Known::Array(code, _) => Some(values::of_typecode(*code).text),
            Known::View(view) => Some(view.format.text),
            _ => None,
        }
    }

    fn known(&self, operation: &Operation, index: usize) -> &Known {
        operation.operands.get(index).and_then(name).map_or(&Known::Other, |name| self.get(name))
    }

    /// What an operation is believed to give.
    pub(crate) fn result(&self, operation: &Operation) -> Known {
        let root = operation.operands.first().and_then(name);
        let view = |format, length, is_readonly| view(format, length, is_readonly, root);
        let known = self.known(operation, 0);
        match (operation.kind.row().gives, known) {
            (Gives::Hook | Gives::Slice | Gives::Tuple, _) => Known::Hook,
            (Gives::Exporter, _) => self.described.clone().map_or(Known::Other, Known::Exporter),
            (Gives::Same, known) => match known {
                Known::Unbound => Known::Other,
                known => known.clone(),
            },
            (Gives::View(_), Known::View(view)) if view.is_released => Known::Other,
            (Gives::View(of), Known::View(view)) => self.view_of(of, view, operation).map_or(Known::Other, Known::View),
            (Gives::View(Of::Again | Of::Through), known) => match known {
                Known::Exporter(view) if view.shape.len() <= 64 => Known::View(View { root, ..view.clone() }),
                Known::Bytes(length) => view(values::FORMATS[0], *length, true),
                Known::Bytearray(length) => view(values::FORMATS[0], *length, false),
                Known::Array(code, length) => {
                    match values::FORMATS.iter().find(|format| format.text.starts_with(*code)) {
                        Some(format) => view(*format, *length, false),
                        None => Known::Other,
                    }
                }
                _ => Known::Other,
            },
            (Gives::Bytes, known) => length(operation, known).map_or(Known::Other, Known::Bytes),
            (Gives::Bytearray, known) => length(operation, known).map_or(Known::Other, Known::Bytearray),
            (Gives::Array, _) => array(operation).unwrap_or(Known::Other),
            (Gives::Iterator, Known::View(view)) if view.is_released || view.shape.len() != 1 => Known::Other,
            (Gives::Iterator, _) => Known::Iterator(self.passed_through(operation)),
            (Gives::Part, Known::View(view)) => part(view, operation).map_or(Known::Other, Known::View),
            _ => Known::Other,
        }
    }

    /// The view that an operation makes an iterator over. The buffer is the last operand of `struct.iter_unpack`.
    fn passed_through(&self, operation: &Operation) -> Option<Name> {
        let name = operation.operands.last().and_then(name)?;
        matches!(self.get(name), Known::View(_)).then_some(name)
    }

    /// A view that is made of another one.
    fn view_of(&self, of: Of, view: &View, operation: &Operation) -> Option<View> {
        Some(match of {
            Of::Again => view.clone(),
            Of::Through => View { root: operation.operands.first().and_then(name), ..view.clone() },
            Of::Readonly => View { is_readonly: true, ..view.clone() },
            Of::Contiguous => View { is_contiguous: true, ..view.clone() },
            Of::Cast => return cast(view, operation),
        })
    }

    /// Changes the picture as an operation is believed to change things.
    pub(crate) fn apply(&mut self, operation: &Operation) {
        let Some(first) = operation.operands.first().and_then(name) else { return };
        if operation.kind == Kind::Arm {
            self.armed = operation.operands.get(1).and_then(name);
        }
        let is_hook = |operand: &Operand| name(operand).is_some_and(|name| *self.get(name) == Known::Hook);
        let makes_key = matches!(operation.kind, Kind::Tuple | Kind::Slice | Kind::Arm | Kind::NewExporter);
        self.is_shaken |= !makes_key && operation.operands.iter().any(is_hook) || operation.kind == Kind::Arm;
        // It takes the view that it is given with it.
        let first = match (operation.kind, operation.operands.get(1).and_then(name)) {
            (Kind::ReleaseBuffer, Some(view)) => view,
            _ => first,
        };
        let is_hashed = operation.kind == Kind::Hash && likely::succeeds(operation, self);
        let Some(known) = self.names.get_mut(usize::from(first)) else { return };
        match (operation.kind, known) {
            (Kind::Unbind, known) => {
                *known = Known::Unbound;
                self.unbound = Some(first);
            }
            (Kind::Release | Kind::ExitMethod | Kind::ReleaseBuffer, Known::View(view)) => view.is_released = true,
            (Kind::Hash, Known::View(view)) => view.is_hashed |= is_hashed,
            _ => self.resize(first, operation),
        }
    }

    /// Changes the length of what can be resized.
    fn resize(&mut self, name: Name, operation: &Operation) {
        let length = match self.get(name) {
            Known::Bytearray(length) | Known::Array(_, length) if likely::succeeds(operation, self) => *length,
            _ => return,
        };
        let length = match (operation.kind, operation.operands.get(1)) {
            (Kind::Append | Kind::Insert, _) => length + 1,
            (Kind::Pop | Kind::Remove, _) => length - 1,
            (Kind::Clear, _) => 0,
            (Kind::Extend | Kind::InPlaceAdd, Some(added)) => {
                match (added, super::name(added).map(|name| self.get(name))) {
                    (Operand::Value(Value::Bytes(bytes)), _) => length + bytes.len() as i64,
                    (_, Some(Known::Array(_, added))) if matches!(self.get(name), Known::Array(..)) => length + added,
                    (_, Some(Known::Bytes(added) | Known::Bytearray(added))) => length + added,
                    (_, Some(Known::View(view) | Known::Exporter(view))) => length + view.bytes(),
                    _ => length,
                }
            }
            (Kind::InPlaceMultiply, Some(Operand::Value(Value::Int(times)))) => length.saturating_mul((*times).max(0)),
            (Kind::Delete, Some(Operand::Value(Value::Slice(_)))) => 0,
            (Kind::Delete, _) => length - 1,
            _ => return,
        };
        if let Some(Known::Bytearray(known) | Known::Array(_, known)) = self.names.get_mut(usize::from(name)) {
            *known = length.clamp(0, 1 << 20);
        }
    }
}

pub(super) fn view(format: Format, length: i64, is_readonly: bool, root: Option<Name>) -> Known {
    let shape = SmallVec::from_slice(&[length]);
    let (is_released, is_hashed, is_contiguous) = (false, false, true);
    Known::View(View { format, shape, is_readonly, is_released, is_hashed, is_contiguous, root, hash: None })
}

/// How long the bytes are that an operation makes.
fn length(operation: &Operation, known: &Known) -> Option<i64> {
    match (operation.operands.first(), known) {
        (Some(Operand::Value(Value::Int(length))), _) if (0..=256).contains(length) => Some(*length),
        (Some(Operand::Value(Value::Bytes(bytes))), _) => Some(bytes.len() as i64),
        (None, _) => Some(0),
        (_, Known::View(view)) if !view.is_released => Some(view.bytes()),
        (_, Known::Bytes(length) | Known::Bytearray(length)) => Some(*length),
        _ => None,
    }
}

fn array(operation: &Operation) -> Option<Known> {
    let Some(Value::Str(code)) = operation.constant_for(Takes::Typecode) else { return None };
    let code = code.chars().next().filter(|code| values::TYPECODES.contains(code))?;
    let size = known(code.encode_utf8(&mut [0; 4])).map_or(1, |format| format.size);
    let items = match operation.constant_for(Takes::Items) {
        None => 0,
        Some(Value::List(items)) => items.len() as i64,
        Some(Value::Bytes(bytes)) if bytes.len() as i64 % size == 0 => bytes.len() as i64 / size,
        Some(_) => return None,
    };
    Some(Known::Array(code, items))
}

fn cast(view: &View, operation: &Operation) -> Option<View> {
    if !view.is_contiguous {
        return None;
    }
    let Some(Value::Str(text)) = operation.operands.get(1).and_then(constant) else { return None };
    let format = known(text)?;
    let is_byte = |format: Format| matches!(format.text, "B" | "b" | "c" | "@B");
    if !is_byte(format) && !is_byte(view.format) || view.bytes() % format.size != 0 {
        return None;
    }
    let shape = match operation.operands.get(2).and_then(constant) {
        None => SmallVec::from_slice(&[view.bytes() / format.size]),
        Some(Value::List(sizes) | Value::Tuple(sizes)) => sizes
            .iter()
            .map(|size| if let Value::Int(size) = size { Some(*size) } else { None })
            .collect::<Option<SmallVec<_>>>()?,
        Some(_) => return None,
    };
    let fits = shape.iter().try_fold(format.size, |bytes, size| bytes.checked_mul(*size))? == view.bytes();
    (fits && shape.iter().all(|size| *size > 0 || shape.len() == 1)).then(|| View { format, shape, ..view.clone() })
}

fn part(view: &View, operation: &Operation) -> Option<View> {
    let Some(Value::Slice(parts)) = operation.operands.get(1).and_then(constant) else { return None };
    if view.is_released || view.shape.is_empty() {
        return None;
    }
    let int = |value: &Value, default: i64| match value {
        Value::None => Some(default),
        Value::Int(value) => Some(*value),
        _ => None,
    };
    let (length, step) = (view.length(), int(&parts[2], 1)?);
    let within = |bound: i64| if bound < 0 { bound.saturating_add(length) } else { bound };
    let count = match step {
        0 => return None,
        1.. => {
            let start = within(int(&parts[0], 0)?).clamp(0, length);
            let stop = within(int(&parts[1], length)?).clamp(0, length);
            (stop - start).max(0).saturating_add(step - 1) / step
        }
        _ => {
            let start =
                if parts[0] == Value::None { length - 1 } else { within(int(&parts[0], 0)?).clamp(-1, length - 1) };
            let stop = if parts[1] == Value::None { -1 } else { within(int(&parts[1], 0)?).clamp(-1, length - 1) };
            let step = step.saturating_neg();
            (start - stop).max(0).saturating_add(step - 1) / step
        }
    };
    let mut shape = view.shape.clone();
    if let Some(first) = shape.first_mut() {
        *first = count;
    }
    let is_contiguous = view.is_contiguous && (step == 1 || count == 1);
    Some(View { shape, is_contiguous, ..view.clone() })
}
