/** Windows of the demo people, and the steps that several tests share. */
import type { Browser, Page } from 'playwright-core'
import { inject } from 'vitest'
import { launch, openWindow, settle, signIn } from './browser.mjs'

/** The stack of this worker: the files that it runs have it to themselves, one after another. */
export const address = inject('addresses')[Number(process.env['VITEST_POOL_ID']) - 1] ?? ''

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

/** The same by a sheet of domains, as it is picked from a disk. */
export async function submitSheet(page: Page, address: string, name: string, domains: string[]): Promise<string> {
  await go(page, address, '/orders/new')
  await chooseProduct(page, '示例企业一', '网页加速')
  await page.getByRole('radio', { name: '用表格' }).check()
  await page.locator('#sheet-file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(['域名', ...domains].join('\n')) })
  await page.locator('[data-origin]').first().fill('192.0.2.18:443')
  await page.getByText('逐行校验通过').waitFor()
  await page.getByRole('button', { name: `提交工单，${domains.length} 个域名` }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  return page.url()
}

/** The task of a domain on the desk of who does the work; other tests may have left theirs before it. */
export async function chooseTask(page: Page, address: string, domain: string): Promise<void> {
  await go(page, address, '/bpm')
  await page.locator('.queued', { hasText: domain }).click()
  await page.getByRole('heading', { name: domain }).waitFor()
}

/** The API as a person, for what a test needs to be there. */
export async function asPerson(address: string, username: string) {
  const send = async (method: string, path: string, body?: unknown, token?: string) => {
    const answer = await fetch(address + path, { method, headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }, ...(body !== undefined && { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.status === 204 ? null : answer.json()
  }
  const { accessToken } = await send('POST', '/auth/login', { username, password: PASSWORD })
  return { get: (path: string) => send('GET', path, undefined, accessToken), post: (path: string, body: unknown) => send('POST', path, body, accessToken), put: (path: string, body: unknown) => send('PUT', path, body, accessToken) }
}

/** An order of two domains, one of which is filed nowhere. */
export const partlyUnfiled = (name: string) => ({
  type: 'domain_request', requirement: 'add', enterprise: 'awgb5qxx-hdmw9aygdphcswsi', productId: 'PRODUCTID1747035900', product: '网页加速', provinces: [33],
  speedList: [{ domain: `${name}.life.example.cn` }, { domain: `${name}.unfiled-demo.cn` }], loopDomain: [{ value: '192.0.2.18:443', type: 'ip', mainFlag: true }],
})

/** A day on which much went wrong: a healthy stack has no differences to show. */
export async function withDifferences(page: Page): Promise<void> {
  const difference = (id: string, type: string, sides: object, repairable: boolean) => ({ id, type, orderId: 1, orderCode: '20261122-0001', sides, detail: '工单侧没有收到任务的一次反馈，可重发', repairable })
  const differences = [
    difference('event:1', 'eventMissing', { order: 'bpmProcessing', task: 'closed', bill: 'closed' }, true),
    difference('handover:2', 'engineMissing', { order: 'bpmProcessing', task: 'dispatched', bill: 'issued' }, true),
    difference('order:3:task:1', 'taskMissing', { order: 'dispatching' }, false),
    difference('order:4:domain', 'domainLeft', { order: 'finished', domain: 'left.example.cn' }, false),
  ]
  await page.route((url) => url.pathname === '/bpm/reconcile', (route) => route.fulfill({ json: { date: '2026-11-22', orders: 4, tasks: 3, bills: 3, differences } }))
}

/** A colleague of the same role: the demo data has one group administrator only, and a second would take orders from them. */
export async function withColleague(page: Page): Promise<void> {
  await page.route('**/workorder/staff', (route) => route.fulfill({ json: { data: [{ id: 'stand-in', name: '林予安', company: '集团客户部', mobile: '138****0042', roles: ['GROUP_MANAGER_ADMIN'] }] } }))
}

/** A batch order in the middle of its check, which is over too soon to be looked at. */
export async function withCheckUnderWay(page: Page, rows: number, checked: number): Promise<void> {
  await page.route((url) => url.pathname === '/workorder/detail', async (route) => {
    const order = await (await route.fetch()).json()
    await route.fulfill({ json: { ...order, status: 'icpChecking', statusName: '备案校验中' } })
  })
  await page.route((url) => /^\/workorder\/batch\/\d+$/.test(url.pathname), (route) => route.fulfill({
    json: { id: 1, code: 'c', state: 'icpChecking', stateName: '备案校验中', rows, checked, faulty: 1, stored: rows, icp: { total: rows, done: checked, pending: rows - checked - 1, lawful: checked - 1, unlawful: 1, unknown: 1 } },
  }))
}

/** Several of a step decide: the demo data has one group administrator, and a second would take orders from them. */
export async function withChain(page: Page, id: number): Promise<void> {
  await page.route(`**/workorder/detail?id=${id}`, async (route) => {
    const order = await (await route.fetch()).json()
    const one = order.approver
    const step = (role: string, mode: string, standing: string, seats: object[] = []) => ({ role, mode, standing, roleName: '', modeName: '', seats })
    const signed = { id: 900_001, time: order.updatedAt, event: 'countersigned', actor: { id: 'luo', name: '罗敏', role: one.role }, onBehalfOf: { id: 'zhou', name: '周衡', role: one.role }, fromStatus: 'approving', toStatus: 'approving', comment: '同意', isIcpCheckCompleted: true, isIcpCheckSuccess: true }
    const seats = [{ id: 'zhou', name: '周衡', approved: true }, { id: one.id, name: one.name, approved: false }, { id: 'ye', name: '叶明', approved: false }]
    const holders = [{ id: one.id, name: one.name, role: one.role }, { id: 'ye', name: '叶明', role: one.role }]
    await route.fulfill({ json: { ...order, approvalSteps: [step(one.role, 'all', 'current', seats), step('PLATFORM_ADMIN', 'one', 'waiting')], holders, history: [...order.history, signed] } })
  })
}
