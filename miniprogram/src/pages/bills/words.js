module.exports = {
  title: '物业费', none: '没有账单。', due: '还要交', pay: '一起交', paying: '正在付', receipts: '看收据',
  left: '还差',
}
