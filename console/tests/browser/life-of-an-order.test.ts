/** An order from the paste of its domains to their going live, through the hands of every role it meets. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, chooseProduct, chooseTask, deskOf, go, launch, paste, submitOrder } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

test('a manager pastes domains, mends the faulty lines, submits; it is approved, worked on, closed and live', async () => {
  const manager = await deskOf(browser, address, 'ec.manager')
  const { page } = manager
  await go(page, address, '/orders/new')
  await chooseProduct(page, '示例企业一', '网页加速')
  await paste(page, '[data-line]', 'https://static.life.example.cn/a.js，Ｉmg.life.example.cn\nyunshan static.life.example.cn')
  await page.getByText('与第 1 行重复').waitFor()
  expect(await page.locator('.lines li.faulty').count()).toBe(2)
  expect(await page.locator('[data-line]').first().inputValue()).toBe('static.life.example.cn')
  await page.locator('[data-origin]').first().fill('127.0.0.1:80')
  await page.locator('.origins [aria-invalid]').waitFor()
  await page.locator('[data-origin]').first().fill('192.0.2.18:443')
  await page.getByRole('button', { name: /^去改第 3 行/ }).click()
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('yunshan')
  await page.getByRole('button', { name: '移除第 4 行' }).click()
  await page.getByRole('button', { name: '移除第 3 行' }).click()
  await page.locator('#files-attachment').setInputFiles({ name: '域名授权书.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') })
  await page.getByRole('button', { name: '移除 域名授权书.pdf' }).waitFor()
  await page.getByRole('button', { name: '提交工单', exact: true }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  const order = page.url()

  const approver = await deskOf(browser, address, 'group.admin')
  await approver.page.getByRole('link', { name: /^审批 / }).first().waitFor()
  await approver.page.goto(order)
  await approver.page.getByRole('button', { name: '为什么' }).click()
  await approver.page.getByRole('heading', { name: '为什么是你' }).waitFor()
  await approver.page.keyboard.press('Escape')
  await approver.page.getByLabel('审批意见，驳回时必填').fill('同意')
  await approver.page.getByRole('button', { name: '通过', exact: true }).click()
  await approver.page.locator('.order-tag', { hasText: 'BPM 处理中' }).waitFor()

  const worker = await deskOf(browser, address, 'sa')
  await chooseTask(worker.page, address, 'static.life.example.cn')
  await worker.page.getByLabel('阶段', { exact: true }).fill('配置下发')
  await worker.page.getByRole('button', { name: '反馈“配置下发成功”' }).click()
  await worker.page.locator('.stages li', { hasText: '配置下发' }).waitFor()
  await worker.page.getByRole('button', { name: '关闭任务…' }).click()
  await worker.page.getByRole('button', { name: '关闭任务', exact: true }).click()
  await worker.page.getByText('已关闭', { exact: true }).first().waitFor()

  await page.goto(order)
  await page.locator('.order-tag', { hasText: '已完成' }).waitFor()
  for (const desk of [manager, approver, worker]) {
    expect(desk.watch).toEqual({ faults: [], outside: [] })
    await desk.close()
  }
})

test('a rejection needs words; the creator reads them, changes the order and sends it again', async () => {
  const manager = await deskOf(browser, address, 'ec.manager2')
  const order = await submitOrder(manager.page, address, 'back.life.example.cn')
  await manager.page.locator('.order-tag', { hasText: '审批中' }).waitFor()

  const approver = await deskOf(browser, address, 'group.admin')
  await approver.page.goto(order)
  await approver.page.getByRole('button', { name: '驳回', exact: true }).click()
  await approver.page.getByText('驳回要写明原因').waitFor()
  await approver.page.getByLabel('审批意见，驳回时必填').fill('请补充备源')
  await approver.page.getByRole('button', { name: '驳回', exact: true }).click()
  await approver.page.locator('.order-tag', { hasText: '审批驳回' }).waitFor()

  await manager.page.goto(order)
  await manager.page.locator('.order-back', { hasText: '请补充备源' }).waitFor()
  await manager.page.getByRole('link', { name: '修改并重新提交' }).click()
  await manager.page.getByRole('button', { name: '加一个源站' }).click()
  await manager.page.locator('[data-origin]').nth(1).fill('[2001:db8::7]:443')
  await manager.page.getByText('可用', { exact: true }).waitFor()
  await manager.page.getByRole('button', { name: '重新提交', exact: true }).click()
  await manager.page.waitForURL(/\/orders\/\d+$/)
  await manager.page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  expect(await manager.page.locator('.table th.mono', { hasText: '2001:db8' }).count()).toBe(1)

  await manager.page.getByRole('button', { name: '撤回…' }).click()
  await manager.page.getByRole('button', { name: '撤回工单' }).click()
  await manager.page.locator('.order-tag', { hasText: '已撤回' }).waitFor()
  expect([manager.watch, approver.watch]).toEqual([{ faults: [], outside: [] }, { faults: [], outside: [] }])
  await manager.close()
  await approver.close()
})

test('a worker rolls back with a reason and the order comes back to its creator', async () => {
  const manager = await deskOf(browser, address, 'province.manager')
  const order = await submitOrder(manager.page, address, 'rolled.life.example.cn')
  const approver = await deskOf(browser, address, 'group.admin')
  await approver.page.goto(order)
  await approver.page.getByRole('button', { name: '通过', exact: true }).click()
  await approver.page.locator('.order-tag', { hasText: 'BPM 处理中' }).waitFor()

  const worker = await deskOf(browser, address, 'province.sa')
  await chooseTask(worker.page, address, 'rolled.life.example.cn')
  await worker.page.getByRole('button', { name: '回退…' }).click()
  await worker.page.getByLabel('回退原因').fill('回源 HOST 与证书不一致')
  await worker.page.getByRole('button', { name: '回退', exact: true }).click()
  await worker.page.locator('.task-head .tag', { hasText: '已回退' }).waitFor()

  await go(manager.page, address, '/')
  await manager.page.getByRole('link', { name: /^修改 / }).first().waitFor()
  await manager.page.goto(order)
  await manager.page.locator('.order-back', { hasText: '回源 HOST 与证书不一致' }).waitFor()
  expect([manager.watch, approver.watch, worker.watch].flatMap(({ faults, outside }) => [...faults, ...outside])).toEqual([])
  await Promise.all([manager, approver, worker].map((desk) => desk.close()))
})

test('a draft is kept by the server, found on the home page and goes on where it stopped', async () => {
  const manager = await deskOf(browser, address, 'province.manager2')
  const { page } = manager
  await go(page, address, '/orders/new')
  await chooseProduct(page, '示例企业一', '网页加速')
  await page.locator('[data-line]').first().fill('draft.life.example.cn')
  await page.getByRole('link', { name: '待办' }).click()
  await page.getByRole('link', { name: /^继续填 / }).click()
  await page.locator('[data-line]').first().waitFor()
  expect(await page.locator('[data-line]').first().inputValue()).toBe('draft.life.example.cn')
  await page.getByRole('button', { name: '丢弃草稿…' }).click()
  await page.getByRole('button', { name: '丢弃草稿', exact: true }).click()
  await page.waitForURL(/\/orders(\?|$)/)
  expect(manager.watch).toEqual({ faults: [], outside: [] })
  await manager.close()
})
