/** The check-list of an application: what the type requires, what the applicant adds, what the reviewer found. Pure. */
import type { Certification } from '@/api/shapes'

export interface Slot {
  name: string
  url: string
  required: boolean
  accepted?: boolean
  remark?: string
}

export function slotsOf(required: readonly string[], materials: Certification['materials']): Slot[] {
  const given = new Map(materials.map((material) => [material.name, material]))
  const names = [...new Set([...required, ...materials.map(({ name }) => name)])]
  return names.map((name) => {
    const material = given.get(name)
    return {
      name,
      url: material?.url ?? '',
      required: required.includes(name),
      ...(material?.accepted !== undefined && { accepted: material.accepted }),
      ...(material?.remark !== undefined && { remark: material.remark }),
    }
  })
}

export const missingOf = (slots: readonly Slot[]): Slot[] => slots.filter((slot) => slot.required && slot.url === '')

export interface Finding {
  name: string
  accepted: boolean | null
  remark: string
}

export function sumOf(findings: readonly Finding[]): { accepted: number; refused: number; unseen: number } {
  return {
    accepted: findings.filter(({ accepted }) => accepted === true).length,
    refused: findings.filter(({ accepted }) => accepted === false).length,
    unseen: findings.filter(({ accepted }) => accepted === null).length,
  }
}

/** What the verdicts allow: nothing before all are seen; one refused material means it goes back. */
export function decisionOf(findings: readonly Finding[]): 'pass' | 'return' | null {
  const { refused, unseen } = sumOf(findings)
  if (unseen > 0) return null
  return refused > 0 ? 'return' : 'pass'
}

export function remarkOf(findings: readonly Finding[]): string {
  return findings
    .filter(({ accepted }) => accepted === false)
    .map(({ name, remark }) => (remark.trim() === '' ? name : `${name}：${remark.trim()}`))
    .join('；')
}
