//! What stands before a datum and names its schema.

use apache_avro::Schema;
use apache_avro::rabin::Rabin;

/// The prefix of a datum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Nothing: both sides know the schema.
    Bare,
    /// Confluent wire format: a zero byte and the registry's id, big-endian.
    Confluent(u32),
    /// Avro single-object encoding: `C3 01` and the CRC-64-AVRO of the schema's canonical form, little-endian.
    SingleObject(u64),
}

impl Frame {
    /// Appends the prefix; the datum follows.
    pub fn write(self, out: &mut Vec<u8>) {
        match self {
            Frame::Bare => {}
            Frame::Confluent(id) => {
                out.push(CONFLUENT_MAGIC);
                out.extend_from_slice(&id.to_be_bytes());
            }
            Frame::SingleObject(fingerprint) => {
                out.extend_from_slice(&SINGLE_OBJECT_MAGIC);
                out.extend_from_slice(&fingerprint.to_le_bytes());
            }
        }
    }
}

impl Frame {
    /// The datum behind whichever frame stands before it. A bare datum that begins like a frame would be misread, so this is only
    /// for records whose first field is a nullable string that is present: its branch is written `02`.
    pub fn skip(value: &[u8]) -> &[u8] {
        let length = match value {
            [CONFLUENT_MAGIC, ..] => 5,
            [0xc3, 0x01, ..] => 10,
            _ => 0,
        };
        value.get(length..).unwrap_or_default()
    }
}

pub const CONFLUENT_MAGIC: u8 = 0;
pub const SINGLE_OBJECT_MAGIC: [u8; 2] = [0xc3, 0x01];

/// CRC-64-AVRO of the canonical form (Avro specification, "Schema fingerprints").
pub fn fingerprint(schema: &Schema) -> u64 {
    let digest = schema.fingerprint::<Rabin>().bytes;
    digest.try_into().map(u64::from_le_bytes).unwrap_or_default()
}
