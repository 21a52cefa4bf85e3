/** Light or dark: what the reader chose, else what their system says, also when it changes its mind at dusk. */
import { ref } from 'vue'

export type Theme = 'light' | 'dark'

const STORED = 'front-desk.theme'

const system = matchMedia('(prefers-color-scheme: dark)')

function wanted(): Theme {
  const stored = localStorage.getItem(STORED)
  if (stored === 'light' || stored === 'dark') return stored
  return system.matches ? 'dark' : 'light'
}

export const theme = ref<Theme>(wanted())

system.addEventListener('change', () => {
  theme.value = wanted()
  applyTheme()
})

export function applyTheme(): void {
  document.documentElement.classList.toggle('dark', theme.value === 'dark')
}

export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark'
  localStorage.setItem(STORED, theme.value)
  applyTheme()
}
