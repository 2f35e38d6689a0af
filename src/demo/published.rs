//! An alert as the live view shows it.

use crate::outputs::read;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Waybill and house bill.
    pub consignment: String,
    pub domain: &'static str,
    pub decision: &'static str,
    pub goods: String,
    /// Origin and destination.
    pub lane: String,
    /// Indicator or profile id with its sentence, the weightiest first.
    pub reasons: Vec<String>,
}

impl From<&read::Alert<'_>> for Alert {
    fn from(alert: &read::Alert<'_>) -> Self {
        let read::Alert { awb, hawb, domain, decision, evidence, consignment, .. } = alert;
        let house = hawb.map(|house| format!("/{house}")).unwrap_or_default();
        let [origin, destination] = [consignment.origin, consignment.destination].map(Option::unwrap_or_default);
        Self {
            consignment: format!("{}{house}", awb.unwrap_or_default()),
            domain: domain.as_str(),
            decision: decision.as_str(),
            goods: consignment.goods.to_owned(),
            lane: format!("{origin}-{destination}"),
            reasons: evidence.iter().map(|reason| format!("{} {}", reason.id, reason.text)).collect(),
        }
    }
}
