module.exports = {
  title: '通知', call: '请您来，能来吗？', come: '我去', cannot: '去不了', coming: '您说了：我去。', notComing: '您说了：去不了。',
  tell: '下回有通知也告诉我', withdrawn: '这条通知已经收回，不作数了。', corrected: '已更正，请看', until: '有效到', files: '附件',
}
