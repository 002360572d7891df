module.exports = {
  title: '我的事', open: '在办的', ended: '办完的', none: '这里还没有您的事。', report: '去报一件', more: '再看一些',
  waiting: '有几件还没报上去，去看看',
}
