/** The two charts in numbers. Pure. */
import type { Stats } from '@/api/shapes'
import { isOfBilling } from '@/order/kind'

export interface DayFigure {
  /** `2026-11-22`. */
  day: string
  submitted: number
  /** Of those submitted on that day. */
  finished: number
}

/** The days of Asia/Shanghai up to this one, oldest first. */
export function lastDays(count: number, now: number): string[] {
  const here = now + 8 * 3_600_000
  return Array.from({ length: count }, (_, index) => new Date(here - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10))
}

export function daily(days: readonly string[], submitted: Stats['byDay'], finished: Stats['byDay']): DayFigure[] {
  const of = (counts: Stats['byDay'], day: string) => counts.find((count) => count.day === day)?.count ?? 0
  return days.map((day) => ({ day, submitted: of(submitted, day), finished: of(finished, day) }))
}

export type Party = 'creator' | 'icp' | 'approver' | 'bpm'

export interface Hours {
  unit: 'hours' | 'minutes'
  total: string
  parts: { party: Party; value: string; share: number }[]
}

/**
 * Where the time of one order goes on average, in hours to a tenth, in minutes while it is under two hours. What is shown
 * adds up to the whole: what rounding leaves over goes to those it took most from. Null: nothing that could be shown.
 */
export function hoursOf(stats: Stats): Hours | null {
  // Billing's orders wait for nobody here.
  const orders = stats.byType.filter(({ type }) => !isOfBilling({ enumType: type })).reduce((sum, { count }) => sum + count, 0)
  const { creatorHours, icpRegistryHours, approverHours, bpmHours } = stats.waiting
  const hours: [Party, number][] = [['creator', creatorHours], ['icp', icpRegistryHours], ['approver', approverHours], ['bpm', bpmHours]]
  const sum = hours.reduce((all, [, value]) => all + value, 0)
  if (orders === 0 || sum === 0) return null
  const unit = sum / orders < 2 ? 'minutes' : 'hours'
  // Counted in the smallest step that is shown: tenths of an hour, or minutes.
  const steps = (value: number) => (value / orders) * (unit === 'hours' ? 10 : 60)
  const whole = Math.round(steps(sum))
  const said = (count: number) => (unit === 'hours' ? (count / 10).toFixed(1) : String(count))
  if (whole === 0) return null
  const parts = hours.map(([party, value]) => ({ party, exact: steps(value), count: Math.floor(steps(value)) }))
  const byLoss = [...parts].sort((a, b) => b.exact - b.count - (a.exact - a.count))
  const left = whole - parts.reduce((all, { count }) => all + count, 0)
  byLoss.slice(0, left).forEach((part) => (part.count += 1))
  return { unit, total: said(whole), parts: parts.map(({ party, count }) => ({ party, value: said(count), share: count / whole })) }
}
