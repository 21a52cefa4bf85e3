/** Counts of what waits, beside the navigation: asked every 30 s, silently. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { listOrders } from '@/order/calls'
import { openTasks } from '@/bpm/calls'
import { useSession } from '@/session/session'
import type { PageName } from './navigation'

export function useWaiting() {
  const session = useSession()
  const orders = useQuery({
    queryKey: ['waiting', 'orders'],
    queryFn: () => listOrders({ scope: 'pending', pageSize: 1 }),
    enabled: () => session.may('WO_Order_Save', 'WO_Order_Approve') && !session.interrupted,
    refetchInterval: 30_000,
  })
  const tasks = useQuery({
    queryKey: ['waiting', 'tasks'],
    queryFn: () => openTasks(1),
    enabled: () => session.may('BPM_Task_Handle') && !session.is('PLATFORM_ADMIN') && !session.interrupted,
    refetchInterval: 30_000,
  })
  return computed<Partial<Record<PageName, number>>>(() => {
    const order = orders.data.value?.total ?? 0
    const task = tasks.data.value?.total ?? 0
    return { home: order + task, bpm: task }
  })
}
