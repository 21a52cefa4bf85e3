/** Orders under way, counted by where they stand, in the order of the business. Pure. */
import type { OrderItem } from '@/api/shapes'

/** Those at their creator are drawn hollow: nobody else is working on them. */
const stations: { state: string; mine: boolean }[] = [
  { state: 'draft', mine: true },
  { state: 'icpChecking', mine: false },
  { state: 'icpFailed', mine: true },
  { state: 'approving', mine: false },
  { state: 'rejected', mine: true },
  { state: 'dispatching', mine: false },
  { state: 'bpmProcessing', mine: false },
  { state: 'bpmReject', mine: true },
]

export function tally(items: readonly Pick<OrderItem, 'status'>[]): { state: string; mine: boolean; count: number }[] {
  return stations
    .map((station) => ({ ...station, count: items.filter((item) => item.status === station.state).length }))
    .filter(({ count }) => count > 0)
}
