/** Times as people here write them: Asia/Shanghai, this day only the hour, durations in two units. */
import { computed, onScopeDispose, ref } from 'vue'
import { useText } from '.'

const ZONE = 'Asia/Shanghai'
const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function fields(at: Date): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(at).map((part) => [part.type, part.value]))
}

/** `10:41` today, `11-22 10:41` this year, `2025-11-22 10:41` before. */
export function clockText(time: string | undefined, now: Date = new Date()): string {
  if (time === undefined) return ''
  const at = new Date(time)
  if (Number.isNaN(at.getTime())) return time
  const then = fields(at)
  const today = fields(now)
  const hour = `${then['hour']}:${then['minute']}`
  if (then['year'] !== today['year']) return `${then['year']}-${then['month']}-${then['day']} ${hour}`
  if (then['month'] !== today['month'] || then['day'] !== today['day']) return `${then['month']}-${then['day']} ${hour}`
  return hour
}

export function dateText(time: string | undefined): string {
  if (time === undefined) return ''
  const at = fields(new Date(time))
  return `${at['year']}-${at['month']}-${at['day']}`
}

export function secondsText(at: Date): string {
  const then = fields(at)
  return `${then['hour']}:${then['minute']}:${then['second']}`
}

export interface Duration {
  unit: 'minutes' | 'hours' | 'days'
  major: number
  minor: string
}

/** In two units; less than a minute counts as one. */
export function durationOf(milliseconds: number): Duration {
  const minutes = Math.max(1, Math.floor(milliseconds / 60_000))
  if (minutes < 60) return { unit: 'minutes', major: minutes, minor: '' }
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return { unit: 'hours', major: hours, minor: String(minutes % 60).padStart(2, '0') }
  return { unit: 'days', major: Math.floor(hours / 24), minor: String(hours % 24) }
}

/** A clock that ticks each half minute, so that waits on screen stay true. */
export function useNow() {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 30_000)
  onScopeDispose(() => clearInterval(timer))
  return now
}

export function useWaited() {
  const { t } = useText()
  const now = useNow()
  const spoken = (milliseconds: number): string => {
    const { unit, major, minor } = durationOf(milliseconds)
    return t(`time.${unit}`, { major, minor })
  }
  return {
    now: computed(() => now.value),
    spoken,
    since: (time: string | undefined) => (time === undefined ? '' : spoken(now.value - Date.parse(time))),
    until: (time: string) => spoken(Date.parse(time) - now.value),
  }
}
