/**
 * The token pair, kept where all tabs of this browser see it, and refreshed by one tab at a time:
 * a refresh token that is spent twice costs the whole session.
 */

export interface TokenPair {
  userId: string
  accessToken: string
  refreshToken: string
  /** Milliseconds since the epoch. */
  expiresAt: number
  /** When 80 % of its life is over. */
  refreshAt: number
}

const KEY = 'front-desk.session'
const LOCK = 'front-desk.refresh'
const LEASE_MS = 10_000

export function readTokens(): TokenPair | null {
  const stored = localStorage.getItem(KEY)
  if (stored === null) return null
  try {
    return JSON.parse(stored) as TokenPair
  } catch {
    localStorage.removeItem(KEY)
    return null
  }
}

export function writeTokens(pair: TokenPair | null): void {
  if (pair === null) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, JSON.stringify(pair))
}

export function pairOf(
  answer: { accessToken: string; refreshToken: string; expiresIn: number; userId: string },
  now: number,
): TokenPair {
  const life = answer.expiresIn * 1000
  return {
    userId: answer.userId,
    accessToken: answer.accessToken,
    refreshToken: answer.refreshToken,
    expiresAt: now + life,
    refreshAt: now + life * 0.8,
  }
}

/** Other tabs signing in, out or refreshing. */
export function onTokensChanged(told: (pair: TokenPair | null) => void): void {
  window.addEventListener('storage', (event) => {
    if (event.key === KEY) told(readTokens())
  })
}

/** Runs `work` in one tab at a time. Outside a secure context there are no Web Locks: a lease in storage stands in. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | null | undefined
  if (locks) return locks.request(LOCK, work)
  while (Number(localStorage.getItem(LOCK) ?? 0) > Date.now()) {
    await new Promise((done) => setTimeout(done, 100 + Math.random() * 100))
  }
  localStorage.setItem(LOCK, String(Date.now() + LEASE_MS))
  try {
    return await work()
  } finally {
    localStorage.removeItem(LOCK)
  }
}
