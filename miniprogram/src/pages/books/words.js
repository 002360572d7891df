module.exports = { title: '收支公示', income: '收', outlay: '支', left: '余', none: '还没有公示的账。' }
