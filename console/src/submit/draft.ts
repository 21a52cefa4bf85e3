/** What is being filled in, and its way to and from the form of the API. Pure. */
import type { Attachment, OrderDetail, OrderForm } from '@/api/shapes'
import { kindOfOrigin, wireKind } from './origin'

/** What is done to the domains; `migrate` takes live ones to another subscription of the same enterprise. */
export type Operation = 'add' | 'modify' | 'delete' | 'migrate'

/** Whether the domains may stand in a sheet: what is migrated is named by its subscription. */
export const takesSheet = (operation: Operation): boolean => operation !== 'migrate'
/** Whether the order says where content comes from and where it is served: not what only goes, or only moves. */
export const hasOrigins = (operation: Operation): boolean => operation === 'add' || operation === 'modify'
export const hasProvinces = (operation: Operation): boolean => operation !== 'migrate'

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
  id?: number
  enterprise: string
  enterpriseName: string
  operation: Operation
  productId: string
  productName: string
  /** Of a migration: the subscription the domains leave. */
  sourceProductId: string
  lines: DomainLine[]
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
    enterprise: '', enterpriseName: '', operation: 'add', productId: '', productName: '', sourceProductId: '',
    lines: [emptyLine()], bySheet: false, sheet: null, origins: [emptyOrigin(true)], provinces: [], files: [], description: '',
  }
}

/** Lines and origins that hold something, in the order they are sent: `pointer` indices speak of these. */
export const filledLines = (draft: Draft): DomainLine[] => draft.lines.filter((line) => line.text.trim() !== '')
export const filledOrigins = (draft: Draft): OriginLine[] => draft.origins.filter((origin) => origin.value.trim() !== '')

/** Whether the domains that count stand in a sheet. */
export const usesSheet = (draft: Draft): boolean => draft.bySheet && takesSheet(draft.operation)

/** How many domains the order is for; null where nobody has counted yet. */
export function domainCount(draft: Draft): number | null {
  return usesSheet(draft) ? (draft.sheet?.count ?? null) : filledLines(draft).length
}

export function isBlank(draft: Draft): boolean {
  return filledLines(draft).length === 0 && draft.sheet === null && filledOrigins(draft).length === 0 && draft.enterprise === '' &&
    draft.provinces.length === 0 && draft.files.length === 0 && draft.description.trim() === ''
}

export function formOf(draft: Draft): OrderForm {
  const kept = (kind: FileLine['kind']) => draft.files.filter((file) => file.kind === kind).map((file) => file.fileId)
  const origins = hasOrigins(draft.operation) ? filledOrigins(draft) : []
  const migrates = draft.operation === 'migrate'
  const bySheet = usesSheet(draft)
  return {
    ...(draft.id !== undefined && { id: draft.id }),
    ...(migrates ? { type: 'DOMAIN_MIGRATE' } : { type: 'domain_request', requirement: draft.operation }),
    ...(migrates && draft.sourceProductId && { sourceProductId: draft.sourceProductId }),
    ...(draft.enterprise && { enterprise: draft.enterprise }),
    ...(draft.productId && { productId: draft.productId, product: draft.productName }),
    ...(bySheet && { isBatch: true, ...(draft.sheet && { fileId: draft.sheet.fileId }) }),
    speedList: bySheet ? [] : filledLines(draft).map((line) => ({ domain: line.text.trim() })),
    loopDomain: origins.map((origin) => ({
      value: origin.value.trim(),
      type: wireKind(kindOfOrigin(origin.value)),
      mainFlag: origin.main,
      ...(origin.weight.trim() !== '' && { weight: Number(origin.weight) }),
    })),
    provinces: hasProvinces(draft.operation) ? draft.provinces : [],
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
  const lines = (form.speedList ?? []).map(({ domain }) => ({ key: nextKey(), text: domain ?? '' }))
  const bySheet = isBatchForm(form)
  // The order holds its sheet among its attachments.
  const sheet = bySheet ? detail.attachments.find(({ fileId }) => fileId === form.fileId) : undefined
  const origins = (form.loopDomain ?? []).map((origin) => ({
    key: nextKey(), value: origin.value ?? '', main: origin.mainFlag === true, weight: String(origin.weight ?? ''),
  }))
  return {
    id: detail.id,
    enterprise: form.enterprise ?? '',
    enterpriseName: detail.enterprise?.name ?? '',
    operation: detail.enumType === 'DOMAIN_MIGRATE' ? 'migrate' : ((form.requirement as Operation | undefined) ?? 'add'),
    sourceProductId: form.sourceProductId ?? '',
    productId: form.productId ?? '',
    productName: detail.product?.name ?? form.product ?? '',
    lines: [...lines, emptyLine()],
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
    origins: stored.origins.map((origin) => ({ ...origin, key: nextKey() })),
  }
}
