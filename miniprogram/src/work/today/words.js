module.exports = { title: '今日', none: '现在没有等您的事。', visits: '入户走访', rollcall: '点名' }
