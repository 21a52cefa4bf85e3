/** Uploads with progress, which `fetch` cannot report. */
import { usableToken } from '@/session/keeper'
import { ApiFault, faultOf, networkFault } from './fault'

export interface Upload<T> {
  answer: Promise<T>
  cancel: () => void
}

export function upload<T>(path: string, file: File, progress: (share: number) => void): Upload<T> {
  let cancelled = false
  let running: XMLHttpRequest | null = null
  const start = (token: string | null) =>
    new Promise<Response>((resolve, reject) => {
      const request = new XMLHttpRequest()
      running = request
      request.open('POST', path)
      request.setRequestHeader('accept-language', document.documentElement.lang)
      if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`)
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total)
      request.onerror = () => reject(networkFault())
      request.onabort = () => reject(new ApiFault(0, 'cancelled', '', ''))
      request.onload = () => resolve(new Response(request.responseText || null, { status: request.status, headers: headersOf(request) }))
      const form = new FormData()
      form.append('file', file)
      request.send(form)
    })
  const run = async (): Promise<T> => {
    const token = await usableToken()
    if (cancelled) throw new ApiFault(0, 'cancelled', '', '')
    let answer = await start(token)
    if (answer.status === 401 && token !== null) {
      const renewed = await usableToken(token)
      if (renewed !== null) answer = await start(renewed)
    }
    if (!answer.ok) throw await faultOf(answer)
    return (await answer.json()) as T
  }
  return {
    answer: run(),
    cancel: () => {
      cancelled = true
      running?.abort()
    },
  }
}

function headersOf(request: XMLHttpRequest): Headers {
  const headers = new Headers()
  for (const name of ['content-type', 'retry-after', 'x-request-id']) {
    const value = request.getResponseHeader(name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}
