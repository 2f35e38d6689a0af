//! Codes: what the field's short codes mean, and the reference tables that say where an airport is or what a number stands for.
//!
//! Everything here is data with a lookup: no judgement (the indicators judge) and no reading of messages (the decoders read).
//! Sources and licences stand in `NOTICE.md` beside this file.

pub mod airlines;
pub mod airports;
pub mod countries;
pub mod dangerous;
pub mod density;
pub mod handling;
pub mod harmonized;
pub mod letters;
pub mod lists;
pub mod phones;
pub mod table;
pub mod terms;
pub mod vague;
