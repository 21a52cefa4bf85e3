/** What is being filled in, and its way to and from the form of the API. Pure. */
import type { Attachment, OrderDetail, OrderForm } from '@/api/shapes'
import { emptyLive, liveDraftOf, liveFormOf, type LiveDraft } from './live'
import { kindOfOrigin, wireKind } from './origin'

/** The kinds people submit; a migration takes live domains to another subscription of the same enterprise. */
export const kinds = ['domain_request', 'live_request', 'DOMAIN_MIGRATE'] as const
export type Kind = (typeof kinds)[number]
export type Operation = 'add' | 'modify' | 'delete'

export interface DomainLine {
  key: number
  text: string
  note?: 'halfWidth' | 'cleaned'
}

export interface OriginLine {
  key: number
  value: string
  main: boolean
  weight: string
}

export interface FileLine {
  fileId: string
  name: string
  size: number
  kind: Attachment['kind']
}

/** A sheet of domains that was uploaded in place of lines. */
export interface SheetFile {
  fileId: string
  name: string
  size: number
  /** How many domains it holds, where that is known. */
  count: number | null
}

export interface Draft {
  /** Of a draft the server keeps, or of the order that is modified. */
  id?: number | undefined
  /** The server has the same. */
  atServer?: boolean
  /** The first save, as long as nobody knows what came of it: sent again under its key it makes no second draft. */
  first?: { key: string; form: OrderForm } | undefined
  enterprise: string
  enterpriseName: string
  kind: Kind
  /** What is done to the domains; nothing to say of a migration. */
  operation: Operation
  productId: string
  productName: string
  /** Of a migration: the subscription the domains leave. */
  sourceProductId: string
  lines: DomainLine[]
  /** Of live streaming: the domains streams are pushed to, apart from those they are played from. */
  pushLines: DomainLine[]
  live: LiveDraft
  /** The domains stand in the sheet; the lines are kept, but not sent. */
  bySheet: boolean
  sheet: SheetFile | null
  origins: OriginLine[]
  provinces: number[]
  files: FileLine[]
  description: string
}

let keys = 0
export const nextKey = (): number => (keys += 1)

export const emptyLine = (): DomainLine => ({ key: nextKey(), text: '' })
export const emptyOrigin = (main: boolean): OriginLine => ({ key: nextKey(), value: '', main, weight: '' })

export function emptyDraft(): Draft {
  return {
    enterprise: '', enterpriseName: '', kind: 'domain_request', operation: 'add', productId: '', productName: '', sourceProductId: '',
    lines: [emptyLine()], pushLines: [emptyLine()], live: emptyLive(), bySheet: false, sheet: null, origins: [emptyOrigin(true)], provinces: [], files: [], description: '',
  }
}

export const migrates = (draft: Draft): boolean => draft.kind === 'DOMAIN_MIGRATE'
/** Whether it says how streams are taken in and given out. */
export const streams = (draft: Draft): boolean => draft.kind === 'live_request' && draft.operation !== 'delete'
const pushes = (draft: Draft): boolean => streams(draft) && draft.live.mode === 'push'
/** Whether the order says where content comes from: not what only goes, only moves, or is pushed in. */
export const hasOrigins = (draft: Draft): boolean => !migrates(draft) && draft.operation !== 'delete' && !pushes(draft)
export const hasProvinces = (draft: Draft): boolean => !migrates(draft)
/** Only domain requests come in sheets. */
export const takesSheet = (draft: Draft): boolean => draft.kind === 'domain_request'

const filled = (lines: DomainLine[]): DomainLine[] => lines.filter((line) => line.text.trim() !== '')
export const filledPushLines = (draft: Draft): DomainLine[] => (pushes(draft) ? filled(draft.pushLines) : [])
/** Lines and origins that hold something, in the order they are sent: `pointer` indices speak of these. */
export const filledLines = (draft: Draft): DomainLine[] => [...filledPushLines(draft), ...filled(draft.lines)]
/** The number of a line on the page, where the lines of both lists are counted through; 0 of one that is gone. */
export function lineNumber(draft: Draft, key: number | undefined): number {
  const at = (lines: DomainLine[]) => lines.findIndex((line) => line.key === key) + 1
  const pushed = pushes(draft) ? at(draft.pushLines) : 0
  const played = at(draft.lines)
  return pushed || (played && played + filledPushLines(draft).length)
}
export const filledOrigins = (draft: Draft): OriginLine[] => draft.origins.filter((origin) => origin.value.trim() !== '')

/** Whether the domains that count stand in a sheet. */
export const usesSheet = (draft: Draft): boolean => draft.bySheet && takesSheet(draft)

/** How many domains the order is for; null where nobody has counted yet. */
export function domainCount(draft: Draft): number | null {
  return usesSheet(draft) ? (draft.sheet?.count ?? null) : filledLines(draft).length
}

export function isBlank(draft: Draft): boolean {
  return filled([...draft.lines, ...draft.pushLines]).length === 0 && draft.sheet === null && filledOrigins(draft).length === 0 && draft.enterprise === '' &&
    draft.provinces.length === 0 && draft.files.length === 0 && draft.description.trim() === ''
}

/** Whether they say the same, whatever each has become at the server. */
export function sameContent(one: Draft, other: Draft): boolean {
  const [a, b] = [one, other].map((draft) => JSON.stringify({ ...formOf(draft), id: undefined }))
  return a === b
}

export function formOf(draft: Draft): OrderForm {
  const kept = (kind: FileLine['kind']) => draft.files.filter((file) => file.kind === kind).map((file) => file.fileId)
  const origins = hasOrigins(draft) ? filledOrigins(draft) : []
  const bySheet = usesSheet(draft)
  const pushed = filledPushLines(draft)
  const direction = (line: DomainLine) => streams(draft) && { direction: pushed.includes(line) ? 'push' : 'pull' }
  return {
    ...(draft.id !== undefined && { id: draft.id }),
    type: draft.kind,
    ...(!migrates(draft) && { requirement: draft.operation }),
    ...(migrates(draft) && draft.sourceProductId && { sourceProductId: draft.sourceProductId }),
    ...(draft.enterprise && { enterprise: draft.enterprise }),
    ...(draft.productId && { productId: draft.productId, product: draft.productName }),
    ...(bySheet && { isBatch: true, ...(draft.sheet && { fileId: draft.sheet.fileId }) }),
    speedList: bySheet ? [] : filledLines(draft).map((line) => ({ domain: line.text.trim(), ...direction(line) })),
    ...(streams(draft) && { live: liveFormOf(draft.live) }),
    loopDomain: origins.map((origin) => ({
      value: origin.value.trim(),
      type: wireKind(kindOfOrigin(origin.value)),
      mainFlag: origin.main,
      ...(origin.weight.trim() !== '' && { weight: Number(origin.weight) }),
    })),
    provinces: hasProvinces(draft) ? draft.provinces : [],
    md5List: kept('attachment'),
    secInfoFileId: kept('security'),
    ...(draft.description.trim() && { description: draft.description }),
  }
}

/** It says that its domains stand in a sheet, or names one and has no domain typed in. */
export function isBatchForm(form: OrderForm): boolean {
  return form.isBatch ?? (Boolean(form.fileId) && !form.speedList?.some(({ domain }) => domain))
}

export function draftOf(detail: OrderDetail): Draft {
  const { form } = detail
  const rows = form.speedList ?? []
  const linesOf = (some: typeof rows) => [...some.map(({ domain }) => ({ key: nextKey(), text: domain ?? '' })), emptyLine()]
  const isPushed = ({ direction }: (typeof rows)[number]) => direction?.toLowerCase() === 'push' && form.requirement !== 'delete'
  const bySheet = isBatchForm(form)
  // The order holds its sheet among its attachments.
  const sheet = bySheet ? detail.attachments.find(({ fileId }) => fileId === form.fileId) : undefined
  const origins = (form.loopDomain ?? []).map((origin) => ({
    key: nextKey(), value: origin.value ?? '', main: origin.mainFlag === true, weight: String(origin.weight ?? ''),
  }))
  return {
    id: detail.id,
    atServer: true,
    enterprise: form.enterprise ?? '',
    enterpriseName: detail.enterprise?.name ?? '',
    kind: kinds.find((kind) => kind === detail.enumType) ?? 'domain_request',
    operation: (form.requirement as Operation | undefined) ?? 'add',
    sourceProductId: form.sourceProductId ?? '',
    productId: form.productId ?? '',
    productName: detail.product?.name ?? form.product ?? '',
    lines: linesOf(rows.filter((row) => !isPushed(row))),
    pushLines: linesOf(rows.filter(isPushed)),
    live: liveDraftOf(form.live, rows.some(isPushed)),
    bySheet,
    sheet: sheet ? { fileId: sheet.fileId, name: sheet.name, size: sheet.size, count: detail.domains.length || null } : null,
    origins: origins.length > 0 ? origins : [emptyOrigin(true)],
    provinces: form.provinces ?? [],
    files: detail.attachments.filter((file) => file !== sheet).map(({ fileId, name, size, kind }) => ({ fileId, name, size, kind })),
    description: form.description ?? '',
  }
}

/** Keys are of this page alone: what comes from storage gets new ones. */
export function revived(stored: Draft): Draft {
  return {
    ...emptyDraft(),
    ...stored,
    lines: stored.lines.map((line) => ({ ...line, key: nextKey() })),
    pushLines: (stored.pushLines ?? [emptyLine()]).map((line) => ({ ...line, key: nextKey() })),
    origins: stored.origins.map((origin) => ({ ...origin, key: nextKey() })),
  }
}
