import { describe, expect, test } from 'vitest'
import type { HistoryRow, OrderDetail } from '@/api/shapes'
import { readColumns, usualColumns } from '@/order/columns'
import { titleOf, verbOf } from '@/order/item'
import { askedFor, keptFilter, keptQuery, readFilter, sameFilter, writeFilter } from '@/order/list-filter'
import { returnOf, stepsOf } from '@/order/steps'

function row(event: string, fromStatus: HistoryRow['fromStatus'], toStatus: HistoryRow['toStatus'], name: string): HistoryRow {
  return { id: 1, time: '2026-11-22T10:00:00+08:00', event, actor: { name }, toStatus, isIcpCheckCompleted: true, isIcpCheckSuccess: true, ...(fromStatus && { fromStatus }), comment: `${name}的话` }
}

const submitted = row('submitted', 'draft', 'icpChecking', '陈晓岚')
const passed = row('icpPassed', 'icpChecking', 'approving', '系统')
const approved = row('approved', 'approving', 'dispatching', '周衡')

function order(status: OrderDetail['status'], history: HistoryRow[], more: Partial<OrderDetail> = {}): OrderDetail {
  return {
    id: 1, code: 'c', enumType: 'domain_request', type: '', requirement: 'add', status, statusName: '', version: 1, createdBy: { id: '1', name: '陈晓岚' },
    since: '', overdue: false, createdAt: '', updatedAt: '', domains: [], origins: [], provinces: [], attachments: [], icp: { completed: true, success: true },
    form: {}, history, bpmTasks: [], allowedActions: [], ...more,
  } as OrderDetail
}

const standings = (detail: OrderDetail) => stepsOf(detail).map(({ standing }) => standing)

describe('the steps of an order', () => {
  test('in approval are two done, one now, three to come', () => {
    expect(standings(order('approving', [submitted, passed]))).toEqual(['done', 'done', 'now', 'future', 'future', 'future'])
  })

  test('that came back show the step that sent it back, and whose words', () => {
    const detail = order('rejected', [submitted, passed, row('rejected', 'approving', 'rejected', '周衡'), row('commented', 'rejected', 'rejected', '何清')])
    expect(standings(detail)[2]).toBe('returned')
    expect(returnOf(detail)?.actor.name).toBe('周衡')
  })

  test('of a deletion skip the ICP check', () => {
    expect(standings(order('approving', [submitted], { requirement: 'delete' }))).toEqual(['done', 'skipped', 'now', 'future', 'future', 'future'])
  })

  test('of a finished order are all done, of a withdrawn one stop where it stood', () => {
    expect(standings(order('finished', [submitted, passed, approved]))).toEqual(Array(6).fill('done'))
    expect(standings(order('withdrawn', [submitted, passed, row('withdrawn', 'approving', 'withdrawn', '陈晓岚')]))).toEqual(['done', 'done', 'stopped', 'future', 'future', 'future'])
  })

  test('of what billing raised are three, none of them ours', () => {
    const raised = row('submitted', undefined, 'bpmProcessing', 'BBOSS')
    const detail = order('bpmProcessing', [raised], { enumType: 'PRODUCT_SUSPEND' })
    expect(stepsOf(detail).map(({ name, standing }) => [name, standing])).toEqual([['submit', 'done'], ['bpm', 'now'], ['finish', 'future']])
    expect(standings(order('finished', [raised, row('billingSettled', 'bpmProcessing', 'finished', 'BBOSS')], { enumType: 'PRODUCT_CANCEL' }))).toEqual(['done', 'done', 'done'])
  })

  test('speak of the last round only', () => {
    const again = row('resubmitted', 'bpmReject', 'icpChecking', '陈晓岚')
    expect(stepsOf(order('icpChecking', [submitted, passed, approved, again]))[2]).toEqual({ name: 'approval', who: '', standing: 'future' })
  })
})

describe('the filters in the address', () => {
  test('come back as they were written, and nonsense falls away', () => {
    const filter = { scope: 'mine', keyword: '云杉', type: 'domain_request', status: 'approving', from: '2026-11-01', to: '', overdue: true, page: 3 } as const
    expect(readFilter(writeFilter(filter), 'all')).toEqual(filter)
    expect(readFilter({ scope: 'everything', status: 'x', from: 'yesterday', page: '-2' }, 'pending')).toEqual({ scope: 'pending', keyword: '', type: '', status: '', from: '', to: '', overdue: false, page: 1 })
  })

  test('ask for whole days of Asia/Shanghai', () => {
    const asked = askedFor(readFilter({ from: '2026-11-01', to: '2026-11-02' }, 'all'), 20)
    expect([asked.startTime, asked.endTime]).toEqual(['2026-11-01T00:00:00+08:00', '2026-11-02T23:59:59+08:00'])
  })
})

describe('a row', () => {
  test('is known by its first domain, by whose subscription it is about, and by its number while it says neither', () => {
    const item = { details: 'a.example.cn等12个', code: '20261122-0008', enumType: 'domain_request', domainsTotal: 12, corpName: '云杉出版集团' }
    expect(titleOf(item)).toBe('a.example.cn')
    expect(titleOf({ ...item, enumType: 'PRODUCT_SUSPEND', details: 'p193000925001', domainsTotal: 0 })).toBe('云杉出版集团')
    expect(titleOf({ ...item, enumType: 'DOMAIN_MIGRATE', details: 'p193000925001' })).toBe('云杉出版集团')
    expect(titleOf({ details: '', code: item.code, enumType: 'domain_request', domainsTotal: 0 })).toBe('20261122-0008')
  })

  test('offers the one verb that is mine', () => {
    expect(verbOf({ approving: true, modifying: false, status: 'approving' })).toBe('approve')
    expect(verbOf({ approving: true, modifying: true, status: 'rejected' })).toBe('modify')
    expect(verbOf({ approving: false, modifying: true, status: 'draft' })).toBe('resume')
    expect(verbOf({ approving: false, modifying: false, status: 'approving' })).toBeNull()
  })
})

describe('a filter that is kept', () => {
  const filter = readFilter({ scope: 'mine', keyword: '云杉', status: 'approving', from: '2026-11-01', to: '2026-11-02', overdue: 'true', page: '3' }, 'all')

  test('comes back whatever the page, and is known again', () => {
    const kept = keptQuery(filter)
    expect(kept).not.toHaveProperty('pageNum')
    expect(keptFilter(kept)).toEqual({ ...filter, page: 1 })
    expect(sameFilter(filter, keptFilter(kept)!)).toBe(true)
    expect(keptFilter({})).toEqual(readFilter({}, 'all'))
  })

  test('of other hands, with what the page has no place for, is not half applied', () => {
    expect(keptFilter({ scope: 'all', holderId: '7' })).toBeNull()
    expect(keptFilter({ status: 'approving,rejected' })).toBeNull()
  })
})

test('columns come back in the order of the table, unknown ones fall away', () => {
  expect(readColumns(null)).toEqual(usualColumns)
  expect(readColumns('due,number,colour')).toEqual(['number', 'due'])
  expect(readColumns('')).toEqual([])
})
