/** Accounts, operations, and what each role may not open. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, asPerson, deskOf, go, launch, withDifferences } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

test('an administrator sees the hole in the routing, makes an account, and disables it', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'platform.admin')
  await go(page, address, '/accounts')
  await page.getByText('新疆没有省 SA').waitFor()
  await page.getByRole('button', { name: '新建账号' }).click()
  await page.locator('#account-username').fill('xu.mo')
  await page.getByLabel('姓名', { exact: true }).fill('许墨')
  await page.getByLabel('手机', { exact: true }).fill('13800000099')
  await page.getByLabel('省客户经理').check()
  await page.getByLabel('省份', { exact: true }).selectOption('32')
  await page.getByLabel('初始密码').fill('weak')
  await page.getByRole('button', { name: '建立账号' }).click()
  await page.getByRole('alert').first().waitFor()
  expect(await page.getByLabel('姓名', { exact: true }).inputValue()).toBe('许墨')
  await page.getByLabel('初始密码').fill('Front-Desk-2026')
  await page.getByRole('button', { name: '建立账号' }).click()
  await page.getByRole('heading', { level: 2, name: '许墨' }).waitFor()
  await page.getByRole('button', { name: '停用账号…' }).click()
  await page.getByRole('button', { name: '停用账号', exact: true }).click()
  await page.locator('tr', { hasText: 'xu.mo' }).getByText('已停用').waitFor()
  expect(watch.outside).toEqual([])
  expect(watch.faults.filter((fault) => !fault.includes('422'))).toEqual([])
  await close()
})

test('an operator reads bills and dead letters', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'operator')
  await go(page, address, '/bills')
  await page.getByRole('heading', { level: 1, name: '话单' }).waitFor()
  await go(page, address, '/dead-letters')
  await page.getByText('没有死信').first().waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('an operator compares a day, sends again what can be, and sees what became of each', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'operator')
  await go(page, address, '/reconcile')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await withDifferences(page)
  await page.route('**/bpm/reconcile/repair', (route) => {
    expect(route.request().postDataJSON()).toEqual({ differences: ['event:1', 'handover:2'] })
    return route.fulfill({ json: { results: [{ id: 'event:1', outcome: 'sent' }, { id: 'handover:2', outcome: 'underWay' }] } })
  })
  await page.getByRole('button', { name: '重新核对' }).click()
  await page.getByRole('heading', { name: '4 处不一致，其中 2 处可以重发修复' }).waitFor()
  expect(await page.locator('.side-absent').count()).toBe(1)
  await page.getByLabel('选中全部可以重发的').check()
  await page.getByRole('button', { name: '重发 2 处' }).click()
  await page.getByText('已重发').waitFor()
  await page.getByText('正在送达，不必再发').waitFor()
  await page.unrouteAll()
  await page.getByRole('combobox', { name: '核对哪一天' }).fill('2026-01-05')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '2026-01-05 的账都对得上' }).waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('a report that can never be delivered is discarded with a reason', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'operator')
  const letter = { id: 'm-1', kind: 'task.close', destination: 'workorder-svc', state: 'dead', taskId: 't-1', orderId: 7, orderCode: '20261122-0007', attempts: 60, lastError: '500 internal', createdAt: '2026-11-22T10:00:00+08:00' }
  let letters: object[] = [letter, { ...letter, id: 'm-2', kind: 'engine.hand-over' }]
  // A fresh stack has none.
  await page.route((url) => url.pathname === '/bpm/dead-letters', (route) => route.fulfill({ json: { data: letters, pageNum: 1, pageSize: 20, total: letters.length } }))
  await page.route('**/bpm/dead-letters/m-1/discard', (route) => {
    expect(route.request().postDataJSON()).toEqual({ reason: '内容有误，重新反馈' })
    letters = letters.slice(1)
    return route.fulfill({ json: { ...letter, state: 'cancelled' } })
  })
  await go(page, address, '/dead-letters')
  expect(await page.getByRole('row', { name: /移交引擎/ }).getByRole('button', { name: '作废…' }).count()).toBe(0)
  await page.getByRole('row', { name: /关单/ }).getByRole('button', { name: '作废…' }).click()
  await page.getByLabel('作废原因').fill('内容有误，重新反馈')
  await page.getByRole('button', { name: '作废', exact: true }).click()
  await page.getByText('已作废，任务可以重新操作').waitFor()
  expect(await page.getByRole('row', { name: /关单/ }).count()).toBe(0)
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('an operator reads who did what, narrows it, and sees what changed', async () => {
  const owner = await asPerson(address, 'pe.admin2')
  const types = (await owner.get('/pe/pe-types?pageSize=100')).data as { id: number; registrationNumberKind: string }[]
  const draft = await owner.put('/pe/public-entities', { typeId: types.find((type) => type.registrationNumberKind === 'uscc')!.id, name: '远帆航运研究所', registrationNumber: '91350211M000100Y46', licensePhotos: ['https://example.com/licence.png'] })
  const { page, watch, close } = await deskOf(browser, address, 'operator')
  await go(page, address, '/audit-log')
  await page.getByLabel('全部资源').selectOption('public-entities')
  await page.getByLabel('全部操作').selectOption('create')
  await page.getByLabel('记录编号').fill(String(draft.id))
  // Other tests have registered theirs: until the number narrows the list, those are in it.
  await page.waitForFunction(() => document.querySelectorAll('.log-row').length === 1)
  const row = page.locator('.log-row', { hasText: '新增机构' })
  await row.getByText(/项改动$/).click()
  await row.getByText('远帆航运研究所').waitFor()
  expect(new URL(page.url()).searchParams.get('action')).toBe('create')
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

const refused: Record<string, string[]> = {
  'ec.manager': ['/bpm', '/bills', '/accounts', '/review'],
  'group.admin': ['/orders/new', '/bpm', '/accounts'],
  sa: ['/orders/new', '/bills', '/accounts', '/organizations'],
  'global.area': ['/accounts', '/dead-letters'],
  operator: ['/orders/new', '/accounts'],
  'pe.admin2': ['/orders', '/review', '/bpm'],
  user: ['/orders', '/organizations', '/review'],
}

test.each(Object.entries(refused))('%s is told which permission a foreign page needs, and the navigation does not show it', async (username, paths) => {
  const { page, watch, close } = await deskOf(browser, address, username)
  for (const path of paths) {
    expect(await page.locator(`.side a[href="/app${path}"]`).count()).toBe(0)
    await go(page, address, path)
    await page.getByRole('heading', { level: 1, name: '没有权限' }).waitFor()
  }
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})
