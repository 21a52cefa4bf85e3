/** Finding among the domains of an order, of which a sheet may bring thousands. Pure. */
import type { OrderDetail } from '@/api/shapes'

export type ShownDomain = OrderDetail['domains'][number]

/** More than this are shown by pages. */
export const PAGE = 20

export function findDomains(domains: readonly ShownDomain[], words: string, legality: string): ShownDomain[] {
  const sought = words.trim().toLowerCase()
  return domains.filter((row) => (legality === '' || row.legality === legality) && (sought === '' || row.domain.includes(sought) || row.recordNumber?.toLowerCase().includes(sought)))
}

/** How many there are of each legality, those that there are. */
export function legalities(domains: readonly ShownDomain[]): { code: string; n: number }[] {
  const counts = new Map<string, number>()
  for (const { legality } of domains) counts.set(legality, (counts.get(legality) ?? 0) + 1)
  return [...counts].map(([code, n]) => ({ code, n }))
}
