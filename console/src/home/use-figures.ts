/** The orders of the last fourteen days, as far as their reader sees those, in the figures of the two charts. */
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { orderStats } from '@/order/calls'
import { states } from '@/order/list-filter'
import { useNow } from '@/text/time'
import { daily, hoursOf, lastDays } from './figures'

const DAYS = 14
const submitted = states.filter((state) => state !== 'draft').join(',')

export function useFigures(enabled: Ref<boolean>) {
  const now = useNow()
  const days = computed(() => lastDays(DAYS, now.value))
  const first = computed(() => days.value[0]!)
  const query = useQuery({
    queryKey: ['orders', 'home-figures', first],
    queryFn: async () => {
      const startTime = `${first.value}T00:00:00+08:00`
      const [all, finished] = await Promise.all([orderStats({ status: submitted, startTime }), orderStats({ status: 'finished', startTime })])
      return { all, finished }
    },
    enabled,
    staleTime: 60_000,
    refetchInterval: 300_000,
  })
  return {
    query,
    days: computed(() => (query.data.value?.all.total ? daily(days.value, query.data.value.all.byDay, query.data.value.finished.byDay) : null)),
    hours: computed(() => (query.data.value ? hoursOf(query.data.value.all) : null)),
  }
}
