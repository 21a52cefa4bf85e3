import { describe, expect, test } from 'vitest'
import type { OrderDetail } from '@/api/shapes'
import { findDomains, legalities } from '@/order/domain-find'
import { domainCount, draftOf, emptyDraft, emptyLine, formOf, isBlank, type Draft } from '@/submit/draft'
import { cellOf, inPageOrder } from '@/submit/faults'

const sheet = { fileId: '0123456789abcdefghijklmno', name: '域名.xlsx', size: 9, count: 2 }
const bySheet = (more: Partial<Draft> = {}): Draft => ({ ...emptyDraft(), bySheet: true, sheet, lines: [{ ...emptyLine(), text: 'typed.example.cn' }], ...more })

describe('a form whose domains stand in a sheet', () => {
  test('names the sheet and sends no line, though the lines are kept', () => {
    expect(formOf(bySheet())).toMatchObject({ isBatch: true, fileId: sheet.fileId, speedList: [] })
    expect(formOf(bySheet({ bySheet: false }))).toMatchObject({ speedList: [{ domain: 'typed.example.cn' }] })
    expect(formOf(bySheet({ bySheet: false }))).not.toHaveProperty('fileId')
    expect(formOf(bySheet({ kind: 'DOMAIN_MIGRATE' }))).not.toHaveProperty('isBatch')
  })

  test('says how many domains it is for, where that is known', () => {
    expect([domainCount(bySheet()), domainCount(bySheet({ sheet: null })), domainCount(bySheet({ bySheet: false }))]).toEqual([2, null, 1])
    expect(isBlank(bySheet({ lines: [] }))).toBe(false)
  })

  test('comes back from its order with the sheet apart from the attachments', () => {
    const file = (fileId: string, name: string) => ({ fileId, name, size: 9, contentType: 'text/csv', kind: 'attachment' })
    const order = { id: 7, enumType: 'domain_request', form: { isBatch: true, fileId: sheet.fileId, requirement: 'add' }, attachments: [file('a', '授权书.pdf'), file(sheet.fileId, '域名.xlsx')], domains: [{}, {}] }
    const draft = draftOf(order as unknown as OrderDetail)
    expect(draft).toMatchObject({ bySheet: true, sheet, files: [{ name: '授权书.pdf' }] })
    expect(formOf(draft)).toMatchObject({ id: 7, isBatch: true, fileId: sheet.fileId, md5List: ['a'] })
  })
})

describe('the faults of a sheet', () => {
  const at = (row: number, cell: string, column: string) => ({ pointer: `/fileId/rows/${row}/${cell}`, code: 'x', message: 'x', row, column })
  test('stand in the order of its rows, without the one that sums them up', () => {
    const summary = { pointer: '/fileId', code: 'batch.file_invalid', message: '第 3、7 行有误' }
    const placed = inPageOrder([summary, at(7, 'ports', 'D'), { pointer: '/productId', code: 'x', message: 'x' }, at(3, 'domain', 'A')])
    expect(placed.map((fault) => [fault.section, fault.row, cellOf(fault)])).toEqual([['product', undefined, ''], ['domains', 3, 'domain'], ['domains', 7, 'ports']])
    expect(inPageOrder([summary])).toHaveLength(1)
  })
})

test('domains are found by a part of their name or number, and by what the check found', () => {
  const row = (domain: string, legality: string, recordNumber?: string) => ({ domain, legality, recordNumber }) as OrderDetail['domains'][number]
  const domains = [row('img.example.cn', 'lawful', '京ICP备7号'), row('js.example.cn', 'unlawful'), row('m.example.cn', 'lawful')]
  const names = (words: string, legality: string) => findDomains(domains, words, legality).map(({ domain }) => domain)
  expect(names(' IMG', '')).toEqual(['img.example.cn'])
  expect(names('icp备7', '')).toEqual(['img.example.cn'])
  expect(names('example', 'lawful')).toEqual(['img.example.cn', 'm.example.cn'])
  expect(legalities(domains)).toEqual([{ code: 'lawful', n: 2 }, { code: 'unlawful', n: 1 }])
})
