module.exports = { title: '通知', unread: '没看', none: '还没有通知。', more: '再看一些' }
