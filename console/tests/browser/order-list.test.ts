/** The list as people make it their own: saved filters, chosen columns, the sheet of what is on screen. */
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, deskOf, go, launch, submitOrder } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

const saved = (page: Page) => page.getByRole('group', { name: '常用：' })

test('a filter is kept under a name, applied with one press, and forgotten after a question', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await go(page, address, '/orders?scope=mine&type=live_request&overdue=true')
  await saved(page).getByRole('button', { name: '存为常用' }).click()
  await page.getByRole('textbox', { name: '把现在的条件存为常用' }).fill('超时的直播')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await saved(page).getByRole('link', { name: '超时的直播' }).waitFor()
  expect(await saved(page).getByRole('link', { name: '超时的直播' }).getAttribute('aria-current')).toBe('true')

  // The same name again is refused at the field, and what was typed stays.
  await saved(page).getByRole('button', { name: '存为常用' }).click()
  await page.getByRole('textbox', { name: '把现在的条件存为常用' }).fill('超时的直播')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.locator('.saved .field-fault').waitFor()
  expect(await page.getByRole('textbox', { name: '把现在的条件存为常用' }).inputValue()).toBe('超时的直播')
  await page.keyboard.press('Escape')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('存为常用')

  await go(page, address, '/orders?scope=all')
  await saved(page).getByRole('link', { name: '超时的直播' }).click()
  await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ scope: 'mine', type: 'live_request', overdue: 'true' })
  await saved(page).getByRole('button', { name: /^全部 \d+ 个$/ }).click()
  await page.getByRole('button', { name: '删除常用筛选 超时的直播' }).press('Enter')
  await page.getByText('删除“超时的直播”？').waitFor()
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('删除')
  await page.keyboard.press('Enter')
  await saved(page).getByRole('link', { name: '超时的直播' }).first().waitFor({ state: 'detached' })
  expect(watch.outside).toEqual([])
  expect(watch.faults.filter((fault) => !fault.includes('409'))).toEqual([])
  await close()
})

test('columns are chosen with the keyboard and stay chosen; a phone keeps its lines', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await submitOrder(page, address, 'columns.life.example.cn')
  await go(page, address, '/orders?scope=mine&keyword=columns.life')
  await page.getByRole('columnheader', { name: '现在在谁手里' }).waitFor()
  await page.getByRole('button', { name: '选择列' }).press('Enter')
  await page.getByRole('checkbox', { name: '现在在谁手里' }).press('Space')
  await page.getByRole('checkbox', { name: '时限', exact: true }).press('Space')
  await page.keyboard.press('Escape')
  await page.getByRole('columnheader', { name: '时限' }).waitFor()
  await page.reload()
  await page.getByRole('columnheader', { name: '时限' }).waitFor()
  expect(await page.getByRole('columnheader', { name: '现在在谁手里' }).count()).toBe(0)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.locator('.orders tbody .o-holder').first().isVisible()).toBe(true)
  expect(await page.locator('.orders tbody .o-due').first().isVisible()).toBe(false)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: '选择列' }).click()
  await page.getByRole('button', { name: '恢复原样' }).click()
  await page.getByRole('columnheader', { name: '现在在谁手里' }).waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('the present filter is saved as a sheet; a sheet that cannot be made says so in its place', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await submitOrder(page, address, 'sheet.life.example.cn')
  await go(page, address, '/orders?scope=mine&keyword=sheet.life')
  const asked = page.waitForRequest('**/workorder/export?*')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出当前筛选' }).click()])
  expect(Object.fromEntries(new URL((await asked).url()).searchParams)).toEqual({ scope: 'mine', keyword: 'sheet.life' })
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
  expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe('PK')
  await page.getByText(/^已导出 .*\.xlsx$/).waitFor()
  expect(watch).toEqual({ faults: [], outside: [] })

  await page.route('**/workorder/export?*', (route) => route.abort('connectionfailed'))
  await page.getByRole('button', { name: '导出当前筛选' }).click()
  await page.locator('.export-fault', { hasText: '网络断开' }).waitFor()
  await page.unrouteAll()
  await Promise.all([page.waitForEvent('download'), page.locator('.export-fault').getByRole('button', { name: '再试一次' }).click()])
  await page.locator('.export-fault').waitFor({ state: 'detached' })
  await close()
})
