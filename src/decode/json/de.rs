//! Serde's view of a [`Scanner`]: what the model's derived `Deserialize` talks to.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::super::Problem;
use super::scan::{Number, Scanner};
use crate::model::Text;
use crate::record::Reason;

impl<'de> Deserializer<'de> for &mut Scanner<'de> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.peek() {
            Some(b'"') => visit_string(self.string()?, visitor),
            Some(b'{') => visit_object(self, visitor),
            Some(b'[') => visit_list(self, visitor),
            Some(b'-' | b'0'..=b'9') => match self.number()? {
                Number::Unsigned(number) => visitor.visit_u64(number),
                Number::Signed(number) => visitor.visit_i64(number),
                Number::Float(number) => visitor.visit_f64(number),
            },
            Some(b't') => self.literal("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.literal("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'n') => self.literal("null").and_then(|()| visitor.visit_unit()),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.peek() == Some(b'n') {
            self.literal("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    /// A plain name, or `{"name": content}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.peek() {
            Some(b'"') => {
                let name = self.string()?;
                let name: StrDeserializer<'_, Problem> = name.as_ref().into_deserializer();
                visitor.visit_enum(name)
            }
            Some(b'{') => {
                self.open(b'{')?;
                let value = visitor.visit_enum(Tagged { scanner: self, variants })?;
                self.close(b'}')?;
                Ok(value)
            }
            _ => Err(self.unexpected(&format!("one of {}", variants.join(", ")))),
        }
    }

    /// Serde asks for this where the model has no such field: the value is kept as text.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.ignoring {
            return self.deserialize_any(visitor);
        }
        self.ignoring = true;
        let name = std::mem::take(&mut self.key);
        self.peek();
        let start = self.position();
        let value = (&mut *self).deserialize_any(visitor)?;
        self.keep_unknown(name, start);
        self.ignoring = false;
        Ok(value)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

fn visit_string<'de, V: Visitor<'de>>(text: Cow<'de, str>, visitor: V) -> Result<V::Value, Problem> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

fn visit_object<'de, V: Visitor<'de>>(scanner: &mut Scanner<'de>, visitor: V) -> Result<V::Value, Problem> {
    let start = scanner.position();
    scanner.open(b'{')?;
    let value = visitor.visit_map(Members { scanner, first: true }).map_err(|problem| problem.at(start))?;
    scanner.close(b'}')?;
    Ok(value)
}

fn visit_list<'de, V: Visitor<'de>>(scanner: &mut Scanner<'de>, visitor: V) -> Result<V::Value, Problem> {
    let start = scanner.position();
    scanner.open(b'[')?;
    let value = visitor.visit_seq(Elements { scanner, first: true }).map_err(|problem| problem.at(start))?;
    scanner.close(b']')?;
    Ok(value)
}

/// The members of an object.
struct Members<'s, 'de> {
    scanner: &'s mut Scanner<'de>,
    first: bool,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        if self.scanner.peek() == Some(b'}') && self.first {
            return Ok(None);
        }
        if !self.first && !self.scanner.take(b',') {
            return if self.scanner.peek() == Some(b'}') { Ok(None) } else { Err(self.scanner.unexpected("',' or '}'")) };
        }
        self.first = false;
        self.scanner.peek();
        let start = self.scanner.position();
        self.scanner.key = Text::from(self.scanner.string()?);
        seed.deserialize(KeyName(&self.scanner.key)).map(Some).map_err(|problem| problem.at(start))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        self.scanner.expect(b':')?;
        self.scanner.peek();
        let start = self.scanner.position();
        seed.deserialize(&mut *self.scanner).map_err(|problem| problem.in_field(start, &self.scanner.key))
    }
}

/// The name of a member. The model has no maps, so a borrowed name is never needed.
struct KeyName<'s>(&'s str);

impl<'de> Deserializer<'de> for KeyName<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_str(self.0)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The elements of a list.
struct Elements<'s, 'de> {
    scanner: &'s mut Scanner<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Problem> {
        if self.scanner.peek() == Some(b']') && self.first {
            return Ok(None);
        }
        if !self.first && !self.scanner.take(b',') {
            return if self.scanner.peek() == Some(b']') { Ok(None) } else { Err(self.scanner.unexpected("',' or ']'")) };
        }
        self.first = false;
        self.scanner.count()?;
        self.scanner.peek();
        let start = self.scanner.position();
        seed.deserialize(&mut *self.scanner).map(Some).map_err(|problem| problem.in_field(start, &self.scanner.key))
    }
}

/// `{"name": content}`, and possibly unknown members beside it.
struct Tagged<'s, 'de> {
    scanner: &'s mut Scanner<'de>,
    variants: &'static [&'static str],
}

impl<'de> EnumAccess<'de> for Tagged<'_, 'de> {
    type Error = Problem;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Problem> {
        self.scanner.peek();
        let start = self.scanner.position();
        let name = self.scanner.string()?;
        if !self.variants.contains(&name.as_ref()) {
            let detail = format!("expected one of {}", self.variants.join(", "));
            return Err(Problem::new(Reason::UnsupportedVersion, start, detail));
        }
        self.scanner.expect(b':')?;
        Ok((seed.deserialize(KeyName(&name))?, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged<'_, 'de> {
    type Error = Problem;

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Problem> {
        let value = seed.deserialize(&mut *self.scanner)?;
        while self.scanner.take(b',') {
            self.scanner.peek();
            let start = self.scanner.position();
            let name = Text::from(self.scanner.string()?);
            if self.variants.contains(&name.as_str()) {
                return Err(Problem::new(Reason::BadField, start, "two messages in one object"));
            }
            self.scanner.expect(b':')?;
            self.scanner.key = name;
            self.scanner.deserialize_ignored_any(IgnoredAny)?;
        }
        Ok(value)
    }

    fn unit_variant(self) -> Result<(), Problem> {
        Err(Problem::custom("expected a plain name"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Problem> {
        Err(Problem::custom("expected one value"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Problem> {
        Err(Problem::custom("expected one value"))
    }
}
