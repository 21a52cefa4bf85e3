/** Of each certification the last reminder alone, the nearest end first; what is over needs no reminder. Pure. */
import type { Reminder } from '@/api/shapes'

export function standingReminders(reminders: readonly Reminder[], now: number): Reminder[] {
  const last = new Map<number, Reminder>()
  for (const one of reminders) {
    const known = last.get(one.certificationId)
    if (known === undefined || known.remindedAt < one.remindedAt) last.set(one.certificationId, one)
  }
  return [...last.values()].filter((one) => Date.parse(one.validUntil) > now).sort((a, b) => a.validUntil.localeCompare(b.validUntil))
}
