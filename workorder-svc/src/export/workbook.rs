//! An xlsx written row by row into a stream: nothing of it is kept, however many rows it has.
//!
//! Cells of text are inline strings, which no spreadsheet calculates; one that begins like a formula is marked as quoted
//! too, so that it stays a text when it is edited. source: OWASP, "CSV Injection"; ECMA-376.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

/// Rows of a sheet, the heading included. source: Excel specifications and limits.
pub const MOST_ROWS: usize = 1_048_576;
/// Fast rather than small: the network is local, the rows are many.
const COMPRESSION: i64 = 3;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Number(i64),
}

/// What was written and not taken yet.
#[derive(Clone, Debug, Default)]
struct Unsent(Arc<Mutex<Vec<u8>>>);

impl Write for Unsent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A workbook of one sheet on its way out.
pub struct Workbook {
    zip: ZipWriter<StreamWriter<Unsent>>,
    out: Unsent,
    row: usize,
    xml: String,
}

impl Workbook {
    /// Begins the workbook with its headings, each with the width of its column in characters.
    pub fn begin(sheet: &str, headings: &[(String, u16)]) -> io::Result<Self> {
        let out = Unsent::default();
        let mut zip = ZipWriter::new_stream(out.clone());
        let workbook = WORKBOOK.replace("{name}", &escaped(sheet));
        let parts = [
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONSHIPS),
            ("xl/workbook.xml", workbook.as_str()),
            ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONSHIPS),
            ("xl/styles.xml", STYLES),
        ];
        let options = SimpleFileOptions::default().compression_level(Some(COMPRESSION));
        for (name, content) in parts {
            zip.start_file(name, options)?;
            zip.write_all(content.as_bytes())?;
        }
        zip.start_file("xl/worksheets/sheet1.xml", options)?;
        zip.write_all(SHEET_HEAD.as_bytes())?;
        let widths: String = (1..)
            .zip(headings)
            .map(|(n, (_, width))| format!("<col min=\"{n}\" max=\"{n}\" width=\"{width}\" customWidth=\"1\"/>"))
            .collect();
        write!(zip, "<cols>{widths}</cols><sheetData>")?;
        let mut book = Self { zip, out, row: 0, xml: String::new() };
        let titles: Vec<Cell> = headings.iter().map(|(title, _)| Cell::Text(title.clone())).collect();
        book.write(&titles, Style::Heading)?;
        Ok(book)
    }

    /// Appends a row.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.write(cells, Style::Plain)
    }

    fn write(&mut self, cells: &[Cell], style: Style) -> io::Result<()> {
        self.row += 1;
        let mut xml = mem::take(&mut self.xml);
        xml.clear();
        xml.push_str(&format!("<row r=\"{}\">", self.row));
        for cell in cells {
            match cell {
                Cell::Number(number) => xml.push_str(&format!("<c><v>{number}</v></c>")),
                Cell::Text(text) if text.is_empty() => xml.push_str("<c/>"),
                Cell::Text(text) => {
                    let style = if looks_like_formula(text) { Style::Quoted } else { style };
                    let head = format!("<c s=\"{}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">", style as u8);
                    xml.push_str(&head);
                    xml.push_str(&escaped(text));
                    xml.push_str("</t></is></c>");
                }
            }
        }
        xml.push_str("</row>");
        self.zip.write_all(xml.as_bytes())?;
        self.xml = xml;
        Ok(())
    }

    /// What has been written since it was last asked.
    pub fn take(&mut self) -> Vec<u8> {
        mem::take(&mut *self.out.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the workbook: the last of its bytes.
    pub fn finish(mut self) -> io::Result<Vec<u8>> {
        self.zip.write_all(b"</sheetData></worksheet>")?;
        let out = self.out.clone();
        self.zip.finish()?;
        Ok(mem::take(&mut *out.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Places in `cellXfs` of [`STYLES`].
#[derive(Clone, Copy)]
enum Style {
    Plain = 0,
    Heading = 1,
    Quoted = 2,
}

/// Whether a spreadsheet that reads it as a value would calculate it.
fn looks_like_formula(text: &str) -> bool {
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    begins(text) || begins(text.trim_start())
}

/// A text within XML; what XML has no place for is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\r' => safe.push_str("&#13;"),
            '\t' | '\n' => safe.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c < ' ' => {}
            c => safe.push(c),
        }
    }
    safe
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const WORKBOOK_RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;
/// The heading stays in sight.
const SHEET_HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>"#;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn read(bytes: Vec<u8>) -> Vec<Vec<Data>> {
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(workbook.sheet_names(), ["工单 <Orders>"]);
        workbook.worksheet_range_at(0).unwrap().unwrap().rows().map(<[Data]>::to_vec).collect()
    }

    #[test]
    fn what_is_written_in_pieces_reads_as_one_workbook() {
        let mut book = Workbook::begin("工单 <Orders>", &[("编号".into(), 20), ("数".into(), 8)]).unwrap();
        let mut bytes = book.take();
        for text in ["=1+1", "+86", "-1", "@x", "\tx", "a & <b> \"c\" \u{1}"] {
            book.row(&[Cell::Text(text.into()), Cell::Number(7)]).unwrap();
            bytes.extend(book.take());
        }
        bytes.extend(book.finish().unwrap());
        let rows = read(bytes);
        let texts: Vec<_> = rows.iter().map(|row| row[0].clone()).collect();
        let expected = ["编号", "=1+1", "+86", "-1", "@x", "\tx", "a & <b> \"c\" "];
        assert_eq!(texts, expected.map(|text| Data::String(text.to_owned())));
        assert_eq!(rows[1][1], Data::Float(7.0));
    }

    #[test]
    fn a_cell_that_begins_like_a_formula_is_quoted_text() {
        for text in ["=1", "+1", "-1", "@a", "\ta", "\ra", "  =1", "＝1"] {
            assert!(looks_like_formula(text), "{text:?}");
        }
        assert!(!looks_like_formula("a=1") && !looks_like_formula("2026-01-01"));
    }

    #[test]
    fn rows_do_not_pile_up() {
        let mut book = Workbook::begin("工单 <Orders>", &[("编号".into(), 20)]).unwrap();
        let mut largest = 0;
        for row in 0..20_000_i64 {
            book.row(&[Cell::Number(row), Cell::Text(format!("{row}.example.cn"))]).unwrap();
            if row % 500 == 0 {
                largest = largest.max(book.take().len());
            }
        }
        assert!(largest < 64 * 1024, "{largest}");
    }
}
