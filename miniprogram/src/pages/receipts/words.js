module.exports = { title: '收据', none: '还没有收据。', more: '再看一些' }
