//! Screening: a pure function of a consignment's facts and the rule bundle (law 3).

pub mod cel;
pub mod decision;
pub mod facts;
pub mod indicators;
pub mod policy;
pub mod profile;
pub mod quota;
pub mod value;
pub mod verdict;
pub mod watch;
