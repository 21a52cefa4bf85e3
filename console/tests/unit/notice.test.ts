import { describe, expect, test } from 'vitest'
import { changesOf } from '@/audit/changes'
import { standingReminders } from '@/certification/reminders'
import { dayFrom } from '@/kit/day'
import { eventReader } from '@/notice/events'
import { standingOf } from '@/reconcile/sides'

describe('a stream of events', () => {
  test('gives each event once it is whole, however it is cut', () => {
    const read = eventReader()
    expect(read('retry: 3000\n\nevent: not')).toEqual([])
    expect(read('ice\nid: 7\ndata: {"unread":2}\n')).toEqual([])
    expect(read('\n: still here\n\nevent: unread\r\ndata: {"unread":1}\r\n\r\n')).toEqual([
      { name: 'notice', id: '7', data: '{"unread":2}' },
      { name: 'unread', data: '{"unread":1}' },
    ])
  })

  test('joins lines of data and names what has no name', () => {
    expect(eventReader()('data: a\ndata:b\n\n')).toEqual([{ name: 'message', data: 'a\nb' }])
  })
})

describe('a difference', () => {
  test('blames the sides it is about, and asks nothing of the others', () => {
    const closed = { type: 'eventMissing', sides: { order: 'bpmProcessing', task: 'closed' } } as const
    expect((['order', 'task', 'bill', 'domain'] as const).map((side) => standingOf(closed, side))).toEqual(['wrong', 'right', 'unasked', 'unasked'])
    expect(standingOf({ type: 'taskMissing', sides: { order: 'dispatching' } }, 'task')).toBe('absent')
  })
})

describe('a line of the audit log', () => {
  test('shows the fields that changed, and not those that go with every change', () => {
    const before = { name: '云杉', version: 1, tags: ['a'], remark: null }
    expect(changesOf(before, { name: '云杉集团', version: 2, tags: ['a'], photos: ['x'] })).toEqual([
      { field: 'name', before: '云杉', after: '云杉集团' },
      { field: 'photos', before: '', after: '["x"]' },
    ])
    expect(changesOf(undefined, undefined)).toEqual([])
    expect(changesOf({}, { auditedAt: '2026-11-22T10:02:04.100465Z' })).toEqual([{ field: 'auditedAt', before: '', after: '2026-11-22 18:02:04' }])
  })
})

test('of each certification the last reminder stands, until its end', () => {
  const reminder = (id: number, certificationId: number, validUntil: string, remindedAt: string) => ({ id, certificationId, validUntil, remindedAt, daysBefore: 30 })
  const standing = standingReminders([
    reminder(1, 7, '2026-12-31T00:00:00+08:00', '2026-10-02T00:00:00+08:00'),
    reminder(2, 7, '2026-12-31T00:00:00+08:00', '2026-11-01T00:00:00+08:00'),
    reminder(3, 8, '2026-12-01T00:00:00+08:00', '2026-11-01T00:00:00+08:00'),
    reminder(4, 9, '2026-11-01T00:00:00+08:00', '2026-10-25T00:00:00+08:00'),
  ], Date.parse('2026-11-22T00:00:00+08:00'))
  expect(standing.map(({ id }) => id)).toEqual([3, 2])
})

test('a day is the one on screen', () => {
  expect(dayFrom(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05')
})
