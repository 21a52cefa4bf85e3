/** The pages, whom they are for, and how they are grouped. A page nobody may use is neither shown nor opened. */
import type { Permission } from '@/session/session'

export type PageName =
  | 'home' | 'orders' | 'submit' | 'order' | 'modify' | 'bpm' | 'bills' | 'deadLetters' | 'reconcile'
  | 'organizations' | 'organization' | 'register' | 'editOrganization' | 'certifications' | 'certification' | 'review'
  | 'accounts' | 'auditLog' | 'notices' | 'substitute' | 'password' | 'login' | 'badge' | 'missing'

export type Group = 'order' | 'organization' | 'operation' | 'administration'

/** Any of these opens the page; none: whoever is signed in. */
export const needs: Partial<Record<PageName, Permission[]>> = {
  orders: ['WO_Order_List'],
  submit: ['WO_Order_Save'],
  order: ['WO_Order_Detail'],
  modify: ['WO_Order_Modify'],
  bpm: ['BPM_Task_Read'],
  substitute: ['WO_Order_Approve'],
  reconcile: ['BPM_Bill_Read'],
  bills: ['BPM_Bill_Read'],
  deadLetters: ['BPM_DeadLetter_Manage', 'WO_Order_Recall'],
  organizations: ['PE_PublicEntity_ReadByToken', 'PE_PublicEntity_ReadAll'],
  organization: ['PE_PublicEntity_ReadById'],
  register: ['PE_PublicEntity_AddAndUpdate'],
  editOrganization: ['PE_PublicEntity_AddAndUpdate'],
  certifications: ['PE_PeAuthentication_ReadByToken', 'PE_PeAuthentication_ReadAll'],
  certification: ['PE_PeAuthentication_ReadById'],
  review: ['PE_PeAuthentication_Audit', 'PE_PublicEntity_Audit'],
  accounts: ['AUTH_Account_Read'],
  auditLog: ['PE_AuditLog_Read'],
}

interface Entry {
  page: PageName
  group: Group | null
}

const entries: Entry[] = [
  { page: 'home', group: null },
  { page: 'orders', group: 'order' },
  { page: 'submit', group: 'order' },
  { page: 'bpm', group: 'order' },
  { page: 'substitute', group: 'order' },
  { page: 'review', group: 'organization' },
  { page: 'organizations', group: 'organization' },
  { page: 'certifications', group: 'organization' },
  { page: 'reconcile', group: 'operation' },
  { page: 'bills', group: 'operation' },
  { page: 'deadLetters', group: 'operation' },
  { page: 'accounts', group: 'administration' },
  { page: 'auditLog', group: 'administration' },
]

export function opens(page: PageName, permissions: ReadonlySet<string>): boolean {
  const wanted = needs[page]
  return wanted === undefined || wanted.some((permission) => permissions.has(permission))
}

/** What the reader's navigation shows, group by group, in the order of the business. */
export function navigationFor(permissions: ReadonlySet<string>): { group: Group | null; pages: PageName[] }[] {
  const shown: { group: Group | null; pages: PageName[] }[] = []
  for (const entry of entries) {
    if (!opens(entry.page, permissions)) continue
    const last = shown.at(-1)
    if (last?.group === entry.group) last.pages.push(entry.page)
    else shown.push({ group: entry.group, pages: [entry.page] })
  }
  return shown
}
