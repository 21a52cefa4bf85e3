/** The calls of substitutes. */
import { api, body, done } from '@/api/client'
import { ApiFault } from '@/api/fault'
import type { Substitute } from '@/api/shapes'

/** Null while nobody is named. */
export async function mySubstitute(): Promise<Substitute | null> {
  try {
    return await body(api.GET('/workorder/substitute', {}))
  } catch (thrown) {
    if (thrown instanceof ApiFault && thrown.status === 404) return null
    throw thrown
  }
}

export function nameSubstitute(toUserId: string, from: string, to: string, key: { 'Idempotency-Key': string }): Promise<Substitute> {
  return body(api.PUT('/workorder/substitute', { headers: key, body: { toUserId, from, to } }))
}

export function endSubstitution(): Promise<void> {
  return done(api.DELETE('/workorder/substitute', {}))
}
