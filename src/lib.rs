#![doc = "loadgate: which air-cargo shipments must not be loaded before a person has looked, and why."]

pub mod decode;
pub mod demo;
pub mod model;
pub mod record;
pub mod screen;
