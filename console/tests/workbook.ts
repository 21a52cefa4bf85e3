/** A workbook as spreadsheet programs write it, as small as it can be: one sheet, texts in its cells. source: ECMA-376, PKWARE APPNOTE. */

const table = Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  return c >>> 0
})
const crc = (data: Uint8Array) => (data.reduce((c, byte) => table[(c ^ byte) & 0xff]! ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0

type Field = ['u16' | 'u32', number]

function packed(fields: Field[], ...rest: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = fields.reduce((size, [kind]) => size + (kind === 'u16' ? 2 : 4), 0)
  const bytes = new Uint8Array(rest.reduce((size, part) => size + part.length, head))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [kind, value] of fields) {
    if (kind === 'u16') view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += kind === 'u16' ? 2 : 4
  }
  for (const part of rest) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

async function deflated(plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new CompressionStream('deflate-raw')
  const writer = stream.writable.getWriter()
  void writer.write(plain)
  void writer.close()
  return new Uint8Array(await new Response(stream.readable).arrayBuffer())
}

async function zip(parts: [string, string][]): Promise<Uint8Array<ArrayBuffer>> {
  const bodies: Uint8Array[] = []
  const entries: Uint8Array[] = []
  let at = 0
  for (const [path, text] of parts) {
    const [name, plain] = [path, text].map((words) => new TextEncoder().encode(words)) as [Uint8Array, Uint8Array<ArrayBuffer>]
    const body = await deflated(plain)
    // Flags, method 8, no time and date, check sum, both sizes, length of the name, nothing extra.
    const facts: Field[] = [['u16', 0], ['u16', 8], ['u32', 0x00210000], ['u32', crc(plain)], ['u32', body.length], ['u32', plain.length], ['u16', name.length], ['u16', 0]]
    bodies.push(packed([['u32', 0x04034b50], ['u16', 20], ...facts], name, body))
    entries.push(packed([['u32', 0x02014b50], ['u16', 20], ['u16', 20], ...facts, ['u16', 0], ['u16', 0], ['u16', 0], ['u32', 0], ['u32', at]], name))
    at += bodies.at(-1)!.length
  }
  const directory = packed([], ...entries)
  const end: Field[] = [['u32', 0x06054b50], ['u16', 0], ['u16', 0], ['u16', parts.length], ['u16', parts.length], ['u32', directory.length], ['u32', at], ['u16', 0]]
  return packed([], ...bodies, directory, packed(end))
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

/** Rows that are empty stay out, and are still counted. */
export function workbook(rows: readonly string[][]): Promise<Uint8Array<ArrayBuffer>> {
  const cells = rows.map((row, at) => (row.length === 0 ? '' : `<row r="${at + 1}">${row.map((text, column) => `<c r="${String.fromCharCode(65 + column)}${at + 1}" t="inlineStr"><is><t>${escaped(text)}</t></is></c>`).join('')}</row>`))
  return zip([
    ['[Content_Types].xml', `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`],
    ['_rels/.rels', `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ['xl/workbook.xml', `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`],
    ['xl/_rels/workbook.xml.rels', `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`],
    ['xl/worksheets/sheet1.xml', `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${cells.join('')}</sheetData></worksheet>`],
  ])
}
