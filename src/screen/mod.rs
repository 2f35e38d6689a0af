//! Screening: a pure function of a consignment's facts and the rule bundle (law 3).

pub mod anomaly;
pub mod budget;
pub mod cap;
pub mod cel;
pub mod course;
pub mod decision;
pub mod facts;
pub mod index;
pub mod indicators;
pub mod judge;
#[cfg(test)]
pub(crate) mod limits_tests;
pub mod policy;
pub mod profile;
pub mod quota;
pub mod suppression;
pub mod value;
pub mod verdict;
pub mod watch;
