//! Stations, and how addresses and phone numbers look there.

#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    pub airport: &'static str,
    pub city: &'static str,
    /// State or province where addresses need one.
    pub state: &'static str,
    pub country: &'static str,
    /// `9` a digit, `?` a letter; empty where the country has no postcodes.
    pub postcode: &'static str,
    /// Country calling code (ITU-T E.164) and a pattern of the national number.
    pub phone: &'static str,
    /// Legal form of its companies.
    pub legal: &'static str,
}

pub fn place(airport: &str) -> Place {
    PLACES.iter().map(|row| row_place(*row)).find(|place| place.airport == airport).unwrap_or_default()
}

type Row = [&'static str; 7];

fn row_place([airport, city, state, country, postcode, phone, legal]: Row) -> Place {
    Place { airport, city, state, country, postcode, phone, legal }
}

const PLACES: &[Row] = &[
    ["AMS", "AMSTERDAM", "", "NL", "9999??", "3120999999901", "BV"],
    ["BKK", "BANGKOK", "", "TH", "10999", "662999999901", "CO LTD"],
    ["BOG", "BOGOTA", "", "CO", "110999", "576019999999", "SAS"],
    ["BOM", "MUMBAI", "", "IN", "400099", "912299999999", "PVT LTD"],
    ["CDG", "PARIS", "", "FR", "75099", "331999999901", "SARL"],
    ["DAC", "DHAKA", "", "BD", "1299", "880299999999", "LTD"],
    ["DEL", "DELHI", "", "IN", "110099", "911199999999", "PVT LTD"],
    ["DXB", "DUBAI", "", "AE", "", "971499999901", "LLC"],
    ["FRA", "FRANKFURT", "", "DE", "60399", "496999999999", "GMBH"],
    ["GRU", "SAO PAULO", "", "BR", "01999-999", "551139999999", "LTDA"],
    ["HKG", "HONG KONG", "", "HK", "", "852299999999", "LTD"],
    ["ICN", "SEOUL", "", "KR", "04999", "822999999999", "CO LTD"],
    ["IST", "ISTANBUL", "", "TR", "34999", "902129999999", "AS"],
    ["JFK", "NEW YORK", "NY", "US", "10019", "1212555019999", "INC"],
    ["LAX", "LOS ANGELES", "CA", "US", "90039", "1213555019999", "INC"],
    ["LHR", "LONDON", "", "GB", "TW9 9??", "442079460999", "LTD"],
    ["LIM", "LIMA", "", "PE", "15099", "511499999901", "SAC"],
    ["MEX", "MEXICO CITY", "", "MX", "06999", "525559999999", "SA DE CV"],
    ["MXP", "MILANO", "", "IT", "20199", "390299999999", "SRL"],
    ["NBO", "NAIROBI", "", "KE", "00199", "254209999999", "LTD"],
    ["NRT", "TOKYO", "", "JP", "134-9999", "813999999999", "KK"],
    ["ORD", "CHICAGO", "IL", "US", "60699", "1312555019999", "INC"],
    ["OSL", "OSLO", "", "NO", "0199", "472299999999", "AS"],
    ["PVG", "SHANGHAI", "", "CN", "200999", "862199999999", "CO LTD"],
    ["SIN", "SINGAPORE", "", "SG", "499999", "656999999901", "PTE LTD"],
    ["TPE", "TAIPEI", "", "TW", "10999", "886299999999", "CO LTD"],
    ["YYZ", "TORONTO", "ON", "CA", "M9? 9?9", "1416555019999", "INC"],
    ["ZRH", "ZURICH", "", "CH", "8099", "414399999901", "AG"],
];
