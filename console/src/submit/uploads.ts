/** Attachments on their way: progress each, try again each; a refused one keeps its name and the reason. */
import { computed, onScopeDispose, ref, type Ref } from 'vue'
import { asFault, type ApiFault } from '@/api/fault'
import type { UploadedFile } from '@/api/shapes'
import { upload, type Upload } from '@/api/upload'
import { deleteFile } from '@/order/calls'
import { nextKey, type Draft, type FileLine } from './draft'

export interface PendingFile {
  key: number
  file: File
  kind: FileLine['kind']
  share: number
  fault: ApiFault | null
}

const paths: Record<FileLine['kind'], string> = {
  attachment: '/workorder/custom/upload',
  security: '/workorder/requestDomain/upload',
}

export function useUploads(draft: Ref<Draft>) {
  const pending = ref<PendingFile[]>([])
  const running = new Map<number, Upload<UploadedFile>>()

  function add(files: Iterable<File>, kind: FileLine['kind']): void {
    for (const file of files) {
      pending.value.push({ key: nextKey(), file, kind, share: 0, fault: null })
      void send(pending.value.at(-1)!)
    }
  }

  async function send(item: PendingFile): Promise<void> {
    item.fault = null
    item.share = 0
    const started = upload<UploadedFile>(paths[item.kind], item.file, (share) => (item.share = share))
    running.set(item.key, started)
    try {
      const { fileId, name, size } = await started.answer
      draft.value.files.push({ fileId, name, size, kind: item.kind })
      drop(item)
    } catch (thrown) {
      item.fault = asFault(thrown)
    } finally {
      running.delete(item.key)
    }
  }

  function drop(item: PendingFile): void {
    running.get(item.key)?.cancel()
    pending.value = pending.value.filter((other) => other.key !== item.key)
  }

  /** Taken out of the form at once; a file the server still needs elsewhere stays there. */
  async function remove(file: FileLine): Promise<void> {
    draft.value.files = draft.value.files.filter((other) => other.fileId !== file.fileId)
    try {
      await deleteFile(file.fileId)
    } catch (thrown) {
      const fault = asFault(thrown)
      if (fault.code !== 'file.in_use' && fault.status !== 404 && !fault.ours) throw fault
    }
  }

  onScopeDispose(() => running.forEach((started) => started.cancel()))

  return {
    pending,
    uploading: computed(() => pending.value.filter((item) => item.fault === null).length),
    refused: computed(() => pending.value.filter((item) => item.fault !== null).length),
    add, send, drop, remove,
  }
}

export type Uploads = ReturnType<typeof useUploads>
