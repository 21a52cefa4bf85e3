/** `J` and `K` walk over the links of rows. The browser's own focus is the cursor, so `Enter` opens by itself. */
import { onMounted, onUnmounted, type Ref } from 'vue'
import { isTyping, singleKeys } from '@/layout/keys'

export function useRowKeys(place: Ref<HTMLElement | undefined>): void {
  function onKey(event: KeyboardEvent): void {
    const step = { j: 1, k: -1 }[event.key.toLowerCase()]
    if (step === undefined || !singleKeys.value || isTyping(event)) return
    const links = [...(place.value?.querySelectorAll<HTMLElement>('.row-link') ?? [])]
    const at = links.findIndex((link) => link === document.activeElement)
    links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus()
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onUnmounted(() => window.removeEventListener('keydown', onKey))
}
