/** A draft is neither lost nor doubled, whatever becomes of the window it is written in. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { address, asPerson, chooseProduct, deskOf, go, launch } from './people'

const CREATOR = 'province.manager2'

let browser: Browser
let api: Awaited<ReturnType<typeof asPerson>>
beforeAll(async () => {
  browser = await launch()
  api = await asPerson(address, CREATOR)
})
afterAll(() => browser.close())

async function fill(page: Page, domain: string): Promise<void> {
  await go(page, address, '/orders/new')
  await chooseProduct(page, '示例企业一', '网页加速')
  await page.locator('[data-line]').first().fill(domain)
}

/** What the server has of the drafts of a domain: their descriptions. */
async function kept(domain: string): Promise<(string | undefined)[]> {
  const { data } = await api.get(`/workorder/getworkList?keyword=${domain}`)
  return Promise.all(data.map(async ({ id }: { id: number }) => (await api.get(`/workorder/detail?id=${id}`)).form.description))
}
/** It is told over the network: no more often than that can be asked. */
const soon = { timeout: 15_000, interval: 250 }

test('a first save whose page is gone before the answer makes one draft, which gets what was typed since', async () => {
  const { page, watch, close } = await deskOf(browser, address, CREATOR)
  const arrived = new Promise<void>((done) => page.route('**/workorder/custom/save', (route) => void route.fetch().then(() => done()), { times: 1 }))
  await fill(page, 'once.life.example.cn')
  await arrived
  await page.locator('#description').fill('答复之后才写的')
  await page.reload()
  await page.locator('.saved-note', { hasText: '草稿已保存' }).waitFor()
  expect(await page.locator('#description').inputValue()).toBe('答复之后才写的')
  await expect.poll(() => kept('once.life.example.cn'), soon).toEqual(['答复之后才写的'])
  expect(watch.outside).toEqual([])
  await close()
})

test('a page that is left over a slow network still saves its draft', async () => {
  const { page, watch, close } = await deskOf(browser, address, CREATOR)
  await fill(page, 'left.life.example.cn')
  await page.locator('#description').fill('走之前写的')
  const network = await page.context().newCDPSession(page)
  await network.send('Network.enable')
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 1_500, downloadThroughput: -1, uploadThroughput: -1 })
  await page.goto(`${address}/readyz`)
  await expect.poll(() => kept('left.life.example.cn'), soon).toEqual(['走之前写的'])
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('two windows over one draft ask which of them counts, and the chosen one is what both have', async () => {
  const { page, watch, close } = await deskOf(browser, address, CREATOR)
  await fill(page, 'two.life.example.cn')
  await page.getByRole('link', { name: '待办' }).click()
  await go(page, address, '/orders/new')
  const other = await page.context().newPage()
  await go(other, address, '/orders/new')
  const told = (window: Page) => window.locator('.band', { hasText: '另一个窗口改过这份草稿' })

  await other.locator('#description').fill('第二个窗口写的')
  await told(page).waitFor()
  await page.getByRole('button', { name: '用另一份' }).click()
  expect(await page.locator('#description').inputValue()).toBe('第二个窗口写的')

  await page.locator('#description').fill('第一个窗口写的')
  await told(other).waitFor()
  await other.getByRole('button', { name: '用这个窗口的' }).click()
  await told(page).waitFor()
  await page.getByRole('button', { name: '用另一份' }).click()
  expect(await page.locator('#description').inputValue()).toBe('第二个窗口写的')
  await other.getByRole('link', { name: '待办' }).click()
  await expect.poll(() => kept('two.life.example.cn'), soon).toEqual(['第二个窗口写的'])
  expect(watch).toEqual({ faults: [], outside: [] })
  await close()
})

test('what this device has kept gives way to what another has saved since, unless it was not sent yet', async () => {
  const { page, watch, close } = await deskOf(browser, address, CREATOR)
  await fill(page, 'devices.life.example.cn')
  await page.getByRole('link', { name: '待办' }).click()
  await expect.poll(() => kept('devices.life.example.cn'), soon).toEqual([undefined])
  const [{ id }] = (await api.get('/workorder/getworkList?keyword=devices.life.example.cn')).data
  const described = async (text: string) => {
    const { form } = await api.get(`/workorder/detail?id=${id}`)
    await api.post('/workorder/custom/save', { ...form, id, state: 'draft', description: text })
  }
  const opened = async () => {
    await go(page, address, `/orders/new?draft=${id}`)
    return page.locator('#description').inputValue()
  }

  await opened()
  await page.locator('#description').fill('这台设备写的')
  await page.getByRole('link', { name: '待办' }).click()
  await expect.poll(() => kept('devices.life.example.cn'), soon).toEqual(['这台设备写的'])
  await described('另一台设备写的')
  expect(await opened()).toBe('另一台设备写的')

  await page.route('**/workorder/custom/save', (route) => route.abort('connectionfailed'))
  await page.locator('#description').fill('断网时写的')
  await page.locator('.saved-note', { hasText: '已存在本机' }).waitFor()
  await page.unrouteAll()
  expect(await opened()).toBe('断网时写的')
  await expect.poll(() => kept('devices.life.example.cn'), soon).toEqual(['断网时写的'])
  expect(watch.outside).toEqual([])
  await close()
})
