import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asFault, faultOf } from '@/api/fault'
import { nameIn } from '@/api/download'
import { intention } from '@/api/idempotency'
import { pairOf, readTokens, writeTokens } from '@/session/tokens'

describe('a fault', () => {
  test('keeps code, places, request id and the time to wait', async () => {
    const body = { title: '域名已存在', status: 409, code: 'domain.exists', requestId: 'abcdef12', errors: [{ pointer: '/speedList/0/domain', code: 'domain.exists', message: '已存在', where: 'configure_list' }] }
    const fault = await faultOf(new Response(JSON.stringify(body), { status: 409, headers: { 'retry-after': '7' } }))
    expect([fault.status, fault.code, fault.requestId, fault.retryAfter, fault.errors[0]?.where, fault.ours]).toEqual([409, 'domain.exists', 'abcdef12', 7, 'configure_list', false])
  })

  test('of a proxy that answers HTML is known by its status', async () => {
    const fault = await faultOf(new Response('<html>', { status: 502 }))
    expect([fault.code, fault.ours]).toEqual(['http.502', true])
  })

  test('that is a defect of ours keeps its words', () => {
    expect(asFault(new TypeError('x is undefined')).detail).toBe('x is undefined')
  })
})

test('a file that is sent is saved under the name it is sent with', () => {
  expect(nameIn(`attachment; filename="orders.xlsx"; filename*=UTF-8''%E5%B7%A5%E5%8D%95%201.xlsx`)).toBe('工单 1.xlsx')
  expect(nameIn('attachment; filename="orders.xlsx"')).toBe('orders.xlsx')
  expect(nameIn(`attachment; filename*=UTF-8''%E5%B7`)).toBeUndefined()
  expect(nameIn(null)).toBeUndefined()
})

describe('an intention', () => {
  test('keeps its key while its content stays, and takes another once content or outcome changed', () => {
    const { keyFor, fulfilled } = intention()
    const first = keyFor({ a: 1 })
    expect(keyFor({ a: 1 })).toEqual(first)
    expect(keyFor({ a: 2 })).not.toEqual(first)
    const second = keyFor({ a: 2 })
    fulfilled()
    expect(keyFor({ a: 2 })).not.toEqual(second)
  })
})

describe('the session', () => {
  const granted = { userId: '1', accessToken: 'a1', refreshToken: 'r1', expiresIn: 900 }

  beforeEach(() => {
    vi.useFakeTimers()
    localStorage.clear()
    vi.resetModules()
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  test('is refreshed at 80 % of its life', async () => {
    const asked = vi.fn(async () => new Response(JSON.stringify({ ...granted, accessToken: 'a2', refreshToken: 'r2' })))
    vi.stubGlobal('fetch', asked)
    const keeper = await import('@/session/keeper')
    keeper.keep(pairOf(granted, Date.now()))
    await vi.advanceTimersByTimeAsync(719_000)
    expect(asked).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(asked).toHaveBeenCalledTimes(1)
    expect(readTokens()?.accessToken).toBe('a2')
  })

  test('takes the pair another tab has fetched instead of spending its own again', async () => {
    const asked = vi.fn()
    vi.stubGlobal('fetch', asked)
    const keeper = await import('@/session/keeper')
    keeper.keep(pairOf(granted, Date.now()))
    writeTokens(pairOf({ ...granted, accessToken: 'other', refreshToken: 'r2' }, Date.now()))
    expect(await keeper.usableToken('a1')).toBe('other')
    expect(asked).not.toHaveBeenCalled()
  })

  test('is over when the refresh is refused, and only then', async () => {
    const keeper = await import('@/session/keeper')
    const ended = vi.fn()
    keeper.onSession({ ended, resumed: () => {} })
    keeper.keep(pairOf(granted, Date.now()))
    vi.stubGlobal('fetch', vi.fn(async () => new Response('{}', { status: 503 })))
    await expect(keeper.usableToken('a1')).rejects.toMatchObject({ status: 503 })
    expect(ended).not.toHaveBeenCalled()
    vi.stubGlobal('fetch', vi.fn(async () => new Response('{}', { status: 401 })))
    expect(await keeper.usableToken('a1')).toBeNull()
    expect(ended).toHaveBeenCalledWith('expired')
    expect(readTokens()).toBeNull()
  })
})
