//! Any of our serde types to Avro's binary form, written straight into a buffer.
//!
//! There is no schema here: Avro's binary form is the values one after another, so it is right as long as the fields of the type
//! stand in the order of the schema. The tests read every record back through apache-avro with the published schema, by name.
//!
//! A field that serde skips is written as one zero byte, which is null, the empty list and false: the only values that the model
//! and the outputs skip.

use std::fmt::{self, Write};

use serde::ser::{Error, Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct, Serializer};

use crate::model::Message;

/// Appends `message` as a bare datum of `schemas/message.avsc`.
pub fn encode(message: &Message<'_>, out: &mut Vec<u8>) {
    let (field, fields) = (field_of(message), 7);
    out.extend((0..field).map(|_| NULL));
    out.push(SECOND_BRANCH);
    match message {
        Message::Waybill(waybill) => encode_record(waybill, out),
        Message::Houses(houses) => encode_record(houses, out),
        Message::Manifest(list) | Message::BookedList(list) => encode_record(list, out),
        Message::Booking(booking) => encode_record(booking, out),
        Message::Status(status) => encode_record(status, out),
        Message::Outcome(outcome) => encode_record(outcome, out),
    }
    out.extend((field + 1..fields).map(|_| NULL));
}

/// Appends a record of the model or of the outputs. Numbers above `i64::MAX` are written as that.
pub fn encode_record<T: Serialize>(record: &T, out: &mut Vec<u8>) {
    let result = record.serialize(&mut Encoder { out });
    debug_assert!(result.is_ok(), "a type that Avro cannot carry: {result:?}");
}

fn field_of(message: &Message<'_>) -> usize {
    match message {
        Message::Waybill(_) => 0,
        Message::Houses(_) => 1,
        Message::Manifest(_) => 2,
        Message::BookedList(_) => 3,
        Message::Booking(_) => 4,
        Message::Status(_) => 5,
        Message::Outcome(_) => 6,
    }
}

const NULL: u8 = 0;
/// Index 1 of a union of null and something, as a zigzag varint.
const SECOND_BRANCH: u8 = 2;

struct Encoder<'o> {
    out: &'o mut Vec<u8>,
}

impl Encoder<'_> {
    /// Zigzag varint (Avro specification, "Binary encoding").
    fn long(&mut self, value: i64) -> Result<(), Unsupported> {
        let mut rest = ((value << 1) ^ (value >> 63)).cast_unsigned();
        while rest >= 0x80 {
            self.out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.out.push(rest as u8);
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Unsupported> {
        self.long(i64::try_from(bytes.len()).unwrap_or(i64::MAX))?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}

/// A type that the encoder does not know how to write: a programming error that any test of that type shows.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unsupported(String);

impl Error for Unsupported {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Unsupported(message.to_string())
    }
}

type Nothing = Result<(), Unsupported>;
type Never = Impossible<(), Unsupported>;

impl<'e, 'o> Serializer for &'e mut Encoder<'o> {
    type Ok = ();
    type Error = Unsupported;
    type SerializeSeq = List<'e, 'o>;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Self;
    type SerializeStructVariant = Never;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Nothing {
        self.out.push(u8::from(value));
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Nothing {
        self.long(value.into())
    }

    fn serialize_i16(self, value: i16) -> Nothing {
        self.long(value.into())
    }

    fn serialize_i32(self, value: i32) -> Nothing {
        self.long(value.into())
    }

    fn serialize_i64(self, value: i64) -> Nothing {
        self.long(value)
    }

    fn serialize_u8(self, value: u8) -> Nothing {
        self.long(value.into())
    }

    fn serialize_u16(self, value: u16) -> Nothing {
        self.long(value.into())
    }

    fn serialize_u32(self, value: u32) -> Nothing {
        self.long(value.into())
    }

    fn serialize_u64(self, value: u64) -> Nothing {
        self.long(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn serialize_f32(self, value: f32) -> Nothing {
        self.out.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Nothing {
        self.out.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Nothing {
        self.bytes(value.encode_utf8(&mut [0; 4]).as_bytes())
    }

    fn serialize_str(self, value: &str) -> Nothing {
        self.bytes(value.as_bytes())
    }

    /// The text is written in place behind one byte for its length, which most lengths fit.
    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Nothing {
        let start = self.out.len();
        self.out.push(0);
        write!(Utf8(self.out), "{value}").map_err(Error::custom)?;
        let length = self.out.len() - start - 1;
        match (u8::try_from(length), self.out.get_mut(start)) {
            (Ok(short @ 0..64), Some(first)) => *first = short << 1,
            _ => {
                let text = self.out.split_off(start + 1);
                self.out.truncate(start);
                self.bytes(&text)?;
            }
        }
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Nothing {
        self.bytes(value)
    }

    fn serialize_none(self) -> Nothing {
        self.out.push(NULL);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Nothing {
        self.out.push(SECOND_BRANCH);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Nothing {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Nothing {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Nothing {
        self.long(index.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Nothing {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, name: &'static str, _: u32, _: &'static str, _: &T) -> Nothing {
        Err(Error::custom(name))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List<'e, 'o>, Unsupported> {
        let counted = length.is_some();
        if let Some(length @ 1..) = length {
            self.long(i64::try_from(length).unwrap_or(i64::MAX))?;
        }
        Ok(List { encoder: self, counted })
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Unsupported> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unsupported> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, name: &'static str, _: u32, _: &'static str, _: usize) -> Result<Never, Unsupported> {
        Err(Error::custom(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Never, Unsupported> {
        Err(Error::custom("a map"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unsupported> {
        Ok(self)
    }

    fn serialize_struct_variant(self, name: &'static str, _: u32, _: &'static str, _: usize) -> Result<Never, Unsupported> {
        Err(Error::custom(name))
    }
}

/// An Avro array: one block of all items when their number is known, else a block for each.
struct List<'e, 'o> {
    encoder: &'e mut Encoder<'o>,
    counted: bool,
}

impl SerializeSeq for List<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Nothing {
        if !self.counted {
            self.encoder.long(1)?;
        }
        value.serialize(&mut *self.encoder)
    }

    fn end(self) -> Nothing {
        self.encoder.out.push(0);
        Ok(())
    }
}

impl SerializeTuple for &mut Encoder<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Nothing {
        value.serialize(&mut **self)
    }

    fn end(self) -> Nothing {
        Ok(())
    }
}

impl SerializeTupleStruct for &mut Encoder<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Nothing {
        value.serialize(&mut **self)
    }

    fn end(self) -> Nothing {
        Ok(())
    }
}

impl SerializeStruct for &mut Encoder<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Nothing {
        value.serialize(&mut **self)
    }

    fn skip_field(&mut self, _: &'static str) -> Nothing {
        self.out.push(NULL);
        Ok(())
    }

    fn end(self) -> Nothing {
        Ok(())
    }
}

/// Lets `write!` append to bytes.
struct Utf8<'o>(&'o mut Vec<u8>);

impl Write for Utf8<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
