/** From the pointers of a check to the place on the page each fault belongs to. Pure. */
import type { FieldFault } from '@/api/fault'

export type Section = 'product' | 'domains' | 'live' | 'origins' | 'provinces' | 'files'

export interface PlacedFault extends FieldFault {
  section: Section
  /** Index among the filled lines or origins that were sent. */
  index?: number
}

export function placeOf(fault: FieldFault): PlacedFault {
  const [, head = '', index = ''] = fault.pointer.split('/')
  const at = /^\d+$/.test(index) ? { index: Number(index) } : {}
  const sections: Record<string, Section> = {
    speedList: 'domains',
    fileId: 'domains',
    isBatch: 'domains',
    live: 'live',
    loopDomain: 'origins',
    provinces: 'provinces',
    md5List: 'files',
    secInfoFileId: 'files',
    description: 'files',
  }
  return { ...fault, section: sections[head] ?? 'product', ...at }
}

/** Which cell of a sheet's row a fault is about; nothing where it is the whole row. */
export const cellOf = (fault: FieldFault): string => /^\/fileId\/rows\/\d+\/(\w+)$/.exec(fault.pointer)?.[1] ?? ''

/** Of a sheet with faulty rows the server says first which rows those are: no fault beside theirs. */
function isSummary(fault: FieldFault, all: readonly FieldFault[]): boolean {
  return fault.pointer === '/fileId' && fault.code === 'batch.file_invalid' && all.some(({ row }) => row !== undefined)
}

/** In the order of the page: sections from above, lines by number. */
export function inPageOrder(faults: readonly FieldFault[]): PlacedFault[] {
  const order: Section[] = ['product', 'domains', 'live', 'origins', 'provinces', 'files']
  const at = (fault: PlacedFault) => fault.index ?? fault.row ?? -1
  return faults
    .filter((fault) => !isSummary(fault, faults))
    .map(placeOf)
    .sort((a, b) => order.indexOf(a.section) - order.indexOf(b.section) || at(a) - at(b))
}
