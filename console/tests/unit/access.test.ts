import { describe, expect, test } from 'vitest'
import { navigationFor, opens } from '@/layout/navigation'
import { decisionOf, missingOf, remarkOf, slotsOf, sumOf } from '@/certification/materials'

describe('the navigation', () => {
  test('shows a manager their orders and nothing of others', () => {
    const shown = navigationFor(new Set(['WO_Product_Filter', 'WO_Order_Save', 'WO_Order_Modify', 'WO_Order_List', 'WO_Order_Detail']))
    expect(shown).toEqual([{ group: null, pages: ['home'] }, { group: 'order', pages: ['orders', 'submit'] }])
  })

  test('opens a page by any of its permissions, and pages of nobody to all', () => {
    expect(opens('organizations', new Set(['PE_PublicEntity_ReadAll']))).toBe(true)
    expect(opens('accounts', new Set(['WO_Order_List']))).toBe(false)
    expect(opens('home', new Set())).toBe(true)
  })
})

describe('a check-list of materials', () => {
  test('has a place for each required one and keeps what was added', () => {
    const slots = slotsOf(['营业执照', '许可证'], [{ name: '许可证', url: '/pe/files/1', accepted: false, remark: '将到期' }, { name: '说明', url: '/pe/files/2' }])
    expect(slots.map(({ name, required }) => [name, required])).toEqual([['营业执照', true], ['许可证', true], ['说明', false]])
    expect(missingOf(slots).map(({ name }) => name)).toEqual(['营业执照'])
  })

  test('allows a decision only when all are seen, and one refused means back', () => {
    const seen = (accepted: boolean | null) => ({ name: '许可证', accepted, remark: '将到期' })
    expect(decisionOf([seen(true), seen(null)])).toBeNull()
    expect(decisionOf([seen(true), seen(false)])).toBe('return')
    expect(decisionOf([seen(true)])).toBe('pass')
    expect(decisionOf([])).toBe('pass')
    expect(sumOf([seen(true), seen(false), seen(null)])).toEqual({ accepted: 1, refused: 1, unseen: 1 })
    expect(remarkOf([seen(true), seen(false)])).toBe('许可证：将到期')
  })
})
