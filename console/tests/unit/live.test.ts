import { describe, expect, test } from 'vitest'
import type { OrderDetail } from '@/api/shapes'
import { stepsOf } from '@/order/steps'
import { draftOf, emptyDraft, emptyLine, filledLines, formOf, hasOrigins, isBlank, lineNumber, takesSheet, type Draft } from '@/submit/draft'
import { inPageOrder } from '@/submit/faults'
import { emptyLive } from '@/submit/live'
import { digits } from '@/submit/number'

const line = (text: string) => ({ ...emptyLine(), text })

function live(more: Partial<Draft> = {}): Draft {
  return { ...emptyDraft(), kind: 'live_request', pushLines: [line('push.example.cn'), emptyLine()], lines: [line('play.example.cn'), line('play2.example.cn'), emptyLine()], ...more }
}

describe('the form of a live-streaming order', () => {
  test('says of each domain which way streams go, and how they are taken in and given out', () => {
    const form = formOf(live())
    expect(form).toMatchObject({ type: 'live_request', requirement: 'add', loopDomain: [], live: { mode: 'push', protocols: ['rtmp', 'flv', 'hls'], pushProtocols: ['rtmp'] } })
    expect(form.speedList).toEqual([{ domain: 'push.example.cn', direction: 'push' }, { domain: 'play.example.cn', direction: 'pull' }, { domain: 'play2.example.cn', direction: 'pull' }])
    expect(form.live?.pushAuth).toBeUndefined()
  })

  test('that fetches from origins has those, and no way to push, though what was typed for it is kept', () => {
    const draft = live()
    Object.assign(draft.live, { mode: 'pull', pushAuth: { on: true, key: 'abcdef0123', seconds: '600' }, pullAuth: { on: true, key: 'abcdef0123', seconds: '' }, record: { on: true, format: 'mp4', days: '30' }, bandwidth: '500' })
    expect(hasOrigins(draft)).toBe(true)
    expect(formOf(draft).speedList?.map(({ domain }) => domain)).toEqual(['play.example.cn', 'play2.example.cn'])
    expect(formOf(draft).live).toEqual({ mode: 'pull', protocols: ['rtmp', 'flv', 'hls'], pullAuth: { key: 'abcdef0123' }, record: { format: 'mp4', keepDays: 30 }, transcode: [], bandwidthMbps: 500 })
    expect(draft.pushLines[0]?.text).toBe('push.example.cn')
  })

  test('that takes domains down names them alone', () => {
    const draft = live({ operation: 'delete' })
    expect(formOf(draft)).not.toHaveProperty('live')
    expect(formOf(draft).speedList).toEqual([{ domain: 'play.example.cn' }, { domain: 'play2.example.cn' }])
    expect([hasOrigins(draft), takesSheet(draft), isBlank({ ...emptyDraft(), pushLines: draft.pushLines })]).toEqual([false, false, false])
  })

  test('comes back from its order as it was sent', () => {
    const draft = live()
    Object.assign(draft.live, { application: 'show', pushAuth: { on: true, key: 'abcdef0123', seconds: '600' }, transcode: ['hd'] })
    const back = draftOf({ id: 7, enumType: 'live_request', form: formOf(draft), attachments: [], domains: [] } as unknown as OrderDetail)
    expect(formOf(back)).toEqual({ ...formOf(draft), id: 7 })
    expect(back.live).toEqual(draft.live)
    expect(draftOf({ id: 7, enumType: 'live_request', form: { requirement: 'add', speedList: [{ domain: 'a.cn' }] }, attachments: [], domains: [] } as unknown as OrderDetail).live).toEqual({ ...emptyLive(), mode: 'pull' })
  })

  test('counts the lines of both lists through, as the server does', () => {
    const draft = live()
    expect(filledLines(draft).map(({ key }) => lineNumber(draft, key))).toEqual([1, 2, 3])
    expect(lineNumber(draft, -1)).toBe(0)
    const placed = inPageOrder([{ pointer: '/loopDomain', code: 'x', message: '' }, { pointer: '/live/pushAuth/key', code: 'x', message: '' }, { pointer: '/speedList/1/direction', code: 'x', message: '' }])
    expect(placed.map(({ section, index }) => [section, index])).toEqual([['domains', 1], ['live', undefined], ['origins', undefined]])
  })
})

test('of a number only digits are taken', () => {
  expect(digits('1 8o0.5秒')).toBe('1805')
})

test('a live-streaming order is checked for its ICP filing like any other', () => {
  const order = { enumType: 'live_request', requirement: 'add', status: 'approving', createdBy: { name: '陈晓岚' }, history: [], bpmTasks: [] } as unknown as OrderDetail
  expect(stepsOf(order)[1]?.standing).toBe('done')
})
