//! How many Cargo-IMP messages one core decodes in a second: `cargo bench --bench decode_cargo_imp`.

#[path = "support/timing.rs"]
mod timing;

use std::hint::black_box;

use loadgate::decode::{Context, Decoded, Limits, cargo_imp};
use loadgate::model::Timestamp;

use timing::{fastest, report};

/// Goal: `decode_cargo_imp_fwb_rate` at least 500,000 messages/s on one core.
fn main() {
    let context = Context { received: Timestamp::from_millis(1_770_724_800_000), limits: Limits::default() };
    for (name, payload) in MESSAGES {
        let mut out: Decoded = Vec::new();
        let time = fastest(|| {
            out.clear();
            cargo_imp::decode(black_box(payload.as_bytes()), &context, &mut out);
            assert!(black_box(&out).iter().all(Result::is_ok));
        });
        report(&format!("decode_cargo_imp_{name}"), time);
    }
}

const MESSAGES: [(&str, &str); 4] = [("fwb", FWB), ("fhl", FHL), ("ffm", FFM), ("fsu", FSU)];

const FWB: &str = "FWB/17
020-12345675FRAJFK/T6K120.5MC0.31
FLT/LH400/12/LH402/13
RTG/MUCLH/JFKLH
SHP/4711
NAM/ACME MACHINERY
ADR/1 MILL LANE
LOC/FRANKFURT/HE
/DE/60549/TE/49691
CNE
NAM/BOLT TRADING
ADR/2 DOCK ROAD
LOC/NEW YORK/NY
/US/10001/TE/12125550
AGT//1234567/0012
/SWIFT FORWARDING
/FRANKFURT
SSR/KEEP DRY
ACC/GEN/PREPAID BY WIRE
CVD/EUR/PX/PP/NVD/1500.00/XXX
RTD/1/P6/K120.5/CQ/W120.5/R2.50/T301.25
/NG/PUMP PARTS
/2/NG/AND SEALS
/3/ND//CMT40-50-60/6
/4/NV/MC0.31
/5/NS/12
/6/NH/841391
OTH/P/MYC12.00SCC8.00
PPD/WT301.25
/OC20.00/CT321.25
CER/ACME MACHINERY
ISU/09FEB26/FRANKFURT/SWIFT FORWARDING
REF//FRA111020090112/AGT/SWIFT/FRA
SPH/SPX/EAP
OCI/DE/ISS/RA/00777-05
///ED/0527
/DE//KC/00200-01
///SM/XRY
///SN/R SCREENER
///SD/09FEB260815
/US/CNE/CT/12125551
";

const FHL: &str = "FHL/5
MBI/020-12345675FRAJFK/T7K1000
HBS/ACM0001/FRAJFK/1/K400/4/PUMP PARTS
/SPX
TXT/FOR SEWAGE PLANTS
HTS/841391
OCI/DE/ISS/RA/00777-05
///SM/XRY
SHP
NAM/ACME MACHINERY
ADR/1 MILL LANE
LOC/FRANKFURT
/DE/60549/TE/49691
CNE
NAM/BOLT TRADING
ADR/2 DOCK ROAD
LOC/NEW YORK/NY
/US/10001/TE/12125550
CVD/USD/PP/NVD/1500.00/XXX
";

const FFM: &str = "FFM/8
1/LH400/12FEB0400/FRA/DABCD/DE/12FEB1255/JFK
JFK
ULD/PMC12345LH-M/WT985.0
020-12345675FRAJFK/T6K120.5MC0.31/PUMP PARTS
/SPX/EAP
DIM/K120.5/CMT40-50-60/6
020-12345686FRALAX/S2K80T4/SPARE SEALS
/LAXLH402/13FEB
ULD/AKE12346LH
020-12345690FRAJFK/T1K14/PRINTED MATTER
OCI/DE/ISS/RA/00777-05
///SM/XRY
ORD/NIL
LAST
";

const FSU: &str = "FSU/14
020-12345675FRAJFK/T6K120.5
RCF/LH400/03MAR0015-N/JFK/T6K120.5
ULD/AKE12345LH
";
