export const time = {
  minutes: '{major} 分',
  hours: '{major} 小时 {minor} 分',
  days: '{major} 天 {minor} 小时',
}

export const kit = {
  close: '关闭',
  cancel: '取消',
  again: '再试一次',
  clear: '清除',
  optional: '选填',
  loading: '读取中',
  working: '提交中',
  remove: '移除 {object}',
  show: '查看',
  all: '全部',
  rows: '共 {total} 条，第 {first}–{last} 条',
  noRows: '共 0 条',
  previous: '上一页',
  next: '下一页',
  none: '无',
  reveal: '显示',
  conceal: '隐藏',
  more: '等 {n} 个',
}

export const fault = {
  network: '网络断开，没有送达。',
  networkSafe: '填写的内容都还在，恢复后再试。',
  unauthorized: '登录已过期。',
  unauthorizedSafe: '填写的内容都还在，重新登录后再提交一次。',
  forbidden: '没有权限。',
  missing: '没有找到，可能已被删除，或者不归你看。',
  conflict: '没有成功：',
  stale: '别人刚刚改过这条记录。',
  staleSafe: '你填写的内容都还在，看过最新情况再决定是否提交。',
  tooLarge: '内容太大。',
  limited: '太频繁了，{seconds} 秒后再试。',
  server: '服务暂时不可用（{status}）。',
  serverSafe: '填写的内容都还在。',
  unexpected: '出了意外。',
  requestId: '请求号',
}
