module.exports = {
  title: '入户走访', todo: '没走到的', none: '都走到了。', waiting: '户存在手机里，还没报上去', sync: '现在报上去',
  cover: '今年走到', homes: '户', offline: '没有网络，看的是上回的名单。', unsent: '存着',
  hint: '找几号楼、几单元', more: '再看一些', notFound: '没有这样的。', drop: '不报了', dropSure: '这一户就不报了？', yes: '不报了', no: '留着',
}
