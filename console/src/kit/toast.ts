import { shallowRef } from 'vue'
import type { RouteLocationRaw } from 'vue-router'

interface Said {
  text: string
  /** Where to go next, with the word for it. */
  next?: string
  to?: RouteLocationRaw
}

export const toast = shallowRef<Said | null>(null)

let timer: ReturnType<typeof setTimeout> | undefined

export function say(said: Said): void {
  toast.value = said
  clearTimeout(timer)
  timer = setTimeout(() => (toast.value = null), 4_000)
}
