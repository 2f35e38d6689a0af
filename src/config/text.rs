//! Durations and sizes as people write them: a whole number and one unit.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, Unexpected, Visitor};

const DURATION_UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
const SIZE_UNITS: [(&str, u64); 7] =
    [("B", 1), ("kB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20), ("GB", 1_000_000_000), ("GiB", 1 << 30)];

/// `"50ms"`, `"6s"`, `"10m"`, `"2h"`; at least 1 ms and at most ten days, so that no sum of durations overflows.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let millis = parse(text, &DURATION_UNITS)?;
    (1..=DURATION_MAX_MS).contains(&millis).then(|| Duration::from_millis(millis))
}

/// `"8MiB"`, `"500kB"`; at least 1 and at most 1 GiB.
pub fn parse_size(text: &str) -> Option<usize> {
    size_in_bounds(parse(text, &SIZE_UNITS)?)
}

const DURATION_MAX_MS: u64 = 10 * 86_400_000;

fn size_in_bounds(bytes: u64) -> Option<usize> {
    usize::try_from(bytes).ok().filter(|bytes| (1..=1 << 30).contains(bytes))
}

fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

pub fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    struct Text;
    impl Visitor<'_> for Text {
        type Value = Duration;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a duration such as \"50ms\", \"6s\" or \"10m\", at least 1ms and at most 240h")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
            parse_duration(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_any(Text)
}
pub fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    struct Text;
    impl Visitor<'_> for Text {
        type Value = usize;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a size such as \"8MiB\" or \"500kB\", or a number of bytes, at least 1 and at most 1GiB")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
            parse_size(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
        }
        fn visit_i64<E: Error>(self, bytes: i64) -> Result<usize, E> {
            u64::try_from(bytes).ok().and_then(size_in_bounds).ok_or_else(|| E::invalid_value(Unexpected::Signed(bytes), &self))
        }
        fn visit_u64<E: Error>(self, bytes: u64) -> Result<usize, E> {
            size_in_bounds(bytes).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(bytes), &self))
        }
    }
    deserializer.deserialize_any(Text)
}
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    struct Whole;
    impl Visitor<'_> for Whole {
        type Value = usize;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number of at least 1")
        }
        fn visit_i64<E: Error>(self, count: i64) -> Result<usize, E> {
            let whole = usize::try_from(count).ok().filter(|count| *count > 0);
            whole.ok_or_else(|| E::invalid_value(Unexpected::Signed(count), &self))
        }
        fn visit_u64<E: Error>(self, count: u64) -> Result<usize, E> {
            let whole = usize::try_from(count).ok().filter(|count| *count > 0);
            whole.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(count), &self))
        }
    }
    deserializer.deserialize_any(Whole)
}
/// A duration in the JSON Schema.
pub struct Period;

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+ *(ms|s|m|h)$" })
    }
}

/// A size in the JSON Schema.
pub struct Size;

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "pattern": "^[0-9]+ *(B|kB|KiB|MB|MiB|GB|GiB)$", "minimum": 1 })
    }
}

/// A count in the JSON Schema.
pub struct Count;

impl JsonSchema for Count {
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        let millis = |text| parse_duration(text).map(|duration| duration.as_millis());
        for (text, expected) in [("50ms", Some(50)), ("6s", Some(6_000)), ("10 m", Some(600_000)), ("2h", Some(7_200_000))] {
            assert_eq!(millis(text), expected, "{text}");
        }
        for text in
            ["", "5", "ms", "0s", "-1s", "1.5s", "5 d", "5sec", "1s1ms", "99999999999999999999h", "18446744073709551615h", "241h"]
        {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_know_decimal_and_binary_units() {
        for (text, expected) in [("1B", 1), ("500kB", 500_000), ("64KiB", 65_536), ("8MiB", 8 << 20), ("1GiB", 1 << 30)] {
            assert_eq!(parse_size(text), Some(expected), "{text}");
        }
        for text in ["", "8", "0MiB", "8 mib", "2GiB", "-8MiB", "8M"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }
}
