/** What people read: Chinese first, English beside it, and no key that one of them lacks. */
import { createI18n, useI18n } from 'vue-i18n'
import { zhCN } from './zh-CN'

export type Messages = typeof zhCN
export type LanguageCode = 'zh-CN' | 'en'

type Path<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Path<T[K]>}` }[keyof T & string]
export type TextKey = Path<Messages>
/** A branch of the messages whose leaves are codes. */
type Branch<T> = {
  [K in keyof T & string]: T[K] extends string ? never : K | `${K}.${Branch<T[K]>}`
}[keyof T & string]

const STORED = 'front-desk.language'

function initial(): LanguageCode {
  return localStorage.getItem(STORED) === 'en' ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as LanguageCode,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN } as Record<LanguageCode, Messages>,
})

export async function speak(language: LanguageCode): Promise<void> {
  if (language === 'en') i18n.global.setLocaleMessage('en', (await import('./en')).en)
  i18n.global.locale.value = language
  document.documentElement.lang = language
  localStorage.setItem(STORED, language)
}

export const speakAsBefore = () => speak(initial())

export function useText() {
  const { t, te, locale } = useI18n({ useScope: 'global' })
  return {
    locale,
    t: (key: TextKey, named: Record<string, unknown> = {}) => t(key, named),
    /** Names, or facts, one after another. */
    listed: (names: readonly string[]) => names.join(locale.value === 'en' ? ', ' : '、'),
    sentences: (said: readonly string[]) => said.filter(Boolean).join(locale.value === 'en' ? ' ' : ''),
    /** In brackets behind what it is about. */
    aside: (words: string) => (locale.value === 'en' ? ` (${words})` : `（${words}）`),
    /** The word for a code; an unknown code is shown as it is. */
    word: (branch: Branch<Messages>, code: string) => (te(`${branch}.${code}`, 'zh-CN') ? t(`${branch}.${code}`) : code),
  }
}

/** Outside components. */
export function textNow(key: TextKey, named: Record<string, unknown> = {}): string {
  return i18n.global.t(key, named)
}
