module.exports = {
  title: '我的同意', required: '必须的', given: '同意了', refused: '没有同意', due: '还没有说', give: '同意', take: '收回',
  takeSure: '收回后马上停用，为此存下的信息会删掉。', yes: '收回', no: '不收回', basicGone: '收回了。要再用，先看隐私说明。', version: '版本',
}
