/** Server-sent events out of the pieces they arrive in. Pure. source: WHATWG HTML, "Server-sent events". */

export interface StreamEvent {
  name: string
  data: string
  id?: string
}

/** Feed it text as it comes; it gives the events that are whole. */
export function eventReader(): (piece: string) => StreamEvent[] {
  let rest = ''
  return (piece) => {
    rest += piece
    const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/)
    rest = blocks.pop() ?? ''
    return blocks.map(eventOf).filter((event): event is StreamEvent => event !== null)
  }
}

/** Comments, and blocks without data, are no events. */
function eventOf(block: string): StreamEvent | null {
  const fields = new Map<string, string>()
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, name = '', value = ''] = /^([^:]+):? ?(.*)$/.exec(line) ?? []
    if (name !== '') fields.set(name, name === 'data' && fields.has('data') ? `${fields.get('data')}\n${value}` : value)
  }
  const data = fields.get('data')
  if (data === undefined) return null
  const id = fields.get('id')
  return { name: fields.get('event') ?? 'message', data, ...(id !== undefined && { id }) }
}
