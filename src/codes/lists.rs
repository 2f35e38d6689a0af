//! Code lists: what the short codes of messages and regimes mean, one row a code.

use super::handling::SPECIAL_HANDLING;

/// Code and meaning.
pub type Row = (&'static str, &'static str);

/// One code list.
pub struct CodeList {
    pub id: &'static str,
    pub title: &'static str,
    pub source: &'static str,
    pub rows: &'static [Row],
}

/// Every list, as `loadgate list codes` prints them.
pub static LISTS: &[CodeList] = &[
    CodeList { id: "status", title: "Status codes (IATA code list 1.18)", source: ONE_RECORD, rows: STATUS },
    CodeList { id: "discrepancy", title: "Discrepancy codes of the status DIS", source: ONE_RECORD, rows: DISCREPANCY },
    CodeList {
        id: "security_status",
        title: "Security statuses (IATA code list 1.103)",
        source: ONE_RECORD,
        rows: SECURITY_STATUS,
    },
    CodeList {
        id: "screening_method",
        title: "Screening methods (e-CSD SM); new ones may be added",
        source: ONE_RECORD,
        rows: SCREENING_METHODS,
    },
    CodeList { id: "exemption", title: "Grounds for exemption from screening (e-CSD L)", source: ONE_RECORD, rows: EXEMPTIONS },
    CodeList {
        id: "entity_category",
        title: "Regulated entities of a security declaration",
        source: ONE_RECORD,
        rows: ENTITY_CATEGORIES,
    },
    CodeList { id: "charge_code", title: "Charge codes (how charges are paid)", source: ONE_RECORD, rows: CHARGE_CODES },
    CodeList {
        id: "customs_content",
        title: "OCI content codes (IATA code list 1.100)",
        source: "IATA-Cargo/ONE-Record OCI mapping 3.2; CHAMP cargoJSON",
        rows: CUSTOMS_CONTENT,
    },
    CodeList {
        id: "customs_subject",
        title: "OCI subjects (IATA code list 1.19)",
        source: "IATA-Cargo/ONE-Record OCI mapping 3.2",
        rows: CUSTOMS_SUBJECT,
    },
    CodeList {
        id: "referral",
        title: "Referral codes of the pre-loading regimes (PSN CSN line)",
        source: "Transport Canada PACT implementation guide 1.9",
        rows: REFERRAL,
    },
    CodeList {
        id: "billing",
        title: "Billing types of an account (Enhanced ACAS, OCI CUS BT)",
        source: "IATA-Cargo/ONE-Record OCI mapping 3.2",
        rows: BILLING,
    },
    CodeList {
        id: "special_handling",
        title: "Special handling codes (IATA code list 1.16)",
        source: ONE_RECORD,
        rows: SPECIAL_HANDLING,
    },
];

/// The list of that id.
pub fn find(id: &str) -> Option<&'static CodeList> {
    LISTS.iter().find(|list| list.id == id)
}

/// What a code of a list means.
pub fn meaning(rows: &[Row], code: &str) -> Option<&'static str> {
    rows.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning)
}

const ONE_RECORD: &str = "IATA-Cargo/ONE-Record code lists 2026-07";

pub static STATUS: &[Row] = &[
    ("ARR", "Arrived on a scheduled flight"),
    ("AWD", "Arrival documents delivered to the consignee or agent"),
    ("AWR", "Arrival documents received from a flight"),
    ("BKD", "Booked for transport between these locations"),
    ("CCD", "Cleared by the Customs authorities"),
    ("CRC", "Reported to the Customs authorities"),
    ("DDL", "Physically delivered to the consignee’s door"),
    ("DEP", "Physically departed this location for transport to the arrival location"),
    ("DIS", "Discrepancy: an apparent error in handling"),
    ("DLV", "Physically delivered to the consignee or the Consignee’s agent"),
    ("DOC", "Documents Received by Handling Party"),
    ("DPU", "Physically picked up from the shipper’s door"),
    ("FIW", "Freight Into Warehouse Control"),
    ("FOH", "On hand pending “ready for carriage” determination"),
    ("FOW", "Freight Out of Warehouse Control"),
    ("MAN", "Manifested for this flight for transport between these locations"),
    ("NFD", "Consignee or agent notified of the arrival"),
    ("OCI", "Other Customs, Security and Regulatory Control Information"),
    ("OSI", "Other Service Information"),
    ("PRE", "Prepared for loading on this flight for transport between these locations"),
    ("RCF", "Physically received from a given flight or surface transport of the given airline"),
    ("RCS", "Physically received from the shipper or the shipper’s agent and is considered by the carrier as ready for carriage"),
    ("RCT", "Physically received from this carrier"),
    ("TFD", "Physically transferred to this carrier"),
    ("TGC", "Transferred to Customs/Government control"),
    ("TRM", "Manifested and/or will be physically transferred to this carrier"),
];

pub static DISCREPANCY: &[Row] = &[
    ("DFLD", "Definitely Loaded"),
    ("FDAV", "Found Mail Document"),
    ("FDAW", "Found Air Waybill"),
    ("FDCA", "Found Cargo"),
    ("FDMB", "Found Mailbag"),
    ("MSAV", "Missing Mail Document"),
    ("MSAW", "Missing Air Waybill"),
    ("MSCA", "Missing Cargo"),
    ("MSMB", "Missing Mailbag"),
    ("OFLD", "Offloaded"),
    ("OVCD", "Overcarried"),
    ("SSPD", "Shortshipped"),
];

pub static SECURITY_STATUS: &[Row] = &[
    ("NSC", "Cargo Has Not Been Secured Yet for Passenger or All-Cargo Aircraft"),
    ("SCO", "Cargo Secure for All-Cargo Aircraft Only"),
    ("SHR", "Secure for Passenger, All-Cargo and All-Mail Aircraft in Accordance with High Risk Requirements"),
    ("SPX", "Cargo Secure for Passenger and All-Cargo Aircraft"),
];

pub static SCREENING_METHODS: &[Row] = &[
    ("AOM", "Subjected to Any Other Means"),
    ("CMD", "Cargo Metal Detection"),
    ("EDD", "Explosive Detection Dogs"),
    ("EDS", "Explosive Detection System"),
    ("ETD", "Explosives Trace Detection Equipment - Particles or Vapor"),
    ("PHS", "Physical Inspection and/or Hand Search"),
    ("VCK", "Visualcheck"),
    ("XRY", "X-ray Equipment"),
];

pub static EXEMPTIONS: &[Row] = &[
    ("BIOM", "Bio-Medical Samples"),
    ("DIPL", "Diplomatic Bags or Diplomatic Mail"),
    ("LFSM", "Life-Saving Materials (Save Human Life)"),
    ("MAIL", "Mail"),
    ("NUCL", "Nuclear Material"),
    ("SMUS", "Small Undersized Shipments"),
    ("TRNS", "Transfer or Transshipment"),
];

pub static ENTITY_CATEGORIES: &[Row] = &[
    ("AC", "Account Consignor (for all cargo aircraft only)"),
    ("AO", "Aircraft Operator"),
    ("KC", "Known Consignor (consignor for both passenger and all cargo aircraft only)"),
    ("RA", "Regulated Agent"),
    ("RC", "Regulated Carrier"),
];

pub static CHARGE_CODES: &[Row] = &[
    ("CA", "Partial Collect Credit — Partial Prepaid Cash"),
    ("CB", "Partial Collect Credit — Partial Prepaid Credit"),
    ("CC", "All Charges Collect"),
    ("CE", "Partial Collect Credit Card — Partial Prepaid Cash"),
    ("CG", "All Charges Collect by GBL"),
    ("CH", "Partial Collect Credit Card — Partial Prepaid Credit"),
    ("CM", "Destination Collect by MCO"),
    ("CP", "Destination Collect Cash"),
    ("CX", "Destination Collect Credit"),
    ("CZ", "All Charges Collect by Credit Card"),
    ("NC", "No Charge"),
    ("NG", "No Weight Charge — Other Charges Prepaid by GBL"),
    ("NP", "No Weight Charge — Other Charges Prepaid Cash"),
    ("NT", "No Weight Charge — Other Charges Collect"),
    ("NX", "No Weight Charge — Other Charges Prepaid Credit"),
    ("NZ", "No Weight Charge — Other Charges Prepaid by Credit Card"),
    ("PC", "Partial Prepaid Cash — Partial Collect Cash"),
    ("PD", "Partial Prepaid Credit — Partial Collect Cash"),
    ("PE", "Partial Prepaid Credit Card — Partial Collect Cash"),
    ("PF", "Partial Prepaid Credit Card — Partial Collect Credit Card"),
    ("PG", "All Charges Prepaid by GBL"),
    ("PH", "Partial Prepaid Credit Card — Partial Collect Credit"),
    ("PP", "All Charges Prepaid Cash"),
    ("PX", "All Charges Prepaid Credit"),
    ("PZ", "All Charges Prepaid by Credit Card"),
];

pub static CUSTOMS_CONTENT: &[Row] = &[
    ("A", "US agent"),
    ("AC", "Account consignor the goods were received from"),
    ("AE", "Account establishment date"),
    ("AF", "Account shipping frequency"),
    ("AH", "Account holder"),
    ("AI", "Account issuer"),
    ("AN", "Account name"),
    ("AR", "Account number"),
    ("BT", "Billing type of the account"),
    ("C", "Certificate"),
    ("CB", "Customs block"),
    ("CD", "Customs hold"),
    ("CO", "Customs release"),
    ("CP", "Contact person"),
    ("CT", "Contact telephone"),
    ("D", "Dangerous goods (UN number)"),
    ("DI", "Declaration"),
    ("E", "Authorised economic operator"),
    ("ED", "Expiry of the regulated entity, MMYY"),
    ("F", "US FIRMS code"),
    ("FT", "Filing type: 01 standard, 02 express, 03 e-commerce, 04 postal"),
    ("I", "Item or house number"),
    ("IA", "IP address at account creation"),
    ("II", "Importer of record"),
    ("IR", "IP address at the pickup request"),
    ("KC", "Known consignor the goods were received from"),
    ("KP", "Known consignor, Y or N"),
    ("L", "Ground for exemption from screening"),
    ("LI", "Licence"),
    ("M", "Movement reference number"),
    ("MD", "E-mail domain"),
    ("MI", "Manufacturer or AEO identity of the shipper"),
    ("MU", "E-mail user"),
    ("N", "Seal"),
    ("P", "Packing list"),
    ("PI", "Identity document"),
    ("RA", "Regulated agent"),
    ("RC", "Regulated carrier"),
    ("RT", "Transaction type, B2B, C2C …"),
    ("S", "Downtime reason"),
    ("SD", "Date and time of screening"),
    ("SM", "Screening method"),
    ("SN", "Who issued the security status"),
    ("SS", "Security status"),
    ("ST", "Additional security statement"),
    ("T", "Trader or EORI number"),
    ("U", "Unique consignment reference"),
    ("V", "Invoice"),
    ("VD", "Verified e-mail domain"),
    ("VP", "Verified telephone"),
    ("VU", "Verified e-mail user"),
];

pub static CUSTOMS_SUBJECT: &[Row] = &[
    ("AGT", "Agent"),
    ("AIR", "Airline"),
    ("BRK", "Broker"),
    ("CNE", "Consignee"),
    ("CSS", "Consolidation checker of the security status"),
    ("CUS", "Customer account"),
    ("DCL", "Declarant"),
    ("DNR", "Dangerous goods"),
    ("DOC", "Document"),
    ("EXP", "Export"),
    ("HWB", "House waybill"),
    ("IMP", "Import"),
    ("ISS", "Issuer of the security status"),
    ("MAL", "Mail"),
    ("NFY", "Party to notify"),
    ("OSS", "Acceptor of an issued security status"),
    ("SHP", "Shipper"),
    ("TID", "Trader identity"),
    ("TRA", "Transit"),
    ("ULD", "Unit load device"),
];

pub static REFERRAL: &[Row] = &[
    ("SR", "Submission received, not yet assessed"),
    ("SF", "Assessment complete, no indicator"),
    ("7H", "Request for information issued"),
    ("7J", "Request for information still in place"),
    ("7I", "Request for information resolved"),
    ("8H", "Request for screening issued"),
    ("8J", "Request for screening still in place"),
    ("8I", "Request for screening resolved"),
    ("6H", "Do not load issued"),
    ("6J", "Do not load still in place"),
    ("6I", "Do not load removed"),
];

pub static BILLING: &[Row] = &[
    ("BILL", "Periodic billing"),
    ("CC", "Credit or debit card"),
    ("CHQ", "Cheque"),
    ("CSH", "Cash"),
    ("CTO", "Cryptocurrency"),
    ("EFT", "Electronic funds transfer"),
    ("MBL", "Mobile and person-to-person payment"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_states_each_code_once_with_a_meaning() {
        for list in LISTS {
            let mut codes: Vec<_> = list.rows.iter().map(|(code, _)| *code).collect();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), list.rows.len(), "{}", list.id);
            assert!(list.rows.iter().all(|(code, meaning)| !code.is_empty() && !meaning.is_empty()), "{}", list.id);
        }
    }

    #[test]
    fn a_code_means_what_its_list_says() {
        assert_eq!(meaning(REFERRAL, "8H"), Some("Request for screening issued"));
        assert_eq!(meaning(SCREENING_METHODS, "S15"), None);
        assert_eq!(find("special_handling").and_then(|list| meaning(list.rows, "AVI")), Some("Live Animal"));
        assert!(find("colours").is_none());
    }
}
