//! The bundle in force, as those who screen see it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Bundle;

/// Holds the bundle that judges. A worker takes it once for each batch and lets it go when the batch is published or dropped, so
/// that one batch is judged by one bundle, and the end of the last batch under an old bundle is the end of that bundle.
#[derive(Debug)]
pub struct Current(Mutex<Arc<Bundle>>);

/// An old bundle, by which batches under way may still be judged.
#[derive(Debug)]
pub struct Replaced(Weak<Bundle>);

impl Current {
    pub fn new(bundle: Arc<Bundle>) -> Self {
        Self(Mutex::new(bundle))
    }

    /// For one batch.
    pub fn take(&self) -> Arc<Bundle> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whatever is taken after this is judged by `bundle`.
    pub fn replace(&self, bundle: Arc<Bundle>) -> Replaced {
        let old = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), bundle);
        Replaced(Arc::downgrade(&old))
    }
}

impl Replaced {
    /// True once nothing that it judged is still to be published: the swap is over.
    pub fn is_gone(&self) -> bool {
        self.0.strong_count() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::File;

    #[test]
    fn a_swap_is_over_when_the_last_batch_under_the_old_bundle_is_let_go() {
        let bundle =
            |text: &str| Arc::new(Bundle::from_files(vec![File { path: "policy.toml".into(), text: text.into() }]).unwrap());
        let current = Current::new(bundle(""));
        let (batch, old) = (current.take(), current.take().hash);
        let replaced = current.replace(bundle("highest_order = 'rfi'"));
        assert_ne!(current.take().hash, old);
        assert_eq!(batch.hash, old);
        assert!(!replaced.is_gone());
        drop(batch);
        assert!(replaced.is_gone());
    }
}
