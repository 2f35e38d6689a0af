//! One flight's life: everything that terminals send about it and its shipments, in the order in which they send it.
//!
//! Booked list, waybills, house bills, status updates, manifest, amendments, repetitions, and updates that come late.

use super::chance::Chance;
use super::declare::{airport, day, minute};
use super::sent::{Expected, Sent};
use super::shipment::{Leg, SHIPMENTS_MAX, Shipment, after, before, counted};
use super::world::{World, person_name};
use super::write::Wire;
use crate::model::{
    Code, FlightList, FlightRef, LoadLine, Message, Remark, StatusEvent, StatusReport, Text, Timestamp, Uld, UldLoad, UnloadPoint,
};

/// A flight with what is still to be sent about it.
pub struct Flight {
    leg: Leg,
    shipments: Vec<Shipment>,
    wire: Wire,
    /// Latest first: the next step is popped off the end.
    steps: Vec<Step>,
    chance: Chance,
}

struct Step {
    at: Timestamp,
    /// When it happened: earlier than `at` for updates that come late.
    when: Timestamp,
    shipment: usize,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Booked,
    Waybill,
    Houses(usize),
    Amended,
    Status(&'static str),
    Manifest,
}

impl Flight {
    pub fn new(world: &World, number: u64, opens: Timestamp) -> Self {
        let mut chance = Chance::of(world.seed, FLIGHT, number);
        let lane = world.lane(number);
        let departure = minute(after(opens, chance.between(540, 570)));
        let leg = Leg { number, lane, departure, arrival: after(departure, u64::from(lane.hours) * 60) };
        let count = chance.between(3, SHIPMENTS_MAX);
        let shipments: Vec<_> = (0..count).filter_map(|index| Shipment::new(world, &leg, index, &mut chance)).collect();
        let wire = Wire::draw(&mut chance);
        let mut flight = Self { leg, shipments, wire, steps: Vec::new(), chance };
        flight.plan(opens);
        flight
    }

    pub fn next_at(&self) -> Option<Timestamp> {
        self.steps.last().map(|step| step.at)
    }

    /// Sends the next message; `None` when the flight's life is over.
    pub fn send(&mut self) -> Option<(Message<'static>, Sent)> {
        let step = self.steps.pop()?;
        match step.what {
            What::Booked => Some(self.list(step.at, false)),
            What::Manifest => Some(self.list(step.at, true)),
            _ => self.shipment_message(&step),
        }
    }

    fn plan(&mut self, opens: Timestamp) {
        let departure = self.leg.departure;
        self.step(opens, 0, What::Booked);
        self.step(after(departure, 12), 0, What::Manifest);
        for index in 0..self.shipments.len() {
            self.plan_shipment(index);
        }
        // Stable, so that steps of one minute keep the order in which they were planned; reversed, because they are popped.
        self.steps.reverse();
        self.steps.sort_by_key(|step| std::cmp::Reverse(step.at));
    }

    fn plan_shipment(&mut self, index: usize) {
        let Some(shipment) = self.shipments.get(index) else { return };
        let (declared, amended, is_clean) = (shipment.declared, shipment.amended.is_some(), shipment.story.is_none());
        let house_lists = shipment.house_lists().len();
        let Leg { departure, arrival, .. } = self.leg;
        self.step(declared, index, What::Waybill);
        for list in 0..house_lists {
            let wait = self.chance.between(2, 20);
            self.step(after(declared, wait), index, What::Houses(list));
        }
        if is_clean && self.chance.one_in(30) {
            self.step(after(declared, 25), index, What::Waybill);
        }
        if amended {
            self.step(after(declared, 40), index, What::Amended);
        }
        let to_shed = self.chance.between(120, 230);
        let accepted = before(departure, to_shed);
        let delivered = self.chance.between(240, 1_200);
        let milestones = [
            ("FOH", before(accepted, 15)),
            ("RCS", accepted),
            ("MAN", before(departure, 60)),
            ("DEP", departure),
            ("RCF", after(arrival, 50)),
            ("NFD", after(arrival, 90)),
            ("DLV", after(arrival, delivered)),
        ];
        for (code, when) in milestones {
            let delay = if self.chance.one_in(40) { self.chance.between(60, 360) } else { self.chance.between(1, 9) };
            self.steps.push(Step { at: after(when, delay), when, shipment: index, what: What::Status(code) });
        }
    }

    fn step(&mut self, at: Timestamp, shipment: usize, what: What) {
        self.steps.push(Step { at, when: at, shipment, what });
    }

    fn shipment_message(&mut self, step: &Step) -> Option<(Message<'static>, Sent)> {
        let shipment = self.shipments.get(step.shipment)?;
        let waybill = || Message::Waybill(Box::new(shipment.waybill.clone()));
        let (message, expected, story) = match step.what {
            What::Waybill => (waybill(), Expected::Assessed(1), shipment.story),
            What::Amended => (Message::Waybill(Box::new(shipment.amended.clone()?)), Expected::Assessed(1), shipment.story),
            What::Houses(index) => {
                let list = shipment.house_lists().into_iter().nth(index)?;
                let count = list.houses.len() as u32;
                (Message::Houses(list), Expected::Assessed(count), None)
            }
            What::Status(code) => {
                let report = status(shipment, &self.leg, (code, step.when), &mut self.chance)?;
                (Message::Status(report), Expected::Remembered, None)
            }
            What::Booked | What::Manifest => return None,
        };
        let payload = shipment.wire.write(&message, step.at);
        Some((message, Sent { at: step.at, key: shipment.awb.to_string(), payload, expected, story }))
    }

    fn list(&self, at: Timestamp, departed: bool) -> (Message<'static>, Sent) {
        let Leg { lane, departure, .. } = self.leg;
        let stop = if lane.via.is_empty() { lane.destination } else { lane.via };
        let number = format!("{:04}", lane.flight);
        let flight = FlightRef {
            carrier: Code::new(lane.carrier),
            number: Code::new(&number),
            day: Some(day(departure)),
            from: airport(lane.origin),
            departure: departed.then_some(departure),
            ..Default::default()
        };
        let loads = if departed { self.loaded() } else { self.booked() };
        let points = vec![UnloadPoint { airport: airport(stop), loads, ..Default::default() }];
        let list = FlightList { flight, part: Some(1), last: true, points, ..Default::default() };
        let message = if departed { Message::Manifest(list) } else { Message::BookedList(list) };
        let key = format!("{}{number}/{}", lane.carrier, day(departure).civil().date());
        let payload = self.wire.write(&message, at);
        (message, Sent { at, key, payload, expected: Expected::Remembered, story: None })
    }

    fn booked(&self) -> Vec<UldLoad<'static>> {
        vec![UldLoad { lines: self.shipments.iter().map(load_line).collect(), ..Default::default() }]
    }

    /// Four shipments to a unit load device.
    fn loaded(&self) -> Vec<UldLoad<'static>> {
        let unit = |(shipments, number): (&[Shipment], u64)| {
            let serial = (self.leg.number * 7 + number) % 100_000;
            let uld = Uld::parse(&format!("PMC{serial:05}{}", self.leg.lane.carrier));
            UldLoad { uld, lines: shipments.iter().map(load_line).collect(), ..Default::default() }
        };
        self.shipments.chunks(4).zip(0..).map(unit).collect()
    }
}

fn load_line(shipment: &Shipment) -> LoadLine<'static> {
    let waybill = shipment.amended.as_ref().unwrap_or(&shipment.waybill);
    let text = waybill.goods.first().map(|goods| goods.description.to_string()).unwrap_or_default();
    LoadLine {
        awb: shipment.awb,
        origin: waybill.origin,
        destination: waybill.destination,
        quantity: counted(&waybill.quantity),
        description: Text::from(cut(&text, 15)),
        handling: waybill.handling.clone(),
        dimensions: Vec::new(),
        connections: Vec::new(),
        customs_notes: Vec::new(),
        remarks: Vec::new(),
    }
}

/// The first words within `length` characters.
fn cut(text: &str, length: usize) -> String {
    let head = text.get(..length).unwrap_or(text);
    let whole = head.len() == text.len() || text.as_bytes().get(length) == Some(&b' ');
    let end = if whole { head.len() } else { head.rfind(' ').unwrap_or(head.len()) };
    head.get(..end).unwrap_or(head).trim_end().to_owned()
}

fn status(
    shipment: &Shipment,
    leg: &Leg,
    (code, when): (&'static str, Timestamp),
    chance: &mut Chance,
) -> Option<StatusReport<'static>> {
    let waybill = shipment.amended.as_ref().unwrap_or(&shipment.waybill);
    let quantity = counted(&waybill.quantity);
    let at_origin = matches!(code, "FOH" | "RCS" | "MAN" | "DEP");
    let mut event = StatusEvent {
        code: Code::new(code)?,
        station: airport(if at_origin { leg.lane.origin } else { leg.lane.destination }),
        time: Some(when),
        flight: None,
        quantity,
        discrepancy: None,
        party: None,
        ulds: Vec::new(),
        remarks: Vec::new(),
    };
    match code {
        "MAN" | "DEP" => departing(&mut event, waybill.flights.first().copied()?, leg.departure),
        "RCF" => {
            let flight = waybill.flights.last().copied()?;
            event.flight = Some(FlightRef { from: None, day: Some(day(when)), ..flight });
        }
        _ => event.party = Some(Text::from(person_name(chance))),
    }
    Some(StatusReport {
        awb: shipment.awb,
        origin: waybill.origin,
        destination: waybill.destination,
        quantity,
        events: vec![event],
        customs_notes: Vec::new(),
        remarks: Vec::new(),
    })
}

/// A line of a flight has its times behind the quantity: `S` scheduled, `A` actual. The letter is kept as a remark.
fn departing(event: &mut StatusEvent<'static>, flight: FlightRef, departure: Timestamp) {
    let clock = departure.civil();
    let (letter, time) = if event.code == "DEP" { ('A', Some(departure)) } else { ('S', None) };
    let text = Text::from(format!("{letter}{:02}{:02}", clock.hour(), clock.minute()));
    event.time = time;
    event.flight = Some(FlightRef { departure: Some(departure), ..flight });
    event.remarks.push(Remark { line: Text::from(event.code.to_string()), text });
}

const FLIGHT: u64 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_words() {
        for (text, expected) in [
            ("FRESH MANGOES", "FRESH MANGOES"),
            ("LAPTOP COMPUTERS UN3481", "LAPTOP"),
            ("KNITTED COTTON T SHIRTS", "KNITTED COTTON"),
            ("SMARTPHONES15CH X", "SMARTPHONES15CH"),
        ] {
            assert_eq!(cut(text, 15), expected);
        }
    }

    #[test]
    fn a_flight_sends_in_order_of_time_until_its_life_is_over() {
        let mut flight = Flight::new(&World::new(5), 3, Timestamp::from_millis(1_772_409_600_000));
        let mut last = Timestamp::default();
        let mut count = 0;
        while let Some((_, sent)) = flight.send() {
            assert!(sent.at >= last);
            last = sent.at;
            count += 1;
        }
        assert!(count > 25, "{count}");
        assert!(flight.next_at().is_none());
    }
}
