/** Checks all lines in one request, 400 ms after a pause; an older answer never overwrites a newer one. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { asFault, type ApiFault, type FieldFault } from '@/api/fault'
import { checkForm } from '@/order/calls'
import { filledLines, filledOrigins, formOf, isBlank, usesSheet, type Draft, type DomainLine } from './draft'
import { inPageOrder, type PlacedFault } from './faults'

const PAUSE_MS = 400

export type LineResult = { kind: 'usable' } | { kind: 'checking' } | { kind: 'faulty'; faults: FieldFault[] }

interface Answer {
  lines: DomainLine[]
  originKeys: number[]
  /** The sheet it speaks of; undefined of lines. */
  sheet: string | undefined
  faults: PlacedFault[]
}

const sheetOf = (draft: Draft) => (usesSheet(draft) ? (draft.sheet?.fileId ?? '') : undefined)

export function useCheck(draft: Ref<Draft>) {
  /** Shallow: of a sheet it may hold thousands of faults. */
  const answer = shallowRef<Answer | null>(null)
  const failed = ref<ApiFault | null>(null)
  const checking = ref(false)
  let pause: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | undefined

  const content = computed(() => JSON.stringify(formOf(draft.value)))

  watch(content, () => {
    clearTimeout(pause)
    checking.value = !isBlank(draft.value)
    if (checking.value) pause = setTimeout(run, PAUSE_MS)
  }, { immediate: true })

  async function run(): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    const sent = snapshot()
    try {
      const { domains, errors } = await checkForm(formOf(draft.value), mine.signal)
      if (running !== mine) return
      take(sent, errors)
      if (draft.value.sheet && draft.value.sheet.fileId === sent.sheet) draft.value.sheet.count = domains ?? null
    } catch (thrown) {
      if (running !== mine) return
      failed.value = asFault(thrown)
      checking.value = false
    }
  }

  function snapshot() {
    return { lines: filledLines(draft.value).map((line) => ({ ...line })), originKeys: filledOrigins(draft.value).map(({ key }) => key), sheet: sheetOf(draft.value) }
  }

  function take(sent: Omit<Answer, 'faults'>, errors: readonly FieldFault[]): void {
    answer.value = { ...sent, faults: inPageOrder(errors) }
    failed.value = null
    checking.value = false
  }

  /** Of a draft that is discarded there is nothing to ask any more. */
  function cancel(): void {
    clearTimeout(pause)
    running?.abort()
    running = undefined
  }

  /** What a refused submission said, as if it had been the check. */
  function refused(errors: readonly FieldFault[]): void {
    cancel()
    take(snapshot(), errors)
  }

  const byLine = computed(() => {
    const results = new Map<number, { text: string; faults: FieldFault[] }>()
    answer.value?.lines.forEach((line) => results.set(line.key, { text: line.text, faults: [] }))
    for (const fault of faults.value) {
      const line = fault.section === 'domains' && fault.index !== undefined ? answer.value?.lines[fault.index] : undefined
      if (line) results.get(line.key)?.faults.push(fault)
    }
    return results
  })
  /** What was said of another sheet, or of lines, is over. */
  const faults = computed<PlacedFault[]>(() => {
    const known = answer.value?.faults ?? []
    return answer.value?.sheet === sheetOf(draft.value) ? known : known.filter(({ section }) => section !== 'domains')
  })
  /** The check has looked into the sheet as it stands. */
  const sheetKnown = computed(() => answer.value?.sheet !== undefined && answer.value.sheet === sheetOf(draft.value))

  function lineResult(line: DomainLine): LineResult | null {
    if (line.text.trim() === '') return null
    const known = byLine.value.get(line.key)
    if (known === undefined || known.text !== line.text) return checking.value ? { kind: 'checking' } : null
    return known.faults.length > 0 ? { kind: 'faulty', faults: known.faults } : { kind: 'usable' }
  }

  function originFaults(key: number): FieldFault[] {
    return faults.value.filter((fault) => fault.section === 'origins' && fault.index !== undefined && answer.value?.originKeys[fault.index] === key)
  }

  /** The line a fault speaks of, as it stands now. */
  function lineKey(fault: PlacedFault): number | undefined {
    return fault.index === undefined ? undefined : answer.value?.lines[fault.index]?.key
  }

  function originKey(fault: PlacedFault): number | undefined {
    return fault.index === undefined ? undefined : answer.value?.originKeys[fault.index]
  }

  onScopeDispose(cancel)

  return { faults, failed, checking, sheetKnown, lineResult, originFaults, lineKey, originKey, cancel, refused, again: run }
}

export type Check = ReturnType<typeof useCheck>
