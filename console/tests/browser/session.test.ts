/** Signing in and out, being locked out, a session that ends under an open page, and one refresh for all tabs. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, deskOf, go, launch, openWindow, PASSWORD, settle, signIn, submitOrder } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

test('five wrong passwords lock: the count-down runs, the name stays', async () => {
  const { page, context } = await openWindow(browser, address)
  await page.goto(`${address}/app/login`)
  await page.locator('#login-username').fill('nobody.of.that.name')
  for (let tries = 0; tries < 5; tries += 1) {
    await page.locator('#login-password').fill(`Wrong-${tries}`)
    const answered = page.waitForResponse('**/auth/login')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await answered
  }
  await page.locator('#login-password').fill('Wrong-5')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByText(/登录已锁定，还剩 1[45]:\d\d/).waitFor()
  expect(await page.locator('#login-username').inputValue()).toBe('nobody.of.that.name')
  expect(await page.getByRole('button', { name: '登录', exact: true }).isDisabled()).toBe(true)
  await context.close()
})

test('a session that ends under an open page asks for the password over it; nothing typed is lost', async () => {
  const { page, close } = await deskOf(browser, address, 'province.manager')
  await go(page, address, '/orders/new')
  await page.locator('#description').fill('先写一半')
  await page.route('**/auth/refresh', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"code":"auth.token_invalid","status":401}' }))
  await page.route('**/workorder/custom/check', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"code":"auth.token_invalid","status":401}' }))
  await page.locator('[data-line]').first().fill('layer.example.cn')
  await page.getByRole('heading', { name: '登录已过期' }).waitFor()
  await page.unrouteAll()
  await page.locator('dialog #login-password').fill(PASSWORD)
  await page.locator('dialog').getByRole('button', { name: '登录', exact: true }).click()
  await page.getByRole('heading', { name: '登录已过期' }).waitFor({ state: 'detached' })
  expect(await page.locator('#description').inputValue()).toBe('先写一半')
  expect(await page.locator('[data-line]').first().inputValue()).toBe('layer.example.cn')
  await close()
})

test('a full reload after the end leads to the log-in with a notice, and back to the same place', async () => {
  const { page, close } = await deskOf(browser, address, 'sa')
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem('front-desk.session') ?? '{}')
    localStorage.setItem('front-desk.session', JSON.stringify({ ...kept, expiresAt: 0, refreshAt: 0, refreshToken: 'spent' }))
  })
  await page.goto(`${address}/app/bpm`)
  await page.getByText('登录已过期。').waitFor()
  await page.locator('#login-username').fill('sa')
  await page.locator('#login-password').fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.waitForURL(/\/app\/bpm/)
  await close()
})

test('two tabs whose token ran out refresh it once', async () => {
  const { page, context } = await openWindow(browser, address)
  await signIn(page, address, 'operator', PASSWORD)
  let refreshes = 0
  context.on('request', (request) => { if (request.url().endsWith('/auth/refresh')) refreshes += 1 })
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem('front-desk.session') ?? '{}')
    localStorage.setItem('front-desk.session', JSON.stringify({ ...kept, expiresAt: 0, refreshAt: 0 }))
  })
  const other = await context.newPage()
  await Promise.all([page.goto(`${address}/app/bills`), other.goto(`${address}/app/bills`)])
  await Promise.all([settle(page), settle(other)])
  for (const tab of [page, other]) await tab.getByRole('heading', { level: 1, name: '话单' }).waitFor()
  expect(refreshes).toBe(1)
  await context.close()
})

test('signing out in one tab ends the other, and the spent tokens open nothing', async () => {
  const { page, context } = await openWindow(browser, address)
  await signIn(page, address, 'operator', PASSWORD)
  const other = await context.newPage()
  await other.goto(`${address}/app/bills`)
  await settle(other)
  await page.getByRole('link', { name: '退出登录' }).click()
  await page.getByText('已退出登录。').waitFor()
  await other.getByRole('heading', { name: '登录已过期' }).waitFor()
  await page.goto(`${address}/app/bills`)
  await page.locator('#login-username').waitFor()
  await context.close()
})

test('language and theme stay as chosen', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await page.getByRole('button', { name: 'Switch to English' }).click()
  await page.getByRole('link', { name: 'Submit an order' }).first().waitFor()
  await page.getByRole('button', { name: 'Switch light and dark' }).click()
  await page.reload()
  await page.getByRole('link', { name: 'Submit an order' }).first().waitFor()
  expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.className])).toEqual(['en', 'dark'])
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('the keyboard finds, walks, opens and lists its keys', async () => {
  const { page, close } = await deskOf(browser, address, 'ec.manager')
  const order = await submitOrder(page, address, 'keys.life.example.cn')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('工单列表')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/orders/)
  await page.keyboard.press('?')
  await page.getByRole('heading', { name: '快捷键' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: /^全部/ }).first().click()
  await settle(page)
  await page.locator('.orders .row-link').first().waitFor()
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(order)
  await close()
})
