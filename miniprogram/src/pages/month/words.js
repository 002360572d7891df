module.exports = {
  title: '收支公示', income: '收', outlay: '支', left: '余', lines: '每一笔', brand: '品牌', model: '型号', many: '数量',
  shares: '钱花在哪儿', voucher: '凭证',
}
