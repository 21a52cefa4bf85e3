/** Many orders decided at once, and somebody who decides in another's place. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, deskOf, go, launch, submitOrder, withColleague } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

test('an approver decides several orders at once and sees what became of each', async () => {
  const manager = await deskOf(browser, address, 'ec.manager')
  for (const domain of ['many-one.life.example.cn', 'many-two.life.example.cn']) {
    await submitOrder(manager.page, address, domain)
    await manager.page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  }
  const approver = await deskOf(browser, address, 'group.admin')
  const { page } = approver
  await go(page, address, '/orders?scope=pending&keyword=many-')
  await page.getByLabel('选中本页轮到我审批的').check()
  await page.getByRole('button', { name: '驳回 2 单…' }).click()
  await page.getByRole('button', { name: '驳回 2 单', exact: true }).click()
  await page.getByText('驳回要写明原因').waitFor()
  await page.getByRole('button', { name: '取消', exact: true }).click()
  await page.getByRole('button', { name: '通过 2 单…' }).click()
  await page.getByLabel(/^审批意见/).fill('同意')
  await page.getByRole('button', { name: '通过 2 单', exact: true }).click()
  await expect.poll(() => page.locator('.batch-results li').count()).toBe(2)
  expect(await page.locator('.batch-results .mark.good').count()).toBe(2)
  await page.getByText('没有符合条件的工单').waitFor()
  for (const desk of [manager, approver]) {
    expect(desk.watch).toEqual({ faults: [], outside: [] })
    await desk.close()
  }
})

test('an approver who goes away names a colleague, and takes it back', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'group.admin')
  await withColleague(page)
  let named: object | null = null
  await page.route('**/workorder/substitute', async (route) => {
    const method = route.request().method()
    if (method === 'DELETE') named = null
    if (method === 'DELETE') return route.fulfill({ status: 204 })
    if (method === 'PUT') {
      expect(route.request().postDataJSON()).toEqual({ toUserId: 'stand-in', from: '2026-12-01', to: '2027-01-07' })
      named = { toUserId: 'stand-in', toName: '林予安', from: '2026-12-01T00:00:00+08:00', to: '2027-01-07T23:59:59+08:00', active: true }
    }
    return named === null ? route.continue() : route.fulfill({ json: named })
  })
  await go(page, address, '/substitute')
  await page.getByRole('heading', { name: '没有代理人，工单由你自己审批' }).waitFor()
  await page.getByRole('button', { name: '设为代理人' }).click()
  await page.getByText('请选择代理人').waitFor()
  await page.getByLabel('由谁代理').selectOption('stand-in')
  for (const [field, day] of [['#substitute-from', '2026-12-01'], ['#substitute-to', '2027-01-07']] as const) {
    await page.locator(field).fill(day)
    await page.keyboard.press('Enter')
  }
  await page.getByRole('button', { name: '设为代理人' }).click()
  await page.getByRole('heading', { name: /^林予安正在代你审批/ }).waitFor()
  await page.getByRole('button', { name: '结束代理…' }).click()
  await page.getByRole('button', { name: '结束代理', exact: true }).click()
  await page.getByText('代理已结束').waitFor()
  expect(watch.outside).toEqual([])
  // Nobody is named: that is a 404, which the browser notes.
  expect(watch.faults.filter((fault) => !fault.includes('/workorder/substitute'))).toEqual([])
  await close()
})

test('a manager asks for all domains of one subscription to move to another', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await go(page, address, '/orders/new')
  await page.locator('.product-fields .el-select').first().click()
  await page.getByRole('option', { name: '示例企业一' }).click()
  await page.getByRole('radio', { name: '迁移' }).check()
  expect(await page.locator('#part-origins, #part-provinces').count()).toBe(0)
  await page.locator('.product-choice .el-select').click()
  await page.getByRole('option', { name: '网页加速' }).click()
  const checked: Record<string, unknown>[] = []
  await page.route('**/custom/check', (route) => { checked.push(route.request().postDataJSON()); return route.continue() })
  await page.locator('.product-source .el-select').click()
  await page.getByRole('option').filter({ visible: true }).first().click()
  await expect.poll(() => checked.at(-1)?.['sourceProductId']).toBeTruthy()
  expect(checked.at(-1)).toMatchObject({ type: 'DOMAIN_MIGRATE', productId: expect.any(String) })
  expect(checked.at(-1)).not.toHaveProperty('requirement')
  await page.getByRole('button', { name: '丢弃草稿…' }).click()
  await page.getByRole('button', { name: '丢弃草稿', exact: true }).click()
  await page.waitForURL(/\/orders(\?|$)/)
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('whoever waits asks the one who has the order for speed, and is told when they may again', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await submitOrder(page, address, 'urged.life.example.cn')
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  await page.getByRole('button', { name: '催办' }).click()
  await page.getByText(/^已催集团管理员，.* 后可再催。$/).waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})
