/** Nothing typed is lost: on this device 800 ms after the last change, on the server every ten seconds and on leaving. */
import { useQueryClient } from '@tanstack/vue-query'
import { computed, onMounted, onUnmounted, ref, watch, type Ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { asFault, type ApiFault } from '@/api/fault'
import { saveForm } from '@/order/calls'
import { formOf, isBlank, revived, type Draft } from './draft'

const LOCAL_MS = 800
const SERVER_MS = 10_000

export interface Autosave {
  savedAt: Ref<Date | null>
  onServer: Ref<boolean>
  fault: Ref<ApiFault | null>
  /** What another window has written over the same draft. */
  elsewhere: Ref<Draft | null>
  /** Nothing is on its way to the server any more. */
  settled: () => Promise<void>
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
  let stopped = false
  let sent = JSON.stringify(formOf(draft.value))
  let saving: Promise<void> | null = null
  let pause: ReturnType<typeof setTimeout> | undefined

  const content = computed(() => JSON.stringify(draft.value))
  watch(content, () => {
    clearTimeout(pause)
    pause = setTimeout(saveHere, LOCAL_MS)
  })

  function saveHere(): void {
    if (stopped || elsewhere.value !== null) return
    if (isBlank(draft.value) && draft.value.id === undefined) return localStorage.removeItem(place)
    localStorage.setItem(place, JSON.stringify(draft.value))
    if (!onServer.value) savedAt.value = new Date()
  }

  /** One at a time: two first saves at once would make two drafts. */
  function saveThere(): Promise<void> {
    saving ??= send().finally(() => (saving = null))
    return saving
  }

  async function send(): Promise<void> {
    const form = formOf(draft.value)
    const written = JSON.stringify(form)
    if (stopped || elsewhere.value !== null || !toServer || written === sent || isBlank(draft.value)) return
    try {
      const receipt = await saveForm({ ...form, state: 'draft' }, undefined)
      draft.value.id = receipt.id
      sent = JSON.stringify({ ...form, id: receipt.id })
      savedAt.value = new Date()
      onServer.value = true
      fault.value = null
      saveHere()
    } catch (thrown) {
      onServer.value = false
      fault.value = asFault(thrown)
    }
  }

  /** The pages one leaves for may have asked before the draft was there. */
  function leave(): void {
    saveHere()
    void saveThere().then(() => Promise.all(['waiting', 'orders'].map((key) => queries.invalidateQueries({ queryKey: [key] }))))
  }

  function onStorage(event: StorageEvent): void {
    if (event.key === place && event.newValue !== null) elsewhere.value = storedDraft(place)
  }

  const timer = setInterval(saveThere, SERVER_MS)
  onMounted(() => {
    window.addEventListener('pagehide', leave)
    window.addEventListener('storage', onStorage)
  })
  onBeforeRouteLeave(leave)
  onUnmounted(() => {
    clearInterval(timer)
    clearTimeout(pause)
    window.removeEventListener('pagehide', leave)
    window.removeEventListener('storage', onStorage)
  })

  /** It was submitted or discarded: what lies here is over. */
  function stop(): void {
    stopped = true
    clearTimeout(pause)
    localStorage.removeItem(place)
  }

  const settled = async () => {
    if (saving) await saving
  }

  return { savedAt, onServer, fault, elsewhere, settled, stop }
}
