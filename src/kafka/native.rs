//! The two calls of librdkafka that its Rust wrapper does not offer.

#![expect(unsafe_code, reason = "raw calls on a live client; each states why it is sound")]

use std::ffi::CStr;

use rdkafka::bindings;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::topic_partition_list::TopicPartitionList;

/// Makes librdkafka create its partition objects, so that a pause takes effect before the partitions are assigned. Inside a
/// rebalance callback they do not exist yet and a pause alone would be ignored without a word.
pub fn create_partition_objects<C: ConsumerContext>(consumer: &BaseConsumer<C>, partitions: &TopicPartitionList) {
    // Sound: the client outlives the call, the list is ours, and rd_kafka_position only writes offsets into it.
    unsafe {
        bindings::rd_kafka_position(consumer.client().native_ptr(), partitions.ptr());
    }
}

/// True while the consumer is a member of its group.
pub fn is_member<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> bool {
    // Sound: rd_kafka_memberid returns null or a NUL-terminated copy that we own and free with librdkafka's allocator.
    unsafe {
        let client = consumer.client().native_ptr();
        let id = bindings::rd_kafka_memberid(client);
        if id.is_null() {
            return false;
        }
        let is_member = !CStr::from_ptr(id).is_empty();
        bindings::rd_kafka_mem_free(client, id.cast());
        is_member
    }
}
