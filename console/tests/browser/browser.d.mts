import type { Browser, BrowserContext, Page } from 'playwright-core'

export interface WindowOptions {
  theme?: 'light' | 'dark'
  width?: number
  height?: number
  language?: 'zh-CN' | 'en'
}

export function launch(): Promise<Browser>
export function openWindow(browser: Browser, address: string, options?: WindowOptions): Promise<{ context: BrowserContext; page: Page; watch: { faults: string[]; outside: string[] } }>
export function signIn(page: Page, address: string, username: string, password: string): Promise<void>
export function settle(page: Page): Promise<void>
