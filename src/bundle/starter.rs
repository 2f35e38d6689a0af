//! The files of `config/bundle`, so that the program screens without any file. A test compares the list with the folder.

pub(super) static FILES: &[(&str, &str)] = &[
    ("policy.toml", include_str!("../../config/bundle/policy.toml")),
    ("profiles/cannabis-oil.toml", include_str!("../../config/bundle/profiles/cannabis-oil.toml")),
    ("profiles/cash-heavy-documents.toml", include_str!("../../config/bundle/profiles/cash-heavy-documents.toml")),
    ("profiles/cocaine-dense-perishables.toml", include_str!("../../config/bundle/profiles/cocaine-dense-perishables.toml")),
    ("profiles/cocaine-detour.toml", include_str!("../../config/bundle/profiles/cocaine-detour.toml")),
    ("profiles/cocaine-flowers-new-account.toml", include_str!("../../config/bundle/profiles/cocaine-flowers-new-account.toml")),
    ("profiles/cocaine-freight-above-value.toml", include_str!("../../config/bundle/profiles/cocaine-freight-above-value.toml")),
    ("profiles/counterfeit-cheap-brands.toml", include_str!("../../config/bundle/profiles/counterfeit-cheap-brands.toml")),
    ("profiles/dg-aerosols-undeclared.toml", include_str!("../../config/bundle/profiles/dg-aerosols-undeclared.toml")),
    ("profiles/dg-lithium-undeclared.toml", include_str!("../../config/bundle/profiles/dg-lithium-undeclared.toml")),
    ("profiles/explosives-printer-toner.toml", include_str!("../../config/bundle/profiles/explosives-printer-toner.toml")),
    (
        "profiles/explosives-unknown-private-shipper.toml",
        include_str!("../../config/bundle/profiles/explosives-unknown-private-shipper.toml"),
    ),
    ("profiles/fentanyl-precursors.toml", include_str!("../../config/bundle/profiles/fentanyl-precursors.toml")),
    ("profiles/gold-no-value.toml", include_str!("../../config/bundle/profiles/gold-no-value.toml")),
    ("profiles/pill-press.toml", include_str!("../../config/bundle/profiles/pill-press.toml")),
    (
        "profiles/precursor-chapter-new-account.toml",
        include_str!("../../config/bundle/profiles/precursor-chapter-new-account.toml"),
    ),
    (
        "profiles/security-account-consignor-passenger.toml",
        include_str!("../../config/bundle/profiles/security-account-consignor-passenger.toml"),
    ),
    (
        "profiles/security-passenger-not-secured.toml",
        include_str!("../../config/bundle/profiles/security-passenger-not-secured.toml"),
    ),
    (
        "profiles/security-screened-after-departure.toml",
        include_str!("../../config/bundle/profiles/security-screened-after-departure.toml"),
    ),
    (
        "profiles/security-status-without-ground.toml",
        include_str!("../../config/bundle/profiles/security-status-without-ground.toml"),
    ),
    ("profiles/security-xray-only-dense.toml", include_str!("../../config/bundle/profiles/security-xray-only-dense.toml")),
    (
        "profiles/trafficking-documents-and-effects.toml",
        include_str!("../../config/bundle/profiles/trafficking-documents-and-effects.toml"),
    ),
    ("profiles/weapons-airsoft-cover.toml", include_str!("../../config/bundle/profiles/weapons-airsoft-cover.toml")),
    ("profiles/weapons-parts.toml", include_str!("../../config/bundle/profiles/weapons-parts.toml")),
    ("profiles/wildlife-cites-words.toml", include_str!("../../config/bundle/profiles/wildlife-cites-words.toml")),
    ("profiles/wildlife-cover-load.toml", include_str!("../../config/bundle/profiles/wildlife-cover-load.toml")),
    ("profiles/wildlife-eels-as-seafood.toml", include_str!("../../config/bundle/profiles/wildlife-eels-as-seafood.toml")),
    ("profiles/wildlife-live-animals-lane.toml", include_str!("../../config/bundle/profiles/wildlife-live-animals-lane.toml")),
];
