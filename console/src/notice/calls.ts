/** The calls of the inbox. */
import { api, body } from '@/api/client'
import type { Inbox } from '@/api/shapes'

export function listNotices(filter: { unread?: boolean; pageNum?: number; pageSize?: number }): Promise<Inbox> {
  return body(api.GET('/workorder/notices', { params: { query: filter } }))
}

export async function unreadNotices(): Promise<number> {
  return (await body(api.GET('/workorder/notices/unread', {}))).unread
}

/** Some by their ids, or all up to the newest that was on screen. Gives what is still unread. */
export async function markRead(which: { ids: number[] } | { upTo: number }): Promise<number> {
  const asked = 'ids' in which ? which : { all: true, upTo: which.upTo }
  return (await body(api.POST('/workorder/notices/read', { body: asked }))).unread
}

export async function letterLanguage(): Promise<string> {
  return (await body(api.GET('/workorder/notices/preference', {}))).language
}

export async function writeLettersIn(language: string): Promise<string> {
  return (await body(api.PUT('/workorder/notices/preference', { body: { language } }))).language
}
