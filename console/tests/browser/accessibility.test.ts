/** axe-core on every page, in both themes, wide and narrow; no page scrolls sideways, down to 360 px. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { address, asPerson, chooseProduct, deskOf, go, launch, openWindow, partlyUnfiled, paste, settle, submitOrder, submitSheet, withChain, withCheckUnderWay, withDifferences } from './people'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']
let browser: Browser
let order = ''
let unfiled = ''
let batch = ''
let live = ''

interface Outcome {
  violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[]
}

/** What is a matter of colour, and so to be asked again in the other theme: all else is the same there. */
const colours = ['color-contrast', 'link-in-text-block']

async function violations(page: Page, runOnly: object): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const outcome = (await page.evaluate((wanted) => (window as unknown as { axe: { run: (context: Document, options: object) => unknown } }).axe.run(document, { runOnly: wanted, resultTypes: ['violations'] }), runOnly)) as Outcome
  return outcome.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target.join(' ')} ${node.failureSummary ?? ''}`))
}

/** What is on screen, as it is, in both themes. */
async function expectNoFault(page: Page, what: string): Promise<void> {
  expect(await violations(page, { type: 'tag', values: tags }), what).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('html.dark').waitFor()
  expect(await violations(page, { type: 'rule', values: colours }), `${what}, dark`).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  await page.locator('html:not(.dark)').waitFor()
  expect(await overflow(page), `${what} scrolls sideways`).toBeLessThanOrEqual(0)
}

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

beforeAll(async () => {
  browser = await launch()
  const manager = await deskOf(browser, address, 'ec.manager')
  order = new URL(await submitOrder(manager.page, address, 'axe.life.example.cn')).pathname.replace('/app', '')
  await manager.page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  batch = new URL(await submitSheet(manager.page, address, '无障碍.csv', Array.from({ length: 30 }, (_, n) => `d${n}.axe.example.cn`))).pathname.replace('/app', '')
  await manager.close()
  const desk = await asPerson(address, 'ec.manager')
  const saved = async (form: object) => `/orders/${(await desk.post('/workorder/custom/save', form)).id}`
  unfiled = await saved(partlyUnfiled('axe-part'))
  const speedList = [{ domain: 'push.axe.example.cn', direction: 'push' }, { domain: 'play.axe.example.cn', direction: 'pull' }]
  live = await saved({ type: 'live_request', requirement: 'add', enterprise: 'awgb5qxx-hdmw9aygdphcswsi', productId: 'PRODUCTID1747035900', speedList, live: { pushAuth: { key: 'abcdef0123' } } })
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
const widths = [1440, 390]

test.each(visits)('the pages of %s have no fault, wide and narrow, and none scrolls sideways at 360 px', async (username, paths) => {
  const { page, close } = await deskOf(browser, address, username)
  for (const path of paths) {
    await go(page, address, path === 'ORDER' ? order : path)
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 })
      await expectNoFault(page, `${path} at ${width}`)
    }
    await page.setViewportSize({ width: 360, height: 900 })
    expect(await overflow(page), `${path} at 360`).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1440, height: 900 })
  }
  await close()
})

describe.each(widths)('at %i px', (width) => {
  test('what opens over a page has no fault either', async () => {
    const { page, close } = await deskOf(browser, address, 'group.admin', { width })
    await withChain(page, Number(order.split('/').at(-1)))
    await go(page, address, order)
    await page.getByRole('button', { name: /的备案依据$/ }).click()
    await page.getByRole('button', { name: '为什么' }).click()
    await page.locator('.why-actions').waitFor()
    await expectNoFault(page, 'why')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: '驳回', exact: true }).click()
    await page.getByRole('button', { name: '转办…' }).click()
    await expectNoFault(page, 'hand over')
    await page.keyboard.press('Escape')
    await go(page, address, '/orders?scope=pending')
    await page.locator('.orders tbody .o-pick input').first().check()
    await page.getByRole('button', { name: /^驳回 \d+ 单…$/ }).click()
    await page.getByRole('button', { name: /^驳回 \d+ 单$/ }).click()
    await expectNoFault(page, 'many')
    if (width < 900) await page.getByRole('button', { name: '打开导航' }).click()
    else await page.keyboard.press('Control+k')
    await expectNoFault(page, 'navigation')
    await close()
  })

  test('differences that are selected, and an open calendar, have no fault', async () => {
    const { page, close } = await deskOf(browser, address, 'operator', { width })
    await withDifferences(page)
    await go(page, address, '/reconcile')
    await page.getByLabel(/^选中 .*反馈没有送到工单$/).check()
    await expectNoFault(page, 'differences')
    await page.getByRole('combobox', { name: '核对哪一天' }).click()
    await page.getByRole('dialog', { name: '核对哪一天' }).waitFor()
    await expectNoFault(page, 'calendar')
    await close()
  })

  test('what opens over the list, and before a split, has no fault', async () => {
    const { page, close } = await deskOf(browser, address, 'ec.manager', { width })
    await go(page, address, '/orders?scope=mine')
    await page.getByRole('button', { name: '存为常用' }).click()
    await expectNoFault(page, 'saved filter')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: '提交时间…' }).click()
    await page.getByRole('combobox', { name: '提交时间 从' }).click()
    await page.getByRole('dialog', { name: '提交时间 从' }).waitFor()
    await expectNoFault(page, 'period')
    if (width > 900) {
      await page.getByRole('button', { name: '选择列' }).click()
      await expectNoFault(page, 'columns')
    }
    await go(page, address, unfiled)
    await page.getByRole('button', { name: '拆分…' }).click()
    await expectNoFault(page, 'split')
    await close()
  })

  test('a form with faults and an open list has no fault of its own', async () => {
    const { page, close } = await deskOf(browser, address, 'ec.manager', { width })
    await go(page, address, '/orders/new')
    await chooseProduct(page, '示例企业一', '网页加速')
    await paste(page, '[data-line]', 'yunshan\nvod-trial.example.cn\nfine.example.cn')
    await page.locator('[data-origin]').first().fill('127.0.0.1')
    await page.locator('.origins [aria-invalid]').waitFor()
    await expectNoFault(page, 'faults')
    await page.locator('.el-select').last().click()
    await page.getByRole('option', { name: '33 浙江' }).waitFor()
    await expectNoFault(page, 'open list')
    await page.getByRole('option', { name: '33 浙江' }).click()
    await page.keyboard.press('Escape')
    await expectNoFault(page, 'chosen')
    await page.getByRole('radio', { name: '用表格' }).check()
    await page.locator('#sheet-file').setInputFiles({ name: '无障碍.csv', mimeType: 'text/csv', buffer: Buffer.from('域名,端口\ncom,0') })
    await page.locator('#sheet-faults').waitFor()
    await expectNoFault(page, 'a faulty sheet')
    await page.getByRole('radio', { name: '直播域名' }).check()
    for (const option of ['推流鉴权', '播放鉴权', '录制']) await page.getByLabel(option, { exact: true }).check()
    await page.locator('#live-record-keepDays').fill('0')
    await page.locator('#live-record-keepDays-fault').waitFor()
    await expectNoFault(page, 'a live form')
    await close()
  })

  test('an order of many domains under way, and one of live streaming, have no fault', async () => {
    const { page, close } = await deskOf(browser, address, 'ec.manager', { width })
    await withCheckUnderWay(page, 30, 12)
    await go(page, address, batch)
    await page.getByRole('progressbar').waitFor()
    await expectNoFault(page, 'batch')
    await page.unrouteAll()
    await go(page, address, live)
    await page.getByRole('button', { name: '显示 推流鉴权 密钥' }).click()
    await expectNoFault(page, 'live')
    await close()
  })

  test('the log-in page has no fault', async () => {
    const { page, context } = await openWindow(browser, address, { width })
    await page.goto(`${address}/app/login?why=expired`)
    await settle(page)
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await expectNoFault(page, 'log-in')
    await context.close()
  })
})
