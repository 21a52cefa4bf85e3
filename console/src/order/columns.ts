/** Which columns of the list a person wants to see; kept in their browser. The domain always stays. */
import { ref, type Ref } from 'vue'

export const columns = ['number', 'state', 'holder', 'wait', 'time', 'due', 'updated'] as const
export type Column = (typeof columns)[number]

export const usualColumns: readonly Column[] = ['number', 'state', 'holder', 'wait', 'time']

/** In the order of the table, whatever was kept; what is not known any more falls away. */
export function readColumns(kept: string | null): Column[] {
  if (kept === null) return [...usualColumns]
  const names = kept.split(',')
  return columns.filter((column) => names.includes(column))
}

export function useColumns(person: string): { shown: Ref<Column[]>; show: (wanted: readonly Column[]) => void } {
  const place = `front-desk.columns.${person}`
  const shown = ref(readColumns(localStorage.getItem(place)))
  function show(wanted: readonly Column[]): void {
    shown.value = readColumns(wanted.join(','))
    localStorage.setItem(place, shown.value.join(','))
  }
  return { shown, show }
}
