// Chromium as the tests and the screenshots use it: a fresh profile, every console fault and every outside request noted.
import { chromium } from 'playwright-core'

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN'],
  })
}

/** What each window has asked for and not got yet. */
const waiting = new WeakMap()

/** From now on it is known what a page waits for. */
function count(page) {
  const pending = { requests: new Set(), since: Date.now() }
  waiting.set(page, pending)
  const over = (request) => { pending.requests.delete(request); pending.since = Date.now() }
  page.on('requestfinished', over)
  page.on('requestfailed', over)
  page.on('framenavigated', (frame) => { if (frame === page.mainFrame()) pending.since = Date.now() })
  page.on('request', (request) => { if (!request.url().endsWith('/notices/stream')) pending.requests.add(request) })
}

/** A window of its own: `watch.faults` are console errors, `watch.outside` requests to any other host. */
export async function openWindow(browser, address, { theme = 'light', width = 1440, height = 900, language = 'zh-CN' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', permissions: ['clipboard-write'] })
  await context.addInitScript((chosen) => { if (window === window.top && !localStorage.getItem('front-desk.language')) localStorage.setItem('front-desk.language', chosen) }, language)
  const page = await context.newPage()
  const watch = { faults: [], outside: [] }
  const host = new URL(address).host
  page.on('console', (message) => message.type() === 'error' && watch.faults.push(`${message.text()} ${message.location().url}`))
  page.on('pageerror', (error) => watch.faults.push(String(error)))
  count(page)
  // Other tabs of the same window.
  context.on('page', count)
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(http|ws)s?:$/.test(url.protocol) && url.host !== host) watch.outside.push(request.url())
  })
  return { context, page, watch }
}

export async function signIn(page, address, username, password) {
  await page.goto(`${address}/app/login`)
  await page.locator('#login-username').fill(username)
  await page.locator('#login-password').fill(password)
  await page.locator('button[type=submit]').click()
  await page.locator('.shell main h1').first().waitFor()
}

/** Everything asked for has come, and the page stands still. The stream of notices never ends: it does not count. */
export async function settle(page) {
  const pending = waiting.get(page)
  await page.waitForLoadState('load')
  while (pending.requests.size > 0 || Date.now() - pending.since < 500) await new Promise((done) => setTimeout(done, 50))
  await page.locator('.loading').first().waitFor({ state: 'detached' }).catch(() => undefined)
}
