/** Files that are made while they are fetched: how much has come is told, their size is not known before. */
import { authorized } from './client'
import { networkFault } from './fault'

export interface Downloaded {
  file: Blob
  name: string
}

export async function download(path: string, fallbackName: string, progress: (bytes: number) => void, signal: AbortSignal): Promise<Downloaded> {
  const answer = await authorized(new Request(new URL(path, location.origin), { signal }))
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  const reader = answer.body?.getReader()
  try {
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
      pieces.push(piece.value)
      bytes += piece.value.length
      progress(bytes)
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    throw networkFault()
  }
  return {
    file: new Blob(pieces, { type: answer.headers.get('content-type') ?? '' }),
    name: nameIn(answer.headers.get('content-disposition')) ?? fallbackName,
  }
}

/** The name a file is sent under, as RFC 6266 writes it; the plain one only where there is no other. */
export function nameIn(disposition: string | null): string | undefined {
  const written = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  if (written !== undefined) {
    try {
      return decodeURIComponent(written)
    } catch {
      return undefined
    }
  }
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1]
}
