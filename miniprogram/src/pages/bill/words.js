module.exports = {
  title: '账单', lines: '一行一行怎么算的', total: '合计', paid: '已交', left: '还要交', due: '交到', pay: '用微信交', paying: '正在付',
  question: '觉得不对？报给社区看', about: '的账单', colon: '：', receipts: '看收据', tell: '下回出账单告诉我', settled: '这一期交清了。',
}
