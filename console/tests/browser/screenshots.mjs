// Pictures of the console for the documents: a fresh stack is walked through, then photographed light and dark, wide and narrow.
// Usage: node tests/browser/screenshots.mjs ADDRESS [FOLDER], on a stack started with its demo data.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { launch, openWindow, settle, signIn } from './browser.mjs'

const [address = 'http://127.0.0.1:8080', folder = new URL('../../../docs/images', import.meta.url).pathname] = process.argv.slice(2)
const password = 'Front-Desk-2026'

/** The API as a person: what the pictures show has to exist first. */
async function as(username) {
  const send = async (method, path, body, token) => {
    const answer = await fetch(address + path, { method, headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }, ...(body && { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.status === 204 ? null : answer.json()
  }
  const { accessToken } = await send('POST', '/auth/login', { username, password })
  return { get: (path) => send('GET', path, undefined, accessToken), post: (path, body) => send('POST', path, body, accessToken), put: (path, body) => send('PUT', path, body, accessToken) }
}

const form = (...domains) => ({
  type: 'domain_request', requirement: 'add', enterprise: 'awgb5qxx-hdmw9aygdphcswsi', productId: 'PRODUCTID1747035900', product: '网页加速',
  speedList: domains.map((domain) => ({ domain })), provinces: [33, 32, 31], description: '大文件为主，分片回源 4 MB。',
  loopDomain: [{ value: '198.51.100.24:443', type: 'ip', mainFlag: true, weight: 80 }, { value: '[2001:db8:85a3::7334]:443', type: 'ip', mainFlag: false, weight: 20 }],
})

async function until(look, wanted) {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look()
    if (wanted(found)) return found
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('it did not come about')
}

async function story() {
  const manager = await as('ec.manager')
  const group = await as('group.admin')
  const standing = (id, status) => until(() => manager.get(`/workorder/detail?id=${id}`), (order) => order.status === status)
  const submitted = async (...domains) => (await manager.post('/workorder/custom/save', form(...domains))).id
  const waiting = await submitted('img.yuanfan.example.com.cn', 'js.yuanfan.example.com.cn', 'm.yuanfan.example.com.cn')
  await submitted('static.yunshan.example.cn', 'read.yunshan.example.cn')
  await submitted('m.unfiled-demo.cn')
  const rejected = await submitted('cdn.beiling.example.cn')
  const working = await submitted('dl.xigu.example.cn', 'dl2.xigu.example.cn', 'pkg.xigu.example.cn')
  const closed = await submitted('assets.front-desk-demo.cn')
  await manager.post('/workorder/custom/save', { ...form('api.xigu.example.cn'), state: 'draft' })
  for (const id of [waiting, rejected, working, closed]) await standing(id, 'approving')
  await group.post('/workorder/approvedecision', { id: rejected, decision: 'reject', comment: '回源 HOST 与证书不一致，请核对后再提。' })
  await group.post('/workorder/comment', { id: waiting, content: '已与客户核对源站迁移时间。' })
  const sa = await as('sa')
  for (const id of [working, closed]) {
    await group.post('/workorder/approvedecision', { id, decision: 'approve', comment: '同意' })
    await standing(id, 'bpmProcessing')
  }
  const tasks = await sa.get('/bpm/tasks?pageSize=10')
  const task = (id) => tasks.data.find((one) => one.orderId === id).id
  await sa.post(`/bpm/tasks/${task(working)}/stage-feedback`, { stage: '资源分配', result: 'success', message: '浙江 6 节点、江苏 4 节点、上海 3 节点' })
  await sa.post(`/bpm/tasks/${task(working)}/stage-feedback`, { stage: '配置下发', result: 'failure', message: 'shaoxing-03 连接超时，已换 shaoxing-05' })
  await sa.post(`/bpm/tasks/${task(working)}/stage-feedback`, { stage: '配置下发', result: 'success', message: '13 / 13 节点一致' })
  await sa.post(`/bpm/tasks/${task(closed)}/close`, { message: '已上线' })
  const certification = await organizations()
  return { waiting, certification }
}

async function organizations() {
  const owner = await as('pe.admin')
  const operator = await as('operator')
  const types = (await owner.get('/pe/pe-types?pageSize=100')).data
  const company = types.find((type) => type.registrationNumberKind === 'uscc')
  const entity = await owner.put('/pe/public-entities', { typeId: company.id, name: '云杉出版集团', shortName: '云杉', registrationNumber: '91440300708461136T', licensePhotos: ['https://example.com/licence.png'] })
  await operator.post(`/pe/public-entities/${entity.id}/audit`, { approved: true, remark: '' })
  const kinds = (await owner.get('/pe/authentication-types?pageSize=100')).data
  const gold = kinds.find((kind) => kind.name === '金牌')
  const materials = [...new Set([...gold.requiredMaterials, '近一年业务说明'])].map((name) => ({ name, url: 'https://example.com/material.pdf' }))
  const draft = await owner.put('/pe/pe-authentications', { peId: entity.id, typeId: gold.id, materials })
  await owner.post(`/pe/pe-authentications/${draft.id}/submit`)
  await owner.post(`/pe/pe-authentications/${draft.id}/replies`, { content: '材料已按金牌清单准备，许可证正在续期。' })
  await operator.post(`/pe/pe-authentications/${draft.id}/claim`)
  return draft.id
}

const why = async (page) => { await page.getByRole('button', { name: '为什么' }).click(); await page.locator('.why-actions').waitFor() }
const fill = async (page) => {
  await page.locator('.product-fields .el-select').first().click()
  await page.getByRole('option', { name: '示例企业一' }).click()
  await page.locator('.product-choice .el-select').click()
  await page.getByRole('option', { name: '网页加速' }).click()
  await page.locator('[data-line]').first().focus()
  await page.evaluate(() => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text', 'video.yunshan.example.cn\nＭ.yunshan.example.cn\nvod-trial.example.cn\nyunshan\nvideo.yunshan.example.cn')
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await page.locator('[data-origin]').first().fill('192.0.2.18:443')
  await page.locator('.lines .faulty').first().waitFor()
  await page.locator('.lines .mark.run').first().waitFor({ state: 'detached' }).catch(() => undefined)
}

const { waiting, certification } = await story()
const pictures = [
  ['login', null, '/login', null],
  ['home', 'ec.manager', '/', null],
  ['orders', 'group.admin', '/orders?scope=all', null],
  ['submit', 'ec.manager', '/orders/new', fill],
  ['order', 'group.admin', `/orders/${waiting}`, null],
  ['why', 'group.admin', `/orders/${waiting}`, why],
  ['bpm', 'sa', '/bpm', null],
  ['bills', 'operator', '/bills', null],
  ['review', 'operator', '/review', null],
  ['certification', 'pe.admin', `/certifications/${certification}`, null],
  ['accounts', 'platform.admin', '/accounts', async (page) => page.getByRole('button', { name: '打开 省SA甲' }).click()],
]
const most = ['home', 'orders', 'submit', 'order']
const looks = [['', { theme: 'light' }, null], ['-dark', { theme: 'dark' }, most], ['-390', { theme: 'light', width: 390, height: 844 }, most]]

await mkdir(folder, { recursive: true })
const browser = await launch()
for (const [suffix, look, names] of looks) {
  for (const [name, username, path, act] of pictures.filter(([name]) => names === null || names.includes(name))) {
    const { context, page, watch } = await openWindow(browser, address, look)
    page.setDefaultTimeout(15_000)
    if (username) await signIn(page, address, username, password)
    await page.goto(`${address}/app${path}`)
    await settle(page)
    if (act) await act(page)
    await page.screenshot({ path: join(folder, `console-${name}${suffix}.png`) })
    if (watch.faults.length + watch.outside.length > 0) console.log(name + suffix, watch)
    await context.close()
  }
}
await browser.close()
