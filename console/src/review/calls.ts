/** The calls of the reviewers' desk. */
import { api, body, done } from '@/api/client'
import type { Page, QueueItem } from '@/api/shapes'

export function reviewQueue(): Promise<Page<QueueItem>> {
  return body(api.GET('/pe/review-queue', { params: { query: { pageSize: 100 } } }))
}

export type Reviewed = 'pe-authentications' | 'public-entities'

export function claim(resource: Reviewed, id: number): Promise<void> {
  return done(resource === 'public-entities' ? api.POST('/pe/public-entities/{id}/claim', { params: { path: { id } } }) : api.POST('/pe/pe-authentications/{id}/claim', { params: { path: { id } } }))
}

export function release(resource: Reviewed, id: number): Promise<void> {
  return done(resource === 'public-entities' ? api.POST('/pe/public-entities/{id}/release', { params: { path: { id } } }) : api.POST('/pe/pe-authentications/{id}/release', { params: { path: { id } } }))
}
