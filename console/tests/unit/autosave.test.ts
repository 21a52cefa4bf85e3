import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { defineComponent, h, nextTick, ref, type Ref } from 'vue'
import { ApiFault, networkFault } from '@/api/fault'
import type { OrderForm, Saved } from '@/api/shapes'
import * as calls from '@/order/calls'
import { storedDraft, useAutosave, type Autosave } from '@/submit/autosave'
import { emptyDraft, emptyLine, type Draft } from '@/submit/draft'

vi.mock('vue-router', () => ({ onBeforeRouteLeave: () => {} }))
vi.mock('@tanstack/vue-query', () => ({ useQueryClient: () => ({ invalidateQueries: () => Promise.resolve() }) }))

const PLACE = 'front-desk.draft.1.new'
const ROUND_MS = 10_000

interface Sent {
  form: OrderForm
  key: string | undefined
  answer: (id: number) => void
  refuse: (fault: ApiFault) => void
}
let sent: Sent[]
let pages: VueWrapper[]

/** A page with the form open; `gone` is what a reload leaves of it: nothing runs any more. */
function open(from: Draft): { draft: Ref<Draft>; saving: Autosave; gone: () => void } {
  const draft = ref(from)
  let saving!: Autosave
  const page = mount(defineComponent({
    setup() {
      saving = useAutosave(draft, PLACE, true)
      return () => h('p')
    },
  }))
  pages.push(page)
  return { draft, saving, gone: () => page.unmount() }
}

function typed(domain: string, more: Partial<Draft> = {}): Draft {
  return { ...emptyDraft(), enterprise: 'e', lines: [{ ...emptyLine(), text: domain }], ...more }
}
async function type(draft: Ref<Draft>, domain: string): Promise<void> {
  draft.value.lines[0]!.text = domain
  await nextTick()
}
const domainsOf = ({ form }: Sent) => form.speedList?.map(({ domain }) => domain)
const round = () => vi.advanceTimersByTimeAsync(ROUND_MS)
const settle = () => vi.advanceTimersByTimeAsync(0)
const fromOtherWindow = (draft: Draft) => {
  localStorage.setItem(PLACE, JSON.stringify(draft))
  window.dispatchEvent(Object.assign(new Event('storage'), { key: PLACE, newValue: localStorage.getItem(PLACE) }))
}

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  sent = []
  pages = []
  vi.spyOn(calls, 'saveDraft').mockImplementation((form, key) => new Promise<Saved>((resolve, reject) => {
    sent.push({ form: JSON.parse(JSON.stringify(form)) as OrderForm, key: key?.['Idempotency-Key'], answer: (id) => resolve({ id } as Saved), refuse: reject })
  }))
})
afterEach(() => {
  for (const page of pages) page.unmount()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a draft that was restored', () => {
  test('goes to the server at once where the server is not known to have it', async () => {
    open(typed('a.example.cn', { id: 7 }))
    await settle()
    expect(sent.map(({ form, key }) => [form.id, key])).toEqual([[7, undefined]])
    sent[0]!.answer(7)
    await round()
    expect(sent).toHaveLength(1)
  })

  test('or that came from the server goes there after its next change only', async () => {
    const { draft } = open(typed('a.example.cn', { id: 7, atServer: true }))
    await round()
    expect(sent).toEqual([])
    await type(draft, 'b.example.cn')
    await round()
    expect(sent.map(domainsOf)).toEqual([['b.example.cn']])
  })

  test('knows whether the server has it', async () => {
    const { draft } = open(emptyDraft())
    await type(draft, 'a.example.cn')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(storedDraft(PLACE)?.atServer).toBe(false)
    await round()
    sent[0]!.answer(7)
    await settle()
    expect(storedDraft(PLACE)).toMatchObject({ id: 7, atServer: true })
    await type(draft, 'b.example.cn')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(storedDraft(PLACE)?.atServer).toBe(false)
  })
})

describe('the first save', () => {
  test('that was answered is not made again without a change', async () => {
    const { draft } = open(typed('a.example.cn'))
    await settle()
    sent[0]!.answer(7)
    await round()
    expect([draft.value.id, sent.length]).toEqual([7, 1])
  })

  test('is sent again as it was after a reload, and what was typed since follows it under its id', async () => {
    const before = open(typed('a.example.cn'))
    await settle()
    before.draft.value.provinces.push(33)
    await type(before.draft, 'b.example.cn')
    await vi.advanceTimersByTimeAsync(1_000)
    before.gone()

    const after = open(storedDraft(PLACE)!)
    await settle()
    expect(sent[1]).toMatchObject({ form: sent[0]!.form, key: sent[0]!.key })
    expect(JSON.stringify(sent[1]!.form)).toBe(JSON.stringify(sent[0]!.form))
    sent[1]!.answer(7)
    await settle()
    expect(sent[2]).toMatchObject({ form: { id: 7, speedList: [{ domain: 'b.example.cn' }], provinces: [33] }, key: undefined })
    sent[2]!.answer(7)
    await round()
    expect(sent).toHaveLength(3)
    expect(storedDraft(PLACE)).toMatchObject({ id: 7, atServer: true })
    expect(after.draft.value.first).toBeUndefined()
  })

  test.each([
    ['a lost network', networkFault()],
    ['a 500', new ApiFault(500, 'internal', '', '')],
    ['a 429', new ApiFault(429, 'too_many', '', '')],
    ['a session that is over', new ApiFault(401, 'auth.token_invalid', '', '')],
  ])('is kept over %s', async (_, fault) => {
    const { draft } = open(typed('a.example.cn'))
    await settle()
    sent[0]!.refuse(fault)
    await type(draft, 'b.example.cn')
    await round()
    expect(sent[1]).toMatchObject({ form: sent[0]!.form, key: sent[0]!.key })
  })

  test('that was refused is forgotten: the next one starts anew', async () => {
    const { draft } = open(typed('a.example.cn'))
    await settle()
    sent[0]!.refuse(new ApiFault(422, 'validation_failed', '', ''))
    await type(draft, 'b.example.cn')
    await round()
    expect(sent.map(domainsOf)).toEqual([['a.example.cn'], ['b.example.cn']])
    expect(sent[1]!.key).not.toBe(sent[0]!.key)
  })
})

describe('a submission', () => {
  const submit = (saving: Autosave) => {
    const work = vi.fn(async () => {})
    return { work, over: saving.alone(work).catch((thrown: unknown) => thrown) }
  }

  test('waits for the answer to a first save, and nothing is saved beside it', async () => {
    const { draft, saving } = open(typed('a.example.cn'))
    await settle()
    let finish = () => {}
    const over = saving.alone(() => {
      expect(draft.value.id).toBe(7)
      return new Promise((done) => (finish = done))
    })
    await type(draft, 'b.example.cn')
    sent[0]!.answer(7)
    await round()
    expect(sent).toHaveLength(1)
    finish()
    await over
    await round()
    expect(sent.map(domainsOf)).toEqual([['a.example.cn'], ['b.example.cn']])
  })

  test('asks again for the first save of an earlier page, and is not made while that is unanswered', async () => {
    const { saving } = open(typed('a.example.cn', { first: { key: 'k', form: { type: 'domain_request' } as OrderForm } }))
    await settle()
    sent[0]!.refuse(networkFault())
    await settle()
    const offline = submit(saving)
    await settle()
    sent[1]!.refuse(networkFault())
    expect(await offline.over).toMatchObject({ status: 0 })
    expect(offline.work).not.toHaveBeenCalled()

    const online = submit(saving)
    await settle()
    sent[2]!.answer(7)
    await online.over
    expect(online.work).toHaveBeenCalledTimes(1)
    expect(sent.map(({ key }) => key)).toEqual(['k', 'k', 'k'])
  })

  test('goes on where the first save was refused: there is no draft', async () => {
    const { saving } = open(typed('a.example.cn'))
    await settle()
    const { work, over } = submit(saving)
    sent[0]!.refuse(new ApiFault(409, 'domain.exists', '', ''))
    await over
    expect(work).toHaveBeenCalledTimes(1)
  })
})

describe('another window over the same draft', () => {
  test('stops saves until one is chosen, and the chosen one goes to the server', async () => {
    const { draft, saving } = open(typed('a.example.cn', { id: 7, atServer: true }))
    fromOtherWindow(typed('b.example.cn', { id: 7 }))
    expect(saving.elsewhere.value?.lines[0]?.text).toBe('b.example.cn')
    await type(draft, 'c.example.cn')
    await round()
    expect(sent).toEqual([])
    await type(draft, 'a.example.cn')
    saving.keepMine()
    expect(storedDraft(PLACE)?.lines[0]?.text).toBe('a.example.cn')
    await round()
    expect(sent.map(domainsOf)).toEqual([['a.example.cn']])
  })

  test('with the same content makes no second draft of it', async () => {
    const { draft, saving } = open(emptyDraft())
    await settle()
    Object.assign(draft.value, typed('a.example.cn'))
    fromOtherWindow(typed('a.example.cn', { first: { key: 'k', form: { type: 'domain_request' } as OrderForm } }))
    expect(saving.elsewhere.value).toBeNull()
    await round()
    expect(sent.map(({ key }) => key)).toEqual(['k'])
    fromOtherWindow(typed('a.example.cn', { id: 7, atServer: true }))
    expect([draft.value.id, saving.elsewhere.value]).toEqual([7, null])
  })
})
