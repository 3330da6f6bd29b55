//! Arithmetic of numbers, as `+`, `*` and `sum` do it: ints of any size, floats, and complex numbers.
//!
//! Programs get complex numbers from formats that no Python before 3.14 knows, so the rules are those of 3.14: a real
//! number has no imaginary part, not even one of 0.

use super::object::Object;
use super::{Outcome, Python, Stop};
use program::Kind;
use view::{Abi, Change, Error, Exception, Int};

/// A number that is no int.
#[derive(Clone, Copy)]
enum Inexact {
    Real(f64),
    Complex(f64, f64),
}

impl Inexact {
    /// An object as a number, if it is one. Errors: an int that no float can be near.
    fn of(object: &Object) -> Result<Option<Inexact>, Error> {
        Ok(match object {
            Object::Float(value) => Some(Inexact::Real(*value)),
            Object::Complex(real, imaginary) => Some(Inexact::Complex(*real, *imaginary)),
            _ => object.as_int().as_ref().map(real).transpose()?.map(Inexact::Real),
        })
    }
}

fn real(int: &Int) -> Result<f64, Error> {
    int.to_f64().ok_or_else(|| Error::raised(Exception::OverflowError, "int too large to convert to float"))
}

/// Both operands as numbers that are no ints; `None` if one is no number at all.
fn both(left: &Object, right: &Object) -> Result<Option<(Inexact, Inexact)>, Error> {
    let is_number =
        |object: &Object| matches!(object, Object::Float(_) | Object::Complex(..)) || object.as_int().is_some();
    if !is_number(left) || !is_number(right) {
        return Ok(None);
    }
    Ok(Inexact::of(left)?.zip(Inexact::of(right)?))
}

impl Python {
    /// `left + right` of two numbers; `None` if one is none.
    pub(super) fn add_numbers(&self, left: &Object, right: &Object) -> Result<Option<Object>, Error> {
        use Inexact::{Complex, Real};
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            return Ok(Some(Object::Int(Int::from(Object::big(&a) + Object::big(&b)))));
        }
        Ok(both(left, right)?.map(|pair| match pair {
            (Real(a), Real(b)) => Object::Float(a + b),
            (Complex(a, imaginary), Real(b)) | (Real(b), Complex(a, imaginary)) => Object::Complex(a + b, imaginary),
            (Complex(a, c), Complex(b, d)) => Object::Complex(a + b, c + d),
        }))
    }

    /// `left * right` of two numbers; `None` if one is none.
    pub(super) fn multiply_numbers(&self, left: &Object, right: &Object) -> Result<Option<Object>, Error> {
        use Inexact::{Complex, Real};
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            return Ok(Some(Object::Int(Int::from(Object::big(&a) * Object::big(&b)))));
        }
        Ok(both(left, right)?.map(|pair| match pair {
            (Real(a), Real(b)) => Object::Float(a * b),
            (Complex(a, c), Real(b)) | (Real(b), Complex(a, c)) => Object::Complex(a * b, c * b),
            (Complex(a, c), Complex(b, d)) => Object::Complex(a * b - c * d, a * d + c * b),
        }))
    }

    /// `sum(object)`. CPython adds ints first, then floats, then complex numbers, each kind in a loop of its own as long
    /// as items are of it, and what follows as `+` does.
    pub(super) fn sum(&self, object: &Object) -> Outcome {
        let mut items = self.items(object)?.into_iter().peekable();
        let mut sum = Object::int(0);
        while let Some(item) = items.next_if(|item| self.fits_long(item)) {
            // A sum that has outgrown a C long is added to as `+` does.
            if !self.fits_long(&sum) {
                return self.sum_of(sum, std::iter::once(item).chain(items));
            }
            sum = self.infix("+", &sum, &item)?;
        }
        let Some(item) = items.next() else { return Ok(sum) };
        let is_long = self.fits_long(&sum);
        sum = self.infix("+", &sum, &item)?;
        let is_compensated = self.profile.has(Change::SumOfFloats) && is_long;
        if let (Object::Float(start), true) = (&sum, is_compensated) {
            let mut total = Compensated::new(*start);
            while let Some(item) = items.next_if(|item| matches!(item, Object::Float(_)) || item.as_int().is_some()) {
                match item.as_int() {
                    None => total.add(float(&item)),
                    Some(int) if self.profile.has(Change::SumOfComplex) => total.add(real(&int)?),
                    Some(int) if self.fits_long(&item) => total.sum += real(&int)?,
                    Some(_) => return Err(self.unsupported(Kind::Sum, "floats and huge ints")),
                }
            }
            sum = Object::Float(total.value());
            let Some(item) = items.next() else { return Ok(sum) };
            sum = self.infix("+", &sum, &item)?;
        }
        if let (Object::Complex(start, imaginary), true) = (&sum, self.profile.has(Change::SumOfComplex) && is_long) {
            let (mut total, mut imaginary) = (Compensated::new(*start), Compensated::new(*imaginary));
            let is_number =
                |item: &Object| matches!(item, Object::Complex(..) | Object::Float(_)) || item.as_int().is_some();
            while let Some(item) = items.next_if(is_number) {
                match Inexact::of(&item)? {
                    Some(Inexact::Complex(a, b)) => {
                        total.add(a);
                        imaginary.add(b);
                    }
                    Some(Inexact::Real(value)) => total.add(value),
                    None => {}
                }
            }
            sum = Object::Complex(total.value(), imaginary.value());
        }
        self.sum_of(sum, items)
    }

    fn sum_of(&self, start: Object, items: impl Iterator<Item = Object>) -> Outcome {
        let mut sum = start;
        for item in items {
            sum = self.infix("+", &sum, &item)?;
        }
        Ok(sum)
    }

    /// Whether an object is an int that a C long can be.
    fn fits_long(&self, object: &Object) -> bool {
        let (low, high) = match self.profile.abi() {
            Abi::Lp64 => (i64::MIN.into(), i64::MAX.into()),
            Abi::Ilp32 => (i32::MIN.into(), i32::MAX.into()),
        };
        object.as_int().is_some_and(|int| int.within(low, high).is_some())
    }
}

fn float(object: &Object) -> f64 {
    match object {
        Object::Float(value) => *value,
        _ => 0.0,
    }
}

/// A sum of floats that knows what rounding has lost so far (Neumaier).
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
        // Adding a zero would take the sign from another one.
        match self.lost != 0.0 && self.lost.is_finite() {
            true => self.sum + self.lost,
            false => self.sum,
        }
    }
}
