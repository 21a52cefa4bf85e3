/** From the pointers of a check to the place on the page each fault belongs to. Pure. */
import type { FieldFault } from '@/api/fault'

export type Section = 'product' | 'domains' | 'origins' | 'provinces' | 'files'

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
    loopDomain: 'origins',
    provinces: 'provinces',
    md5List: 'files',
    secInfoFileId: 'files',
    description: 'files',
  }
  return { ...fault, section: sections[head] ?? 'product', ...at }
}

/** In the order of the page: sections from above, lines by number. */
export function inPageOrder(faults: readonly FieldFault[]): PlacedFault[] {
  const order: Section[] = ['product', 'domains', 'origins', 'provinces', 'files']
  return faults
    .map(placeOf)
    .sort((a, b) => order.indexOf(a.section) - order.indexOf(b.section) || (a.index ?? -1) - (b.index ?? -1))
}
