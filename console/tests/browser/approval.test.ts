/** Many orders decided at once, and somebody who decides in another's place. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { deskOf, go, launch, submitOrder } from './people'

const address = inject('address')
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
  const { page, watch, close } = await deskOf(browser, address, 'province.sa')
  await go(page, address, '/substitute')
  await page.getByRole('heading', { name: '没有权限' }).waitFor()
  await close()
  const approver = await deskOf(browser, address, 'group.admin')
  await go(approver.page, address, '/substitute')
  await approver.page.getByRole('heading', { name: '没有代理人，工单由你自己审批' }).waitFor()
  await approver.page.getByRole('button', { name: '设为代理人' }).click()
  await approver.page.getByText('请选择代理人').waitFor()
  const people = approver.page.getByLabel('由谁代理')
  expect(await people.locator('option').count()).toBeGreaterThan(1)
  await people.selectOption({ index: 1 })
  for (const [field, day] of [['从哪一天', '2026-12-01'], ['到哪一天（含）', '2027-01-07']] as const) {
    await approver.page.getByRole('combobox', { name: field }).fill(day)
    await approver.page.keyboard.press('Enter')
  }
  await approver.page.getByRole('button', { name: '设为代理人' }).click()
  await approver.page.getByText(/^已设置/).waitFor()
  await approver.page.getByRole('button', { name: '结束代理…' }).click()
  await approver.page.getByRole('button', { name: '结束代理', exact: true }).click()
  await approver.page.getByText('代理已结束').waitFor()
  expect(watch.outside).toEqual([])
  // Nobody is named: that is a 404, which the browser notes.
  expect(approver.watch.faults.filter((fault) => !fault.includes('/workorder/substitute'))).toEqual([])
  await approver.close()
})
