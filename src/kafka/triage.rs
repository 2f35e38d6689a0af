//! What to do after a failed transactional call.

use rdkafka::error::KafkaError;

/// In the order of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Triage {
    /// The same call again, with the same arguments.
    Retry,
    /// Abort the transaction; the producer lives.
    Abort,
    /// Drop the producer: it is fenced, broken, or nobody knows what the broker did.
    Rebuild,
}

/// Anything that librdkafka does not class is treated as fatal, as its documentation asks.
pub fn triage(error: &KafkaError) -> Triage {
    match error {
        KafkaError::Transaction(error) if error.is_fatal() => Triage::Rebuild,
        KafkaError::Transaction(error) if error.txn_requires_abort() => Triage::Abort,
        KafkaError::Transaction(error) if error.is_retriable() => Triage::Retry,
        KafkaError::Flush(_) => Triage::Retry,
        _ => Triage::Rebuild,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rdkafka::types::RDKafkaErrorCode;

    #[test]
    fn an_unclassified_error_is_fatal() {
        assert_eq!(triage(&KafkaError::Global(RDKafkaErrorCode::UnknownMemberId)), Triage::Rebuild);
        assert_eq!(triage(&KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut)), Triage::Retry);
    }
}
