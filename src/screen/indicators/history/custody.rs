//! H3, T4: whose hands the goods were in: unit load devices, seals, and who took them in the end.

use super::super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat};
use super::amended::{amended, hours};
use super::{Count, settled, station};
use crate::memory::History;
use crate::memory::history::Sighting;

pub const UNKNOWN_UNIT: Indicator = Indicator {
    id: "H3",
    title: "Shipper-built unit of an unknown shipper",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 12,
    needs: Needs::Message,
    source: "Europol, criminal networks in ports and airports: rip-on",
    about: "handled as a unit that the shipper built (BUP), and the shipper was not seen before today in a memory of at least 21 days",
    check: |facts| {
        let history = settled(facts)?;
        if !facts.has_handling("BUP") || !history.shipper.named || !history.shipper.record.is_new() {
            return None;
        }
        let text = format!("a unit (BUP) built by a shipper who is new to {} days of memory", history.memory_days);
        Some(Finding::new(text).value("handling", "BUP").value("memory_days", history.memory_days))
    },
};

pub const MOVED_OVER: Indicator = Indicator {
    id: "H3-device",
    title: "Arrived in another unit load device",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 15,
    needs: Needs::Memory,
    source: "Europol, criminal networks in ports and airports: rip-on",
    about: "received in a unit load device, and all manifests of the same flight number name other ones",
    check: |facts| {
        let Sighting { time, station: at, .. } = facts.history?.way.moved_over?;
        let text = format!("received at {} in another unit load device than the manifest's", station(&at));
        Some(Finding::new(text).value("received_at", time).value("station", station(&at)))
    },
};

pub const SEAL_CHANGED: Indicator = Indicator {
    id: "H3-seal",
    title: "Seal changed on the way",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 20,
    needs: Needs::Memory,
    source: "Europol, criminal networks in ports and airports: rip-on; code list 1.100, content N",
    about: "reports about the whole shipment state other seals than the bill or each other, or an amendment after the acceptance (RCS) \
            states others than the version before it; customs who open a seal put on another one",
    check: |facts| {
        let history = facts.history?;
        other_seal(history).or_else(|| {
            let change = amended(facts).filter(|change| change.before.seals.differs(change.now.seals))?;
            let text = format!("the seals were changed in the bill {} after acceptance", hours(change.minutes));
            Some(Finding::new(text).value("minutes_after_acceptance", change.minutes))
        })
    },
};

/// A report that states other seals than the bill, or, where that states none, than the first report.
fn other_seal(history: &History) -> Option<Finding> {
    let reports = &history.way.seals;
    let by_bill = history.version.map(|version| version.seals).filter(|seals| !seals.is_none());
    let first = reports.first()?;
    let stated = by_bill.unwrap_or(first.1);
    let (Sighting { time, stage, station: at }, _) = reports.iter().find(|(_, seals)| seals.differs(stated))?;
    let by = match by_bill {
        Some(_) => "the bill".to_owned(),
        None => format!("the report from {} before", station(&first.0.station)),
    };
    let text = format!("{} at {} with other seals than {by} states", stage.as_str(), station(at));
    Some(Finding::new(text).value("reported_at", time).value("station", station(at)))
}

pub const SEAL_REUSED: Indicator = Indicator {
    id: "H3-reused",
    title: "Seal of another shipment",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 15,
    needs: Needs::Message,
    source: "Europol, criminal networks in ports and airports: rip-on; code list 1.100, content N",
    about: "the bill states the number of a seal that another shipment bore, two days ago or earlier, within the horizon of documents \
            (30 days); shipments of one unit load device share its seals, within a day",
    check: |facts| {
        let shipments = Some(facts.history?.seal_shipments).filter(|shipments| *shipments > 0)?;
        let others = Count(shipments.into(), "other shipment");
        Some(Finding::new(format!("a seal that {others} bore two days ago or earlier")).value("seal_shipments", shipments))
    },
};

pub const OTHER_RECIPIENT: Indicator = Indicator {
    id: "T4-recipient",
    title: "Delivered to another company",
    domains: CUSTOMS,
    threats: &[Threat::Drugs],
    weight: 4,
    needs: Needs::Memory,
    source: "common targeting practice: rip-off",
    about: "the delivery (DLV) names a company that is neither the consignee nor the first to be notified nor the agent; brokers who \
            collect for the consignee do that too",
    check: |facts| {
        let history = facts.history?;
        let [consignee, ..] = history.collectors;
        let is_other = |recipient| history.collectors.iter().all(|collector| *collector != recipient);
        let (Sighting { time, station: at, .. }, _) =
            history.way.recipients.iter().find(|(_, recipient)| !consignee.is_none() && is_other(*recipient))?;
        let text =
            format!("delivered at {} to a company that is not the consignee, and that the bill does not name", station(at));
        Some(Finding::new(text).value("delivered_at", time).value("station", station(at)))
    },
};

#[cfg(test)]
mod tests;
