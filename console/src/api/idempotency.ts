/** One key for one intention: sending the same content again after a lost answer must not act twice. */
export interface Intention {
  keyFor: (content: unknown) => { 'Idempotency-Key': string }
  /** It succeeded: the next one is a new intention even with the same content. */
  fulfilled: () => void
}

export function intention(): Intention {
  let held: { content: string; key: string } | null = null
  return {
    keyFor(content) {
      const written = JSON.stringify(content)
      if (held?.content !== written) held = { content: written, key: uniqueKey() }
      return { 'Idempotency-Key': held.key }
    },
    fulfilled() {
      held = null
    },
  }
}

/** `crypto.randomUUID` exists in secure contexts only; random values exist everywhere. */
export function uniqueKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
