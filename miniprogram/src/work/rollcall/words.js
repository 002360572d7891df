module.exports = { title: '点名', none: '现在没有点名。', here: '到', until: '应答到', answered: '应过了' }
