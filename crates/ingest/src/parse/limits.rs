//! How much a parser may take and make.

/// The largest file that is read. Bytes.
pub const MAX_FILE_BYTES: usize = 100_000_000;

/// The longest text that a document may have. Bytes.
pub const MAX_TEXT_BYTES: usize = 20_000_000;

/// What all parts of an archive together may unpack to. Bytes.
pub(super) const MAX_INFLATED_BYTES: u64 = 256_000_000;

/// How many times its packed size a part of an archive may unpack to, beyond the first megabyte. Deflate reaches 1,030;
/// office documents stay below 100.
pub(super) const MAX_RATIO: u64 = 400;

/// How many parts an archive may have.
pub(super) const MAX_ENTRIES: usize = 20_000;

/// How deep elements may nest.
pub(super) const MAX_DEPTH: usize = 256;

/// How many pages a PDF may have, and how many slides a presentation.
pub(super) const MAX_PAGES: usize = 20_000;

/// A heading longer than this is none: it goes with every chunk below it. Bytes.
pub(super) const MAX_HEADING_BYTES: usize = 500;

/// How many headings a document may have.
pub(super) const MAX_HEADINGS: usize = 100_000;

/// How many columns of a row are filled up with empty cells, whatever a cell says of its width.
pub(super) const MAX_COLUMNS: usize = 1_000;

/// How many cells a spreadsheet or a table may have, empty ones between full ones counted.
pub(super) const MAX_CELLS: u64 = 5_000_000;
