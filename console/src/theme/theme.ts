/** Light or dark: what the reader chose, else what their system says. */
import { ref } from 'vue'

export type Theme = 'light' | 'dark'

const STORED = 'front-desk.theme'

function initial(): Theme {
  const stored = localStorage.getItem(STORED)
  if (stored === 'light' || stored === 'dark') return stored
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export const theme = ref<Theme>(initial())

export function applyTheme(): void {
  document.documentElement.classList.toggle('dark', theme.value === 'dark')
}

export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark'
  localStorage.setItem(STORED, theme.value)
  applyTheme()
}
