//! Names of people and companies: told alike across scripts, spellings, word order, company forms and disguise.
//!
//! Knows nothing of lists, messages, Kafka or the clock: text in, a score with readable parts out.

mod align;
mod distance;
pub mod fold;
mod forms;
mod glance;
mod index;
mod joined;
mod key;
mod letters;
mod score;
mod similar;
mod sound;
mod spelt;
mod token;
mod variants;
mod words;

#[cfg(test)]
mod docs_tests;

pub use forms::Form;
pub use index::{Found, Index, Search};
pub use key::{KeyBuffer, has_company_form, party_key};
pub use score::{COMPANY_THRESHOLD, Explanation, PERSON_THRESHOLD, Part, Scorer};
pub use similar::How;
pub use token::{Name, Schema};
pub use variants::variants;
