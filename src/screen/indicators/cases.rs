//! How an indicator is tested: a clean waybill, a patch of it in JSON, and what is found then.

use serde_json::Value as Json;

use super::{Finding, Indicator};
use crate::model::Timestamp;
use crate::screen::facts::{Facts, FactsBuffer};

/// An honest, well-declared direct shipment: no indicator finds anything in it. Every company is invented.
pub const CLEAN: &str = r#"{
  "kind": "direct", "awb": "020-12345675", "origin": "FRA", "destination": "JFK",
  "quantity": {"pieces": 4, "weight_g": 100000, "volume_cm3": 500000},
  "flights": [{"carrier": "LH", "number": "0400", "departure": "2026-03-02T10:00:00Z"}],
  "routing": [["JFK", "LH"]],
  "shipper": {"name": "ACME MACHINERY GMBH", "address": "1 WERKSTRASSE", "place": "FRANKFURT", "country": "DE",
    "postcode": "60311", "contacts": [{"kind": "phone", "value": "+49 69 1234567"}]},
  "consignee": {"name": "BRIDGE TOOLS INC", "address": "2 PIER AVENUE", "place": "NEW YORK", "country": "US", "postcode": "10001",
    "contacts": [{"kind": "phone", "value": "+1 212 555 0100"}]},
  "goods": [{"description": "LATHE CHUCKS OF STEEL", "hs_codes": ["846620"]}],
  "charges": {"currency": "EUR", "declared": true, "customs_value": {"hundredths": 850000}, "freight": {"hundredths": 60000}},
  "handling": ["SPX"],
  "security": [{"status": "SPX", "issuer": {"category": "RA", "country": "DE", "id": "00100-01", "expiry": [2027, 5]},
    "methods": ["XRY", "ETD"], "screened_at": ["2026-03-01T08:00:00Z"]}]
}"#;

/// When every message of these tests arrives: 22 hours before the flight.
pub const RECEIVED: &str = "2026-03-01T12:00:00Z";

/// Applies a JSON merge patch (RFC 7396) to the clean waybill and hands its facts over.
pub fn with_facts<R>(patch: &str, test: impl FnOnce(&Facts<'_>) -> R) -> R {
    let text = patched(patch).to_string();
    let consignment = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut buffer = FactsBuffer::default();
    test(&Facts::new(&consignment, Timestamp::parse_rfc3339(RECEIVED).unwrap(), &mut buffer))
}

/// The clean waybill with a merge patch applied.
pub fn patched(patch: &str) -> Json {
    let mut message: Json = serde_json::from_str(CLEAN).unwrap();
    merge(&mut message, serde_json::from_str(patch).unwrap_or_else(|error| panic!("{error}: {patch}")));
    message
}

pub fn merge(target: &mut Json, patch: Json) {
    let Json::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Json::Object(serde_json::Map::new());
    }
    let Some(fields) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Json::Null), value);
        }
    }
}

pub fn check(indicator: &Indicator, patch: &str) -> Option<Finding> {
    with_facts(patch, |facts| (indicator.check)(facts))
}

/// Asserts what the indicator finds: its text, and its values written as `name=value; name=value`.
pub fn hits(indicator: &Indicator, cases: &[(&str, &str, &str)]) {
    for (patch, text, values) in cases {
        let found = check(indicator, patch).unwrap_or_else(|| panic!("{}: nothing found in {patch}", indicator.id));
        let written: Vec<_> = found.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!((found.text.as_str(), written.join("; ").as_str()), (*text, *values), "{}: {patch}", indicator.id);
    }
}

/// Asserts that the indicator finds nothing in any of the patched waybills, nor in the clean one.
pub fn misses(indicator: &Indicator, patches: &[&str]) {
    for patch in patches.iter().copied().chain(["{}"]) {
        assert_eq!(check(indicator, patch), None, "{}: {patch}", indicator.id);
    }
}
