/** What a row of orders says, and the one thing its reader may do with it. */
import type { Holder, OrderItem } from '@/api/shapes'
import { useSession } from '@/session/session'
import { useText } from '@/text'
import { isOfBilling } from './kind'

type Titled = Pick<OrderItem, 'details' | 'code' | 'enumType' | 'domainsTotal' | 'corpName'>

/** What people recognise an order by: its first domain; of one about a subscription, whose it is. */
export function titleOf(item: Titled): string {
  if (isOfSubscription(item)) return item.corpName ?? item.code
  // Without `等12个`, which the reader's own language says.
  return item.details.replace(/\s*等\s*\d+\s*个$/, '')
}

/** It has no domain to be known by, or moves whatever the subscription has. */
export function isOfSubscription(item: Titled): boolean {
  return item.domainsTotal === 0 || item.enumType === 'DOMAIN_MIGRATE'
}

/** Where an order stands, in words. What billing does has nothing to do with BPM. */
export function useStateWord() {
  const { t, word } = useText()
  return (order: { enumType: string; status: string }) => (isOfBilling(order) && order.status === 'bpmProcessing' ? t('order.billing.processing') : word('order.state', order.status))
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

/** Whether it makes sense to ask for speed: somebody else has it to decide or to work on. The server has the last word. */
export function urgeable(item: Pick<OrderItem, 'status' | 'holder' | 'enumType'>, reader: string | undefined): boolean {
  if (isOfBilling(item)) return false
  if (item.status === 'dispatching') return true
  return (item.status === 'approving' || item.status === 'bpmProcessing') && item.holder?.id !== undefined && item.holder.id !== reader
}

/** As the services name the billing system where they name people. */
export const BILLING = 'BBOSS'

export function useHolder() {
  const session = useSession()
  const { t, word, listed } = useText()
  return (item: { holder?: Holder; holders?: Holder[]; onBehalfOf?: Holder }): { name: string; note: string; mine: boolean } => {
    const several = item.holders?.length ? item.holders : item.holder === undefined ? [] : [item.holder]
    const isMine = (holder: Holder) => holder.id !== undefined && holder.id === session.me?.id
    const mine = several.find(isMine)
    // Oneself first: of many names the last are cut off.
    const names = [...(mine ? [t('order.list.me', { name: mine.name })] : []), ...several.filter((holder) => holder !== mine).map(({ name }) => name)]
    const role = several[0]?.role
    const office = role ? word('role', role) : several.length ? t(several[0]?.name === BILLING ? 'order.billing.system' : 'order.list.automatic') : ''
    return {
      name: listed(names),
      note: item.onBehalfOf ? t('order.list.inPlaceOf', { name: item.onBehalfOf.name }) : office,
      mine: mine !== undefined,
    }
  }
}
