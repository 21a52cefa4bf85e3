/** Live streaming: asked for with its ways in and out, seen on the page of its order, changed and taken down again. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, asPerson, chooseProduct, deskOf, go, launch } from './people'

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser.close())

const list = (page: Page, name: string) => page.getByRole('list', { name }).locator('[data-line]')

async function start(page: Page, operation: string): Promise<void> {
  await go(page, address, '/orders/new')
  await page.getByRole('radio', { name: '直播域名' }).check()
  await page.getByRole('radio', { name: operation, exact: true }).check()
  await chooseProduct(page, '示例企业一', '网页加速')
}

/** Approved and closed by those who do it, so that its domains are live. */
async function goesLive(id: number): Promise<void> {
  const [group, worker] = await Promise.all([asPerson(address, 'group.admin'), asPerson(address, 'sa')])
  await group.post('/workorder/approvedecision', { id, decision: 'approve', comment: '同意' })
  const task = async () => (await worker.get(`/bpm/tasks?orderId=${id}`)).data[0]
  await expect.poll(async () => (await task())?.state, { timeout: 15_000 }).toBe('dispatched')
  await worker.post(`/bpm/tasks/${(await task()).id}/close`, { message: '' })
  await expect.poll(async () => (await group.get(`/workorder/detail?id=${id}`)).status, { timeout: 15_000 }).toBe('finished')
}

test('a manager orders push and play domains, is told of every fault at its field, and sees what was asked for', async () => {
  const { page, watch, close } = await deskOf(browser, address, 'ec.manager')
  await start(page, '新增')
  expect(await page.locator('#part-origins').count()).toBe(0)
  await list(page, '播流域名').first().fill('play.stream.example.cn')
  await page.locator('.parts').getByText('推流方式须有推流域名').waitFor()
  await list(page, '推流域名').first().fill('push.stream.example.cn')
  await page.locator('#live-application').fill('my show')
  await page.getByLabel('推流鉴权').check()
  await page.getByLabel('录制').check()
  await page.locator('#live-pushAuth-key').fill('short')
  await page.locator('#live-record-keepDays').fill('9999 天')
  await page.locator('#live-bandwidthMbps').fill('0')
  for (const [field, says] of [['application', '应用名为'], ['pushAuth-key', '鉴权密钥为'], ['record-keepDays', '须在 1 到 3650 之间'], ['bandwidthMbps', '须在 1 到']]) await page.locator(`#live-${field}-fault`, { hasText: says! }).waitFor()
  expect(await page.locator('#live-record-keepDays').inputValue()).toBe('9999')
  await page.getByRole('button', { name: /^鉴权密钥为/ }).click()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('live-pushAuth-key')
  expect(await page.locator('#live-pushAuth-key').getAttribute('type')).toBe('password')
  await page.getByRole('button', { name: '显示 推流鉴权 密钥' }).click()
  expect(await page.locator('#live-pushAuth-key').getAttribute('type')).toBe('text')

  await page.locator('#live-application').fill('show')
  await page.locator('#live-pushAuth-key').fill('abcdef0123')
  await page.locator('#live-record-keepDays').fill('30')
  await page.locator('#live-bandwidthMbps').fill('500')
  await page.getByLabel('SRT').check()
  await page.getByLabel('HTTP-FLV').uncheck()
  await page.getByLabel('高清').check()
  await page.locator('.facts dd', { hasText: '推流 1 个，播流 1 个，2 个可用' }).waitFor()
  await page.getByRole('button', { name: '提交工单', exact: true }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  expect(await page.locator('.domains tbody tr').evaluateAll((rows) => rows.map((row) => [row.children[0]?.textContent, row.children[1]?.textContent]))).toEqual([['push.stream.example.cn', '推流'], ['play.stream.example.cn', '播流']])
  const settings = page.getByRole('region', { name: '直播设置' })
  for (const fact of ['源站方式推流', '应用名show', '推流协议RTMP、SRT', '播放协议RTMP、HLS', '转码档位高清', '录制HLS，保留 30 天', '预估峰值带宽500 Mbit/s', '播放鉴权无']) expect((await settings.innerText()).replace(/\n+/g, '')).toContain(fact)
  expect(await settings.innerText()).not.toContain('abcdef0123')
  await settings.getByRole('button', { name: '显示 推流鉴权 密钥' }).click()
  await settings.getByText('abcdef0123').waitFor()
  const id = Number(/\d+$/.exec(page.url())![0])

  await goesLive(id)
  await start(page, '修改')
  await page.getByRole('radio', { name: '回源拉流' }).check()
  await list(page, '播流域名').first().fill('play.stream.example.cn')
  await page.locator('[data-origin]').first().fill('192.0.2.18:1935')
  await page.getByText('可用', { exact: true }).waitFor()
  await page.getByRole('button', { name: '提交工单', exact: true }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  await page.getByRole('region', { name: '直播设置' }).getByText('回源拉流').waitFor()
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  await goesLive(Number(/\d+$/.exec(page.url())![0]))

  await start(page, '删除')
  expect(await page.locator('#part-live, #part-origins').count()).toBe(0)
  await page.locator('[data-line]').first().fill('push.stream.example.cn')
  await page.getByText('可用', { exact: true }).waitFor()
  await page.getByRole('button', { name: '提交工单', exact: true }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  await page.locator('.order-facts', { hasText: '直播域名需求·删除' }).waitFor()
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  expect(await page.getByRole('region', { name: '直播设置' }).count()).toBe(0)
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('a returned order comes back into its form as it was, key and all', async () => {
  const manager = await deskOf(browser, address, 'ec.manager2')
  const { page } = manager
  await start(page, '新增')
  await page.getByRole('radio', { name: '回源拉流' }).check()
  await list(page, '播流域名').first().fill('back.stream.example.cn')
  await page.locator('[data-origin]').first().fill('192.0.2.18:1935')
  await page.getByLabel('播放鉴权').check()
  await page.locator('#live-pullAuth-key').fill('abcdef0123')
  await page.getByText('可用', { exact: true }).waitFor()
  await page.getByRole('button', { name: '提交工单', exact: true }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  await page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  const id = Number(/\d+$/.exec(page.url())![0])
  await (await asPerson(address, 'group.admin')).post('/workorder/approvedecision', { id, decision: 'reject', comment: '改为推流' })

  await go(page, address, `/orders/${id}/modify`)
  expect(await page.getByRole('radio', { name: '回源拉流' }).isChecked()).toBe(true)
  expect(await page.locator('#live-pullAuth-key').inputValue()).toBe('abcdef0123')
  await page.getByRole('radio', { name: '推流', exact: true }).check()
  await list(page, '推流域名').first().fill('in.stream.example.cn')
  await page.locator('.facts dd', { hasText: '推流 1 个，播流 1 个，2 个可用' }).waitFor()
  await page.getByRole('button', { name: '重新提交', exact: true }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  await page.locator('.domains tr', { hasText: 'in.stream.example.cn' }).getByText('推流', { exact: true }).waitFor()
  expect(manager.watch).toEqual({ faults: [], outside: [] })
  await manager.close()
})
