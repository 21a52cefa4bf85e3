/** Domains as people paste them: from mails, sheets and browsers. Pure. */

export interface PastedDomain {
  text: string
  /** What was changed on the way, for a note; not a fault. */
  note?: 'halfWidth' | 'cleaned'
}

/** Full-width letters, digits and signs as half-width ones; the ideographic full stop as a dot. */
export function halfWidth(text: string): string {
  return text.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/[。｡]/g, '.').replace(/\u3000/g, ' ')
}

export function cleanDomain(raw: string): PastedDomain {
  const half = halfWidth(raw.trim())
  const bare = half.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/[/?#].*$/, '').replace(/:\d{1,5}$/, '')
  if (bare !== half) return { text: bare, note: 'cleaned' }
  return half === raw.trim() ? { text: half } : { text: half, note: 'halfWidth' }
}

/** Split at line break, comma, enumeration comma, semicolon, blank and tab; empty pieces dropped. */
export function splitDomains(text: string): PastedDomain[] {
  return text
    .split(/[\s,，、;；\u3000]+/)
    .map(cleanDomain)
    .filter((domain) => domain.text !== '')
}
