/** What the services answer, by the names the console uses: aliases of the generated document, nothing of our own. */
import type { components } from './schema'

/** The document lets absent fields be null; answers leave them out, so that null never arrives. */
export type Present<T> = T extends null ? never : T extends Blob ? T : T extends object ? { [K in keyof T]: Present<T[K]> } : T

type Schemas = Present<components['schemas']>

export type Page<T> = { data: T[]; pageNum: number; pageSize: number; total: number }

// identity
export type Role = Schemas['Role']
export type Me = Schemas['Me']
export type Account = Schemas['AccountView']

// work orders
export type OrderState = Schemas['OrderState']
export type Action = Schemas['Action']
export type OrderItem = Schemas['Page_ListItem']['data'][number]
export type OrderPage = Schemas['WorkList']
export type Holder = Schemas['HolderView']
export type Scope = keyof Schemas['Counts'] & string
export type OrderDetail = Schemas['DetailView']
export type OrderForm = Schemas['OrderForm']
export type OrderDomain = Schemas['OrderDomain']
export type Attachment = Schemas['Attachment']
export type HistoryRow = Schemas['HistoryView']
export type Explanation = Schemas['Explanation']
export type BatchProgress = Schemas['BatchProgress']
export type CheckAnswer = Schemas['CheckAnswer']
export type Saved = Schemas['Saved']
export type Moved = Schemas['Moved']
export type ProductChoice = Schemas['AvailableProduct']
export type Colleague = Schemas['Colleague']
export type Enterprise = Schemas['Enterprise']
export type UploadedFile = Schemas['Uploaded']
export type Decided = Schemas['Outcome']
export type Urged = Schemas['Urged']
export type Divided = Schemas['Divided']
export type LinkedOrder = Schemas['LinkedOrder']
export type ApprovalStep = Schemas['StepView']
export type KeptQuery = Schemas['ListQuery']
export type SavedFilter = Schemas['SavedFilter']
export type Stats = Schemas['StatsView']
export type Substitute = Schemas['SubstituteView']

// notices
export type Notice = Schemas['NoticeView']
export type NoticeEvent = Schemas['NoticeEvent']
export type Inbox = Schemas['Inbox']

// BPM
export type Task = Schemas['TaskView']
export type Stage = Schemas['BpmStage']
export type Bill = Schemas['BillView']
export type DeadLetter = Schemas['DeadLetterView'] | Schemas['workorder.DeadLetterView']
export type Reconciliation = Schemas['Reconciliation']
export type Difference = Schemas['DifferenceView']
export type RepairResult = Schemas['RepairResult']

// organizations and certification
export type Entity = Schemas['EntityView']
export type EntityType = Schemas['EntityTypeView']
export type Member = Schemas['MemberView']
export type Certification = Schemas['CertificationView']
export type CertificationType = Schemas['CertificationTypeView']
export type Reply = Schemas['ReplyView']
export type QueueItem = Schemas['QueueItem']
export type Badge = Schemas['BadgeView']
export type Reminder = Schemas['Page_ReminderView']['data'][number]
export type LogLine = Schemas['Page_LogLine']['data'][number]
