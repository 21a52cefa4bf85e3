/** An organization from its registration to a public proof, between its owner, the operators and a stranger. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, deskOf, go, launch, openWindow, settle } from './people'

const picture = { name: '执照.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') }
let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

/** Takes what is waited for of this organization; other tests may have left theirs before it. */
async function claim(page: Page, organization: string, what: string): Promise<void> {
  await go(page, address, '/review')
  await page.locator('.queued', { hasText: organization }).filter({ hasText: what }).click()
  await page.locator('.task-title', { hasText: organization }).waitFor()
  await page.getByRole('button', { name: '认领', exact: true }).click()
}

test('an administrator registers, an operator approves, a certification is returned, mended, passed and proven', async () => {
  const owner = await deskOf(browser, address, 'pe.admin')
  const { page } = owner
  await go(page, address, '/organizations/new')
  await page.getByLabel('全称').fill('云杉出版集团')
  await page.getByLabel('统一社会信用代码').fill('91440300708461136X')
  await page.locator('#photo-file').setInputFiles(picture)
  await page.getByRole('button', { name: '预览 照片 1' }).waitFor()
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await page.locator('#entity-number-fault').waitFor()
  expect(await page.getByLabel('全称').inputValue()).toBe('云杉出版集团')
  await page.getByLabel('统一社会信用代码').fill('91440300708461136T')
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: '云杉出版集团' }).waitFor()
  const organization = page.url()

  const operator = await deskOf(browser, address, 'operator')
  await claim(operator.page, '云杉出版集团', '机构')
  await operator.page.getByRole('button', { name: '放弃认领' }).waitFor()
  await operator.page.getByRole('button', { name: '预览 照片 1' }).click()
  await operator.page.getByRole('img', { name: '照片 1' }).waitFor()
  await operator.page.getByRole('button', { name: '通过', exact: true }).click()
  await operator.page.getByText('云杉出版集团 已审核').waitFor()

  await page.goto(organization)
  await page.getByPlaceholder('成员的手机号').fill('13800000012')
  await page.getByRole('button', { name: '添加成员' }).click()
  await page.locator('.members li', { hasText: '普通用户' }).waitFor()
  await page.getByLabel('选择认证类型').selectOption({ label: '金牌' })
  await page.getByRole('button', { name: '申请认证' }).click()
  await page.waitForURL(/\/certifications\/\d+$/)
  const certification = page.url()
  await page.locator('.materials li').first().waitFor()
  const needed = await page.locator('.materials li').count()
  expect(needed).toBeGreaterThan(0)
  for (let index = 0; index < needed; index += 1) {
    await page.locator(`#material-${index}`).setInputFiles(picture)
    await page.locator('.materials li').nth(index).getByRole('button', { name: /^预览 / }).waitFor()
  }
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.getByText(/等运营人员审核/).first().waitFor()

  await claim(operator.page, '云杉出版集团', '金牌')
  const pass = operator.page.getByRole('button', { name: '通过', exact: true })
  expect(await pass.isDisabled()).toBe(true)
  for (let index = 0; index < needed; index += 1) await operator.page.locator('.verdicts').nth(index).getByLabel(index === 0 ? '不合格' : '合格', { exact: true }).check({ force: true })
  await operator.page.getByLabel(/不合格的原因$/).fill('照片不清楚')
  expect(await operator.page.getByLabel('意见', { exact: true }).inputValue()).toContain('照片不清楚')
  await operator.page.getByRole('button', { name: '退回修改' }).click()
  await operator.page.getByText('云杉出版集团 已审核').waitFor()

  await page.goto(certification)
  await page.locator('.materials li', { hasText: '照片不清楚' }).waitFor()
  await page.getByPlaceholder('写给对方').fill('已换清楚的照片')
  await page.getByRole('button', { name: '发送' }).click()
  await page.locator('.talk li', { hasText: '已换清楚的照片' }).waitFor()
  await page.locator('#material-0').setInputFiles(picture)
  await page.locator('.materials li', { hasText: '照片不清楚' }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '重新提交' }).click()
  await page.getByText(/等运营人员审核/).first().waitFor()

  await operator.page.goto(certification)
  for (let index = 0; index < needed; index += 1) await operator.page.locator('.verdicts').nth(index).getByLabel('合格', { exact: true }).check({ force: true })
  await pass.click()
  await operator.page.getByText(/已通过，有效期至/).waitFor()

  await page.goto(certification)
  const proof = await page.getByRole('link', { name: '公示页面' }).getAttribute('href')
  const stranger = await openWindow(browser, address)
  await stranger.page.goto(`${address}${proof}`)
  await stranger.page.getByText('这份认证有效').waitFor()
  expect([owner.watch.outside, operator.watch.outside, stranger.watch.outside]).toEqual([[], [], []])
  expect([...operator.watch.faults, ...stranger.watch.faults]).toEqual([])
  // The refused registration number is the one fault the browser reports by itself.
  expect(owner.watch.faults.filter((fault) => !fault.includes('422'))).toEqual([])
  await Promise.all([owner.close(), operator.close(), stranger.context.close()])
})

test('a member finds the organization and sees of it what is public', async () => {
  const member = await deskOf(browser, address, 'user')
  await settle(member.page)
  await member.page.getByRole('link', { name: '普通用户' }).click()
  await member.page.getByRole('heading', { level: 1, name: '云杉出版集团' }).waitFor()
  expect(await member.page.getByText('91440300708461136T').count()).toBe(0)
  expect(member.watch).toEqual({ faults: [], outside: [] })
  await member.close()
})
