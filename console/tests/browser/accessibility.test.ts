/** axe-core on every page, in both themes, wide and narrow; no page scrolls sideways, down to 360 px. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { chooseProduct, deskOf, go, launch, openWindow, paste, settle, submitOrder, withDifferences } from './people'

const address = inject('address')
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']
let browser: Browser
let order = ''

interface Outcome {
  violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[]
}

async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const outcome = (await page.evaluate((wanted) => (window as unknown as { axe: { run: (context: Document, options: object) => unknown } }).axe.run(document, { runOnly: { type: 'tag', values: wanted }, resultTypes: ['violations'] }), tags)) as Outcome
  return outcome.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target.join(' ')} ${node.failureSummary ?? ''}`))
}

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

beforeAll(async () => {
  browser = await launch()
  const manager = await deskOf(browser, address, 'ec.manager')
  order = new URL(await submitOrder(manager.page, address, 'axe.life.example.cn')).pathname.replace('/app', '')
  await manager.page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  await manager.close()
})
afterAll(() => browser.close())

const visits: [string, string[]][] = [
  ['ec.manager', ['/', '/orders?scope=mine', '/orders/new', 'ORDER', '/password', '/nowhere']],
  ['group.admin', ['/', '/orders?scope=pending', 'ORDER', '/notices', '/substitute']],
  ['sa', ['/', '/bpm']],
  ['operator', ['/', '/reconcile', '/audit-log', '/bills', '/dead-letters', '/review', '/organizations', '/certifications', '/accounts']],
  ['platform.admin', ['/', '/accounts', '/bpm']],
  ['pe.admin', ['/', '/organizations', '/organizations/new', '/certifications']],
  ['user', ['/']],
]
const windows = [
  { theme: 'light', width: 1440 }, { theme: 'dark', width: 1440 }, { theme: 'light', width: 390 }, { theme: 'dark', width: 390 },
] as const

describe.each(windows)('in $theme at $width px', (look) => {
  test.each(visits)('the pages of %s have no fault', async (username, paths) => {
    const { page, close } = await deskOf(browser, address, username, look)
    for (const path of paths) {
      await go(page, address, path === 'ORDER' ? order : path)
      expect(await violations(page), path).toEqual([])
      expect(await overflow(page), path).toBeLessThanOrEqual(0)
    }
    await close()
  })

  test('what opens over a page has no fault either', async () => {
    const { page, close } = await deskOf(browser, address, 'group.admin', look)
    await go(page, address, order)
    await page.getByRole('button', { name: '为什么' }).click()
    await page.locator('.why-actions').waitFor()
    expect(await violations(page), 'why').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: '驳回', exact: true }).click()
    await page.getByRole('button', { name: '转办…' }).click()
    expect(await violations(page), 'hand over').toEqual([])
    await page.keyboard.press('Escape')
    await go(page, address, '/orders?scope=pending')
    await page.locator('.orders tbody .o-pick input').first().check()
    await page.getByRole('button', { name: /^驳回 \d+ 单…$/ }).click()
    await page.getByRole('button', { name: /^驳回 \d+ 单$/ }).click()
    expect(await violations(page), 'many').toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    if (look.width < 900) await page.getByRole('button', { name: '打开导航' }).click()
    else await page.keyboard.press('Control+k')
    expect(await violations(page), 'navigation').toEqual([])
    await close()
  })

  test('differences that are selected, and an open calendar, have no fault', async () => {
    const { page, close } = await deskOf(browser, address, 'operator', look)
    await withDifferences(page)
    await go(page, address, '/reconcile')
    await page.getByLabel(/^选中 .*反馈没有送到工单$/).check()
    expect(await violations(page), 'differences').toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.getByRole('combobox', { name: '核对哪一天' }).click()
    await page.getByRole('dialog', { name: '核对哪一天' }).waitFor()
    expect(await violations(page), 'calendar').toEqual([])
    await close()
  })

  test('a form with faults and an open list has no fault of its own', async () => {
    const { page, close } = await deskOf(browser, address, 'ec.manager', look)
    await go(page, address, '/orders/new')
    await chooseProduct(page, '示例企业一', '网页加速')
    await paste(page, '[data-line]', 'yunshan\nvod-trial.example.cn\nfine.example.cn')
    await page.locator('[data-origin]').first().fill('127.0.0.1')
    await page.locator('.origins [aria-invalid]').waitFor()
    expect(await violations(page), 'faults').toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.locator('.el-select').last().click()
    await page.getByRole('option', { name: '33 浙江' }).waitFor()
    expect(await violations(page), 'open list').toEqual([])
    await page.getByRole('option', { name: '33 浙江' }).click()
    await page.keyboard.press('Escape')
    expect(await violations(page), 'chosen').toEqual([])
    await close()
  })

  test('the log-in page has no fault', async () => {
    const { page, context } = await openWindow(browser, address, look)
    await page.goto(`${address}/app/login?why=expired`)
    await settle(page)
    await page.getByRole('button', { name: '登录', exact: true }).click()
    expect(await violations(page)).toEqual([])
    await context.close()
  })
})

test('nothing scrolls sideways at 360 px', async () => {
  for (const [username, paths] of visits) {
    const { page, close } = await deskOf(browser, address, username, { width: 360 })
    for (const path of paths) {
      await go(page, address, path === 'ORDER' ? order : path)
      expect(await overflow(page), `${username} ${path}`).toBeLessThanOrEqual(0)
    }
    await close()
  }
})
