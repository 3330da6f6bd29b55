//! Deserializes trees of YAML to the structs of [`text`](crate::text) with serde, and keeps the position of each
//! mistake.

use crate::Mistake;
use crate::yaml::{Data, Found, Node};
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, MapAccess, Unexpected, Visitor};
use std::fmt::{self, Display};
use std::ops::Range;

/// Deserializes a node.
pub(crate) fn read<'a, T: Deserialize<'a>>(node: &'a Node) -> Result<T, Found> {
    T::deserialize(node).map_err(|error| (error.span.unwrap_or_else(|| first_line(node)), error.mistake))
}

/// Returns the position that represents a whole map: its first key.
pub(crate) fn first_line(node: &Node) -> Range<usize> {
    match &node.data {
        Data::Map(entries) => entries.first().map_or(node.span.clone(), |(key, _)| key.span.clone()),
        _ => node.span.clone(),
    }
}

/// A mistake that gets its position while it is returned.
#[derive(Debug)]
pub(crate) struct Error {
    span: Option<Range<usize>>,
    mistake: Mistake,
}

impl Error {
    fn new(mistake: Mistake) -> Error {
        Error { span: None, mistake }
    }

    /// Sets the position, unless the error has a more exact one.
    fn at(mut self, node: &Node) -> Error {
        self.span.get_or_insert_with(|| first_line(node));
        self
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mistake.fmt(f)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: Display>(message: T) -> Error {
        Error::new(Mistake::Yaml(message.to_string()))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Error {
        let found = match unexpected {
            Unexpected::Seq => "a list",
            Unexpected::Map => "a map",
            _ => "a string",
        };
        let expected = match expected.to_string() {
            expected if expected == "a sequence" => "a list".to_owned(),
            expected if expected == "a string" => "a string or a Python literal".to_owned(),
            expected => expected,
        };
        Error::new(Mistake::WrongType { expected, found })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Error {
        Error::new(Mistake::UnknownKey { key: key.to_owned(), known })
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Error {
        Error::new(Mistake::UnknownWord { found: found.to_owned(), known })
    }

    fn missing_field(key: &'static str) -> Error {
        Error::new(Mistake::MissingKey(key))
    }
}

impl<'de> IntoDeserializer<'de, Error> for &'de Node {
    type Deserializer = &'de Node;

    fn into_deserializer(self) -> &'de Node {
        self
    }
}

impl<'de> de::Deserializer<'de> for &'de Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.data {
            Data::Scalar { text, .. } => visitor.visit_str(text),
            Data::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Data::Map(entries) => visitor.visit_map(Entries { rest: entries.iter(), value: None }),
        }
        .map_err(|error| error.at(self))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Some(text) = self.text() else {
            let expected = format!("one of {}", variants.join(", "));
            return Err(Error::new(Mistake::WrongType { expected, found: "a list or a map" }).at(self));
        };
        let text: StrDeserializer<'_, Error> = text.into_deserializer();
        text.deserialize_enum(name, variants, visitor).map_err(|error| error.at(self))
    }

    /// A struct is a map. What serde derives would take a list of its values, too.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.data {
            Data::Map(_) => self.deserialize_any(visitor),
            data => {
                let expected = "a map with keys".to_owned();
                let found = if matches!(data, Data::List(_)) { "a list" } else { "a string" };
                Err(Error::new(Mistake::WrongType { expected, found }).at(self))
            }
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map identifier ignored_any
    }
}

/// The entries of a map. An unknown key is a mistake at the position of the key.
struct Entries<'de> {
    rest: std::slice::Iter<'de, (Node, Node)>,
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(key).map(Some).map_err(|error| error.at(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(value),
            None => seed.deserialize(MapDeserializer::<_, Error>::new(std::iter::empty::<(&str, &str)>())),
        }
    }
}
