//! Values by number, those of each in a row.

use std::num::NonZero;
use std::thread;

#[derive(Debug)]
pub struct Rows<T> {
    /// Where each number's begin, and the end of the last.
    starts: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { starts: Vec::new(), values: Vec::new() }
    }
}

impl<T> Rows<T> {
    /// `starts`: where each number's begin, and the end of the last.
    pub fn new(starts: Vec<u32>, values: Vec<T>) -> Self {
        Self { starts, values }
    }

    pub fn of(rows: Vec<Vec<T>>) -> Self {
        let mut starts: Vec<u32> = std::iter::once(0).chain(rows.iter().map(|row| row.len() as u32)).collect();
        sum_up(&mut starts);
        let mut values: Vec<T> = rows.into_iter().flatten().collect();
        values.shrink_to_fit();
        Self { starts, values }
    }

    pub fn get(&self, at: u32) -> &[T] {
        let bounds = self.starts.get(at as usize).zip(self.starts.get(at as usize + 1));
        bounds.and_then(|(from, to)| self.values.get(*from as usize..*to as usize)).unwrap_or_default()
    }

    pub fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<u32>() + self.values.capacity() * size_of::<T>()
    }
}

/// Turns how many there are of each number into where those of each end, which is where those of the next begin.
pub fn sum_up(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}

/// What `find` finds for each of some values, on every core; `start` makes what one thread works with.
pub fn on_every_core<V: Sync, W, T: Send>(
    values: &[V],
    start: impl Fn() -> W + Sync,
    find: impl Fn(&mut W, &V) -> Vec<T> + Sync,
) -> Vec<Vec<T>> {
    let mut found: Vec<Vec<T>> = values.iter().map(|_| Vec::new()).collect();
    let parts = thread::available_parallelism().map_or(1, NonZero::get);
    let share = values.len().div_ceil(parts).max(1);
    let part = |values: &[V], found: &mut [Vec<T>]| {
        let mut work = start();
        found.iter_mut().zip(values).for_each(|(found, value)| *found = find(&mut work, value));
    };
    thread::scope(|scope| {
        for (values, found) in values.chunks(share).zip(found.chunks_mut(share)) {
            scope.spawn(|| part(values, found));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_its_own_values() {
        let rows = Rows::of(vec![vec!['a', 'b'], vec![], vec!['c']]);
        assert_eq!([rows.get(0), rows.get(1), rows.get(2), rows.get(3)], [&['a', 'b'][..], &[], &['c'], &[]]);
    }

    #[test]
    fn what_many_cores_find_is_in_the_order_of_the_values() {
        let values: Vec<usize> = (0..1_001).collect();
        let found = on_every_core(&values, Vec::new, |before, value| {
            before.push(*value);
            vec![*value; value % 3]
        });
        assert_eq!(found, values.iter().map(|value| vec![*value; value % 3]).collect::<Vec<_>>());
    }
}
