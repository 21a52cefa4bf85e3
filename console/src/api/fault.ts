/** What a call came back with when it was not what was asked for: RFC 9457 problems, and the network itself. */

export interface FieldFault {
  pointer: string
  code: string
  message: string
  /** Of `domain.exists`: the place the domain was found in. */
  where?: string
  /** In a sheet: the row as the spreadsheet numbers it, and the column's letter where the sheet has that column. */
  row?: number
  column?: unknown
}

interface ProblemBody {
  title?: string
  detail?: string
  code?: string
  requestId?: string
  errors?: FieldFault[]
}

export class ApiFault extends Error {
  override readonly name = 'ApiFault'
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly FieldFault[] = [],
    readonly requestId: string = '',
    /** Seconds to wait, of a 429. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail || title || code)
  }

  get offline(): boolean {
    return this.status === 0
  }

  /** The server's fault, not the reader's: it may work when tried again. */
  get ours(): boolean {
    return this.status === 0 || this.status >= 500
  }
}

export function networkFault(): ApiFault {
  return new ApiFault(0, 'network', '', '')
}

export async function faultOf(response: Response): Promise<ApiFault> {
  const body = await readProblem(response)
  const wait = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  return new ApiFault(
    response.status,
    body.code ?? `http.${response.status}`,
    body.title ?? '',
    body.detail ?? '',
    body.errors ?? [],
    body.requestId ?? response.headers.get('x-request-id') ?? '',
    Number.isFinite(wait) ? wait : null,
  )
}

/** A proxy in between may answer HTML: then the status alone speaks. */
async function readProblem(response: Response): Promise<ProblemBody> {
  const text = await response.text()
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as ProblemBody) : {}
  } catch {
    return {}
  }
}

/** Anything thrown, as a fault: what is no fault of a call is a defect and keeps its name. */
export function asFault(thrown: unknown): ApiFault {
  if (thrown instanceof ApiFault) return thrown
  return new ApiFault(0, 'unexpected', '', thrown instanceof Error ? thrown.message : String(thrown))
}
