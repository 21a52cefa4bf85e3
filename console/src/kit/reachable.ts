/** An open list of Element Plus scrolls, so it has to be reachable by keyboard: the library leaves that out. */
import { nextTick } from 'vue'

export async function makeListsReachable(open: boolean): Promise<void> {
  if (!open) return
  await nextTick()
  for (const list of document.querySelectorAll<HTMLElement>('.el-select-dropdown__wrap')) list.tabIndex = 0
}
