module.exports = {
  title: '走访登记', results: [['met', '见到了'], ['absent', '没人在家'], ['refused', '不愿谈']], words: '记一句',
  wordsHint: '家里怎么样，有什么要留心的', opinions: '提的意见', add: '加一条意见', opinionHint: '原话就行', makeCase: '变成一件事来办',
  who: '办好了问谁（可以不填）', name: '姓名', phone: '电话，本人愿意才填',
  phoneWrong: '电话请填数字，7到12位；也可以不填。',
  remove: '去掉', send: '登记', kept: '这会儿发不出去，先存在手机里了。', sent: '登记好了。', needed: '请先选见没见到。',
  classes: [['repair', '维修'], ['environment', '环境'], ['safety', '安全'], ['service', '服务'], ['other', '其他']],
}
