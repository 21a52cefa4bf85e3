export const organization = {
  audit: { pending: '待审核', approved: '已通过', rejected: '未通过' },
}
