//! What a client tells while it works: errors, counted and logged once, and statistics.

use std::sync::Arc;

use rdkafka::client::ClientContext as RdkafkaContext;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;
use rdkafka::statistics::Statistics;

use crate::metrics::labels::Client;

/// What the service wants to hear from a client.
pub trait Listener: Send + Sync + 'static {
    /// A broker connection failed, or another error that librdkafka itself retries.
    fn error(&self, client: Client, error: &KafkaError);
    fn statistics(&self, _client: Client, _statistics: &Statistics) {}
}

/// Context of the consumers and producers that have no rebalancing of their own.
pub struct ClientContext {
    client: Client,
    listener: Arc<dyn Listener>,
}

impl ClientContext {
    pub fn new(client: Client, listener: Arc<dyn Listener>) -> Self {
        Self { client, listener }
    }
}

impl RdkafkaContext for ClientContext {
    fn error(&self, error: KafkaError, _reason: &str) {
        // The end of a partition is news for whoever polls, not an error.
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::PartitionEOF) {
            self.listener.error(self.client, &error);
        }
    }

    fn stats(&self, statistics: Statistics) {
        self.listener.statistics(self.client, &statistics);
    }
}

impl ConsumerContext for ClientContext {}

impl ProducerContext for ClientContext {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _opaque: ()) {
        if let Err((error, _)) = result {
            // A transaction with such a record cannot commit, which is where it is dealt with.
            tracing::debug!(client = self.client.as_str(), %error, "record was not delivered");
        }
    }
}

/// Hears nothing: for tests and for tools that only ask.
pub struct Unheard;

impl Listener for Unheard {
    fn error(&self, client: Client, error: &KafkaError) {
        tracing::debug!(client = client.as_str(), %error, "kafka client");
    }
}
