/** What a line of the log says has changed, field by field. Pure. */
import { dateText, secondsText } from '@/text/time'

export interface Change {
  field: string
  before: string
  after: string
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return {}
  return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : { '': value }
}

function written(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Moments as the rest of the console writes them; parts of seconds help nobody. */
function readable(text: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(text) ? `${dateText(text)} ${secondsText(new Date(text))}` : text
}

/** Version and time of change go with every change and say nothing. */
const idle = new Set(['version', 'updatedAt'])

export function changesOf(before: unknown, after: unknown): Change[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((field) => !idle.has(field))
    .map((field) => ({ field, before: written(old[field]), after: written(now[field]) }))
    .filter((change) => change.before !== change.after)
    .map(({ field, before: was, after: is }) => ({ field, before: readable(was), after: readable(is) }))
}
