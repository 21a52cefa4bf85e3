/** Single-letter keys: off while a field has the focus, and for those who switch them off (WCAG 2.1.4). */
import { ref, watch } from 'vue'

const STORED = 'front-desk.single-keys'

export const singleKeys = ref(localStorage.getItem(STORED) !== 'off')
watch(singleKeys, (on) => localStorage.setItem(STORED, on ? 'on' : 'off'))

export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  const target = event.target
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], dialog') !== null
}
