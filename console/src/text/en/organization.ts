import type { Messages } from '..'

export const organization: Messages['organization'] = {
  audit: { pending: 'Awaiting review', approved: 'Approved', rejected: 'Rejected' },
}
