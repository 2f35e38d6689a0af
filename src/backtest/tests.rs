use std::fs;
use std::path::Path;

use super::*;
use crate::bundle::File;
use crate::decode::{DecoderConfig, Limits};
use crate::model::Timestamp;

const CONTEXT: Context = Context {
    received: Timestamp::from_millis(1_767_225_600_000),
    limits: Limits { payload_bytes: 1 << 20, elements: 100_000, depth: 64 },
};

fn backtest<'b>(bundle: &'b Bundle, against: Option<&'b Bundle>, outcomes: &'b Outcomes) -> Backtest<'b> {
    Backtest::new(bundle, against, outcomes, Decoder::new(DecoderConfig::default()).unwrap())
}

/// A bundle of one profile, without indicators that would decide for themselves.
fn bundle(profile: &str) -> Bundle {
    let ids = crate::screen::indicators::CATALOGUE.iter();
    let policy = ids.map(|indicator| format!("[indicators.\"{}\"]\nenabled = false\n", indicator.id)).collect();
    let file = |path: &str, text: String| File { path: path.to_owned(), text };
    Bundle::from_files(vec![file("policy.toml", policy), file("profiles/a.toml", profile.to_owned())]).unwrap()
}

/// The guide's blocks of a language.
fn blocks(guide: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    guide.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_example_of_the_guide_prints_what_the_guide_shows() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/backtest.md")).unwrap();
    let [draft, in_force] = &blocks(&guide, "toml")[..] else { panic!("two profiles") };
    let (draft, in_force) = (bundle(draft), bundle(in_force));
    assert_eq!(draft.check_cases(), []);
    let outcomes = Outcomes::read(&blocks(&guide, "jsonl")[0]).unwrap();
    let mut run = backtest(&draft, Some(&in_force), &outcomes);
    run.payload(Format::Auto, blocks(&guide, "json")[0].as_bytes(), &CONTEXT, |_| {});
    let shown = &blocks(&guide, "console")[0];
    let (command, table) = shown.split_once('\n').unwrap();
    assert!(command.starts_with("$ loadgate backtest --bundle draft"));
    assert_eq!(run.report().to_string(), table.trim_end());
}

const PROFILE: &str = "id = 'a'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 50\nsource = 's'\n\
    condition = 'pieces > 3'\nreason = '{pieces} pieces'\n";

#[test]
fn without_another_bundle_nothing_is_new_or_gone() {
    let (bundle, outcomes) = (bundle(PROFILE), Outcomes::default());
    let mut run = backtest(&bundle, None, &outcomes);
    let mut shares = Vec::new();
    let payload = br#"[{"waybill": {"awb": "020-12345675", "quantity": {"pieces": 9}}}, {"waybill": 7}]"#;
    run.payload(Format::Json, payload, &CONTEXT, |share| shares.push(share));
    let report = run.report();
    let Totals { messages, refused, consignments, decisions, .. } = report.totals;
    assert_eq!((messages, refused, consignments, decisions), (2, 1, 1, [0, 1, 0, 0]));
    assert_eq!(shares, [0.5, 1.0]);
    let [line] = report.profiles.as_slice() else { panic!("{report}") };
    assert_eq!((line.hits, line.new, line.gone, line.precision), (1, None, None, None));
    assert_eq!(line.examples[0].text, "9 pieces");
    assert!(report.to_string().contains("a              1        -        -        0          -  020-12345675"), "{report}");
}

#[test]
fn law_3_a_backtest_counts_the_live_verdicts_of_synthetic_traffic() {
    let (starter, outcomes) = (Bundle::starter().unwrap(), Outcomes::default());
    let mut run = backtest(&starter, Some(&starter), &outcomes);
    let mut decoder = Decoder::new(DecoderConfig::default()).unwrap();
    let (mut buffer, mut scratch) = (FactsBuffer::default(), Scratch::default());
    let (mut hits, mut decisions) = (BTreeMap::<String, u64>::new(), [0; 4]);
    for sent in crate::demo::stream(3).take(12_000) {
        let context = Context { received: sent.at, limits: Limits::default() };
        run.payload(Format::Auto, &sent.payload, &context, |_| {});
        let mut decoded = Vec::new();
        decoder.decode(Format::Auto, &sent.payload, &context, &mut decoded);
        for consignment in decoded.iter().flatten().flat_map(|message| message.consignments()) {
            let verdict = decision::screen(&Facts::new(consignment, sent.at, &mut buffer), &starter, &mut scratch);
            decisions[verdict.decision as usize] += 1;
            super::hits(&verdict).for_each(|hit| *hits.entry(hit.id.to_string()).or_default() += 1);
        }
    }
    let report = run.report();
    assert_eq!(report.totals.decisions, decisions);
    assert_eq!((report.totals.decisions_against, report.totals.changed), (Some(decisions), Some(0)));
    let counted = report.profiles.iter().filter(|line| line.hits > 0).map(|line| (line.profile.clone(), line.hits));
    assert_eq!(counted.collect::<BTreeMap<_, _>>(), hits);
    assert!(hits.len() >= 5, "{hits:?}");
    assert!(report.profiles.iter().all(|line| line.new == Some(0) && line.gone == Some(0)));
}

#[test]
fn outcomes_that_cannot_be_read_are_told_with_their_line() {
    let bad = Outcomes::read("{\"awb\": \"020-12345675\", \"outcome\": \"seized\"}\n\n{\"awb\": \"x\"}").unwrap_err();
    assert_eq!(bad.line, 3);
}
