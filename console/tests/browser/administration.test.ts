/** Accounts, operations, and what each role may not open. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { deskOf, go, launch } from './people'

const address = inject('address')
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
