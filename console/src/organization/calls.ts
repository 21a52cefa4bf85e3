/** The calls of organizations and their members. */
import { api, body } from '@/api/client'
import type { Entity, Member, Page } from '@/api/shapes'

export function myEntities(pageNum: number): Promise<Page<Entity>> {
  return body(api.GET('/pe/public-entities/mine', { params: { query: { pageNum, pageSize: 20 } } }))
}

export function myMemberships(): Promise<Page<Member>> {
  return body(api.GET('/pe/pe-members/mine', { params: { query: { pageSize: 100 } } }))
}
