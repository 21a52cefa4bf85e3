import './theme/tokens.css'
import './theme/base.css'
import './theme/element.css'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { asFault } from './api/fault'
import App from './App.vue'
import { router } from './router'
import { i18n, speakAsBefore } from './text'
import { applyTheme } from './theme/theme'

applyTheme()
await speakAsBefore()

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only what is our fault is worth asking twice.
      retry: (count, thrown) => count < 1 && asFault(thrown).ours,
    },
  },
})

createApp(App).use(createPinia()).use(i18n).use(router).use(VueQueryPlugin, { queryClient: queries }).mount('#app')
