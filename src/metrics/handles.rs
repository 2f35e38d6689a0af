//! Handles by label, resolved once, and the registration of a catalogue row as each type of metric.

use std::marker::PhantomData;

use prometheus::core::Collector;
use prometheus::{
    Counter, CounterVec, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, Result,
};

use super::catalogue::Row;
use super::labels::Label;

/// One handle for each value of an enum.
pub struct PerLabel<L, H> {
    handles: Vec<H>,
    /// Never reached, since `handles` has one for every value; here so that no lookup can panic.
    fallback: H,
    label: PhantomData<fn(L)>,
}

impl<L: Label, H> PerLabel<L, H> {
    fn new(resolve: impl Fn(&'static str) -> H) -> Self {
        let handles = L::ALL.iter().map(|value| resolve(value.as_str())).collect();
        let fallback = resolve(L::ALL.first().map_or("other", |value| value.as_str()));
        Self { handles, fallback, label: PhantomData }
    }

    pub fn of(&self, value: L) -> &H {
        self.handles.get(value.index()).unwrap_or(&self.fallback)
    }
}

/// One handle for each pair of values of two enums.
pub struct PerPair<A, B, H>(PerLabel<A, PerLabel<B, H>>);

impl<A: Label, B: Label, H> PerPair<A, B, H> {
    pub fn of(&self, first: A, second: B) -> &H {
        self.0.of(first).of(second)
    }
}

/// One handle for each name of a list, and `other` for every name that is not on it.
pub struct ByName<H> {
    /// Sorted by name.
    handles: Vec<(Box<str>, H)>,
    other: H,
}

impl<H> ByName<H> {
    fn new(names: &[&str], resolve: impl Fn(&str) -> H) -> Self {
        let mut handles: Vec<(Box<str>, H)> = names.iter().map(|name| (Box::from(*name), resolve(name))).collect();
        handles.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self { handles, other: resolve(OTHER) }
    }

    pub fn of(&self, name: &str) -> &H {
        let found = self.handles.binary_search_by(|(known, _)| (**known).cmp(name));
        found.ok().and_then(|at| self.handles.get(at)).map_or(&self.other, |(_, handle)| handle)
    }
}

impl ByName<IntCounter> {
    pub(super) fn counters(vec: &IntCounterVec, names: &[&str]) -> Self {
        Self::new(names, |name| vec.with_label_values(&[name]))
    }
}

impl ByName<IntGauge> {
    pub(super) fn gauges(vec: &IntGaugeVec, names: &[&str]) -> Self {
        Self::new(names, |name| vec.with_label_values(&[name]))
    }
}

/// One handle for each input topic, by its index in the configuration (`Origin::topic`).
pub struct ByTopic<H>(Vec<H>);

impl ByTopic<IntCounter> {
    pub(super) fn counters<'l, const LABELS: usize>(
        vec: &IntCounterVec,
        topics: impl IntoIterator<Item = [&'l str; LABELS]>,
    ) -> Self {
        Self(topics.into_iter().map(|labels| vec.with_label_values(&labels)).collect())
    }
}

impl<H> ByTopic<H> {
    pub fn of(&self, topic: u16) -> Option<&H> {
        self.0.get(usize::from(topic))
    }
}

const OTHER: &str = "other";

/// Registers rows of the catalogue.
pub(super) struct Register<'r>(pub &'r Registry);

impl Register<'_> {
    pub fn int_counter(&self, row: &Row) -> Result<IntCounter> {
        self.keep(IntCounter::with_opts(opts(row))?)
    }

    pub fn int_counters(&self, row: &Row) -> Result<IntCounterVec> {
        self.keep(IntCounterVec::new(opts(row), row.labels)?)
    }

    pub fn gauge(&self, row: &Row) -> Result<Gauge> {
        self.keep(Gauge::with_opts(opts(row))?)
    }

    pub fn int_gauge(&self, row: &Row) -> Result<IntGauge> {
        self.keep(IntGauge::with_opts(opts(row))?)
    }

    pub fn int_gauges(&self, row: &Row) -> Result<IntGaugeVec> {
        self.keep(IntGaugeVec::new(opts(row), row.labels)?)
    }

    pub fn gauges(&self, row: &Row) -> Result<GaugeVec> {
        self.keep(GaugeVec::new(opts(row), row.labels)?)
    }

    pub fn histogram(&self, row: &Row) -> Result<Histogram> {
        self.keep(Histogram::with_opts(histogram_opts(row))?)
    }

    pub fn counter_per<L: Label>(&self, row: &Row) -> Result<PerLabel<L, IntCounter>> {
        let vec = self.int_counters(row)?;
        Ok(PerLabel::new(|value| vec.with_label_values(&[value])))
    }

    pub fn counter_per_pair<A: Label, B: Label>(&self, row: &Row) -> Result<PerPair<A, B, IntCounter>> {
        let vec = self.int_counters(row)?;
        Ok(PerPair(PerLabel::new(|first| PerLabel::new(|second| vec.with_label_values(&[first, second])))))
    }

    pub fn gauge_per_pair<A: Label, B: Label>(&self, row: &Row) -> Result<PerPair<A, B, IntGauge>> {
        let vec = self.int_gauges(row)?;
        Ok(PerPair(PerLabel::new(|first| PerLabel::new(|second| vec.with_label_values(&[first, second])))))
    }

    pub fn gauge_per<L: Label>(&self, row: &Row) -> Result<PerLabel<L, IntGauge>> {
        let vec = self.int_gauges(row)?;
        Ok(PerLabel::new(|value| vec.with_label_values(&[value])))
    }

    /// Seconds are the one unit that a counter adds up in fractions.
    pub fn seconds_per<L: Label>(&self, row: &Row) -> Result<PerLabel<L, Counter>> {
        let vec = self.keep(CounterVec::new(opts(row), row.labels)?)?;
        Ok(PerLabel::new(|value| vec.with_label_values(&[value])))
    }

    pub fn histogram_per<L: Label>(&self, row: &Row) -> Result<PerLabel<L, Histogram>> {
        let vec = self.keep(HistogramVec::new(histogram_opts(row), row.labels)?)?;
        Ok(PerLabel::new(|value| vec.with_label_values(&[value])))
    }

    /// The clone shares its values with what is registered.
    fn keep<C: Collector + Clone + 'static>(&self, metric: C) -> Result<C> {
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }
}

fn opts(row: &Row) -> Opts {
    Opts::new(row.name, row.help)
}

fn histogram_opts(row: &Row) -> HistogramOpts {
    HistogramOpts::new(row.name, row.help).buckets(row.buckets.to_vec())
}
