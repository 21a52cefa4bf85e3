/** Every address of the console on one page. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { PageName } from './layout/navigation'
import { useSession } from './session/session'
import { textNow } from './text'

/** Shown without the frame, to whoever comes. */
const open: PageName[] = ['login', 'badge']

function page(name: PageName, path: string, component: RouteRecordRaw['component']): RouteRecordRaw {
  return { name, path, component: component! } as RouteRecordRaw
}

const routes: RouteRecordRaw[] = [
  page('login', '/login', () => import('./session/LoginPage.vue')),
  page('password', '/password', () => import('./session/PasswordPage.vue')),
  page('home', '/', () => import('./home/HomePage.vue')),
  page('orders', '/orders', () => import('./order/OrdersPage.vue')),
  page('submit', '/orders/new', () => import('./submit/SubmitPage.vue')),
  page('order', '/orders/:id(\\d+)', () => import('./order/OrderPage.vue')),
  page('modify', '/orders/:id(\\d+)/modify', () => import('./submit/SubmitPage.vue')),
  page('bpm', '/bpm/:task?', () => import('./bpm/DeskPage.vue')),
  page('substitute', '/substitute', () => import('./substitute/SubstitutePage.vue')),
  page('reconcile', '/reconcile', () => import('./reconcile/ReconcilePage.vue')),
  page('bills', '/bills', () => import('./bpm/BillsPage.vue')),
  page('deadLetters', '/dead-letters', () => import('./bpm/DeadLettersPage.vue')),
  page('organizations', '/organizations', () => import('./organization/OrganizationsPage.vue')),
  page('register', '/organizations/new', () => import('./organization/EntityFormPage.vue')),
  page('organization', '/organizations/:id(\\d+)', () => import('./organization/EntityPage.vue')),
  page('editOrganization', '/organizations/:id(\\d+)/edit', () => import('./organization/EntityFormPage.vue')),
  page('certifications', '/certifications', () => import('./certification/CertificationsPage.vue')),
  page('certification', '/certifications/:id(\\d+)', () => import('./certification/CertificationPage.vue')),
  page('review', '/review', () => import('./review/ReviewPage.vue')),
  page('badge', '/badge/:badge', () => import('./badge/BadgePage.vue')),
  page('accounts', '/accounts', () => import('./account/AccountsPage.vue')),
  page('auditLog', '/audit-log', () => import('./audit/AuditLogPage.vue')),
  page('notices', '/notices', () => import('./notice/NoticesPage.vue')),
  page('missing', '/:rest(.*)*', () => import('./layout/MissingPage.vue')),
]

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
})

router.beforeEach(async (to) => {
  const name = to.name as PageName
  const session = useSession()
  if (open.includes(name)) return true
  const found = await session.restore()
  if (found !== 'signedIn') {
    const why = found === 'expired' ? { why: 'expired' } : {}
    const back = to.fullPath === '/' ? {} : { to: to.fullPath }
    return { name: 'login', query: { ...why, ...back } }
  }
  if (session.me?.mustChangePassword && name !== 'password') return { name: 'password' }
  return true
})

router.afterEach((to) => {
  const name = to.name as PageName
  document.title = `${textNow(`shell.pages.${name}`)} · ${textNow('shell.name')}`
})
