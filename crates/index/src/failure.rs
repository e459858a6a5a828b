//! What the engines fail with, in the words of the contract.

use std::{error::Error, io};

use hammock_retrieval::IndexError;

/// A full disk is told apart: people can do something about it.
pub(crate) fn failure(error: impl Error + 'static) -> IndexError {
    let mut message = String::new();
    let mut next: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(cause) = next {
        if cause.downcast_ref::<io::Error>().is_some_and(is_full) {
            return IndexError::StorageFull;
        }
        let text = cause.to_string();
        // The engines wrap input and output errors as text or behind an `Arc`, where no downcast reaches.
        if text.contains("os error 28)")
            || text.contains("No space left on device")
            || text.contains("Disk quota exceeded")
        {
            return IndexError::StorageFull;
        }
        if !message.contains(&text) {
            if !message.is_empty() {
                message.push_str(": ");
            }
            message.push_str(&text);
        }
        next = cause.source();
    }
    IndexError::Engine(message)
}

/// The task that did the work is gone: it panicked, or the process is shutting down.
pub(crate) fn stopped() -> IndexError {
    IndexError::Engine("the index has stopped".to_owned())
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart() {
        let full = || io::Error::from_raw_os_error(28);
        assert!(matches!(failure(full()), IndexError::StorageFull));
        assert!(matches!(failure(tantivy::TantivyError::from(full())), IndexError::StorageFull));
        assert!(matches!(
            failure(lancedb::Error::Other { message: "write".into(), source: Some(Box::new(full())) }),
            IndexError::StorageFull
        ));
        let other = failure(io::Error::new(io::ErrorKind::NotFound, "no such table"));
        assert!(matches!(other, IndexError::Engine(message) if message == "no such table"));
    }
}
