import { describe, expect, test, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { emptyDraft, emptyLine, formOf, isBlank, type Draft } from '@/submit/draft'
import { inPageOrder } from '@/submit/faults'
import { kindOfOrigin, wireKind } from '@/submit/origin'
import { cleanDomain, splitDomains } from '@/submit/paste'
import { useCheck } from '@/submit/check'
import * as calls from '@/order/calls'

describe('pasted domains', () => {
  test('are split at every sign people use and freed of what browsers add', () => {
    const pasted = 'https://a.example.cn/path?x=1\r\nb.example.cn，c.example.cn、d.example.cn; e.example.cn；f.example.cn\tg.example.cn:8080  \n\n'
    expect(splitDomains(pasted).map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}.example.cn`))
  })

  test('in full width become half width, told as a note and not as a fault', () => {
    expect(cleanDomain('Ｍ．yunshan。example.cn')).toEqual({ text: 'M.yunshan.example.cn', note: 'halfWidth' })
    expect(cleanDomain('*.example.cn')).toEqual({ text: '*.example.cn' })
    expect(cleanDomain('http://example.cn')).toEqual({ text: 'example.cn', note: 'cleaned' })
  })
})

describe('the kind of an origin', () => {
  test.each([
    ['192.0.2.18', 'ipv4'], ['192.0.2.18:443', 'ipv4'], ['999.0.2.18', 'unknown'], ['192.0.2', 'unknown'],
    ['[2001:db8::7]:80', 'ipv6'], ['2001:db8::7', 'ipv6'], ['::ffff:192.0.2.1', 'ipv6'], ['[2001:db8:::7]', 'unknown'], ['1:2:3:4:5:6:7:8:9', 'unknown'],
    ['origin.example.com', 'host'], ['origin.example.com:8443', 'host'], ['源站.example.cn', 'host'], ['localhost', 'unknown'], ['', 'unknown'],
  ] as const)('of %s is %s', (typed, kind) => {
    expect(kindOfOrigin(typed)).toBe(kind)
  })

  test('is ip or domain on the wire', () => {
    expect((['ipv4', 'ipv6', 'host'] as const).map(wireKind)).toEqual(['ip', 'ip', 'domain'])
  })
})

function filled(...domains: string[]): Draft {
  return { ...emptyDraft(), enterprise: 'e', productId: 'p', productName: '网页加速', lines: [...domains.map((text) => ({ ...emptyLine(), text })), emptyLine()] }
}

describe('the form that is sent', () => {
  test('holds the filled lines only, so that pointers count what people see', () => {
    const draft = filled('a.example.cn', '  ', 'b.example.cn')
    expect(formOf(draft).speedList).toEqual([{ domain: 'a.example.cn' }, { domain: 'b.example.cn' }])
  })

  test('of a deletion has no origins, and a weight only where one was typed', () => {
    const draft = filled('a.example.cn')
    draft.origins = [{ key: 1, value: '192.0.2.1', main: true, weight: '' }, { key: 2, value: 'o.example.com', main: false, weight: '20' }]
    expect(formOf(draft).loopDomain).toEqual([{ value: '192.0.2.1', type: 'ip', mainFlag: true }, { value: 'o.example.com', type: 'domain', mainFlag: false, weight: 20 }])
    expect(formOf({ ...draft, operation: 'delete' }).loopDomain).toEqual([])
  })

  test('that holds nothing is blank and never saved', () => {
    expect(isBlank(emptyDraft())).toBe(true)
    expect(isBlank(filled('a.example.cn'))).toBe(false)
  })
})

test('faults are put in the order of the page, each at its line', () => {
  const fault = (pointer: string) => ({ pointer, code: 'x', message: 'x' })
  const placed = inPageOrder(['/md5List/0', '/loopDomain/1/value', '/speedList/7/domain', '/speedList/2/domain', '/productId', '/speedList'].map(fault))
  expect(placed.map(({ section, index }) => [section, index])).toEqual([['product', undefined], ['domains', undefined], ['domains', 2], ['domains', 7], ['origins', 1], ['files', 0]])
})

test('an older answer of the check never overwrites a newer one', async () => {
  vi.useFakeTimers()
  const answers: ((errors: { pointer: string; code: string; message: string }[]) => void)[] = []
  const asked = vi.spyOn(calls, 'checkForm').mockImplementation(() => new Promise((resolve) => answers.push((errors) => resolve({ ok: errors.length === 0, domains: 1, errors }))))
  const draft = ref(filled('first'))
  const scope = effectScope()
  const check = scope.run(() => useCheck(draft))!
  await vi.advanceTimersByTimeAsync(400)
  draft.value.lines[0]!.text = 'second.example.cn'
  await nextTick()
  await vi.advanceTimersByTimeAsync(400)
  expect(asked).toHaveBeenCalledTimes(2)
  answers[1]?.([])
  await vi.advanceTimersByTimeAsync(0)
  answers[0]?.([{ pointer: '/speedList/0/domain', code: 'domain.invalid', message: '域名无效' }])
  await vi.advanceTimersByTimeAsync(0)
  expect(check.lineResult(draft.value.lines[0]!)).toEqual({ kind: 'usable' })
  draft.value.lines[1]!.text = 'third.example.cn'
  await nextTick()
  expect(check.lineResult(draft.value.lines[0]!)).toEqual({ kind: 'usable' })
  expect(check.lineResult(draft.value.lines[1]!)).toEqual({ kind: 'checking' })
  scope.stop()
  vi.useRealTimers()
})
