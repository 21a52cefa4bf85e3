/** How many domains a sheet holds, to be said before it is sent. The server reads it for itself; this only counts. */

/** As the template names its sheet and its example, which the server passes over. source: the template itself. */
const SHEET_NAME = '批量域名 Domains'
const EXAMPLE = 'example-row.example.com'

/** Null where it cannot be told: a damaged file is the server's to refuse. */
export async function countDomains(file: Blob): Promise<number | null> {
  try {
    const bytes = await file.arrayBuffer()
    const zipped = new DataView(bytes).byteLength > 4 && new DataView(bytes).getUint32(0) === 0x504b0304
    return countRows(zipped ? await workbookRows(bytes) : textRows(bytes))
  } catch {
    return null
  }
}

/** Rows with anything in them; the headings, if the first row is that, and the example do not count. */
export function countRows(rows: readonly string[][]): number {
  const filled = rows.filter((cells) => cells.some((cell) => cell.trim() !== '') && !cells.includes(EXAMPLE))
  const headed = filled[0] !== undefined && !filled[0].some((cell) => cell.includes('.'))
  return filled.length - Number(headed)
}

/** UTF-8, or what spreadsheet programs write in China. A quoted cell may break over lines: those are one row. */
function textRows(bytes: ArrayBuffer): string[][] {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    text = new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  }
  const whole = text.replace(/"[^"]*"/g, (quoted) => quoted.slice(1, -1).replace(/[\r\n]+/g, ' '))
  return whole.split(/\r\n|\r|\n/).map((line) => line.split(/[\t,;]/))
}

async function workbookRows(bytes: ArrayBuffer): Promise<string[][]> {
  const parts = partsOf(bytes)
  const read = async (name: string) => new DOMParser().parseFromString(await parts(name), 'application/xml')
  // Whichever prefix the writer gives its names.
  const all = (parent: Document | Element, name: string) => [...parent.getElementsByTagName('*')].filter(({ localName }) => localName === name)
  const sheets = all(await read('xl/workbook.xml'), 'sheet')
  const chosen = sheets.find((sheet) => sheet.getAttribute('name') === SHEET_NAME) ?? sheets[0]
  const links = all(await read('xl/_rels/workbook.xml.rels'), 'Relationship')
  const target = links.find((link) => link.getAttribute('Id') === [...(chosen?.attributes ?? [])].find(({ name }) => name.endsWith(':id'))?.value)?.getAttribute('Target') ?? ''
  const sheet = await read(target.startsWith('/') ? target.slice(1) : `xl/${target}`)
  const shared = parts.has('xl/sharedStrings.xml') ? all(await read('xl/sharedStrings.xml'), 'si').map((text) => text.textContent ?? '') : []
  const textOf = (cell: Element) => {
    const value = cell.textContent ?? ''
    return cell.getAttribute('t') === 's' ? (shared[Number(value)] ?? '') : value
  }
  return all(sheet, 'row').map((row) => all(row, 'c').map(textOf))
}

/** The parts of a zip by its central directory, expanded one at a time. source: PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16. */
function partsOf(bytes: ArrayBuffer): ((name: string) => Promise<string>) & { has: (name: string) => boolean } {
  const view = new DataView(bytes)
  let end = view.byteLength - 22
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1
  const places = new Map<string, { packed: boolean; size: number; at: number }>()
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    const named = view.getUint16(at + 28, true)
    const name = new TextDecoder().decode(new Uint8Array(bytes, at + 46, named))
    places.set(name, { packed: view.getUint16(at + 10, true) !== 0, size: view.getUint32(at + 20, true), at: view.getUint32(at + 42, true) })
    at += 46 + named + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  const expand = async (name: string): Promise<string> => {
    const place = places.get(name)
    if (place === undefined) throw new Error(`no ${name}`)
    const start = place.at + 30 + view.getUint16(place.at + 26, true) + view.getUint16(place.at + 28, true)
    const stored = new Blob([bytes.slice(start, start + place.size)])
    return place.packed ? new Response(stored.stream().pipeThrough(new DecompressionStream('deflate-raw'))).text() : stored.text()
  }
  return Object.assign(expand, { has: (name: string) => places.has(name) })
}
