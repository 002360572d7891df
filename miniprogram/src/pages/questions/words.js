module.exports = {
  title: '问政策', ask: '想问什么', hint: '比如：医保怎么报销？养老认证在哪儿办？', send: '问', source: '出处', until: '有效到',
  needed: '请写一句。', before: '问过的', waits: '还在等人答', asOf: '写于',
}
