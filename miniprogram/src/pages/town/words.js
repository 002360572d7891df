module.exports = {
  title: '小区', know: '看看', notices: '通知', people: '管我们楼的人', books: '收支公示', money: '我家的钱',
  bills: '物业费', receipts: '收据', ask: '问', questions: '问政策', stations: '附近驿站', unread: '条没看',
}
