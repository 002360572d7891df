module.exports = {
  title: '随手拍', found: '发现', mended: '办好', unit: '件', snap: '拍一个隐患', stations: '附近驿站歇歇脚',
  none: '看到电梯故障、飞线充电、井盖坏了，拍下来就行，不用住在这儿。', record: '我的记录', more: '再看一些',
}
