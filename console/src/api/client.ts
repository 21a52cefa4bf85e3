/** The typed client of the gateway: every path and body comes from the committed OpenAPI document. */
import createClient from 'openapi-fetch'
import { usableToken } from '@/session/keeper'
import { ApiFault, faultOf, networkFault } from './fault'
import type { paths } from './schema'
import type { Present } from './shapes'

/** Sends with the session's token; a refused one is refreshed and tried once more. Anything but success is thrown. */
export async function authorized(request: Request): Promise<Response> {
  request.headers.set('accept-language', document.documentElement.lang)
  const spare = request.clone()
  const token = await usableToken()
  let answer = await dispatch(request, token)
  if (answer.status === 401 && token !== null) {
    const renewed = await usableToken(token)
    if (renewed !== null) answer = await dispatch(spare, renewed)
  }
  if (!answer.ok) throw await faultOf(answer)
  return answer
}

async function dispatch(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set('authorization', `Bearer ${token}`)
  try {
    return await fetch(request)
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown
    throw networkFault()
  }
}

export const api = createClient<paths>({ baseUrl: '/', fetch: authorized })

/** The body of an answer. `authorized` has thrown already if there is none. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<Present<T>> {
  const { data } = await call
  if (data === undefined) throw new ApiFault(0, 'unexpected', '', 'an empty answer')
  return data as Present<T>
}

/** Of calls that answer 204. */
export async function done(call: Promise<unknown>): Promise<void> {
  await call
}

/** A file with the caller's rights, for preview or saving. */
export async function blobOf(path: string): Promise<Blob> {
  const answer = await authorized(new Request(new URL(path, location.origin)))
  return answer.blob()
}
