//! Sizes as people say them.

/// Bytes in megabytes as people say them: whole ones from ten on, tenths from one on, below as many decimals as tell
/// something.
pub(super) fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_add(50_000) / 100_000;
    let text = match bytes {
        10_000_000.. => return (bytes / 1_000_000).to_string(),
        1_000_000.. => format!("{}.{}", tenths / 10, tenths % 10),
        _ => format!("0.{:03}", bytes / 1_000),
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
