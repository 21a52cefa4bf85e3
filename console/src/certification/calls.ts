/** The calls of certifications: the applicant's and the reviewer's. */
import { api, body, done } from '@/api/client'
import type { paths } from '@/api/schema'
import type { Badge, Certification, CertificationType, Page, Reminder, Reply } from '@/api/shapes'

export type CertificationForm = paths['/pe/pe-authentications']['put']['requestBody']['content']['application/json']
export type CertificationVerdict = paths['/pe/pe-authentications/{id}/audit']['post']['requestBody']['content']['application/json']

export interface CertificationFilter {
  peId?: number
  status?: string
  pageNum?: number
  pageSize?: number
}

export function listCertifications(filter: CertificationFilter, everyones: boolean): Promise<Page<Certification>> {
  return everyones
    ? body(api.GET('/pe/pe-authentications', { params: { query: filter } }))
    : body(api.GET('/pe/pe-authentications/mine', { params: { query: filter } }))
}

export function showCertification(id: number): Promise<Certification> {
  return body(api.GET('/pe/pe-authentications/{id}', { params: { path: { id } } })) as Promise<Certification>
}

export function saveCertification(form: CertificationForm): Promise<Certification> {
  return body(api.PUT('/pe/pe-authentications', { body: form })) as Promise<Certification>
}

export function submitCertification(id: number): Promise<Certification> {
  return body(api.POST('/pe/pe-authentications/{id}/submit', { params: { path: { id } } }))
}

export function renewCertification(id: number): Promise<Certification> {
  return body(api.POST('/pe/pe-authentications/{id}/renew', { params: { path: { id } } }))
}

export function removeCertification(id: number): Promise<void> {
  return done(api.DELETE('/pe/pe-authentications/mine/{id}', { params: { path: { id } } }))
}

export function auditCertification(id: number, verdict: CertificationVerdict): Promise<Certification> {
  return body(api.POST('/pe/pe-authentications/{id}/audit', { params: { path: { id } }, body: verdict })) as Promise<Certification>
}

export async function certificationTypes(): Promise<CertificationType[]> {
  return (await body(api.GET('/pe/authentication-types', { params: { query: { pageSize: 100 } } }))).data.sort((a, b) => a.id - b.id)
}

export function postReply(id: number, content: string): Promise<Reply> {
  return body(api.POST('/pe/pe-authentications/{id}/replies', { params: { path: { id } }, body: { content } })) as Promise<Reply>
}

export function showBadge(badgeId: string): Promise<Badge> {
  return body(api.GET('/pe/badge/{badgeId}', { params: { path: { badgeId } } }))
}

export function myReminders(pageSize: number): Promise<Page<Reminder>> {
  return body(api.GET('/pe/reminders', { params: { query: { pageSize } } }))
}
