//! The demonstration: synthetic terminals with planted smuggling stories, the real service, and an account of every message.

mod broken;
mod chance;
mod declare;
mod flight;
mod sent;
mod shipment;
pub mod stories;
mod stream;
mod tables;
mod world;
pub mod write;

pub use broken::PAYLOAD_BYTES_MAX;
pub use sent::{Expected, Sent};
pub use stream::{Pace, Stream, stream};
