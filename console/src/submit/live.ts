/** What a live-streaming order asks for beside its domains, as it is filled in. Pure. */
import type { OrderForm } from '@/api/shapes'

type LiveForm = NonNullable<OrderForm['live']>

export type Mode = 'push' | 'pull'
export const modes: Mode[] = ['push', 'pull']
export const playProtocols = ['rtmp', 'flv', 'hls', 'webrtc']
export const pushProtocols = ['rtmp', 'srt', 'webrtc']
export const qualities = ['ld', 'sd', 'hd', 'ud']
export const formats = ['hls', 'flv', 'mp4']

export interface AuthDraft {
  on: boolean
  key: string
  seconds: string
}

export interface LiveDraft {
  /** Streams are pushed in, or fetched from the origins. */
  mode: Mode
  application: string
  protocols: string[]
  pushProtocols: string[]
  pushAuth: AuthDraft
  pullAuth: AuthDraft
  record: { on: boolean; format: string; days: string }
  transcode: string[]
  bandwidth: string
}

export function emptyLive(): LiveDraft {
  return {
    mode: 'push', application: '', protocols: ['rtmp', 'flv', 'hls'], pushProtocols: ['rtmp'],
    pushAuth: { on: false, key: '', seconds: '1800' }, pullAuth: { on: false, key: '', seconds: '1800' },
    record: { on: false, format: 'hls', days: '7' }, transcode: [], bandwidth: '',
  }
}

const given = (text: string): number | undefined => (text === '' ? undefined : Number(text))

function authOf({ on, key, seconds }: AuthDraft): LiveForm['pushAuth'] {
  return on ? { key: key.trim(), validSeconds: given(seconds) } : undefined
}

export function liveFormOf(live: LiveDraft): LiveForm {
  const pushed = live.mode === 'push'
  return {
    mode: live.mode,
    application: live.application.trim() || undefined,
    protocols: live.protocols,
    pushProtocols: pushed ? live.pushProtocols : undefined,
    pushAuth: pushed ? authOf(live.pushAuth) : undefined,
    pullAuth: authOf(live.pullAuth),
    record: live.record.on ? { format: live.record.format, keepDays: given(live.record.days) } : undefined,
    transcode: live.transcode,
    bandwidthMbps: given(live.bandwidth),
  }
}

/** `pushed`: a push domain is named, which says where streams come from when the form does not. */
export function liveDraftOf(form: LiveForm | undefined, pushed: boolean): LiveDraft {
  const empty = emptyLive()
  const auth = (sent: LiveForm['pushAuth'], fresh: AuthDraft): AuthDraft => (sent ? { on: true, key: sent.key ?? '', seconds: String(sent.validSeconds ?? fresh.seconds) } : fresh)
  const lower = (words: string[] | undefined, fresh: string[]) => words?.map((word) => word.toLowerCase()) ?? fresh
  return {
    mode: (form?.mode?.toLowerCase() as Mode | undefined) ?? (pushed ? 'push' : 'pull'),
    application: form?.application ?? '',
    protocols: lower(form?.protocols, empty.protocols),
    pushProtocols: lower(form?.pushProtocols, empty.pushProtocols),
    pushAuth: auth(form?.pushAuth, empty.pushAuth),
    pullAuth: auth(form?.pullAuth, empty.pullAuth),
    record: form?.record ? { on: true, format: form.record.format?.toLowerCase() ?? 'hls', days: String(form.record.keepDays ?? '7') } : empty.record,
    transcode: lower(form?.transcode, []),
    bandwidth: String(form?.bandwidthMbps ?? ''),
  }
}
