/** What the home page tells beside the list of what waits: figures as charts and tables, and late orders that can be urged. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, asPerson, deskOf, go, launch, submitOrder } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

test('the home page counts the fourteen days and shows where the time goes, as charts and as tables', async () => {
  const person = await asPerson(address, 'ec.manager')
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await submitOrder(page, address, 'figures.life.example.cn')
  await page.route('**/workorder/stats?*', async (route) => {
    const answer = await route.fetch()
    const stats = await answer.json()
    // What a fresh stack has not had the time for.
    stats.waiting = { creatorHours: 6.2, icpRegistryHours: 2.9, approverHours: 9.8, bpmHours: 12.5, totalHours: 31.4 }
    stats.byType = [{ type: 'domain_request', name: '', count: 1 }]
    return route.fulfill({ json: stats })
  })
  await go(page, address, '/')
  const days = page.getByRole('img', { name: /^近 14 天提交 \d+ 单，其中已完成 \d+ 单$/ })
  await days.waitFor()
  const counted = Number(/提交 (\d+) 单/.exec((await days.getAttribute('aria-label')) ?? '')?.[1])
  const states = 'icpChecking,icpFailed,approving,rejected,dispatching,bpmProcessing,bpmReject,finished,withdrawn'
  expect(counted).toBe((await person.get(`/workorder/stats?status=${states}`)).total)
  await page.getByRole('img', { name: '一单平均 31.4 小时，花在哪里 等发起人 6.2 小时、备案系统 2.9 小时、审批 9.8 小时、BPM 处理 12.5 小时' }).waitFor()
  await page.getByRole('button', { name: /^看数据表\s*近 14 天$/ }).click()
  expect(await page.getByRole('region', { name: '近 14 天' }).locator('tbody tr').count()).toBe(14)
  await page.getByRole('button', { name: /^看数据表\s*一单平均/ }).click()
  await page.getByRole('region', { name: /^一单平均/ }).getByText('31.4 小时').last().waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('who waits for a late order asks for speed where it is listed, and is told when that was too soon', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  const order = await submitOrder(page, address, 'late.life.example.cn')
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  const person = await asPerson(address, 'ec.manager')
  // A fresh stack has nothing late.
  await page.route('**/workorder/getworkList?*overdue=true*', async (route) => {
    const found = await person.get('/workorder/getworkList?view=desk&scope=mine&keyword=late.life')
    return route.fulfill({ json: { ...found, data: found.data.map((item: object) => ({ ...item, overdue: true })) } })
  })
  await go(page, address, '/')
  const row = page.getByRole('region', { name: '超过时限' }).locator('li', { hasText: 'late.life.example.cn' })
  await row.getByRole('button', { name: /^催办 / }).click()
  await row.getByText(/^已催集团管理员，.* 后可再催。$/).waitFor()
  await page.reload()
  await row.getByRole('button', { name: /^催办 / }).click()
  await row.getByText(/之后可再次催办$/).waitFor()
  expect(watch.faults.filter((fault) => !fault.includes('429'))).toEqual([])
  await page.goto(order)
  await page.getByRole('button', { name: '催办' }).waitFor()
  await close()
})
