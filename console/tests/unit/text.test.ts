import { describe, expect, test } from 'vitest'
import { en } from '@/text/en'
import { clockText, dateText, durationOf } from '@/text/time'
import { zhCN } from '@/text/zh-CN'

function leaves(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : leaves(value as object, `${path}${key}.`)))
}
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

describe('the two languages', () => {
  const chinese = new Map(leaves(zhCN))

  test('have the same keys and none empty', () => {
    expect(leaves(en).map(([key]) => key).sort()).toEqual([...chinese.keys()].sort())
    expect(leaves(en).filter(([, text]) => text.trim() === '')).toEqual([])
  })

  test('speak of the same things: every named part of one stands in the other', () => {
    for (const [key, text] of leaves(en)) expect([key, names(text)]).toEqual([key, names(chinese.get(key) ?? '')])
  })

  test('hold no sign that the message syntax would take for its own', () => {
    for (const [key, text] of [...leaves(en), ...chinese]) expect([key, /[@|]/.test(text)]).toEqual([key, false])
  })
})

describe('times', () => {
  const now = new Date('2026-11-22T14:00:00+08:00')

  test('of this day show the hour, of this year the day, of others the year, always of Asia/Shanghai', () => {
    expect(clockText('2026-11-21T16:30:00Z', now)).toBe('00:30')
    expect(clockText('2026-11-21T10:00:00+08:00', now)).toBe('11-21 10:00')
    expect(clockText('2025-12-31T23:59:00+08:00', now)).toBe('2025-12-31 23:59')
    expect(clockText(undefined, now)).toBe('')
    expect(dateText('2026-11-22T20:00:00Z')).toBe('2026-11-23')
  })

  test('that passed are told in two units', () => {
    const minutes = 60_000
    expect(durationOf(20_000)).toEqual({ unit: 'minutes', major: 1, minor: '' })
    expect(durationOf(48 * minutes)).toEqual({ unit: 'minutes', major: 48, minor: '' })
    expect(durationOf(125 * minutes)).toEqual({ unit: 'hours', major: 2, minor: '05' })
    expect(durationOf(28 * 60 * minutes)).toEqual({ unit: 'days', major: 1, minor: '4' })
    expect(durationOf(-5).major).toBe(1)
  })
})
