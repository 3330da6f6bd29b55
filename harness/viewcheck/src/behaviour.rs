//! What a program has reached: its *behaviours*, each a number. A campaign that is guided keeps the programs that show a new one,
//! and the libFuzzer target counts them in place of the coverage of an interpreter that was not built for it.
//!
//! Behaviours are those of a program and of what one engine observed when it ran it. They say nothing of addresses, times or the
//! order in which something was found, so that the same program has the same ones everywhere. Each family of them is a question
//! about the operation that a step ends with:
//!
//! * what came of it: a value of some type, or an exception with the beginning of its text;
//! * what was it done to: a view of so many dimensions, of that contiguity and that class of formats, read-only or not;
//! * did it raise when it was done to a view of that format;
//! * which view did it make: the layout and the format;
//! * what were its other operands, roughly;
//! * which operation made its object, or last changed something about it;
//! * how many views keep the memory locked, and do two operands share it;
//! * which operation ran inside of it, and how deep.
//!
//! A family that asks too much at once has a new behaviour in every program, so that every program is kept and none is made much
//! of. So nothing here asks for more than two or three things, and the order of operations is asked for with one object only.
//!
//! Numbers are below [`SPACE`]; the highest bits are the [family](FAMILY). Two behaviours may have the same number, which costs
//! an interesting program now and then.

mod classes;

use classes::{Class, of_constant, of_seen, of_text};
use program::{End, Glance, Kind, Name, Operand, Operation, Program, Seen, Syntax, Target, Trace};
use smallvec::SmallVec;

/// Behaviours are below this number.
pub const SPACE: u32 = 16 << FAMILY;
/// A behaviour without so many of its lowest bits is its family.
pub const FAMILY: u32 = 16;

/// How much of the text of an error is looked at.
const BEGINNING: usize = 16;

/// What a name is bound to.
#[derive(Clone, Copy, Default)]
struct Object {
    /// What it is.
    class: Class,
    /// The name of the exporter whose memory it covers, if it is a view.
    root: Option<Name>,
    /// The operation that made it, or that last changed something about it.
    last: u32,
}

/// The families of behaviours, so that one is not taken for another.
#[derive(Clone, Copy)]
enum Family {
    Outcome = 1,
    Subject,
    Format,
    Made,
    Operands,
    Pair,
    Lock,
    Relation,
    Inside,
    Depth,
}

/// Adds the behaviours of a program to `features`, of which `trace` says what was observed; some may be there twice. Of steps that
/// were not completed there are none.
pub fn features(program: &Program, trace: &Trace, features: &mut Vec<u32>) {
    let objects = SmallVec::from_elem(Object::default(), program.names.len());
    let mut scene = Scene { program, objects, features };
    let mut start = 0;
    for (step, end) in program.steps.iter().enumerate().take(trace.len()) {
        let end = *end as usize;
        let operations = program.operations.get(start..end).unwrap_or_default();
        start = end;
        let (Some((last, before)), Some(glance)) = (operations.split_last(), trace.glance(step)) else { continue };
        before.iter().for_each(|operation| scene.passed(operation));
        scene.step(last, glance);
        if !program.bodies.is_empty() {
            scene.inside(last, trace, step);
        }
    }
}

/// What is known while the steps are gone through.
struct Scene<'a> {
    program: &'a Program,
    objects: SmallVec<[Object; 16]>,
    features: &'a mut Vec<u32>,
}

impl Scene<'_> {
    fn add(&mut self, family: Family, one: u32, two: u32) {
        self.features.push((family as u32) << FAMILY | mix(one, two) >> (32 - FAMILY));
    }

    fn object(&self, name: Name) -> Object {
        self.objects.get(usize::from(name)).copied().unwrap_or_default()
    }

    /// An operation that is not the last one of its step: nothing was observed of it.
    fn passed(&mut self, operation: &Operation) {
        for operand in &operation.operands {
            if let Operand::Name(name) = operand
                && let Some(object) = self.objects.get_mut(usize::from(*name))
                && is_change(operation.kind)
            {
                object.last = operation.kind as u32;
            }
        }
        if let Target::Name(name) = operation.target {
            self.bind(name, Object { last: operation.kind as u32, ..Object::default() });
        }
    }

    /// The last operation of a step, with what the step gave.
    fn step(&mut self, operation: &Operation, glance: Glance<'_>) {
        let kind = operation.kind as u32;
        let (outcome, exception, raised) = match glance {
            Glance::Nothing => (1, 0, 0),
            Glance::Value(Seen::Int(_)) => (2, 0, 0),
            Glance::Value(seen) => (of_seen(&seen).coarse, 0, 0),
            Glance::Raised(exception, text) => (of_text(&text[..text.len().min(BEGINNING)]), of_text(exception), 1),
        };
        let acted = kind << 1 | raised;
        self.add(Family::Outcome, acted, mix(outcome, exception));
        if let Glance::Value(Seen::View(layout)) = &glance {
            let made = of_seen(&Seen::View(*layout));
            self.add(Family::Made, made.fine, made.code);
        }
        let (mut receiver, mut others) = (Object::default(), 0);
        for (index, operand) in operation.operands.iter().enumerate() {
            let object = match operand {
                Operand::Name(name) => self.object(*name),
                Operand::Value(value) => Object { class: of_constant(value), ..Object::default() },
                Operand::Temp(_) | Operand::Local(_) => Object { class: Class::plain(2), ..Object::default() },
                Operand::Body(_) => Object { class: Class::plain(3), ..Object::default() },
            };
            if index == 0 {
                receiver = object;
            } else {
                others = mix(others, object.class.coarse);
                self.add(Family::Operands, kind << 2 | (index as u32).min(3), object.class.rough());
            }
            if let Operand::Name(name) = operand {
                if index == 0 {
                    self.add(Family::Pair, object.last, kind);
                }
                if let Some(object) = self.objects.get_mut(usize::from(*name))
                    && raised == 0
                    && is_change(operation.kind)
                {
                    object.last = kind;
                }
            }
        }
        if receiver.class.code != 0 {
            self.add(Family::Subject, kind, mix(receiver.class.fine, receiver.class.format));
            self.add(Family::Format, acted, receiver.class.code);
        }
        if let Some(Operand::Name(name)) = operation.operands.first() {
            self.memory(operation, acted, *name, receiver);
        }
        self.follow(operation, glance, receiver, others, raised == 1);
    }

    /// How many views keep the memory locked that an operation is about, and whether its operands share it.
    fn memory(&mut self, operation: &Operation, acted: u32, name: Name, receiver: Object) {
        let root = receiver.root.unwrap_or(name);
        let views = self.objects.iter().filter(|object| object.root == Some(root) && !object.class.is_released());
        let views = (views.count() as u32).min(3);
        self.add(Family::Lock, acted, views << 2 | receiver.class.kind() & 3);
        if let [_, others @ ..] = &operation.operands[..] {
            for other in others {
                let Operand::Name(other) = other else { continue };
                let object = self.object(*other);
                let relation = match (*other == name, object.root.unwrap_or(*other) == root) {
                    (true, _) => 1,
                    (false, true) => 2,
                    (false, false) => 3,
                };
                self.add(Family::Relation, acted, relation << 2 | object.class.kind() & 3);
            }
        }
    }

    /// Keeps track of what an operation did.
    fn follow(&mut self, operation: &Operation, glance: Glance<'_>, receiver: Object, others: u32, raised: bool) {
        let first = match operation.operands.first() {
            Some(Operand::Name(name)) => Some(*name),
            _ => None,
        };
        let Glance::Value(seen) = glance else {
            match (operation.kind, first) {
                (Kind::Unbind, Some(name)) if !raised => self.bind(name, Object::default()),
                _ => {}
            }
            return;
        };
        if let (Kind::Release | Kind::ExitMethod, Some(object)) =
            (operation.kind, first.and_then(|name| self.objects.get_mut(usize::from(name))))
        {
            object.class = object.class.released();
        }
        if let (Kind::Arm, Some(object)) =
            (operation.kind, first.and_then(|name| self.objects.get_mut(usize::from(name))))
        {
            object.class = object.class.with(mix(others, 7));
        }
        let Target::Name(name) = operation.target else { return };
        let class = of_seen(&seen);
        // What such an object does depends on what it was made of.
        let class = match operation.kind {
            Kind::NewHook | Kind::Tuple | Kind::Slice => {
                let words =
                    operation.keywords.iter().flatten().fold(0, |words, word| mix(words, of_text(word.as_bytes())));
                class.with(mix(mix(receiver.class.coarse, others), words))
            }
            Kind::Class => class.with(self.attributes(operation)),
            Kind::CallObject => class.with(receiver.class.coarse),
            _ => class,
        };
        let root = if let Seen::View(layout) = seen { layout.root } else { None };
        self.bind(name, Object { class, root, last: operation.kind as u32 });
    }

    fn bind(&mut self, name: Name, object: Object) {
        // What belongs to the object that the name was bound to belongs to no name any more.
        for other in &mut self.objects {
            if other.root == Some(name) {
                other.root = None;
            }
        }
        if let Some(bound) = self.objects.get_mut(usize::from(name)) {
            *bound = object;
        }
    }

    /// The attributes that a class defines.
    fn attributes(&self, operation: &Operation) -> u32 {
        let Some(Operand::Body(body)) = operation.operands.first() else { return 0 };
        let function = self.program.bodies.get(usize::from(*body)).and_then(|body| body.function.as_ref());
        let names = function.map_or(&[][..], |function| &function.locals);
        names.iter().fold(1, |attributes, name| mix(attributes, of_text(name.as_bytes())))
    }

    /// What ran inside of a step. A block runs what stands in it, so that only the depth counts there.
    fn inside(&mut self, operation: &Operation, trace: &Trace, step: usize) {
        let is_block = matches!(operation.kind.row().syntax, Syntax::Control);
        for inner in trace.inner(step) {
            let end = match inner.end {
                End::Done => 0,
                End::Raised => 1,
                End::Left => 2,
            };
            let outer = if is_block { 0 } else { operation.kind as u32 + 1 };
            self.add(Family::Inside, outer, (inner.kind as u32) << 2 | end);
            self.add(Family::Depth, outer, u32::from(inner.depth).min(4));
        }
    }
}

/// Whether an operation changes something about the objects that it is done with, or about what they remember.
fn is_change(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Release
            | Kind::EnterMethod
            | Kind::ExitMethod
            | Kind::ReleaseBuffer
            | Kind::Enter
            | Kind::Hash
            | Kind::Iter
            | Kind::Reversed
            | Kind::Next
            | Kind::Arm
            | Kind::Set
            | Kind::Delete
            | Kind::Append
            | Kind::Extend
            | Kind::Insert
            | Kind::Pop
            | Kind::Remove
            | Kind::Clear
            | Kind::Reverse
            | Kind::FromBytes
            | Kind::Byteswap
            | Kind::InPlaceAdd
            | Kind::InPlaceMultiply
            | Kind::PackInto
    )
}

/// One number from two, which differs in all its bits where they do.
fn mix(one: u32, two: u32) -> u32 {
    let word = (u64::from(one) << 32 | u64::from(two)) ^ 0x9e37_79b9_7f4a_7c15;
    let word = (word ^ word >> 32).wrapping_mul(0xd1b5_4a32_d192_ed03);
    ((word ^ word >> 29).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32) as u32
}

#[cfg(test)]
mod tests;
