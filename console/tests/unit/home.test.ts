import { describe, expect, test } from 'vitest'
import type { Stats } from '@/api/shapes'
import { daily, hoursOf, lastDays } from '@/home/figures'
import { urgeable } from '@/order/item'

const stats = (waiting: [number, number, number, number], counts: Record<string, number> = { domain_request: 2 }) => ({
  byType: Object.entries(counts).map(([type, count]) => ({ type, name: type, count })),
  waiting: { creatorHours: waiting[0], icpRegistryHours: waiting[1], approverHours: waiting[2], bpmHours: waiting[3], totalHours: 0 },
}) as Stats

describe('the days of the chart', () => {
  test('are those of Asia/Shanghai up to this one', () => {
    expect(lastDays(3, Date.parse('2026-11-21T17:00:00Z'))).toEqual(['2026-11-20', '2026-11-21', '2026-11-22'])
  })

  test('without orders count nothing', () => {
    const figures = daily(['2026-11-21', '2026-11-22'], [{ day: '2026-11-22', count: 3 }], [{ day: '2026-11-22', count: 2 }])
    expect(figures).toEqual([{ day: '2026-11-21', submitted: 0, finished: 0 }, { day: '2026-11-22', submitted: 3, finished: 2 }])
  })
})

describe('the hours of an order', () => {
  test('add up to the whole as they are shown', () => {
    const hours = hoursOf(stats([12.48, 5.74, 19.52, 25.06]))
    expect(hours).toMatchObject({ unit: 'hours', total: '31.4' })
    expect(hours?.parts.map(({ value }) => value)).toEqual(['6.2', '2.9', '9.8', '12.5'])
    expect(hours?.parts.reduce((sum, { value }) => sum + Number(value) * 10, 0)).toBe(314)
    expect(hours?.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  })

  test('are minutes while they are few, and of the orders that wait for somebody here', () => {
    expect(hoursOf(stats([0, 0.05, 0.45, 0.5], { domain_request: 1, PRODUCT_SUSPEND: 9 }))).toMatchObject({ unit: 'minutes', total: '60', parts: [{ value: '0' }, { value: '3' }, { value: '27' }, { value: '30' }] })
  })

  test('are not shown where there are none', () => {
    expect(hoursOf(stats([0, 0, 0, 0]))).toBeNull()
    expect(hoursOf(stats([0, 0.001, 0, 0]))).toBeNull()
    expect(hoursOf(stats([1, 1, 1, 1], { PRODUCT_CANCEL: 1 }))).toBeNull()
  })
})

test('whoever waits may ask a person for speed, never themselves and never billing', () => {
  const held = (status: string, id?: string, enumType = 'domain_request') => urgeable({ status, enumType, holder: { name: '周衡', ...(id && { id }) } }, 'me')
  expect([held('approving', 'zhou'), held('bpmProcessing', 'lin'), held('dispatching')]).toEqual([true, true, true])
  expect([held('approving', 'me'), held('approving'), held('icpChecking'), held('rejected', 'zhou'), held('bpmProcessing', 'x', 'PRODUCT_SUSPEND')]).toEqual(Array(5).fill(false))
})
