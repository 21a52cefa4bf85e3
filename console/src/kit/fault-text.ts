/** A fault in words: what happened, and what is safe. */
import type { ApiFault } from '@/api/fault'
import { useText } from '@/text'

export function useFaultText() {
  const { t } = useText()
  return (fault: ApiFault): { strong: string; rest: string } => {
    if (fault.code === 'network') return { strong: t('fault.network'), rest: t('fault.networkSafe') }
    if (fault.status === 0) return { strong: t('fault.unexpected'), rest: fault.detail }
    if (fault.status === 401) return { strong: t('fault.unauthorized'), rest: t('fault.unauthorizedSafe') }
    if (fault.status === 403) return { strong: t('fault.forbidden'), rest: fault.detail || fault.title }
    if (fault.status === 404) return { strong: t('fault.missing'), rest: fault.detail }
    if (fault.status === 412) return { strong: t('fault.stale'), rest: t('fault.staleSafe') }
    if (fault.status === 413) return { strong: t('fault.tooLarge'), rest: fault.detail }
    if (fault.status === 429) return { strong: t('fault.limited', { seconds: fault.retryAfter ?? 1 }), rest: fault.detail }
    if (fault.status >= 500) return { strong: t('fault.server', { status: fault.status }), rest: t('fault.serverSafe') }
    const told = fault.errors.map((error) => error.message).join('；')
    return { strong: `${t('fault.conflict')}${fault.title}`, rest: told || fault.detail }
  }
}
