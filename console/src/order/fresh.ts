/** What changed since the list was read: told on top, never moved under the pointer. */
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import type { OrderPage } from '@/api/shapes'
import { useSession } from '@/session/session'
import { listOrders } from './calls'
import { askedFor, type ListFilter } from './list-filter'

const EVERY_MS = 30_000

export function useFresh(filter: Ref<ListFilter>, size: number, shown: Ref<OrderPage | undefined>) {
  const queries = useQueryClient()
  const session = useSession()
  const asked = computed(() => askedFor(filter.value, size))
  const latest = useQuery({
    queryKey: ['orders-latest', asked],
    queryFn: () => listOrders(asked.value),
    enabled: () => shown.value !== undefined && !session.interrupted,
    initialData: () => queries.getQueryData<OrderPage>(['orders', asked.value]),
    staleTime: EVERY_MS,
    refetchInterval: EVERY_MS,
  })
  const changed = computed(() => {
    if (latest.data.value === undefined || shown.value === undefined) return 0
    const known = new Map(shown.value.data.map((row) => [row.id, row.version ?? 0]))
    return latest.data.value.data.filter((row) => (known.get(row.id) ?? -1) < (row.version ?? 0)).length
  })
  function adopt(): void {
    queries.setQueryData(['orders', asked.value], latest.data.value)
  }
  return { changed, adopt }
}
