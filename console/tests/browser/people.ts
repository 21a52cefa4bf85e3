/** Windows of the demo people, and the steps that several tests share. */
import type { Browser, Page } from 'playwright-core'
import { launch, openWindow, settle, signIn } from './browser.mjs'

export const PASSWORD = 'Front-Desk-2026'

export interface Desk {
  page: Page
  watch: { faults: string[]; outside: string[] }
  close: () => Promise<void>
}

export { launch, openWindow, settle, signIn }

export async function deskOf(browser: Browser, address: string, username: string, options: Parameters<typeof openWindow>[2] = {}): Promise<Desk> {
  const { context, page, watch } = await openWindow(browser, address, options)
  page.setDefaultTimeout(15_000)
  await signIn(page, address, username, PASSWORD)
  return { page, watch, close: () => context.close() }
}

export async function go(page: Page, address: string, path: string): Promise<void> {
  await page.goto(`${address}/app${path}`)
  await settle(page)
}

/** As a clipboard brings it: one paste event with all of it. */
export async function paste(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector).first().focus()
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text', pasted)
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}

export async function chooseProduct(page: Page, enterprise: string, product: string): Promise<void> {
  await page.locator('.product-fields .el-select').first().click()
  await page.getByRole('option', { name: enterprise }).click()
  await page.locator('.product-choice .el-select').click()
  await page.getByRole('option', { name: product }).click()
}

/** A filled form that the server finds nothing wrong with; gives the address of the order. */
export async function submitOrder(page: Page, address: string, domain: string): Promise<string> {
  await go(page, address, '/orders/new')
  await chooseProduct(page, '示例企业一', '网页加速')
  await page.locator('[data-line]').first().fill(domain)
  await page.locator('[data-origin]').first().fill('192.0.2.18:443')
  await page.getByText('可用', { exact: true }).waitFor()
  await page.getByRole('button', { name: '提交工单', exact: true }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  await page.getByRole('heading', { level: 1, name: domain }).waitFor()
  return page.url()
}

/** The task of a domain on the desk of who does the work; other tests may have left theirs before it. */
export async function chooseTask(page: Page, address: string, domain: string): Promise<void> {
  await go(page, address, '/bpm')
  await page.locator('.queued', { hasText: domain }).click()
  await page.getByRole('heading', { name: domain }).waitFor()
}
