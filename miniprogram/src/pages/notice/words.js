module.exports = { title: '通知', confirm: '我知道了', confirmed: '您已确认', tell: '下回有通知也告诉我', asked: '请您确认看到了。' }
