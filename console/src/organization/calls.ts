/** The calls of organizations and their members. */
import { api, body, done } from '@/api/client'
import type { paths } from '@/api/schema'
import type { Entity, EntityType, Member, Page } from '@/api/shapes'

export type EntityForm = paths['/pe/public-entities']['put']['requestBody']['content']['application/json']

export interface EntityFilter {
  keyword?: string
  auditStatus?: string
  pageNum?: number
  pageSize?: number
}

export function myEntities(pageNum: number): Promise<Page<Entity>> {
  return body(api.GET('/pe/public-entities/mine', { params: { query: { pageNum, pageSize: 20 } } }))
}

export function allEntities(filter: EntityFilter): Promise<Page<Entity>> {
  return body(api.GET('/pe/public-entities', { params: { query: filter } }))
}

export function showEntity(id: number): Promise<Entity> {
  return body(api.GET('/pe/public-entities/{id}', { params: { path: { id } } })) as Promise<Entity>
}

export function saveEntity(form: EntityForm): Promise<Entity> {
  return body(api.PUT('/pe/public-entities', { body: form })) as Promise<Entity>
}

export function removeEntity(id: number): Promise<void> {
  return done(api.DELETE('/pe/public-entities/mine/{id}', { params: { path: { id } } }))
}

export function auditEntity(id: number, approved: boolean, remark: string, version: number): Promise<Entity> {
  return body(api.POST('/pe/public-entities/{id}/audit', { params: { path: { id } }, body: { approved, version, ...(remark.trim() && { remark: remark.trim() }) } })) as Promise<Entity>
}

export async function entityTypes(): Promise<EntityType[]> {
  return (await body(api.GET('/pe/pe-types', { params: { query: { pageSize: 100 } } }))).data.sort((a, b) => a.id - b.id)
}

export function myMemberships(): Promise<Page<Member>> {
  return body(api.GET('/pe/pe-members/mine', { params: { query: { pageSize: 100 } } }))
}

export async function membersOf(peId: number, everyones: boolean): Promise<Member[]> {
  const query = { peId, pageSize: 100 }
  const page = everyones
    ? await body(api.GET('/pe/pe-members', { params: { query } }))
    : await body(api.GET('/pe/pe-members/mine', { params: { query } }))
  return page.data
}

export function addMember(peId: number, mobile: string, name: string): Promise<Member> {
  return body(api.PUT('/pe/pe-members', { body: { peId, mobile, ...(name && { uName: name }) } })) as Promise<Member>
}

export function removeMember(id: number): Promise<void> {
  return done(api.DELETE('/pe/pe-members/mine/{id}', { params: { path: { id } } }))
}
