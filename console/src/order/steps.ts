/** An order's way as six steps: what is done, where it stands, what comes. Pure. */
import type { HistoryRow, OrderDetail, OrderState } from '@/api/shapes'
import { isOfBilling } from './kind'

export type StepName = 'submit' | 'icp' | 'approval' | 'dispatch' | 'bpm' | 'finish'
export type Standing = 'done' | 'now' | 'returned' | 'skipped' | 'future' | 'stopped'

export interface Step {
  name: StepName
  standing: Standing
  /** Who acted, or acts. */
  who: string
  /** When it was done. */
  time?: string
}

const order: StepName[] = ['submit', 'icp', 'approval', 'dispatch', 'bpm', 'finish']
/** What billing raises, billing settles: nothing lies between. */
const ofBilling: StepName[] = ['submit', 'bpm', 'finish']

const standsAt: Record<Exclude<OrderState, 'withdrawn'>, StepName> = {
  draft: 'submit',
  icpChecking: 'icp',
  icpFailed: 'icp',
  approving: 'approval',
  rejected: 'approval',
  dispatching: 'dispatch',
  bpmProcessing: 'bpm',
  bpmReject: 'bpm',
  finished: 'finish',
}
const returned: readonly OrderState[] = ['icpFailed', 'rejected', 'bpmReject']
/** The event that ends each step. */
const ends: Record<StepName, readonly string[]> = {
  submit: ['submitted', 'resubmitted'],
  icp: ['icpPassed', 'madeLawful', 'split'],
  approval: ['approved'],
  dispatch: ['dispatched'],
  bpm: ['closed', 'billingSettled'],
  finish: ['closed', 'billingSettled'],
}

/** The last of its kind in this round; what happened before the last submission is another round. */
function ending(name: StepName, round: readonly HistoryRow[]): HistoryRow | undefined {
  return round.findLast((row) => ends[name].includes(row.event))
}

export function stepsOf(detail: OrderDetail): Step[] {
  const last = detail.history.findLastIndex((row) => ends.submit.includes(row.event))
  const round = detail.history.slice(Math.max(0, last))
  const withdrawnFrom = detail.history.findLast((row) => row.toStatus === 'withdrawn')?.fromStatus
  const state = detail.status === 'withdrawn' ? (withdrawnFrom ?? 'draft') : detail.status
  const way = isOfBilling(detail) ? ofBilling : order
  const at = way.indexOf(standsAt[state === 'withdrawn' ? 'draft' : state])
  const unchecked = detail.requirement === 'delete' || !['domain_request', 'live_request'].includes(detail.enumType)
  return way.map((name, index) => {
    const end = ending(name, round)
    const base = { name, who: whoOf(name, detail, end), ...(end && { time: end.time }) }
    if (name === 'icp' && unchecked && index !== at) return { ...base, who: '', standing: 'skipped' }
    if (index < at || detail.status === 'finished') return { ...base, standing: 'done' }
    if (index > at) return { name, who: name === 'bpm' ? base.who : '', standing: 'future' }
    if (detail.status === 'withdrawn') return { ...base, standing: 'stopped' }
    return { ...base, standing: returned.includes(detail.status) ? 'returned' : 'now' }
  })
}

function whoOf(name: StepName, detail: OrderDetail, end: HistoryRow | undefined): string {
  if (name === 'submit') return detail.createdBy.name
  if (name === 'approval') return end?.actor.name ?? (detail.status === 'approving' ? (detail.approver?.name ?? '') : '')
  if (name === 'bpm') return detail.bpmTasks.at(-1)?.assignee.name ?? ''
  return ''
}

/** Who sent it back last, and in which words. */
export function returnOf(detail: OrderDetail): HistoryRow | undefined {
  if (!returned.includes(detail.status)) return undefined
  return detail.history.findLast((row) => row.toStatus === detail.status && row.fromStatus !== detail.status)
}
