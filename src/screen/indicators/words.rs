//! Words in a party's name that tell what kind of party it is.

/// The first word that says the party moves goods for others.
pub(super) fn forwarder(name: &str) -> Option<&str> {
    first_of(name, FORWARDER)
}

/// The first word that says the party is a company, not a person.
pub(super) fn company(name: &str) -> Option<&str> {
    first_of(name, COMPANY)
}

/// The first word that says the party speaks for a state or an international organisation.
pub(super) fn mission(name: &str) -> Option<&str> {
    first_of(name, MISSION)
}

/// The first word that says the party is an airline or works for one.
pub(super) fn airline(name: &str) -> Option<&str> {
    first_of(name, AIRLINE)
}

fn first_of<'n>(name: &'n str, words: &[&str]) -> Option<&'n str> {
    let mut parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| part.len() > 1);
    parts.find(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

static FORWARDER: &[&str] = &[
    "AIRFREIGHT",
    "BROKERAGE",
    "BROKERS",
    "CARGO",
    "CONSOLIDATORS",
    "FORWARDER",
    "FORWARDERS",
    "FORWARDING",
    "FREIGHT",
    "LOGISTIC",
    "LOGISTICA",
    "LOGISTICS",
    "LOGISTIK",
    "LOGISTIQUE",
    "SHIPPING",
    "SPEDITION",
    "TRANSITAIRE",
    "TRANSITARIOS",
];

static COMPANY: &[&str] = &[
    "AG",
    "BV",
    "CO",
    "COMPANY",
    "CORP",
    "CORPORATION",
    "ENTERPRISE",
    "ENTERPRISES",
    "EXPORT",
    "FZE",
    "GMBH",
    "IMPORT",
    "INC",
    "INDUSTRIES",
    "KG",
    "LIMITED",
    "LLC",
    "LTD",
    "LTDA",
    "PTE",
    "PTY",
    "PVT",
    "SA",
    "SARL",
    "SAS",
    "SL",
    "SPA",
    "SRL",
    "TRADING",
];

static MISSION: &[&str] = &[
    "AMBASSADE",
    "AMBASSADOR",
    "BOTSCHAFT",
    "CONSULATE",
    "CONSULAT",
    "CONSULAR",
    "DELEGATION",
    "DIPLOMATIC",
    "EMBAJADA",
    "EMBASSY",
    "FOREIGN",
    "GOVERNMENT",
    "COMMISSION",
    "MINISTERE",
    "MINISTERIO",
    "MINISTRY",
    "MISSION",
    "NATIONS",
    "STATE",
];

static AIRLINE: &[&str] =
    &["AERO", "AIR", "AIRLINE", "AIRLINES", "AIRWAYS", "AVIATION", "CARGO", "FLIGHT", "HANDLING", "JET", "LUFTHANSA", "LUFT"];
