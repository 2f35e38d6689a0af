//! Names of people and companies: told alike across scripts, spellings, word order, company forms and disguise.
//!
//! Knows nothing of lists, messages, Kafka or the clock: text in, a score with readable parts out.

mod fold;
mod forms;
mod key;

pub use key::{KeyBuffer, party_key};
