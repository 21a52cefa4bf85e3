/** What a row of orders says, and the one thing its reader may do with it. */
import type { Holder, OrderItem } from '@/api/shapes'
import { useSession } from '@/session/session'
import { useText } from '@/text'

/** What people recognise an order by: its first domain, without `等12个`, which the reader's own language says. */
export function firstDomain(item: { details: string; code: string }): string {
  return item.details.replace(/\s*等\s*\d+\s*个$/, '') || item.code
}

export type Verb = 'approve' | 'modify' | 'resume'

export function verbOf(item: Pick<OrderItem, 'approving' | 'modifying' | 'status'>): Verb | null {
  if (item.status === 'draft') return item.modifying ? 'resume' : null
  if (item.modifying) return 'modify'
  return item.approving && item.status === 'approving' ? 'approve' : null
}

export function verbTarget(item: OrderItem) {
  const verb = verbOf(item)
  if (verb === 'resume') return { name: 'submit', query: { draft: item.id } }
  return { name: verb === 'modify' ? 'modify' : 'order', params: { id: item.id } }
}

export function useHolder() {
  const session = useSession()
  const { t, word } = useText()
  return (item: { holder?: Holder }): { name: string; note: string; mine: boolean } => {
    const holder = item.holder
    if (holder === undefined) return { name: '', note: '', mine: false }
    const mine = holder.id !== undefined && holder.id === session.me?.id
    return {
      name: mine ? t('order.list.me', { name: holder.name }) : holder.name,
      note: holder.role ? word('role', holder.role) : t('order.list.automatic'),
      mine,
    }
  }
}
