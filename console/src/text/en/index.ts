import type { Messages } from '..'
import { account } from './account'
import { bpm } from './bpm'
import { certification } from './certification'
import { home } from './home'
import { fault, kit, time } from './kit'
import { order } from './order'
import { organization } from './organization'
import { session } from './session'
import { shell } from './shell'
import { submit } from './submit'
import { province, role } from './words'

export const en: Messages = { account, bpm, certification, fault, home, kit, order, organization, province, role, session, shell, submit, time }
