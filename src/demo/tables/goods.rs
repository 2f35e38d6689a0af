//! Commodities whose text, HS code, weight, density, value and handling fit each other.

#[derive(Debug, Clone, Copy, Default)]
pub struct Commodity {
    /// Specific: none of the terms that regimes reject as vague.
    pub text: &'static str,
    /// Six digits.
    pub hs: &'static str,
    /// Where it is exported from; empty for everywhere.
    pub origins: &'static [&'static str],
    /// Kilograms of one piece, from and to.
    pub piece_kg: (u64, u64),
    pub density_kg_m3: u64,
    /// US dollars a kilogram, from and to.
    pub usd_per_kg: (u64, u64),
    pub handling: &'static [&'static str],
    /// A screening method suited to the goods: no X-ray alone for what it cannot see through.
    pub method: &'static str,
    /// Words of the trade, for company names.
    pub trade: [&'static str; 2],
    /// UN number of dangerous goods, else empty.
    pub un_number: &'static str,
}

/// Kilograms of a piece, kilograms a cubic metre, dollars a kilogram.
type Figures = ((u64, u64), u64, (u64, u64));

const fn goods(text: &'static str, hs: &'static str, origins: &'static [&'static str], figures: Figures) -> Commodity {
    let (piece_kg, density_kg_m3, usd_per_kg) = figures;
    let trade = ["TRADING", "IMPORT EXPORT"];
    Commodity { text, hs, origins, piece_kg, density_kg_m3, usd_per_kg, handling: &[], method: "XRY", trade, un_number: "" }
}

impl Commodity {
    const fn trade(self, maker: &'static str, buyer: &'static str) -> Self {
        Self { trade: [maker, buyer], ..self }
    }

    const fn handled(self, handling: &'static [&'static str], method: &'static str) -> Self {
        Self { handling, method, ..self }
    }

    const fn dangerous(self, un_number: &'static str) -> Self {
        Self { un_number, ..self }
    }
}

const EUROPE: &[&str] = &["FRA", "AMS", "CDG", "LHR", "MXP", "ZRH", "YYZ"];
const EAST_ASIA: &[&str] = &["HKG", "PVG", "ICN", "NRT", "TPE"];
const PERISHABLE: &[&str] = &["PER", "PEF"];

pub const COMMODITIES: &[Commodity] = &[
    goods("FRESH CUT ROSES", "060311", &["BOG", "NBO"], ((12, 18), 165, (4, 8)))
        .trade("FARMS", "FLOWERS")
        .handled(PERISHABLE, "EDD"),
    goods("FRESH CUT CARNATIONS", "060312", &["BOG", "NBO"], ((12, 18), 160, (4, 7)))
        .trade("FARMS", "FLOWERS")
        .handled(PERISHABLE, "EDD"),
    goods("CHILLED ATLANTIC SALMON GUTTED", "030214", &["OSL"], ((20, 24), 480, (9, 13)))
        .trade("SEAFOOD", "FISH")
        .handled(&["PER", "PES"], "EDD"),
    goods("FRESH GREEN ASPARAGUS", "070920", &["LIM"], ((5, 10), 300, (4, 7)))
        .trade("FARMS", "FRESH")
        .handled(&["PER", "PEP"], "EDD"),
    goods("FRESH AVOCADOS", "080440", &["LIM", "MEX", "NBO"], ((4, 10), 350, (3, 6)))
        .trade("FARMS", "FRESH")
        .handled(&["PER", "PEP"], "EDD"),
    goods("FRESH MANGOES", "080450", &["GRU", "DEL", "BOM", "BKK"], ((5, 10), 300, (3, 6)))
        .trade("FARMS", "FRESH")
        .handled(&["PER", "PEP"], "EDD"),
    goods("CHILLED BONELESS BEEF", "020130", &["GRU"], ((18, 25), 550, (11, 18)))
        .trade("MEAT", "FOODS")
        .handled(&["PER", "PEM"], "EDD"),
    goods("ROASTED COFFEE BEANS", "090121", &["BOG", "GRU", "MXP"], ((10, 25), 330, (12, 25))).trade("COFFEE", "COFFEE"),
    goods("CAST IRON BRAKE DISCS FOR CARS", "870830", &["FRA", "MXP", "IST"], ((18, 30), 700, (6, 12)))
        .trade("AUTOMOTIVE", "MOTORS")
        .handled(&[], "ETD"),
    goods("STEEL BALL BEARINGS", "848210", &["FRA", "NRT", "ICN"], ((15, 30), 800, (15, 35)))
        .trade("BEARINGS", "MACHINERY")
        .handled(&[], "ETD"),
    goods("CENTRIFUGAL WATER PUMPS", "841370", EUROPE, ((20, 60), 320, (25, 60))).trade("PUMPS", "MACHINERY").handled(&[], "ETD"),
    goods("OPTICAL FIBRE CABLES", "854470", &["NRT", "PVG", "AMS", "LAX"], ((20, 60), 300, (20, 50))).trade("CABLES", "TELECOM"),
    goods("INTEGRATED CIRCUITS MEMORY CHIPS", "854232", EAST_ASIA, ((5, 12), 190, (400, 900)))
        .trade("SEMICONDUCTORS", "ELECTRONICS")
        .handled(&["VUN"], "ETD"),
    goods("PRINTED CIRCUIT BOARDS", "853400", EAST_ASIA, ((8, 16), 220, (60, 140))).trade("CIRCUITS", "ELECTRONICS"),
    goods("LAPTOP COMPUTERS UN3481", "847130", EAST_ASIA, ((10, 16), 210, (180, 420)))
        .trade("COMPUTERS", "COMPUTERS")
        .handled(&["ELI"], "XRY")
        .dangerous("UN3481"),
    goods("KNITTED COTTON T SHIRTS", "610910", &["DAC", "IST", "DEL", "BKK"], ((10, 20), 200, (10, 22)))
        .trade("KNITWEAR", "FASHION"),
    goods("WOVEN COTTON DRESSES", "620442", &["DAC", "IST", "BOM", "PVG"], ((10, 20), 190, (18, 40)))
        .trade("GARMENTS", "FASHION"),
    goods("RUNNING SHOES TEXTILE UPPERS", "640411", &["PVG", "HKG", "SIN"], ((10, 14), 150, (20, 45))).trade("FOOTWEAR", "SHOES"),
    goods("LEATHER HANDBAGS", "420221", &["MXP", "CDG"], ((6, 12), 120, (120, 320)))
        .trade("LEATHER", "FASHION")
        .handled(&["VUN"], "XRY"),
    goods("QUARTZ WRIST WATCHES", "910211", &["ZRH"], ((4, 9), 220, (900, 2_400)))
        .trade("WATCHES", "WATCHES")
        .handled(&["VUN"], "XRY"),
    goods("MEDICAMENT TABLETS RETAIL PACKED", "300490", &["BOM", "DEL", "ZRH", "FRA"], ((8, 15), 230, (60, 200)))
        .trade("PHARMA", "PHARMA")
        .handled(&["PIL", "CRT"], "XRY"),
    goods("DIAGNOSTIC REAGENTS ON STRIPS", "382219", &["FRA", "SIN", "ICN", "LAX"], ((6, 12), 180, (90, 260)))
        .trade("DIAGNOSTICS", "MEDICAL")
        .handled(&["PIL", "COL"], "XRY"),
    goods("PRINTED SCHOOL TEXTBOOKS", "490199", &["LHR", "SIN", "DXB"], ((12, 20), 600, (8, 18))).trade("PUBLISHING", "BOOKS"),
    goods("SMARTPHONES UN3481", "851713", &["HKG", "PVG", "ICN", "DXB"], ((8, 14), 260, (500, 1_100)))
        .trade("MOBILE", "TELECOM")
        .handled(&["ELI", "VUN"], "XRY")
        .dangerous("UN3481"),
    goods("SURGICAL INSTRUMENTS OF STEEL", "901890", &["FRA", "ZRH", "DEL"], ((5, 12), 280, (90, 280)))
        .trade("SURGICAL", "MEDICAL"),
    goods("RIPENED HARD CHEESE", "040690", &["AMS", "ZRH", "MXP"], ((10, 20), 420, (9, 20)))
        .trade("DAIRY", "FOODS")
        .handled(&["PER"], "EDD"),
    goods("CHOCOLATE BARS", "180632", &["ZRH", "AMS"], ((8, 15), 400, (12, 28))).trade("CHOCOLATE", "FOODS"),
    goods("STATIC CONVERTERS FOR SERVERS", "850440", EAST_ASIA, ((10, 25), 330, (35, 90))).trade("POWER", "ELECTRONICS"),
];
