import type { Messages } from '..'

export const time: Messages['time'] = {
  minutes: '{major} min',
  hours: '{major} h {minor} min',
  days: '{major} d {minor} h',
}

export const kit: Messages['kit'] = {
  close: 'Close',
  cancel: 'Cancel',
  again: 'Try again',
  clear: 'Clear',
  optional: 'optional',
  loading: 'Loading',
  working: 'Sending',
  remove: 'Remove {object}',
  show: 'Show',
  all: 'All',
  rows: '{first}–{last} of {total}',
  noRows: 'None',
  previous: 'Previous page',
  next: 'Next page',
  none: 'None',
  reveal: 'Show',
  conceal: 'Hide',
  said: '{words}. ',
  more: '({n} in all)',
}

export const fault: Messages['fault'] = {
  network: 'Connection lost, nothing was sent.',
  networkSafe: 'What you typed is kept; try again once you are online.',
  unauthorized: 'Your session has expired.',
  unauthorizedSafe: 'What you typed is kept; sign in and send it again.',
  forbidden: 'Permission denied.',
  missing: 'Not found: it may have been deleted, or is not yours to see.',
  conflict: 'Not done: ',
  stale: 'Somebody has just changed this record.',
  staleSafe: 'What you typed is kept; look at the latest before you decide.',
  tooLarge: 'Too large.',
  limited: 'Too often. Try again in {seconds} s.',
  server: 'The service is unavailable for now ({status}).',
  serverSafe: 'What you typed is kept.',
  unexpected: 'Something unexpected happened.',
  requestId: 'Request',
}
