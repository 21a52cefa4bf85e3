//! Export (导出): the list under the current filter as a spreadsheet, streamed at constant memory.

pub mod columns;
pub mod download;
pub mod workbook;
