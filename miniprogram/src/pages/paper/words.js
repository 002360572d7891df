module.exports = { title: '通知', opening: '正在打开通知，请稍等。' }
