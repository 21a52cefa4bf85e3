/** What people are told while they look, and what they find in the inbox later. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, asPerson, deskOf, go, launch, submitOrder } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

test('a notice arrives while its reader looks, counts at the bell, leads to the order and is read then', async () => {
  const approver = await deskOf(browser, address, 'group.admin')
  await go(approver.page, address, '/notices')
  await approver.page.getByText('实时更新').waitFor()
  const manager = await deskOf(browser, address, 'ec.manager')
  await submitOrder(manager.page, address, 'notice-first.life.example.cn')
  const order = await submitOrder(manager.page, address, 'notice.life.example.cn')
  const told = await asPerson(address, 'group.admin')
  await expect.poll(async () => (await told.get('/workorder/notices/unread')).unread, { timeout: 15_000 }).toBeGreaterThanOrEqual(2)
  await approver.page.getByRole('button', { name: /条新通知，点此显示$/ }).click()
  const row = approver.page.locator('.notice', { hasText: 'notice.life.example.cn' })
  await row.waitFor()
  const counted = /通知，(\d+) 条未读/
  const bell = approver.page.getByRole('link', { name: counted })
  const before = Number(counted.exec((await bell.getAttribute('aria-label')) ?? '')?.[1])
  await row.getByRole('link').click()
  await approver.page.waitForURL(order)
  await approver.page.getByRole('link', { name: `通知，${before - 1} 条未读`, exact: true }).waitFor()

  await go(approver.page, address, '/notices')
  await approver.page.getByRole('button', { name: '全部标为已读' }).click()
  await approver.page.getByText('都读过了。').waitFor()
  await approver.page.getByRole('link', { name: /^未读/ }).click()
  await approver.page.getByText('没有未读的通知').waitFor()
  for (const desk of [approver, manager]) {
    expect(desk.watch).toEqual({ faults: [], outside: [] })
    await desk.close()
  }
})

test('a stream that breaks is opened again and goes on after the last notice', async () => {
  const { page, close } = await deskOf(browser, address, 'ec.manager')
  const asked: (string | undefined)[] = []
  page.on('request', (request) => { if (request.url().endsWith('/notices/stream')) asked.push(request.headers()['last-event-id']) })
  let served = 0
  await page.route('**/workorder/notices/stream', (route) => {
    served += 1
    if (served > 1) return route.continue()
    const notice = { id: 1, kind: 'orderApproved', kindName: '审批通过', title: '工单 1 已通过', text: '', createdAt: new Date().toISOString(), read: false }
    return route.fulfill({ contentType: 'text/event-stream', body: `retry: 3000\n\nevent: notice\nid: 1\ndata: ${JSON.stringify({ notice, unread: 41 })}\n\n` })
  })
  await page.reload()
  await page.getByRole('link', { name: '通知，41 条未读' }).waitFor()
  await expect.poll(() => served, { timeout: 15_000 }).toBeGreaterThan(1)
  expect(asked.at(-1)).toBe('1')
  await close()
})

test('letters are written in the language their reader chose', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'province.sa')
  await go(page, address, '/notices')
  await page.getByLabel('邮件语言').selectOption('en')
  await page.getByText('已保存，以后的邮件用这种语言写。').waitFor()
  await go(page, address, '/notices')
  expect(await page.getByLabel('邮件语言').inputValue()).toBe('en')
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})
