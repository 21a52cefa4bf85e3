/** How many letters are dead on all sides the reader may see; undefined until all have said. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useSession } from '@/session/session'
import { listLettersOf } from './calls'

export function useLetterTotal() {
  const session = useSession()
  const mayBpm = session.may('BPM_DeadLetter_Manage')
  const mayOrders = session.may('WO_Order_Recall')
  const bpm = useQuery({ queryKey: ['dead-letters', 'bpm', 1], queryFn: () => listLettersOf('bpm', 1), enabled: mayBpm, refetchInterval: 60_000 })
  const orders = useQuery({ queryKey: ['dead-letters', 'workorder', 1], queryFn: () => listLettersOf('workorder', 1), enabled: mayOrders, refetchInterval: 60_000 })
  return computed(() => {
    const totals = [...(mayBpm ? [bpm.data.value?.total] : []), ...(mayOrders ? [orders.data.value?.total] : [])]
    if (totals.length === 0 || totals.includes(undefined)) return undefined
    return totals.reduce<number>((sum, n) => sum + (n ?? 0), 0)
  })
}
