//! What librdkafka offers and its Rust wrapper does not, or not without a panic.

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

/// The metadata that was committed with the first position of a list. The wrapper's own accessor panics on bytes that are no UTF-8,
/// and anybody who may commit for the group may write them.
pub fn first_metadata(positions: &TopicPartitionList) -> Vec<u8> {
    // Sound: the list outlives the call, `elems` holds `cnt` elements, and metadata is null or `metadata_size` bytes long.
    unsafe {
        let list = &*positions.ptr();
        if list.cnt < 1 || list.elems.is_null() {
            return Vec::new();
        }
        let element = &*list.elems;
        if element.metadata.is_null() {
            return Vec::new();
        }
        std::slice::from_raw_parts(element.metadata.cast::<u8>(), element.metadata_size).to_vec()
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
