/** The calls of accounts. */
import { api, body, done } from '@/api/client'
import type { Account, Page, Role } from '@/api/shapes'

export interface AccountFilter {
  role?: string
  province?: number
  keyword?: string
  pageNum?: number
  pageSize?: number
}

export interface AccountForm {
  id?: string
  username: string
  name: string
  mobile: string
  email: string
  company: string
  province?: number
  roles: Role[]
  enabled?: boolean
  initialPassword?: string
  resetPassword?: string
}

export function listAccounts(filter: AccountFilter): Promise<Page<Account>> {
  return body(api.GET('/auth/accounts', { params: { query: filter } }))
}

export function saveAccount(form: AccountForm, version: number | undefined): Promise<Account> {
  return body(api.PUT('/auth/accounts', { headers: version === undefined ? {} : { 'If-Match': `"${version}"` }, body: form }))
}

export function disableAccount(id: string): Promise<void> {
  return done(api.DELETE('/auth/accounts/{id}', { params: { path: { id } } }))
}

export function unlockAccount(id: string): Promise<void> {
  return done(api.POST('/auth/accounts/{id}/unlock', { params: { path: { id } } }))
}

export async function fullMobile(id: string): Promise<string> {
  const answer: { mobile: string } = await body(api.GET('/auth/accounts/{id}/mobile', { params: { path: { id } } }))
  return answer.mobile
}
