/** The calls of the BPM desk: tasks, bills, dead letters. */
import { api, body } from '@/api/client'
import type { Bill, DeadLetter, Page, Task } from '@/api/shapes'

type Key = { 'Idempotency-Key': string }

export interface TaskFilter {
  state?: Task['state']
  orderId?: number
  pageNum?: number
  pageSize?: number
}

export function listTasks(filter: TaskFilter): Promise<Page<Task>> {
  return body(api.GET('/bpm/tasks', { params: { query: filter } }))
}

/** Tasks still to be done are of two states, which the list asks for one at a time. */
export async function openTasks(pageSize: number): Promise<{ tasks: Task[]; total: number }> {
  const pages = await Promise.all((['processing', 'dispatched'] as const).map((state) => listTasks({ state, pageSize })))
  return {
    tasks: pages.flatMap((page) => page.data).sort((a, b) => a.createdAt.localeCompare(b.createdAt)),
    total: pages.reduce((sum, page) => sum + page.total, 0),
  }
}

export function showTask(id: string): Promise<Task> {
  return body(api.GET('/bpm/tasks/{id}', { params: { path: { id } } }))
}

export function reportStage(id: string, report: { stage: string; result: 'success' | 'failure'; message: string }, key: Key): Promise<Task> {
  return body(api.POST('/bpm/tasks/{id}/stage-feedback', { params: { path: { id } }, headers: key, body: report }))
}

export function rollBack(id: string, reason: string, key: Key): Promise<Task> {
  return body(api.POST('/bpm/tasks/{id}/rollback', { params: { path: { id } }, headers: key, body: { reason } }))
}

export function closeTask(id: string, message: string, key: Key): Promise<Task> {
  return body(api.POST('/bpm/tasks/{id}/close', { params: { path: { id } }, headers: key, body: { message } }))
}

export function reassign(id: string, toUserId: string, comment: string, key: Key): Promise<Task> {
  return body(api.POST('/bpm/tasks/{id}/reassign', { params: { path: { id } }, headers: key, body: { toUserId, comment: comment.trim() || undefined } }))
}

export function listBills(filter: { state?: Bill['state']; pageNum?: number; pageSize?: number; startTime?: string; endTime?: string }): Promise<Page<Bill>> {
  return body(api.GET('/bpm/bills', { params: { query: filter } }))
}

/** Where a dead letter lies: with the BPM side, or with the order service. */
export type LetterPlace = 'bpm' | 'workorder'

export function listLettersOf(place: LetterPlace, pageNum: number): Promise<Page<DeadLetter>> {
  const asked = { params: { query: { pageNum, pageSize: 20 } } }
  return place === 'bpm' ? body(api.GET('/bpm/dead-letters', asked)) : body(api.GET('/workorder/dead-letters', asked))
}

/** Stages, rollbacks and closes that the order service never took. */
export const discardable = (letter: DeadLetter): boolean => ['task.stage-feedback', 'task.rollback', 'task.close'].includes(letter.kind) && letter.state !== 'pending'

export function discardLetter(id: string, reason: string, key: Key): Promise<DeadLetter> {
  return body(api.POST('/bpm/dead-letters/{id}/discard', { params: { path: { id } }, headers: key, body: { reason } }))
}

export function replayOf(place: LetterPlace, id: string, key: Key): Promise<DeadLetter> {
  const asked = { params: { path: { id } }, headers: key }
  return place === 'bpm' ? body(api.POST('/bpm/dead-letters/{id}/replay', asked)) : body(api.POST('/workorder/dead-letters/{id}/replay', asked))
}
