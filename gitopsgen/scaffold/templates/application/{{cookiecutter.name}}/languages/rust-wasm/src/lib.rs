//! Takes orders that a policy allows.
//!
//! One request at a time: a Wasm module has one thread, and many instances.

pub mod http;
pub mod metrics;
pub mod net;
pub mod service;
