/** The audit log of organizations and certification. */
import { api, body } from '@/api/client'
import type { LogLine, Page } from '@/api/shapes'

export interface LogFilter {
  resource?: string
  recordId?: string
  action?: string
  from?: string
  to?: string
  pageNum?: number
  pageSize?: number
}

export function readLog(filter: LogFilter): Promise<Page<LogLine>> {
  return body(api.GET('/pe/audit-log', { params: { query: filter } })) as Promise<Page<LogLine>>
}
