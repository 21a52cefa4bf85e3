/** Which kind of origin an address is, while it is typed. Pure. */
export type OriginKind = 'ipv4' | 'ipv6' | 'host' | 'unknown'

const PORT = /:(\d{1,5})$/

export function kindOfOrigin(typed: string): OriginKind {
  const value = typed.trim()
  if (value === '') return 'unknown'
  if (value.startsWith('[')) return isIpv6(/^\[([^\]]*)\](?::\d{1,5})?$/.exec(value)?.[1] ?? '') ? 'ipv6' : 'unknown'
  if ((value.match(/:/g)?.length ?? 0) > 1) return isIpv6(value) ? 'ipv6' : 'unknown'
  const host = value.replace(PORT, '')
  if (/^[\d.]+$/.test(host)) return isIpv4(host) ? 'ipv4' : 'unknown'
  return /^(?=.{1,253}$)([\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}\.?$/u.test(host) ? 'host' : 'unknown'
}

/** As the form sends it. */
export function wireKind(kind: OriginKind): 'ip' | 'domain' {
  return kind === 'ipv4' || kind === 'ipv6' ? 'ip' : 'domain'
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const tail = groups.at(-1) ?? ''
  const embedded = tail.includes('.')
  if (embedded && !isIpv4(tail)) return false
  const hex = embedded ? groups.slice(0, -1) : groups
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  const count = hex.length + (embedded ? 2 : 0)
  return halves.length === 2 ? count < 8 : count === 8
}
