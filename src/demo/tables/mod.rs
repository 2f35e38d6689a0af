//! What the synthetic world is made of: places, lanes, commodities and the syllables of its invented names.
//!
//! Airports, carrier codes, accounting prefixes and HS codes are real, because they are checked; companies and people are not.

mod goods;
mod lanes;
mod places;
pub mod words;

pub use goods::{COMMODITIES, Commodity};
pub use lanes::{LANES, Lane};
pub use places::{Place, place};
