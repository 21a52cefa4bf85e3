import { describe, expect, test } from 'vitest'
import type { HistoryRow, OrderDetail } from '@/api/shapes'
import { afterApproval, chainOf, isLong } from '@/order/approvals'

function row(event: string, name: string): HistoryRow {
  return { id: 1, time: '2026-11-22T10:00:00+08:00', event, actor: { id: name, name }, toStatus: 'approving', isIcpCheckCompleted: true, isIcpCheckSuccess: true }
}

const [submitted, passed] = [row('submitted', '陈晓岚'), row('icpPassed', '系统')]

describe('a chain of approval', () => {
  const step = (role: string, mode: string, standing: string, seats: [string, boolean][] = []) => ({ role, mode, standing, roleName: '', modeName: '', seats: seats.map(([id, approved]) => ({ id, name: id, approved })) })
  const chained = (steps: object[], history: HistoryRow[], more: object = {}) => ({ status: 'approving', history, approvalSteps: steps, ...more }) as OrderDetail
  const countersigned = row('countersigned', '叶明')
  const ended = { ...row('stepApproved', '罗敏'), onBehalfOf: { id: 'zhou', name: '周衡' } }

  test('says who approved each step that is done, and in whose place', () => {
    const chain = chainOf(chained([step('GROUP_MANAGER_ADMIN', 'all', 'done'), step('PLATFORM_ADMIN', 'one', 'current')], [submitted, passed, countersigned, ended], { approver: { id: 'p', name: '林予安' } }))
    expect(chain[0]?.approved.map(({ name, behalf }) => [name, behalf])).toEqual([['叶明', undefined], ['罗敏', '周衡']])
    expect(chain[1]).toMatchObject({ approved: [], missing: ['林予安'] })
    expect(isLong(chain)).toBe(true)
  })

  test('counts nothing of a round before the last submission', () => {
    const again = row('resubmitted', '陈晓岚')
    const chain = chainOf(chained([step('GROUP_MANAGER_ADMIN', 'all', 'done')], [submitted, passed, countersigned, again, passed, ended]))
    expect(chain[0]?.approved.map(({ name }) => name)).toEqual(['罗敏'])
  })

  test('says who of the present step has signed and who is missing', () => {
    const steps = [step('GROUP_MANAGER_ADMIN', 'all', 'current', [['叶明', true], ['周衡', false]]), step('PLATFORM_ADMIN', 'one', 'waiting')]
    const chain = chainOf(chained(steps, [submitted, passed, countersigned]))
    expect([chain[0]?.approved[0]?.time, chain[0]?.missing, chain[1]?.missing]).toEqual(['2026-11-22T10:00:00+08:00', ['周衡'], []])
  })

  test('leads on to the others of the step, to the next one, or to BPM', () => {
    const all = (...seats: [string, boolean][]) => [step('GROUP_MANAGER_ADMIN', 'all', 'current', seats), step('PLATFORM_ADMIN', 'one', 'waiting')]
    expect(afterApproval(chained(all(['a', false], ['b', false]), []), 'a')).toEqual({ to: 'others', names: ['b'] })
    expect(afterApproval(chained(all(['a', false], ['b', true]), []), 'a')).toEqual({ to: 'step', role: 'PLATFORM_ADMIN' })
    expect(afterApproval(chained([step('GROUP_MANAGER_ADMIN', 'any', 'current', [['a', false], ['b', false]])], []), 'a')).toEqual({ to: 'bpm' })
  })

  test('of one step that one person decides needs no words', () => {
    expect(isLong(chainOf(chained([step('GROUP_MANAGER_ADMIN', 'one', 'current')], [])))).toBe(false)
  })
})
