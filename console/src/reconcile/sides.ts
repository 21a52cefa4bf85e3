/** Which of the four sides a difference is about: only those are shown as wrong. Pure. */
import type { Difference } from '@/api/shapes'

export const sides = ['order', 'task', 'bill', 'domain'] as const
export type Side = (typeof sides)[number]

const wrong: Record<Difference['type'], readonly Side[]> = {
  taskMissing: ['task'],
  orderMissing: ['order'],
  taskDiffers: ['order', 'task'],
  engineMissing: ['task'],
  stateDiffers: ['order', 'task'],
  eventMissing: ['order'],
  billMissing: ['bill'],
  billStateDiffers: ['bill'],
  billDiffers: ['bill'],
  domainMissing: ['domain'],
  domainLeft: ['domain'],
}

export type SideStanding = 'wrong' | 'absent' | 'right' | 'unasked'

/** `absent`: it ought to have something and has nothing. `unasked`: it has nothing to do with this difference. */
export function standingOf(difference: Pick<Difference, 'type' | 'sides'>, side: Side): SideStanding {
  const blamed = wrong[difference.type].includes(side)
  if (difference.sides[side] === undefined) return blamed ? 'absent' : 'unasked'
  return blamed ? 'wrong' : 'right'
}
