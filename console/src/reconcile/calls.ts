/** The calls of the reconciliation. */
import { api, body } from '@/api/client'
import type { Reconciliation, RepairResult } from '@/api/shapes'

export function reconcileDay(date: string): Promise<Reconciliation> {
  return body(api.GET('/bpm/reconcile', { params: { query: date === '' ? {} : { date } } }))
}

export async function repair(differences: string[], key: { 'Idempotency-Key': string }): Promise<RepairResult[]> {
  return (await body(api.POST('/bpm/reconcile/repair', { headers: key, body: { differences } }))).results
}
