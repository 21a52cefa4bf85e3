// Serves the built console as the gateway does, and answers its calls from memory. Any call can be made to fail.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { detail, explain, orders, people, tasks } from './answers.mjs'

const dist = new URL('../../dist', import.meta.url).pathname
const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.svg': 'image/svg+xml' }
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob:; frame-src blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

export function problem(status, code, extra = {}) {
  return { status, headers: { 'content-type': 'application/problem+json', ...extra.headers }, body: { type: `urn:front-desk:problem:${code}`, title: extra.title ?? code, status, code, requestId: 'mock-7f3c21ab90', ...extra.body } }
}

const ok = (body) => ({ status: 200, body })
const page = (data) => ({ data, pageNum: 1, pageSize: 20, total: data.length })

function checked(form) {
  const errors = []
  const fault = (pointer, code, message, where) => errors.push({ pointer, code, message, ...(where && { where }) })
  if (!form.enterprise) fault('/enterprise', 'enterprise.unknown', '企业不存在')
  if (!form.productId) fault('/productId', 'product.not_available', '该产品当前不可订购')
  if (!form.speedList?.length) fault('/speedList', 'domain.required', '请填写域名')
  form.speedList?.forEach(({ domain }, index, all) => {
    const pointer = `/speedList/${index}/domain`
    if (!domain.includes('.')) fault(pointer, 'domain.invalid', '不是可注册的域名')
    else if (domain.startsWith('www.')) fault(pointer, 'domain.exists', '域名已存在', 'self_service_domain_config')
    if (all.findIndex((other) => other.domain === domain) < index) fault(pointer, 'domain.duplicate', '域名重复')
  })
  if (form.requirement === 'add' && !form.loopDomain?.length) fault('/loopDomain', 'origin.required', '请填写源站')
  form.loopDomain?.forEach(({ value }, index) => value.startsWith('127.') && fault(`/loopDomain/${index}/value`, 'origin.not_routable', '源站地址不可路由'))
  return errors
}

function answer(method, path, query, body, me) {
  const scope = query.get('scope') ?? 'all'
  const pending = orders.filter((one) => one.holder?.id === me?.id)
  const lists = { all: orders, mine: orders, pending, processed: orders.slice(8, 9) }
  const id = Number(query.get('id'))
  const routes = {
    'GET /auth/me': () => ok(me),
    'POST /auth/logout': () => ({ status: 204 }),
    'GET /workorder/getworkList': () => {
      const kept = lists[scope].filter((one) => (query.get('overdue') !== 'true' || one.overdue) && (!query.get('status') || one.status === query.get('status')) && one.details.includes(query.get('keyword') ?? ''))
      return ok({ ...page(kept), counts: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.length])) })
    },
    'GET /workorder/detail': () => { const shown = detail(id, me); return shown ? ok(shown) : problem(404, 'not_found', { title: '未找到' }) },
    'GET /workorder/explain': () => ok(explain(id, me)),
    'GET /workorder/enterprises': () => ok({ data: [{ id: 'e1', name: '云杉出版集团' }, { id: 'e2', name: '溪谷图书馆联盟' }] }),
    'GET /workorder/filter/product': () => ok({ data: [{ productId: 'p1', product: '网页加速', productCode: 'web', chargeMode: '流量', state: 'opened', domainCount: 37 }, { productId: 'p2', product: '下载加速', productCode: 'dl', chargeMode: '带宽', state: 'trial', domainCount: 0 }] }),
    'GET /workorder/staff': () => ok({ data: [{ id: '100015', name: '叶明', role: 'GROUP_MANAGER_ADMIN', company: '政企分公司' }] }),
    'POST /workorder/custom/check': () => { const errors = checked(body); return ok({ ok: errors.length === 0, errors }) },
    'POST /workorder/custom/save': () => ok({ id: 411, code: '20261121-411', status: body.state === 'draft' ? 'draft' : 'icpChecking' }),
    'POST /workorder/modify/detail': () => ok({ id: body.id, code: '20261121-388', status: 'icpChecking' }),
    'POST /workorder/approvedecision': () => ok({ id: body.id, status: 'dispatching' }),
    'POST /workorder/withdraw': () => ok({ id: body.id, status: 'withdrawn' }),
    'POST /workorder/comment': () => ({ status: 204 }),
    'POST /workorder/custom/upload': () => ok({ fileId: 'eehgcudaliutvzavcyv7xysao', name: '域名授权书.pdf', size: 1_200_000, contentType: 'application/pdf', sha256: '' }),
    'GET /bpm/tasks': () => ok(page(tasks.filter((one) => !query.get('state') || one.state === query.get('state')))),
  }
  if (path.startsWith('/bpm/tasks/')) return ok(tasks.find((one) => one.id === path.split('/')[3]) ?? tasks[0])
  return routes[`${method} ${path}`]?.() ?? problem(404, 'not_found', { title: '未找到' })
}

/** `refuse(method, path, reply)` makes the next calls answer so; `reply` null drops the connection; `mend()` ends it. */
export async function startMock() {
  const refusals = new Map()
  const calls = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock')
    if (url.pathname.startsWith('/app')) return serve(url.pathname, response)
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const json = request.headers['content-type']?.includes('json') && text ? JSON.parse(text) : undefined
    const me = people[request.headers.authorization?.replace('Bearer token-', '')]
    calls.push({ method: request.method, path: url.pathname, body: json, headers: request.headers })
    const refusal = refusals.get(`${request.method} ${url.pathname}`)
    if (refusal === null) return request.socket.destroy()
    const reply = refusal ?? signIn(request.method, url.pathname, json) ?? (me ? answer(request.method, url.pathname, url.searchParams, json, me) : problem(401, 'auth.token_invalid'))
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body))
  })
  await new Promise((done) => server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', done))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    calls,
    refuse: (method, path, reply) => refusals.set(`${method} ${path}`, reply),
    mend: () => refusals.clear(),
    stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done) }),
  }
}

function signIn(method, path, body) {
  if (method !== 'POST' || (path !== '/auth/login' && path !== '/auth/refresh')) return null
  const name = path === '/auth/login' ? body.username : body.refreshToken.replace('refresh-', '')
  const person = people[name]
  if (!person || (path === '/auth/login' && body.password !== 'right')) return problem(401, 'auth.bad_credentials', { title: '用户名或密码错误' })
  return ok({ accessToken: `token-${name}`, refreshToken: `refresh-${name}`, tokenType: 'Bearer', expiresIn: 900, user: person })
}

async function serve(path, response) {
  const file = extname(path) ? path.replace(/^\/app\//, '') : 'index.html'
  try {
    const bytes = await readFile(join(dist, file))
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy })
    response.end(bytes)
  } catch {
    response.writeHead(404).end()
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) console.log((await startMock()).address)
