/** Chains of several steps, filings that are missing or gone, and orders that are split. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, asPerson, deskOf, go, launch, partlyUnfiled, submitOrder, withChain } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

const idOf = (page: Page) => Number(/\/orders\/(\d+)$/.exec(page.url())?.[1])

test('an order in a chain says who has decided, who is missing, and where an approval leads', async () => {
  const manager = await deskOf(browser, address, 'ec.manager')
  await submitOrder(manager.page, address, 'chain.life.example.cn')
  await manager.page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  const id = idOf(manager.page)
  const { page, watch, close } = await deskOf(browser, address, 'group.admin')
  await withChain(page, id)
  await go(page, address, `/orders/${id}`)
  const chain = page.getByRole('region', { name: '审批链' })
  await chain.getByText('会签，3 人都要通过').waitFor()
  await chain.locator('.chain-people li', { hasText: '罗敏（代周衡） 已通过' }).waitFor()
  await chain.locator('.chain-people li', { hasText: '叶明 还没有审批' }).waitFor()
  expect(await chain.locator('[aria-current=step]').innerText()).toContain('集团客户经理管理员')
  await page.getByText('通过后还要等叶明会签；').waitFor()
  await page.locator('.timeline li', { hasText: '罗敏（代周衡审批） 会签通过，等其他人' }).waitFor()
  for (const desk of [manager, { watch, close }]) {
    expect(desk.watch).toEqual({ faults: [], outside: [] })
    await desk.close()
  }
})

test('an order with an unlawful domain is split: what follows is said before, both orders are reached after', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  const person = await asPerson(address, 'ec.manager')
  const { id } = await person.post('/workorder/custom/save', partlyUnfiled('split'))
  await go(page, address, `/orders/${id}`)
  await page.locator('.order-tag', { hasText: '备案未通过' }).waitFor()
  await page.getByText('split.unfiled-demo.cn 没有合规的备案。').waitFor()
  const lawful = page.locator('.domains tr', { hasText: 'split.life.example.cn' })
  await lawful.getByRole('button', { name: /的备案依据$/ }).press('Enter')
  await lawful.getByText('系统内备案表').waitFor()
  await page.getByRole('button', { name: '拆分…' }).click()
  const ask = page.locator('.ask-box')
  await ask.getByText('合规的 1 个留在这张工单，直接进入审批').waitFor()
  expect(await ask.locator('.mono').allInnerTexts()).toEqual(['split.life.example.cn', 'split.unfiled-demo.cn'])
  await ask.getByRole('button', { name: '拆分工单' }).click()
  await page.getByText('已拆分，合规的域名进入审批。').waitFor()
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  expect(await page.locator('.domains tbody tr').count()).toBe(1)
  await page.getByRole('link', { name: /^看新工单 / }).click()
  await page.getByRole('heading', { level: 1, name: 'split.unfiled-demo.cn' }).waitFor()
  await page.locator('.order-head', { hasText: '拆分自' }).getByRole('link', { name: /^\d{8}-\d+$/ }).click()
  await page.waitForURL(new RegExp(`/orders/${id}$`))
  await page.locator('.order-head', { hasText: '拆分出' }).waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('a filing that has lapsed is a warning that says what to do', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await submitOrder(page, address, 'lapsed.life.example.cn')
  const id = idOf(page)
  // The registry of a fresh stack forgets nothing.
  await page.route(`**/workorder/detail?id=${id}`, async (route) => {
    const order = await (await route.fetch()).json()
    const domains = order.domains.map((domain: object) => ({ ...domain, legality: 'lawful', lapse: { since: '2026-11-20T09:00:00+08:00', reason: '备案已注销' } }))
    return route.fulfill({ json: { ...order, status: 'finished', prohibited: true, holder: undefined, domains } })
  })
  await go(page, address, `/orders/${id}`)
  await page.getByRole('alert').filter({ hasText: 'lapsed.life.example.cn 的备案已失效（11-20 09:00 起）。请联系客户恢复备案' }).waitFor()
  await page.locator('.domains tr', { hasText: '备案已失效' }).waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('a substitute is told in whose place, and whoever looks when a silent registry is asked again', async () => {
  const manager = await deskOf(browser, address, 'ec.manager')
  await submitOrder(manager.page, address, 'behalf.life.example.cn')
  await manager.page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  const id = idOf(manager.page)
  await manager.close()
  const { page, watch, close } = await deskOf(browser, address, 'group.admin')
  // The demo data has one group administrator, and its registry always answers.
  await page.route(`**/workorder/detail?id=${id}`, async (route) => {
    const order = await (await route.fetch()).json()
    const absent = { id: 'zhou', name: '周衡', role: 'GROUP_MANAGER_ADMIN' }
    const domains = order.domains.map((domain: object) => ({ ...domain, legality: 'unknown' }))
    return route.fulfill({ json: { ...order, approver: absent, holder: absent, onBehalfOf: absent, domains, icp: { completed: false, success: false, retryAt: '2026-11-20T09:30:00+08:00' } } })
  })
  await go(page, address, `/orders/${id}`)
  await page.getByText(/^轮到你代周衡审批，已 /).waitFor()
  await page.locator('.domains td', { hasText: '登记处未答：11-20 09:30 再查' }).waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('a domain that is taken down needs no filing, and its order says so', async () => {
  const person = await asPerson(address, 'ec.manager')
  const form = { type: 'domain_request', requirement: 'delete', enterprise: 'impdmahu-qxqlctq2lghkfq7q', productId: 'PRODUCTID2000000003', speedList: [{ domain: 'vod-trial.example.cn' }] }
  const { id } = await person.post('/workorder/custom/save', form)
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await go(page, address, `/orders/${id}`)
  await page.locator('.domains tr', { hasText: 'vod-trial.example.cn' }).getByText('无需校验').waitFor()
  await page.getByRole('button', { name: '撤回…' }).click()
  await page.getByRole('button', { name: '撤回工单' }).click()
  await page.locator('.order-tag', { hasText: '已撤回' }).waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})
