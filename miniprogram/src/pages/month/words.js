module.exports = {
  title: '收支公示', opening: '上月结余', income: '收', outlay: '支', left: '余', lines: '花的每一笔', incomes: '收的每一笔',
  brand: '品牌', model: '型号', many: '数量', price: '单价', shares: '钱花在哪儿', voucher: '凭证', back: '冲回', wasBack: '已冲回',
  ask: '问这一笔', asked: '人问过', answered: '条有答复', askTitle: '想问什么？', askHint: '比如：为什么换了八个', askSend: '问出去',
  askedSaid: '问出去了，答复写在“我的事”里，有时限。', needed: '请写一句。', notYet: '这个月还没结账，结了再公示。',
}
