/** What billing raises is read here, and settled there. The demo data has one such order: a suspended product of 示例企业二. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, deskOf, go, launch } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

test('a suspension says whose product it is, that billing has it, and what it means meanwhile', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'group.admin')
  await go(page, address, '/orders?scope=all&type=PRODUCT_SUSPEND')
  const row = page.locator('.orders tbody tr', { hasText: 'PRODUCTID2000000004' })
  const said = (await row.innerText()).replace(/\s+/g, ' ')
  for (const words of ['示例企业二', '订购 PRODUCTID2000000004', '产品暂停单', '计费处理中', 'BBOSS 计费系统']) expect(said).toContain(words)
  await row.getByRole('link', { name: '示例企业二' }).click()
  await page.getByRole('heading', { level: 1, name: '全站加速' }).waitFor()
  await page.locator('.order-tag', { hasText: '计费处理中' }).waitFor()
  expect(await page.locator('.steps .step-name').allInnerTexts()).toEqual(['发起', '计费处理', '办结'])
  await page.getByText('暂停期间这个产品不能订购').waitFor()
  expect((await page.getByRole('region', { name: '订购' }).innerText()).replace(/\s+/g, ' ')).toContain('事项 暂停产品 企业 示例企业二 产品 全站加速 订购号 PRODUCTID2000000004')
  expect(await page.locator('#domains-title').count()).toBe(0)
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})
