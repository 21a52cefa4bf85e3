/** The calls of work orders. */
import { api, body, done } from '@/api/client'
import { download, type Downloaded } from '@/api/download'
import type {
  BatchProgress, CheckAnswer, Colleague, Decided, Divided, Enterprise, Explanation, KeptQuery, Moved, OrderDetail, OrderForm, OrderPage, ProductChoice, Saved, SavedFilter, Scope, Stats, Urged,
} from '@/api/shapes'

export interface OrderFilter {
  scope?: Scope
  type?: string
  status?: string
  keyword?: string
  startTime?: string
  endTime?: string
  sort?: string
  overdue?: boolean
  pageNum?: number
  pageSize?: number
}

export type Key = { 'Idempotency-Key': string }

export function listOrders(filter: OrderFilter): Promise<OrderPage> {
  return body(api.GET('/workorder/getworkList', { params: { query: { ...filter, view: 'desk' } } }))
}

/** The sheet of all pages of a filter. */
export function exportOrders(filter: KeptQuery, progress: (bytes: number) => void, signal: AbortSignal): Promise<Downloaded> {
  const query = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]))
  return download(`/workorder/export?${query}`, 'work-orders.xlsx', progress, signal)
}

export async function savedFilters(): Promise<SavedFilter[]> {
  const answer = await body(api.GET('/workorder/filters', {}))
  return answer.data
}

export function keepFilter(name: string, query: KeptQuery, key: Key): Promise<SavedFilter> {
  return body(api.PUT('/workorder/filters', { headers: key, body: { name, query } }))
}

export function forgetFilter(id: number): Promise<void> {
  return done(api.DELETE('/workorder/filters/{id}', { params: { path: { id } } }))
}

/** The figures of the orders one sees. */
export function orderStats(filter: { status: string; startTime: string }): Promise<Stats> {
  return body(api.GET('/workorder/stats', { params: { query: filter } }))
}

export function showOrder(id: number): Promise<OrderDetail> {
  return body(api.GET('/workorder/detail', { params: { query: { id } } }))
}

export function explainOrder(id: number): Promise<Explanation> {
  return body(api.GET('/workorder/explain', { params: { query: { id } } }))
}

export function editableForm(id: number): Promise<OrderForm> {
  return body(api.GET('/workorder/modify/detail', { params: { query: { id } } }))
}

export function decide(id: number, decision: 'approve' | 'reject', comment: string, version: number, key: Key): Promise<Moved> {
  return body(api.POST('/workorder/approvedecision', {
    headers: key, body: { id, decision, comment: comment.trim() || undefined, version },
  }))
}

export async function decideMany(ids: number[], decision: 'approve' | 'reject', comment: string, key: Key): Promise<Decided[]> {
  const answer = await body(api.POST('/workorder/approvedecision/batch', { headers: key, body: { ids, decision, comment: comment.trim() || undefined } }))
  return answer.results
}

export function transfer(id: number, toUserId: string, comment: string, key: Key): Promise<Moved> {
  return body(api.POST('/workorder/transfer', { headers: key, body: { id, toUserId, comment: comment.trim() || undefined } }))
}

export function withdraw(id: number, reason: string, key: Key): Promise<Moved> {
  return body(api.POST('/workorder/withdraw', { headers: key, body: { id, reason: reason.trim() || undefined } }))
}

export function recall(id: number, reason: string, key: Key): Promise<Moved> {
  return body(api.POST('/workorder/recall', { headers: key, body: { id, reason } }))
}

export function split(id: number, key: Key): Promise<Divided> {
  return body(api.POST('/workorder/split', { headers: key, body: { id } }))
}

export function urge(id: number, key: Key): Promise<Urged> {
  return body(api.POST('/workorder/urge', { headers: key, body: { id } }))
}

export function comment(id: number, content: string, key: Key): Promise<void> {
  return done(api.POST('/workorder/comment', { headers: key, body: { id, content } }))
}

export interface Verdict {
  domain: string
  passed: boolean
  recordNumber?: string
  reason?: string
}

export function correctLegality(orderId: number, results: Verdict[], key: Key): Promise<Moved> {
  return body(api.POST('/workorder/icp/checked', { headers: key, body: { orderId, results } }))
}

export async function staff(role: string | undefined, keyword: string): Promise<Colleague[]> {
  const answer = await body(api.GET('/workorder/staff', { params: { query: { role, keyword: keyword || undefined } } }))
  return answer.data
}

export async function enterprises(keyword: string): Promise<Enterprise[]> {
  const answer = await body(api.GET('/workorder/enterprises', { params: { query: { keyword: keyword || undefined } } }))
  return answer.data
}

export async function products(enterpriseId: string, operateType: string): Promise<ProductChoice[]> {
  const answer = await body(api.GET('/workorder/filter/product', { params: { query: { enterpriseId, operateType } } }))
  return answer.data
}

export function checkForm(form: OrderForm, signal: AbortSignal): Promise<CheckAnswer> {
  return body(api.POST('/workorder/custom/check', { body: form, signal }))
}

/** The sheet of the form with a column that says what is wrong in each row. */
export function annotatedSheet(form: OrderForm): Promise<Blob> {
  return body(api.POST('/workorder/batch/annotated', { body: form, parseAs: 'blob' }))
}

export function batchProgress(id: number): Promise<BatchProgress> {
  return body(api.GET('/workorder/batch/{id}', { params: { path: { id } } }))
}

export function saveForm(form: OrderForm, key: Key): Promise<Saved> {
  return body(api.POST('/workorder/custom/save', { headers: key, body: form }))
}

/** Goes on when its page is closed, as far as browsers let it: all that does so together may hold 64 KiB. */
export function saveDraft(form: OrderForm, key: Key | undefined): Promise<Saved> {
  const draft: OrderForm = { ...form, state: 'draft' }
  const keepalive = new TextEncoder().encode(JSON.stringify(draft)).length < 60_000
  return body(api.POST('/workorder/custom/save', { headers: key ?? {}, body: draft, keepalive }))
}

export function resubmit(form: OrderForm, key: Key): Promise<Saved> {
  return body(api.POST('/workorder/modify/detail', { headers: key, body: form }))
}

export function deleteFile(fileId: string): Promise<void> {
  return done(api.POST('/workorder/custom/deleteFile', { body: { fileId } }))
}
