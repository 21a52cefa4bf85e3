import { describe, expect, test, vi } from 'vitest'
import { ApiFault } from '@/api/fault'
import { useSending } from '@/kit/sending'

const conflict = new ApiFault(409, 'order.state_conflict', '工单当前状态不允许此操作', '')

describe('sending', () => {
  test('does one thing at a time, says which, and is ready again at the end', async () => {
    const { busy, doing, run } = useSending<'approve' | 'reject'>()
    let finish = () => {}
    const approving = run(() => new Promise<void>((done) => (finish = done)), { what: 'approve' })
    const second = vi.fn(async () => {})
    await run(second, { what: 'reject' })
    expect(second).not.toHaveBeenCalled()
    expect([busy.value, doing.value]).toEqual([true, 'approve'])
    finish()
    await approving
    expect([busy.value, doing.value]).toEqual([false, null])
    await run(second)
    expect(second).toHaveBeenCalledTimes(1)
  })

  test('tells what was thrown until it is tried again', async () => {
    const { busy, fault, run } = useSending()
    await run(() => Promise.reject(conflict))
    expect([fault.value, busy.value]).toEqual([conflict, false])
    let during = fault.value
    await run(async () => { during = fault.value })
    expect([during, fault.value]).toEqual([null, null])
    await run(() => { throw new TypeError('x is undefined') })
    expect(fault.value?.detail).toBe('x is undefined')
  })

  test('leaves telling to who knows better, and stays busy until that is done', async () => {
    const { busy, fault, run } = useSending()
    const told = vi.fn(async () => expect(busy.value).toBe(true))
    await run(() => Promise.reject(conflict), { refused: told })
    expect(told).toHaveBeenCalledWith(conflict)
    expect([fault.value, busy.value]).toEqual([null, false])
  })

  test('keeps the key of what was not done, and takes another for other content or once it was done', async () => {
    const { keyFor, run } = useSending()
    const keys: string[] = []
    const send = (content: string, refusal?: ApiFault) => run(async () => {
      keys.push(keyFor(content)['Idempotency-Key'])
      if (refusal) throw refusal
    })
    await send('a', conflict)
    await send('a', conflict)
    await send('b', conflict)
    await send('b')
    await send('b')
    expect(keys[1]).toBe(keys[0])
    expect(keys[3]).toBe(keys[2])
    expect(new Set(keys).size).toBe(3)
  })
})
