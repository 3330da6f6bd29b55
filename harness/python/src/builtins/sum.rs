//! `sum`, which adds numbers of one type in a specialized loop.

use crate::changes::Change;
use crate::context::Python;
use crate::numbers::Inexact;
use crate::object::{Call, Complex as Pair, Object, Outcome};
use crate::stop::{Stop, type_error};
use view::Abi;

impl Python {
    /// `sum(iterable)`, `sum(iterable, start)`
    pub(crate) fn sum(&self, call: &Call<'_>) -> Outcome {
        let (object, start) = match (call.values(), call.arguments.names) {
            ([object], []) => (object, Object::int(0)),
            ([object, start], []) => (object, start.clone()),
            ([object, start], [name]) if &**name == "start" => (object, start.clone()),
            _ => return Err(call.other_arguments()),
        };
        let stage = match &start {
            Object::Int(_) => Stage::Ints,
            Object::Float(start) if self.has(Change::SumOfFloats) => Stage::Floats(Compensated::new(*start)),
            Object::Float(_) => Stage::Rest,
            Object::Complex(_) => return Err(call.other_arguments()),
            _ => Stage::Rest,
        };
        // The iterator is made first.
        let kind = match &start {
            Object::Str(_) => Some(("strings", "")),
            Object::Bytes(_) => Some(("bytes", "b")),
            Object::Bytearray(_) => Some(("bytearray", "b")),
            _ => None,
        };
        if let Some((what, prefix)) = kind {
            self.iter(object)?;
            return Err(type_error(format!("sum() can't sum {what} [use {prefix}''.join(seq) instead]")).into());
        }
        let mut sum = Sum { python: self, value: start, stage };
        self.for_each(object, |item| sum.add(&item))?;
        Ok(sum.value())
    }

    /// Returns whether an object is an int that fits into a C long.
    fn fits_long(&self, object: &Object) -> bool {
        let (low, high) = match self.view_profile().abi() {
            Abi::Lp64 => (i64::MIN.into(), i64::MAX.into()),
            Abi::Ilp32 => (i32::MIN.into(), i32::MAX.into()),
        };
        object.as_int().is_some_and(|int| int.within(low, high).is_some())
    }
}

/// A sum in progress. CPython adds ints first, then floats, then complex numbers, each in a specialized loop that ends
/// at the first item of another type, and adds the remaining items with `+` (`builtin_sum_impl`).
struct Sum<'a> {
    python: &'a Python,
    /// The result of the earlier loops.
    value: Object,
    stage: Stage,
}

enum Stage {
    Ints,
    Floats(Compensated),
    Complex(Compensated, Compensated),
    Rest,
}

impl Sum<'_> {
    fn add(&mut self, item: &Object) -> Result<(), Stop> {
        let python = self.python;
        match &mut self.stage {
            Stage::Ints if python.fits_long(item) && python.fits_long(&self.value) => {
                self.value = python.calculate("+", &self.value, item)?;
                return Ok(());
            }
            Stage::Floats(total) => {
                if let Some(Inexact::Real(value)) = Inexact::of(item)? {
                    match item.as_int() {
                        Some(_) if python.has(Change::SumOfComplex) => total.add(value),
                        Some(_) if python.fits_long(item) => total.sum += value,
                        Some(_) => {
                            return Err(Stop::unsupported("`sum` of floats and ints that do not fit into a C long"));
                        }
                        None => total.add(value),
                    }
                    return Ok(());
                }
            }
            Stage::Complex(total, imaginary) => match Inexact::of(item)? {
                Some(Inexact::Real(value)) => {
                    total.add(value);
                    return Ok(());
                }
                Some(Inexact::Complex(a, b)) => {
                    total.add(a);
                    imaginary.add(b);
                    return Ok(());
                }
                None => {}
            },
            Stage::Ints | Stage::Rest => {}
        }
        self.leave_stage(item)
    }

    /// Adds an item of another type, and continues with the next loop.
    fn leave_stage(&mut self, item: &Object) -> Result<(), Stop> {
        // Once the ints outgrow a C long, all further items are added with `+`.
        let is_over = match self.stage {
            Stage::Ints => !self.python.fits_long(&self.value),
            Stage::Floats(_) => false,
            Stage::Complex(..) | Stage::Rest => true,
        };
        self.value = self.python.calculate("+", &self.value(), item)?;
        let has = |change| !is_over && self.python.has(change);
        self.stage = match self.value {
            Object::Float(start) if has(Change::SumOfFloats) => Stage::Floats(Compensated::new(start)),
            Object::Complex(Pair(real, imaginary)) if has(Change::SumOfComplex) => {
                Stage::Complex(Compensated::new(real), Compensated::new(imaginary))
            }
            _ => Stage::Rest,
        };
        Ok(())
    }

    fn value(&self) -> Object {
        match &self.stage {
            Stage::Ints | Stage::Rest => self.value.clone(),
            Stage::Floats(total) => Object::Float(total.value()),
            Stage::Complex(total, imaginary) => Object::Complex(Pair(total.value(), imaginary.value())),
        }
    }
}

/// A sum of floats with compensated (Neumaier) summation.
struct Compensated {
    sum: f64,
    lost: f64,
}

impl Compensated {
    fn new(sum: f64) -> Compensated {
        Compensated { sum, lost: 0.0 }
    }

    fn add(&mut self, item: f64) {
        let next = self.sum + item;
        self.lost += if self.sum.abs() >= item.abs() { (self.sum - next) + item } else { (item - next) + self.sum };
        self.sum = next;
    }

    fn value(&self) -> f64 {
        // Adding 0.0 would lose the sign of -0.0.
        match self.lost != 0.0 && self.lost.is_finite() {
            true => self.sum + self.lost,
            false => self.sum,
        }
    }
}
