/** The approval chain as the order's page shows it: who has decided which step, and who is missing. Pure. */
import type { ApprovalStep, HistoryRow, OrderDetail } from '@/api/shapes'

export interface Approval {
  name: string
  /** In whose place. */
  behalf?: string
  time?: string
}

export interface ChainStep extends Pick<ApprovalStep, 'role' | 'mode' | 'standing'> {
  approved: Approval[]
  missing: string[]
}

const ends = ['stepApproved', 'approved']
/** Before these nothing that was approved counts for the step any more. */
const begins = ['submitted', 'resubmitted', 'split']

function approval(row: HistoryRow): Approval {
  return { name: row.actor.name, time: row.time, ...(row.onBehalfOf && { behalf: row.onBehalfOf.name }) }
}

/** Who approved each step that is done: every one of them ended with one row, the last of them ended last. */
function approvalsOf(done: number, history: readonly HistoryRow[]): Approval[][] {
  const steps: Approval[][] = []
  let at = history.length - 1
  while (steps.length < done) {
    while (at >= 0 && !ends.includes(history[at]!.event)) at -= 1
    if (at < 0) break
    const step = [approval(history[at]!)]
    for (at -= 1; at >= 0 && !ends.includes(history[at]!.event) && !begins.includes(history[at]!.event); at -= 1) {
      if (history[at]!.event === 'countersigned') step.unshift(approval(history[at]!))
    }
    steps.unshift(step)
  }
  return [...Array.from({ length: done - steps.length }, () => []), ...steps]
}

export function chainOf(detail: OrderDetail): ChainStep[] {
  const chain = detail.approvalSteps ?? []
  const done = approvalsOf(chain.filter(({ standing }) => standing === 'done').length, detail.history)
  return chain.map(({ role, mode, standing, seats = [] }, index) => {
    if (standing === 'done') return { role, mode, standing, approved: done[index] ?? [], missing: [] }
    if (standing === 'waiting') return { role, mode, standing, approved: [], missing: [] }
    if (seats.length === 0) return { role, mode, standing, approved: [], missing: detail.approver ? [detail.approver.name] : [] }
    const signed = seats.filter((seat) => seat.approved)
    return {
      role, mode, standing,
      approved: signed.map(({ id, name }) => {
        const row = detail.history.findLast((one) => one.event === 'countersigned' && (one.onBehalfOf?.id ?? one.actor.id) === id)
        return row ? approval(row) : { name }
      }),
      missing: seats.filter((seat) => !seat.approved).map(({ name }) => name),
    }
  })
}

/** A chain worth a panel of its own: more than one step, or one that several decide. */
export function isLong(chain: readonly ChainStep[]): boolean {
  return chain.length > 1 || chain.some(({ mode }) => mode !== 'one')
}

/** What an approval by the reader leads to. */
export type AfterApproval = { to: 'others'; names: string[] } | { to: 'step'; role: string } | { to: 'bpm' }

export function afterApproval(detail: OrderDetail, place: string | undefined): AfterApproval {
  const chain = detail.approvalSteps ?? []
  const at = chain.findIndex(({ standing }) => standing === 'current')
  const others = chain[at]?.mode === 'all' ? (chain[at].seats ?? []).filter((seat) => !seat.approved && seat.id !== place) : []
  if (others.length > 0) return { to: 'others', names: others.map(({ name }) => name) }
  const next = at >= 0 ? chain[at + 1] : undefined
  return next ? { to: 'step', role: next.role } : { to: 'bpm' }
}
