/** How every form and button sends: one thing at a time, what was refused is told, and trying again never acts twice. */
import { ref, type Ref } from 'vue'
import { asFault, type ApiFault } from '@/api/fault'
import { intention, type Intention } from '@/api/idempotency'

interface Manner<What> {
  /** Which of several actions it is. */
  what?: What
  /** Where a refusal is told, if not as `fault`. */
  refused?: (answer: ApiFault) => unknown
}

export interface Sending<What> {
  busy: Readonly<Ref<boolean>>
  /** Which of several actions is under way. */
  doing: Readonly<Ref<What | null>>
  fault: Ref<ApiFault | null>
  /** The same key for the same content until `run` has gone well. */
  keyFor: Intention['keyFor']
  /** Does nothing while something is under way. Never throws: what `work` throws becomes the fault. */
  run: (work: () => Promise<unknown>, manner?: Manner<What>) => Promise<void>
}

export function useSending<What extends string = never>(): Sending<What> {
  const busy = ref(false)
  const doing = ref<What | null>(null) as Ref<What | null>
  const fault = ref<ApiFault | null>(null)
  const { keyFor, fulfilled } = intention()
  const tell = (answer: ApiFault) => (fault.value = answer)

  async function run(work: () => Promise<unknown>, { what, refused = tell }: Manner<What> = {}): Promise<void> {
    if (busy.value) return
    busy.value = true
    doing.value = what ?? null
    fault.value = null
    try {
      await work()
      fulfilled()
    } catch (thrown) {
      await refused(asFault(thrown))
    } finally {
      busy.value = false
      doing.value = null
    }
  }

  return { busy, doing, fault, keyFor, run }
}
