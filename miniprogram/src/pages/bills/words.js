module.exports = {
  title: '物业费', none: '没有账单。', due: '还要交', pay: '一起交', paying: '正在付', receipts: '看收据',
  paid: '交好了，收据在“收据”里。', waiting: '微信说付了，账上还没到，过一会儿再看。', cancelled: '没有付。', left: '还差',
}
