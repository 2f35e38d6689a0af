//! What librdkafka offers and its Rust wrapper does not, or not without a panic.

#![expect(unsafe_code, reason = "raw calls on a live client; each states why it is sound")]

use std::ffi::{CStr, CString};
use std::time::Duration;

use rdkafka::bindings;
use rdkafka::client::{Client, ClientContext};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
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

/// What rights are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    Topic(&'a str),
    Group(&'a str),
}

/// What a user may do with a resource: those of Kafka's operations that loadgate needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    Read,
    Write,
    Describe,
    DescribeConfigs,
}

/// What the client's user may do with a topic or a group (KIP-430): asks the brokers, touches nothing.
pub fn permitted<C: ClientContext>(client: &Client<C>, on: Resource<'_>, timeout: Duration) -> KafkaResult<Vec<Right>> {
    let milliseconds = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
    let (kind, name) = match on {
        Resource::Topic(name) => (bindings::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, name),
        Resource::Group(name) => (bindings::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, name),
    };
    let name = CString::new(name).map_err(|_| KafkaError::AdminOp(RDKafkaErrorCode::InvalidArgument))?;
    let mut names = [name.as_ptr()];
    // Sound: the client outlives the call; what is made here is freed by its guard, in the reverse order; the name outlives the
    // request, which copies it.
    unsafe {
        let native = client.native_ptr();
        let options =
            Owned { native: bindings::rd_kafka_AdminOptions_new(native, kind), free: bindings::rd_kafka_AdminOptions_destroy };
        refused(bindings::rd_kafka_AdminOptions_set_include_authorized_operations(options.native, 1))?;
        let mut why = [0; 128];
        bindings::rd_kafka_AdminOptions_set_request_timeout(options.native, milliseconds, why.as_mut_ptr(), why.len());
        let queue = Owned { native: bindings::rd_kafka_queue_new(native), free: bindings::rd_kafka_queue_destroy };
        match on {
            Resource::Topic(_) => {
                let topics = bindings::rd_kafka_TopicCollection_of_topic_names(names.as_mut_ptr(), names.len());
                let topics = Owned { native: topics, free: bindings::rd_kafka_TopicCollection_destroy };
                bindings::rd_kafka_DescribeTopics(native, topics.native, options.native, queue.native);
            }
            Resource::Group(_) => {
                bindings::rd_kafka_DescribeConsumerGroups(native, names.as_mut_ptr(), names.len(), options.native, queue.native)
            }
        }
        let event = bindings::rd_kafka_queue_poll(queue.native, milliseconds.saturating_add(1_000));
        if event.is_null() {
            return Err(KafkaError::AdminOp(RDKafkaErrorCode::OperationTimedOut));
        }
        let event = Owned { native: event, free: bindings::rd_kafka_event_destroy };
        match bindings::rd_kafka_event_error(event.native).into() {
            RDKafkaErrorCode::NoError => told_rights(event.native, on),
            code => Err(KafkaError::AdminOp(code)),
        }
    }
}

/// The operations of the one resource that was described.
///
/// # Safety
/// `event` is the live result of the request for `on`.
unsafe fn told_rights(event: *mut bindings::rd_kafka_event_t, on: Resource<'_>) -> KafkaResult<Vec<Right>> {
    let (mut described, mut count) = (0, 0);
    // Sound: everything pointed at belongs to the event; each list is as long as the count beside it says. Operations are read as
    // numbers, since a broker may name one that is no value of the enumeration.
    unsafe {
        let (fault, operations) = match on {
            Resource::Topic(_) => {
                let result = bindings::rd_kafka_event_DescribeTopics_result(event);
                let topics = bindings::rd_kafka_DescribeTopics_result_topics(result, &mut described);
                if topics.is_null() || described == 0 {
                    return Err(KafkaError::AdminOp(RDKafkaErrorCode::UnknownTopicOrPartition));
                }
                let fault = bindings::rd_kafka_TopicDescription_error(*topics);
                (fault, bindings::rd_kafka_TopicDescription_authorized_operations(*topics, &mut count))
            }
            Resource::Group(_) => {
                let result = bindings::rd_kafka_event_DescribeConsumerGroups_result(event);
                let groups = bindings::rd_kafka_DescribeConsumerGroups_result_groups(result, &mut described);
                if groups.is_null() || described == 0 {
                    return Err(KafkaError::AdminOp(RDKafkaErrorCode::GroupIdNotFound));
                }
                let fault = bindings::rd_kafka_ConsumerGroupDescription_error(*groups);
                (fault, bindings::rd_kafka_ConsumerGroupDescription_authorized_operations(*groups, &mut count))
            }
        };
        if !fault.is_null() {
            let code: RDKafkaErrorCode = bindings::rd_kafka_error_code(fault).into();
            if code != RDKafkaErrorCode::NoError {
                return Err(KafkaError::AdminOp(code));
            }
        }
        let operations = operations.cast::<u32>();
        Ok((0..count).filter(|_| !operations.is_null()).filter_map(|at| right(*operations.add(at))).collect())
    }
}

/// By Kafka's number of the operation.
fn right(operation: u32) -> Option<Right> {
    match operation {
        3 => Some(Right::Read),
        4 => Some(Right::Write),
        8 => Some(Right::Describe),
        10 => Some(Right::DescribeConfigs),
        _ => None,
    }
}

/// Takes an error object over and turns it into a result.
///
/// # Safety
/// `error` is null or owned by the caller.
unsafe fn refused(error: *mut bindings::rd_kafka_error_t) -> KafkaResult<()> {
    if error.is_null() {
        return Ok(());
    }
    // Sound: it is not null and freed once.
    let code = unsafe {
        let code = bindings::rd_kafka_error_code(error);
        bindings::rd_kafka_error_destroy(error);
        code
    };
    Err(KafkaError::AdminOp(code.into()))
}

/// A native object and what frees it.
struct Owned<T> {
    native: *mut T,
    free: unsafe extern "C" fn(*mut T),
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        if !self.native.is_null() {
            // Sound: made by the function that belongs to `free`, and freed here alone.
            unsafe { (self.free)(self.native) }
        }
    }
}
