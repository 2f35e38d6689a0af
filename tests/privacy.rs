//! What many people may read speaks of nobody: logs, metrics, the admin port, and what the commands print. A real run is searched
//! for the names, addresses, numbers and waybills of its own input.

use std::time::Duration;

use crate::support::reader::{Live, committed};
use crate::support::replica::{Setup, said};
use crate::support::terminals::send_payload;
use crate::support::{eventually, kafka, waybill};

/// Parts of the input; none may appear. All are invented.
const PERSONAL: [&str; 8] = [
    "QUILLFEATHER",
    "LARKSPUR LANE",
    "ZWANENBURG",
    "31205550199",
    "clerk@quillfeather.example",
    "NIGHTSHADE TINCTURE",
    "020-00000070",
    "00000070",
];

/// Readable ones that lead to alerts, and broken ones of every kind that quote the same people.
fn messages() -> Vec<String> {
    let parties = |waybill: String| {
        waybill
            .replace("ACME MACHINERY GMBH", "QUILLFEATHER AND SONS")
            .replace("HAFENSTRASSE 12", "77 LARKSPUR LANE")
            .replace("FRANKFURT", "ZWANENBURG")
            .replace("496955501234", "31205550199")
    };
    let risky = parties(waybill::risky(7));
    let readable = [parties(waybill::clear(7)).replace("CENTRIFUGAL WATER PUMP", "NIGHTSHADE TINCTURE"), risky.clone()];
    let fwb = |line: &str| {
        format!(
            "FWB/16\n020-00000070FRAYYZ/T10K120.0MC0.60\n{line}\nSHP\n/QUILLFEATHER AND SONS\n/77 LARKSPUR LANE\n/ZWANENBURG\n/NL\n"
        )
    };
    let broken = [
        risky[..risky.len() / 2].to_owned(),
        risky.replace("020-00000070", "QUILLFEATHER"),
        risky.replace("480000", "\"QUILLFEATHER\""),
        risky.replace(r#""kind":"direct""#, r#""kind":"NIGHTSHADE TINCTURE""#),
        risky.replace(r#""name""#, r#""QUILLFEATHER""#),
        "QUILLFEATHER AND SONS, 77 LARKSPUR LANE, clerk@quillfeather.example".to_owned(),
        fwb("CNE QUILLFEATHER"),
        fwb("RTG/QUILLFEATHER 77 LARKSPUR LANE"),
        fwb("CVD/QUILLFEATHER").replace("T10K120.0", "TQUILLFEATHERK120.0"),
        "FHL/4\nMBI/020-00000070FRAYYZ/TQUILLFEATHER\nHBS/clerk@quillfeather.example\n".to_owned(),
        "FSU/14\n020-00000070FRAYYZ/T10K120\nDLV/ZWANENBURG/QUILLFEATHER\n".to_owned(),
    ];
    readable.into_iter().chain(broken).collect()
}

#[test]
fn logs_metrics_and_commands_speak_of_nobody() {
    let cluster = kafka::shared();
    let mut setup = Setup::new(cluster, "privacy", 1);
    setup.further = "[log]\nlevel = \"trace\"\n".to_owned();
    let mut replica = setup.ready_replica("only");
    for message in messages() {
        send_payload(cluster, &setup.input, "020-00000070", message.as_bytes());
    }
    send_payload(cluster, &setup.input, &waybill::awb(8), waybill::clear(8).as_bytes());
    let live = Live::start(cluster, &setup.assessments, "assessment");
    let last = [(0, messages().len() as i64)].into();
    eventually("the last message is assessed", Duration::from_secs(60), || live.has_seen(&last).then_some(()));

    let mut outputs: Vec<(String, String)> = Vec::new();
    for page in ["/metrics", "/live", "/ready", "/"] {
        outputs.push((page.to_owned(), replica.get(page).unwrap().body));
    }
    for command in [
        &["lag"][..],
        &["lag", "--json"],
        &["topics"],
        &["check", "--brokers"],
        &["dead-letters", "list"],
        &["dead-letters", "show", "0/0"],
        &["dead-letters", "redrive", "--dry-run"],
        &["dead-letters", "redrive"],
    ] {
        outputs.push((command.join(" "), said(&setup.command(command))));
    }
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    outputs.push(("log".to_owned(), replica.whole_log()));

    for (name, text) in &outputs {
        assert!(!text.is_empty(), "{name} says nothing");
        for personal in PERSONAL {
            let found = text.lines().find(|line| line.to_lowercase().contains(&personal.to_lowercase()));
            assert_eq!(found, None, "{name} speaks of {personal}");
        }
    }
    // A referral names its shipment, as its terminal has numbered it, and nobody.
    let referrals = committed(cluster, &setup.referrals, "referral");
    assert!(referrals.len() >= 3, "{} referrals", referrals.len());
    for mut referral in referrals {
        for number in ["awb", "hawb"] {
            referral.value[number].take();
        }
        let said = referral.value.to_string();
        let personal = PERSONAL.iter().find(|personal| said.contains(**personal));
        assert_eq!(personal, None, "the terminal is told {said}");
    }
    let alerts: String =
        setup.alerts.iter().flat_map(|topic| committed(cluster, topic, "alert")).map(|alert| alert.value.to_string()).collect();
    assert!(alerts.contains("QUILLFEATHER AND SONS") && alerts.contains("clerk@"), "the teams are told: {alerts}");
    let letters = committed(cluster, &setup.dead_letters, "dead-letter");
    assert!(letters.len() >= 5, "{} of the broken messages are dead letters", letters.len());
    for letter in letters {
        let detail = letter.value["detail"].to_string();
        let quoted = PERSONAL.iter().find(|personal| detail.contains(**personal));
        assert_eq!(quoted, None, "a detail quotes the message: {detail}");
    }
}
