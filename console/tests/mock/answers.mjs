// Invented people and orders, in the shapes of the API: for pages under conditions a real stack does not show on demand.
const hoursAgo = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString()
const hoursAhead = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString()

const manager = ['WO_Product_Filter', 'WO_Order_Save', 'WO_Order_Modify', 'WO_Order_List', 'WO_Order_Detail', 'WO_File_Upload', 'WO_File_Delete']
export const people = {
  'chen.xiaolan': { id: '100001', username: 'chen.xiaolan', name: '陈晓岚', mobile: '13800000001', email: 'chen@example.com', company: '政企分公司', province: 33, roles: ['EC_MANAGER'], permissions: manager },
  'zhou.heng': { id: '100005', username: 'zhou.heng', name: '周衡', mobile: '13800000005', email: 'zhou@example.com', company: '政企分公司', roles: ['GROUP_MANAGER_ADMIN'], permissions: ['WO_Order_Approve', 'WO_Order_List', 'WO_Order_Detail', 'WO_Icp_Update', 'WO_Product_Filter'] },
  'lin.yuan': { id: '100006', username: 'lin.yuan', name: '林予安', mobile: '13800000006', email: 'lin@example.com', company: '技术部', roles: ['SA'], permissions: ['BPM_Task_Read', 'BPM_Task_Handle', 'WO_Order_List', 'WO_Order_Detail'] },
}

const holders = {
  zhou: { id: '100005', name: '周衡', role: 'GROUP_MANAGER_ADMIN' },
  lin: { id: '100006', name: '林予安', role: 'SA' },
  chen: { id: '100001', name: '陈晓岚', role: 'EC_MANAGER' },
  icp: { name: '备案系统' },
  bpm: { name: 'BPM接口' },
}

function order(id, details, corpName, status, holder, waited, limit, extra = {}) {
  return {
    id, details, corpName, status, enumType: 'domain_request', type: '域名配置需求', approving: false, modifying: false,
    createUser: true, customConfig: false, distribute: false, orderType: 0, orderTypeCheck: false, prohibited: false,
    time: '2026-11-21 11:52', user: '陈晓岚 | 13800000001 | chen@example.com', code: `20261121-${id}`, statusName: status,
    ...(holder && { holder }), since: hoursAgo(waited), ...(limit && { dueAt: hoursAgo(waited - limit) }), overdue: Boolean(limit && waited > limit),
    domainsTotal: 1, createdAt: hoursAgo(waited + 1), updatedAt: hoursAgo(waited), version: 3, ...extra,
  }
}

export const orders = [
  order(417, 'static.yunshan.example.cn 等12个', '云杉出版集团', 'approving', holders.zhou, 26, 24, { approving: true }),
  order(452, 'live.haitang.example.cn 等2个', '海棠在线教育', 'approving', holders.zhou, 19, 24, { approving: true }),
  order(411, 'img.yuanfan.example.com.cn 等4个', '远帆物流', 'approving', holders.zhou, 3.2, 24, { approving: true }),
  order(388, 'cdn.beiling.example.cn 等6个', '北岭气象服务中心', 'bpmReject', holders.chen, 5.6, 0),
  order(402, 'dl.xigu.example.cn 等3个', '溪谷图书馆联盟', 'bpmProcessing', holders.lin, 28, 24),
  order(416, 'assets.front-desk-demo.cn 等18个', '云杉出版集团', 'icpChecking', holders.icp, 0.1, 24),
  order(409, 'p193000925001', '远帆物流', 'dispatching', holders.bpm, 0.02, 1),
  order(440, 'm.unfiled-demo.cn', '青禾种业', 'icpFailed', holders.chen, 22, 0),
  order(390, 'www.finished.example.cn', '青禾种业', 'finished', null, 0, 0),
  order(391, 'draft.example.cn', '青禾种业', 'draft', holders.chen, 0, 0),
]

const actor = { chen: { id: '100001', name: '陈晓岚', role: 'EC_MANAGER' }, system: { name: '系统' }, he: { id: '100009', name: '何清', role: 'OPERATOR' } }
const history = [
  { id: 1, time: hoursAgo(3.4), event: 'submitted', actor: actor.chen, fromStatus: 'draft', toStatus: 'icpChecking', comment: '源站机房迁移，原源站保留到 11 月 30 日。' },
  { id: 2, time: hoursAgo(3.3), event: 'icpPassed', actor: actor.system, fromStatus: 'icpChecking', toStatus: 'approving', comment: '同省无集团客户经理管理员，按在办最少选人（4 单）。' },
  { id: 3, time: hoursAgo(2), event: 'commented', actor: actor.he, fromStatus: 'approving', toStatus: 'approving', comment: 'track 域名备案查询两次未答，已在登记处网页核对。' },
].map((row) => ({ isIcpCheckCompleted: true, isIcpCheckSuccess: true, ...row }))

export function detail(id, me) {
  const item = orders.find((one) => one.id === id)
  if (!item) return null
  const mine = item.holder?.id === me.id
  const allowed = ['comment']
  if (mine && item.status === 'approving') allowed.unshift('approve', 'reject', 'transfer', 'icpChecked')
  if (mine && ['bpmReject', 'icpFailed'].includes(item.status)) allowed.unshift('modify', 'withdraw')
  if (mine && item.status === 'draft') allowed.unshift('submit', 'withdraw')
  return {
    id, code: item.code, enumType: 'domain_request', type: item.type, requirement: 'add', status: item.status, statusName: item.status, version: 3,
    enterprise: { id: 'e1', name: item.corpName }, product: { id: 'p1', name: '全站加速' }, createdBy: { ...actor.chen, company: '政企分公司', mobile: '13800000001' },
    ...(item.status === 'approving' && { approver: { ...holders.zhou, mobile: '13800000005' } }), ...(item.holder && { holder: item.holder }),
    since: item.since, dueAt: item.dueAt && hoursAhead(20.8), overdue: item.overdue, createdAt: item.createdAt, updatedAt: item.updatedAt,
    domains: [
      { domain: 'img.yuanfan.example.com.cn', legality: 'lawful', recordNumber: '京ICP备0500_example.com.cn_3号' },
      { domain: 'js.yuanfan.example.com.cn', legality: 'lawful', recordNumber: '京ICP备0500_example.com.cn_3号' },
      { domain: 'track.front-desk-demo.cn', legality: 'unknown', reason: '登记处没有答复' },
    ],
    origins: [{ value: '198.51.100.24:443', type: 'ip', mainFlag: true, weight: 80 }, { value: '[2001:db8:85a3::7334]:443', type: 'ip', mainFlag: false, weight: 20 }],
    provinces: [33, 32, 31],
    attachments: [
      { fileId: 'a', name: '源站迁移说明.pdf', size: 862_000, contentType: 'application/pdf', kind: 'attachment' },
      { fileId: 'b', name: '信息安全承诺书.png', size: 1_153_000, contentType: 'image/png', kind: 'security' },
    ],
    icp: { completed: true, success: true },
    form: { id, type: 'domain_request', requirement: 'add', enterprise: 'e1', productId: 'p1', product: '全站加速', speedList: [{ domain: 'img.yuanfan.example.com.cn' }], loopDomain: [{ value: '198.51.100.24:443', type: 'ip', mainFlag: true, weight: 80 }], provinces: [33], md5List: ['a'], secInfoFileId: ['b'], description: '大文件为主，分片回源 4 MB。' },
    history: item.status === 'bpmReject' ? [...history, { id: 4, time: hoursAgo(5), event: 'rolledBack', actor: holders.lin, fromStatus: 'bpmProcessing', toStatus: 'bpmReject', comment: '回源 HOST 与证书不一致', isIcpCheckCompleted: true, isIcpCheckSuccess: true }] : history,
    bpmTasks: item.status.startsWith('bpm') ? [{ id: 't1', state: 'processing', assignee: holders.lin, stages: [{ stage: '资源分配', result: 'success', message: '浙江 6 节点、江苏 4 节点', time: hoursAgo(6) }, { stage: '配置下发', result: 'failure', message: 'shaoxing-03 连接超时', time: hoursAgo(5) }] }] : [],
    allowedActions: allowed,
  }
}

export function explain(id, me) {
  const shown = detail(id, me)
  const names = { approve: '通过', reject: '驳回', transfer: '转办', submit: '提交', modify: '修改并重新提交', withdraw: '撤回', icpChecked: '更正合法性', recall: '召回话单', comment: '备注' }
  return {
    id, code: shown.code, status: shown.status, statusName: shown.statusName, standing: '等待集团客户经理管理员审批（第 1 步，共 1 步）', holder: shown.holder,
    whyHolder: '本步由集团客户经理管理员审批；同角色中同省优先，其次在办最少，再次编号最小，不选发起人', since: shown.since, overdue: shown.overdue,
    next: '全部通过后下发 BPM，驳回则退回发起人',
    actions: Object.entries(names).map(([action, name]) => ({ action, name, allowed: shown.allowedActions.includes(action), rule: '审批中的工单由当前审批人决定；发起人不能审批自己的工单' })),
  }
}

export const tasks = [
  { id: 't1', orderId: 402, orderCode: '20261120-0402', state: 'processing', assignee: { ...holders.lin, mobile: '13800000006' }, billNo: 'HD20261121003', enterprise: { id: 'e2', name: '溪谷图书馆联盟' }, product: { id: 'p2', name: '下载加速' }, requirement: 'add', domains: ['dl.xigu.example.cn', 'dl2.xigu.example.cn', 'pkg.xigu.example.cn'], attempt: 1, driver: 'embedded', createdAt: hoursAgo(28), updatedAt: hoursAgo(5),
    stages: [{ stage: '资源分配', result: 'success', message: '浙江 6 节点、江苏 4 节点、上海 3 节点', time: hoursAgo(20) }, { stage: '配置下发', result: 'failure', message: 'shaoxing-03 连接超时，已换 shaoxing-05', time: hoursAgo(12) }],
    deliveries: [{ time: hoursAgo(28), kind: 'engine', outcome: 'delivered', detail: '' }, { time: hoursAgo(20), kind: 'stage-feedback', outcome: 'delivered', detail: '' }] },
  { id: 't2', orderId: 417, orderCode: '20261121-0417', state: 'dispatched', assignee: { ...holders.lin, mobile: '13800000006' }, billNo: 'HD20261121004', enterprise: { id: 'e3', name: '海棠在线教育' }, product: { id: 'p3', name: '直播加速' }, requirement: 'modify', domains: ['push.haitang.example.cn'], attempt: 1, driver: 'embedded', createdAt: hoursAgo(6.3), updatedAt: hoursAgo(6.3), stages: [], deliveries: [] },
]
