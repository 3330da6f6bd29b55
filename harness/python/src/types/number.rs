//! Numbers, and the singletons `None`, `Ellipsis` and `NotImplemented`.

use crate::builtins::ints;
use crate::changes::Profile;
use crate::context::Python;
use crate::numbers;
use crate::object::{Call, Complex, Object, Outcome, Singleton, Type};
use crate::operators::bits;
use crate::stop::Stop;
use crate::types::hash::{self, Hashed};
use program::{Trace, float_repr};
use std::any::Any;
use view::{Error, Int};

impl Type for Singleton {
    fn class(&self) -> &str {
        self.class
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn repr(&self) -> Result<String, Stop> {
        Ok(self.repr.to_owned())
    }

    fn truth(&self) -> Result<bool, Error> {
        match self.repr {
            "NotImplemented" => Err(Error::Unspecified {
                what: "the truth value of NotImplemented is deprecated, and versions differ in what they do",
            }),
            repr => Ok(repr != "None"),
        }
    }

    fn hash(&self, _: Profile) -> Hashed {
        Ok(Some(view::hash_bytes(format!("<{}>", self.repr).as_bytes())))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        match self.repr {
            "None" => trace.none(),
            "Ellipsis" => trace.ellipsis(),
            _ => trace.object(self.class),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The most bits of an int that is written out.
const MOST_SHOWN: u64 = 14_000;

macro_rules! numbers {
    ($($type:ty: $class:literal, $value:ident => $object:expr, $repr:expr, $truth:expr, $record:ident($($part:expr),+);)+) => { $(
        impl Type for $type {
            fn class(&self) -> &str {
                $class
            }

            fn type_path(&self) -> Option<&'static str> {
                Some($class)
            }

            fn repr(&self) -> Result<String, Stop> {
                let $value = self;
                Ok($repr)
            }

            fn truth(&self) -> Result<bool, Error> {
                let $value = self;
                Ok($truth)
            }

            fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
                let $value = self;
                Ok(numbers::equal(&$object, other))
            }

            fn hash(&self, profile: Profile) -> Hashed {
                let $value = self;
                Ok(hash::of_number(&$object, profile.abi()))
            }

            fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
                let $value = self;
                trace.$record($($part),+);
            }

            fn as_any(&self) -> &dyn Any {
                self
            }
        }
    )+ };
}

numbers! {
    bool: "bool", value => Object::Bool(*value), if *value { "True" } else { "False" }.to_owned(), *value, bool(*value);
    f64: "float", value => Object::Float(*value), float_repr(*value), *value != 0.0, float(*value);
    Complex: "complex", value => Object::Complex(*value), complex(*value), *value != Complex(0.0, 0.0), complex(value.0, value.1);
}

impl Type for Int {
    fn class(&self) -> &str {
        "int"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("int")
    }

    fn repr(&self) -> Result<String, Stop> {
        match bits(self) {
            0..=MOST_SHOWN => Ok(Object::big(self).to_string()),
            // Newer versions refuse more than 4300 digits.
            _ => Err(Stop::unsupported("the digits of an int of more than 14,000 bits")),
        }
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        ints::method(python, this, call).unwrap_or_else(|| Err(self.missing(call.name)))
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(*self != Int::Small(0))
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        Ok(numbers::equal(&Object::Int(self.clone()), other))
    }

    fn hash(&self, profile: Profile) -> Hashed {
        Ok(hash::of_number(&Object::Int(self.clone()), profile.abi()))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        match self {
            Int::Small(value) => trace.int(*value),
            Int::Big(value) => trace.big(value),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn complex(Complex(real, imag): Complex) -> String {
    let part = |value: f64| float_repr(value).trim_end_matches(".0").to_owned();
    if real == 0.0 && real.is_sign_positive() {
        return format!("{}j", part(imag));
    }
    let sign = if imag.is_sign_negative() { "" } else { "+" };
    format!("({}{sign}{}j)", part(real), part(imag))
}
