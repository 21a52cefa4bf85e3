/** Whether the network has been gone for more than ten seconds: shorter gaps are nobody's business. */
import { onScopeDispose, ref } from 'vue'

export function useOnline() {
  const online = ref(true)
  let timer: ReturnType<typeof setTimeout> | undefined
  const lost = () => (timer = setTimeout(() => (online.value = false), 10_000))
  const back = () => {
    clearTimeout(timer)
    online.value = true
  }
  window.addEventListener('offline', lost)
  window.addEventListener('online', back)
  onScopeDispose(() => {
    clearTimeout(timer)
    window.removeEventListener('offline', lost)
    window.removeEventListener('online', back)
  })
  return online
}
