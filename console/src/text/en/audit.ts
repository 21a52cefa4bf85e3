import type { Messages } from '..'

export const audit: Messages['audit'] = {
  title: 'Audit log',
  sentence: '{n} lines. Only ever appended to, each with the hash of the one before.',
  allResources: 'All resources',
  allActions: 'All actions',
  record: 'Record id',
  from: 'From day',
  to: 'To day',
  time: 'Time',
  actor: 'Who',
  what: 'Did what',
  did: '{resource} {action}',
  changes: 'Changes',
  unchanged: 'Nothing changed in it',
  show: 'Changes: {n}',
  field: 'Field',
  before: 'Before',
  after: 'After',
  empty: 'No such lines',
  emptyText: 'Try other conditions.',
  resource: {
    'public-entities': 'Organization', 'pe-members': 'Member', 'pe-types': 'Organization type', 'pe-authentications': 'Certification',
    'authentication-types': 'Certification type', 'authentication-statuses': 'Certification status', files: 'File', setup: 'Setup',
  },
  action: {
    create: 'created', update: 'changed', delete: 'deleted', deleteAll: 'deleted all', audit: 'reviewed', submit: 'submitted', renew: 'renewed',
    reply: 'replied', claim: 'claimed', release: 'gave back', upload: 'uploaded', setup: 'set up', refused: 'refused',
  },
}
