//! Points in time: milliseconds since 1970-01-01T00:00:00Z, as Kafka and Avro carry them.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Milliseconds since the epoch, UTC. RFC 3339 in JSON, a long in Avro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    /// `self - earlier` in whole minutes; negative when `earlier` is later.
    pub const fn minutes_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0) / 60_000
    }

    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|time| Self(time.as_millisecond()))
    }

    /// The calendar date and time in UTC; the epoch when out of jiff's range (years -9999 to 9999).
    pub fn civil(self) -> jiff::civil::DateTime {
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        time.to_zoned(jiff::tz::TimeZone::UTC).datetime()
    }
}

impl From<SystemTime> for Timestamp {
    /// The epoch for what is before it.
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimestampVisitor;
        impl Visitor<'_> for TimestampVisitor {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time or milliseconds since 1970")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse_rfc3339(text).ok_or_else(|| E::custom("not an RFC 3339 time"))
            }
            fn visit_i64<E: Error>(self, millis: i64) -> Result<Timestamp, E> {
                Ok(Timestamp(millis))
            }
            fn visit_u64<E: Error>(self, millis: u64) -> Result<Timestamp, E> {
                i64::try_from(millis).map(Timestamp).map_err(E::custom)
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(TimestampVisitor)
        } else {
            deserializer.deserialize_i64(TimestampVisitor)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_carries_rfc3339_and_reads_milliseconds_too() {
        let time = Timestamp::from_millis(1_767_225_600_000);
        assert_eq!(serde_json::to_string(&time).unwrap(), r#""2026-01-01T00:00:00Z""#);
        assert_eq!(serde_json::from_str::<Timestamp>(r#""2026-01-01T01:00:00+01:00""#).unwrap(), time);
        assert_eq!(serde_json::from_str::<Timestamp>("1767225600000").unwrap(), time);
    }
}
