/** Keeps the session alive: hands out a usable access token, refreshes at 80 % of its life, says when it is over. */
import { ApiFault, faultOf, networkFault } from '@/api/fault'
import { alone, onTokensChanged, pairOf, readTokens, writeTokens, type TokenPair } from './tokens'

type Ending = 'expired' | 'elsewhere'

let pair: TokenPair | null = readTokens()
let timer: ReturnType<typeof setTimeout> | undefined
let ended: (ending: Ending) => void = () => {}
let resumed: (userId: string) => void = () => {}

export function heldPair(): TokenPair | null {
  return pair
}

export function onSession(listeners: { ended: (ending: Ending) => void; resumed: (userId: string) => void }): void {
  ended = listeners.ended
  resumed = listeners.resumed
}

export function keep(next: TokenPair | null): void {
  pair = next
  writeTokens(next)
  plan()
}

/** A token to send. `rejected` is one the server has just refused. Null when there is no session any more. */
export async function usableToken(rejected?: string): Promise<string | null> {
  if (pair !== null && pair.accessToken !== rejected && pair.expiresAt > Date.now()) return pair.accessToken
  if (pair === null) return null
  return alone(() => refresh(rejected))
}

async function refresh(rejected?: string): Promise<string | null> {
  const stored = readTokens()
  // Another tab was faster, or signed out.
  if (stored === null) return over('elsewhere')
  if (stored.accessToken !== rejected && stored.refreshAt > Date.now()) {
    pair = stored
    plan()
    return stored.accessToken
  }
  const answer = await send('/auth/refresh', { refreshToken: stored.refreshToken })
  if (answer.status === 401 || answer.status === 404) return over('expired')
  if (!answer.ok) throw await faultOf(answer)
  keep(pairOf({ ...(await answer.json()), userId: stored.userId }, Date.now()))
  return pair?.accessToken ?? null
}

function over(ending: Ending): null {
  keep(null)
  ended(ending)
  return null
}

export async function send(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': document.documentElement.lang },
      body: JSON.stringify(body),
    })
  } catch {
    throw networkFault()
  }
}

function plan(): void {
  clearTimeout(timer)
  if (pair === null) return
  timer = setTimeout(refreshSoon, Math.max(0, pair.refreshAt - Date.now()))
}

/** In the background a lost network is no fault: the next call, or the next minute, tries again. */
async function refreshSoon(): Promise<void> {
  try {
    await alone(() => refresh())
  } catch (thrown) {
    if (!(thrown instanceof ApiFault)) throw thrown
    timer = setTimeout(refreshSoon, 60_000)
  }
}

onTokensChanged((stored) => {
  pair = stored
  plan()
  if (stored === null) ended('elsewhere')
  else resumed(stored.userId)
})
plan()
