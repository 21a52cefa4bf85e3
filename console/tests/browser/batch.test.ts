/** Domains by the sheet: from the template over a faulty one and its annotated copy to the sent order and its progress. */
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workbook } from '../workbook.ts'
import { address, chooseProduct, deskOf, go, launch, paste, submitSheet, withCheckUnderWay } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const TITLES = ['加速域名', '备案号', '主源站', '端口']

async function give(page: Page, name: string, rows: string[][]): Promise<void> {
  await page.locator('#sheet-file').setInputFiles({ name, mimeType: XLSX, buffer: Buffer.from(await workbook(rows)) })
}

async function saved(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()])
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

const faultRows = (page: Page) => page.locator('#sheet-faults tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim()).join('|')))

test('a manager fills in the template, mends what is faulty, sends many domains and follows their check', async () => {
  const manager = await deskOf(browser, address, 'ec.manager')
  const { page } = manager
  await go(page, address, '/orders/new')
  await chooseProduct(page, '示例企业一', '网页加速')
  await page.locator('#description').fill('缓存 7 天')
  await page.locator('[data-origin]').first().fill('192.0.2.18:443')
  await page.getByRole('radio', { name: '用表格' }).check()
  const template = await saved(page, '下载模板')
  expect(template.name).toBe('批量域名模板.xlsx')
  await page.locator('#sheet-file').setInputFiles({ name: template.name, mimeType: XLSX, buffer: template.bytes })
  await page.locator('#sheet-faults', { hasText: '文件里没有域名' }).waitFor()
  await page.locator('.sheet-file', { hasText: '0 个域名' }).waitFor()

  const rows = [TITLES, ...Array.from({ length: 60 }, (_, n) => [`d${n}.sheet.example.cn`, '', n === 0 ? '203.0.113.7:80' : '', n === 0 ? '80;443' : ''])]
  const faulty = [...rows, ['不是域名'], ['d0.sheet.example.cn'], ['e.sheet.example.cn', '', '10.0.0.1', '70000'], ...Array.from({ length: 60 }, () => ['com'])]
  await give(page, '云杉二期.xlsx', faulty)
  await page.getByText('64 处要改，在 63 行里').waitFor()
  expect((await faultRows(page)).slice(0, 4)).toEqual(['62|A 加速域名|不是可注册的域名（公共后缀或未知顶级域）', '63|A 加速域名|与第 2 行重复', '64|C 主源站|源站须是公网可达的地址', '64|D 端口|端口为 1 到 65535 的整数，用分号隔开'])
  expect(await faultRows(page)).toHaveLength(50)
  await page.getByRole('button', { name: '去改表格第 62 行，还差 64 处' }).click()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('sheet-faults')
  const annotated = await saved(page, '下载带批注的表格')
  expect(annotated.name).toBe('云杉二期-问题.xlsx')
  // It can be mended in place and sent back: nothing of it is lost, and its own column is passed over.
  await page.locator('#sheet-file').setInputFiles({ name: annotated.name, mimeType: XLSX, buffer: annotated.bytes })
  await page.locator('.sheet-file b', { hasText: annotated.name }).waitFor()
  await page.getByText('64 处要改，在 63 行里').waitFor()

  await give(page, '云杉二期.xlsx', rows)
  await page.getByText('逐行校验通过').waitFor()
  expect(await page.locator('#description').inputValue()).toBe('缓存 7 天')
  expect(await page.locator('[data-origin]').first().inputValue()).toBe('192.0.2.18:443')
  await page.locator('.facts dd', { hasText: '60 个域名·云杉二期.xlsx' }).waitFor()
  await withCheckUnderWay(page, 60, 24)
  await page.getByRole('button', { name: '提交工单，60 个域名' }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  const bar = page.getByRole('progressbar', { name: '备案校验进度' })
  await bar.waitFor()
  expect([await bar.getAttribute('value'), await bar.getAttribute('max'), await bar.getAttribute('aria-valuetext')]).toEqual(['24', '60', '已校验 24 / 60 个域名'])
  await page.unrouteAll()
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  await bar.waitFor({ state: 'detached' })

  expect(await page.locator('.domains tbody tr').count()).toBe(20)
  await page.locator('.domains tbody tr', { hasText: '主源 203.0.113.7:80·端口 80、443' }).waitFor()
  await page.getByRole('button', { name: '下一页' }).click()
  await page.locator('.domains th', { hasText: 'd20.sheet.example.cn' }).waitFor()
  await page.getByLabel('在 60 个域名里找').fill('D57.')
  await expect.poll(() => page.locator('.domains tbody tr').allInnerTexts()).toEqual([expect.stringContaining('d57.sheet.example.cn')])
  await page.getByLabel('备案', { exact: true }).selectOption({ label: '合规 60' })
  await page.getByLabel('在 60 个域名里找').fill('nowhere')
  await page.getByText('没有符合条件的域名').waitFor()
  await page.locator('.files li', { hasText: '云杉二期.xlsx' }).getByText('域名表格').waitFor()
  expect(manager.watch).toEqual({ faults: [], outside: [] })
  await manager.close()
})

test('a returned order takes another sheet, and keeps the rest of its form', async () => {
  const manager = await deskOf(browser, address, 'ec.manager')
  const { page } = manager
  const order = await submitSheet(page, address, '少一个.csv', ['a.again.example.cn'])
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()

  const approver = await deskOf(browser, address, 'group.admin')
  await approver.page.goto(order)
  await approver.page.getByLabel('审批意见，驳回时必填').fill('少一个域名')
  await approver.page.getByRole('button', { name: '驳回', exact: true }).click()
  await approver.page.locator('.order-tag', { hasText: '审批驳回' }).waitFor()
  await approver.close()

  await page.goto(order)
  await page.getByRole('link', { name: '修改并重新提交' }).click()
  await page.locator('.sheet-file', { hasText: '少一个.csv' }).waitFor()
  expect(await page.locator('.attached li').count()).toBe(0)
  await give(page, '都在.xlsx', [TITLES, ['a.again.example.cn'], ['b.again.example.cn']])
  await page.getByText('逐行校验通过').waitFor()
  expect(await page.locator('[data-origin]').first().inputValue()).toBe('192.0.2.18:443')
  await page.getByRole('button', { name: '重新提交，2 个域名' }).click()
  await page.waitForURL(order)
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  await page.locator('.domains th', { hasText: 'b.again.example.cn' }).waitFor()
  expect(manager.watch).toEqual({ faults: [], outside: [] })
  await manager.close()
})

test('more lines than one order takes become a sheet, which the draft keeps here and on the server', async () => {
  const manager = await deskOf(browser, address, 'ec.manager2')
  const { page } = manager
  let draft = 0
  page.on('response', async (answer) => { if (answer.url().endsWith('/custom/save')) draft = (await answer.json()).id })
  await go(page, address, '/orders/new')
  await chooseProduct(page, '示例企业一', '网页加速')
  await paste(page, '[data-line]', Array.from({ length: 501 }, (_, n) => `p${n}.pasted.example.cn`).join('\n'))
  await page.getByText('一张工单最多 500 个域名，现在有 501 个。').waitFor()
  await page.getByRole('button', { name: '把这 501 个域名做成表格' }).click()
  await page.locator('.sheet-file', { hasText: '逐行填写的域名.csv501 个域名' }).waitFor()
  await page.locator('[data-origin]').first().fill('192.0.2.18:443')
  await page.getByText('逐行校验通过').waitFor()
  await page.getByRole('status').filter({ hasText: '草稿已保存' }).waitFor()
  await page.reload()
  await page.getByText('上次没有提交的内容已恢复。').waitFor()
  await page.locator('.sheet-file', { hasText: '501 个域名' }).waitFor()
  await page.getByRole('link', { name: '待办' }).click()
  // Other tests may have left drafts of theirs.
  expect(draft).toBeGreaterThan(0)
  await page.locator(`a[href$="draft=${draft}"]`).click()
  await page.locator('.sheet-file', { hasText: '逐行填写的域名.csv' }).waitFor()
  await page.getByText('逐行校验通过').waitFor()
  await page.getByRole('radio', { name: '逐行填写' }).check()
  await page.locator('[data-line]').first().waitFor()
  await page.getByRole('button', { name: '丢弃草稿…' }).click()
  await page.getByRole('button', { name: '丢弃草稿', exact: true }).click()
  await page.waitForURL(/\/orders(\?|$)/)
  expect(manager.watch).toEqual({ faults: [], outside: [] })
  await manager.close()
})
