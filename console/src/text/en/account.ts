import type { Messages } from '..'

export const account: Messages['account'] = {}
