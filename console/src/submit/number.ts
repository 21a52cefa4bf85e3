/** Nothing but digits, and no more of them than any of our numbers has. Pure. */
export const digits = (text: string): string => text.replace(/\D/g, '').slice(0, 10)
