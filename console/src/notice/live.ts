/**
 * What comes into the inbox, the moment it comes: one stream while the page is looked at, with the session's token
 * (`EventSource` cannot send headers). Without the stream the number is asked for every 30 s.
 */
import { useQueryClient } from '@tanstack/vue-query'
import { onScopeDispose, ref, watch } from 'vue'
import { authorized } from '@/api/client'
import { asFault } from '@/api/fault'
import type { NoticeEvent } from '@/api/shapes'
import { useSession } from '@/session/session'
import { useText } from '@/text'
import { unreadNotices } from './calls'
import { eventReader } from './events'

const POLL_MS = 30_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** A gap shorter than this is nobody's business. */
const LOST_AFTER_MS = 10_000

export const unread = ref(0)
/** How many have come since the list of notices was read. */
export const arrived = ref(0)

export function useLiveNotices() {
  const queries = useQueryClient()
  const session = useSession()
  const { locale } = useText()
  const standing = ref<'opening' | 'live' | 'lost'>('opening')
  let lastId = ''
  let running: AbortController | null = null
  let pause: ReturnType<typeof setTimeout> | undefined
  let lostTimer: ReturnType<typeof setTimeout> | undefined

  /** The counts and the "something changed" marks of the other pages follow; rows on screen stay where they are. */
  function followUp(): void {
    for (const key of ['waiting', 'orders-latest', 'order-latest']) void queries.invalidateQueries({ queryKey: [key] })
    void queries.invalidateQueries({ queryKey: ['tasks', 'latest'] })
  }

  function take(name: string, data: string, id: string | undefined): void {
    if (id !== undefined) lastId = id
    if (name !== 'notice' && name !== 'unread') return
    const told = JSON.parse(data) as NoticeEvent
    unread.value = told.unread
    if (name !== 'notice') return
    arrived.value += 1
    followUp()
  }

  async function read(signal: AbortSignal): Promise<void> {
    const headers = { accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }) }
    const answer = await authorized(new Request(new URL('/workorder/notices/stream', location.origin), { headers, signal }))
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    if (reader === undefined) return
    connected()
    const events = eventReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      for (const event of events(value)) take(event.name, event.data, event.id)
    }
  }

  function connected(): void {
    clearTimeout(lostTimer)
    lostTimer = undefined
    standing.value = 'live'
  }

  function disconnected(): void {
    lostTimer ??= setTimeout(() => (standing.value = 'lost'), LOST_AFTER_MS)
  }

  async function keepReading(): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    let wait = FIRST_PAUSE_MS
    while (running === mine) {
      const from = Date.now()
      let asked = 0
      try {
        await read(mine.signal)
      } catch (thrown) {
        if (running !== mine) return
        asked = (asFault(thrown).retryAfter ?? 0) * 1_000
      }
      if (running !== mine) return
      disconnected()
      // One that held for a while begins anew; one that does not is asked for ever more rarely.
      wait = Date.now() - from > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(wait * 2, LONGEST_PAUSE_MS)
      await new Promise((done) => (pause = setTimeout(done, Math.max(wait, asked))))
    }
  }

  function stop(): void {
    const was = running
    running = null
    clearTimeout(pause)
    was?.abort()
  }

  async function poll(): Promise<void> {
    if (standing.value === 'live' || !wanted()) return
    try {
      unread.value = await unreadNotices()
      followUp()
    } catch {
      // The next round asks again; the top bar says already that the connection is lost.
    }
  }

  const wanted = () => session.me !== null && !session.interrupted && document.visibilityState === 'visible'
  function follow(): void {
    if (wanted()) void keepReading()
    else stop()
  }

  watch(() => [session.me?.id, session.interrupted, locale.value], follow, { immediate: true })
  document.addEventListener('visibilitychange', follow)
  const timer = setInterval(poll, POLL_MS)
  onScopeDispose(() => {
    stop()
    clearInterval(timer)
    clearTimeout(lostTimer)
    document.removeEventListener('visibilitychange', follow)
  })
  return { standing }
}
