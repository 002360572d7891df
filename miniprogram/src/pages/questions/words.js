module.exports = {
  title: '问政策', ask: '想问什么', hint: '比如：医保怎么报销？养老认证在哪儿办？', send: '问', source: '出处', until: '有效到',
  kept: '这个还没有准话，已经记下来转给人看，有了答复告诉您。', needed: '请写一句。',
}
