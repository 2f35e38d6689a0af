//! Records of a schema of our own, read back into plain types.

use serde::Deserialize;

use super::super::Limits;
use super::cursor::Cursor;
use super::de::Datum;
use super::program::Program;
use super::schema::Schema;
use crate::record::{Reason, Rejected};

/// Reads what was written by one schema as the records of another.
#[derive(Debug, Default)]
pub struct RecordReader(Program);

impl RecordReader {
    /// An error says in words what is wrong with the schema.
    pub fn of(writer: &str, reader: &str) -> Result<Self, String> {
        Program::compile(&Schema::parse(writer, &[])?, &Schema::parse(reader, &[])?).map(Self)
    }

    /// Reads a whole bare datum. The fields of `T` are those of the reader's schema, in its order; `T` may leave out the last ones.
    pub fn read<'de, T: Deserialize<'de>>(&self, datum: &'de [u8]) -> Result<T, Rejected> {
        let mut cursor = Cursor::new(datum, 0, Limits::default());
        let root = Datum { program: &self.0, node: self.0.root, cursor: &mut cursor };
        let record = T::deserialize(root).map_err(|problem| problem.into_rejected(0))?;
        match cursor.remaining() {
            0 => Ok(record),
            left => Err(Rejected::new(Reason::BadField, cursor.position(), format!("{left} bytes are left behind the record"))),
        }
    }
}
