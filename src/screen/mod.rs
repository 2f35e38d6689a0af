//! Screening: a pure function of a consignment's facts and the rule bundle (law 3).

pub mod cel;
pub mod facts;
pub mod indicators;
pub mod profile;
pub mod value;
pub mod verdict;
