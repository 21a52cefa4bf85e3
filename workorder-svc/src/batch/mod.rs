//! Batch orders (批量提单): up to ten thousand domains in a sheet, each row with what is particular to its domain. Read
//! within bounds, judged row by row, given back annotated; the rows are kept in `batch_self_domain`.

pub mod columns;
pub mod csv_file;
pub mod domain_set;
pub mod fault;
pub mod grid;
pub mod line;
pub mod row;
pub mod rules;
pub mod sheet;
pub mod xlsx;

pub mod reader;
pub mod repo;

pub mod annotated;
pub mod progress;
pub mod template;
