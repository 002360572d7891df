module.exports = { title: '今日', offered: '等接单', held: '在手里', late: '已变红', more: '还有', rest: '件，在电脑上的后台看', none: '现在没有等您的事。', visits: '入户走访', rollcall: '点名' }
