module.exports = { title: '收据', number: '编号', at: '收款日期', way: '付款方式', lines: '付了什么', amount: '金额' }
