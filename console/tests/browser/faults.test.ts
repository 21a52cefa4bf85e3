/** Whatever comes back, what was typed stays: every form against every kind of refusal. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { address, chooseProduct, deskOf, go, launch, openWindow, PASSWORD, submitOrder, withColleague } from './people'

let browser: Browser
let order = ''

beforeAll(async () => {
  browser = await launch()
  const manager = await deskOf(browser, address, 'ec.manager')
  order = await submitOrder(manager.page, address, 'faults.life.example.cn')
  const second = await submitOrder(manager.page, address, 'faults-task.life.example.cn')
  await manager.page.locator('.order-tag', { hasText: '审批中' }).waitFor()
  await manager.close()
  const approver = await deskOf(browser, address, 'group.admin')
  await approver.page.goto(second)
  await approver.page.getByRole('button', { name: '通过', exact: true }).click()
  await approver.page.locator('.order-tag', { hasText: 'BPM 处理中' }).waitFor()
  await approver.close()
})
afterAll(() => browser.close())

interface Refusal {
  status: number
  code: string
  says: RegExp
}
const refusals: Record<string, Refusal | null> = {
  'a lost network': null,
  'a 401': { status: 401, code: 'auth.token_invalid', says: /登录已过期/ },
  'a 409': { status: 409, code: 'order.state_conflict', says: /工单当前状态不允许此操作/ },
  'a 422': { status: 422, code: 'validation_failed', says: /内容校验未通过|须为/ },
  'a 500': { status: 500, code: 'internal', says: /服务暂时不可用（500）.*请求号/s },
}
const titles: Record<number, string> = { 401: '登录已失效，请重新登录', 409: '工单当前状态不允许此操作', 422: '内容校验未通过', 500: '服务内部错误' }

async function refuse(page: Page, path: string, refusal: Refusal | null): Promise<void> {
  await page.route((url) => url.pathname === path || (path.endsWith('*') && url.pathname.startsWith(path.slice(0, -1))), async (route) => {
    if (route.request().method() === 'GET') return route.continue()
    if (refusal === null) return route.abort('connectionfailed')
    const { status, code } = refusal
    return route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ type: `urn:front-desk:problem:${code}`, title: titles[status], status, code, requestId: '7f3c21ab90de' }) })
  })
}

interface Form {
  username: string | null
  path: string
  open: (page: Page) => Promise<void>
  send: (page: Page) => Promise<void>
  /** Selector and what was typed there. */
  typed: [string, string][]
  /** What else has to be there as before. */
  shown?: string
}

const forms: Record<string, Form> = {
  'the log-in': {
    username: null,
    path: '/auth/login',
    open: async (page) => {
      await page.goto(`${address}/app/login`)
      await page.locator('#login-username').fill('ec.manager')
      await page.locator('#login-password').fill(PASSWORD)
    },
    send: (page) => page.getByRole('button', { name: '登录', exact: true }).click(),
    typed: [['#login-username', 'ec.manager'], ['#login-password', PASSWORD]],
  },
  'the submission': {
    username: 'ec.manager2',
    path: '/workorder/custom/save',
    open: async (page) => {
      await go(page, address, '/orders/new')
      await chooseProduct(page, '示例企业一', '网页加速')
      await page.locator('[data-line]').first().fill('kept.life.example.cn')
      await page.locator('[data-origin]').first().fill('192.0.2.18:443')
      await page.locator('#description').fill('缓存 7 天')
      await page.getByText('可用', { exact: true }).waitFor()
    },
    send: (page) => page.getByRole('button', { name: '提交工单', exact: true }).click(),
    typed: [['[data-line]', 'kept.life.example.cn'], ['[data-origin]', '192.0.2.18:443'], ['#description', '缓存 7 天']],
  },
  'the submission of a sheet': {
    username: 'ec.manager2',
    path: '/workorder/custom/save',
    open: async (page) => {
      await go(page, address, '/orders/new')
      await chooseProduct(page, '示例企业一', '网页加速')
      await page.getByRole('radio', { name: '用表格' }).check()
      await page.locator('#sheet-file').setInputFiles({ name: '留住.csv', mimeType: 'text/csv', buffer: Buffer.from('域名\nkept-sheet.life.example.cn') })
      await page.locator('[data-origin]').first().fill('192.0.2.18:443')
      await page.locator('#description').fill('缓存 7 天')
      await page.getByText('逐行校验通过').waitFor()
    },
    send: (page) => page.getByRole('button', { name: '提交工单，1 个域名' }).click(),
    typed: [['[data-origin]', '192.0.2.18:443'], ['#description', '缓存 7 天']],
    shown: '.sheet-file:has-text("留住.csv")',
  },
  'a live-streaming order': {
    username: 'ec.manager2',
    path: '/workorder/custom/save',
    open: async (page) => {
      await go(page, address, '/orders/new')
      await page.getByRole('radio', { name: '直播域名' }).check()
      await chooseProduct(page, '示例企业一', '网页加速')
      await page.locator('[data-line]').nth(0).fill('kept-push.life.example.cn')
      await page.locator('[data-line]').nth(2).fill('kept-play.life.example.cn')
      await page.locator('#live-application').fill('show')
      await page.getByLabel('推流鉴权').check()
      await page.locator('#live-pushAuth-key').fill('abcdef0123')
      await page.locator('.facts dd', { hasText: '2 个可用' }).waitFor()
    },
    send: (page) => page.getByRole('button', { name: '提交工单', exact: true }).click(),
    typed: [['[data-line] >> nth=0', 'kept-push.life.example.cn'], ['[data-line] >> nth=2', 'kept-play.life.example.cn'], ['#live-application', 'show'], ['#live-pushAuth-key', 'abcdef0123']],
  },
  'the decision': {
    username: 'group.admin',
    path: '/workorder/approvedecision',
    open: async (page) => {
      await page.goto(order)
      await page.locator('#decision-remark').fill('请补充备源')
    },
    send: (page) => page.getByRole('button', { name: '驳回', exact: true }).click(),
    typed: [['#decision-remark', '请补充备源']],
  },
  'a decision on many': {
    username: 'group.admin',
    path: '/workorder/approvedecision/batch',
    open: async (page) => {
      await go(page, address, '/orders?scope=pending')
      await page.getByLabel('选中本页轮到我审批的').check()
      await page.getByRole('button', { name: /^驳回 \d+ 单…$/ }).click()
      await page.locator('#batch-remark').fill('请补充授权书')
    },
    send: (page) => page.getByRole('button', { name: /^驳回 \d+ 单$/ }).click(),
    typed: [['#batch-remark', '请补充授权书']],
  },
  'a filter that is saved': {
    username: 'group.admin',
    path: '/workorder/filters',
    open: async (page) => {
      await go(page, address, '/orders?scope=all&status=approving')
      await page.getByRole('button', { name: '存为常用' }).click()
      await page.locator('#filter-name').fill('等着审批的')
    },
    send: (page) => page.getByRole('button', { name: '保存', exact: true }).click(),
    typed: [['#filter-name', '等着审批的']],
  },
  'a substitute': {
    username: 'group.admin',
    path: '/workorder/substitute',
    open: async (page) => {
      await withColleague(page)
      await go(page, address, '/substitute')
      await page.getByLabel('由谁代理').selectOption({ index: 1 })
      for (const [field, day] of [['#substitute-from', '2026-12-01'], ['#substitute-to', '2027-01-07']]) {
        await page.locator(field!).fill(day!)
        await page.keyboard.press('Enter')
      }
    },
    send: (page) => page.getByRole('button', { name: '设为代理人' }).click(),
    typed: [['#substitute-from', '2026-12-01'], ['#substitute-to', '2027-01-07']],
  },
  'a comment': {
    username: 'ec.manager',
    path: '/workorder/comment',
    open: async (page) => {
      await page.goto(order)
      await page.locator('.say textarea').fill('已电话确认')
    },
    send: (page) => page.getByRole('button', { name: '发送', exact: true }).click(),
    typed: [['.say textarea', '已电话确认']],
  },
  'a stage report': {
    username: 'sa',
    path: '/bpm/tasks/*',
    open: async (page) => {
      await go(page, address, '/bpm')
      await page.locator('#stage').fill('灰度验证')
      await page.locator('#stage-message').fill('首包 86 ms')
    },
    send: (page) => page.getByRole('button', { name: /^反馈“/ }).click(),
    typed: [['#stage', '灰度验证'], ['#stage-message', '首包 86 ms']],
  },
  'an account': {
    username: 'platform.admin',
    path: '/auth/accounts',
    open: async (page) => {
      await go(page, address, '/accounts')
      await page.getByRole('button', { name: '新建账号' }).click()
      await page.locator('#account-username').fill('he.qing')
      await page.locator('#account-name').fill('何清')
      await page.locator('#account-password').fill(PASSWORD)
    },
    send: (page) => page.getByRole('button', { name: '建立账号' }).click(),
    typed: [['#account-username', 'he.qing'], ['#account-name', '何清'], ['#account-password', PASSWORD]],
  },
  'a registration': {
    username: 'pe.admin2',
    path: '/pe/public-entities',
    open: async (page) => {
      await go(page, address, '/organizations/new')
      await page.locator('#entity-name').fill('溪谷图书馆联盟')
      await page.locator('#entity-number').fill('91440300708461136T')
      if ((await page.locator('.photo-list li').count()) === 0) {
        await page.getByLabel('照片网址').fill('https://example.com/licence.png')
        await page.getByRole('button', { name: '添加网址' }).click()
      }
    },
    send: (page) => page.getByRole('button', { name: '登记', exact: true }).click(),
    typed: [['#entity-name', '溪谷图书馆联盟'], ['#entity-number', '91440300708461136T']],
  },
  'another password': {
    username: 'global.area',
    path: '/auth/password',
    open: async (page) => {
      await go(page, address, '/password')
      for (const [field, text] of [['old', PASSWORD], ['new', 'Another-2026'], ['repeat', 'Another-2026']]) await page.locator(`#${field}-password`).fill(text!)
    },
    send: (page) => page.getByRole('button', { name: '修改密码', exact: true }).click(),
    typed: [['#old-password', PASSWORD], ['#new-password', 'Another-2026']],
  },
}

describe.each(Object.entries(forms))('%s', (_, form) => {
  test('keeps what was typed through every refusal, and says what happened', async () => {
    const desk = form.username === null ? await openWindow(browser, address) : await deskOf(browser, address, form.username)
    const { page } = desk
    page.setDefaultTimeout(15_000)
    await form.open(page)
    for (const [kind, refusal] of Object.entries(refusals)) {
      await refuse(page, form.path, refusal)
      await form.send(page)
      await page.locator('.band', { hasText: refusal?.says ?? /网络断开/ }).first().waitFor()
      for (const [field, text] of form.typed) expect(await page.locator(field).first().inputValue(), `${field} after ${kind}`).toBe(text)
      if (form.shown) expect(await page.locator(form.shown).count(), `${form.shown} after ${kind}`).toBe(1)
      await page.unrouteAll()
    }
    expect(desk.watch.outside).toEqual([])
    await page.context().close()
  })
})

test('an upload that failed keeps its name and is sent again on demand', async () => {
  const { page, close } = await deskOf(browser, address, 'ec.manager2')
  await go(page, address, '/orders/new')
  await refuse(page, '/workorder/custom/upload', null)
  await page.locator('#files-attachment').setInputFiles({ name: '授权书.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') })
  await page.locator('.attached li', { hasText: '网络断开' }).waitFor()
  expect(await page.locator('.attached li').innerText()).toContain('授权书.pdf')
  await page.unrouteAll()
  await page.locator('.attached').getByRole('button', { name: '再试一次' }).click()
  await page.getByText(/^附件·/).waitFor()
  await close()
})

test('a sheet that did not arrive keeps its name, and the one before counts until it does', async () => {
  const { page, close } = await deskOf(browser, address, 'ec.manager2')
  await go(page, address, '/orders/new')
  await page.getByRole('radio', { name: '用表格' }).check()
  const sheet = (name: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from('域名\na.life.example.cn') })
  await page.locator('#sheet-file').setInputFiles(sheet('第一份.csv'))
  await page.locator('.sheet-file b', { hasText: '第一份.csv' }).waitFor()
  await refuse(page, '/workorder/custom/upload', null)
  await page.locator('#sheet-file').setInputFiles(sheet('第二份.csv'))
  await page.locator('.sheet-file', { hasText: '网络断开' }).getByText('第二份.csv').waitFor()
  expect(await page.locator('.sheet-file b').innerText()).toBe('第一份.csv')
  await page.unrouteAll()
  await page.locator('.sheet-file').getByRole('button', { name: '再试一次' }).click()
  await page.locator('.sheet-file b', { hasText: '第二份.csv' }).waitFor()
  await close()
})

test('a list that cannot be read says so in its place and comes back when asked again', async () => {
  const { page, close } = await deskOf(browser, address, 'ec.manager')
  await page.route('**/workorder/getworkList?*', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'service.unavailable', status: 503, title: '服务暂不可用', requestId: 'abcdef12' }) }))
  await go(page, address, '/orders?scope=all')
  await page.locator('.panel .band', { hasText: '请求号 abcdef12' }).waitFor()
  await page.unrouteAll()
  await page.getByRole('button', { name: '再试一次' }).click()
  await page.locator('.orders tbody tr').first().waitFor()
  await close()
})
