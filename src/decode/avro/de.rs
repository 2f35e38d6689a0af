//! Serde's view of a datum: the model's derived `Deserialize` is driven by a [`Program`].
//!
//! Fields and enum symbols are handed over by index, never by name: a record's fields in the reader's schema stand in the order
//! of the Rust fields (a test compares). The reader's `Message` record, of which exactly one field is set, becomes the enum.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::super::Problem;
use super::cursor::Cursor;
use super::program::{Node, NodeId, Program, Record, Step};
use crate::record::Reason;

/// One value about to be read.
pub struct Datum<'p, 'c, 'de> {
    pub program: &'p Program,
    pub node: NodeId,
    pub cursor: &'c mut Cursor<'de>,
}

impl<'p, 'de> Datum<'p, '_, 'de> {
    /// The node that tells what stands here; of a union, the branch that was written.
    fn resolve(&mut self) -> Result<&'p Node, Problem> {
        let mut node = self.program.node(self.node);
        while let Node::Union(branches) = node {
            self.node = self.cursor.branch(branches)?;
            node = self.program.node(self.node);
        }
        Ok(node)
    }
}

impl<'de> Deserializer<'de> for Datum<'_, '_, 'de> {
    type Error = Problem;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Problem> {
        match self.resolve()? {
            Node::Text => visitor.visit_borrowed_str(self.cursor.text()?),
            Node::Int => visitor.visit_i64(self.cursor.long()?),
            Node::Null => visitor.visit_unit(),
            Node::Boolean => match self.cursor.byte()? {
                0 => visitor.visit_bool(false),
                1 => visitor.visit_bool(true),
                _ => Err(Problem::custom("a boolean is neither 0 nor 1")),
            },
            Node::Time { multiply, divide } => {
                let millis = self.cursor.long()?.checked_mul(*multiply).map(|time| time.div_euclid(*divide));
                visitor.visit_i64(millis.ok_or_else(|| Problem::custom("a time out of range"))?)
            }
            Node::Float => visitor.visit_f32(f32::from_le_bytes(fixed(self.cursor)?)),
            Node::Double => visitor.visit_f64(f64::from_le_bytes(fixed(self.cursor)?)),
            Node::Bytes => visitor.visit_borrowed_bytes(self.cursor.bytes()?),
            Node::Fixed(size) => visitor.visit_borrowed_bytes(self.cursor.take(*size)?),
            Node::Enum(symbols) => visitor.visit_u32(symbol(self.cursor, symbols)?),
            Node::Array(item) => visit_list(self, *item, visitor),
            Node::Map(_) => Err(Problem::custom("a map where none is expected")),
            Node::Union(_) => Err(Problem::custom("a union in a union")),
            Node::Record(record) => visit_record(self, record, visitor),
            Node::Mismatch(why) => Err(Problem::new(Reason::SchemaMismatch, self.cursor.position(), &**why)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Problem> {
        match self.resolve()? {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.resolve()? {
            Node::Enum(symbols) => visitor.visit_enum(symbol(self.cursor, symbols)?.into_deserializer()),
            Node::Record(record) => visitor.visit_enum(Choice { datum: self, rest: &record.steps }),
            _ => self.deserialize_any(visitor),
        }
    }

    /// A record of the reader that is a tuple in the model.
    fn deserialize_tuple<V: Visitor<'de>>(mut self, _: usize, visitor: V) -> Result<V::Value, Problem> {
        match self.resolve()? {
            Node::Record(record) => visit_tuple(self, record, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.cursor.skip(self.program, self.node)?;
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple_struct
        map struct identifier
    }
}

fn fixed<const N: usize>(cursor: &mut Cursor<'_>) -> Result<[u8; N], Problem> {
    cursor.take(N)?.try_into().map_err(Problem::custom)
}

/// The reader's index of the written symbol.
fn symbol(cursor: &mut Cursor<'_>, symbols: &[Option<u32>]) -> Result<u32, Problem> {
    let index = usize::try_from(cursor.long()?).ok();
    let known = index.and_then(|index| symbols.get(index)).copied().flatten();
    known.ok_or_else(|| Problem::custom("an enum symbol that is not known"))
}

fn visit_record<'p, 'de, V: Visitor<'de>>(
    datum: Datum<'p, '_, 'de>,
    record: &'p Record,
    visitor: V,
) -> Result<V::Value, Problem> {
    let Datum { program, cursor, .. } = datum;
    let start = cursor.position();
    cursor.enter()?;
    let fields = Fields { program, cursor, record, step: 0, missing: 0 };
    let value = visitor.visit_map(fields).map_err(|problem| problem.at(start))?;
    cursor.leave();
    Ok(value)
}

/// A record's fields as serde sees them: index and value, in the writer's order, then the defaults.
struct Fields<'p, 'c, 'de> {
    program: &'p Program,
    cursor: &'c mut Cursor<'de>,
    record: &'p Record,
    /// The step whose value is to be read.
    step: usize,
    /// The default to be handed over once the steps are done.
    missing: usize,
}

impl<'de> MapAccess<'de> for Fields<'_, '_, 'de> {
    type Error = Problem;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        while let Some(step) = self.record.steps.get(self.step) {
            match step.field {
                Some(field) => return seed.deserialize(field.into_deserializer()).map(Some),
                None => self.cursor.skip(self.program, step.node)?,
            }
            self.step += 1;
        }
        let missing = self.record.defaults.get(self.missing);
        missing.map(|missing| seed.deserialize(missing.field.into_deserializer())).transpose()
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        if let Some(step) = self.record.steps.get(self.step) {
            self.step += 1;
            return field(self.program, self.cursor, step, seed);
        }
        let default = self.record.defaults.get(self.missing).map(|missing| missing.default.clone());
        self.missing += 1;
        seed.deserialize(default.unwrap_or_default()).map_err(|error| unfit_default(&error))
    }
}

#[inline]
fn field<'de, V: DeserializeSeed<'de>>(
    program: &Program,
    cursor: &mut Cursor<'de>,
    step: &Step,
    seed: V,
) -> Result<V::Value, Problem> {
    let start = cursor.position();
    seed.deserialize(Datum { program, node: step.node, cursor }).map_err(|problem| problem.in_field(start, &step.name))
}

/// A default of our own schema that our own type does not take: a test of that schema shows it.
fn unfit_default(error: &serde_json::Error) -> Problem {
    Problem::custom(format_args!("a default does not fit: {error}"))
}

fn visit_tuple<'p, 'de, V: Visitor<'de>>(datum: Datum<'p, '_, 'de>, record: &'p Record, visitor: V) -> Result<V::Value, Problem> {
    let Datum { program, cursor, .. } = datum;
    cursor.enter()?;
    let start = cursor.position();
    // Measured first: the writer's order may differ, so the elements are looked up by place.
    record.steps.iter().try_for_each(|step| cursor.skip(program, step.node))?;
    let end = cursor.position();
    let value = visitor.visit_seq(Tuple { program, cursor, record, start, index: 0 })?;
    cursor.rewind(end);
    cursor.leave();
    Ok(value)
}

/// A record's fields in the reader's order.
struct Tuple<'p, 'c, 'de> {
    program: &'p Program,
    cursor: &'c mut Cursor<'de>,
    record: &'p Record,
    /// Where the record begins.
    start: usize,
    index: u32,
}

impl<'de> SeqAccess<'de> for Tuple<'_, '_, 'de> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Problem> {
        let wanted = self.index;
        self.index += 1;
        self.cursor.rewind(self.start);
        for step in &self.record.steps {
            if step.field == Some(wanted) {
                return field(self.program, self.cursor, step, seed).map(Some);
            }
            self.cursor.skip(self.program, step.node)?;
        }
        let default = self.record.defaults.iter().find(|missing| missing.field == wanted);
        let value = default.map(|missing| seed.deserialize(missing.default.clone()));
        value.transpose().map_err(|error| unfit_default(&error))
    }
}

fn visit_list<'de, V: Visitor<'de>>(datum: Datum<'_, '_, 'de>, item: NodeId, visitor: V) -> Result<V::Value, Problem> {
    let Datum { program, cursor, .. } = datum;
    cursor.enter()?;
    let (left, _) = cursor.block()?;
    let value = visitor.visit_seq(Items { program, cursor, item, left })?;
    cursor.leave();
    Ok(value)
}

/// The items of an array, block by block.
struct Items<'p, 'c, 'de> {
    program: &'p Program,
    cursor: &'c mut Cursor<'de>,
    item: NodeId,
    /// Items left in this block; 0 when the array is done.
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_, '_, 'de> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Problem> {
        if self.left == 0 {
            return Ok(None);
        }
        let start = self.cursor.position();
        let datum = Datum { program: self.program, node: self.item, cursor: self.cursor };
        let value = seed.deserialize(datum).map_err(|problem| problem.at(start))?;
        self.left -= 1;
        if self.left == 0 {
            (self.left, _) = self.cursor.block()?;
        }
        Ok(Some(value))
    }

    /// Never more than the bytes could hold, whatever the count says.
    fn size_hint(&self) -> Option<usize> {
        Some(self.left.min(self.cursor.remaining()))
    }
}

/// A record of optional fields of which exactly one is set.
struct Choice<'p, 'c, 'de> {
    datum: Datum<'p, 'c, 'de>,
    rest: &'p [Step],
}

impl<'p> Choice<'p, '_, '_> {
    /// The next field that is set and that the reader knows; its value is about to be read.
    fn next(&mut self) -> Result<Option<&'p Step>, Problem> {
        while let Some((step, rest)) = self.rest.split_first() {
            self.rest = rest;
            self.datum.node = step.node;
            match step.field {
                None => self.datum.cursor.skip(self.datum.program, step.node)?,
                Some(_) if matches!(self.datum.resolve()?, Node::Null) => {}
                Some(_) => return Ok(Some(step)),
            }
        }
        Ok(None)
    }
}

impl<'de> EnumAccess<'de> for Choice<'_, '_, 'de> {
    type Error = Problem;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Result<(V::Value, Self), Problem> {
        let start = self.datum.cursor.position();
        let field = self.next()?.and_then(|step| step.field);
        let field = field.ok_or_else(|| {
            Problem::new(Reason::UnsupportedVersion, start, "none of the messages that this version knows is set")
        })?;
        Ok((seed.deserialize(field.into_deserializer())?, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'_, '_, 'de> {
    type Error = Problem;

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(mut self, seed: T) -> Result<T::Value, Problem> {
        let Datum { program, node, ref mut cursor } = self.datum;
        let value = seed.deserialize(Datum { program, node, cursor })?;
        let start = self.datum.cursor.position();
        match self.next()? {
            None => Ok(value),
            Some(_) => Err(Problem::new(Reason::BadField, start, "two messages in one record")),
        }
    }

    fn unit_variant(self) -> Result<(), Problem> {
        Err(Problem::custom("a record where a symbol is expected"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Problem> {
        Err(Problem::custom("expected one value"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Problem> {
        Err(Problem::custom("expected one value"))
    }
}
