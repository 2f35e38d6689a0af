//! The buffer behind the derived facts: one text that all derived pieces lie in, and the lists of their places.

use std::ops::Range;

use crate::codes::terms::{self, Hit};
use crate::screen::value::{List, Span};

/// Derived values of one consignment. Reused from row to row: cleared, never shrunk.
#[derive(Debug, Default)]
pub struct FactsBuffer {
    /// Every derived piece of text, one after the other.
    text: String,
    /// The elements of every list, one list after the other.
    spans: Vec<Span>,
    pub(super) awb: Span,
    /// Looked up once, as many profiles and indicators ask for them.
    pub(super) origin_country: Option<&'static str>,
    pub(super) destination_country: Option<&'static str>,
    /// Goods description: upper case, ASCII, single blanks.
    pub(super) goods: Span,
    /// Listed terms in the goods text, by position in it.
    pub(super) hits: Vec<Hit>,
    lists: [Range<usize>; ListName::COUNT],
}

/// The derived lists. The order is that in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListName {
    Routing,
    TransitCountries,
    Carriers,
    Flights,
    ScreeningMethods,
    Exemptions,
    HsCodes,
    HsChapters,
    HsHeadings,
    DangerousGoods,
    NotifyNames,
    Phones,
    PhoneCountries,
    ShipperPhones,
    ConsigneePhones,
    Emails,
    Ulds,
    /// The description of each goods line that has one: pieces of the goods text.
    Descriptions,
}

impl ListName {
    const COUNT: usize = ListName::Descriptions as usize + 1;
}

impl FactsBuffer {
    pub(super) fn text_of(&self, span: Span) -> &str {
        span.of(&self.text)
    }

    pub(super) fn list(&self, name: ListName) -> List<'_> {
        let range = self.lists.get(name as usize).cloned().unwrap_or_default();
        List::Spans(&self.text, self.spans.get(range).unwrap_or_default())
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
        self.hits.clear();
        self.awb = Span::default();
        self.goods = Span::default();
        self.lists.fill(0..0);
    }

    /// Finds the listed terms in the goods text.
    pub(super) fn scan_goods(&mut self) {
        terms::scan(self.goods.of(&self.text), &mut self.hits);
    }

    /// Appends what `write` writes and tells where it lies. Text past 4 GiB is not reachable: payloads are far smaller.
    pub(super) fn append(&mut self, write: impl FnOnce(&mut String)) -> Span {
        let start = self.text.len();
        write(&mut self.text);
        Span { start: u32::try_from(start).unwrap_or(u32::MAX), end: u32::try_from(self.text.len()).unwrap_or(u32::MAX) }
    }

    /// Writes one list; `fill` adds its elements with [`ListWriter`].
    pub(super) fn write_list(&mut self, name: ListName, fill: impl FnOnce(&mut ListWriter<'_>)) {
        let start = self.spans.len();
        fill(&mut ListWriter { buffer: self, start });
        if let Some(range) = self.lists.get_mut(name as usize) {
            *range = start..self.spans.len();
        }
    }
}

/// Adds elements to one list of a buffer.
pub(super) struct ListWriter<'b> {
    buffer: &'b mut FactsBuffer,
    start: usize,
}

impl ListWriter<'_> {
    /// An element as written; empty ones are left out.
    pub(super) fn push(&mut self, element: &str) {
        self.push_with(|text| text.push_str(element));
    }

    /// An element unless the list has it already.
    pub(super) fn push_once(&mut self, element: &str) {
        let written = self.buffer.spans.get(self.start..).unwrap_or_default();
        if !written.iter().any(|span| span.of(&self.buffer.text) == element) {
            self.push(element);
        }
    }

    /// Text that is not yet an element.
    pub(super) fn append(&mut self, write: impl FnOnce(&mut String)) -> Span {
        self.buffer.append(write)
    }

    /// An element that already lies in the buffer's text.
    pub(super) fn push_span(&mut self, span: Span) {
        self.buffer.spans.push(span);
    }

    pub(super) fn push_with(&mut self, write: impl FnOnce(&mut String)) {
        let span = self.buffer.append(write);
        if span.start < span.end {
            self.buffer.spans.push(span);
        }
    }
}
