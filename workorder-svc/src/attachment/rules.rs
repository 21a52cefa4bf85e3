//! What may be uploaded, and how many files an order holds. Pure.

/// Most files of one list of an order: ordinary attachments, or those for information security.
pub const MOST_FILES: usize = 50;

/// What is taken, by a file's own first bytes, never by its name: pictures, PDF, documents of office programs, text, and
/// archives of these.
pub const TAKEN: [&str; 19] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/bmp",
    "image/tiff",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/x-ole-storage",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/rtf",
    "application/zip",
    "text/plain",
];
