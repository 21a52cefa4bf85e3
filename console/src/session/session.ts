/** Who is signed in and what they may do; outlives a lost session so that the page stays as it is. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, body } from '@/api/client'
import { faultOf } from '@/api/fault'
import type { Me } from '@/api/shapes'
import { heldPair, keep, onSession, send } from './keeper'
import { pairOf } from './tokens'

/** The codes of the contract; the document names the same by other spellings. */
export type Permission = `${'WO' | 'BPM' | 'PE' | 'AUTH'}_${string}`

export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(null)
  /** The log-in layer lies over the page. */
  const interrupted = ref(false)
  const permissions = computed(() => new Set<string>(me.value?.permissions ?? []))

  function may(...needed: Permission[]): boolean {
    return needed.some((code) => permissions.value.has(code))
  }

  function is(...roles: Me['roles']): boolean {
    return roles.some((role) => me.value?.roles.includes(role))
  }

  async function signIn(username: string, password: string): Promise<void> {
    const answer = await send('/auth/login', { username, password })
    if (!answer.ok) throw await faultOf(answer)
    const before = me.value
    const granted = await answer.json()
    keep(pairOf({ ...granted, userId: granted.user.id }, Date.now()))
    // Somebody else's pages are not theirs to see.
    if (before !== null && before.id !== granted.user.id) return location.assign(import.meta.env.BASE_URL)
    await load()
    interrupted.value = false
  }

  async function load(): Promise<void> {
    me.value = await body(api.GET('/auth/me', {}))
  }

  /** What a fresh page finds. */
  async function restore(): Promise<'none' | 'signedIn' | 'expired'> {
    if (me.value !== null) return 'signedIn'
    if (heldPair() === null) return 'none'
    try {
      await load()
      return 'signedIn'
    } catch (thrown) {
      if (heldPair() === null) return 'expired'
      throw thrown
    }
  }

  async function signOut(): Promise<void> {
    const pair = heldPair()
    keep(null)
    me.value = null
    if (pair !== null) await send('/auth/logout', { refreshToken: pair.refreshToken })
  }

  onSession({
    ended: () => {
      if (me.value !== null) interrupted.value = true
    },
    resumed: (userId) => {
      if (me.value !== null && me.value.id !== userId) location.assign(import.meta.env.BASE_URL)
      interrupted.value = false
    },
  })

  return { me, interrupted, may, is, signIn, signOut, restore, load }
})
