/** Tone and glyph of everything that is shown with a tag. Shape first, colour second. */
import type { GlyphName } from './Glyph.vue'

export type Tone = 'run' | 'bad' | 'late' | 'good' | 'idle'

export interface Look {
  tone: Tone
  glyph: GlyphName
}

const machine: Look = { tone: 'run', glyph: 'machine' }
const person: Look = { tone: 'run', glyph: 'person' }
const returned: Look = { tone: 'bad', glyph: 'back' }
const fault: Look = { tone: 'bad', glyph: 'cross' }
const good: Look = { tone: 'good', glyph: 'tick' }
const open: Look = { tone: 'idle', glyph: 'ring' }
const struck: Look = { tone: 'idle', glyph: 'struck' }
const late: Look = { tone: 'late', glyph: 'clock' }

export const orderLook = {
  draft: open,
  icpChecking: machine,
  icpFailed: returned,
  approving: person,
  rejected: returned,
  dispatching: machine,
  bpmProcessing: person,
  bpmReject: returned,
  finished: good,
  withdrawn: struck,
} as const satisfies Record<string, Look>

export const taskLook = {
  queued: machine,
  dispatched: person,
  processing: person,
  closed: good,
  rolledBack: returned,
  deadLetter: fault,
} as const satisfies Record<string, Look>

export const billLook = { issued: person, closed: good, voided: struck } as const satisfies Record<string, Look>

export const auditLook = { pending: person, approved: good, rejected: returned } as const satisfies Record<string, Look>

export const certificationLook = {
  draft: open,
  submitted: person,
  needsModification: returned,
  passed: good,
} as const satisfies Record<string, Look>

export const legalityLook = {
  pending: machine,
  lawful: good,
  unlawful: fault,
  unknown: { tone: 'late', glyph: 'warning' },
} as const satisfies Record<string, Look>

/** Of a domain that nobody has to ask about. */
export const notNeeded = open

export const noticeLook = {
  waitingForYou: person,
  transferredToYou: person,
  urged: late,
  dueSoon: late,
  overdue: late,
  orderApproved: good,
  orderRejected: returned,
  orderReturned: returned,
  orderFinished: good,
  orderWithdrawn: struck,
  icpLapsed: fault,
  icpRestored: good,
  deadLetter: fault,
} as const satisfies Record<string, Look>

export const repairLook = { sent: good, underWay: machine, notRepairable: fault } as const satisfies Record<string, Look>

export const accountLook = { locked: late, disabled: struck } as const satisfies Record<string, Look>

/** Of a code the console does not know yet: shown plainly rather than wrongly. */
export function lookOf(table: Readonly<Record<string, Look>>, code: string): Look {
  return table[code] ?? open
}
