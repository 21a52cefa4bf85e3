/** The sheet of domains on its way: progress, try again; the one before counts until the new one has arrived. */
import { computed, onScopeDispose, ref, type Ref } from 'vue'
import { asFault, type ApiFault } from '@/api/fault'
import type { UploadedFile } from '@/api/shapes'
import { upload, type Upload } from '@/api/upload'
import { filledLines, usesSheet, type Draft } from './draft'

interface Sending {
  file: File
  share: number
  fault: ApiFault | null
}

export function useSheet(draft: Ref<Draft>) {
  const sending = ref<Sending | null>(null)
  let running: Upload<UploadedFile> | undefined

  async function send(file: File): Promise<void> {
    running?.cancel()
    sending.value = { file, share: 0, fault: null }
    const mine: Upload<UploadedFile> = upload('/workorder/custom/upload', file, (share) => {
      if (running === mine && sending.value) sending.value.share = share
    })
    running = mine
    try {
      const { fileId, name, size } = await mine.answer
      if (running !== mine) return
      // The one before is not deleted: an order that came back may still hold it.
      draft.value.sheet = { fileId, name, size, count: null }
      sending.value = null
    } catch (thrown) {
      if (running === mine && sending.value) sending.value.fault = asFault(thrown)
    }
  }

  /** More lines than may be typed in, as a sheet. The lines stay where they are. */
  function fromLines(name: string): Promise<void> {
    draft.value.bySheet = true
    const rows = filledLines(draft.value).map(({ text }) => text.trim().replace(/[",\r\n]/g, ' '))
    return send(new File([['加速域名', ...rows].join('\n')], name, { type: 'text/csv' }))
  }

  function drop(): void {
    running?.cancel()
    running = undefined
    sending.value = null
  }

  onScopeDispose(drop)

  const counts = computed(() => usesSheet(draft.value))
  return {
    sending,
    uploading: computed(() => counts.value && sending.value !== null && sending.value.fault === null),
    refused: computed(() => counts.value && sending.value !== null && sending.value.fault !== null),
    send, fromLines, drop,
  }
}

export type SheetUpload = ReturnType<typeof useSheet>
