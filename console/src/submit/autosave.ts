/** Nothing typed is lost: on this device 800 ms after the last change, on the server every ten seconds and on leaving. */
import { useQueryClient } from '@tanstack/vue-query'
import { computed, onMounted, onUnmounted, ref, watch, type Ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { asFault, type ApiFault } from '@/api/fault'
import { uniqueKey } from '@/api/idempotency'
import type { OrderForm } from '@/api/shapes'
import { saveDraft } from '@/order/calls'
import { formOf, isBlank, revived, sameContent, type Draft } from './draft'

const LOCAL_MS = 800
const SERVER_MS = 10_000

export interface Autosave {
  savedAt: Ref<Date | null>
  onServer: Ref<boolean>
  fault: Ref<ApiFault | null>
  /** What another window has written over the same draft. */
  elsewhere: Ref<Draft | null>
  /** Of both, what this window has; the other one is told. */
  keepMine: () => void
  /** Runs `work` while no save is on its way, and with the id of a draft the server may have. */
  alone: (work: () => Promise<void>) => Promise<void>
  stop: () => void
}

export function storedDraft(place: string): Draft | null {
  const stored = localStorage.getItem(place)
  if (stored === null) return null
  try {
    return revived(JSON.parse(stored) as Draft)
  } catch {
    localStorage.removeItem(place)
    return null
  }
}

/** `toServer` is off for an order that was submitted before: that one is only ever resubmitted. */
export function useAutosave(draft: Ref<Draft>, place: string, toServer: boolean): Autosave {
  const queries = useQueryClient()
  const savedAt = ref<Date | null>(null)
  const onServer = ref(false)
  const fault = ref<ApiFault | null>(null)
  const elsewhere = ref<Draft | null>(null)
  const written = () => JSON.stringify(formOf(draft.value))
  const unanswered = () => draft.value.id === undefined && draft.value.first !== undefined
  let stopped = false
  let held = false
  /** What the server has, where that is known. */
  let there = draft.value.atServer ? written() : null
  let saving: Promise<void> | null = null
  let pause: ReturnType<typeof setTimeout> | undefined

  const content = computed(() => JSON.stringify(draft.value))
  watch(content, () => {
    clearTimeout(pause)
    pause = setTimeout(saveHere, LOCAL_MS)
  })
  // The other window may have saved there as well.
  watch(elsewhere, () => (there = null), { flush: 'sync' })

  function saveHere(): void {
    if (stopped || elsewhere.value !== null) return
    if (isBlank(draft.value) && draft.value.id === undefined && !unanswered()) return localStorage.removeItem(place)
    localStorage.setItem(place, JSON.stringify({ ...draft.value, atServer: written() === there }))
    if (!onServer.value) savedAt.value = new Date()
  }

  const due = () => toServer && !stopped && !held && elsewhere.value === null && written() !== there && !isBlank(draft.value)

  async function saveThere(): Promise<void> {
    await saving
    const isFirst = draft.value.id === undefined
    if (due()) await save()
    // It may have been a form of before, sent again.
    if (isFirst && draft.value.id !== undefined && due()) await save()
  }

  /** One at a time: two first saves at once would make two drafts. */
  function save(): Promise<void> {
    saving ??= send(draft.value).finally(() => (saving = null))
    return saving
  }

  async function send(mine: Draft): Promise<void> {
    const now = JSON.parse(JSON.stringify(formOf(mine))) as OrderForm
    const first = mine.id === undefined ? (mine.first ??= { key: uniqueKey(), form: now }) : undefined
    // A page that is gone before the answer comes has to find it.
    if (first) saveHere()
    try {
      const form = first?.form ?? now
      const { id } = await saveDraft(form, first && { 'Idempotency-Key': first.key })
      mine.id = id
      mine.first = undefined
      there = JSON.stringify({ id, ...form })
      savedAt.value = new Date()
      onServer.value = true
      fault.value = null
      saveHere()
    } catch (thrown) {
      onServer.value = false
      fault.value = asFault(thrown)
      if (refusedForGood(fault.value)) mine.first = undefined
    }
  }

  async function alone(work: () => Promise<void>): Promise<void> {
    held = true
    try {
      await saving
      if (unanswered()) await save()
      if (unanswered() && fault.value) throw fault.value
      await work()
    } finally {
      held = false
    }
  }

  /** The pages one leaves for may have asked before the draft was there. */
  function leave(): void {
    saveHere()
    void saveThere().then(() => Promise.all(['waiting', 'orders'].map((key) => queries.invalidateQueries({ queryKey: [key] }))))
  }

  function onStorage(event: StorageEvent): void {
    const theirs = event.key === place && event.newValue !== null ? storedDraft(place) : null
    if (theirs === null) return
    const mine = draft.value
    if (!sameContent(mine, theirs) || (mine.id ?? theirs.id) !== theirs.id) {
      elsewhere.value = theirs
      return
    }
    // Two windows of the same content make one draft.
    mine.id = theirs.id
    mine.first ??= theirs.first
  }

  const timer = setInterval(saveThere, SERVER_MS)
  onMounted(() => {
    window.addEventListener('pagehide', leave)
    window.addEventListener('storage', onStorage)
    void saveThere()
  })
  onBeforeRouteLeave(leave)
  onUnmounted(() => {
    clearInterval(timer)
    clearTimeout(pause)
    window.removeEventListener('pagehide', leave)
    window.removeEventListener('storage', onStorage)
  })

  function keepMine(): void {
    elsewhere.value = null
    saveHere()
  }

  /** It was submitted or discarded: what lies here is over. */
  function stop(): void {
    stopped = true
    clearTimeout(pause)
    localStorage.removeItem(place)
  }

  return { savedAt, onServer, fault, elsewhere, keepMine, alone, stop }
}

/** Not where nobody has looked at it: the session was over, or the server had no time. */
function refusedForGood({ ours, status }: ApiFault): boolean {
  return !ours && ![401, 408, 429].includes(status)
}
