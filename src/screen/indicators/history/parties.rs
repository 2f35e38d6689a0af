//! D8, P1, P5, P7 to P9, R4, R6: parties that are new, that share what strangers do not share, that do what they never did.

use super::super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat};
use super::{consignments, settled};
use crate::memory::history::{PartyHistory, TraceHistory};
use crate::screen::facts::Facts;

pub const HOUSE_NUMBER_REUSED: Indicator = Indicator {
    id: "D8-reused",
    title: "House bill number used again",
    domains: BOTH,
    threats: &[Threat::Fraud],
    weight: 12,
    needs: Needs::Message,
    source: "carrier rules for US ACAS filings: house bill numbers are unique",
    about: "the number, seven characters or more, stands under another master too, within the horizon of documents (30 days)",
    check: |facts| {
        let hawb = facts.consignment.hawb.as_ref()?;
        let masters = facts.history?.house_number_masters;
        if masters < 2 || hawb.chars().filter(|letter| letter.is_alphanumeric()).count() < HOUSE_NUMBER_MIN {
            return None;
        }
        let text = format!("house bill number {hawb} stands under {masters} masters");
        Some(Finding::new(text).value("hawb", hawb).value("house_number_masters", masters))
    },
};

pub const NEW_SHIPPER: Indicator = Indicator {
    id: "P1",
    title: "First consignment of a shipper",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 8,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the shipper was not seen before today, in a memory of at least 21 days",
    check: |facts| {
        let history = settled(facts)?;
        new_party("shipper", &history.shipper, history.memory_days)
    },
};

pub const NEW_CONSIGNEE: Indicator = Indicator {
    id: "P1-consignee",
    title: "First consignment of a consignee",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 8,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the consignee was not seen before today, in a memory of at least 21 days",
    check: |facts| {
        let history = settled(facts)?;
        new_party("consignee", &history.consignee, history.memory_days)
    },
};

fn new_party(role: &'static str, party: &PartyHistory, memory_days: u16) -> Option<Finding> {
    if !party.named || !party.record.is_new() {
        return None;
    }
    let text = match party.record.shipments {
        0 => format!("first consignment of this {role} in {memory_days} days of memory"),
        others => format!("this {role} was first seen today, {} besides, in {memory_days} days of memory", consignments(others)),
    };
    Some(Finding::new(text).value("memory_days", memory_days))
}

pub const NEW_PAIR: Indicator = Indicator {
    id: "P1-pair",
    title: "First consignment between two known parties",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 5,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "shipper and consignee were both seen before today, never together, in a memory of at least 21 days",
    check: |facts| {
        let history = settled(facts)?;
        let (shipper, consignee) = (known(&history.shipper)?, known(&history.consignee)?);
        if !history.pair.is_new() {
            return None;
        }
        let text = format!(
            "first consignment from this shipper to this consignee in {} days of memory; the shipper has {} besides, the consignee {}",
            history.memory_days,
            consignments(shipper.shipments),
            consignee.shipments
        );
        Some(Finding::new(text).value("shipper_shipments", shipper.shipments).value("consignee_shipments", consignee.shipments))
    },
};

/// The record of a party that was seen before today.
fn known(party: &PartyHistory) -> Option<TraceHistory> {
    Some(party.record).filter(|record| party.named && !record.is_new())
}

pub const DORMANT: Indicator = Indicator {
    id: "P1-dormant",
    title: "Shipper awakes after long silence",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 8,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the shipper was last seen 45 days ago or earlier",
    check: |facts| {
        let record = facts.history?.shipper.record;
        let days = record.last_days_ago.filter(|days| *days >= DORMANT_DAYS)?;
        let text = format!("this shipper was silent for {days} days, after {}", consignments(record.shipments));
        Some(Finding::new(text).value("shipper_dormant_days", days))
    },
};

pub const SHARED_CONTACT: Indicator = Indicator {
    id: "P5-shared",
    title: "Contact shared by many parties",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Counterfeit, Threat::Explosives],
    weight: 15,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "some 5 parties or more use one phone, e-mail, account or network address of shipper or consignee, within the horizon of \
            contacts (60 days); not where the account is a forwarder's or broker's",
    check: |facts| {
        let parties = facts.history?.contact_parties;
        let holder = facts.account().and_then(|account| account.holder.as_deref());
        if parties < CONTACT_PARTIES || matches!(holder, Some("L" | "B" | "3")) {
            return None;
        }
        let text = format!("about {parties} parties share a phone, e-mail, account or network address of shipper or consignee");
        Some(Finding::new(text).value("contact_parties", parties))
    },
};

pub const CONSIGNEE_ADDRESS: Indicator = Indicator {
    id: "P7",
    title: "Many consignees at one address",
    domains: CUSTOMS,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Counterfeit],
    weight: 12,
    needs: Needs::Message,
    source: "US customs guidance on de minimis shipments and synthetic drugs",
    about: "some 6 parties or more have the consignee's address, within the horizon of contacts (60 days)",
    check: |facts| address("consignee", facts.history?.consignee_address_parties),
};

pub const SHIPPER_ADDRESS: Indicator = Indicator {
    id: "P7-shipper",
    title: "Many shippers at one address",
    domains: CUSTOMS,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Counterfeit],
    weight: 10,
    needs: Needs::Message,
    source: "US customs guidance on de minimis shipments and synthetic drugs",
    about: "some 6 parties or more have the shipper's address, within the horizon of contacts (60 days)",
    check: |facts| address("shipper", facts.history?.shipper_address_parties),
};

fn address(role: &'static str, parties: u32) -> Option<Finding> {
    if parties < ADDRESS_PARTIES {
        return None;
    }
    Some(Finding::new(format!("about {parties} parties have the address of this {role}")).value("address_parties", parties))
}

pub const MANY_ADDRESSES: Indicator = Indicator {
    id: "P7-addresses",
    title: "Consignee at many addresses",
    domains: CUSTOMS,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 6,
    needs: Needs::Message,
    source: "US customs guidance on de minimis shipments and synthetic drugs",
    about: "the consignee was written with some 7 addresses or more within the horizon",
    check: |facts| {
        let consignee = &facts.history?.consignee;
        let addresses = Some(consignee.addresses).filter(|addresses| *addresses >= ADDRESSES)?;
        let text = format!("this consignee has about {addresses} addresses on {}", consignments(consignee.record.shipments));
        Some(Finding::new(text).value("consignee_addresses", addresses))
    },
};

pub const SPELLINGS: Indicator = Indicator {
    id: "P8",
    title: "One party in many spellings",
    domains: BOTH,
    threats: &[Threat::Fraud, Threat::Drugs, Threat::Explosives],
    weight: 8,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the name of shipper or consignee was written in 4 ways or more that differ in case, signs or blanks only",
    check: |facts| {
        let history = facts.history?;
        let parties = [("shipper", &history.shipper), ("consignee", &history.consignee)];
        let (role, party) = parties.into_iter().find(|(_, party)| party.spellings >= SPELLINGS_MIN)?;
        let (spellings, others) = (party.spellings, consignments(party.record.shipments));
        let text = format!("the name of this {role} is written in {spellings} ways, {others} besides this one");
        Some(Finding::new(text).value("spellings", spellings))
    },
};

pub const NEW_GOODS: Indicator = Indicator {
    id: "P9",
    title: "Goods that the shipper never sent",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 8,
    needs: Needs::Message,
    source: "FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021): goods inconsistent with the business",
    about: "the HS heading is new to a shipper with 10 consignments or more on 5 days or more, in a memory of at least 21 days",
    check: |facts| {
        let history = settled(facts)?;
        new_goods(facts, "shipper", &history.shipper, history.shipper_commodity)
    },
};

pub const NEW_CONSIGNEE_GOODS: Indicator = Indicator {
    id: "P9-consignee",
    title: "Goods that the consignee never received",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 5,
    needs: Needs::Message,
    source: "FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021): goods inconsistent with the business",
    about: "the HS heading is new to a consignee with 10 consignments or more on 5 days or more, in a memory of at least 21 days",
    check: |facts| {
        let history = settled(facts)?;
        new_goods(facts, "consignee", &history.consignee, history.consignee_commodity)
    },
};

fn new_goods(facts: &Facts<'_>, role: &'static str, party: &PartyHistory, goods: TraceHistory) -> Option<Finding> {
    let heading = facts.hs_headings().get(0).filter(|_| is_regular(party) && goods.is_new())?;
    let text =
        format!("first goods of heading {heading} of this {role}, which has {} besides", consignments(party.record.shipments));
    Some(Finding::new(text).value("hs_heading", heading).value("shipments", party.record.shipments))
}

/// Seen often enough that what it never did says something.
fn is_regular(party: &PartyHistory) -> bool {
    party.named && party.record.shipments >= REGULAR_SHIPMENTS && party.active_days >= REGULAR_DAYS
}

pub const NEW_LANE: Indicator = Indicator {
    id: "R4",
    title: "Lane that the shipper never used",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Explosives],
    weight: 8,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the lane is new to a shipper with 10 consignments or more on 5 days or more, in a memory of at least 21 days",
    check: |facts| {
        let history = settled(facts)?;
        let (origin, destination) = (facts.consignment.origin?, facts.consignment.destination?);
        if !is_regular(&history.shipper) || !history.shipper_lane.is_new() {
            return None;
        }
        let others = history.shipper.record.shipments;
        let text = format!("first time that this shipper sends {origin}–{destination}, with {} elsewhere", consignments(others));
        Some(Finding::new(text).value("lane", format_args!("{origin}-{destination}")).value("shipper_shipments", others))
    },
};

pub const RETURN: Indicator = Indicator {
    id: "R6",
    title: "The same goods go back and forth",
    domains: CUSTOMS,
    threats: &[Threat::Fraud],
    weight: 8,
    needs: Needs::Message,
    source: "FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021): circular trade",
    about: "goods of the same HS heading went from the consignee to the shipper within the horizon; repairs do that too",
    check: |facts| {
        let heading = facts.hs_headings().get(0)?;
        let back = facts.history?.return_trade;
        if back.shipments == 0 {
            return None;
        }
        let text =
            format!("goods of heading {heading} went from the consignee to the shipper on {}", consignments(back.shipments));
        Some(Finding::new(text).value("hs_heading", heading).value("return_shipments", back.shipments))
    },
};

/// Shorter numbers are used again by everybody who counts from one.
const HOUSE_NUMBER_MIN: usize = 7;
const DORMANT_DAYS: u16 = 45;
/// Shipper, consignee and their forwarder in two spellings share a phone in honest trade.
const CONTACT_PARTIES: u32 = 5;
const ADDRESS_PARTIES: u32 = 6;
const ADDRESSES: u32 = 7;
const SPELLINGS_MIN: u32 = 4;
const REGULAR_SHIPMENTS: u32 = 10;
const REGULAR_DAYS: u32 = 5;

#[cfg(test)]
mod tests;
