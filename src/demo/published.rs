//! Reading what the service publishes, as far as the demonstration needs it.

use apache_avro::Schema;
use apache_avro::types::Value;

use super::DemoError;
use crate::screen::verdict::Decision;

/// The schemas of the published records, as JSON text.
#[derive(Debug, Clone, Copy)]
pub struct Schemas {
    pub assessment: &'static str,
    pub dead_letter: &'static str,
    pub referral: &'static str,
    pub alert: &'static str,
}

pub struct Reader {
    assessment: Schema,
    dead_letter: Schema,
    referral: Schema,
    alert: Schema,
}

/// An assessment, and the message it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub partition: i32,
    pub offset: i64,
    pub decision: Decision,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenDeadLetter {
    pub partition: i32,
    pub offset: i64,
    pub reason: String,
}

/// An alert as the live view shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Waybill and house bill.
    pub consignment: String,
    pub domain: String,
    pub decision: String,
    pub goods: String,
    /// Origin and destination.
    pub lane: String,
    /// Indicator or profile id with its sentence, the weightiest first.
    pub reasons: Vec<String>,
}

impl Reader {
    pub fn new(schemas: &Schemas) -> Result<Self, DemoError> {
        Ok(Self {
            assessment: Schema::parse_str(schemas.assessment)?,
            dead_letter: Schema::parse_str(schemas.dead_letter)?,
            referral: Schema::parse_str(schemas.referral)?,
            alert: Schema::parse_str(schemas.alert)?,
        })
    }

    /// `None` when the record is not one.
    pub fn assessment(&self, record: &[u8]) -> Option<Seen> {
        let value = read(&self.assessment, record)?;
        let (partition, offset) = source(&value)?;
        Some(Seen { partition, offset, decision: decision(&text(field(&value, "decision")?)?)? })
    }

    pub fn dead_letter(&self, record: &[u8]) -> Option<SeenDeadLetter> {
        let value = read(&self.dead_letter, record)?;
        let (partition, offset) = source(&value)?;
        Some(SeenDeadLetter { partition, offset, reason: text(field(&value, "reason")?)? })
    }

    pub fn referral_code(&self, record: &[u8]) -> Option<String> {
        text(field(&read(&self.referral, record)?, "code")?)
    }

    pub fn alert(&self, record: &[u8]) -> Option<Alert> {
        let value = read(&self.alert, record)?;
        let optional = |of: &Value, name: &str| field(of, name).and_then(text).unwrap_or_default();
        let house = field(&value, "hawb").and_then(text).map(|house| format!("/{house}")).unwrap_or_default();
        let consignment = field(&value, "consignment")?;
        Some(Alert {
            consignment: format!("{}{house}", optional(&value, "awb")),
            domain: optional(&value, "domain"),
            decision: optional(&value, "decision"),
            goods: optional(consignment, "goods"),
            lane: format!("{}-{}", optional(consignment, "origin"), optional(consignment, "destination")),
            reasons: items(field(&value, "evidence")?).iter().map(reason).collect(),
        })
    }
}

fn reason(evidence: &Value) -> String {
    let part = |name| field(evidence, name).and_then(text).unwrap_or_default();
    format!("{} {}", part("id"), part("text"))
}

/// The datum behind its frame: single-object encoding (`C3 01` and eight bytes), the registry's (`00` and four), or none.
fn read(schema: &Schema, record: &[u8]) -> Option<Value> {
    let mut datum = match record {
        [0xc3, 0x01, rest @ ..] => rest.get(8..)?,
        [0x00, rest @ ..] => rest.get(4..)?,
        bare => bare,
    };
    apache_avro::from_avro_datum(schema, &mut datum, None).ok()
}

fn source(value: &Value) -> Option<(i32, i64)> {
    let source = field(value, "source")?;
    let partition = number(field(source, "partition")?)?;
    Some((partition.try_into().ok()?, number(field(source, "offset")?)?))
}

fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Record(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
        _ => None,
    }
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        _ => &[],
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) | Value::Enum(_, text) => Some(text.clone()),
        Value::Union(_, inner) => text(inner),
        _ => None,
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(i64::from(*number)),
        Value::Long(number) => Some(*number),
        _ => None,
    }
}

fn decision(name: &str) -> Option<Decision> {
    Decision::ALL.into_iter().find(|decision| decision.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSESSMENT: &str = r#"{"type": "record", "name": "Assessment", "fields": [
        {"name": "awb", "type": ["null", "string"]},
        {"name": "decision", "type": {"type": "enum", "name": "Decision", "symbols": ["clear", "rfi", "rfs", "dnl"]}},
        {"name": "source", "type": {"type": "record", "name": "Source", "fields": [
            {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}]}}]}"#;

    #[test]
    fn an_assessment_is_read_in_every_frame() {
        let schemas = Schemas { assessment: ASSESSMENT, dead_letter: ASSESSMENT, referral: ASSESSMENT, alert: ASSESSMENT };
        let reader = Reader::new(&schemas).unwrap();
        // null, rfs, partition 3, offset 70
        let datum = [0, 4, 6, 140, 1];
        let expected = Some(Seen { partition: 3, offset: 70, decision: Decision::Rfs });
        let framed = |frame: &[u8]| [frame, &datum].concat();
        assert_eq!(reader.assessment(&framed(&[0xc3, 1, 0, 0, 0, 0, 0, 0, 0, 0])), expected);
        assert_eq!(reader.assessment(&framed(&[0, 0, 0, 0, 9])), expected);
        assert_eq!(reader.assessment(&[0xc3, 1, 0]), None);
        assert_eq!(reader.dead_letter(&framed(&[0, 0, 0, 0, 9])), None, "has no reason");
    }
}
