/** The calls of the reviewers' desk. */
import { api, body } from '@/api/client'
import type { Page, QueueItem } from '@/api/shapes'

export function reviewQueue(): Promise<Page<QueueItem>> {
  return body(api.GET('/pe/review-queue', { params: { query: { pageSize: 100 } } }))
}
