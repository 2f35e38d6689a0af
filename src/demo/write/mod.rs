//! Writing: canonical messages to the bytes that a terminal sends. What `decode` reads back is the same message.
//!
//! Written for the synthetic world: text is upper case and fits the fields. It is not an encoder for arbitrary messages.

mod bill;
mod blocks;
mod clock;
mod envelope;
mod houses;
mod lines;
mod list;
mod report;

pub use envelope::Envelope;

use self::lines::Lines;
use super::chance::Chance;
use crate::decode::avro;
use crate::model::{Message, Timestamp};

/// How a terminal sends: format, version, envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wire {
    pub form: Form,
    pub envelope: Envelope,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// FWB/17, FHL/5, FFM/8, FSU/14, FBL/4.
    #[default]
    CargoImp,
    /// FWB/16 and FHL/4: parties in bare lines; the rest as above.
    CargoImpOld,
    Json,
    /// By the bundled schema, which single-object encoding names.
    Avro,
    /// By the bundled schema, with nothing before it.
    AvroBare,
}

impl Wire {
    /// Most terminals send bare Cargo-IMP; some in an envelope, some JSON or Avro.
    pub fn draw(chance: &mut Chance) -> Self {
        use Form::{Avro, AvroBare, CargoImp, CargoImpOld, Json};
        let form = chance.pick(&[CargoImp, CargoImp, CargoImp, CargoImp, CargoImpOld, CargoImpOld, Json, Json, Avro, AvroBare]);
        let envelope = chance.pick(&[Envelope::None, Envelope::None, Envelope::None, Envelope::TypeB, Envelope::Edifact]);
        Self { form, envelope }
    }

    /// Cargo-IMP has one shipper and consignee a house list.
    pub fn one_house_a_message(self) -> bool {
        matches!(self.form, Form::CargoImp | Form::CargoImpOld)
    }

    /// `at` is the time of sending, for the envelope.
    pub fn write(self, message: &Message<'_>, at: Timestamp) -> Vec<u8> {
        match self.form {
            // Every type of the model serialises: maps have string keys and nothing fails.
            Form::Json => serde_json::to_vec(message).unwrap_or_default(),
            Form::Avro => datum(avro::message_frame(), message),
            Form::AvroBare => datum(avro::Frame::Bare, message),
            Form::CargoImp => self.envelope.wrap(cargo_imp(message, Parties::Tagged), at),
            Form::CargoImpOld => self.envelope.wrap(cargo_imp(message, Parties::Bare), at),
        }
    }
}

fn datum(frame: avro::Frame, message: &Message<'_>) -> Vec<u8> {
    let mut payload = Vec::new();
    frame.write(&mut payload);
    avro::encode(message, &mut payload);
    payload
}

/// The two shapes of party blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parties {
    /// Up to FWB/16 and FHL/4.
    Bare,
    /// `NAM`, `ADR`, `LOC` since.
    Tagged,
}

/// The message as Cargo-IMP text, without an envelope.
pub fn cargo_imp(message: &Message<'_>, parties: Parties) -> (&'static str, String) {
    let mut lines = Lines::default();
    let identifier = match (message, parties) {
        (Message::Waybill(_), Parties::Bare) => "FWB/16",
        (Message::Waybill(_), Parties::Tagged) => "FWB/17",
        (Message::Houses(_), Parties::Bare) => "FHL/4",
        (Message::Houses(_), Parties::Tagged) => "FHL/5",
        (Message::Manifest(_), _) => "FFM/8",
        (Message::BookedList(_), _) => "FBL/4",
        (Message::Status(_), _) => "FSU/14",
        (Message::Booking(_), _) => "FFR/8",
        // The teams write outcomes in JSON or Avro: Cargo-IMP has no message for them.
        (Message::Outcome(_), _) => "",
    };
    lines.line(identifier);
    match message {
        Message::Waybill(waybill) => bill::write(&mut lines, waybill, parties),
        Message::Houses(houses) => houses::write(&mut lines, houses, parties),
        Message::Manifest(list) | Message::BookedList(list) => list::write(&mut lines, list),
        Message::Status(report) => report::write(&mut lines, report),
        Message::Booking(booking) => list::write_booking(&mut lines, booking),
        Message::Outcome(_) => {}
    }
    (identifier, lines.into_text())
}

#[cfg(test)]
mod tests {
    use super::super::stream;

    #[test]
    fn no_line_is_longer_than_69_characters() {
        let is_cargo_imp = |payload: &[u8]| matches!(payload.first(), Some(b'F' | b'Q' | b'U'));
        let mut lines = 0;
        for sent in stream(9).take(20_000).filter(|sent| sent.payload.len() < 20_000 && is_cargo_imp(&sent.payload)) {
            let text = String::from_utf8(sent.payload).unwrap();
            for line in text.lines() {
                assert!(line.len() <= 69, "{line}");
                lines += 1;
            }
        }
        assert!(lines > 100_000, "{lines}");
    }
}
