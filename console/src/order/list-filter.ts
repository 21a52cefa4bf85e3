/** The list's filters live in the address, so that a list can be sent to a colleague. Pure. */
import type { LocationQuery } from 'vue-router'
import type { KeptQuery, Scope } from '@/api/shapes'
import type { OrderFilter } from './calls'

export const scopes: Scope[] = ['pending', 'mine', 'processed', 'all']
export const states = [
  'draft', 'icpChecking', 'icpFailed', 'approving', 'rejected', 'dispatching', 'bpmProcessing', 'bpmReject', 'finished', 'withdrawn',
]
export const kinds = ['domain_request', 'live_request', 'DOMAIN_MIGRATE', 'PRODUCT_SUSPEND', 'PRODUCT_CANCEL']

export interface ListFilter {
  scope: Scope
  keyword: string
  type: string
  status: string
  from: string
  to: string
  overdue: boolean
  page: number
}

function one(value: LocationQuery[string] | undefined): string {
  return typeof value === 'string' ? value : ''
}

function among<T extends string>(value: string, known: readonly T[]): T | '' {
  return known.find((item) => item === value) ?? ''
}

function day(value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : ''
}

export function readFilter(query: LocationQuery, fallback: Scope): ListFilter {
  const page = Number(one(query['page']))
  return {
    scope: among(one(query['scope']), scopes) || fallback,
    keyword: one(query['keyword']).slice(0, 100),
    type: among(one(query['type']), kinds),
    status: among(one(query['status']), states),
    from: day(one(query['from'])),
    to: day(one(query['to'])),
    overdue: one(query['overdue']) === 'true',
    page: Number.isInteger(page) && page > 1 ? page : 1,
  }
}

export function writeFilter(filter: ListFilter): Record<string, string> {
  const query: Record<string, string> = { scope: filter.scope }
  for (const key of ['keyword', 'type', 'status', 'from', 'to'] as const) if (filter[key] !== '') query[key] = filter[key]
  if (filter.overdue) query['overdue'] = 'true'
  if (filter.page > 1) query['page'] = String(filter.page)
  return query
}

export function isFiltered(filter: ListFilter): boolean {
  return [filter.keyword, filter.type, filter.status, filter.from, filter.to].some((value) => value !== '') || filter.overdue
}

/** What is asked for whatever the page: as it is kept under a name, and exported. Days are those of Asia/Shanghai; the end day counts as a whole. */
export function keptQuery(filter: ListFilter): Omit<OrderFilter, 'pageNum' | 'pageSize'> {
  return {
    scope: filter.scope,
    ...(filter.keyword && { keyword: filter.keyword }),
    ...(filter.type && { type: filter.type }),
    ...(filter.status && { status: filter.status }),
    ...(filter.from && { startTime: `${filter.from}T00:00:00+08:00` }),
    ...(filter.to && { endTime: `${filter.to}T23:59:59+08:00` }),
    ...(filter.overdue && { overdue: true }),
  }
}

export function askedFor(filter: ListFilter, pageSize: number): OrderFilter {
  return { ...keptQuery(filter), pageNum: filter.page, pageSize }
}

/** The other way round; null for one that was kept elsewhere with conditions this page has no place for. */
export function keptFilter(query: KeptQuery): ListFilter | null {
  const filter = readFilter({
    scope: query.scope ?? 'all',
    keyword: query.keyword ?? '',
    type: query.type ?? '',
    status: query.status ?? '',
    from: query.startTime?.slice(0, 10) ?? '',
    to: query.endTime?.slice(0, 10) ?? '',
    overdue: String(query.overdue ?? false),
  }, 'all')
  return written(keptQuery(filter)) === written({ scope: 'all', ...query }) ? filter : null
}

/** The same orders, whatever the page. */
export function sameFilter(one: ListFilter, other: ListFilter): boolean {
  return written(keptQuery(one)) === written(keptQuery(other))
}

function written(query: KeptQuery): string {
  return JSON.stringify(Object.entries(query).filter(([, value]) => value !== false && value !== '').sort())
}
